#include "sensor/secrets/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#include "sensor/secrets/crypto.h"

enum problem {
	PROBLEM_NONE,
	PROBLEM_NO_KEY,
	PROBLEM_NO_RSA_KEY,
	PROBLEM_NO_PASSWORD,
	PROBLEM_PASSWORD,
	PROBLEM_DAMAGED,
	PROBLEM_TOO_MANY,
	PROBLEM_MEMORY,
};

static const char *problem_text(enum problem problem)
{
	static const char *const texts[] = {
		[PROBLEM_NO_KEY] = "no private key is in this file",
		[PROBLEM_NO_RSA_KEY] = "no RSA key is in this file; other private keys do not help to decrypt",
		[PROBLEM_NO_PASSWORD] = "the private key is encrypted, and no password was given",
		[PROBLEM_PASSWORD] = "the private key cannot be decrypted: the password is wrong, or the file is damaged",
		[PROBLEM_DAMAGED] = "the private key is damaged",
		[PROBLEM_TOO_MANY] = "too many private keys",
		[PROBLEM_MEMORY] = "out of memory",
	};

	return texts[problem];
}

/* What a file's parts have in common. */
struct reading {
	struct key_list *keys;
	const char *password;    /* NULL: none */
	OSSL_LIB_CTX *context;   /* for decrypting: old files have old ciphers */
	unsigned n_rsa, n_other; /* private keys */
};

/* ---- the list ---- */

void key_list_fini(struct key_list *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		EVP_PKEY_free(keys->items[i]);
	free(keys->items);
	*keys = (struct key_list){ 0 };
}

/* Takes the key over; NULL: it could not be decoded. */
static enum problem add(struct reading *reading, EVP_PKEY *key)
{
	struct key_list *keys = reading->keys;

	if (!key)
		return PROBLEM_DAMAGED;
	bool is_rsa = EVP_PKEY_is_a(key, "RSA") == 1, is_known = false;

	*(is_rsa ? &reading->n_rsa : &reading->n_other) += 1;
	for (size_t i = 0; is_rsa && i < keys->n; i++)
		is_known |= EVP_PKEY_eq(keys->items[i], key) == 1;
	if (!is_rsa || is_known) {
		EVP_PKEY_free(key);
		return PROBLEM_NONE;
	}
	EVP_PKEY **items = keys->n < KEY_LIST_CAP ? realloc(keys->items, (keys->n + 1) * sizeof(EVP_PKEY *)) : NULL;

	if (!items) {
		EVP_PKEY_free(key);
		return keys->n < KEY_LIST_CAP ? PROBLEM_MEMORY : PROBLEM_TOO_MANY;
	}
	keys->items = items;
	keys->items[keys->n++] = key;
	return PROBLEM_NONE;
}

/* ---- one key ---- */

/* PKCS#1 or PKCS#8, not encrypted. */
static enum problem add_plain(struct reading *reading, struct bytes der)
{
	const unsigned char *at = der.data;

	return add(reading, d2i_AutoPrivateKey_ex(NULL, &at, (long)der.len, NULL, NULL));
}

/* Takes the PKCS#8 structure over; NULL: it could not be decrypted. */
static enum problem add_pkcs8(struct reading *reading, PKCS8_PRIV_KEY_INFO *info)
{
	if (!info)
		return reading->password ? PROBLEM_PASSWORD : PROBLEM_NO_PASSWORD;
	enum problem problem = add(reading, EVP_PKCS82PKEY(info));

	PKCS8_PRIV_KEY_INFO_free(info);
	return problem;
}

static enum problem add_encrypted(struct reading *reading, const X509_SIG *encrypted)
{
	const char *password = reading->password;

	if (!encrypted)
		return PROBLEM_DAMAGED;
	if (!password)
		return PROBLEM_NO_PASSWORD;
	return add_pkcs8(reading, PKCS8_decrypt_ex(encrypted, password, (int)strlen(password), reading->context, NULL));
}

/* ---- PEM ---- */

/* OpenSSL asks; on its own it would turn to the terminal. */
static int give_password(char *to, int cap, int is_for_writing, void *context)
{
	const struct reading *reading = context;
	size_t len = reading->password ? strlen(reading->password) : 0;

	if (!reading->password || is_for_writing || cap < 0 || len > (size_t)cap)
		return -1;
	memcpy(to, reading->password, len);
	return (int)len;
}

