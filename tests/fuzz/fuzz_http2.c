/* Input: bytes of both directions of an HTTP/2 connection. No contract of the feeder may break, nothing may leak; and where nothing
 * was lost and no frame was searched for, whole and cut up must say the same.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 to the client, 2 a gap of len bytes, 4 the direction ends
 *
 * The high bit of the seed: after an upgrade from HTTP/1.1. An input that starts with 'P' is what a client sends. */
#include "dissectors/app/http2_state.h"
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

	feeder_init(feeder, input.data[0] & 0x80 ? &h2c_dissector : &http2_dissector, 16 << 20);
	feeder_keep(feeder, 4096, 1 << 20);
	feeder->with_headers = feeder->apart = true;
	if (input.data[0] == 'P')
		steps_send(feeder, TO_SERVER, input, whole, &seed);
	else
		steps_feed(feeder, input, whole);
	steps_finish(feeder);
}

/* Where a frame is found again depends on how much of what follows can be seen. */
static bool fuzz_is_clear(const struct feeder *feeder)
{
	const struct http2 *h2 = feeder->state;

	return !(h2->told & HTTP2_BAD_FRAME) && !h2->side[TO_SERVER].searched && !h2->side[TO_CLIENT].searched;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct feeder whole, cut;
	struct chunk first = { .data = bytes_of(data, len) };

	if (len == 0)
		return 0;
	(void)http2_dissector.probe(&first);
	first.dir = TO_CLIENT;
	(void)http2_dissector.probe(&first);
	fuzz_run(&whole, bytes_of(data, len), true);
	fuzz_run(&cut, bytes_of(data, len), false);
	if (fuzz_is_clear(&whole) && fuzz_is_clear(&cut) && !feeder_same(&whole, &cut))
		abort();
	feeder_fini(&whole);
	feeder_fini(&cut);
	return 0;
}
