/* http2_chain: do frames of HTTP/2 stand here? Frames follow one another without a gap: that the next one stands where this one
 * ends is what tells them from other bytes. For who joins a connection midstream, or has to find it again. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_CHAIN_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_CHAIN_H

#include "dissectors/app/http2_frame.h"

enum http2_fit { HTTP2_NO, HTTP2_PARTIAL, HTTP2_FITS };

struct http2_chain {
	size_t need;          /* PARTIAL: so many bytes tell more */
	bool from_client, from_server; /* only that side sends what is here */
	bool begins;          /* with SETTINGS that are no acknowledgement, as a connection does */
};

/* Does `data` start with frames that are sent in direction `dir`? FITS: two or more that fit each other and carry more than just
 * DATA, or three of the DATA of one request's stream, or SETTINGS that say something. What is there of further frames must fit
 * too. With `alone` one will do that carries more than just DATA, if it ends where `data` does: for who knows that this is
 * HTTP/2, and for who gets no more. */
enum http2_fit http2_chain_look(struct http2_chain *chain, enum direction dir, struct bytes data, bool alone);

/* The first place in `data` from which on there are frames (`alone`: likewise), or may be: *at. NO: nowhere, *at is what can be
 * passed by. */
enum http2_fit http2_chain_find(struct http2_chain *chain, enum direction dir, struct bytes data, size_t *at);

#endif
