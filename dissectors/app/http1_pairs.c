#include "dissectors/app/http1_pairs.h"

enum { RING = 64 };

static uint64_t pairs_bit(uint64_t tx)
{
	return UINT64_C(1) << tx % RING;
}

static void pairs_set(uint64_t *ring, uint64_t tx, bool on)
{
	*ring = (*ring & ~pairs_bit(tx)) | (on ? pairs_bit(tx) : 0);
}

void http1_pairs_request(struct http1_pairs *pairs, struct bytes method, bool uncertain)
{
	if ((uncertain || pairs->n_requests == 0) && pairs->n_requests < pairs->n_responses)
		pairs->n_requests = pairs->n_responses;
	uint64_t tx = pairs->n_requests++;

	pairs_set(&pairs->heads, tx, bytes_is(method, "HEAD"));
	pairs_set(&pairs->connects, tx, bytes_is(method, "CONNECT"));
	pairs_set(&pairs->wanted, tx, false);
}

void http1_pairs_want(struct http1_pairs *pairs)
{
	pairs_set(&pairs->wanted, pairs->n_requests - 1, true);
}

void http1_pairs_response(struct http1_pairs *pairs, bool uncertain)
{
	bool missed = uncertain && pairs->n_requests > pairs->n_responses;

	pairs->n_responses = missed ? pairs->n_requests : pairs->n_responses + 1;
}

/* The request's bit, where it was seen and its place was not taken by a later one. */
static bool pairs_has(const struct http1_pairs *pairs, uint64_t ring, uint64_t tx)
{
	return tx < pairs->n_requests && pairs->n_requests - tx <= RING && (ring & pairs_bit(tx));
}

bool http1_pairs_is_head(const struct http1_pairs *pairs, uint64_t tx)
{
	return pairs_has(pairs, pairs->heads, tx);
}

bool http1_pairs_is_connect(const struct http1_pairs *pairs, uint64_t tx)
{
	return pairs_has(pairs, pairs->connects, tx);
}

bool http1_pairs_is_wanted(const struct http1_pairs *pairs, uint64_t tx)
{
	return pairs_has(pairs, pairs->wanted, tx);
}
