/* hkdf: the vectors of RFC 8448 3 (a connection's secrets and keys); what does not fit; one object for many secrets. */
#include "sensor/secrets/hkdf.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const struct vector {
	const char *digest, *secret, *label, *out;
} vectors[] = {
	{ "SHA256", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "key", "dbfaa693d1762c5b666af5d950258d01" },
	{ "SHA256", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "iv", "5bd3c71b836e0b76bb73265f" },
	{ "SHA256", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "finished",
	    "b80ad01015fb2f0bd65ff7d4da5d6bf83f84821d1f87fdc7d3c75b5a7b42d9c4" },
	{ "SHA256", "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "finished",
	    "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8" },
	{ "SHA384", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f", "key",
	    "6877d022f1c61d24ebb7487c16752d9a4798e40431c75b39320e537c90e23225" },
};

enum { N_VECTORS = sizeof vectors / sizeof vectors[0] };

static void check(struct hkdf *hkdf, const struct vector *vector)
{
	size_t secret_len, len;
	uint8_t *secret = hex_bytes(vector->secret, &secret_len), *want = hex_bytes(vector->out, &len), *got = malloc(len);
	const struct hkdf_key key = { vector->label, got, len };

	assert_non_null(got);
	assert_true(hkdf_expand_label(hkdf, vector->digest, bytes_of(secret, secret_len), &key, 1));
	assert_memory_equal(got, want, len);
	free(secret);
	free(want);
	free(got);
}

static void test_vectors_in_any_order(void **state)
{
	struct hkdf hkdf = { .crypto = *state };

	for (size_t i = 0; i < 3 * N_VECTORS; i++)
		check(&hkdf, &vectors[i * 2 % N_VECTORS]);
	hkdf_fini(&hkdf);
}

static void test_several_keys_of_a_secret(void **state)
{
	struct hkdf hkdf = { .crypto = *state };
	uint8_t key[16], iv[12], again[16];
	const struct hkdf_key keys[] = { { "key", key, 16 }, { "iv", iv, 12 }, { "key", again, 16 } };
	size_t secret_len, len;
	uint8_t *secret = hex_bytes(vectors[0].secret, &secret_len), *want_key = hex_bytes(vectors[0].out, &len);
	uint8_t *want_iv = hex_bytes(vectors[1].out, &len);

	assert_true(hkdf_expand_label(&hkdf, "SHA256", bytes_of(secret, secret_len), keys, 3));
	assert_memory_equal(key, want_key, 16);
	assert_memory_equal(iv, want_iv, 12);
	assert_memory_equal(again, want_key, 16);
	free(secret);
	free(want_key);
	free(want_iv);
	hkdf_fini(&hkdf);
}

static void test_what_does_not_fit_is_refused(void **state)
{
	struct hkdf hkdf = { .crypto = *state }, none = { .crypto = NULL };
	uint8_t secret[64] = { 0 }, out[64];
	const struct hkdf_key fits = { "key", out, 32 }, too_long = { "key", out, 33 };
	const struct hkdf_key wordy = { "a label that is as long as no label is", out, 16 };

	for (size_t len = 0; len <= sizeof secret; len++) {
		assert_int_equal(hkdf_expand_label(&hkdf, "SHA256", bytes_of(secret, len), &fits, 1), len == 32);
		assert_int_equal(hkdf_expand_label(&hkdf, "SHA384", bytes_of(secret, len), &fits, 1), len == 48);
	}
	assert_false(hkdf_expand_label(&hkdf, "SHA256", bytes_of(secret, 32), &too_long, 1));
	assert_false(hkdf_expand_label(&hkdf, "SHA256", bytes_of(secret, 32), &wordy, 1));
	assert_false(hkdf_expand_label(&hkdf, "SHA1", bytes_of(secret, 20), &fits, 1));
	assert_false(hkdf_expand_label(&none, "SHA256", bytes_of(secret, 32), &fits, 1));
	check(&hkdf, &vectors[0]);
	hkdf_fini(&hkdf);
	hkdf_fini(&none);
}

static int setup(void **state)
{
	*state = crypto_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_in_any_order),
		cmocka_unit_test(test_several_keys_of_a_secret),
		cmocka_unit_test(test_what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
