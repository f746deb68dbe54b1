/* hkdf: HKDF-Expand-Label of TLS 1.3 (RFC 8446 7.1, RFC 5869 2.3), for many connections: what OpenSSL would look up anew for
 * every key is looked up once. One thread's. */
#ifndef STORMGLASS_SECRETS_HKDF_H
#define STORMGLASS_SECRETS_HKDF_H

#include "sensor/base/bytes.h"
#include "sensor/secrets/crypto.h"

enum { HKDF_DIGESTS = 2 }; /* SHA-256, SHA-384 */

struct evp_mac_ctx_st; /* OpenSSL's EVP_MAC_CTX */

/* Zeroed at first but for `crypto`, which must outlive it. Holds some 2 KB when used, and no secret. */
struct hkdf {
	const struct crypto *crypto; /* NULL: nothing can be derived */
	struct evp_mac_ctx_st *hmac[HKDF_DIGESTS]; /* keyed with zeros, to be copied; NULL: not needed yet */
};

void hkdf_fini(struct hkdf *hkdf);

struct hkdf_key {
	const char *label;      /* without "tls13 ", short */
	uint8_t *out;
	size_t len;             /* of the digest at most */
};

/* Expands the secret, which is as long as the digest ("SHA256" or "SHA384"), into `n` keys, with an empty context each. False:
 * OpenSSL refused, there is no such digest, or a length does not fit; what is in the keys is to be wiped then. */
bool hkdf_expand_label(struct hkdf *hkdf, const char *digest, struct bytes secret, const struct hkdf_key *keys, size_t n);

#endif
