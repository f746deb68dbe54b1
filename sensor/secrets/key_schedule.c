#include "sensor/secrets/key_schedule.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum { KEY_BLOCK_CAP = 2 * (MAC_KEY_CAP + KEY_CAP + IV_CAP), MD5_LEN = 16, SHA1_LEN = 20, DIGEST_CAP = 64 };

static OSSL_PARAM octets(const char *name, struct bytes b)
{
	return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)b.data, b.len);
}

static OSSL_PARAM text(const char *name, const char *value)
{
	return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0);
}

/* Fetching costs a fifth of what the smallest derivation does, so nothing is kept between calls. */
static bool derive(const char *name, const OSSL_PARAM *params, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	bool ok = context && EVP_KDF_derive(context, out, len, params) > 0;

	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	if (!ok)
		ERR_clear_error();
	return ok;
}

static const char *prf_digest(uint16_t version, const struct suite *suite)
{
	return version >= TLS_12 ? suite->prf : "MD5-SHA1";
}

/* PRF(secret, label, first + second), RFC 5246 5; before TLS 1.2 the XOR of P_MD5 and P_SHA-1 (RFC 4346 5). */
static bool prf(const char *digest, struct bytes secret, const char *label, struct bytes first, struct bytes second, uint8_t *out,
    size_t len)
{
	OSSL_PARAM params[] = { text(OSSL_KDF_PARAM_DIGEST, digest), octets(OSSL_KDF_PARAM_SECRET, secret),
		octets(OSSL_KDF_PARAM_SEED, bytes_text(label)), octets(OSSL_KDF_PARAM_SEED, first),
		octets(OSSL_KDF_PARAM_SEED, second), OSSL_PARAM_construct_end() };

	if (second.len == 0)
		params[4] = OSSL_PARAM_construct_end();
	return derive("TLS1-PRF", params, out, len);
}

/* The digest of `n` parts, one after the other; its length, 0: refused. */
static size_t digest_of(EVP_MD_CTX *context, const char *name, const struct bytes *parts, size_t n, uint8_t out[DIGEST_CAP])
{
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	unsigned len = 0;
	bool ok = md && context && EVP_DigestInit_ex2(context, md, NULL);

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(context, parts[i].data, parts[i].len);
	ok = ok && EVP_DigestFinal_ex(context, out, &len);
	EVP_MD_free(md);
	if (!ok)
		ERR_clear_error();
	return ok ? len : 0;
}

/* SSL 3.0 makes any number of bytes from MD5(secret + SHA('A' + secret + first + second)), then with 'BB', 'CCC' and so on (RFC
 * 6101 6.1 and 6.2.2). */
static bool ssl3_derive(struct bytes secret, struct bytes first, struct bytes second, uint8_t *out, size_t len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t salt[KEY_BLOCK_CAP / MD5_LEN], inner[DIGEST_CAP], outer[DIGEST_CAP];
	bool ok = context != NULL;

	for (size_t done = 0, round = 1; ok && done < len; done += MD5_LEN, round++) {
		size_t left = len - done;

		memset(salt, (int)('A' + round - 1), round);
		struct bytes salted[] = { bytes_of(salt, round), secret, first, second };
		struct bytes hashed[] = { secret, bytes_of(inner, SHA1_LEN) };

		ok = digest_of(context, "SHA1", salted, 4, inner) == SHA1_LEN &&
		    digest_of(context, "MD5", hashed, 2, outer) == MD5_LEN;
		if (ok)
			memcpy(out + done, outer, left < MD5_LEN ? left : MD5_LEN);
	}
	OPENSSL_cleanse(inner, sizeof inner);
	OPENSSL_cleanse(outer, sizeof outer);
	EVP_MD_CTX_free(context);
	return ok;
}

bool key_schedule_master(uint16_t version, const struct suite *suite, struct bytes premaster,
    const uint8_t client_random[RANDOM_LEN], const uint8_t server_random[RANDOM_LEN], uint8_t master[MASTER_LEN])
{
	struct bytes client = bytes_of(client_random, RANDOM_LEN), server = bytes_of(server_random, RANDOM_LEN);

	if (version < TLS_SSL30 || version > TLS_12 || premaster.len == 0)
		return false;
	if (version == TLS_SSL30)
		return ssl3_derive(premaster, client, server, master, MASTER_LEN);
	return prf(prf_digest(version, suite), premaster, "master secret", client, server, master, MASTER_LEN);
}

bool key_schedule_extended_master(uint16_t version, const struct suite *suite, struct bytes premaster, struct bytes transcript,
    uint8_t master[MASTER_LEN])
{
	uint8_t hash[DIGEST_CAP];

	if (version < TLS_10 || version > TLS_12 || premaster.len == 0)
		return false;
	const char *digest = prf_digest(version, suite);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t len = digest_of(context, digest, &transcript, 1, hash);

	EVP_MD_CTX_free(context);
	return len > 0 &&
	    prf(digest, premaster, "extended master secret", bytes_of(hash, len), bytes_of(NULL, 0), master, MASTER_LEN);
}

/* The block is cut in this order, each part as long as the suite says (EXPORT suites have no IVs in it):
 *
 *   client MAC | server MAC | client key | server key | client IV | server IV */
