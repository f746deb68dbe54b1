#include "tests/support/sealer.h"

#include <openssl/hmac.h>
#include <stdlib.h>

enum { PLAIN_ROOM = 1 << 17 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static EVP_CIPHER *fetch(const struct sealer *sealer)
{
	return EVP_CIPHER_fetch(crypto_context(sealer->crypto), sealer->suite->cipher, NULL);
}

bool sealer_init(struct sealer *sealer, const struct crypto *crypto, uint16_t version, const struct suite *suite,
    bool encrypt_then_mac, const struct direction_keys *keys)
{
	*sealer = (struct sealer){ .crypto = crypto, .suite = suite, .version = version, .encrypt_then_mac = encrypt_then_mac,
		.keys = *keys, .spoil_padding = -1 };
	memcpy(sealer->chain, keys->iv, sizeof sealer->chain);
	if (!suite->cipher)
		return true;
	EVP_CIPHER *cipher = fetch(sealer);

	if (cipher && suite->kind == SUITE_STREAM) {
		sealer->stream = EVP_CIPHER_CTX_new();
		must(EVP_EncryptInit_ex2(sealer->stream, cipher, keys->key, NULL, NULL));
	}
	EVP_CIPHER_free(cipher);
	return cipher != NULL;
}

void sealer_fini(struct sealer *sealer)
{
	EVP_CIPHER_CTX_free(sealer->stream);
}

static size_t put(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> 8 * (len - 1 - i));
	return len;
}

static uint16_t wire_version(const struct sealer *sealer)
{
	return sealer->version > TLS_12 ? TLS_12 : sealer->version;
}

/* RFC 6101 5.2.3.1 */
static void mac_ssl30(const struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *out)
{
	const EVP_MD *md = sealer->suite->mac_len == 16 ? EVP_md5() : EVP_sha1();
	size_t pad_len = sealer->suite->mac_len == 16 ? 48 : 40;
	uint8_t numbers[11], pad[48];
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	put(numbers, sealer->seq, 8);
	numbers[8] = type;
	put(numbers + 9, content.len, 2);
	for (int round = 0; round < 2; round++) {
		memset(pad, round ? 0x5c : 0x36, sizeof pad);
		must(EVP_DigestInit(context, md) && EVP_DigestUpdate(context, sealer->keys.mac, sealer->suite->mac_len) &&
		    EVP_DigestUpdate(context, pad, pad_len));
		if (round == 0)
			must(EVP_DigestUpdate(context, numbers, sizeof numbers) &&
			    EVP_DigestUpdate(context, content.data, content.len));
		else
			must(EVP_DigestUpdate(context, out, sealer->suite->mac_len));
		must(EVP_DigestFinal(context, out, NULL));
	}
	EVP_MD_CTX_free(context);
}

/* RFC 5246 6.2.3.1 */
static void mac_of(const struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *out)
{
	uint8_t *text = malloc(13 + content.len), digest[EVP_MAX_MD_SIZE];
	unsigned len;

	if (sealer->version == TLS_SSL30) {
		free(text);
		mac_ssl30(sealer, type, content, out);
		return;
	}
	must(text != NULL);
	put(text, sealer->seq, 8);
	text[8] = type;
	put(text + 9, wire_version(sealer), 2);
	put(text + 11, content.len, 2);
	memcpy(text + 13, content.data, content.len);
	must(HMAC(EVP_get_digestbyname(sealer->suite->mac), sealer->keys.mac, sealer->suite->mac_len, text, 13 + content.len,
	    digest, &len) && len == sealer->suite->mac_len);
	memcpy(out, digest, len);
	free(text);
}

static size_t pad_block(const struct sealer *sealer, uint8_t *plain, size_t len)
{
	size_t block = sealer->suite->block_len, n = block - len % block + sealer->padding * block;

	must(n <= 256);
	memset(plain + len, (int)(n - 1), n);
	if (sealer->spoil_padding >= 0)
		plain[len + n - 1 - (size_t)sealer->spoil_padding]++;
	return len + n;
}

