/* http1_pairs: which response answers which request (RFC 9112 9.3): the i-th the i-th. What a gap does to that:
 *
 * - A gap within counted content does nothing; only the others make a direction `uncertain` until its next head.
 * - One on the response side may have swallowed responses. The next one then answers the youngest request seen: without
 *   pipelining, which hardly anyone uses, no other can be open. Were all answered, it answers one that we missed.
 * - One on the request side may have swallowed requests, whose responses took numbers beyond ours: the next request
 *   takes max(requests, responses). So does the first request of all, since a server never speaks first: responses before
 *   it answer requests from before the capture began. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_PAIRS_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_PAIRS_H

#include "sensor/base/bytes.h"

/* Zeroed at first. Remembers the methods that change how a response is framed, and which responses' content is wanted, of the
 * last 64 requests. */
struct http1_pairs {
	uint32_t n_requests, n_responses;
	uint64_t heads, connects; /* bit tx % 64: the request's method is HEAD, CONNECT */
	uint64_t wanted;
};

/* Count one message: its transaction is n_requests - 1 or n_responses - 1 from then on. `method` may be empty: not known. */
void http1_pairs_request(struct http1_pairs *pairs, struct bytes method, bool uncertain);
void http1_pairs_response(struct http1_pairs *pairs, bool uncertain);

/* The content of what answers the youngest request is wanted. */
void http1_pairs_want(struct http1_pairs *pairs);

/* False too where the request was not seen or is too long ago. */
bool http1_pairs_is_head(const struct http1_pairs *pairs, uint64_t tx);
bool http1_pairs_is_connect(const struct http1_pairs *pairs, uint64_t tx);
bool http1_pairs_is_wanted(const struct http1_pairs *pairs, uint64_t tx);

#endif
