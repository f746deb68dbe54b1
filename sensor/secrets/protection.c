#include "sensor/secrets/protection.h"

#include "sensor/secrets/record_mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* What OpenSSL takes for a cipher context, and for an HMAC: measured, rounded up. */
enum { CIPHER_MEMORY = 1280, MAC_MEMORY = 1024, FRAGMENT_CAP = 65535, NONCE_LEN = 12, NONCE_VARIES = 8 };

struct protection {
	struct budget *budget;
	size_t charged;
	const struct suite *suite;
	uint16_t version;
	bool encrypt_then_mac;
	bool is_ccm, is_gcm;
	EVP_CIPHER_CTX *cipher;  /* keyed; NULL: records are not encrypted */
	struct record_mac mac;   /* not of AEAD */
	uint8_t iv[IV_CAP];      /* AEAD: the fixed part; CBC without explicit IV: the last ciphertext block */
};

/* AEAD came with TLS 1.2, suites of its own with TLS 1.3. */
static bool fits(uint16_t version, const struct suite *suite)
{
	bool aead = suite->kind == SUITE_AEAD || suite->kind == SUITE_CHACHA;

	if (version < TLS_SSL30 || version > TLS_13 || suite->tls13 != (version == TLS_13))
		return false;
	return !aead || version >= TLS_12;
}

/* CCM has to know the lengths of nonce and tag before the key; of the others this says what is so anyway. */
static bool key_aead(struct protection *protection, const EVP_CIPHER *cipher, const uint8_t *key)
{
	size_t nonce_len = NONCE_LEN;
	OSSL_PARAM params[] = { OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_IVLEN, &nonce_len),
		OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };

	if (protection->is_ccm)
		params[1] = OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, NULL, protection->suite->tag_len);
	return EVP_DecryptInit_ex2(protection->cipher, cipher, NULL, NULL, params) &&
	    EVP_DecryptInit_ex2(protection->cipher, NULL, key, NULL, NULL) &&
	    (!protection->is_gcm || EVP_CIPHER_CTX_ctrl(protection->cipher, EVP_CTRL_GCM_SET_IV_FIXED, -1, protection->iv));
}

/* Told of TLS, a CBC cipher takes whole records and removes padding and MAC in constant time. It is told TLS 1.0 in place of
 * later ones, so that explicit IVs are left to us: then a record's content comes to lie where its caller wants it. */
static bool key_block(struct protection *protection, const EVP_CIPHER *cipher, const uint8_t *key)
{
	unsigned version = protection->version == TLS_SSL30 ? TLS_SSL30 : TLS_10;
	size_t mac_len = protection->encrypt_then_mac ? 0 : protection->suite->mac_len;
	OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_TLS_VERSION, &version),
		OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_TLS_MAC_SIZE, &mac_len), OSSL_PARAM_construct_end() };

	return EVP_DecryptInit_ex2(protection->cipher, cipher, key, NULL, params);
}

static bool set_keys(struct protection *protection, const struct crypto *crypto, const struct direction_keys *keys)
{
	const struct suite *suite = protection->suite;
	bool ok = true;

	if (suite->mac)
		ok = record_mac_init(&protection->mac, crypto, protection->version, suite->mac,
		    bytes_of(keys->mac, suite->mac_len));
	if (!ok || !suite->cipher)
		return ok;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(crypto_context(crypto), suite->cipher, NULL);

	protection->cipher = EVP_CIPHER_CTX_new();
	if (!cipher || !protection->cipher)
		ok = false;
	else if (suite->kind == SUITE_BLOCK)
		ok = key_block(protection, cipher, keys->key);
	else if (suite->kind == SUITE_STREAM)
		ok = EVP_DecryptInit_ex2(protection->cipher, cipher, keys->key, NULL, NULL);
	else
		ok = key_aead(protection, cipher, keys->key);
	EVP_CIPHER_free(cipher);
	return ok;
}

struct protection *protection_new(const struct crypto *crypto, uint16_t version, const struct suite *suite, bool encrypt_then_mac,
    const struct direction_keys *keys, struct budget *budget, bool *unsupported)
{
	size_t guess = (size_t)(suite->cipher ? CIPHER_MEMORY : 0) + (size_t)(suite->mac ? MAC_MEMORY : 0);

	*unsupported = !fits(version, suite);
	if (*unsupported || !budget_charge(budget, guess))
		return NULL;
	struct protection *protection = budget_alloc(budget, sizeof *protection);

	if (!protection) {
		budget_release(budget, guess);
		return NULL;
	}
	*protection = (struct protection){ .budget = budget, .charged = guess, .suite = suite, .version = version,
		.encrypt_then_mac = encrypt_then_mac && suite->kind == SUITE_BLOCK,
		.is_ccm = suite->kind == SUITE_AEAD && strstr(suite->cipher, "CCM"),
		.is_gcm = suite->kind == SUITE_AEAD && strstr(suite->cipher, "GCM") };
	memcpy(protection->iv, keys->iv, sizeof protection->iv);
	if (set_keys(protection, crypto, keys))
		return protection;
	*unsupported = true;
	ERR_clear_error();
	protection_free(protection);
	return NULL;
}

