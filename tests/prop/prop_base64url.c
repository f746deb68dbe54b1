/* base64url: decoding undoes encoding, and of all texts that decode to the same bytes only one has no flag. */
#include "dissectors/token/base64url.h"
#include "tests/support/compact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { SEED = 20230711, ROUNDS = 100000 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char odd[] = "+/= \t\r\n*.%\x80";

static unsigned seed = SEED;

static unsigned any(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint8_t in[200], out[200];
		char text[300];
		size_t len = any(round % 8 ? 24 : sizeof in), n, n_out;
		uint32_t flags = 0;

		for (size_t i = 0; i < len; i++)
			in[i] = (uint8_t)any(256);
		n = compact_encode(bytes_of(in, len), text);
		n_out = base64url_decode(bytes_of(text, n), out, sizeof out, &flags);
		if (n_out != len || memcmp(in, out, len) != 0 || flags)
			fail_msg("seed %d, round %u, %zu bytes, flags %u", SEED, round, len, flags);
		assert_int_equal(base64url_check(bytes_of(text, n)), 0);
	}
}

/* Texts of the alphabet and some odd characters: no flag if and only if encoding what they decode to gives them. */
static void test_one_spelling(void **state)
{
	unsigned n_clean = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		char text[40], again[48];
		uint8_t out[40];
		size_t len = any(14), n;
		uint32_t flags = 0;

		for (size_t i = 0; i < len; i++)
			text[i] = any(12) ? alphabet[any(64)] : odd[any(sizeof odd - 1)];
		n = base64url_decode(bytes_of(text, len), out, sizeof out, &flags);
		n = compact_encode(bytes_of(out, n), again);
		if ((flags == 0) != (n == len && memcmp(text, again, n) == 0))
			fail_msg("seed %d, round %u: \"%.*s\", flags %u", SEED, round, (int)len, text, flags);
		assert_int_equal(base64url_check(bytes_of(text, len)), flags);
		n_clean += flags == 0;
	}
	assert_true(n_clean > ROUNDS / 20 && n_clean < ROUNDS / 2);
}

/* All texts of two and three characters: as many are clean as there are values of one and two bytes. */
static void test_all_short(void **state)
{
	unsigned clean[2] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 64 * 64 * 64; i++) {
		char text[3] = { alphabet[i >> 12], alphabet[i >> 6 & 63], alphabet[i & 63] };

		clean[0] += i < 64 * 64 && base64url_check(bytes_of(text + 1, 2)) == 0;
		clean[1] += base64url_check(bytes_of(text, 3)) == 0;
	}
	assert_int_equal(clean[0], 256);
	assert_int_equal(clean[1], 65536);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_one_spelling),
		cmocka_unit_test(test_all_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
