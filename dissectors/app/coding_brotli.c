#include "dissectors/app/coding_kind.h"
#include "dissectors/app/coding_memory.h"

#include <brotli/decode.h>

/* Where a stream breaks, what the library still had inside is lost: so it is fed little by little. */
enum { PIECE_LEN = 256 };

struct brotli {
	BrotliDecoderState *decoder;
	struct budget *budget;
};

static void *brotli_open(struct budget *budget)
{
	struct brotli *brotli = budget_alloc(budget, sizeof *brotli);

	if (!brotli)
		return NULL;
	brotli->budget = budget;
	brotli->decoder = BrotliDecoderCreateInstance(coding_memory_alloc, coding_memory_free, budget);
	if (brotli->decoder)
		return brotli;
	budget_free(budget, brotli, sizeof *brotli);
	return NULL;
}

static void brotli_close(void *state)
{
	struct brotli *brotli = state;

	BrotliDecoderDestroyInstance(brotli->decoder);
	budget_free(brotli->budget, brotli, sizeof *brotli);
}

static enum coding_status brotli_step(void *state, struct coding_io *io)
{
	struct brotli *brotli = state;
	size_t len = io->in_len < PIECE_LEN ? io->in_len : PIECE_LEN, left = len;

	if (BrotliDecoderIsFinished(brotli->decoder))
		return io->in_len ? CODING_BAD : CODING_WHOLE;
	BrotliDecoderResult result =
	    BrotliDecoderDecompressStream(brotli->decoder, &left, &io->in, &io->out_len, &io->out, NULL);

	io->in_len -= len - left;
	switch (result) {
	case BROTLI_DECODER_RESULT_SUCCESS:
		return CODING_WHOLE;
	case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
	case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
		return CODING_INSIDE;
	case BROTLI_DECODER_RESULT_ERROR:
		break;
	}
	return CODING_BAD;
}

const struct coding_kind coding_brotli = { brotli_open, brotli_step, brotli_close };
