/* sealer: makes protected records, well and badly: what a peer does with a suite that libssl does not offer any more, or never
 * would. Written after the RFCs, on its own. Whatever goes wrong ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_SEALER_H
#define STORMGLASS_TESTS_SUPPORT_SEALER_H

#include "sensor/secrets/protection.h"

#include <openssl/evp.h>

struct sealer {
	const struct crypto *crypto;
	const struct suite *suite;
	uint16_t version;
	bool encrypt_then_mac;
	struct direction_keys keys;
	uint64_t seq;                   /* of the next record; moved by each */
	EVP_CIPHER_CTX *stream;         /* RC4 */
	uint8_t chain[IV_CAP];          /* CBC without explicit IV */
	size_t padding;                 /* TLS 1.3: zeros behind the type; CBC: blocks more than needed */
	int spoil_padding;              /* CBC: added to this byte of the padding, counted from the last; -1: to none */
};

/* False: OpenSSL has no such cipher. */
bool sealer_init(struct sealer *sealer, const struct crypto *crypto, uint16_t version, const struct suite *suite,
    bool encrypt_then_mac, const struct direction_keys *keys);
void sealer_fini(struct sealer *sealer);

/* The fragment of the next record, in `out`, which has room for all that is added; its length. The header is made by the caller:
 * type (of TLS 1.3: 23) and version 0x0303 at most. */
size_t sealer_seal(struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *out);

#endif
