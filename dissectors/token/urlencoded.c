#include "dissectors/token/urlencoded.h"

#include "sensor/base/scan.h"

static const uint8_t *find(struct bytes text, uint8_t c)
{
	const uint8_t *at = text.len ? memchr(text.data, c, text.len) : NULL;

	return at ? at : text.data + text.len;
}

/* What ends a name, and what makes it other than it looks. Names are too short for anything but going byte by byte. */
enum { ENDS = 1, ENCODES = 2 };

static const uint8_t kinds[256] = { ['&'] = ENDS, ['='] = ENDS, ['%'] = ENCODES, ['+'] = ENCODES };

bool urlencoded_next(struct bytes *rest, struct urlencoded *pair)
{
	const uint8_t *at = rest->data, *end = rest->data + rest->len, *from;
	unsigned seen = 0;

	while (at < end && *at == '&')
		at++;
	for (from = at; at < end && !(kinds[*at] & ENDS); at++)
		seen |= kinds[*at];
	if (at < end && *at == '=') {
		pair->name = bytes_of(from, (size_t)(at - from));
		from = ++at;
		at = find(bytes_of(at, (size_t)(end - at)), '&');
	} else {
		pair->name = bytes_of(from, 0);
		seen = 0;
	}
	pair->value = bytes_of(from, (size_t)(at - from));
	pair->is_encoded = seen & ENCODES;
	*rest = bytes_of(at, (size_t)(end - at));
	return pair->name.data < end;
}

struct urlencoded_url urlencoded_split(struct bytes url)
{
	const uint8_t *end = url.data + url.len, *mark = scan_any(url.data, end, "?#?#"), *hash = mark;
	struct urlencoded_url parts = { .before = bytes_of(url.data, (size_t)(mark - url.data)) };

	parts.query = parts.fragment = bytes_of(end, 0);
	if (mark < end && *mark == '?') {
		mark++;
		hash = find(bytes_of(mark, (size_t)(end - mark)), '#');
		parts.query = bytes_of(mark, (size_t)(hash - mark));
	}
	if (hash < end)
		parts.fragment = bytes_of(hash + 1, (size_t)(end - hash) - 1);
	return parts;
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
