#include "dissectors/token/urlencoded.h"

#include "sensor/base/scan.h"

static const uint8_t *find(struct bytes text, uint8_t c)
{
	return text.len ? memchr(text.data, c, text.len) : NULL;
}

bool urlencoded_next(struct bytes *rest, struct urlencoded *pair)
{
	while (rest->len > 0) {
		const uint8_t *end = rest->data + rest->len, *at = scan_any(rest->data, end, "&&&=");
		struct bytes head = bytes_of(rest->data, (size_t)(at - rest->data));

		if (at < end && *at == '=') {
			struct bytes value = bytes_tail(*rest, head.len + 1);
			const uint8_t *stop = find(value, '&');

			pair->name = head;
			pair->value = stop ? bytes_head(value, (size_t)(stop - value.data)) : value;
			*rest = bytes_tail(value, pair->value.len + 1);
			return true;
		}
		*rest = bytes_tail(*rest, head.len + 1);
		if (head.len > 0) {
			*pair = (struct urlencoded){ bytes_of(head.data, 0), head };
			return true;
		}
	}
	return false;
}

struct bytes urlencoded_fragment(struct bytes url)
{
	const uint8_t *hash = find(url, '#');

	return hash ? bytes_tail(url, (size_t)(hash - url.data) + 1) : bytes_of("", 0);
}

struct bytes urlencoded_query(struct bytes url)
{
	const uint8_t *hash = find(url, '#'), *mark;

	if (hash)
		url = bytes_head(url, (size_t)(hash - url.data));
	mark = find(url, '?');
	return mark ? bytes_tail(url, (size_t)(mark - url.data) + 1) : bytes_of("", 0);
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%XX" at `at` stands for, or -1. */
static int encoded_byte(const uint8_t *at, const uint8_t *end)
{
	int high, low;

	if (end - at < 3)
		return -1;
	high = hex_digit(at[1]);
	low = hex_digit(at[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

size_t urlencoded_decode(struct bytes text, bool plus, uint8_t *out, size_t cap)
{
	const uint8_t *at = text.data, *end = text.data + text.len;
	size_t n = 0;

	while (at < end && n < cap) {
		int byte = *at == '%' ? encoded_byte(at, end) : -1;

		out[n++] = byte >= 0 ? (uint8_t)byte : plus && *at == '+' ? ' ' : *at;
		at += byte >= 0 ? 3 : 1;
	}
	return n;
}

struct bytes urlencoded_undo(struct bytes text, bool plus, struct arena *arena)
{
	const uint8_t *end = text.data + text.len;
	uint8_t *out;

	if (scan_any(text.data, end, plus ? "%%%+" : "%%%%") == end)
		return text;
	out = arena_alloc(arena, text.len);
	return bytes_of(out, out ? urlencoded_decode(text, plus, out, text.len) : 0);
}
