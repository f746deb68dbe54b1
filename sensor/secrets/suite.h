/* suite: what a TLS cipher suite (IANA's registry) says of its records' protection. */
#ifndef STORMGLASS_SECRETS_SUITE_H
#define STORMGLASS_SECRETS_SUITE_H

#include "sensor/base/bytes.h"

enum suite_kind {
	SUITE_NULL,    /* MAC alone */
	SUITE_STREAM,  /* RC4 */
	SUITE_BLOCK,   /* CBC with HMAC */
	SUITE_AEAD,    /* GCM, CCM */
	SUITE_CHACHA,  /* AEAD whose nonce is the padded sequence number XOR IV in TLS 1.2 too (RFC 7905) */
};

struct suite {
	uint16_t id;
	const char *name;        /* IANA's: "TLS_AES_128_GCM_SHA256" */
	enum suite_kind kind;
	bool tls13;
	bool rsa;                /* the premaster secret is encrypted for the server's RSA key */
	const char *cipher;      /* as EVP_CIPHER_fetch knows it: "AES-128-GCM"; NULL: none */
	const char *mac;         /* digest of the HMAC: "SHA1"; NULL: AEAD */
	const char *prf;         /* digest of TLS 1.2's PRF, or of TLS 1.3's HKDF: "SHA256", "SHA384" */
	uint8_t key_len, mac_len;
	uint8_t export_len;      /* of the part of the key that is secret: EXPORT suites (RFC 2246 6.3.1); 0: all of it */
	uint8_t iv_len;          /* fixed part, of the key block: AEAD's salt, or CBC's block in TLS 1.0 */
	uint8_t explicit_len;    /* of the nonce in front of each record of TLS 1.2 AEAD: 8, ChaCha20: 0 */
	uint8_t tag_len;         /* 16; 8 with CCM_8 */
	uint8_t block_len;       /* CBC */
};

/* NULL: not one whose records can be opened. */
const struct suite *suite_find(uint16_t id);

/* IANA's name of any suite in the registry that is known here; NULL: none. */
const char *suite_name(uint16_t id);

#endif
