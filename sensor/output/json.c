#include "sensor/output/json.h"

#include <stdlib.h>

#include "sensor/base/plain.h"
#include "sensor/output/digits.h"

enum { JSON_FIRST_CAP = 1024 };

void json_init(struct json *json, size_t max)
{
	*json = (struct json){ .max = max, .text_max = JSON_TEXT_MAX, .texts_max = JSON_TEXTS_MAX };
}

void json_over(struct json *json, char *memory, size_t len)
{
	json_init(json, len);
	json->text = memory;
	json->cap = len;
}

void json_fini(struct json *json)
{
	free(json->text);
	*json = (struct json){ .full = true };
}

void json_clear(struct json *json)
{
	json->len = 0;
	json->full = false;
	json->comma = false;
}

static bool json_grow(struct json *json, size_t need)
{
	size_t cap = json->cap ? json->cap : JSON_FIRST_CAP;

	if (json->full || need > json->max - json->len) {
		json->full = true;
		return false;
	}
	while (cap - json->len < need)
		cap = cap > json->max / 2 ? json->max : cap * 2;
	if (cap > json->max)
		cap = json->max;
	char *grown = realloc(json->text, cap);

	if (!grown) {
		json->full = true;
		return false;
	}
	json->text = grown;
	json->cap = cap;
	return true;
}

/* Where the next `need` bytes, one or more, go; NULL when full. */
static inline char *json_room(struct json *json, size_t need)
{
	if (need > json->cap - json->len && !json_grow(json, need))
		return NULL;
	return json->text + json->len;
}

static inline void json_put(struct json *json, const void *text, size_t len)
{
	char *at = len ? json_room(json, len) : NULL;

	if (!at)
		return;
	memcpy(at, text, len);
	json->len += len;
}

static inline void json_comma(struct json *json)
{
	if (json->comma)
		json_put(json, ",", 1);
	json->comma = true;
}

void json_open(struct json *json, char bracket)
{
	json_comma(json);
	json_put(json, &bracket, 1);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	json_put(json, &bracket, 1);
	json->comma = true;
}

void json_key_plain(struct json *json, const char *key, size_t len)
{
	char *at = json_room(json, len + 4);

	if (!at)
		return;
	char *first = at;

	if (json->comma)
		*at++ = ',';
	*at++ = '"';
	memcpy(at, key, len);
	at += len;
	*at++ = '"';
	*at++ = ':';
	json->len += (size_t)(at - first);
	json->comma = false;
}

void json_key_text(struct json *json, struct bytes key)
{
	json_text(json, key);
	json_put(json, ":", 1);
	json->comma = false;
}

/* Copies eight bytes; zero where all are plain. */
static inline uint64_t json_copy_word(char *to, const uint8_t *from)
{
	memcpy(to, from, sizeof(uint64_t));
	return plain_marks(plain_load(from));
}

/* The same for 8 to 15 bytes: two words that overlap; for 4 to 7: two halves of one. */
static inline uint64_t json_copy_words(char *to, const uint8_t *from, size_t len)
{
	uint32_t first, last;

	if (len >= sizeof(uint64_t))
		return json_copy_word(to, from) | json_copy_word(to + len - 8, from + len - 8);
	memcpy(&first, from, sizeof first);
	memcpy(&last, from + len - sizeof last, sizeof last);
	memcpy(to, &first, sizeof first);
	memcpy(to + len - sizeof last, &last, sizeof last);
	return plain_marks((uint64_t)last << 32 | first);
}

/* Copies `len` bytes; false where not all are plain. What is left over of blocks is read once more from the end. */
static inline bool json_copy_all(char *to, const uint8_t *from, size_t len)
{
	unsigned mask;

	if (len < PLAIN_BLOCK) {
		if (len >= 4)
			return json_copy_words(to, from, len) == 0;
		for (size_t i = 0; i < len; i++) {
			if (!plain_is(from[i]))
				return false;
			to[i] = (char)from[i];
		}
		return true;
	}
	mask = plain_copy(to + len - PLAIN_BLOCK, from + len - PLAIN_BLOCK);
	for (size_t n = PLAIN_BLOCK; n < len; n += PLAIN_BLOCK)
		mask |= plain_copy(to + n - PLAIN_BLOCK, from + n - PLAIN_BLOCK);
	return mask == 0;
}

