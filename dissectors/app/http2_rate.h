/* http2_rate: frames that are cheap to send and costly to receive, counted by packet time: more of a kind within a second than
 * anyone needs is an attack. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_RATE_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_RATE_H

#include "dissectors/app/http2_odd.h"

enum http2_rate_kind {
	HTTP2_RATE_RESET,    /* RST_STREAM of the client */
	HTTP2_RATE_MADE,     /* RST_STREAM of the server, over a mistake of the client's */
	HTTP2_RATE_SETTINGS,
	HTTP2_RATE_PING,
	HTTP2_RATE_EMPTY,    /* DATA without content that ends nothing */
	HTTP2_RATE_PRIORITY,
	HTTP2_RATES
};

/* Zeroed at first. */
struct http2_rate {
	int64_t since_ns;
	uint16_t n[HTTP2_RATES];
};

/* Counts one. The http2_odd bit of its kind if that was one too many, else 0. */
uint32_t http2_rate_count(struct http2_rate *rate, enum http2_rate_kind kind, int64_t time_ns);

#endif