/* PKCS#1, or what else has a name of its own; encrypted, if at all, as RFC 1421 has it: by the block's header. */
static enum problem pem_traditional(struct reading *reading, char *header, unsigned char *data, long len)
{
	EVP_CIPHER_INFO cipher;

	if (!PEM_get_EVP_CIPHER_INFO(header, &cipher))
		return PROBLEM_DAMAGED;
	if (cipher.cipher && !reading->password)
		return PROBLEM_NO_PASSWORD;
	if (!PEM_do_header(&cipher, data, &len, give_password, reading))
		return PROBLEM_PASSWORD;
	enum problem problem = add_plain(reading, bytes_of(data, (size_t)len));

	/* in one of some hundred cases a wrong password leaves padding that looks right */
	return problem == PROBLEM_DAMAGED && cipher.cipher ? PROBLEM_PASSWORD : problem;
}

static enum problem pem_block(struct reading *reading, const char *name, char *header, unsigned char *data, long len)
{
	static const char suffix[] = "PRIVATE KEY";
	size_t name_len = strlen(name);
	const unsigned char *at = data;

	if (name_len < sizeof suffix - 1 || strcmp(name + name_len - (sizeof suffix - 1), suffix) != 0)
		return PROBLEM_NONE;
	if (strcmp(name, "PRIVATE KEY") == 0)
		return add_plain(reading, bytes_of(data, (size_t)len));
	if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0) {
		X509_SIG *encrypted = d2i_X509_SIG(NULL, &at, len);
		enum problem problem = add_encrypted(reading, encrypted);

		X509_SIG_free(encrypted);
		return problem;
	}
	if (strcmp(name, "RSA PRIVATE KEY") == 0)
		return pem_traditional(reading, header, data, len);
	reading->n_other++; /* EC PRIVATE KEY and so on */
	return PROBLEM_NONE;
}

static enum problem read_pem(struct reading *reading, struct bytes text)
{
	const unsigned flags = PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE;
	BIO *bio = BIO_new_mem_buf(text.data, (int)text.len);
	enum problem problem = bio ? PROBLEM_NONE : PROBLEM_MEMORY;
	char *name, *header;
	unsigned char *data;
	long len;

	while (problem == PROBLEM_NONE && PEM_read_bio_ex(bio, &name, &header, &data, &len, flags) == 1) {
		problem = pem_block(reading, name, header, data, len);
		OPENSSL_secure_clear_free(data, (size_t)len);
		OPENSSL_secure_free(name);
		OPENSSL_secure_free(header);
	}
	if (problem == PROBLEM_NONE && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		problem = PROBLEM_DAMAGED;
	BIO_free(bio);
	return problem;
}

/* ---- PKCS#12 ---- */

/* The password that the file's MAC vouches for. Without one that is an empty password or none, which the format tells apart; NULL
 * serves for both unless the MAC says otherwise. False: it is another. */
static bool find_password(const struct reading *reading, PKCS12 *file, const char **password)
{
	const char *given = reading->password;

	*password = given;
	if (!PKCS12_mac_present(file))
		return true;
	if (given && *given)
		return PKCS12_verify_mac(file, given, (int)strlen(given)) == 1;
	*password = NULL;
	if (PKCS12_verify_mac(file, NULL, 0) == 1)
		return true;
	*password = "";
	return PKCS12_verify_mac(file, "", 0) == 1;
}

static enum problem read_bags(struct reading *reading, const STACK_OF(PKCS12_SAFEBAG) *bags, const char *password)
{
	int password_len = password ? (int)strlen(password) : 0;
	enum problem problem = PROBLEM_NONE;

	for (int i = 0; problem == PROBLEM_NONE && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);

		if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag)
			problem = add(reading, EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
		else if (PKCS12_SAFEBAG_get_nid(bag) == NID_pkcs8ShroudedKeyBag)
			problem = add_pkcs8(reading, PKCS12_decrypt_skey_ex(bag, password, password_len, reading->context, NULL));
	}
	return problem;
}

