/* tls_peers: a TLS client and a server of OpenSSL's libssl that talk in memory. What goes between them is kept, and so is what
 * one needs to read it. Keys and certificates are made on the spot. Whatever goes wrong ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_PEERS_H
#define STORMGLASS_TESTS_SUPPORT_TLS_PEERS_H

#include "sensor/base/bytes.h"

#include <openssl/ssl.h>

enum tls_peer { TLS_PEER_CLIENT, TLS_PEER_SERVER };

/* An RSA, an EC and a DSA key with certificates: made once, they serve many connections. */
struct tls_identities {
	EVP_PKEY *keys[3]; /* RSA first */
	X509 *certificates[3];
};

struct tls_peers_spec {
	const char *cipher;             /* as OpenSSL calls it */
	uint16_t version;
	bool no_encrypt_then_mac, no_extended_master;
	size_t padding;                 /* TLS 1.3: records are padded to a multiple of so many bytes; 0: not */
};

struct tls_kept {
	uint8_t *data;
	size_t len;
};

struct tls_peers {
	SSL_CTX *contexts[2];
	SSL *ssl[2];
	struct tls_kept sent[2];        /* by the client, by the server: records */
	struct tls_kept transcript;     /* handshake messages as far as ClientKeyExchange, which begins at key_exchange */
	size_t key_exchange;            /* 0: not seen */
	struct tls_kept keylog;         /* lines */
};

void tls_identities_init(struct tls_identities *identities);
void tls_identities_fini(struct tls_identities *identities);

/* Connects; false: they could not agree on that. fini is fine in either case. */
bool tls_peers_init(struct tls_peers *peers, const struct tls_identities *identities, const struct tls_peers_spec *spec);
void tls_peers_fini(struct tls_peers *peers);

/* Says something that the other one must understand. */
void tls_peers_say(struct tls_peers *peers, enum tls_peer who, struct bytes what);

/* TLS 1.3: new keys for what this one sends. */
void tls_peers_update(struct tls_peers *peers, enum tls_peer who);

/* The secret of a label in the key log; its length. */
size_t tls_peers_secret(const struct tls_peers *peers, const char *label, uint8_t secret[64]);

#endif
