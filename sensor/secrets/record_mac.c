#include "sensor/secrets/record_mac.h"

#include "sensor/secrets/key_schedule.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

enum { HEADER_LEN = 13, SSL30_HEADER_LEN = 11, SSL30_PAD_CAP = 48 };

static bool init_hmac(struct record_mac *mac, const struct crypto *crypto, const char *digest, struct bytes key)
{
	EVP_MAC *hmac = EVP_MAC_fetch(crypto_context(crypto), "HMAC", NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
		OSSL_PARAM_construct_end() };

	mac->hmac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	EVP_MAC_free(hmac);
	return mac->hmac && EVP_MAC_init(mac->hmac, key.data, key.len, params);
}

/* secret + as many bytes `pad` as make 48 with MD5's, 40 with SHA-1's digest */
static bool begin_ssl30(EVP_MD_CTX *context, const EVP_MD *md, struct bytes key, uint8_t pad)
{
	uint8_t padding[SSL30_PAD_CAP];

	memset(padding, pad, sizeof padding);
	return context && EVP_DigestInit_ex2(context, md, NULL) && EVP_DigestUpdate(context, key.data, key.len) &&
	    EVP_DigestUpdate(context, padding, key.len == 16 ? 48 : 40);
}

static bool init_ssl30(struct record_mac *mac, const struct crypto *crypto, const char *digest, struct bytes key)
{
	EVP_MD *md = key.len == 16 || key.len == 20 ? EVP_MD_fetch(crypto_context(crypto), digest, NULL) : NULL;

	mac->inner = EVP_MD_CTX_new();
	mac->outer = EVP_MD_CTX_new();
	mac->scratch = EVP_MD_CTX_new();
	bool ok = md && mac->scratch && begin_ssl30(mac->inner, md, key, 0x36) && begin_ssl30(mac->outer, md, key, 0x5c);

	EVP_MD_free(md);
	return ok;
}

bool record_mac_init(struct record_mac *mac, const struct crypto *crypto, uint16_t version, const char *digest, struct bytes key)
{
	*mac = (struct record_mac){ .len = key.len };
	return version == TLS_SSL30 ? init_ssl30(mac, crypto, digest, key) : init_hmac(mac, crypto, digest, key);
}

void record_mac_fini(struct record_mac *mac)
{
	EVP_MAC_CTX_free(mac->hmac);
	EVP_MD_CTX_free(mac->inner);
	EVP_MD_CTX_free(mac->outer);
	EVP_MD_CTX_free(mac->scratch);
	*mac = (struct record_mac){ 0 };
}

static void put(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> 8 * (len - 1 - i));
}

/* OpenSSL digests as many blocks whatever the padding was when it is told how much there is in all. That mode cannot be left
 * again, so it is entered by a copy. */
static bool digest_hidden(const struct record_mac *mac, const uint8_t header[HEADER_LEN], struct bytes content, size_t behind,
    uint8_t out[EVP_MAX_MD_SIZE])
{
	size_t whole = content.len + behind, len = 0;
	OSSL_PARAM params[] = { OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &whole), OSSL_PARAM_construct_end() };
	EVP_MAC_CTX *copy = EVP_MAC_CTX_dup(mac->hmac);
	bool ok = copy && EVP_MAC_CTX_set_params(copy, params) && EVP_MAC_update(copy, header, HEADER_LEN) &&
	    EVP_MAC_update(copy, content.data, content.len) && EVP_MAC_final(copy, out, &len, EVP_MAX_MD_SIZE) && len == mac->len;

	EVP_MAC_CTX_free(copy);
	return ok;
}

static bool digest_hmac(const struct record_mac *mac, const uint8_t header[HEADER_LEN], struct bytes content,
    uint8_t out[EVP_MAX_MD_SIZE])
{
	size_t len = 0;

	return EVP_MAC_init(mac->hmac, NULL, 0, NULL) && EVP_MAC_update(mac->hmac, header, HEADER_LEN) &&
	    EVP_MAC_update(mac->hmac, content.data, content.len) && EVP_MAC_final(mac->hmac, out, &len, EVP_MAX_MD_SIZE) &&
	    len == mac->len;
}

/* hash(secret + pad 2 + hash(secret + pad 1 + header without version + content)). SSL 3.0 does not authenticate its padding at
 * all, so there is nothing that time could give away and POODLE does not have. */
static bool digest_ssl30(const struct record_mac *mac, const uint8_t header[SSL30_HEADER_LEN], struct bytes content,
    uint8_t out[EVP_MAX_MD_SIZE])
{
	unsigned len = 0;

	return EVP_MD_CTX_copy_ex(mac->scratch, mac->inner) && EVP_DigestUpdate(mac->scratch, header, SSL30_HEADER_LEN) &&
	    EVP_DigestUpdate(mac->scratch, content.data, content.len) && EVP_DigestFinal_ex(mac->scratch, out, &len) &&
	    EVP_MD_CTX_copy_ex(mac->scratch, mac->outer) && EVP_DigestUpdate(mac->scratch, out, len) &&
	    EVP_DigestFinal_ex(mac->scratch, out, &len) && len == mac->len;
}

/*   seq 8 | type 1 | version 2, not in SSL 3.0 | length 2 */
bool record_mac_fits(struct record_mac *mac, const struct record_header *header, struct bytes content, size_t behind,
    const uint8_t *want)
{
	uint8_t wire[HEADER_LEN], digest[EVP_MAX_MD_SIZE];
	bool ok;

	put(wire, header->seq, 8);
	wire[8] = header->type;
	if (mac->hmac)
		put(wire + 9, header->version, 2);
	put(wire + (mac->hmac ? 11 : 9), content.len, 2);
	if (!mac->hmac)
		ok = digest_ssl30(mac, wire, content, digest);
	else if (behind > 0)
		ok = digest_hidden(mac, wire, content, behind, digest);
	else
		ok = digest_hmac(mac, wire, content, digest);
	return ok && CRYPTO_memcmp(digest, want, mac->len) == 0;
}
