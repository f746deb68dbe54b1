/* http: the message model that every HTTP version's dissector speaks, and the record it becomes. */
#ifndef STORMGLASS_MODEL_HTTP_H
#define STORMGLASS_MODEL_HTTP_H

#include "sensor/model/chunk.h"
#include "sensor/model/record.h"

/* In the order of Suricata's http object: that of writing. */
enum http_field {
	HTTP_VERSION,
	HTTP_HOSTNAME,
	HTTP_PORT,
	HTTP_URL,
	HTTP_USER_AGENT,
	HTTP_XFF,
	HTTP_CONTENT_TYPE,
	HTTP_RANGE_RAW,
	HTTP_RANGE_START,
	HTTP_RANGE_END,
	HTTP_RANGE_SIZE,
	HTTP_REFERER,
	HTTP_METHOD,
	HTTP_PROTOCOL,
	HTTP_STATUS,
	HTTP_LOCATION,
	HTTP_LENGTH,
	HTTP_REQUEST_TYPE,
	HTTP2_STREAM_ID,
	HTTP2_HPACK_DESYNC,
	HTTP2_PRIORITY,
	HTTP2_REQUEST_ERROR,
	HTTP2_RESPONSE_ERROR,
	HTTP_GRPC_STATUS,
	HTTP_FIELDS
};

extern const struct record_type http_record;

struct http_header {
	struct bytes name;  /* as sent */
	struct bytes value; /* blanks trimmed, folds joined by one space (RFC 9112 5.2) */
};

/* What content is made of, as far as credentials are looked for in it. */
enum http_content {
	HTTP_CONTENT_NONE,
	HTTP_CONTENT_FORM, /* application/x-www-form-urlencoded */
	HTTP_CONTENT_JSON,
	HTTP_CONTENT_XML,
	HTTP_CONTENT_TEXT, /* anything: only what looks like a token is found in it */
};

/* One message head, the end of a message body, or a message of a WebSocket. Views are borrowed for as long as the outbox that
 * carries it. */
struct http_message {
	enum direction dir;         /* TO_SERVER: a request */
	bool is_end;                /* no head: the body of the message `tx` ended, `body_len` is known */
	bool is_text;               /* no head: `content` is a message of the WebSocket that the request `tx` opened */
	uint64_t tx;                /* 0-based transaction within the flow that it belongs to */
	struct record *record;      /* of a head: http fields of this half; with is_end: those that trailers tell, or NULL */
	struct bytes target;        /* of a request's head: its target as sent (:path), for carriers alone */
	const struct http_header *headers;
	size_t n_headers;
	bool content_follows;       /* of a head: content is kept, and comes with is_end */
	bool answer_follows;        /* of a request's head: the response's content may be kept, or a WebSocket opened */
	bool text_follows;          /* of a response's head: a WebSocket is open */
	struct bytes content;       /* with is_end: what was kept of the body, content codings undone (dissectors/app/body.h) */
	enum http_content content_type;
	bool content_cut;           /* there was more content than is here */
	uint64_t body_len;          /* bytes of content seen or skipped; with is_end */
	bool damaged;               /* a gap or a snap length lies within the head */
	int64_t time_ns;            /* of the packet that completed the head */
	uint64_t number;
};

#endif
