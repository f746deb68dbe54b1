/* http: the message model that every HTTP version's dissector speaks, and the record it becomes. */
#ifndef STORMGLASS_MODEL_HTTP_H
#define STORMGLASS_MODEL_HTTP_H

#include "sensor/model/chunk.h"
#include "sensor/model/record.h"

/* In the order of Suricata's http object: that of writing. */
enum http_field {
	HTTP_HOSTNAME,
	HTTP_PORT,
	HTTP_URL,
	HTTP_USER_AGENT,
	HTTP_XFF,
	HTTP_CONTENT_TYPE,
	HTTP_REFERER,
	HTTP_METHOD,
	HTTP_PROTOCOL,
	HTTP_STATUS,
	HTTP_LOCATION,
	HTTP_LENGTH,
	HTTP_REQUEST_TYPE,
	HTTP_FIELDS
};

extern const struct record_type http_record;

struct http_header {
	struct bytes name;  /* as sent */
	struct bytes value; /* blanks trimmed, folds joined by one space (RFC 9112 5.2) */
};

/* One message head, or the end of a message body. Views are borrowed for as long as the outbox that carries it. */
struct http_message {
	enum direction dir;         /* TO_SERVER: a request */
	bool is_end;                /* no head: the body of the message `tx` ended, `body_len` is known */
	uint64_t tx;                /* 0-based transaction within the flow that it belongs to */
	struct record *record;      /* http fields of this half; NULL when is_end */
	const struct http_header *headers;
	size_t n_headers;
	uint64_t body_len;          /* bytes of content seen or skipped; with is_end */
	bool damaged;               /* a gap or a snap length lies within the head */
	int64_t time_ns;            /* of the packet that completed the head */
	uint64_t number;
};

#endif