/* Keys lie in safes that are plain, themselves encrypted; certificates in encrypted ones. Some programs put keys there too. */
static STACK_OF(PKCS12_SAFEBAG) *open_safe(const struct reading *reading, PKCS7 *safe, const char *password)
{
	int password_len = password ? (int)strlen(password) : 0;

	if (PKCS7_type_is_data(safe))
		return PKCS12_unpack_p7data(safe);
	if (!PKCS7_type_is_encrypted(safe) || !safe->d.encrypted || !safe->d.encrypted->enc_data)
		return NULL;
	const PKCS7_ENC_CONTENT *content = safe->d.encrypted->enc_data;

	if (!content->algorithm || !content->enc_data)
		return NULL;
	return PKCS12_item_decrypt_d2i_ex(content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS), password, password_len,
	    content->enc_data, 1, reading->context, NULL);
}

static enum problem read_pkcs12(struct reading *reading, PKCS12 *file)
{
	enum problem problem = PROBLEM_NONE;
	const char *password;

	if (!find_password(reading, file, &password))
		return reading->password ? PROBLEM_PASSWORD : PROBLEM_NO_PASSWORD;
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(file);

	for (int i = 0; problem == PROBLEM_NONE && i < sk_PKCS7_num(safes); i++) {
		STACK_OF(PKCS12_SAFEBAG) *bags = open_safe(reading, sk_PKCS7_value(safes, i), password);

		problem = read_bags(reading, bags, password);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return safes ? problem : PROBLEM_DAMAGED;
}

/* ---- files ---- */

/* Each of the three is a SEQUENCE, and what follows in it is different. */
static enum problem read_der(struct reading *reading, struct bytes der)
{
	const unsigned char *at = der.data;
	PKCS12 *file = d2i_PKCS12(NULL, &at, (long)der.len);
	enum problem problem;

	if (file) {
		problem = read_pkcs12(reading, file);
		PKCS12_free(file);
		return problem;
	}
	at = der.data;
	X509_SIG *encrypted = d2i_X509_SIG(NULL, &at, (long)der.len);

	if (encrypted) {
		problem = add_encrypted(reading, encrypted);
		X509_SIG_free(encrypted);
		return problem;
	}
	problem = add_plain(reading, der);
	return problem == PROBLEM_DAMAGED ? PROBLEM_NO_KEY : problem;
}

static enum problem read_keys(struct reading *reading, struct bytes content)
{
	struct crypto *crypto = crypto_new();
	enum problem problem = PROBLEM_MEMORY;

	if (crypto) {
		reading->context = crypto_context(crypto);
		if (memmem(content.data, content.len, "-----BEGIN ", 11))
			problem = read_pem(reading, content);
		else
			problem = read_der(reading, content);
		crypto_free(crypto);
	}
	ERR_clear_error();
	if (problem == PROBLEM_NONE && reading->n_rsa == 0)
		problem = reading->n_other ? PROBLEM_NO_RSA_KEY : PROBLEM_NO_KEY;
	return problem;
}

/* The file's content; `content` has room for KEY_FILE_CAP + 1. */
static bool read_all(const char *file, uint8_t *content, size_t *len, struct errors *errors)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? 0 : -1;

	*len = 0;
	while (fd >= 0 && *len <= KEY_FILE_CAP && (n = read(fd, content + *len, KEY_FILE_CAP + 1 - *len)) != 0) {
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		errors_add(errors, file, 0, "%s", strerror(errno));
	else if (*len > KEY_FILE_CAP)
		errors_add(errors, file, 0, "more than %u bytes: this is no file of private keys", (unsigned)KEY_FILE_CAP);
	if (fd >= 0)
		(void)close(fd);
	return n >= 0 && *len <= KEY_FILE_CAP;
}

bool key_file_read(const char *file, const char *password, struct key_list *keys, struct errors *errors)
{
	struct reading reading = { .keys = keys, .password = password };
	uint8_t *content = malloc(KEY_FILE_CAP + 1);
	size_t len;

	if (!content) {
		errors_add(errors, file, 0, "%s", problem_text(PROBLEM_MEMORY));
		return false;
	}
	bool ok = read_all(file, content, &len, errors);

	if (ok) {
		enum problem problem = read_keys(&reading, bytes_of(content, len));

		ok = problem == PROBLEM_NONE;
		if (!ok)
			errors_add(errors, file, 0, "%s", problem_text(problem));
	}
	OPENSSL_cleanse(content, KEY_FILE_CAP + 1);
	free(content);
	return ok;
}