void protection_free(struct protection *protection)
{
	if (!protection)
		return;
	struct budget *budget = protection->budget;
	size_t charged = protection->charged;

	EVP_CIPHER_CTX_free(protection->cipher);
	record_mac_fini(&protection->mac);
	OPENSSL_cleanse(protection, sizeof *protection);
	budget_free(budget, protection, sizeof *protection);
	budget_release(budget, charged);
}

/* The nonce is the fixed part, then the explicit one (GCM and CCM of TLS 1.2, RFC 5288 3), or the fixed part XOR the sequence
 * number (RFC 7905 2, RFC 8446 5.3). */
static void make_nonce(const struct protection *protection, uint64_t seq, struct bytes explicit, uint8_t nonce[NONCE_LEN])
{
	memcpy(nonce, protection->iv, NONCE_LEN);
	if (explicit.len > 0) {
		memcpy(nonce + NONCE_LEN - explicit.len, explicit.data, explicit.len);
		return;
	}
	for (size_t i = 0; i < 8; i++)
		nonce[NONCE_LEN - 1 - i] ^= (uint8_t)(seq >> 8 * i);
}

/* Of TLS 1.3 the header as it stands, of TLS 1.2 the header with the content's length, behind the sequence number:
 *
 *   seq 8, not in TLS 1.3 | type 1 | version 2 | length 2 */
static size_t make_additional(const struct protection *protection, uint64_t seq, const struct protected_record *record,
    size_t len, uint8_t additional[13])
{
	uint8_t *at = additional;

	if (protection->version == TLS_13)
		len = record->fragment.len;
	for (size_t i = 0; i < 8 && protection->version < TLS_13; i++)
		*at++ = (uint8_t)(seq >> (56 - 8 * i));
	*at++ = record->type;
	*at++ = (uint8_t)(record->version >> 8);
	*at++ = (uint8_t)record->version;
	*at++ = (uint8_t)(len >> 8);
	*at++ = (uint8_t)len;
	return (size_t)(at - additional);
}

/* The nonce's first 4 bytes are the same for all records (RFC 5288 3, RFC 8446 5.3). GCM knows them and takes the rest together
 * with the tag, which costs half of what a new initialisation does. */
static bool begin_aead(const struct protection *protection, uint8_t nonce[NONCE_LEN], struct bytes tag)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (void *)(uintptr_t)tag.data, tag.len),
		OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };

	if (!protection->is_gcm)
		return EVP_DecryptInit_ex2(protection->cipher, NULL, NULL, nonce, params);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV, nonce + NONCE_LEN - NONCE_VARIES,
	    NONCE_VARIES);
	return EVP_CIPHER_CTX_set_params(protection->cipher, params);
}

static bool decrypt_aead(const struct protection *protection, uint8_t nonce[NONCE_LEN], struct bytes additional,
    struct bytes sealed, struct bytes tag, uint8_t *out)
{
	EVP_CIPHER_CTX *cipher = protection->cipher;
	int additional_len = (int)additional.len, len = (int)sealed.len, got;

	if (!begin_aead(protection, nonce, tag))
		return false;
	if (protection->is_ccm && !EVP_DecryptUpdate(cipher, NULL, &got, NULL, len))
		return false;
	return EVP_DecryptUpdate(cipher, NULL, &got, additional.data, additional_len) &&
	    EVP_DecryptUpdate(cipher, out, &got, sealed.data, len) && got == len &&
	    (protection->is_ccm || EVP_DecryptFinal_ex(cipher, out + len, &got));
}

/* Content, its type, zeros (RFC 8446 5.2), which count as content does towards what a record may hold (5.4). */
static bool strip_inner(uint8_t *type, const uint8_t *out, size_t *len)
{
	size_t n = *len;

	if (n > RECORD_PLAIN_CAP + 1)
		return false;
	while (n > 0 && out[n - 1] == 0)
		n--;
	if (n == 0)
		return false;
	*type = out[n - 1];
	*len = n - 1;
	return true;
}

static bool open_aead(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *type,
    uint8_t *out, size_t *len)
{
	struct reader r = reader_of(record->fragment);
	struct bytes explicit = read_bytes(&r, protection->suite->explicit_len);
	size_t tag_len = protection->suite->tag_len;
	uint8_t nonce[NONCE_LEN], additional[13];

	if (r.over || reader_left(&r) < tag_len)
		return false;
	struct bytes sealed = read_bytes(&r, reader_left(&r) - tag_len), tag = read_rest(&r);
	size_t additional_len = make_additional(protection, seq, record, sealed.len, additional);

	make_nonce(protection, seq, explicit, nonce);
	if (!decrypt_aead(protection, nonce, bytes_of(additional, additional_len), sealed, tag, out))
		return false;
	*type = record->type;
	*len = sealed.len;
	return protection->version < TLS_13 || (record->type == 23 && strip_inner(type, out, len));
}

