/* A step takes what the library asks for and no more, which is one block: see zstd.c. */
#include "sensor/input/format.h"

#include <lz4frame.h>
#include <stdlib.h>

struct lz4 {
	LZ4F_dctx *context;
	size_t wanted;
	bool inside;
};

enum { HEAD_LEN = 7 };

static bool lz4_is(struct bytes head)
{
	return bytes_equal(bytes_head(head, 4), bytes_of("\x04\x22\x4d\x18", 4));
}

static void *lz4_open(void)
{
	struct lz4 *lz4 = calloc(1, sizeof *lz4);

	if (!lz4)
		return NULL;
	lz4->wanted = HEAD_LEN;
	if (!LZ4F_isError(LZ4F_createDecompressionContext(&lz4->context, LZ4F_VERSION)))
		return lz4;
	free(lz4);
	return NULL;
}

static void lz4_close(void *state)
{
	struct lz4 *lz4 = state;

	LZ4F_freeDecompressionContext(lz4->context);
	free(lz4);
}

static enum format_status lz4_step(void *state, struct format_io *io)
{
	struct lz4 *lz4 = state;
	size_t in_len = io->in_len < lz4->wanted ? io->in_len : lz4->wanted, out_len = io->out_len;

	if (!lz4->inside && !io->in_len)
		return FORMAT_WHOLE;
	size_t status = LZ4F_decompress(lz4->context, io->out, &out_len, io->in, &in_len, NULL);

	if (LZ4F_isError(status)) {
		bool foreign = strcmp(LZ4F_getErrorName(status), "ERROR_frameType_unknown") == 0;

		io->why = foreign ? "what follows the last frame is no lz4" : "damaged data";
		return FORMAT_BAD;
	}
	io->in += in_len;
	io->in_len -= in_len;
	io->out += out_len;
	io->out_len -= out_len;
	lz4->inside = status != 0;
	lz4->wanted = status ? status : HEAD_LEN;
	return lz4->inside ? FORMAT_INSIDE : FORMAT_WHOLE;
}

const struct format lz4_format = { "lz4", lz4_is, lz4_open, lz4_step, lz4_close };
