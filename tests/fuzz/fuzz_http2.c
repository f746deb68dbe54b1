/* Input: bytes of both directions of an HTTP/2 connection. No contract of the feeder may break,
    nothing may leak; and where nothing was
 * lost and no frame was searched for, whole and cut up must say the same.
 *
 *   seed 1 | ( flags 1 | len 2 | bytes len )*      flags: 1 to the client, 2 a gap of len bytes, 4 the direction ends
 *
 * The high bit of the seed: after an upgrade from HTTP/1.1. An input that starts with 'P' is what a client sends. */
#include "dissectors/app/http2_state.h"
#include "tests/support/script.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/feeder.c"
#include "tests/support/script.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

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

static void fuzz_run(struct feeder *feeder, struct bytes input, bool whole)
{
	uint64_t seed = 1;

	feeder_init(feeder, input.data[0] & 0x80 ? &h2c_dissector : &http2_dissector, 16 << 20);
	feeder_keep(feeder, 4096, 1 << 20);
	feeder->with_headers = feeder->apart = true;
	if (input.data[0] == 'P')
		fuzz_send(feeder, TO_SERVER, input, whole, &seed);
	else
		fuzz_steps(feeder, input, whole);
	feeder_send(feeder, TO_SERVER, bytes_of("", 0), true);
	feeder_send(feeder, TO_CLIENT, bytes_of("", 0), true);
	feeder_finish(feeder);
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
