/* steps: fuzz input as what both directions of a connection send. Included by a target that also includes feeder.c and script.c.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 to the client, 2 a gap of len bytes, 4 the direction ends */
#ifndef STORMGLASS_TESTS_FUZZ_STEPS_H
#define STORMGLASS_TESTS_FUZZ_STEPS_H

#include "tests/support/script.h"

/* In one piece, or in pieces of random length. */
static void steps_send(struct feeder *feeder, enum direction dir, struct bytes b, bool whole, uint64_t *seed)
{
	while (b.len) {
		size_t piece = whole ? b.len : script_random(seed, b.len);

		feeder_send(feeder, dir, bytes_head(b, piece), false);
		b = bytes_tail(b, piece);
	}
}

static void steps_feed(struct feeder *feeder, struct bytes input, bool whole)
{
	struct reader r = reader_of(input);
	uint64_t seed = (uint64_t)read_u8(&r) + 1;
	bool ended[2] = { false, false };

	while (reader_left(&r) >= 3) {
		uint8_t flags = read_u8(&r);
		uint16_t len = read_be16(&r);
		enum direction dir = flags & 1 ? TO_CLIENT : TO_SERVER;

		if (ended[dir])
			continue;
		if (flags & 2)
			feeder_lose(feeder, dir, len);
		else
			steps_send(feeder, dir, read_bytes(&r, len < reader_left(&r) ? len : reader_left(&r)), whole, &seed);
		ended[dir] = flags & 4;
		if (ended[dir])
			feeder_send(feeder, dir, bytes_of("", 0), true);
	}
}

/* Both directions end, and the connection. */
static void steps_finish(struct feeder *feeder)
{
	feeder_send(feeder, TO_SERVER, bytes_of("", 0), true);
	feeder_send(feeder, TO_CLIENT, bytes_of("", 0), true);
	feeder_finish(feeder);
}

#endif
