/* preamble: what decrypting brokers and firewalls leave before the plaintext of a connection: the TLS handshake's first records
 * as they were, or a line with the connection's real addresses. Neither says what the connection speaks; what follows does. */
#ifndef STORMGLASS_DISSECTORS_APP_PREAMBLE_H
#define STORMGLASS_DISSECTORS_APP_PREAMBLE_H

#include "sensor/base/bytes.h"

/* What stands before the plaintext at the start of `data`. Bytes that are TLS throughout stay TLS: a handshake record is passed
 * only to look behind it. */
struct preamble {
	size_t len;      /* bytes to pass; more than data.len: it goes on in what follows. 0: none */
	bool undecided;  /* too little to tell */
};

struct preamble preamble_of(struct bytes data);

#endif
