/* jwk_maker: throwaway public keys as JWK text, for tests. The private halves are forgotten at once. */
#ifndef STORMGLASS_TESTS_SUPPORT_JWK_MAKER_H
#define STORMGLASS_TESTS_SUPPORT_JWK_MAKER_H

#include <stddef.h>

struct jwk_maker {
	char numbers[512];   /* "kty":"EC","crv":"P-256","x":"...","y":"..." */
	char cert[2048];     /* DER of a self-signed certificate in base64; empty without a name */
	char x5t[48];        /* its SHA-1, base64url */
	char x5t_hex[41];
	char x5t_s256[48];
	char thumbprint[48]; /* RFC 7638 */
	char spki_hex[65];
};

/* A new P-256 key, in a certificate for `cn` unless that is NULL. */
void jwk_maker_new(struct jwk_maker *key, const char *cn);

/* Writes a JWK into `out`: the numbers, x5c where there is a certificate and `with_cert`, kid unless NULL, and
 * `more`, which is empty or begins with a comma. Returns `out`. */
char *jwk_maker_text(
    const struct jwk_maker *key, const char *kid, int with_cert, const char *more, char *out, size_t cap);

#endif
