/* A step takes what the library asks for and no more, which is one block: of a call that fails nothing is known, so no
 * call may hold a good block beside a bad one. */
#include "sensor/input/format.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
	ZSTD_DStream *stream;
	size_t wanted;
	bool inside;
};

enum { HEAD_LEN = 5 };

/* Parallel writers put a skippable frame first, with one of 16 magics. */
static bool zstd_is(struct bytes head)
{
	struct reader r = reader_of(head);
	uint32_t magic = read_le32(&r);

	return !r.over && (magic == 0xfd2fb528 || (magic & 0xfffffff0) == 0x184d2a50);
}

static void *zstd_open(void)
{
	struct zstd *zstd = calloc(1, sizeof *zstd);

	if (!zstd)
		return NULL;
	zstd->wanted = HEAD_LEN;
	zstd->stream = ZSTD_createDStream();
	if (zstd->stream && !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax, FORMAT_WINDOW_LOG)))
		return zstd;
	ZSTD_freeDStream(zstd->stream);
	free(zstd);
	return NULL;
}

static void zstd_close(void *state)
{
	struct zstd *zstd = state;

	ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

static const char *zstd_why(const struct zstd *zstd, size_t status)
{
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return "a window of more than 128 MiB is not kept";
	case ZSTD_error_prefix_unknown:
		return zstd->inside ? "damaged data" : "what follows the last frame is no zstd";
	case ZSTD_error_checksum_wrong:
		return "the checksum does not fit";
	case ZSTD_error_dictionary_wrong:
		return "a dictionary is needed";
	case ZSTD_error_memory_allocation:
		return "out of memory";
	default:
		return "damaged data";
	}
}

static enum format_status zstd_step(void *state, struct format_io *io)
{
	struct zstd *zstd = state;
	ZSTD_inBuffer in = { io->in, io->in_len < zstd->wanted ? io->in_len : zstd->wanted, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };

	if (!zstd->inside && !io->in_len)
		return FORMAT_WHOLE;
	size_t status = ZSTD_decompressStream(zstd->stream, &out, &in);

	if (ZSTD_isError(status)) {
		io->why = zstd_why(zstd, status);
		return FORMAT_BAD;
	}
	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	zstd->inside = status != 0;
	zstd->wanted = status ? status : HEAD_LEN;
	return zstd->inside ? FORMAT_INSIDE : FORMAT_WHOLE;
}

const struct format zstd_format = { "zstd", zstd_is, zstd_open, zstd_step, zstd_close };
