#include "sensor/detect/fingerprint.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { SHA256_LEN = 32, KEY_FILE_LEN = 4096 };

struct fingerprint {
	uint8_t key[SHA256_LEN];
	struct hash_key subject_key;
	bool stable;
	EVP_MD *sha256;
	EVP_MD_CTX *context;
};

static size_t read_whole(const char *path, uint8_t *data, size_t cap)
{
	FILE *file = fopen(path, "rb");
	size_t len = file ? fread(data, 1, cap, file) : 0;

	if (file)
		fclose(file);
	return len;
}

static bool derive(struct fingerprint *fingerprint, struct bytes material)
{
	static const char label[] = "stormglass credential hash 1";
	unsigned len = SHA256_LEN;

	return HMAC(EVP_sha256(), material.data, (int)material.len, (const uint8_t *)label, sizeof label - 1, fingerprint->key,
	    &len) != NULL;
}

static bool choose_key(struct fingerprint *fingerprint, const char *key_file, struct errors *errors)
{
	uint8_t material[KEY_FILE_LEN];
	size_t len = read_whole(key_file ? key_file : "/etc/machine-id", material, sizeof material);

	fingerprint->stable = len >= 16;
	if (key_file && len < 16) {
		errors_add(errors, key_file, 0, "the hash key needs a readable file of at least 16 bytes");
		return false;
	}
	if (!fingerprint->stable) {
		len = SHA256_LEN;
		if (getrandom(material, len, 0) != (ssize_t)len)
			return false;
	}
	bool ok = derive(fingerprint, bytes_of(material, len));

	OPENSSL_cleanse(material, sizeof material);
	memcpy(&fingerprint->subject_key, fingerprint->key, sizeof fingerprint->subject_key);
	return ok;
}

static struct fingerprint *keyless(void)
{
	struct fingerprint *fingerprint = calloc(1, sizeof *fingerprint);

	if (!fingerprint)
		return NULL;
	fingerprint->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	fingerprint->context = EVP_MD_CTX_new();
	if (fingerprint->sha256 && fingerprint->context)
		return fingerprint;
	fingerprint_free(fingerprint);
	return NULL;
}

struct fingerprint *fingerprint_new(const char *key_file, struct errors *errors)
{
	struct fingerprint *fingerprint = keyless();

	if (fingerprint && choose_key(fingerprint, key_file, errors))
		return fingerprint;
	fingerprint_free(fingerprint);
	return NULL;
}

struct fingerprint *fingerprint_copy(const struct fingerprint *fingerprint)
{
	struct fingerprint *copy = keyless();

	if (!copy)
		return NULL;
	memcpy(copy->key, fingerprint->key, sizeof copy->key);
	copy->subject_key = fingerprint->subject_key;
	copy->stable = fingerprint->stable;
	return copy;
}

void fingerprint_free(struct fingerprint *fingerprint)
{
	if (!fingerprint)
		return;
	EVP_MD_CTX_free(fingerprint->context);
	EVP_MD_free(fingerprint->sha256);
	OPENSSL_cleanse(fingerprint, sizeof *fingerprint);
	free(fingerprint);
}

bool fingerprint_is_stable(const struct fingerprint *fingerprint)
{
	return fingerprint->stable;
}

static struct bytes hex(const uint8_t *data, size_t len, struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, len * 2);

	if (!text)
		return bytes_of(NULL, 0);
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	return bytes_of(text, len * 2);
}

struct bytes fingerprint_sha256(struct fingerprint *fingerprint, struct bytes secret, struct arena *arena)
{
	uint8_t digest[SHA256_LEN];

	if (!EVP_DigestInit_ex2(fingerprint->context, fingerprint->sha256, NULL) ||
	    !EVP_DigestUpdate(fingerprint->context, secret.data, secret.len) ||
	    !EVP_DigestFinal_ex(fingerprint->context, digest, NULL))
		return bytes_of(NULL, 0);
	return hex(digest, sizeof digest, arena);
}

struct bytes fingerprint_keyed(struct fingerprint *fingerprint, struct bytes secret, struct arena *arena)
{
	uint8_t digest[SHA256_LEN];
	unsigned len = sizeof digest;

	if (!HMAC(EVP_sha256(), fingerprint->key, sizeof fingerprint->key, secret.data, secret.len, digest, &len))
		return bytes_of(NULL, 0);
	return hex(digest, sizeof digest, arena);
}

/* SipHash is a keyed PRF as well and ten times cheaper: subjects are many and no secrets. */
struct bytes fingerprint_subject(const struct fingerprint *fingerprint, struct bytes subject, struct arena *arena)
{
	struct hash128 h = hash128(fingerprint->subject_key, subject);
	uint8_t digest[16];

	memcpy(digest, &h.lo, 8);
	memcpy(digest + 8, &h.hi, 8);
	return hex(digest, sizeof digest, arena);
}
