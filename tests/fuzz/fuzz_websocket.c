/* Input: bytes of both directions of a WebSocket. Whole and cut up must say the same, no contract of the feeder may break, and
 * all memory comes back.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 from the server, 2 a gap of len bytes, 4 the direction ends */
#include "tests/support/script.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/feeder.c"
#include "tests/support/script.c"
#include "tests/fuzz/steps.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz {
	struct feeder feeder;
	struct body_env bodies;
	struct budget budget;
};

static void fuzz_run(struct fuzz *fuzz, struct bytes input, bool whole)
{
	*fuzz = (struct fuzz){ .bodies = { .budget = &fuzz->budget } };
	budget_init(&fuzz->budget, 16 << 20, NULL);
	feeder_init(&fuzz->feeder, &websocket_dissector, 16 << 20);
	fuzz->feeder.bodies = &fuzz->bodies;
	fuzz->feeder.apart = true;
	steps_feed(&fuzz->feeder, input, whole);
	steps_finish(&fuzz->feeder);
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
