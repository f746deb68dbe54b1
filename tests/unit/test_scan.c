/* Every scan against the obvious loop, for every byte value at every place, in memory of exactly its size. */
#include "sensor/base/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LEN_CAP = 211 };

static const char set[4] = { '%', '@', '=', (char)0xe4 };

/* All of `fill`, but `c` at `place` and, which must not be taken for the first, behind it. */
static uint8_t *text_new(size_t len, uint8_t fill, size_t place, uint8_t c)
{
	uint8_t *text = malloc(len ? len : 1);

	assert_non_null(text);
	memset(text, fill, len);
	for (size_t i = place; i < len; i += 3)
		text[i] = c;
	return text;
}

static size_t low_slowly(struct bytes b, uint8_t most)
{
	size_t i = 0;

	while (i < b.len && b.data[i] > most)
		i++;
	return i;
}

static size_t any_slowly(struct bytes b)
{
	size_t i = 0;

	while (i < b.len && !memchr(set, b.data[i], sizeof set))
		i++;
	return i;
}

static bool is_name(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static size_t name_slowly(struct bytes b)
{
	size_t i = 0;

	while (i < 16 && is_name(b.data[i]))
		i++;
	return i;
}

static void check(struct bytes b)
{
	static const uint8_t mosts[] = { 0, '\r', ' ', 126 };
	const uint8_t *end = b.data + b.len;

	for (size_t i = 0; i < sizeof mosts; i++) {
		assert_int_equal(scan_low(b.data, end, mosts[i]) - b.data, low_slowly(b, mosts[i]));
		assert_int_equal(scan_low_words(b.data, end, mosts[i]) - b.data, low_slowly(b, mosts[i]));
	}
	assert_int_equal(scan_any(b.data, end, set) - b.data, any_slowly(b));
	assert_int_equal(scan_any_words(b.data, end, set) - b.data, any_slowly(b));
#ifdef __SSE2__
	if (b.len >= 16)
		assert_int_equal(scan_name16(b.data), name_slowly(b));
#else
	(void)name_slowly;
#endif
}

static void test_every_byte(void **state)
{
	static const uint8_t fills[] = { 'a', 'Z', '9', 0xff, 0x80, 0x7f };

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		for (size_t place = c % 3; place < LEN_CAP; place += 3) {
			uint8_t *text = text_new(LEN_CAP, fills[(c + place) % sizeof fills], place, (uint8_t)c);

			check(bytes_of(text, LEN_CAP));
			free(text);
		}
	}
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < LEN_CAP; len++) {
		for (size_t place = 0; place <= len; place++) {
			uint8_t *text = text_new(len, 'a', place, place % 2 ? '\n' : '=');

			check(bytes_of(text, len));
			free(text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_byte), cmocka_unit_test(test_every_length) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
