#include "sensor/input/format.h"

#include <lzma.h>
#include <stdlib.h>

struct xz {
	lzma_stream stream;
	bool over;
};

static bool xz_is(struct bytes head)
{
	return bytes_equal(bytes_head(head, 6), bytes_of("\xfd" "7zXZ\0", 6));
}

static void *xz_open(void)
{
	struct xz *xz = calloc(1, sizeof *xz);

	if (xz && lzma_stream_decoder(&xz->stream, FORMAT_WINDOW, LZMA_CONCATENATED) == LZMA_OK)
		return xz;
	free(xz);
	return NULL;
}

static void xz_close(void *state)
{
	struct xz *xz = state;

	lzma_end(&xz->stream);
	free(xz);
}

static const char *xz_why(lzma_ret status)
{
	switch (status) {
	case LZMA_MEMLIMIT_ERROR:
		return "more than 128 MiB would be needed to undo it";
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_OPTIONS_ERROR:
		return "a filter or check that is not known";
	default: /* the library does not tell damage from what is no xz */
		return "damaged data";
	}
}

/* Several streams and the zeros between them are the library's; whether the end may be here it says only when asked. */
static enum format_status xz_step(void *state, struct format_io *io)
{
	struct xz *xz = state;
	lzma_stream *stream = &xz->stream;

	if (xz->over)
		return FORMAT_WHOLE;
	stream->next_in = io->in;
	stream->avail_in = io->in_len;
	stream->next_out = io->out;
	stream->avail_out = io->out_len;
	lzma_ret status = lzma_code(stream, io->last ? LZMA_FINISH : LZMA_RUN);

	io->in = stream->next_in;
	io->in_len = stream->avail_in;
	io->out = stream->next_out;
	io->out_len = stream->avail_out;
	xz->over = status == LZMA_STREAM_END;
	if (xz->over)
		return FORMAT_WHOLE;
	if (status == LZMA_OK || status == LZMA_BUF_ERROR)
		return FORMAT_INSIDE;
	io->why = xz_why(status);
	return FORMAT_BAD;
}

const struct format xz_format = { "xz", xz_is, xz_open, xz_step, xz_close };
