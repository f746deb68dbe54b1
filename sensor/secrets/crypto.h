/* crypto: where the algorithms of record protection come from: OpenSSL's default and legacy providers, in a library context of
 * their own, so that nothing else in the process gets to see RC4 or DES. Made once; read-only afterwards: any thread may use
 * it. */
#ifndef STORMGLASS_SECRETS_CRYPTO_H
#define STORMGLASS_SECRETS_CRYPTO_H

struct crypto;
struct ossl_lib_ctx_st; /* OpenSSL's OSSL_LIB_CTX */

/* NULL: out of memory, or OpenSSL has no default provider. That the legacy one is missing is no failure: the suites that need it
 * are unsupported then. */
struct crypto *crypto_new(void);
void crypto_free(struct crypto *crypto); /* NULL is fine; after everything that was made with it */

/* For fetching; stays the crypto's. */
struct ossl_lib_ctx_st *crypto_context(const struct crypto *crypto);

#endif