/* Copies the first of `len` bytes that are plain; returns how many. Bytes behind them, up to `len`, may be written
 * too. */
static inline size_t json_copy_plain(char *to, const uint8_t *from, size_t len)
{
	size_t n = 0;

	for (; len - n >= PLAIN_BLOCK; n += PLAIN_BLOCK) {
		unsigned mask = plain_copy(to + n, from + n);

		if (mask)
			return n + (unsigned)__builtin_ctz(mask);
	}
	for (; n < len && plain_is(from[n]); n++)
		to[n] = (char)from[n];
	return n;
}

/* Length of the UTF-8 sequence at `at`, which is not ASCII; 0: none (RFC 3629 4: no surrogates, nothing overlong). */
static size_t json_utf8_len(const uint8_t *at, const uint8_t *end)
{
	uint8_t lead = at[0], low = 0x80, high = 0xbf;
	size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (lead < 0xc2 || lead > 0xf4 || (size_t)(end - at) < len)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* One character that is not plain, as JSON. */
struct json_unit {
	char text[6];
	size_t len;
	size_t used; /* bytes of input */
};

static struct json_unit json_unit_hex(const char *prefix, uint8_t c, size_t used)
{
	static const char hex[] = "0123456789abcdef";
	struct json_unit unit = { .len = strlen(prefix), .used = used };

	memcpy(unit.text, prefix, unit.len);
	unit.text[unit.len++] = hex[c >> 4];
	unit.text[unit.len++] = hex[c & 15];
	return unit;
}

static struct json_unit json_unit_at(const uint8_t *at, const uint8_t *end)
{
	struct json_unit unit = { .used = 1 };

	if (*at < ' ')
		return json_unit_hex("\\u00", *at, 1);
	if (*at < 0x80) {
		unit.text[unit.len++] = '\\';
		unit.text[unit.len++] = (char)*at;
		return unit;
	}
	unit.used = unit.len = json_utf8_len(at, end);
	if (unit.used == 0)
		return json_unit_hex("\\\\x", *at, 1);
	/* C1 controls: U+009B starts a terminal's escape sequences for whoever looks at the file. */
	if (unit.used == 2 && at[0] == 0xc2 && at[1] < 0xa0)
		return json_unit_hex("\\u00", at[1], 2);
	memcpy(unit.text, at, unit.len);
	return unit;
}

void json_text_begin(struct json *json)
{
	json_comma(json);
	json_put(json, "\"", 1);
}

void json_text_part(struct json *json, struct bytes part, size_t max)
{
	if (part.len == 0)
		return;
	const uint8_t *at = part.data, *end = at + part.len;
	size_t left = max;

	while (at < end) {
		size_t len = (size_t)(end - at) < left ? (size_t)(end - at) : left;
		char *to = len ? json_room(json, len) : NULL;
		size_t n = to ? json_copy_plain(to, at, len) : 0;

		json->len += n;
		left -= n;
		at += n;
		if (at == end || json->full)
			return;
		if (n == len)
			break;
		struct json_unit unit = json_unit_at(at, end);

		if (unit.len > left)
			break;
		json_put(json, unit.text, unit.len);
		left -= unit.len;
		at += unit.used;
	}
	if (at < end)
		json_put(json, JSON_CUT, sizeof JSON_CUT - 1);
}

void json_text_end(struct json *json)
{
	json_put(json, "\"", 1);
}

/* Any text, part by part. */
__attribute__((noinline)) static void json_text_odd(struct json *json, struct bytes text)
{
	json_text_begin(json);
	json_text_part(json, text, json->text_max);
	json_text_end(json);
}

/* Most texts are short and plain: one reservation and one copy. Any other is begun anew. */
__attribute__((always_inline)) static inline void json_text_inline(struct json *json, struct bytes text)
{
	char *at = text.len <= json->text_max ? json_room(json, text.len + 3) : NULL;

	if (!at || !text.len) {
		json_text_odd(json, text);
		return;
	}
	*at = ',';
	at += json->comma;
	*at++ = '"';
	if (!json_copy_all(at, text.data, text.len)) {
		json_text_odd(json, text);
		return;
	}
	at += text.len;
	*at++ = '"';
	json->len = (size_t)(at - json->text);
	json->comma = true;
}

void json_text(struct json *json, struct bytes text)
{
	json_text_inline(json, text);
}

void json_uint(struct json *json, uint64_t number)
{
	json_comma(json);
	char *at = json_room(json, DIGITS_MAX);

	if (at)
		json->len += (size_t)(digits_uint(at, number) - at);
}

void json_int(struct json *json, int64_t number)
{
	if (number >= 0) {
		json_uint(json, (uint64_t)number);
		return;
	}
	json_comma(json);
	json_put(json, "-", 1);
	json->comma = false;
	json_uint(json, 0 - (uint64_t)number);
}

void json_bool(struct json *json, bool flag)
{
	json_comma(json);
	json_put(json, flag ? "true" : "false", flag ? 4 : 5);
}

void json_members(struct json *json, struct bytes members)
{
	if (members.len == 0)
		return;
	json_comma(json);
	json_put(json, members.data, members.len);
}

static void json_texts(struct json *json, const struct value *value)
{
	json_open(json, '[');
	for (size_t i = 0; i < value->len && i < json->texts_max; i++)
		json_text(json, value->texts[i]);
	if (value->len > json->texts_max)
		json_cstr(json, JSON_CUT);
	json_close(json, ']');
}

/* A field's name as its table has it, in one copy of a fixed length where there is room for that. */
static inline void json_member(struct json *json, const struct field *field)
{
	if (json->cap - json->len <= FIELD_MEMBER_LEN) {
		json_key_plain(json, field->member + 1, field->member_len - 3u);
		return;
	}
	char *at = json->text + json->len;

	*at = ',';
	at += json->comma;
	memcpy(at, field->member, FIELD_MEMBER_LEN);
	json->len = (size_t)(at - json->text) + field->member_len;
	json->comma = false;
}

/* The path of the object that a nested field stands in ("http2.request"); empty for any other. */
static struct bytes json_group_of(const struct field *field)
{
	const char *dot = field->flags & FIELD_NESTED ? strrchr(field->eve, '.') : NULL;

	return bytes_of(field->eve, dot ? (size_t)(dot - field->eve) : 0);
}

/* The length of the first name of a path. */
static size_t json_step(struct bytes path)
{
	const uint8_t *dot = path.len ? memchr(path.data, '.', path.len) : NULL;

	return dot ? (size_t)(dot - path.data) : path.len;
}

/* Closes and opens objects so that `field` stands where it belongs; returns the path of the object that is open then. */
static __attribute__((noinline)) struct bytes json_enter(struct json *json, struct bytes open, const struct field *field)
{
	struct bytes group = json_group_of(field), rest = group;

	if (bytes_equal(open, group))
		return open;
	while (open.len && rest.len && bytes_equal(bytes_head(open, json_step(open)), bytes_head(rest, json_step(rest)))) {
		open = bytes_tail(open, json_step(open) + 1);
		rest = bytes_tail(rest, json_step(rest) + 1);
	}
	for (; open.len; open = bytes_tail(open, json_step(open) + 1))
		json_close(json, '}');
	for (; rest.len; rest = bytes_tail(rest, json_step(rest) + 1)) {
		json_key_plain(json, (const char *)rest.data, json_step(rest));
		json_open(json, '{');
	}
	return group;
}

void json_fields(struct json *json, const struct record *record)
{
	const struct field *field = record->type->fields;
	const struct value *value = record->values, *end = value + record->n_used;
	struct bytes open = { 0 };

	for (; value < end; value++, field++) {
		if (!value->set || field->flags & FIELD_HIDDEN)
			continue;
		if (open.len || field->flags & FIELD_NESTED)
			open = json_enter(json, open, field);
		json_member(json, field);
		if (field->kind == FIELD_TEXT)
			json_text_inline(json, bytes_of(value->text, value->len));
		else if (field->kind == FIELD_INT)
			json_int(json, value->number);
		else if (field->kind == FIELD_BOOL)
			json_bool(json, value->flag);
		else
			json_texts(json, value);
	}
	for (; open.len; open = bytes_tail(open, json_step(open) + 1))
		json_close(json, '}');
}

void json_record(struct json *json, const struct record *record)
{
	bool narrow = json->text_max < JSON_TEXT_MAX || json->texts_max < JSON_TEXTS_MAX;

	if (record->rendered.len && !narrow)
		json_members(json, record->rendered);
	else
		json_fields(json, record);
}
