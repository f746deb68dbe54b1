/* jwk: one public key of a JWK set (RFC 7517), checked and with the names it goes by. */
#ifndef STORMGLASS_TRUST_JWK_H
#define STORMGLASS_TRUST_JWK_H

#include "sensor/trust/members.h"

enum jwk_type { JWK_OTHER, JWK_RSA, JWK_EC, JWK_OKP };

struct jwk {
	enum jwk_type type;    /* JWK_OTHER: a kty this program does not know; held by its kid alone */
	bool signs;            /* use, key_ops: may verify signatures */
	struct bytes kid;      /* as sent; the RFC 7638 thumbprint where the key has none */
	struct bytes issuer;   /* Microsoft's member: an iss, perhaps with {tenantid}; empty: none */
	struct bytes cloud;    /* cloud_instance_name; empty: none */
	struct bytes cn;       /* common name of the first certificate's subject; empty: none */
	/* Digests, raw; empty where they cannot be had. */
	struct bytes x5t;      /* SHA-1 of the first certificate */
	struct bytes x5t_s256; /* SHA-256 of it */
	struct bytes thumbprint; /* RFC 7638 with SHA-256 */
	struct bytes spki;     /* SHA-256 of SubjectPublicKeyInfo */
};

/* Reads the key in `members`. Errors: private members, numbers that are no key, a certificate that does not parse or
 * holds another key (RFC 7517 4.7), a blank issuer. Unknown members are ignored (RFC 7517 4). False after an error. */
bool jwk_read(struct jwk *jwk, const struct members *members);

#endif
