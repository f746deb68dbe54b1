#include "dissectors/app/tls_inflate.h"

#include <zlib.h>

enum {
	CONTENT_CAP = 16384,
	ZLIB_LEN = 48 * 1024,   /* what zlib takes: its window and some */
};

struct tls_inflate {
	z_stream stream;
	struct budget *budget;
};

struct tls_inflate *tls_inflate_new(struct budget *budget)
{
	struct tls_inflate *inflate;

	if (!budget_charge(budget, ZLIB_LEN))
		return NULL;
	inflate = budget_alloc(budget, sizeof *inflate);
	if (inflate) {
		*inflate = (struct tls_inflate){ .budget = budget };
		if (inflateInit(&inflate->stream) == Z_OK)
			return inflate;
	}
	budget_free(budget, inflate, sizeof *inflate);
	budget_release(budget, ZLIB_LEN);
	return NULL;
}

void tls_inflate_free(struct tls_inflate *inflate)
{
	if (!inflate)
		return;
	struct budget *budget = inflate->budget;

	inflateEnd(&inflate->stream);
	budget_free(budget, inflate, sizeof *inflate);
	budget_release(budget, ZLIB_LEN);
}

bool tls_inflate_record(struct tls_inflate *state, struct bytes content, uint8_t *out, size_t *len)
{
	z_stream *stream = &state->stream;

	stream->next_in = (unsigned char *)(uintptr_t)content.data;
	stream->avail_in = (unsigned)content.len;
	stream->next_out = out;
	stream->avail_out = CONTENT_CAP;
	int status = content.len ? inflate(stream, Z_SYNC_FLUSH) : Z_OK;

	*len = CONTENT_CAP - stream->avail_out;
	return (status == Z_OK || status == Z_STREAM_END) && stream->avail_in == 0;
}
