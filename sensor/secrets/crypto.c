#include "sensor/secrets/crypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <stdlib.h>

struct crypto {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *standard;
	OSSL_PROVIDER *legacy; /* NULL: not installed */
};

struct crypto *crypto_new(void)
{
	struct crypto *crypto = calloc(1, sizeof *crypto);

	if (!crypto)
		return NULL;
	crypto->context = OSSL_LIB_CTX_new();
	if (crypto->context)
		crypto->standard = OSSL_PROVIDER_load(crypto->context, "default");
	if (!crypto->standard) {
		crypto_free(crypto);
		return NULL;
	}
	crypto->legacy = OSSL_PROVIDER_load(crypto->context, "legacy");
	if (!crypto->legacy)
		ERR_clear_error(); /* what it could not open is nobody's concern later */
	return crypto;
}

void crypto_free(struct crypto *crypto)
{
	if (!crypto)
		return;
	if (crypto->legacy)
		OSSL_PROVIDER_unload(crypto->legacy);
	if (crypto->standard)
		OSSL_PROVIDER_unload(crypto->standard);
	OSSL_LIB_CTX_free(crypto->context);
	free(crypto);
}

struct ossl_lib_ctx_st *crypto_context(const struct crypto *crypto)
{
	return crypto->context;
}
