#include "dissectors/token/base64url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct {
	const char *in;
	const char *out;
	uint32_t flags;
} cases[] = {
	{ "", "", 0 },
	/* RFC 4648 10, without padding and with it */
	{ "Zg", "f", 0 },
	{ "Zm8", "fo", 0 },
	{ "Zm9v", "foo", 0 },
	{ "Zm9vYg", "foob", 0 },
	{ "Zm9vYmE", "fooba", 0 },
	{ "Zm9vYmFy", "foobar", 0 },
	{ "Zg==", "f", BASE64URL_PADDING },
	{ "Zm8=", "fo", BASE64URL_PADDING },
	{ "Zm9v====", "foo", BASE64URL_PADDING },
	{ "Zg==Zg==", "f\x06\x60", BASE64URL_PADDING },
	/* both alphabets */
	{ "-_-_", "\xFB\xFF\xBF", 0 },
	{ "+/+/", "\xFB\xFF\xBF", BASE64URL_ALPHABET },
	{ "-/-_", "\xFB\xFF\xBF", BASE64URL_ALPHABET },
	{ "Zm*9v", "foo", BASE64URL_ALPHABET },
	{ "Zm\x80" "9v", "foo", BASE64URL_ALPHABET },
	{ "\xFFZm9v", "foo", BASE64URL_ALPHABET },
	{ "Zm9v%3D", "foo\xDC", BASE64URL_ALPHABET | BASE64URL_BITS },
	{ "Zm9v,", "foo", BASE64URL_ALPHABET },
	/* white space */
	{ " Zm9v", "foo", BASE64URL_SPACE },
	{ "Zm\t9v", "foo", BASE64URL_SPACE },
	{ "Zm9v\r\n", "foo", BASE64URL_SPACE },
	{ "Z m 9 v Y g = =", "foob", BASE64URL_SPACE | BASE64URL_PADDING },
	{ "Zm9v\v", "foo", BASE64URL_ALPHABET },
	/* spare bits: 4 after one byte, 2 after two */
	{ "Zh", "f", BASE64URL_BITS },
	{ "Zo", "f", BASE64URL_BITS },
	{ "Zm9", "fo", BASE64URL_BITS },
	{ "Zm-", "fo", BASE64URL_BITS },
	{ "Zm9vZm9", "foofo", BASE64URL_BITS },
	/* one character alone says nothing, whatever its bits */
	{ "A", "", BASE64URL_LENGTH },
	{ "_", "", BASE64URL_LENGTH },
	{ "Zm9vA", "foo", BASE64URL_LENGTH },
	{ "Zm9v_===", "foo", BASE64URL_LENGTH | BASE64URL_PADDING },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t out[64];
		uint32_t flags = 0;
		size_t n = base64url_decode(bytes_text(cases[i].in), out, sizeof out, &flags);

		if (!bytes_equal(bytes_of(out, n), bytes_text(cases[i].out)) || flags != cases[i].flags)
			fail_msg("\"%s\": %zu bytes, flags %u", cases[i].in, n, flags);
		assert_int_equal(base64url_check(bytes_text(cases[i].in)), cases[i].flags);
		assert_true(n <= base64url_room(strlen(cases[i].in)));
	}
}

/* Nothing is written past the cap, wherever it falls. */
static void test_cut(void **state)
{
	const char *in = "Zm9vYmFyZm9vYmFyZm9vYmFy Zm9vYmFy";

	(void)state;
	for (size_t cap = 0; cap <= 24; cap++) {
		uint8_t out[32];
		uint32_t flags = 0;

		memset(out, 0xA5, sizeof out);
		assert_int_equal(base64url_decode(bytes_text(in), out, cap, &flags), cap);
		assert_memory_equal(out, "foobarfoobarfoobarfoobar", cap);
		assert_int_equal(out[cap], 0xA5);
		assert_int_equal(flags & BASE64URL_CUT, cap < 24 ? BASE64URL_CUT : 0);
	}
}

static void test_flags_add_up(void **state)
{
	uint8_t out[8];
	uint32_t flags = BASE64URL_CUT;

	(void)state;
	base64url_decode(bytes_text("Zm9v"), out, sizeof out, &flags);
	assert_int_equal(flags, BASE64URL_CUT);
}

static void test_values(void **state)
{
	unsigned n = 0;

	(void)state;
	for (int c = 0; c < 256; c++)
		n += base64url_value((uint8_t)c) >= 0;
	assert_int_equal(n, 66);
	assert_int_equal(base64url_value('A'), 0);
	assert_int_equal(base64url_value('z'), 51);
	assert_int_equal(base64url_value('9'), 61);
	assert_int_equal(base64url_value('+'), base64url_value('-'));
	assert_int_equal(base64url_value('/'), base64url_value('_'));
	assert_int_equal(base64url_value('='), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flags_add_up),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
