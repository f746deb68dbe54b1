/* http2_odd: what can be wrong with an HTTP/2 connection, as bits, and the anomaly codes they become: each once a connection. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_ODD_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_ODD_H

#include "dissectors/app/dissector.h"

/* First what a proxy that speaks HTTP/1.1 behind it may pass on as something else (request smuggling): an outbox keeps only so
 * many. Then attacks on who receives it, then mistakes. */
enum http2_odd {
	HTTP2_LENGTH_MISMATCH = 1u << 0,     /* content is longer or shorter than Content-Length said, RFC 9113 8.1.1 */
	HTTP2_CONNECTION_HEADER = 1u << 1,   /* a field of HTTP/1.1's connections, Transfer-Encoding among them, 8.2.2 */
	HTTP2_BAD_HEADER = 1u << 2,          /* a name that is none, CR, LF or NUL in a value, 8.2.1 */
	HTTP2_HOST_MISMATCH = 1u << 3,       /* :authority and Host differ, 8.3.1 */
	HTTP2_DUPLICATE_PSEUDO = 1u << 4,
	HTTP2_BAD_PSEUDO = 1u << 5,          /* an unknown one, one of the other direction, one behind other fields, 8.3 */
	HTTP2_MISSING_PSEUDO = 1u << 6,
	HTTP2_UPPER_CASE_HEADER = 1u << 7,
	HTTP2_RAPID_RESET = 1u << 8,         /* the client takes back request after request (CVE-2023-44487) */
	HTTP2_MADE_RESET = 1u << 9,          /* the client makes the server do so (CVE-2025-8671) */
	HTTP2_CONTINUATION_FLOOD = 1u << 10, /* header blocks without end (CVE-2024-27316) */
	HTTP2_HEADER_LIST_TOO_LONG = 1u << 11, /* a block over its cap, as sent or expanded (HPACK bomb, CVE-2016-6581) */
	HTTP2_SETTINGS_FLOOD = 1u << 12,     /* CVE-2019-9515 */
	HTTP2_PING_FLOOD = 1u << 13,         /* CVE-2019-9512 */
	HTTP2_EMPTY_FRAMES = 1u << 14,       /* frames that carry nothing (CVE-2019-9518) */
	HTTP2_PRIORITY_FLOOD = 1u << 15,     /* CVE-2019-9513 */
	HTTP2_BAD_HPACK = 1u << 16,
	HTTP2_BAD_CONTINUATION = 1u << 17,   /* one where none belongs, or another frame where one does, 6.10 */
	HTTP2_BAD_STREAM_ID = 1u << 18,      /* a frame on a stream where it cannot be, a stream opened after later ones, 5.1.1 */
	HTTP2_BAD_FRAME = 1u << 19,          /* a length that its type or the receiver's settings forbid, too much padding */
	HTTP2_GOAWAY_ERROR = 1u << 20,       /* a peer ends the connection over what the other did */
	HTTP2_TRUNCATED_HEAD = 1u << 21,
	HTTP2_MEMORY = 1u << 22,
};

/* Puts the code of every bit in `odd` into the outbox that is not in `*told` yet, and adds it there. */
void http2_odd_tell(uint32_t *told, uint32_t odd, struct outbox *out);

#endif
