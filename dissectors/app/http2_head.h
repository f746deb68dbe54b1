/* http2_head: the fields of one header block, sorted: what is pseudo, what is known, what is left (RFC 9113 8.2, 8.3). */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_HEAD_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_HEAD_H

#include "dissectors/app/hpack.h"
#include "dissectors/app/http2_odd.h"

enum http2_kind { HTTP2_REQUEST, HTTP2_RESPONSE, HTTP2_TRAILERS };

enum http2_known {
	/* pseudo-header fields */
	HTTP2_METHOD,
	HTTP2_SCHEME,
	HTTP2_AUTHORITY,
	HTTP2_PATH,
	HTTP2_PROTOCOL, /* RFC 8441 */
	HTTP2_STATUS,
	HTTP2_PSEUDO,
	/* others, the first of each counts */
	HTTP2_HOST = HTTP2_PSEUDO,
	HTTP2_USER_AGENT,
	HTTP2_REFERER,
	HTTP2_CONTENT_TYPE,
	HTTP2_CONTENT_ENCODING,
	HTTP2_CONTENT_LENGTH,
	HTTP2_LOCATION,
	HTTP2_XFF,
	HTTP2_CONTENT_RANGE,
	HTTP2_ACTION,
	HTTP2_SOAP_ACTION,
	HTTP2_GRPC_STATUS,
	HTTP2_KNOWN
};

struct http2_head {
	struct http_header *headers; /* those that are not pseudo: crumbs of cookies joined (8.2.3), blanks around values off */
	size_t n_headers;
	struct bytes known[HTTP2_KNOWN]; /* only where it `has` them */
	uint32_t has;         /* bits: of enum http2_known */
	unsigned status;      /* 0: none, or not three digits */
	uint64_t length;      /* Content-Length; with has_length */
	bool has_length;
	bool damaged;         /* the block was cut off */
	bool desync;          /* of some fields nobody knows what they are */
	bool no_memory;       /* cookies could not be joined */
	uint32_t odd;         /* http2_odd bits */
};

static inline bool http2_head_has(const struct http2_head *head, enum http2_known known)
{
	return head->has >> known & 1;
}

/* Empty where it is not there. */
static inline struct bytes http2_head_get(const struct http2_head *head, enum http2_known known)
{
	return http2_head_has(head, known) ? head->known[known] : bytes_of("", 0);
}

/* Sorts the fields, in their place; views of theirs. Joined cookies come from `arena`. What is odd depends on what the block is,
 * which is judged afterwards, by http2_head_judge. */
void http2_head_sort(struct http2_head *head, struct hpack_fields *fields, struct arena *arena);

/* Adds to `odd` what a head of this kind should have or not have (8.3.1, 8.3.2, 8.1). */
void http2_head_judge(struct http2_head *head, enum http2_kind kind);

#endif
