#include "sensor/trust/members.h"

#include <stdarg.h>
#include <stdio.h>

json_t *members_parse(const char *place, struct bytes text, struct errors *errors)
{
	json_error_t error;
	json_t *root;

	if (text.len > MEMBERS_FILE_LEN) {
		errors_add(errors, place, 0, "larger than 16 MiB");
		return NULL;
	}
	root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		errors_add(errors, place, error.line > 0 ? (unsigned)error.line : 0, "%s", error.text);
		return NULL;
	}
	if (!json_is_object(root)) {
		errors_add(errors, place, 1, "not a JSON object");
		json_decref(root);
		return NULL;
	}
	return root;
}

void members_wrong(const struct members *members, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	errors_add(members->errors, members->place, 0, "%s: %s", members->who, message);
}

void members_only(const struct members *members, const char *const *names)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)members->object, name, value)
	{
		size_t i = 0;

		while (names[i] && strcmp(names[i], name) != 0)
			i++;
		if (!names[i])
			members_wrong(members, "unknown member \"%.64s\"", name);
	}
}

static struct bytes text_of(const struct members *members, const char *name, const json_t *value)
{
	struct bytes text = bytes_of("", 0);

	if (!json_is_string(value)) {
		members_wrong(members, "%s is not a string", name);
		return text;
	}
	struct bytes raw = bytes_of(json_string_value(value), json_string_length(value));

	if (raw.len == 0 || raw.len > MEMBERS_TEXT_LEN) {
		members_wrong(members, "%s is empty or longer than 4,096 bytes", name);
		return text;
	}
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i] >= ' ' && raw.data[i] != 0x7f)
			continue;
		members_wrong(members, "%s holds a control character", name);
		return text;
	}
	text = arena_copy(members->arena, raw);
	if (!text.data) {
		members_wrong(members, "out of memory");
		return bytes_of("", 0);
	}
	return text;
}

struct bytes members_text(const struct members *members, const char *name)
{
	const json_t *value = json_object_get(members->object, name);

	return value ? text_of(members, name, value) : bytes_of("", 0);
}

struct texts members_texts(const struct members *members, const char *name)
{
	const json_t *value = json_object_get(members->object, name);
	size_t n = json_is_array(value) ? json_array_size(value) : 1;

	if (!value)
		return (struct texts){ NULL, 0 };
	if (n > MEMBERS_TEXTS) {
		members_wrong(members, "%s has more than 256 items", name);
		return (struct texts){ NULL, 0 };
	}
	struct bytes *items = arena_alloc(members->arena, (n ? n : 1) * sizeof *items);

	if (!items) {
		members_wrong(members, "out of memory");
		return (struct texts){ NULL, 0 };
	}
	for (size_t i = 0; i < n; i++)
		items[i] = text_of(members, name, json_is_array(value) ? json_array_get(value, i) : value);
	return (struct texts){ items, n };
}

bool members_among(struct texts texts, struct bytes text)
{
	for (size_t i = 0; i < texts.n; i++)
		if (bytes_equal(texts.items[i], text))
			return true;
	return false;
}
