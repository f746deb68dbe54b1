/* tls_peers: a TLS client and a server of OpenSSL's libssl that talk in memory. What goes between them is kept, and so is what
 * one needs to read it. Keys and certificates are made on the spot. Whatever goes wrong ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_PEERS_H
#define STORMGLASS_TESTS_SUPPORT_TLS_PEERS_H

#include "tests/support/tls_tape.h"

#include <openssl/ssl.h>

enum tls_peer { TLS_PEER_CLIENT, TLS_PEER_SERVER };

#define TLS_PEERS_NAME "stormglass TEST" /* the CN of every certificate */

/* An RSA, an EC and a DSA key with certificates: made once, they serve many connections. */
struct tls_identities {
	EVP_PKEY *keys[3]; /* RSA first */
	X509 *certificates[3];
};

struct tls_peers;

struct tls_peers_spec {
	const char *cipher;             /* as OpenSSL calls it */
	uint16_t version;
	bool no_encrypt_then_mac, no_extended_master;
	size_t padding;                 /* TLS 1.3: records are padded to a multiple of so many bytes; 0: not */
	const char *groups[2];          /* NULL: OpenSSL's own. Where the server lacks the client's first: HelloRetryRequest */
	size_t fragment;                /* content of a record at most, from 512; 0: what is usual */
	const struct tls_peers *resumes; /* goes on with its session, which it must have still; both contexts are its */
	bool no_tickets;                /* before TLS 1.3: sessions are known by their ids */
	const char *early;              /* with `resumes`: said before the handshake is through, TLS 1.3 */
	bool refuse_early;
	bool client_certificate;        /* the RSA one */
	bool authenticates_later;       /* so may the server ask: tls_peers_authenticate */
	const char *sni, *alpn;
};

struct tls_peers {
	SSL_CTX *contexts[2];
	SSL *ssl[2];
	struct tls_tape tape;           /* records, by the client (0) and by the server; each flight is a piece */
	struct tls_kept said[2];        /* the content of it */
	struct tls_kept transcript;     /* handshake messages as far as ClientKeyExchange, which begins at key_exchange */
	size_t key_exchange;            /* 0: not seen */
	bool early_is_read;
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

/* Before TLS 1.3: another handshake within the connection, at the client's wish. */
void tls_peers_renegotiate(struct tls_peers *peers);

/* TLS 1.3: the server asks for a certificate after the handshake. */
void tls_peers_authenticate(struct tls_peers *peers);

/* Says that it will say no more. */
void tls_peers_close(struct tls_peers *peers, enum tls_peer who);

/* RSA key exchange: what the client encrypted for the server's key, and what that was. The view borrows from the transcript. */
struct bytes tls_peers_premaster(const struct tls_peers *peers, EVP_PKEY *key, uint8_t premaster[48]);

/* The secret of a label in the key log; its length. */
size_t tls_peers_secret(const struct tls_peers *peers, const char *label, uint8_t secret[64]);

#endif
