#include "sensor/rules/text.h"

static bool text_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bytes text_trim(struct bytes text)
{
	while (text.len && text_is_blank(text.data[0]))
		text = bytes_tail(text, 1);
	while (text.len && text_is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

bool text_skip(struct bytes *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (!bytes_equal(bytes_head(*text, len), bytes_of(prefix, len)))
		return false;
	*text = text_trim(bytes_tail(*text, len));
	return true;
}

bool text_item(struct bytes *rest, uint8_t separator, struct bytes *item)
{
	bool quoted = false;
	size_t at = 0;

	if (!rest->data)
		return false;
	for (; at < rest->len && (quoted || rest->data[at] != separator); at++) {
		if (rest->data[at] == '"')
			quoted = !quoted;
		else if (rest->data[at] == '\\' && at + 1 < rest->len)
			at++;
	}
	*item = text_trim(bytes_head(*rest, at));
	/* a NULL view says that the last item, which may be empty, was given */
	*rest = at < rest->len ? bytes_tail(*rest, at + 1) : bytes_of(NULL, 0);
	return true;
}

bool text_quoted(struct bytes text, struct bytes *inside)
{
	size_t at = 1;

	if (text.len < 2 || text.data[0] != '"')
		return false;
	while (at < text.len && text.data[at] != '"')
		at += text.data[at] == '\\' ? 2 : 1;
	if (at != text.len - 1)
		return false;
	*inside = bytes_of(text.data + 1, text.len - 2);
	return true;
}

bool text_number(struct bytes *rest, int64_t *number)
{
	bool negative = rest->len && rest->data[0] == '-';
	size_t at = negative, first = at;
	uint64_t n = 0;

	for (; at < rest->len && rest->data[at] >= '0' && rest->data[at] <= '9'; at++) {
		if (n > (INT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(rest->data[at] - '0');
	}
	if (at == first)
		return false;
	*number = negative ? -(int64_t)n : (int64_t)n;
	*rest = text_trim(bytes_tail(*rest, at));
	return true;
}

bool text_number_in(struct bytes text, int64_t low, int64_t high, int64_t *number)
{
	struct bytes rest = text_trim(text);

	return text_number(&rest, number) && rest.len == 0 && *number >= low && *number <= high;
}

bool text_unescape(struct bytes text, struct arena *arena, struct bytes *plain, struct reason *reason)
{
	uint8_t *copy = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	if (!copy)
		return reason_is(reason, "out of memory");
	for (size_t at = 0; at < text.len; at++) {
		if (text.data[at] == '\\') {
			if (++at == text.len || !memchr(";\"\\:,", text.data[at], 5))
				return reason_is(reason, "only \\; \\\" \\\\ \\: and \\, are escapes");
		}
		copy[len++] = text.data[at];
	}
	copy[len] = '\0';
	*plain = bytes_of(copy, len);
	return true;
}

bool text_word(struct bytes text, struct arena *arena, struct bytes *plain, struct reason *reason)
{
	struct bytes inside = text;

	if (text.len && text.data[0] == '"' && !text_quoted(text, &inside))
		return reason_is(reason, "quote without its end (a ; within quotes must be written \\;)");
	return text_unescape(inside, arena, plain, reason);
}

const char *text_string(struct bytes text, struct arena *arena)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}

static size_t text_least(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's, one row at a time. */
size_t text_distance(struct bytes a, struct bytes b)
{
	enum { LONGEST = 40 };
	size_t row[LONGEST + 1];

	if (a.len > LONGEST || b.len > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 0; i < a.len; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b.len; j++) {
			size_t above = row[j + 1];

			row[j + 1] = text_least(above + 1, row[j] + 1, corner + (a.data[i] != b.data[j]));
			corner = above;
		}
	}
	return row[b.len];
}
