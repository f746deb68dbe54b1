/* tls_gather: handshake messages out of the fragments of records, which may hold several of them or a part of one:
 *
 *   type u8 | length u24 | body                                                                             (RFC 8446 4) */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_GATHER_H
#define STORMGLASS_DISSECTORS_APP_TLS_GATHER_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

enum { TLS_MESSAGE_HEADER = 4, TLS_MESSAGE_CAP = 128 * 1024 };

enum tls_message_type {
	TLS_HELLO_REQUEST = 0,
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_NEW_SESSION_TICKET = 4,
	TLS_END_OF_EARLY_DATA = 5,
	TLS_ENCRYPTED_EXTENSIONS = 8,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_HELLO_DONE = 14,
	TLS_CLIENT_KEY_EXCHANGE = 16,
	TLS_FINISHED = 20,
	TLS_KEY_UPDATE = 24,
};

struct tls_message {
	uint8_t type;
	struct bytes body, whole;  /* whole: with its header */
};

/* One direction's begun message. Zeroed at first. */
struct tls_gather {
	uint8_t *data;             /* with its header; NULL: there is only that, or a part of it */
	uint32_t len, cap;
	uint32_t pass;             /* bytes still to come of a message that is not kept */
	uint8_t header[TLS_MESSAGE_HEADER]; /* says how long it is, memory or not */
	bool taken;                /* what is gathered was handed out */
};

enum tls_gathered { TLS_GATHERED, TLS_GATHER_MORE, TLS_GATHER_REFUSED };

/* The next message, of what was begun and of *fragment, which loses what was used. Its views last until the next call. MORE: the
 * fragment is used up. REFUSED: a message was too long or memory was short: it is passed over, call again. */
enum tls_gathered tls_gather_next(struct tls_gather *gather, struct bytes *fragment, struct budget *budget, struct tls_message *message);

void tls_gather_drop(struct tls_gather *gather, struct budget *budget); /* forgets what was begun */

#endif
