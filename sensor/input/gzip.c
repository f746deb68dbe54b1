#include "sensor/input/format.h"

#include <stdlib.h>
#include <zlib.h>

enum { GZIP_ONLY = 16, BITS_MOST = 15 };

struct gzip {
	z_stream stream;
	bool over;  /* a member ended, the next has not begun */
	bool padded; /* zeros followed it: nothing else may */
};

static bool gzip_is(struct bytes head)
{
	return bytes_equal(bytes_head(head, 3), bytes_of("\x1f\x8b\x08", 3));
}

static void *gzip_open(void)
{
	struct gzip *gzip = calloc(1, sizeof *gzip);

	if (gzip && inflateInit2(&gzip->stream, BITS_MOST + GZIP_ONLY) == Z_OK)
		return gzip;
	free(gzip);
	return NULL;
}

static void gzip_close(void *state)
{
	struct gzip *gzip = state;

	inflateEnd(&gzip->stream);
	free(gzip);
}

static enum format_status gzip_bad(struct format_io *io, const char *why)
{
	io->why = why;
	return FORMAT_BAD;
}

/* Behind a member: another one, or nothing, or the zeros that fill up a block of a tape. True: another one. */
static bool gzip_goes_on(struct gzip *gzip, struct format_io *io)
{
	while (io->in_len && *io->in == 0) {
		gzip->padded = true;
		io->in++;
		io->in_len--;
	}
	return io->in_len != 0;
}

static enum format_status gzip_step(void *state, struct format_io *io)
{
	struct gzip *gzip = state;
	z_stream *stream = &gzip->stream;

	if (gzip->over) {
		if (!gzip_goes_on(gzip, io))
			return FORMAT_WHOLE;
		if (gzip->padded || *io->in != 0x1f)
			return gzip_bad(io, "what follows the last member is no gzip");
		inflateReset(stream);
		gzip->over = false;
	}
	stream->next_in = (z_const Bytef *)(uintptr_t)io->in;
	stream->avail_in = (uInt)io->in_len;
	stream->next_out = io->out;
	stream->avail_out = (uInt)io->out_len;
	int status = inflate(stream, Z_NO_FLUSH);

	io->in = stream->next_in;
	io->in_len = stream->avail_in;
	io->out = stream->next_out;
	io->out_len = stream->avail_out;
	gzip->over = status == Z_STREAM_END;
	if (gzip->over)
		return FORMAT_WHOLE;
	if (status == Z_OK || status == Z_BUF_ERROR)
		return FORMAT_INSIDE;
	return gzip_bad(io, status == Z_MEM_ERROR ? "out of memory" : "damaged data");
}

const struct format gzip_format = { "gzip", gzip_is, gzip_open, gzip_step, gzip_close };
