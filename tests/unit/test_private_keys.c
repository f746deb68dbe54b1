/* RSA private keys: files of every kind, and premaster secrets decrypted with them. All keys are made here, for these tests. */
#include "sensor/secrets/private_keys.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "sensor/secrets/crypto.h"
#include "sensor/secrets/key_file.h"

enum { VERSION = 0x0303 };

#define PASSWORD "test password"

/* As OpenSSL's writers want it: it is only read. */
static void *password(void)
{
	return (void *)(uintptr_t)PASSWORD;
}

struct fixture {
	EVP_PKEY *small, *small_too, *large, *ec; /* RSA of 1024, 1024 and 2048 bits */
	X509 *cert;                               /* of `small` */
	char file[64];
};

/* Self-signed. */
static X509 *certify(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), 3600));
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(cert, name), 1);
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	*fixture = (struct fixture){ .small = EVP_RSA_gen(1024), .small_too = EVP_RSA_gen(1024), .large = EVP_RSA_gen(2048),
		.ec = EVP_EC_gen("P-256"), .file = "/tmp/stormglass-test-key-XXXXXX" };
	int fd = mkstemp(fixture->file);

	assert_true(fd >= 0);
	close(fd);
	fixture->cert = certify(fixture->small);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	EVP_PKEY_free(fixture->small);
	EVP_PKEY_free(fixture->small_too);
	EVP_PKEY_free(fixture->large);
	EVP_PKEY_free(fixture->ec);
	X509_free(fixture->cert);
	unlink(fixture->file);
	free(fixture);
	return 0;
}

/* ---- files ---- */

/* Makes the file hold what is in `bio`, which is freed. */
static void write_file(const struct fixture *fixture, BIO *bio)
{
	FILE *file = fopen(fixture->file, "wb");
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	assert_non_null(file);
	assert_true(len == 0 || fwrite(data, 1, (size_t)len, file) == (size_t)len);
	fclose(file);
	BIO_free(bio);
}

static BIO *memory(void)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_non_null(bio);
	return bio;
}

/* Loads the file into an empty collection: so many keys, or an error that ends so. */
static void assert_loads(const struct fixture *fixture, const char *with, size_t n, const char *error)
{
	struct private_keys *keys = private_keys_new();
	struct errors errors = { 0 };

	assert_non_null(keys);
	assert_int_equal(private_keys_load(keys, fixture->file, with, &errors), error == NULL);
	assert_int_equal(private_keys_count(keys), n);
	assert_int_equal(errors.n, error ? 1 : 0);
	if (error) {
		assert_non_null(strstr(errors.text, fixture->file));
		assert_non_null(strstr(errors.text, error));
		assert_null(strstr(errors.text, PASSWORD));
	}
	assert_int_equal(ERR_peek_error(), 0);
	errors_fini(&errors);
	private_keys_free(keys);
}

static const char wrong[] = "password is wrong", missing[] = "no password was given";
static const char no_key[] = "no private key", no_rsa[] = "no RSA key";

static void traditional(void **state)
{
	const struct fixture *fixture = *state;
	BIO *bio = memory();

	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, fixture->small, NULL, NULL, 0, NULL, NULL), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 1, NULL);
	assert_loads(fixture, "not needed", 1, NULL);

	bio = memory();
	const EVP_CIPHER *cipher = EVP_des_ede3_cbc();

	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, fixture->small, cipher, NULL, 0, NULL, password()), 1);
	write_file(fixture, bio);
	assert_loads(fixture, PASSWORD, 1, NULL);
	assert_loads(fixture, "wrong", 0, wrong);
	assert_loads(fixture, NULL, 0, missing);
}

static void pkcs8(void **state)
{
	const struct fixture *fixture = *state;
	BIO *bio = memory();

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, fixture->small, NULL, NULL, 0, NULL, NULL), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 1, NULL);

	bio = memory();
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, fixture->small, EVP_aes_256_cbc(), NULL, 0, NULL, password()), 1);
	write_file(fixture, bio);
	assert_loads(fixture, PASSWORD, 1, NULL);
	assert_loads(fixture, "wrong", 0, wrong);
	assert_loads(fixture, "", 0, wrong);
	assert_loads(fixture, NULL, 0, missing);
}

