/* http2_record: the http fields (sensor/model/http.h) of what an HTTP/2 connection says. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_RECORD_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_RECORD_H

#include "dissectors/app/http2_head.h"

/* What else goes into a head's record. */
struct http2_record_of {
	uint32_t stream;
	int weight; /* of the priority; -1: none was asked for */
	const struct redact *redact; /* of the outbox */
};

/* A record of a request's or response's fields, URLs redacted; borrows from head. NULL: the arena refused. Adds to `head->odd`
 * what shows only when fields are compared. */
struct record *http2_record_new(struct http2_head *head, enum http2_kind kind, const struct http2_record_of *of,
    struct arena *arena);

/* What trailers tell; NULL: nothing, or the arena refused. */
struct record *http2_record_of_trailers(const struct http2_head *head, struct arena *arena);

/* That a side, `dir` as it sends, reset the stream with this error code; NULL: the arena refused. */
struct record *http2_record_of_reset(enum direction dir, uint32_t code, struct arena *arena);

#endif
