#include "tests/support/coder.h"

#include <stdlib.h>

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

const char *const coder_names[CODERS] = { "gzip", "deflate", "deflate", "br", "zstd" };

static uint8_t *coder_memory(size_t len)
{
	uint8_t *memory = malloc(len ? len : 1);

	if (!memory)
		abort();
	return memory;
}

static size_t coder_deflate(struct bytes data, uint8_t *out, size_t cap, int level, int bits)
{
	z_stream stream = { .next_in = (z_const Bytef *)(uintptr_t)data.data, .avail_in = (uInt)data.len, .next_out = out,
		.avail_out = (uInt)cap };

	if (deflateInit2(&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&stream, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&stream);
	return cap - stream.avail_out;
}

static size_t coder_zstd(struct bytes data, uint8_t *out, size_t cap, int level, int window)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window);
	ZSTD_inBuffer in = { data.data, data.len, 0 };
	ZSTD_outBuffer made = { out, cap, 0 };

	/* As a stream whose length is not known beforehand: else the window would be no larger than that. */
	if (ZSTD_compressStream2(context, &made, &in, ZSTD_e_continue) || ZSTD_compressStream2(context, &made, &in, ZSTD_e_end))
		abort();
	ZSTD_freeCCtx(context);
	return made.pos;
}

struct bytes coder_run(enum coder coder, struct bytes data, int level, int window)
{
	size_t cap = data.len + data.len / 8 + 1024, len = cap;
	uint8_t *out = coder_memory(cap);

	switch (coder) {
	case CODER_GZIP:
		return bytes_of(out, coder_deflate(data, out, cap, level, 15 + 16));
	case CODER_ZLIB:
		return bytes_of(out, coder_deflate(data, out, cap, level, 15));
	case CODER_RAW:
		return bytes_of(out, coder_deflate(data, out, cap, level, -15));
	case CODER_BR:
		if (!BrotliEncoderCompress(level, window, BROTLI_DEFAULT_MODE, data.len, data.data, &len, out))
			abort();
		return bytes_of(out, len);
	case CODER_ZSTD:
		return bytes_of(out, coder_zstd(data, out, cap, level, window));
	case CODERS:
		break;
	}
	abort();
}

struct bytes coder_of(enum coder coder, struct bytes data)
{
	return coder_run(coder, data, 5, 22);
}

void coder_free(struct bytes coded)
{
	free((void *)(uintptr_t)coded.data);
}

struct bytes coder_join(struct bytes a, struct bytes b)
{
	uint8_t *both = coder_memory(a.len + b.len);

	memcpy(both, a.data, a.len);
	memcpy(both + a.len, b.data, b.len);
	coder_free(a);
	coder_free(b);
	return bytes_of(both, a.len + b.len);
}
