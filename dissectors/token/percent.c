#include "dissectors/token/percent.h"

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that an escape at `at` stands for, or -1. */
static int escape_at(struct bytes text, size_t at)
{
	if (text.len - at < 3 || text.data[at] != '%')
		return -1;
	int high = hex_value(text.data[at + 1]), low = hex_value(text.data[at + 2]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

struct bytes percent_decode(struct bytes text, struct arena *arena)
{
	uint8_t *out = arena_alloc(arena, text.len);
	size_t n = 0;

	if (!out)
		return bytes_of(NULL, 0);
	for (size_t i = 0; i < text.len; i++) {
		int c = escape_at(text, i);

		out[n++] = c < 0 ? text.data[i] : (uint8_t)c;
		i += c < 0 ? 0 : 2;
	}
	return bytes_of(out, n);
}
