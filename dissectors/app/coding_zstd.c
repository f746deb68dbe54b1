/* A step takes what the library asks for and no more, which is one block: of a call that fails nothing is known, so no call may
 * hold a good block beside a bad one. */
#include "dissectors/app/coding_kind.h"
#include "dissectors/app/coding_memory.h"

/* for memory that is not malloc's */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

enum { WINDOW_LOG = 23 /* RFC 9659 3 */, MAGIC_LEN = 4 };

struct zstd {
	ZSTD_DCtx *decoder;
	struct budget *budget;
	size_t wanted;
	uint8_t magic[MAGIC_LEN]; /* of the frame that begins */
	uint8_t magic_len;
	bool inside;              /* a frame */
};

static void *zstd_open(struct budget *budget)
{
	ZSTD_customMem memory = { coding_memory_alloc, coding_memory_free, budget };
	struct zstd *zstd = budget_alloc(budget, sizeof *zstd);

	if (!zstd)
		return NULL;
	*zstd = (struct zstd){ .budget = budget };
	zstd->decoder = ZSTD_createDCtx_advanced(memory);
	if (zstd->decoder && !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->decoder, ZSTD_d_windowLogMax, WINDOW_LOG)))
		return zstd;
	ZSTD_freeDCtx(zstd->decoder);
	budget_free(budget, zstd, sizeof *zstd);
	return NULL;
}

static void zstd_close(void *state)
{
	struct zstd *zstd = state;

	ZSTD_freeDCtx(zstd->decoder);
	budget_free(zstd->budget, zstd, sizeof *zstd);
}

/* The frames of RFC 8878 and those that it skips. The library may know older ones, for which it takes memory of its own. */
static bool zstd_is_frame(const struct zstd *zstd)
{
	struct reader r = reader_of(bytes_of(zstd->magic, MAGIC_LEN));
	uint32_t magic = read_le32(&r);

	return magic == 0xfd2fb528 || (magic & 0xfffffff0) == 0x184d2a50;
}

/* Gives the library `len` bytes; says how many it took. */
static enum coding_status zstd_feed(struct zstd *zstd, const uint8_t *data, size_t len, struct coding_io *io, size_t *used)
{
	ZSTD_inBuffer in = { data, len, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };
	size_t status = ZSTD_decompressStream(zstd->decoder, &out, &in);

	if (ZSTD_isError(status))
		return CODING_BAD;
	*used = in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	zstd->wanted = status;
	zstd->inside = status != 0;
	return zstd->inside ? CODING_INSIDE : CODING_WHOLE;
}

static enum coding_status zstd_begin(struct zstd *zstd, struct coding_io *io)
{
	size_t used;

	while (zstd->magic_len < MAGIC_LEN && io->in_len) {
		zstd->magic[zstd->magic_len++] = *io->in++;
		io->in_len--;
	}
	if (zstd->magic_len == 0)
		return CODING_WHOLE;
	if (zstd->magic_len < MAGIC_LEN)
		return CODING_INSIDE;
	zstd->magic_len = 0;
	return zstd_is_frame(zstd) ? zstd_feed(zstd, zstd->magic, MAGIC_LEN, io, &used) : CODING_BAD;
}

static enum coding_status zstd_step(void *state, struct coding_io *io)
{
	struct zstd *zstd = state;
	size_t used = 0;

	if (!zstd->inside)
		return zstd_begin(zstd, io);
	size_t len = io->in_len < zstd->wanted ? io->in_len : zstd->wanted;
	enum coding_status status = zstd_feed(zstd, io->in, len, io, &used);

	io->in += used;
	io->in_len -= used;
	return status;
}

const struct coding_kind coding_zstd = { zstd_open, zstd_step, zstd_close };
