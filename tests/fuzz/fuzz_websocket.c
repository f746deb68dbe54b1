/* Input: bytes of both directions of a WebSocket. Whole and cut up must say the same, no contract of the feeder may break, and
 * all memory comes back.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 from the server, 2 a gap of len bytes, 4 the direction ends */
#include "tests/support/script.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/feeder.c"
#include "tests/support/script.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz {
	struct feeder feeder;
	struct body_env bodies;
	struct budget budget;
};

static void fuzz_send(struct feeder *feeder, enum direction dir, struct bytes b, bool whole, uint64_t *seed)
{
	while (b.len) {
		size_t piece = whole ? b.len : script_random(seed, b.len);

		feeder_send(feeder, dir, bytes_head(b, piece), false);
		b = bytes_tail(b, piece);
	}
}

static void fuzz_steps(struct feeder *feeder, struct bytes input, bool whole)
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
			fuzz_send(feeder, dir, read_bytes(&r, len < reader_left(&r) ? len : reader_left(&r)), whole, &seed);
		ended[dir] = flags & 4;
		if (ended[dir])
			feeder_send(feeder, dir, bytes_of("", 0), true);
	}
}

static void fuzz_run(struct fuzz *fuzz, struct bytes input, bool whole)
{
	*fuzz = (struct fuzz){ .bodies = { .budget = &fuzz->budget } };
	budget_init(&fuzz->budget, 16 << 20, NULL);
	feeder_init(&fuzz->feeder, &websocket_dissector, 16 << 20);
	fuzz->feeder.bodies = &fuzz->bodies;
	fuzz->feeder.apart = true;
	fuzz_steps(&fuzz->feeder, input, whole);
	feeder_send(&fuzz->feeder, TO_SERVER, bytes_of("", 0), true);
	feeder_send(&fuzz->feeder, TO_CLIENT, bytes_of("", 0), true);
	feeder_finish(&fuzz->feeder);
}

static void fuzz_fini(struct fuzz *fuzz)
{
	feeder_fini(&fuzz->feeder);
	if (fuzz->budget.used)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz whole, cut;

	fuzz_run(&whole, bytes_of(data, len), true);
	fuzz_run(&cut, bytes_of(data, len), false);
	if (!feeder_same(&whole.feeder, &cut.feeder))
		abort();
	fuzz_fini(&whole);
	fuzz_fini(&cut);
	return 0;
}