static size_t seal_block(struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *plain, uint8_t *out)
{
	size_t block = sealer->suite->block_len, len = content.len, at = 0;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = fetch(sealer);
	int n;

	memcpy(plain, content.data, len);
	if (!sealer->encrypt_then_mac) {
		mac_of(sealer, type, content, plain + len);
		len += sealer->suite->mac_len;
	}
	len = pad_block(sealer, plain, len);
	if (sealer->version >= TLS_11) {
		memset(out, (int)(sealer->seq * 7 + 3), block);
		memcpy(sealer->chain, out, block);
		at = block;
	}
	must(EVP_EncryptInit_ex2(context, cipher, sealer->keys.key, sealer->chain, NULL) &&
	    EVP_CIPHER_CTX_set_padding(context, 0) && EVP_EncryptUpdate(context, out + at, &n, plain, (int)len) &&
	    (size_t)n == len);
	memcpy(sealer->chain, out + at + len - block, block);
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	if (sealer->encrypt_then_mac) {
		mac_of(sealer, type, bytes_of(out, at + len), out + at + len);
		len += sealer->suite->mac_len;
	}
	return at + len;
}

static size_t seal_stream(struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *plain, uint8_t *out)
{
	size_t len = content.len + sealer->suite->mac_len;
	int n;

	memcpy(plain, content.data, content.len);
	mac_of(sealer, type, content, plain + content.len);
	if (sealer->stream)
		must(EVP_EncryptUpdate(sealer->stream, out, &n, plain, (int)len));
	else
		memcpy(out, plain, len);
	return len;
}

/* Nonce and additional data: RFC 5288 3, RFC 6655 3, RFC 7905 2, RFC 8446 5.2 and 5.3. */
static size_t describe(const struct sealer *sealer, uint8_t type, size_t len, uint8_t nonce[12], uint8_t additional[13])
{
	bool new = sealer->version == TLS_13;
	size_t n = new ? 0 : put(additional, sealer->seq, 8);

	additional[n++] = new ? 23 : type;
	n += put(additional + n, wire_version(sealer), 2);
	n += put(additional + n, new ? len + sealer->suite->tag_len : len, 2);
	memcpy(nonce, sealer->keys.iv, 12);
	if (sealer->suite->explicit_len > 0)
		put(nonce + 4, ~sealer->seq, 8);
	else
		for (size_t i = 0; i < 8; i++)
			nonce[4 + i] ^= (uint8_t)(sealer->seq >> (56 - 8 * i));
	return n;
}

static size_t seal_aead(struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *plain, uint8_t *out)
{
	size_t len = content.len, at = sealer->suite->explicit_len, tag_len = sealer->suite->tag_len;
	bool ccm = strstr(sealer->suite->cipher, "CCM") != NULL;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = fetch(sealer);
	uint8_t nonce[12], additional[13];
	int n, tail = 0;

	memcpy(plain, content.data, len);
	if (sealer->version == TLS_13) {
		plain[len++] = type;
		memset(plain + len, 0, sealer->padding);
		len += sealer->padding;
	}
	size_t additional_len = describe(sealer, type, len, nonce, additional);

	memcpy(out, nonce + 4, at);
	must(EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL) && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12,
	    NULL));
	must(!ccm || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, (int)tag_len, NULL));
	must(EVP_EncryptInit_ex2(context, NULL, sealer->keys.key, nonce, NULL));
	must(!ccm || EVP_EncryptUpdate(context, NULL, &n, NULL, (int)len));
	must(EVP_EncryptUpdate(context, NULL, &n, additional, (int)additional_len) &&
	    EVP_EncryptUpdate(context, out + at, &n, plain, (int)len) && EVP_EncryptFinal_ex(context, out + at + n, &tail) &&
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, (int)tag_len, out + at + len));
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	return at + len + tag_len;
}

size_t sealer_seal(struct sealer *sealer, uint8_t type, struct bytes content, uint8_t *out)
{
	enum suite_kind kind = sealer->suite->kind;
	uint8_t *plain = malloc(PLAIN_ROOM);
	size_t len;

	must(plain && content.len < PLAIN_ROOM / 2);
	if (kind == SUITE_BLOCK)
		len = seal_block(sealer, type, content, plain, out);
	else if (kind == SUITE_AEAD || kind == SUITE_CHACHA)
		len = seal_aead(sealer, type, content, plain, out);
	else
		len = seal_stream(sealer, type, content, plain, out);
	free(plain);
	sealer->seq++;
	return len;
}
