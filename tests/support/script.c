#include "tests/support/script.h"

#include <stdlib.h>

size_t script_whole(void *unused, size_t left)
{
	(void)unused;
	return left;
}

size_t script_bytewise(void *unused, size_t left)
{
	(void)unused;
	return left ? 1 : 0;
}

uint64_t script_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545F4914F6CDD1D);
}

size_t script_random(void *with, size_t left)
{
	uint64_t r = script_next(with);
	size_t most = (r & 7) == 0 ? left : (r & 1) ? 3 : 40;

	return left < 2 ? left : 1 + (size_t)(r >> 8) % (most < left ? most : left);
}

static void script_send(struct feeder *feeder, enum direction dir, const char *text, script_cut *cut, void *with)
{
	size_t len = strlen(text);
	uint8_t *data = malloc(len ? len : 1);

	if (!data)
		abort();
	for (size_t i = 0; i < len; i++)
		data[i] = text[i] == 1 ? 0 : (uint8_t)text[i];
	for (size_t at = 0; at < len;) {
		size_t piece = cut(with, len - at);

		feeder_send(feeder, dir, bytes_of(data + at, piece), false);
		at += piece;
	}
	free(data);
}

void script_run(struct feeder *feeder, const char *const *steps, script_cut *cut, void *with)
{
	for (; *steps; steps++) {
		enum direction dir = **steps == '>' ? TO_SERVER : TO_CLIENT;
		const char *text = *steps + 1;

		if (*text == '#')
			feeder_lose(feeder, dir, strtoull(text + 1, NULL, 10));
		else if (*text == '$')
			feeder_send(feeder, dir, bytes_of("", 0), true);
		else
			script_send(feeder, dir, text, cut, with);
	}
	feeder_finish(feeder);
}
