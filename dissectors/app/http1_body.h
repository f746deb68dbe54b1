/* http1_body: how long a message's body is (RFC 9112 6) and the way through it, by arithmetic wherever that is enough. Pure.
 *
 *   chunked-body = *chunk last-chunk trailer-section CRLF      chunk = size [ ext ] CRLF data CRLF      (RFC 9112 7.1)
 *
 *   SIZE --"5;x=y"--> DATA --5 bytes--> END --CRLF--> SIZE --"0"--> TRAILER --empty line--> done */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_BODY_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_BODY_H

#include "dissectors/app/http1_odd.h"

/* What a head says of its body's length. */
struct http1_framing {
	uint64_t length;   /* of the first Content-Length */
	bool has_length;
	bool bad_length;   /* no number that everyone reads alike */
	bool has_coding;   /* a Transfer-Encoding that is more than "identity" */
	bool chunked;      /* its final coding */
};

/* Add the value of one Content-Length or Transfer-Encoding line; return what is odd about it, http1_odd bits. */
uint32_t http1_framing_length(struct http1_framing *framing, struct bytes value);
uint32_t http1_framing_coding(struct http1_framing *framing, struct bytes value);

enum http1_body_part {
	HTTP1_BODY_NONE,
	HTTP1_BODY_LENGTH,
	HTTP1_BODY_SIZE,
	HTTP1_BODY_DATA,
	HTTP1_BODY_CRLF,
	HTTP1_BODY_TRAILER,
	HTTP1_BODY_TO_END,  /* of the connection */
	HTTP1_BODY_UNKNOWN, /* recipients will differ: look for the next message's start */
};

struct http1_body {
	uint64_t left; /* of a LENGTH body or of a chunk */
	uint64_t len;  /* content so far */
	enum http1_body_part part;
	bool keep;     /* its content is wanted: none of it is skipped */
};

/* The body after a head in direction `dir` that is not exempt from having one (RFC 9112 6.3, rules 3 to 8). */
struct http1_body http1_body_of(const struct http1_framing *framing, enum direction dir);

enum http1_then {
	HTTP1_AGAIN, /* go on */
	HTTP1_WAIT,  /* the rest is too short: keep it */
	HTTP1_SKIP,  /* all used, and `skip` more to come that nobody wants; they may be none */
	HTTP1_DONE,  /* the body ended */
	HTTP1_LOST,  /* nothing tells where it ends */
};

struct http1_step {
	enum http1_then then;
	size_t used;
	uint64_t skip;
	uint32_t odd;
	bool content; /* what was used is */
};

/* One step through a body that `data` goes on with. */
struct http1_step http1_body_step(struct http1_body *body, struct bytes data);

/* `*gap` bytes of it are missing. Takes off what can be counted; LOST where more than content is missing. */
enum http1_then http1_body_gap(struct http1_body *body, uint64_t *gap);

#endif