static void der(void **state)
{
	const struct fixture *fixture = *state;
	BIO *bio = memory();

	assert_int_equal(i2d_PrivateKey_bio(bio, fixture->large), 1); /* PKCS#1 */
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 1, NULL);

	bio = memory();
	assert_int_equal(i2d_PKCS8PrivateKeyInfo_bio(bio, fixture->large), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 1, NULL);

	bio = memory();
	assert_int_equal(i2d_PKCS8PrivateKey_bio(bio, fixture->large, EVP_aes_128_cbc(), NULL, 0, NULL, password()), 1);
	write_file(fixture, bio);
	assert_loads(fixture, PASSWORD, 1, NULL);
	assert_loads(fixture, "wrong", 0, wrong);
	assert_loads(fixture, NULL, 0, missing);
}

static void write_pkcs12(const struct fixture *fixture, EVP_PKEY *key, X509 *cert, const char *with, int algorithm, int mac)
{
	struct crypto *crypto = crypto_new();
	BIO *bio = memory();

	assert_non_null(crypto);
	PKCS12 *file = PKCS12_create_ex(with, "test", key, cert, NULL, algorithm, algorithm, 0, mac, 0, crypto_context(crypto),
	    NULL);

	assert_non_null(file);
	assert_int_equal(i2d_PKCS12_bio(bio, file), 1);
	PKCS12_free(file);
	crypto_free(crypto);
	write_file(fixture, bio);
}

static void pkcs12(void **state)
{
	static const int algorithms[] = { 0, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And40BitRC2_CBC,
		NID_aes_128_cbc };
	const struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
		for (int mac = -1; mac <= 2048; mac += 2049) {
			write_pkcs12(fixture, fixture->small, fixture->cert, PASSWORD, algorithms[i], mac);
			assert_loads(fixture, PASSWORD, 1, NULL);
			assert_loads(fixture, "wrong", 0, wrong);
			assert_loads(fixture, NULL, 0, missing);
		}
	}
	write_pkcs12(fixture, fixture->small, fixture->cert, "", 0, 1);
	assert_loads(fixture, NULL, 1, NULL);
	assert_loads(fixture, "", 1, NULL);
	assert_loads(fixture, "wrong", 0, wrong);
	write_pkcs12(fixture, fixture->small, fixture->cert, NULL, -1, 1); /* not encrypted at all */
	assert_loads(fixture, NULL, 1, NULL);
	write_pkcs12(fixture, NULL, fixture->cert, PASSWORD, 0, 1);
	assert_loads(fixture, PASSWORD, 0, no_key);
	write_pkcs12(fixture, fixture->ec, NULL, PASSWORD, 0, 1);
	assert_loads(fixture, PASSWORD, 0, no_rsa);
}

/* Several of all kinds in one file, among what is none of our business. */
static void several(void **state)
{
	const struct fixture *fixture = *state;
	BIO *bio = memory();

	BIO_puts(bio, "Bag Attributes\n    friendlyName: test\n");
	assert_int_equal(PEM_write_bio_X509(bio, fixture->cert), 1);
	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, fixture->small, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, fixture->ec, NULL, NULL, 0, NULL, NULL), 1);
	BIO_puts(bio, "\r\n# and another\n");
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, fixture->large, EVP_aes_256_cbc(), NULL, 0, NULL, password()), 1);
	assert_int_equal(PEM_write_bio_PUBKEY(bio, fixture->small), 1);
	assert_int_equal(PEM_write_bio_PrivateKey(bio, fixture->small, NULL, NULL, 0, NULL, NULL), 1); /* again */
	assert_int_equal(PEM_write_bio_PrivateKey(bio, fixture->ec, NULL, NULL, 0, NULL, NULL), 1);
	write_file(fixture, bio);
	assert_loads(fixture, PASSWORD, 2, NULL);
	assert_loads(fixture, NULL, 1, missing);
	assert_loads(fixture, "wrong", 1, wrong);
}