static bool is_chained(const struct protection *protection)
{
	return protection->suite->kind == SUITE_BLOCK && protection->version < TLS_11;
}

/* The padding is gone when OpenSSL returns, and the MAC is a copy of its own: a made-up one where the padding was wrong. */
static bool decrypt_block(struct protection *protection, const uint8_t *iv, struct bytes body, uint8_t *out, size_t *len,
    const uint8_t **mac)
{
	OSSL_PARAM params[] = { OSSL_PARAM_construct_octet_ptr(OSSL_CIPHER_PARAM_TLS_MAC, (void **)(uintptr_t)mac,
		protection->suite->mac_len), OSSL_PARAM_construct_end() };
	int got = 0;

	memcpy(out, body.data, body.len);
	if (!EVP_DecryptInit_ex2(protection->cipher, NULL, NULL, iv, NULL) ||
	    !EVP_DecryptUpdate(protection->cipher, out, &got, out, (int)body.len) || got < 0)
		return false;
	*len = (size_t)got;
	return protection->encrypt_then_mac || (EVP_CIPHER_CTX_get_params(protection->cipher, params) && *mac);
}

/*   IV, from TLS 1.1 on | ciphertext: content, MAC, padding | MAC, if encrypted first */
static bool open_block(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *out,
    size_t *len)
{
	struct record_header header = { seq, record->type, record->version };
	size_t block_len = protection->suite->block_len, mac_len = protection->encrypt_then_mac ? protection->suite->mac_len : 0;
	struct reader r = reader_of(record->fragment);
	struct bytes all = read_bytes(&r, reader_left(&r) - (reader_left(&r) < mac_len ? 0 : mac_len)), last_mac = read_rest(&r);
	struct reader body = reader_of(all);
	const uint8_t *mac = NULL;
	uint8_t iv[IV_CAP];

	if (is_chained(protection)) {
		memcpy(iv, protection->iv, block_len);
		if (last_mac.len == mac_len && all.len >= block_len)
			memcpy(protection->iv, all.data + all.len - block_len, block_len);
	} else {
		struct bytes explicit = read_bytes(&body, block_len);

		memcpy(iv, explicit.data, explicit.len);
	}
	if (last_mac.len != mac_len || body.over || reader_left(&body) == 0 || reader_left(&body) % block_len != 0)
		return false;
	if (mac_len > 0 && !record_mac_fits(&protection->mac, &header, all, 0, last_mac.data))
		return false;
	struct bytes sealed = read_rest(&body);

	if (!decrypt_block(protection, iv, sealed, out, len, &mac))
		return false;
	return mac_len > 0 || record_mac_fits(&protection->mac, &header, bytes_of(out, *len), sealed.len - *len, mac);
}

/* RC4 goes through all that was sent, wanted or not, or it would not be in step at the next record. */
static bool open_stream(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *out,
    size_t *len)
{
	struct record_header header = { seq, record->type, record->version };
	struct bytes fragment = record->fragment;
	int got;

	if (!protection->cipher)
		memcpy(out, fragment.data, fragment.len);
	else if (!EVP_DecryptUpdate(protection->cipher, out, &got, fragment.data, (int)fragment.len))
		return false;
	if (fragment.len < protection->mac.len)
		return false;
	*len = fragment.len - protection->mac.len;
	return record_mac_fits(&protection->mac, &header, bytes_of(out, *len), 0, out + *len);
}

bool protection_open(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *type,
    uint8_t *out, size_t *len)
{
	enum suite_kind kind = protection->suite->kind;
	bool ok;

	if (record->fragment.len == 0 || record->fragment.len > FRAGMENT_CAP)
		return false;
	*type = record->type;
	if (kind == SUITE_AEAD || kind == SUITE_CHACHA)
		ok = open_aead(protection, seq, record, type, out, len);
	else if (kind == SUITE_BLOCK)
		ok = open_block(protection, seq, record, out, len);
	else
		ok = open_stream(protection, seq, record, out, len);
	if (!ok)
		ERR_clear_error();
	return ok && *len <= RECORD_PLAIN_CAP;
}

bool protection_is_seekable(const struct protection *protection)
{
	return protection->suite->kind != SUITE_STREAM && !is_chained(protection);
}

bool protection_resume(struct protection *protection, struct bytes last_block)
{
	if (!is_chained(protection) || last_block.len != protection->suite->block_len)
		return false;
	memcpy(protection->iv, last_block.data, last_block.len);
	return true;
}

size_t protection_overhead(const struct protection *protection)
{
	const struct suite *suite = protection->suite;

	switch (suite->kind) {
	case SUITE_BLOCK:
		return 0;
	case SUITE_NULL:
	case SUITE_STREAM:
		return suite->mac_len;
	default:
		return (size_t)suite->explicit_len + suite->tag_len + (suite->tls13 ? 1 : 0);
	}
}
