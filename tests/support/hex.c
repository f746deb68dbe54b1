#include "tests/support/hex.h"

#include <stdlib.h>
#include <string.h>

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

uint8_t *hex_bytes(const char *hex, size_t *len)
{
	uint8_t *data = malloc(strlen(hex) / 2 + 1);

	if (!data)
		abort();
	*len = 0;
	for (; *hex; hex++)
		if (*hex != ' ') {
			data[(*len)++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
			hex++;
		}
	uint8_t *exact = realloc(data, *len ? *len : 1);

	return exact ? exact : data;
}
