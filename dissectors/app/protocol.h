/* protocol: which application protocol bytes look like, wherever in a connection they were caught: for what is counted and
 * told to people, not the decision by which the sensor dissects. That is sensor/flow/layers. */
#ifndef STORMGLASS_DISSECTORS_APP_PROTOCOL_H
#define STORMGLASS_DISSECTORS_APP_PROTOCOL_H

#include "sensor/model/packet.h"

enum protocol {
	PROTOCOL_SILENT, /* no data */
	PROTOCOL_OTHER,
	PROTOCOL_HTTP1,
	PROTOCOL_HTTP2,
	PROTOCOL_TLS,
	PROTOCOL_QUIC,
	PROTOCOL_SSH,
	PROTOCOLS
};

/* Beside the protocol. */
enum {
	PROTOCOL_NO_PREFACE = 1,   /* HTTP/2 known by the shape of its frames alone (RFC 9113 4.1) */
	PROTOCOL_CLIENT_HELLO = 2, /* TLS that begins here (RFC 8446 4.1.2) */
	PROTOCOL_SSLPROXY = 4,	   /* behind a line "SSLproxy: [ip]:port,..." of SSLproxy's divert mode */
	PROTOCOL_AFTER_HELLO = 8,  /* clear text behind a ClientHello in the same bytes */
	PROTOCOL_FROM_CLIENT = 16, /* only a client begins so */
	PROTOCOL_FROM_SERVER = 32,
	PROTOCOL_ONE_FRAME = 64, /* with NO_PREFACE: but one frame, which may be chance */
};

struct protocol_guess {
	enum protocol protocol;
	unsigned flags;
};

struct protocol_guess protocol_of_tcp(struct bytes data);
struct protocol_guess protocol_of_udp(struct bytes data);

/* Does this HTTP/1 head carry an Authorization or Proxy-Authorization field? */
bool protocol_has_credential(struct bytes data);

/* Has this build a dissector for it? */
bool protocol_is_read(enum protocol protocol);

/* "http1", for machines; "HTTP/1, clear text", for people. */
const char *protocol_id(enum protocol protocol);
const char *protocol_name(enum protocol protocol);

#endif
