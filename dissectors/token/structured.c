#include "dissectors/token/structured.h"

static void skip_blanks(struct bytes *left)
{
	while (left->len > 0 && (left->data[0] == ' ' || left->data[0] == '\t'))
		*left = bytes_tail(*left, 1);
}

static struct bytes take_head(struct bytes *left, size_t len)
{
	struct bytes head = bytes_head(*left, len);

	*left = bytes_tail(*left, len);
	return head;
}

bool structured_take(struct bytes *left, char c)
{
	skip_blanks(left);
	if (left->len == 0 || left->data[0] != (uint8_t)c)
		return false;
	*left = bytes_tail(*left, 1);
	return true;
}

static bool is_key_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("_-.*", c));
}

bool structured_key(struct bytes *left, struct bytes *key)
{
	size_t n = 0;

	skip_blanks(left);
	while (n < left->len && is_key_char(left->data[n]))
		n++;
	*key = take_head(left, n);
	return n > 0;
}

/* Behind the quote. */
static bool take_string(struct bytes *left, struct structured_item *item)
{
	size_t n = 0;

	while (n < left->len && left->data[n] != '"') {
		bool pair = left->data[n] == '\\' && n + 1 < left->len;

		item->escaped |= pair;
		n += pair ? 2 : 1;
	}
	item->raw = take_head(left, n);
	return structured_take(left, '"');
}

bool structured_item(struct bytes *left, struct structured_item *item)
{
	size_t n = 0;

	*item = (struct structured_item){ 0 };
	if (structured_take(left, '"'))
		return take_string(left, item);
	while (n < left->len && left->data[n] > ' ' && !strchr("\",;()", left->data[n]))
		n++;
	item->raw = take_head(left, n);
	return n > 0;
}

bool structured_parameter(struct bytes *left, struct bytes *key, struct structured_item *item)
{
	*item = (struct structured_item){ .raw = bytes_text("?1") };
	return structured_take(left, ';') && structured_key(left, key) &&
	    (!structured_take(left, '=') || structured_item(left, item));
}

struct bytes structured_text(const struct structured_item *item, struct arena *arena)
{
	uint8_t *text = arena_alloc(arena, item->raw.len);
	size_t n = 0;

	if (!text)
		return bytes_of(NULL, 0);
	for (size_t i = 0; i < item->raw.len; i++) {
		if (item->escaped && item->raw.data[i] == '\\' && i + 1 < item->raw.len)
			i++;
		text[n++] = item->raw.data[i];
	}
	return bytes_of(text, n);
}
