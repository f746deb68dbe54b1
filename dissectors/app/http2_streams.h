/* http2_streams: what is kept of the open streams of a connection (RFC 9113 5.1). Streams that closed leave; there is room for
 * so many, and where more are open, or memory is refused, the oldest ones nearby are forgotten.
 *
 * A stream may stand at any of the HTTP2_STREAMS_NEAR places from the one that its number says, whatever others stand there:
 * nobody can choose numbers that make a search long.
 *
 *   ids:     | 5 | 7 | - | 11 | ...      searched, a cache line at a time
 *   streams: |   |   |   |    | ... */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_STREAMS_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_STREAMS_H

#include "dissectors/app/websocket.h"

enum { HTTP2_STREAMS_CAP = 4096, HTTP2_STREAMS_FIRST = 16, HTTP2_STREAMS_NEAR = 16 };

#define HTTP2_STREAM_LOST UINT32_MAX /* nobody knows how many */

struct http2_stream {
	uint32_t tx;
	uint8_t ended;           /* bits: of directions */
	bool upgraded : 1;       /* its transaction is the one before the connection's first: HTTP/1.1 began it */
	bool requested : 1;      /* the request's head was seen */
	bool answered : 1;       /* that of the final response was seen */
	bool unsure : 1;         /* ... or of an interim one: its status is unknown */
	bool wants_answer : 1;   /* the response's content may carry tokens */
	bool is_websocket : 1;   /* an extended CONNECT, RFC 8441 */
	bool is_open : 1;        /* ... that was agreed to: the exchange is over, what follows is the WebSocket's */
	bool has_length : 1;
	uint32_t lost[2];        /* bytes of its content that were, of a WebSocket since the last ones; or HTTP2_STREAM_LOST */
	uint64_t length;         /* Content-Length of the request */
	uint64_t len[2];         /* bytes of content so far, by direction */
	struct body *body[2];    /* content that is kept; NULL: none */
	struct websocket *websocket;
};

/* Zeroed at first; then `budget`, which may be NULL, and `cap`, a power of two up to HTTP2_STREAMS_CAP. */
struct http2_streams {
	struct budget *budget;
	uint32_t cap;            /* n_places are never more */
	struct http2_stream *streams; /* n_places of them, which the numbers stand behind */
	uint32_t *ids;           /* 0: a free place */
	uint32_t n_places;       /* a power of two; 0: nothing was made yet */
	uint32_t n;              /* open ones */
};

static inline bool http2_stream_ended(const struct http2_stream *stream, enum direction dir)
{
	return stream->ended >> dir & 1;
}

/* NULL: not there. Pointers hold until the next one is added. */
struct http2_stream *http2_streams_find(const struct http2_streams *streams, uint32_t id);

/* A new stream, zeroed, that was not there. NULL: memory was refused. */
struct http2_stream *http2_streams_add(struct http2_streams *streams, uint32_t id);

/* Its number. */
uint32_t http2_streams_id(const struct http2_streams *streams, const struct http2_stream *stream);

/* It closed: gives back what it held. */
void http2_streams_remove(struct http2_streams *streams, struct http2_stream *stream);

/* The next open one from place *at on, which is moved behind it; NULL: no more. */
struct http2_stream *http2_streams_next(const struct http2_streams *streams, uint32_t *at);

void http2_streams_fini(struct http2_streams *streams);

#endif
