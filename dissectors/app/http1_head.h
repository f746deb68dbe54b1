/* http1_head: one complete header block (RFC 9112 2 to 6): start line, headers, and what they say of the body. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_HEAD_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_HEAD_H

#include "dissectors/app/http1_body.h"
#include "dissectors/app/http1_start.h"

enum { HTTP1_HEAD_CAP = 65536 };

/* Headers that fields are made of or that decide what follows; the first of a kind counts. */
enum http1_known {
	HTTP1_HOST,
	HTTP1_USER_AGENT,
	HTTP1_REFERER,
	HTTP1_CONTENT_TYPE,
	HTTP1_LOCATION,
	HTTP1_XFF,
	HTTP1_CONTENT_RANGE,
	HTTP1_UPGRADE,
	HTTP1_CONTENT_LENGTH,
	HTTP1_TRANSFER_ENCODING,
	HTTP1_KNOWN
};

struct http1_head {
	struct http1_start start;
	struct http_header *headers; /* in `arena`; views into the data or, folded ones, into `arena` */
	size_t n_headers, headers_cap;
	struct bytes known[HTTP1_KNOWN];
	bool has[HTTP1_KNOWN];
	struct http1_framing framing;
	struct arena *arena;
	const struct redact *redact; /* of the outbox */
	size_t len;      /* with the empty line */
	uint32_t odd;    /* http1_odd bits */
	bool truncated;  /* the stream ended within it: the complete lines are there */
	bool undecided;  /* PARTIAL, a line without version: what follows it will say whether it is HTTP/0.9 */
	bool zero_nine;  /* HTTP/0.9: there is only the start line */
	bool no_memory;  /* the arena refused: headers are missing, the framing is right */
	bool saw_crlf, saw_lf, saw_nul;
};

/* Parses the head that `data` starts with, one pass. PARTIAL: its end is not there, and HTTP1_HEAD_CAP allows for more.
 * With `is_last` what is cut off is left out instead. NO: not a start line. LATER: no HTTP/0.9 here. A request line
 * without a version has headers if something like one stands behind it, else it is HTTP/0.9 and ends there; where that
 * cannot be seen yet it is PARTIAL, but with ANSWERED, when the server did not wait either, HTTP/0.9. */
enum http1_place { HTTP1_LATER, HTTP1_FIRST, HTTP1_ANSWERED };

enum http1_fit http1_head_parse(struct http1_head *head, enum direction dir, struct bytes data, enum http1_place place,
				bool is_last, struct arena *arena);

/* Is the end of a head's empty line in `data`, which was searched up to `searched` before? Its offset; 0: no. */
size_t http1_head_end(struct bytes data, size_t searched);

#endif
