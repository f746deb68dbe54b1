/* jwk_openssl: the few things asked of OpenSSL about public keys and certificates. */
#ifndef STORMGLASS_TRUST_JWK_OPENSSL_H
#define STORMGLASS_TRUST_JWK_OPENSSL_H

#include "sensor/trust/digest.h"

enum { JWK_NUMBER_LEN = 2048, JWK_CN_LEN = 256 };

struct jwk_openssl_cert {
	uint8_t spki[DIGEST_SHA256_LEN];
	uint8_t cn[JWK_CN_LEN]; /* the subject's common name */
	size_t cn_len;          /* 0 where there is none, or more than one: then it names nobody for certain */
};

/* SHA-256 of SubjectPublicKeyInfo of a key given by its numbers; false when they are no key. */
bool jwk_openssl_rsa(struct bytes n, struct bytes e, uint8_t spki[DIGEST_SHA256_LEN]);

/* `group` as OpenSSL names it; `y` is empty for the curves of RFC 8037. */
bool jwk_openssl_curve(const char *group, struct bytes x, struct bytes y, uint8_t spki[DIGEST_SHA256_LEN]);

/* False unless all of `der` is one certificate with a key OpenSSL can read. */
bool jwk_openssl_cert(struct bytes der, struct jwk_openssl_cert *cert);

#endif
