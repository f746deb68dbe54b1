#include "dissectors/token/base64reader.h"
#include "dissectors/token/base64url.h"
#include "tests/support/compact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Every length, against the decoder. */
static void test_bytes(void **state)
{
	uint8_t bytes[64], decoded[64];
	char text[100];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 151 + 3);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		struct bytes encoded = bytes_of(text, compact_encode(bytes_of(bytes, len), text));
		struct base64reader r;
		uint32_t flags = 0;

		assert_true(base64reader_init(&r, encoded));
		assert_int_equal(base64reader_left(&r), len);
		assert_int_equal(base64url_decode(encoded, decoded, sizeof decoded, &flags), len);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(base64reader_u8(&r), decoded[i]);
		assert_false(r.over);
		assert_int_equal(base64reader_u8(&r), 0);
		assert_true(r.over);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *text;
		bool good;
		size_t len;
	} cases[] = {
		{ "", true, 0 },      { "AA", true, 1 },     { "AA==", true, 1 },
		{ "AAA=", true, 2 },  { "AAAA====", true, 3 }, { "=", true, 0 },
		{ "+/-_", true, 3 },  { "A", false, 0 },     { "AAAAA", false, 0 },
		{ "AA A", false, 0 }, { "AA=A", false, 0 },  { "AA.A", false, 0 },
		{ "AA\xFF" "A", false, 0 },
	};
	struct base64reader r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (base64reader_init(&r, bytes_text(cases[i].text)) != cases[i].good)
			fail_msg("\"%s\"", cases[i].text);
		assert_int_equal(base64reader_left(&r), cases[i].len);
		if (!cases[i].good)
			assert_int_equal(base64reader_u8(&r), 0);
	}
}

static void test_varints(void **state)
{
	static const struct {
		uint8_t bytes[11];
		size_t len;
		bool good;
		uint64_t value;
	} cases[] = {
		{ { 0 }, 1, true, 0 },
		{ { 0x7F }, 1, true, 127 },
		{ { 0x80, 1 }, 2, true, 128 },
		{ { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, 5, true, UINT32_MAX },
		{ { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, 10, true, UINT64_MAX },
		{ { 0x80, 0 }, 2, true, 0 },
		{ { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2 }, 10, false, 0 },
		{ { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0 }, 11, false, 0 },
		{ { 0x80 }, 1, false, 0 },
		{ { 0 }, 0, false, 0 },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct base64reader r;

		assert_true(base64reader_init(&r, bytes_of(text, compact_encode(bytes_of(cases[i].bytes, cases[i].len), text))));
		assert_int_equal(base64reader_varint(&r), cases[i].value);
		assert_int_equal(!r.over, cases[i].good);
		if (cases[i].good)
			assert_int_equal(base64reader_left(&r), 0);
	}
}

static void test_parts(void **state)
{
	struct base64reader r, part;
	uint8_t out[4] = { 9, 9, 9, 9 };

	(void)state;
	assert_true(base64reader_init(&r, bytes_text("AAECAwQF"))); /* 0 1 2 3 4 5 */
	base64reader_skip(&r, 1);
	part = base64reader_part(&r, 3);
	assert_int_equal(base64reader_left(&part), 3);
	assert_int_equal(base64reader_left(&r), 2);
	assert_int_equal(base64reader_u8(&part), 1);
	base64reader_copy(&part, out, 4);
	assert_true(part.over);
	assert_memory_equal(out, "\2\3\0\0", 4);
	assert_int_equal(base64reader_u8(&r), 4);
	part = base64reader_part(&r, 2);
	assert_true(part.over && r.over);
	assert_int_equal(base64reader_left(&part), 0);
	assert_true(base64reader_init(&r, bytes_text("AAECAwQF")));
	part = base64reader_part(&r, UINT64_MAX);
	assert_true(part.over && r.over);
	assert_true(base64reader_init(&r, bytes_text("AAECAwQF")));
	part = base64reader_part(&r, 6);
	assert_false(part.over || r.over);
	assert_int_equal(base64reader_left(&r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_varints),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
