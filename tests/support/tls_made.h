/* tls_made: a TLS connection that nobody spoke: written by hand, always the same, and able to do what no library does
 * any more, or never would. What signs and negotiates is missing, for a passive reader asks for neither. The secrets are
 * test secrets. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_MADE_H
#define STORMGLASS_TESTS_SUPPORT_TLS_MADE_H

#include "tests/support/sealer.h"
#include "tests/support/tls_tape.h"

struct tls_made_spec {
	const struct crypto *crypto;
	uint16_t version, suite;
	bool v2;                   /* the ClientHello is in SSLv2's form */
	bool encrypt_then_mac;
	uint8_t compression;       /* of the ServerHello */
	uint8_t session_id;        /* of the ServerHello, 32 times; 0: none */
	uint8_t first;             /* first byte of the client's random: tells sessions apart ... */
	uint32_t number;           /* ... and so do the next four, where there are more of them */
};

struct tls_made {
	struct tls_made_spec spec;
	struct tls_tape tape;      /* client 0, server 1 */
	struct sealer sealer[2];
	struct hkdf hkdf;
	uint8_t traffic[2][48];    /* TLS 1.3: secrets of the next generation's making */
	size_t secret_len;
	char keylog[1024];         /* lines */
};

/* The handshake. False: OpenSSL has no such cipher. */
bool tls_made_init(struct tls_made *made, const struct tls_made_spec *spec);
void tls_made_fini(struct tls_made *made);

void tls_made_seal(struct tls_made *made, unsigned side, uint8_t type, struct bytes content); /* a protected record */
void tls_made_say(struct tls_made *made, unsigned side, const char *content);
void tls_made_clear(struct tls_made *made, unsigned side, uint8_t type, struct bytes content); /* a record in the clear */
void tls_made_update(struct tls_made *made, unsigned side); /* TLS 1.3: a KeyUpdate, and the next keys */

#endif
