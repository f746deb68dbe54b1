/* Input: bytes of both directions. Whole and cut up must say the same, and no contract of the feeder may break.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 to the client, 2 a gap of len bytes, 4 the direction ends
 *
 * An input that starts with 'G', 'P' or 'H' is text: all of it to the server, or to the client. */
#include "tests/support/script.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/feeder.c"
#include "tests/support/script.c"
#include "tests/fuzz/steps.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fuzz_run(struct feeder *feeder, struct bytes input, bool whole)
{
	uint64_t seed = 1;

	feeder_init(feeder, &http1_dissector, 16 << 20);
	feeder_keep(feeder, 64, 1 << 20);
	feeder->with_headers = feeder->apart = true;
	if (input.data[0] == 'G' || input.data[0] == 'P' || input.data[0] == 'H')
		steps_send(feeder, input.data[0] == 'H' ? TO_CLIENT : TO_SERVER, input, whole, &seed);
	else
		steps_feed(feeder, input, whole);
	steps_finish(feeder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct feeder whole, cut;
	struct chunk first = { .data = bytes_of(data, len) };

	if (len == 0)
		return 0;
	(void)http1_dissector.probe(&first);
	first.dir = TO_CLIENT;
	(void)http1_dissector.probe(&first);
	fuzz_run(&whole, bytes_of(data, len), true);
	fuzz_run(&cut, bytes_of(data, len), false);
	if (!feeder_same(&whole, &cut))
		abort();
	feeder_fini(&whole);
	feeder_fini(&cut);
	return 0;
}