static void write_text(const struct fixture *fixture, const char *text, size_t times)
{
	BIO *bio = memory();

	while (times-- > 0)
		BIO_puts(bio, text);
	write_file(fixture, bio);
}

static void not_for_us(void **state)
{
	struct fixture *fixture = *state, elsewhere = { .file = "/nonexistent/key.pem" };
	BIO *bio = memory();

	assert_loads(&elsewhere, NULL, 0, "No such file");
	snprintf(elsewhere.file, sizeof elsewhere.file, "/tmp");
	assert_loads(&elsewhere, NULL, 0, "directory");
	write_text(fixture, "", 1);
	assert_loads(fixture, NULL, 0, no_key);
	write_text(fixture, "what is this?\n", 1);
	assert_loads(fixture, NULL, 0, no_key);
	write_text(fixture, "-----BEGIN RSA PRIVATE KEY-----\n", 1);
	assert_loads(fixture, NULL, 0, "damaged");
	write_text(fixture, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", 1);
	assert_loads(fixture, NULL, 0, "damaged");
	write_text(fixture, "0123456789abcdef", KEY_FILE_CAP / 16);
	assert_loads(fixture, NULL, 0, no_key);
	write_text(fixture, "0123456789abcdef", KEY_FILE_CAP / 16 + 1);
	assert_loads(fixture, NULL, 0, "more than 1048576 bytes");
	assert_int_equal(PEM_write_bio_X509(bio, fixture->cert), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 0, no_key);
	bio = memory();
	assert_int_equal(i2d_X509_bio(bio, fixture->cert), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 0, no_key);
	bio = memory();
	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, fixture->ec, NULL, NULL, 0, NULL, NULL), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 0, no_rsa);
	bio = memory();
	assert_int_equal(i2d_PrivateKey_bio(bio, fixture->ec), 1);
	write_file(fixture, bio);
	assert_loads(fixture, NULL, 0, no_rsa);
}

/* Loads these bytes; what came of it may decrypt nonsense, and nothing worse. */
static bool load_damaged(const struct fixture *fixture, const unsigned char *data, int len)
{
	struct private_keys *keys = private_keys_new();
	struct errors errors = { 0 };
	uint8_t encrypted[128] = { 1 }, out[48];
	BIO *bio = memory();

	assert_non_null(keys);
	BIO_write(bio, data, len);
	write_file(fixture, bio);
	bool loaded = private_keys_load(keys, fixture->file, NULL, &errors);

	assert_int_equal(private_keys_count(keys), loaded);
	assert_int_equal(errors.n, !loaded);
	(void)private_keys_decrypt(keys, bytes_of(NULL, 0), bytes_of(encrypted, sizeof encrypted), VERSION, out);
	assert_int_equal(ERR_peek_error(), 0);
	errors_fini(&errors);
	private_keys_free(keys);
	return loaded;
}

static void damaged(void **state)
{
	const struct fixture *fixture = *state;
	unsigned char *key = NULL;
	int len = i2d_PrivateKey(fixture->small, &key);

	assert_true(len > 0);
	for (int i = 0; i < len; i += 9)
		assert_false(load_damaged(fixture, key, i));
	for (int i = 0; i < len; i++) {
		key[i] ^= 0x55;
		(void)load_damaged(fixture, key, len);
		key[i] ^= 0x55;
	}
	assert_true(load_damaged(fixture, key, len));
	OPENSSL_free(key);
}

/* Private numbers lie where core dumps do not reach; when the keys go, so do they. */
static void kept_apart(void **state)
{
	const struct fixture *fixture = *state;
	struct errors errors = { 0 };

	if (!CRYPTO_secure_malloc_initialized())
		skip(); /* the system refused */
	struct private_keys *keys = private_keys_new();
	BIO *bio = memory();
	size_t before = CRYPTO_secure_used();

	assert_int_equal(i2d_PrivateKey_bio(bio, fixture->large), 1);
	write_file(fixture, bio);
	assert_true(private_keys_load(keys, fixture->file, NULL, &errors));
	assert_true(CRYPTO_secure_used() >= before + 5 * 128); /* d, p, q and what follows from them */
	private_keys_free(keys);
	assert_int_equal(CRYPTO_secure_used(), before);
}

