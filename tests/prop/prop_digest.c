/* digest and index: base64 is decoded as character by character, a digest is read in each spelling and in no other, and
 * a name is found where a walk over all names finds it. Seed from the first argument, or 1. */
#include "sensor/trust/digest.h"
#include "sensor/trust/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 100000, INDICES = 300, NAMES = 40 };

static uint64_t seed = 1;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *random, size_t n)
{
	return (size_t)(next_random(random) >> 11) % n;
}

static int naive_value(uint8_t c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char *at = c ? strchr(alphabet, c) : NULL;

	if (at)
		return (int)(at - alphabet);
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

static size_t naive_base64(struct bytes text, uint8_t *out, size_t cap)
{
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;

	for (int pads = 0; pads < 2 && text.len && text.data[text.len - 1] == '='; pads++)
		text.len--;
	if (text.len % 4 == 1)
		return SIZE_MAX;
	for (size_t i = 0; i < text.len; i++) {
		int value = naive_value(text.data[i]);

		if (value < 0)
			return SIZE_MAX;
		bits = bits << 6 | (uint32_t)value;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		if (n == cap)
			return SIZE_MAX;
		out[n++] = (uint8_t)(bits >> n_bits);
	}
	return n;
}

static void base64(void **state)
{
	static const char near[] = "AZaz09-_+/=.,:;@[`{ \x7f";
	uint64_t random = seed;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		size_t len = below(&random, 70), cap = below(&random, 4) ? 64 : below(&random, 40);
		uint8_t text[72], want[64], got[64];

		for (size_t i = 0; i < len; i++)
			text[i] = (uint8_t)near[below(&random, below(&random, 40) ? 10 : sizeof near - 1)];
		if (len && !below(&random, 50))
			text[below(&random, len)] = (uint8_t)next_random(&random);
		size_t pads = below(&random, 4);

		for (size_t i = 0; i < pads && i < len; i++)
			text[len - 1 - i] = '=';
		size_t n = naive_base64(bytes_of(text, len), want, cap);

		assert_int_equal(digest_base64(bytes_of(text, len), got, cap), n);
		if (n != SIZE_MAX)
			assert_memory_equal(got, want, n);
		for (size_t size = DIGEST_SHA1_LEN; size <= DIGEST_SHA256_LEN; size += 12) {
			bool is = len < 2 * size && naive_base64(bytes_of(text, len), want, size) == size;

			if (len == 2 * size)
				continue;
			assert_int_equal(digest_parse(bytes_of(text, len), got, size), is);
			if (is)
				assert_true(digest_first(bytes_of(text, len), size, got) && got[0] == want[0]);
			if (is)
				assert_true(digest_parse(bytes_of(text, len), got, size));
			if (is)
				assert_memory_equal(got, want, size);
		}
	}
}

static void hex(void **state)
{
	uint64_t random = seed;

	(void)state;
	for (size_t round = 0; round < ROUNDS / 10; round++) {
		size_t size = round % 2 ? DIGEST_SHA1_LEN : DIGEST_SHA256_LEN;
		uint8_t want[DIGEST_SHA256_LEN], got[DIGEST_SHA256_LEN];
		char text[2 * DIGEST_SHA256_LEN + 1];

		for (size_t i = 0; i < size; i++) {
			want[i] = (uint8_t)next_random(&random);
			snprintf(text + 2 * i, 3, below(&random, 2) ? "%02x" : "%02X", want[i]);
		}
		assert_true(digest_parse(bytes_of(text, 2 * size), got, size));
		assert_memory_equal(got, want, size);
		assert_true(digest_first(bytes_of(text, 2 * size), size, got) && got[0] == want[0]);
		text[below(&random, 2 * size)] = "g/:@G`"[below(&random, 6)];
		assert_false(digest_parse(bytes_of(text, 2 * size), got, size));
	}
}

/* Names of few letters and any length, so that many share their beginning. */
static struct bytes make_name(uint8_t name[72], uint64_t *random)
{
	static const char letters[] = "ab\0\xff";
	size_t len = below(random, 4) ? below(random, 12) : below(random, 72);

	for (size_t i = 0; i < len; i++)
		name[i] = (uint8_t)letters[below(random, 10) ? 0 : below(random, 4)];
	return bytes_of(name, len);
}

/* A digest is found under every spelling, and under none that is off by a byte. */
static void digests(void **state)
{
	uint64_t random = seed;

	(void)state;
	for (size_t round = 0; round < INDICES; round++) {
		static uint8_t raw[NAMES][DIGEST_SHA1_LEN];
		struct index index = { 0 };

		for (size_t i = 0; i < NAMES; i++) {
			for (size_t k = 0; k < DIGEST_SHA1_LEN; k++)
				raw[i][k] = (uint8_t)next_random(&random);
			assert_true(index_add(&index, bytes_of(raw[i], DIGEST_SHA1_LEN), (uint32_t)i));
		}
		index_sort(&index);
		for (size_t i = 0; i < NAMES; i++) {
			char text[2 * DIGEST_SHA1_LEN + 1];
			size_t len = digest_base64url(bytes_of(raw[i], DIGEST_SHA1_LEN), (uint8_t *)text);
			struct index_hits hits = index_find_digest(&index, bytes_of(text, len), DIGEST_SHA1_LEN);

			assert_int_equal(hits.n, 1);
			assert_int_equal(hits.entries[0].number, i);
			assert_int_equal(index_find_digest(&index, bytes_of(text, len), DIGEST_SHA256_LEN).n, 0);
			assert_int_equal(index_find_digest(&index, bytes_of(text, len - 1), DIGEST_SHA1_LEN).n, 0);
			text[below(&random, len - 1)] ^= 1;
			assert_int_equal(index_find_digest(&index, bytes_of(text, len), DIGEST_SHA1_LEN).n, 0);
			for (size_t k = 0; k < DIGEST_SHA1_LEN; k++)
				snprintf(text + 2 * k, 3, "%02x", raw[i][k]);
			assert_int_equal(index_find_digest(&index, bytes_text(text), DIGEST_SHA1_LEN).n, 1);
		}
		index_fini(&index);
	}
}

static void names(void **state)
{
	uint64_t random = seed;

	(void)state;
	for (size_t round = 0; round < INDICES; round++) {
		static uint8_t texts[NAMES][72];
		struct bytes all[NAMES];
		struct index index = { 0 };
		size_t n_names = below(&random, NAMES);

		for (size_t i = 0; i < n_names; i++) {
			all[i] = make_name(texts[i], &random);
			assert_true(index_add(&index, all[i], (uint32_t)i));
		}
		index_sort(&index);
		for (size_t i = 0; i < 4 * NAMES; i++) {
			uint8_t text[72];
			struct bytes name = i < n_names ? all[i] : make_name(text, &random);
			struct index_hits hits = index_find(&index, name);
			size_t n = 0;

			for (size_t k = 0; k < n_names && name.len; k++)
				if (bytes_equal(all[k], name)) {
					assert_true(n < hits.n);
					assert_int_equal(hits.entries[n++].number, k);
				}
			assert_int_equal(hits.n, n);
		}
		index_fini(&index);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(hex),
		cmocka_unit_test(names),
		cmocka_unit_test(digests),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (n_failed)
		printf("seed %" PRIu64 "\n", seed);
	return n_failed;
}
