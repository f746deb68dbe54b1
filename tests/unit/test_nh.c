/* NH: every byte, the length, the domain and the key count; no index bit is idle. */
#include "sensor/base/nh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static bool equal(struct hash128 a, struct hash128 b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

static void every_byte_counts(void **state)
{
	static const size_t lens[] = { 0, 1, 7, 8, 15, 16, 17, 1023, 1024, 1025, 2047, 2048, 2500 };
	static uint8_t text[2500];
	struct nh_key key;

	(void)state;
	nh_key_random(&key);
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		struct hash128 before = nh_bytes(&key, 0, bytes_of(text, lens[i]));

		for (size_t at = 0; at < lens[i]; at++) {
			text[at] ^= 0x20;
			assert_false(equal(nh_bytes(&key, 0, bytes_of(text, lens[i])), before));
			text[at] ^= 0x20;
		}
		assert_true(equal(nh_bytes(&key, 0, bytes_of(text, lens[i])), before));
	}
}

/* Zeros fill the last block up: without the length "a" and "a\0" would be one. */
static void length_domain_and_key_count(void **state)
{
	static const uint8_t zeros[2100];
	struct nh_key key, other;

	(void)state;
	nh_key_random(&key);
	nh_key_random(&other);
	for (size_t len = 0; len < sizeof zeros; len += 7) {
		struct hash128 h = nh_bytes(&key, 1, bytes_of(zeros, len));

		assert_false(equal(h, nh_bytes(&key, 1, bytes_of(zeros, len + 1 < sizeof zeros ? len + 1 : 0))));
		assert_false(equal(h, nh_bytes(&key, 2, bytes_of(zeros, len))));
		assert_false(equal(h, nh_bytes(&other, 1, bytes_of(zeros, len))));
	}
}

/* Blocks that trade places, and lanes that were one. */
static void order_counts(void **state)
{
	static uint8_t text[3 * NH_BLOCK], swapped[3 * NH_BLOCK];
	struct nh_key key;

	(void)state;
	nh_key_random(&key);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i / NH_BLOCK);
	memcpy(swapped, text, sizeof text);
	memset(swapped, 1, NH_BLOCK);
	memset(swapped + NH_BLOCK, 0, NH_BLOCK);
	struct hash128 h = nh_bytes(&key, 0, bytes_of(text, sizeof text));

	assert_false(equal(h, nh_bytes(&key, 0, bytes_of(swapped, sizeof swapped))));
	assert_int_not_equal(h.lo, h.hi);
}

/* Keys that differ in a counter, as ports do, fill a table evenly: a thousand in 4,096 places collide about 115 times. */
static void words_spread(void **state)
{
	struct nh_key key;

	(void)state;
	nh_key_random(&key);
	for (unsigned shift = 0; shift <= 52; shift += 13) {
		uint8_t places[4096] = { 0 };
		unsigned n_taken = 0;

		for (uint64_t i = 0; i < 1000; i++) {
			uint64_t words[4] = { 0x0a000001, i << 16, 6, 0 };
			uint8_t *place = &places[nh_words(&key, words, 4) >> shift & 4095];

			n_taken += *place;
			*place = 1;
		}
		assert_in_range(n_taken, 60, 180);
	}
}

static void words_all_count(void **state)
{
	uint64_t words[NH_FIXED_WORDS] = { 0 };
	struct nh_key key;

	(void)state;
	nh_key_random(&key);
	uint64_t before = nh_words(&key, words, NH_FIXED_WORDS);

	for (size_t bit = 0; bit < 64 * NH_FIXED_WORDS; bit++) {
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
		assert_true(nh_words(&key, words, NH_FIXED_WORDS) != before);
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(length_domain_and_key_count),
		cmocka_unit_test(order_counts),
		cmocka_unit_test(words_spread),
		cmocka_unit_test(words_all_count),
	};

	return cmocka_run_group_tests_name("nh", tests, NULL, NULL);
}