/* ---- premaster secrets ---- */

/* Encrypts for a key; `padding` as OpenSSL numbers it. */
static size_t encrypt(EVP_PKEY *key, int padding, const uint8_t *plain, size_t len, uint8_t out[256])
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	size_t out_len = 256;

	assert_int_equal(EVP_PKEY_encrypt_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, padding), 1);
	assert_int_equal(EVP_PKEY_encrypt(context, out, &out_len, plain, len), 1);
	EVP_PKEY_CTX_free(context);
	return out_len;
}

static void fill(uint8_t premaster[48])
{
	for (unsigned i = 0; i < 48; i++)
		premaster[i] = (uint8_t)(i * 5);
	premaster[0] = VERSION >> 8;
	premaster[1] = VERSION & 0xFF;
}

static struct private_keys *keys_with(const struct fixture *fixture, EVP_PKEY *const *list, size_t n)
{
	struct private_keys *keys = private_keys_new();
	struct errors errors = { 0 };

	assert_non_null(keys);
	for (size_t i = 0; i < n; i++) {
		BIO *bio = memory();

		assert_int_equal(PEM_write_bio_PrivateKey(bio, list[i], NULL, NULL, 0, NULL, NULL), 1);
		write_file(fixture, bio);
		assert_true(private_keys_load(keys, fixture->file, NULL, &errors));
	}
	assert_int_equal(private_keys_count(keys), n);
	return keys;
}

static void by_certificate(void **state)
{
	const struct fixture *fixture = *state;
	EVP_PKEY *const list[] = { fixture->large, fixture->small_too, fixture->small };
	struct private_keys *keys = keys_with(fixture, list, 3);
	uint8_t plain[48], out[48], encrypted[256];
	unsigned char *cert = NULL, *other = NULL;
	X509 *ec_cert = certify(fixture->ec);
	int cert_len = i2d_X509(fixture->cert, &cert), other_len = i2d_X509(ec_cert, &other);

	fill(plain);
	size_t len = encrypt(fixture->small, RSA_PKCS1_PADDING, plain, 48, encrypted);

	assert_int_equal(len, 128);
	assert_true(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len), bytes_of(encrypted, len), VERSION, out));
	assert_memory_equal(out, plain, 48);
	assert_false(private_keys_decrypt(keys, bytes_of(other, (size_t)other_len), bytes_of(encrypted, len), VERSION, out));
	assert_false(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len), bytes_of(encrypted, 0), VERSION, out));
	assert_false(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len), bytes_of(encrypted, 129), VERSION, out));
	/* a damaged certificate is one that is not known */
	assert_true(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len - 1), bytes_of(encrypted, len), VERSION, out));
	assert_memory_equal(out, plain, 48);
	private_keys_free(keys);

	/* of a certificate whose key we do not have nothing is tried */
	keys = keys_with(fixture, list, 2);
	assert_false(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len), bytes_of(encrypted, len), VERSION, out));
	private_keys_free(keys);
	keys = private_keys_new();
	assert_false(private_keys_decrypt(keys, bytes_of(cert, (size_t)cert_len), bytes_of(encrypted, len), VERSION, out));
	assert_false(private_keys_decrypt(keys, bytes_of(NULL, 0), bytes_of(encrypted, len), VERSION, out));
	private_keys_free(keys);
	private_keys_free(NULL);
	OPENSSL_free(cert);
	OPENSSL_free(other);
	X509_free(ec_cert);
}

