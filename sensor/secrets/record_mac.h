/* record_mac: the MAC of records that no AEAD protects: HMAC of TLS (RFC 5246 6.2.3.1) and what SSL 3.0 had before it (RFC 6101
 * 5.2.3.1). */
#ifndef STORMGLASS_SECRETS_RECORD_MAC_H
#define STORMGLASS_SECRETS_RECORD_MAC_H

#include "sensor/base/bytes.h"
#include "sensor/secrets/crypto.h"

struct evp_mac_ctx_st; /* OpenSSL's EVP_MAC_CTX and EVP_MD_CTX */
struct evp_md_ctx_st;

struct record_mac {
	size_t len;
	struct evp_mac_ctx_st *hmac;                     /* keyed; NULL: SSL 3.0, */
	struct evp_md_ctx_st *inner, *outer, *scratch;   /* whose two digests have begun with the secret and their padding */
};

/* What is authenticated beside the content. */
struct record_header {
	uint64_t seq;
	uint8_t type;
	uint16_t version;
};

/* `key` is as long as the digest that OpenSSL calls `digest`. False: it is not offered, or no memory. Zeroed, or after init in
 * either case, fini is fine. */
bool record_mac_init(struct record_mac *mac, const struct crypto *crypto, uint16_t version, const char *digest, struct bytes key);
void record_mac_fini(struct record_mac *mac);

/* Is `want`, mac->len bytes, the MAC of this content? `behind` bytes follow the content in memory (padding and MAC, in CBC)
 * between which and the content an onlooker must not find the border by the time this takes; 0: it is no secret. */
bool record_mac_fits(struct record_mac *mac, const struct record_header *header, struct bytes content, size_t behind,
    const uint8_t *want);

#endif
