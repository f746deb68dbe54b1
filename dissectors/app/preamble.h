/* preamble: what decrypting proxies leave before the plaintext of a connection: a line with its real addresses. It does not say
 * what the connection speaks; what follows does. (A TLS handshake that is left there is the TLS dissector's.) */
#ifndef STORMGLASS_DISSECTORS_APP_PREAMBLE_H
#define STORMGLASS_DISSECTORS_APP_PREAMBLE_H

#include "sensor/base/bytes.h"

/* What stands before the plaintext at the start of `data`. */
struct preamble {
	size_t len;      /* bytes to pass; more than data.len: it goes on in what follows. 0: none */
	bool undecided;  /* too little to tell */
};

struct preamble preamble_of(struct bytes data);

#endif