/* Without a certificate the right one of several keys is found, wherever it stands. */
static void by_trying(void **state)
{
	const struct fixture *fixture = *state;
	EVP_PKEY *const list[] = { fixture->small, fixture->large, fixture->small_too, fixture->small };
	uint8_t plain[48], out[48], encrypted[256];

	fill(plain);
	for (size_t first = 0; first < 2; first++) {
		struct private_keys *keys = keys_with(fixture, list + first, 3);

		for (size_t i = 0; i < 3; i++) {
			size_t len = encrypt(list[i], RSA_PKCS1_PADDING, plain, 48, encrypted);

			assert_true(private_keys_decrypt(keys, bytes_of(NULL, 0), bytes_of(encrypted, len), VERSION, out));
			assert_memory_equal(out, plain, 48);
		}
		private_keys_free(keys);
	}
}

/* What is not right is answered with something made up, each time anew, by one key as by several. */
static void made_up(void **state)
{
	const struct fixture *fixture = *state;
	EVP_PKEY *const list[] = { fixture->small, fixture->large, fixture->small_too };
	uint8_t raw[128] = { 0, 3 }, plain[64], encrypted[4][256];
	size_t lens[4];

	fill(plain);
	memset(raw + 2, 0x77, sizeof raw - 2);
	raw[sizeof raw - 49] = 0;
	memcpy(raw + sizeof raw - 48, plain, 48);
	lens[0] = encrypt(fixture->small, RSA_NO_PADDING, raw, sizeof raw, encrypted[0]); /* block type 3 */
	lens[1] = encrypt(fixture->small, RSA_PKCS1_PADDING, plain, 47, encrypted[1]);
	lens[2] = encrypt(fixture->small, RSA_PKCS1_PADDING, plain, 49, encrypted[2]);
	plain[1] = 0x02;
	lens[3] = encrypt(fixture->small, RSA_PKCS1_PADDING, plain, 48, encrypted[3]); /* another version */
	for (size_t n = 1; n <= 3; n += 2) {
		struct private_keys *keys = keys_with(fixture, list, n);

		for (size_t i = 0; i < 4; i++) {
			struct bytes none = bytes_of(NULL, 0), message = bytes_of(encrypted[i], lens[i]);
			uint8_t once[48], again[48];

			assert_true(private_keys_decrypt(keys, none, message, VERSION, once));
			assert_true(private_keys_decrypt(keys, none, message, VERSION, again));
			assert_memory_not_equal(once, again, 48);
			assert_memory_not_equal(once + 2, plain + 2, 46);
		}
		private_keys_free(keys);
	}
}

struct crew {
	const struct private_keys *keys;
	struct bytes encrypted;
	bool failed;
	pthread_t thread;
};

static void *decrypt_often(void *context)
{
	struct crew *crew = context;
	uint8_t plain[48], out[48];

	fill(plain);
	for (unsigned i = 0; i < 50; i++)
		if (!private_keys_decrypt(crew->keys, bytes_of(NULL, 0), crew->encrypted, VERSION, out) ||
		    memcmp(out, plain, 48) != 0)
			crew->failed = true;
	return NULL;
}

static void any_thread(void **state)
{
	const struct fixture *fixture = *state;
	EVP_PKEY *const list[] = { fixture->small_too, fixture->small };
	struct private_keys *keys = keys_with(fixture, list, 2);
	uint8_t plain[48], encrypted[256];
	struct crew crew[4];

	fill(plain);
	size_t len = encrypt(fixture->small, RSA_PKCS1_PADDING, plain, 48, encrypted);

	for (size_t i = 0; i < 4; i++) {
		crew[i] = (struct crew){ .keys = keys, .encrypted = bytes_of(encrypted, len) };
		assert_int_equal(pthread_create(&crew[i].thread, NULL, decrypt_often, &crew[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(crew[i].thread, NULL);
		assert_false(crew[i].failed);
	}
	private_keys_free(keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traditional),
		cmocka_unit_test(pkcs8),
		cmocka_unit_test(der),
		cmocka_unit_test(pkcs12),
		cmocka_unit_test(several),
		cmocka_unit_test(not_for_us),
		cmocka_unit_test(damaged),
		cmocka_unit_test(kept_apart),
		cmocka_unit_test(by_certificate),
		cmocka_unit_test(by_trying),
		cmocka_unit_test(made_up),
		cmocka_unit_test(any_thread),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