static void cut(const struct suite *suite, struct bytes block, struct direction_keys *client, struct direction_keys *server)
{
	struct reader r = reader_of(block);
	size_t key_len = suite->export_len ? suite->export_len : suite->key_len, iv_len = suite->export_len ? 0 : suite->iv_len;

	memset(client, 0, sizeof *client);
	memset(server, 0, sizeof *server);
	memcpy(client->mac, read_bytes(&r, suite->mac_len).data, suite->mac_len);
	memcpy(server->mac, read_bytes(&r, suite->mac_len).data, suite->mac_len);
	memcpy(client->key, read_bytes(&r, key_len).data, key_len);
	memcpy(server->key, read_bytes(&r, key_len).data, key_len);
	memcpy(client->iv, read_bytes(&r, iv_len).data, iv_len);
	memcpy(server->iv, read_bytes(&r, iv_len).data, iv_len);
}

/* MD5 of up to three parts: SSL 3.0's key or IV of an EXPORT suite (RFC 6101 6.2.2.1). */
static bool md5(struct bytes a, struct bytes b, struct bytes c, uint8_t *out, size_t len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const struct bytes parts[] = { a, b, c };
	uint8_t digest[DIGEST_CAP];
	bool ok = digest_of(context, "MD5", parts, 3, digest) == MD5_LEN && len <= MD5_LEN;

	if (ok)
		memcpy(out, digest, len);
	OPENSSL_cleanse(digest, sizeof digest);
	EVP_MD_CTX_free(context);
	return ok;
}

/* What EXPORT suites make of the few secret bytes of a key (RFC 2246 6.3.1); IVs are no secret there. */
static bool export_keys(uint16_t version, const struct suite *suite, struct bytes ours, struct bytes theirs,
    struct direction_keys *client, struct direction_keys *server)
{
	const char *digest = prf_digest(version, suite);
	struct bytes none = bytes_of("", 0), of_client = bytes_of(client->key, suite->export_len);
	struct bytes of_server = bytes_of(server->key, suite->export_len);
	uint8_t key[2][KEY_CAP], iv[2 * IV_CAP];
	bool ok;

	if (version == TLS_SSL30)
		ok = md5(of_client, ours, theirs, key[0], suite->key_len) && md5(of_server, theirs, ours, key[1], suite->key_len) &&
		    md5(ours, theirs, none, iv, suite->iv_len) && md5(theirs, ours, none, iv + suite->iv_len, suite->iv_len);
	else
		ok = prf(digest, of_client, "client write key", ours, theirs, key[0], suite->key_len) &&
		    prf(digest, of_server, "server write key", ours, theirs, key[1], suite->key_len) &&
		    (!suite->iv_len || prf(digest, none, "IV block", ours, theirs, iv, 2u * suite->iv_len));
	if (ok) {
		memcpy(client->key, key[0], suite->key_len);
		memcpy(server->key, key[1], suite->key_len);
		memcpy(client->iv, iv, suite->iv_len);
		memcpy(server->iv, iv + suite->iv_len, suite->iv_len);
	}
	OPENSSL_cleanse(key, sizeof key);
	return ok;
}

bool key_schedule_block(uint16_t version, const struct suite *suite, const uint8_t master[MASTER_LEN],
    const uint8_t client_random[RANDOM_LEN], const uint8_t server_random[RANDOM_LEN], struct direction_keys *client,
    struct direction_keys *server)
{
	struct bytes secret = bytes_of(master, MASTER_LEN);
	struct bytes theirs = bytes_of(server_random, RANDOM_LEN), ours = bytes_of(client_random, RANDOM_LEN);
	uint8_t block[KEY_BLOCK_CAP];
	size_t len = 2 * ((size_t)suite->mac_len + suite->key_len + suite->iv_len);
	bool ok;

	if (version < TLS_SSL30 || version > TLS_12 || suite->tls13)
		return false;
	if (version == TLS_SSL30)
		ok = ssl3_derive(secret, theirs, ours, block, len);
	else
		ok = prf(prf_digest(version, suite), secret, "key expansion", theirs, ours, block, len);
	if (ok)
		cut(suite, bytes_of(block, len), client, server);
	OPENSSL_cleanse(block, sizeof block);
	return ok && (!suite->export_len || export_keys(version, suite, ours, theirs, client, server));
}

bool key_schedule_traffic(struct hkdf *hkdf, const struct suite *suite, struct bytes secret, struct direction_keys *keys)
{
	const struct hkdf_key parts[] = { { "key", keys->key, suite->key_len }, { "iv", keys->iv, suite->iv_len } };

	if (!suite->tls13)
		return false;
	memset(keys, 0, sizeof *keys);
	return hkdf_expand_label(hkdf, suite->prf, secret, parts, 2);
}

bool key_schedule_update(struct hkdf *hkdf, const struct suite *suite, uint8_t *secret, size_t len)
{
	uint8_t next[TRAFFIC_SECRET_CAP];
	const struct hkdf_key key = { "traffic upd", next, len };

	if (!suite->tls13 || len > sizeof next)
		return false;
	bool ok = hkdf_expand_label(hkdf, suite->prf, bytes_of(secret, len), &key, 1);

	if (ok)
		memcpy(secret, next, len);
	OPENSSL_cleanse(next, sizeof next);
	return ok;
}
