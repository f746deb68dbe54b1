#include "dissectors/app/coding_kind.h"
#include "dissectors/app/coding_memory.h"

#include <zlib.h>

enum { WINDOW_BITS = 15, GZIP_ONLY = 16 };

enum begun { BEGUN_NOT, BEGUN_GZIP, BEGUN_ZLIB, BEGUN_RAW };

struct inflate {
	z_stream stream;
	struct budget *budget;
	enum begun begun;
	bool over;   /* a stream ended; of gzip another member may follow */
	bool padded; /* zeros followed it: nothing else may */
};

static void *inflate_alloc(void *budget, unsigned n, unsigned len)
{
	return coding_memory_alloc(budget, (size_t)n * len);
}

static void *inflate_open(struct budget *budget)
{
	struct inflate *state = budget_alloc(budget, sizeof *state);

	if (!state)
		return NULL;
	*state = (struct inflate){ .stream = { .zalloc = inflate_alloc, .zfree = coding_memory_free, .opaque = budget },
		.budget = budget };
	if (inflateInit2(&state->stream, WINDOW_BITS + GZIP_ONLY) == Z_OK)
		return state;
	budget_free(budget, state, sizeof *state);
	return NULL;
}

static void inflate_close(void *memory)
{
	struct inflate *state = memory;

	inflateEnd(&state->stream);
	budget_free(state->budget, state, sizeof *state);
}

static enum coding_status inflate_step(struct inflate *state, struct coding_io *io)
{
	z_stream *stream = &state->stream;

	stream->next_in = (z_const Bytef *)(uintptr_t)io->in;
	stream->avail_in = (uInt)io->in_len;
	stream->next_out = io->out;
	stream->avail_out = (uInt)io->out_len;
	int status = inflate(stream, Z_SYNC_FLUSH);

	io->in = stream->next_in;
	io->in_len = stream->avail_in;
	io->out = stream->next_out;
	io->out_len = stream->avail_out;
	state->over = status == Z_STREAM_END;
	if (state->over)
		return CODING_WHOLE;
	return status == Z_OK || status == Z_BUF_ERROR ? CODING_INSIDE : CODING_BAD;
}

/* Behind the end of a stream: zeros that fill up are no harm. True: there is something else. */
static bool inflate_is_followed(struct inflate *state, struct coding_io *io)
{
	while (io->in_len && *io->in == 0) {
		state->padded = true;
		io->in++;
		io->in_len--;
	}
	return io->in_len != 0;
}

static enum coding_status gzip_step(void *memory, struct coding_io *io)
{
	struct inflate *state = memory;

	state->begun = BEGUN_GZIP;
	if (state->over) {
		if (!inflate_is_followed(state, io))
			return CODING_WHOLE;
		if (state->padded || inflateReset(&state->stream) != Z_OK)
			return CODING_BAD;
		state->over = false;
	}
	return inflate_step(state, io);
}

/* CMF and FLG of RFC 1950: method 8, a multiple of 31 */
static bool deflate_is_zlib(const struct coding_io *io)
{
	return io->in_len >= 2 && (io->in[0] & 0x0f) == 8 && (io->in[0] << 8 | io->in[1]) % 31 == 0;
}

static enum coding_status deflate_begin(struct inflate *state, struct coding_io *io, enum begun as)
{
	state->begun = as;
	if (inflateReset2(&state->stream, as == BEGUN_ZLIB ? WINDOW_BITS : -WINDOW_BITS) != Z_OK)
		return CODING_BAD;
	return inflate_step(state, io);
}

/* RFC 9110 8.4.1.2 says that "deflate" is zlib's format; some send it bare, and receivers take it. */
static enum coding_status deflate_step(void *memory, struct coding_io *io)
{
	struct inflate *state = memory;
	struct coding_io again = *io;

	if (state->over)
		return inflate_is_followed(state, io) ? CODING_BAD : CODING_WHOLE;
	if (state->begun != BEGUN_NOT || !io->in_len)
		return inflate_step(state, io);
	if (deflate_is_zlib(io)) {
		enum coding_status status = deflate_begin(state, io, BEGUN_ZLIB);

		if (status != CODING_BAD || io->out_len != again.out_len)
			return status;
		*io = again;
	}
	return deflate_begin(state, io, BEGUN_RAW);
}

const struct coding_kind coding_zlib_gzip = { inflate_open, gzip_step, inflate_close };
const struct coding_kind coding_zlib_deflate = { inflate_open, deflate_step, inflate_close };
