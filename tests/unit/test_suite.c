/* suite: ids and names as OpenSSL has them, and what a name says against what is noted and what OpenSSL's ciphers are like. */
#include "sensor/secrets/crypto.h"
#include "sensor/secrets/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <openssl/evp.h>

/* openssl ciphers -stdname -V 'ALL:COMPLEMENTOFALL:@SECLEVEL=0', of OpenSSL 3.0 as Debian 12 has it. */
static const struct known {
	uint16_t id;
	const char *name;
} known[] = {
	{ 0x0001, "TLS_RSA_WITH_NULL_MD5" },
	{ 0x0002, "TLS_RSA_WITH_NULL_SHA" },
	{ 0x002C, "TLS_PSK_WITH_NULL_SHA" },
	{ 0x002D, "TLS_DHE_PSK_WITH_NULL_SHA" },
	{ 0x002E, "TLS_RSA_PSK_WITH_NULL_SHA" },
	{ 0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA" },
	{ 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA" },
	{ 0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA" },
	{ 0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x003A, "TLS_DH_anon_WITH_AES_256_CBC_SHA" },
	{ 0x003B, "TLS_RSA_WITH_NULL_SHA256" },
	{ 0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256" },
	{ 0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0044, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0046, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x006A, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256" },
	{ 0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x006C, "TLS_DH_anon_WITH_AES_128_CBC_SHA256" },
	{ 0x006D, "TLS_DH_anon_WITH_AES_256_CBC_SHA256" },
	{ 0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0087, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0089, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x008C, "TLS_PSK_WITH_AES_128_CBC_SHA" },
	{ 0x008D, "TLS_PSK_WITH_AES_256_CBC_SHA" },
	{ 0x0090, "TLS_DHE_PSK_WITH_AES_128_CBC_SHA" },
	{ 0x0091, "TLS_DHE_PSK_WITH_AES_256_CBC_SHA" },
	{ 0x0094, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA" },
	{ 0x0095, "TLS_RSA_PSK_WITH_AES_256_CBC_SHA" },
	{ 0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0x00A2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256" },
	{ 0x00A3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384" },
	{ 0x00A6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256" },
	{ 0x00A7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384" },
	{ 0x00A8, "TLS_PSK_WITH_AES_128_GCM_SHA256" },
	{ 0x00A9, "TLS_PSK_WITH_AES_256_GCM_SHA384" },
	{ 0x00AA, "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256" },
	{ 0x00AB, "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384" },
	{ 0x00AC, "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256" },
	{ 0x00AD, "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384" },
	{ 0x00AE, "TLS_PSK_WITH_AES_128_CBC_SHA256" },
	{ 0x00AF, "TLS_PSK_WITH_AES_256_CBC_SHA384" },
	{ 0x00B0, "TLS_PSK_WITH_NULL_SHA256" },
	{ 0x00B1, "TLS_PSK_WITH_NULL_SHA384" },
	{ 0x00B2, "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256" },
	{ 0x00B3, "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384" },
	{ 0x00B4, "TLS_DHE_PSK_WITH_NULL_SHA256" },
	{ 0x00B5, "TLS_DHE_PSK_WITH_NULL_SHA384" },
	{ 0x00B6, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA256" },
	{ 0x00B7, "TLS_RSA_PSK_WITH_AES_256_CBC_SHA384" },
	{ 0x00B8, "TLS_RSA_PSK_WITH_NULL_SHA256" },
	{ 0x00B9, "TLS_RSA_PSK_WITH_NULL_SHA384" },
	{ 0x00BA, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x00BD, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x00BE, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x00BF, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x00C0, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x00C3, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x00C4, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x00C5, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0xC006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA" },
	{ 0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
	{ 0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
	{ 0xC010, "TLS_ECDHE_RSA_WITH_NULL_SHA" },
	{ 0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0xC015, "TLS_ECDH_anon_WITH_NULL_SHA" },
	{ 0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA" },
	{ 0xC019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA" },
	{ 0xC01D, "TLS_SRP_SHA_WITH_AES_128_CBC_SHA" },
	{ 0xC01E, "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA" },
	{ 0xC01F, "TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA" },
	{ 0xC020, "TLS_SRP_SHA_WITH_AES_256_CBC_SHA" },
	{ 0xC021, "TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA" },
	{ 0xC022, "TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA" },
	{ 0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
	{ 0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
	{ 0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
	{ 0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xC035, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA" },
	{ 0xC036, "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA" },
	{ 0xC037, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256" },
	{ 0xC038, "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384" },
	{ 0xC039, "TLS_ECDHE_PSK_WITH_NULL_SHA" },
	{ 0xC03A, "TLS_ECDHE_PSK_WITH_NULL_SHA256" },
	{ 0xC03B, "TLS_ECDHE_PSK_WITH_NULL_SHA384" },
	{ 0xC050, "TLS_RSA_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC051, "TLS_RSA_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC052, "TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC053, "TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC056, "TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC057, "TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC05C, "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC05D, "TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC060, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC061, "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC06A, "TLS_PSK_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC06B, "TLS_PSK_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC06C, "TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC06D, "TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC06E, "TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256" },
	{ 0xC06F, "TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384" },
	{ 0xC072, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC073, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC077, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC094, "TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC095, "TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC096, "TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC097, "TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC098, "TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC099, "TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC09A, "TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xC09B, "TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xC09C, "TLS_RSA_WITH_AES_128_CCM" },
	{ 0xC09D, "TLS_RSA_WITH_AES_256_CCM" },
	{ 0xC09E, "TLS_DHE_RSA_WITH_AES_128_CCM" },
	{ 0xC09F, "TLS_DHE_RSA_WITH_AES_256_CCM" },
	{ 0xC0A0, "TLS_RSA_WITH_AES_128_CCM_8" },
	{ 0xC0A1, "TLS_RSA_WITH_AES_256_CCM_8" },
	{ 0xC0A2, "TLS_DHE_RSA_WITH_AES_128_CCM_8" },
	{ 0xC0A3, "TLS_DHE_RSA_WITH_AES_256_CCM_8" },
	{ 0xC0A4, "TLS_PSK_WITH_AES_128_CCM" },
	{ 0xC0A5, "TLS_PSK_WITH_AES_256_CCM" },
	{ 0xC0A6, "TLS_DHE_PSK_WITH_AES_128_CCM" },
	{ 0xC0A7, "TLS_DHE_PSK_WITH_AES_256_CCM" },
	{ 0xC0A8, "TLS_PSK_WITH_AES_128_CCM_8" },
	{ 0xC0A9, "TLS_PSK_WITH_AES_256_CCM_8" },
	{ 0xC0AA, "TLS_PSK_DHE_WITH_AES_128_CCM_8" },
	{ 0xC0AB, "TLS_PSK_DHE_WITH_AES_256_CCM_8" },
	{ 0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM" },
	{ 0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM" },
	{ 0xC0AE, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8" },
	{ 0xC0AF, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8" },
	{ 0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCAB, "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCAC, "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCAD, "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCAE, "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256" },
};

static void test_names_are_openssl_s(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const struct suite *suite = suite_find(known[i].id);

		if (!suite)
			fail_msg("%s is not known", known[i].name);
		assert_string_equal(suite->name, known[i].name);
		assert_string_equal(suite_name(known[i].id), known[i].name);
	}
}

static void test_ids_find_themselves(void **state)
{
	unsigned n_suites = 0, n_names = 0;

	(void)state;
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		const struct suite *suite = suite_find((uint16_t)id);
		const char *name = suite_name((uint16_t)id);

		n_suites += suite != NULL;
		n_names += name != NULL;
		if (suite) {
			assert_int_equal(suite->id, id);
			assert_ptr_equal(suite->name, name);
		}
		if (name)
			assert_int_equal(strncmp(name, "TLS_", 4), 0);
	}
	assert_int_equal(n_suites, 310);
	assert_int_equal(n_names, 352);
}

static void test_names_differ(void **state)
{
	(void)state;
	for (unsigned a = 0; a <= UINT16_MAX; a++)
		for (unsigned b = a + 1; suite_name((uint16_t)a) && b <= a + 512 && b <= UINT16_MAX; b++)
			if (suite_name((uint16_t)b))
				assert_string_not_equal(suite_name((uint16_t)a), suite_name((uint16_t)b));
}

static void test_what_cannot_be_opened(void **state)
{
	static const struct known none[] = { { 0x0000, "TLS_NULL_WITH_NULL_NULL" },
		{ 0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" }, { 0x5600, "TLS_FALLBACK_SCSV" },
		{ 0xc08b, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384" }, { 0x00c6, "TLS_SM4_GCM_SM3" },
		{ 0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT" } };
	static const uint16_t nobody[] = { 0x0a0a, 0xfafa, 0x1300, 0x1308, 0x005a, 0x00c8, 0xc000, 0xc0b6, 0xcca7,
	    0xccaf, 0xffff };

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		assert_null(suite_find(none[i].id));
		assert_string_equal(suite_name(none[i].id), none[i].name);
	}
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
		assert_null(suite_name(nobody[i]));
}

static bool has(const char *name, const char *part)
{
	return strstr(name, part) != NULL;
}

static bool ends(const char *name, const char *part)
{
	size_t len = strlen(name), part_len = strlen(part);

	return len >= part_len && strcmp(name + len - part_len, part) == 0;
}

static void check_mac(const struct suite *suite)
{
	static const struct digest {
		const char *end, *mac;
		uint8_t len;
	} digests[] = { { "_MD5", "MD5", 16 }, { "_SHA", "SHA1", 20 }, { "_SHA256", "SHA256", 32 }, { "_SHA384", "SHA384", 48 } };
	bool aead = suite->kind == SUITE_AEAD || suite->kind == SUITE_CHACHA;

	assert_string_equal(suite->prf, ends(suite->name, "SHA384") ? "SHA384" : "SHA256");
	assert_int_equal(aead, has(suite->name, "GCM") || has(suite->name, "CCM") || has(suite->name, "POLY1305"));
	if (aead) {
		assert_null(suite->mac);
		assert_int_equal(suite->mac_len, 0);
		assert_int_equal(suite->tag_len, has(suite->name, "CCM_8") ? 8 : 16);
		return;
	}
	assert_int_equal(suite->tag_len, 0);
	for (size_t i = 0; i < 4; i++)
		if (ends(suite->name, digests[i].end)) {
			assert_string_equal(suite->mac, digests[i].mac);
			assert_int_equal(suite->mac_len, digests[i].len);
			return;
		}
	fail_msg("%s: no digest", suite->name);
}

static void check_iv(const struct suite *suite)
{
	bool tls13 = (suite->id & 0xff00) == 0x1300;

	assert_int_equal(suite->tls13, tls13);
	assert_int_equal(suite->rsa, strncmp(suite->name, "TLS_RSA_WITH_", 13) == 0);
	if (suite->kind == SUITE_AEAD)
		assert_int_equal(suite->iv_len, tls13 ? 12 : 4);
	if (suite->kind == SUITE_CHACHA)
		assert_int_equal(suite->iv_len, 12);
	assert_int_equal(suite->explicit_len, suite->kind == SUITE_AEAD && !tls13 ? 8 : 0);
	assert_int_equal(suite->block_len != 0, has(suite->name, "CBC"));
}

/* False: OpenSSL has no such cipher. */
static bool check_cipher(const struct crypto *crypto, const struct suite *suite)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(crypto_context(crypto), suite->cipher, NULL);

	if (!cipher)
		return false;
	assert_int_equal(EVP_CIPHER_get_key_length(cipher), suite->key_len);
	if (suite->kind == SUITE_BLOCK) {
		assert_int_equal(EVP_CIPHER_get_mode(cipher), EVP_CIPH_CBC_MODE);
		assert_int_equal(EVP_CIPHER_get_block_size(cipher), suite->block_len);
		assert_int_equal(EVP_CIPHER_get_iv_length(cipher), suite->iv_len);
	}
	EVP_CIPHER_free(cipher);
	return true;
}

static void test_a_name_says_it_all(void **state)
{
	struct crypto *crypto = crypto_new();

	(void)state;
	assert_non_null(crypto);
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		const struct suite *suite = suite_find((uint16_t)id);

		if (!suite)
			continue;
		check_mac(suite);
		check_iv(suite);
		assert_int_equal(suite->cipher == NULL, has(suite->name, "_NULL_"));
		/* some builds of OpenSSL leave IDEA out */
		if (suite->cipher && !check_cipher(crypto, suite) && !has(suite->name, "IDEA"))
			fail_msg("OpenSSL has no %s", suite->cipher);
	}
	crypto_free(crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_openssl_s),
		cmocka_unit_test(test_ids_find_themselves),
		cmocka_unit_test(test_names_differ),
		cmocka_unit_test(test_what_cannot_be_opened),
		cmocka_unit_test(test_a_name_says_it_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
