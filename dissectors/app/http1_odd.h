/* http1_odd: what can be wrong with an HTTP/1.x message, as bits, and the anomaly codes they become. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_ODD_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_ODD_H

#include "dissectors/app/dissector.h"

/* Those that two recipients may frame differently (RFC 9112 11.2, request smuggling) come first: an outbox keeps
 * only so many. */
enum http1_odd {
	HTTP1_BOTH_LENGTHS = 1u << 0,
	HTTP1_CONFLICTING_LENGTH = 1u << 1,
	HTTP1_BAD_LENGTH = 1u << 2,
	HTTP1_BAD_TRANSFER_ENCODING = 1u << 3,
	HTTP1_BAD_CHUNK = 1u << 4,
	HTTP1_SPACE_BEFORE_COLON = 1u << 5,
	HTTP1_SPACE_BEFORE_HEADER = 1u << 6,
	HTTP1_OBS_FOLD = 1u << 7,
	HTTP1_BARE_CR = 1u << 8,
	HTTP1_BARE_LF = 1u << 9, /* lines ended by LF alone beside lines ended by CRLF */
	HTTP1_NUL = 1u << 10,
	HTTP1_DUPLICATE_HOST = 1u << 11,
	HTTP1_HOST_MISMATCH = 1u << 12,
	HTTP1_BAD_HEADER = 1u << 13,     /* no colon, no name, or a name that is not a token */
	HTTP1_BAD_REQUEST_LINE = 1u << 14, /* other blanks than the two spaces, or more than three words */
	HTTP1_BAD_VERSION = 1u << 15,
	HTTP1_NO_VERSION = 1u << 16,
	HTTP1_BAD_STATUS = 1u << 17,
	HTTP1_BAD_START = 1u << 18,      /* where a message should start there is something else */
	HTTP1_HEADER_TOO_LONG = 1u << 19,
	HTTP1_TRUNCATED_HEAD = 1u << 20,
	HTTP1_MEMORY = 1u << 21,
};

/* Puts the code of every bit in `odd` into the outbox. */
void http1_odd_tell(uint32_t odd, struct outbox *out);

#endif
