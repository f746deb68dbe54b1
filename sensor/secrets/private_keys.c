#include "sensor/secrets/private_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "sensor/secrets/key_file.h"

enum { PREMASTER_LEN = 48 };

/* OpenSSL's heap for private numbers: locked, and left out of core dumps. A key takes some 3 KB. Where the system refuses, its
 * ordinary heap has to do. */
enum { HEAP_LEN = 4 << 20, HEAP_LEAST = 32 };

struct private_keys {
	struct key_list list;
};

struct private_keys *private_keys_new(void)
{
	return calloc(1, sizeof(struct private_keys));
}

void private_keys_free(struct private_keys *keys)
{
	if (!keys)
		return;
	key_list_fini(&keys->list);
	free(keys);
}

bool private_keys_load(struct private_keys *keys, const char *file, const char *password, struct errors *errors)
{
	if (!CRYPTO_secure_malloc_initialized())
		(void)CRYPTO_secure_malloc_init(HEAP_LEN, HEAP_LEAST);
	return key_file_read(file, password, &keys->list, errors);
}

size_t private_keys_count(const struct private_keys *keys)
{
	return keys->list.n;
}

/* ---- decrypting ---- */

/* OpenSSL decrypts, looks at padding, length and version, and puts 48 random bytes where any of them is wrong, all of it in
 * constant time (RFC 5246 7.4.7.1): by its answer it does not tell. False: this cannot be a message to this key, as anybody could
 * see. */
static bool decrypt(EVP_PKEY *key, struct bytes encrypted, unsigned client_version, uint8_t premaster[PREMASTER_LEN])
{
	int padding = RSA_PKCS1_WITH_TLS_PADDING;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, &padding),
		OSSL_PARAM_construct_uint(OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, &client_version),
		OSSL_PARAM_construct_end(),
	};
	size_t len = PREMASTER_LEN;
	bool ok = context && EVP_PKEY_decrypt_init_ex(context, params) == 1 &&
		  EVP_PKEY_decrypt(context, premaster, &len, encrypted.data, encrypted.len) == 1 && len == PREMASTER_LEN;

	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return ok;
}

/* Which of several keys it was for OpenSSL does not tell either; but what it makes up differs from time to time, and what it
 * decrypts does not. The right one is chosen without a branch. */
static bool decrypt_twice(EVP_PKEY *key, struct bytes encrypted, unsigned client_version, bool is_first,
    uint8_t premaster[PREMASTER_LEN])
{
	uint8_t once[PREMASTER_LEN], again[PREMASTER_LEN];
	bool ok = decrypt(key, encrypted, client_version, once) && decrypt(key, encrypted, client_version, again);

	if (ok) {
		unsigned differ = (unsigned)CRYPTO_memcmp(once, again, PREMASTER_LEN); /* at most 8 bits */
		uint8_t take = (uint8_t)((differ - 1) >> 8);

		take = is_first ? UINT8_MAX : take;
		for (size_t i = 0; i < PREMASTER_LEN; i++)
			premaster[i] = (uint8_t)((premaster[i] & ~take) | (once[i] & take));
	}
	OPENSSL_cleanse(once, sizeof once);
	OPENSSL_cleanse(again, sizeof again);
	return ok;
}

static bool is_candidate(EVP_PKEY *key, struct bytes encrypted)
{
	return encrypted.len > 0 && encrypted.len <= (size_t)EVP_PKEY_get_size(key);
}

static bool try_all(const struct key_list *list, struct bytes encrypted, unsigned client_version,
    uint8_t premaster[PREMASTER_LEN])
{
	size_t n = 0, only = 0;
	bool found = false;

	for (size_t i = 0; i < list->n; i++) {
		if (is_candidate(list->items[i], encrypted)) {
			only = i;
			n++;
		}
	}
	if (n <= 1)
		return n == 1 && decrypt(list->items[only], encrypted, client_version, premaster);
	memset(premaster, 0, PREMASTER_LEN);
	for (size_t i = 0; i < list->n; i++)
		if (is_candidate(list->items[i], encrypted))
			found |= decrypt_twice(list->items[i], encrypted, client_version, !found, premaster);
	return found;
}

/* The key of a certificate, NULL: there is none. */
static EVP_PKEY *key_of(const struct key_list *list, X509 *certificate)
{
	EVP_PKEY *public_key = X509_get0_pubkey(certificate), *found = NULL;

	for (size_t i = 0; public_key && !found && i < list->n; i++)
		if (EVP_PKEY_eq(list->items[i], public_key) == 1)
			found = list->items[i];
	ERR_clear_error();
	return found;
}

bool private_keys_decrypt(const struct private_keys *keys, struct bytes certificate, struct bytes encrypted,
    uint16_t client_version, uint8_t premaster[48])
{
	const unsigned char *at = certificate.data;
	X509 *x509 = keys->list.n && certificate.len ? d2i_X509(NULL, &at, (long)certificate.len) : NULL;

	if (!x509) { /* damaged: as good as not known */
		ERR_clear_error();
		return try_all(&keys->list, encrypted, client_version, premaster);
	}
	EVP_PKEY *key = key_of(&keys->list, x509);
	bool ok = key && is_candidate(key, encrypted) && decrypt(key, encrypted, client_version, premaster);

	X509_free(x509);
	return ok;
}
