#include "dissectors/app/websocket_inflate.h"

#include <stdalign.h>
#include <zlib.h>

enum { RAW_LARGEST_WINDOW = -15, AT_BLOCK = 128 /* in data_type: the next bit begins a block */ };

struct websocket_inflate {
	z_stream stream;
	struct budget *budget;
	uint64_t n_in, n_out;
	bool within; /* deflate that has not come to an end */
};

/* zlib does not say how much it gives back. */
struct piece {
	size_t len;
	alignas(max_align_t) uint8_t data[];
};

static void *piece_new(void *budget, unsigned n, unsigned len)
{
	size_t whole = sizeof(struct piece) + (size_t)n * len;
	struct piece *piece = budget_alloc(budget, whole);

	if (!piece)
		return NULL;
	piece->len = whole;
	return piece->data;
}

static void piece_free(void *budget, void *data)
{
	struct piece *piece = (struct piece *)(void *)((char *)data - offsetof(struct piece, data));

	budget_free(budget, piece, piece->len);
}

struct websocket_inflate *websocket_inflate_new(struct budget *budget)
{
	struct websocket_inflate *state = budget_alloc(budget, sizeof *state);

	if (!state)
		return NULL;
	*state = (struct websocket_inflate){ .stream = { .zalloc = piece_new, .zfree = piece_free, .opaque = budget },
		.budget = budget };
	if (inflateInit2(&state->stream, RAW_LARGEST_WINDOW) == Z_OK)
		return state;
	budget_free(budget, state, sizeof *state);
	return NULL;
}

void websocket_inflate_free(struct websocket_inflate *state)
{
	if (!state)
		return;
	inflateEnd(&state->stream);
	budget_free(state->budget, state, sizeof *state);
}

void websocket_inflate_lose(struct websocket_inflate *state)
{
	inflateReset(&state->stream);
	state->within = false;
}

enum websocket_inflate_limit websocket_inflate_limit(const struct websocket_inflate *state)
{
	if (state->n_out > WEBSOCKET_INFLATE_FREE + WEBSOCKET_INFLATE_RATIO * state->n_in)
		return WEBSOCKET_INFLATE_BOMB;
	return state->n_out > WEBSOCKET_INFLATE_WORK ? WEBSOCKET_INFLATE_TIRED : WEBSOCKET_INFLATE_WITHIN;
}

/* As far as zlib goes in one call. A sender may end its stream at any block and begin another (7.2.3.4): what is behind it goes
 * on with the same window. */
static enum websocket_inflated inflate_some(struct websocket_inflate *state, struct bytes *in, uint8_t *out, size_t *len,
    size_t cap)
{
	z_stream *stream = &state->stream;

	stream->next_in = (unsigned char *)(uintptr_t)in->data;
	stream->avail_in = (unsigned)(in->len < UINT32_MAX ? in->len : UINT32_MAX);
	stream->next_out = out + *len;
	stream->avail_out = (unsigned)(cap - *len);
	int status = inflate(stream, Z_SYNC_FLUSH);
	size_t n_in = (size_t)(stream->next_in - in->data), n_out = (size_t)(stream->next_out - (out + *len));

	*in = bytes_tail(*in, n_in);
	*len += n_out;
	state->n_in += n_in;
	state->n_out += n_out;
	state->within |= n_in > 0;
	if (status == Z_STREAM_END && inflateResetKeep(stream) == Z_OK) {
		state->within = false;
		return WEBSOCKET_INFLATED;
	}
	if (status == Z_MEM_ERROR)
		return WEBSOCKET_INFLATE_REFUSED;
	if (status != Z_OK && status != Z_BUF_ERROR)
		return WEBSOCKET_INFLATE_BAD;
	return stream->avail_out ? WEBSOCKET_INFLATED : WEBSOCKET_INFLATE_MORE;
}

enum websocket_inflated websocket_inflate_step(struct websocket_inflate *state, struct bytes *in, uint8_t *out, size_t *len,
    size_t cap)
{
	enum websocket_inflated then;

	do {
		then = inflate_some(state, in, out, len, cap);
	} while (then == WEBSOCKET_INFLATED && in->len);
	return then;
}

/* Where the message is whole, its end brings nothing any more. */
enum websocket_inflated websocket_inflate_end(struct websocket_inflate *state)
{
	static const uint8_t end[] = { 0x00, 0x00, 0xff, 0xff };
	struct bytes in = bytes_of(end, sizeof end);
	uint8_t out[8];
	size_t len = 0;

	/* It ended with its stream, and the empty block that should follow (7.2.3.4) is missing; or it is empty. */
	if (!state->within)
		return WEBSOCKET_INFLATED;
	if (inflate_some(state, &in, out, &len, sizeof out) != WEBSOCKET_INFLATED)
		return WEBSOCKET_INFLATE_BAD;
	state->within = false;
	return len == 0 && in.len == 0 && (state->stream.data_type & AT_BLOCK) ? WEBSOCKET_INFLATED : WEBSOCKET_INFLATE_BAD;
}
