#include "sensor/secrets/hkdf.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

enum { DIGEST_CAP = 48, LABEL_CAP = 32, INFO_CAP = 2 + 1 + LABEL_CAP + 1 + 1 };

static const struct digest {
	const char *name;
	size_t len;
} digests[HKDF_DIGESTS] = { { "SHA256", 32 }, { "SHA384", 48 } };

void hkdf_fini(struct hkdf *hkdf)
{
	for (size_t i = 0; i < HKDF_DIGESTS; i++)
		EVP_MAC_CTX_free(hkdf->hmac[i]);
	*hkdf = (struct hkdf){ 0 };
}

/* Only a context that has had a key can be copied. */
static EVP_MAC_CTX *make_hmac(const struct crypto *crypto, const struct digest *digest)
{
	static const uint8_t zeros[DIGEST_CAP];
	EVP_MAC *mac = EVP_MAC_fetch(crypto_context(crypto), "HMAC", NULL);
	EVP_MAC_CTX *hmac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest->name, 0),
		OSSL_PARAM_construct_end() };

	EVP_MAC_free(mac);
	if (hmac && EVP_MAC_init(hmac, zeros, digest->len, params))
		return hmac;
	EVP_MAC_CTX_free(hmac);
	return NULL;
}

static size_t put(uint8_t *at, struct bytes b)
{
	memcpy(at, b.data, b.len);
	return b.len;
}

/* What is hashed for the first block of output, which is all of it:
 *
 *   length 2 | label length 1 | "tls13 " label | context length 1, zero | number of the block 1, one */
static size_t write_info(const char *label, size_t len, uint8_t info[INFO_CAP])
{
	struct bytes prefix = bytes_text("tls13 "), name = bytes_text(label);
	size_t n = 0;

	if (prefix.len + name.len > LABEL_CAP)
		return 0;
	info[n++] = (uint8_t)(len >> 8);
	info[n++] = (uint8_t)len;
	info[n++] = (uint8_t)(prefix.len + name.len);
	n += put(info + n, prefix);
	n += put(info + n, name);
	info[n++] = 0;
	info[n++] = 1;
	return n;
}

/* With `secret` empty the key is the one of the call before. */
static bool expand(EVP_MAC_CTX *hmac, const struct digest *digest, struct bytes secret, const struct hkdf_key *key)
{
	uint8_t info[INFO_CAP], block[DIGEST_CAP];
	size_t info_len = write_info(key->label, key->len, info), len = 0;
	bool ok = info_len > 0 && key->len <= digest->len && EVP_MAC_init(hmac, secret.data, secret.len, NULL) &&
	    EVP_MAC_update(hmac, info, info_len) && EVP_MAC_final(hmac, block, &len, sizeof block) && len == digest->len;

	if (ok)
		memcpy(key->out, block, key->len);
	OPENSSL_cleanse(block, sizeof block);
	return ok;
}

bool hkdf_expand_label(struct hkdf *hkdf, const char *digest, struct bytes secret, const struct hkdf_key *keys, size_t n)
{
	size_t which = 0;

	while (which < HKDF_DIGESTS && strcmp(digests[which].name, digest) != 0)
		which++;
	if (!hkdf->crypto || which == HKDF_DIGESTS || secret.len != digests[which].len)
		return false;
	if (!hkdf->hmac[which])
		hkdf->hmac[which] = make_hmac(hkdf->crypto, &digests[which]);
	EVP_MAC_CTX *hmac = hkdf->hmac[which] ? EVP_MAC_CTX_dup(hkdf->hmac[which]) : NULL;
	bool ok = hmac != NULL;

	for (size_t i = 0; ok && i < n; i++)
		ok = expand(hmac, &digests[which], i ? bytes_of(NULL, 0) : secret, &keys[i]);
	EVP_MAC_CTX_free(hmac);
	if (!ok)
		ERR_clear_error();
	return ok;
}
