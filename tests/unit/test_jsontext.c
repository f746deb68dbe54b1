#include "dissectors/token/jsontext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* Reads to the end. Writes one letter an event. */
static enum jsontext_event run(struct bytes b, struct jsontext *text, char *events, size_t cap)
{
	static const char letters[] = "!.{}[]:snTFN";
	enum jsontext_event event;
	size_t n = 0;

	jsontext_init(text, b);
	do {
		event = jsontext_next(text);
		if (n < cap - 1)
			events[n++] = letters[event];
	} while (event > JSONTEXT_END);
	events[n] = '\0';
	return event;
}

static bool valid(struct bytes b, uint32_t *faults)
{
	struct jsontext text;
	char events[64];
	bool end = run(b, &text, events, sizeof events) == JSONTEXT_END;

	*faults = text.faults;
	return end && jsontext_rest(&text).len == 0 && !(text.faults & JSONTEXT_INVALID);
}

static void test_events(void **state)
{
	static const struct {
		const char *in, *events;
	} cases[] = {
		{ "{}", "{}." },
		{ " { } ", "{}." },
		{ "[]", "[]." },
		{ "7", "n." },
		{ "\"x\"", "s." },
		{ "null", "N." },
		{ "{\"a\":1,\"b\":[true,false,null,\"x\"],\"c\":{\"d\":{}}}", "{:n:[TFNs]:{:{}}}." },
		{ "[[],[[]],{}]", "[[][[]]{}]." },
		{ "{\"a\":1}x", "{:n}." },
		{ "{\"a\":1,}", "{:n!" },
		{ "[1,]", "[n!" },
		{ "[,1]", "[!" },
		{ "{,}", "{!" },
		{ "{\"a\"}", "{!" },
		{ "{\"a\":}", "{:!" },
		{ "{\"a\" 1}", "{!" },
		{ "{\"a\":1 \"b\":2}", "{:n!" },
		{ "{a:1}", "{!" },
		{ "{'a':1}", "{!" },
		{ "{1:1}", "{!" },
		{ "[1}", "[n!" },
		{ "{\"a\":1]", "{:n!" },
		{ "{\"a\":1", "{:n!" },
		{ "[", "[!" },
		{ "", "!" },
		{ " ", "!" },
		{ "/**/{}", "!" },
		{ "{}/**/", "{}." },
		{ "{/**/}", "{!" },
		{ "]", "!" },
		{ "}", "!" },
		{ ":", "!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct jsontext text;
		char events[64];

		run(bytes_text(cases[i].in), &text, events, sizeof events);
		assert_string_equal(events, cases[i].events);
	}
}

/* One event after the end or an error is like the last one. */
static void test_stays(void **state)
{
	struct jsontext text;

	(void)state;
	jsontext_init(&text, bytes_text("1 2"));
	assert_int_equal(jsontext_next(&text), JSONTEXT_NUMBER);
	assert_int_equal(jsontext_next(&text), JSONTEXT_END);
	assert_int_equal(jsontext_next(&text), JSONTEXT_END);
	assert_true(bytes_is(jsontext_rest(&text), "2"));
	jsontext_init(&text, bytes_text("[x]"));
	(void)jsontext_next(&text);
	assert_int_equal(jsontext_next(&text), JSONTEXT_ERROR);
	assert_int_equal(jsontext_next(&text), JSONTEXT_ERROR);
}

static void test_scalars(void **state)
{
	static const char *const good[] = { "0", "-0", "1", "-1", "10", "0.5", "-0.5", "1e5", "1E+5", "1e-05", "1.5e0",
		"123456789012345678901234567890", "true", "false", "null", "\"\"", "\"\\u0041\\n\\\"\\\\\\/\"" };
	static const char *const bad[] = {
		"00", "01", "-", "+1", "-01", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "1a", "--1", "NaN",
		"Infinity", "-Infinity", "tru", "True", "TRUE", "nul", "nulll", "truefalse", "\"", "\"\\\"",
		"\"\\x41\"", "\"\\u004\"", "\"\\u004g\"", "\"\\", "\"\\u", "'x'", "\"\\'\"", "\"\\\n\"",
		"undefined", "1 1", "\"a\"\"b\"",
	};
	uint32_t faults;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!valid(bytes_text(good[i]), &faults))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (valid(bytes_text(bad[i]), &faults))
			fail_msg("taken: %s", bad[i]);
}

static void test_faults(void **state)
{
	static const struct {
		const char *in;
		uint32_t faults;
	} cases[] = {
		{ "\"\x7F\"", 0 },
		{ "\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"", 0 },
		{ "\"\xED\x9F\xBF\xEE\x80\x80\"", 0 },
		{ "\"\xC0\x80\"", JSONTEXT_UTF8 },
		{ "\"\xC1\xBF\"", JSONTEXT_UTF8 },
		{ "\"\xE0\x9F\xBF\"", JSONTEXT_UTF8 },
		{ "\"\xF0\x8F\xBF\xBF\"", JSONTEXT_UTF8 },
		{ "\"\xED\xA0\x80\"", JSONTEXT_UTF8 },
		{ "\"\xED\xBF\xBF\"", JSONTEXT_UTF8 },
		{ "\"\xF4\x90\x80\x80\"", JSONTEXT_UTF8 },
		{ "\"\xF5\x80\x80\x80\"", JSONTEXT_UTF8 },
		{ "\"\xFF\"", JSONTEXT_UTF8 },
		{ "\"\x80\"", JSONTEXT_UTF8 },
		{ "\"\xC3\"", JSONTEXT_UTF8 },
		{ "\"\xE2\x82\"", JSONTEXT_UTF8 },
		{ "\"\xE2\x82x\"", JSONTEXT_UTF8 },
		{ "\"12345678\x1F\"", JSONTEXT_CONTROL },
		{ "\"\t\"", JSONTEXT_CONTROL },
		{ "\"\n\"", JSONTEXT_CONTROL },
		{ "\"\\u0000\"", JSONTEXT_NUL },
		{ "\"\\u0001\\u001f\"", 0 },
		{ "\"\\uD83D\\uDE00\"", 0 },
		{ "\"\\ud83d\\ude00\"", 0 },
		{ "\"\\ud83d\"", JSONTEXT_SURROGATE },
		{ "\"\\ude00\"", JSONTEXT_SURROGATE },
		{ "\"\\ude00\\ud83d\"", JSONTEXT_SURROGATE },
		{ "\"\\ud83d\\u0041\"", JSONTEXT_SURROGATE },
		{ "\"\\ud83dx\"", JSONTEXT_SURROGATE },
		{ "\"\\uFFFF\"", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t faults;
		bool ok = valid(bytes_text(cases[i].in), &faults);

		if (faults != cases[i].faults || ok != !(faults & JSONTEXT_INVALID))
			fail_msg("case %zu: faults %u, valid %d", i, faults, ok);
	}
}

/* Every byte as the one odd one of a string, at every place within a step of eight. */
static void test_every_byte(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at < 20; at++) {
			char in[24];
			struct jsontext text;
			size_t len = 22;

			memset(in, 'x', sizeof in);
			in[0] = in[21] = '"';
			in[1 + at] = (char)c;
			jsontext_init(&text, bytes_of(in, len));
			enum jsontext_event event = jsontext_next(&text);

			if (c == '\\') {
				assert_int_equal(event, JSONTEXT_ERROR); /* \x or, at last, no closing quote */
				continue;
			}
			assert_int_equal(event, JSONTEXT_STRING);
			assert_int_equal(text.raw.len, c == '"' ? at : 20);
			assert_int_equal(text.faults, c < 0x20 ? JSONTEXT_CONTROL : c >= 0x80 ? JSONTEXT_UTF8 : 0);
		}
	}
}

static void test_embedded_nul(void **state)
{
	uint32_t faults;

	(void)state;
	assert_false(valid(bytes_of("{\0}", 3), &faults));
	assert_false(valid(bytes_of("{}\0", 3), &faults));
	assert_false(valid(bytes_of("\"a\0b\"", 5), &faults));
	assert_int_equal(faults, JSONTEXT_CONTROL);
	assert_false(valid(bytes_of("\"\\\0\"", 4), &faults));
}

static void test_depth(void **state)
{
	enum { MORE = JSONTEXT_DEPTH + 1 };
	static char in[2 * MORE];
	uint32_t faults;

	(void)state;
	for (int i = 0; i < MORE; i++) {
		in[i] = '[';
		in[MORE + i] = ']';
	}
	assert_true(valid(bytes_of(in + 1, 2 * JSONTEXT_DEPTH), &faults));
	assert_false(valid(bytes_of(in, 2 * MORE), &faults));
}

/* Brackets are remembered right across the words of the bit stack. */
static void test_bracket_kinds(void **state)
{
	static char in[JSONTEXT_DEPTH * 8];
	char close[JSONTEXT_DEPTH];
	size_t n = 0;
	uint32_t faults;

	(void)state;
	for (size_t i = 0; i < JSONTEXT_DEPTH; i++) {
		bool object = i * 7 % 3 == 1;

		memcpy(in + n, object ? "{\"a\":" : "[", object ? 5 : 1);
		n += object ? 5 : 1;
		close[i] = object ? '}' : ']';
	}
	in[n++] = '1';
	for (size_t i = JSONTEXT_DEPTH; i-- > 0;)
		in[n++] = close[i];
	assert_true(valid(bytes_of(in, n), &faults));
	in[n - 100] = in[n - 100] == ']' ? '}' : ']';
	assert_false(valid(bytes_of(in, n), &faults));
}

static void test_unescape(void **state)
{
	static const struct {
		const char *raw, *out;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
		{ "\\u0069ss", "iss" },
		{ "\\u00e9\\u00E9", "\xC3\xA9\xC3\xA9" },
		{ "\\u20ac", "\xE2\x82\xAC" },
		{ "\\ud83d\\ude00", "\xF0\x9F\x98\x80" },
		{ "\\udbff\\udfff", "\xF4\x8F\xBF\xBF" },
		{ "\\ud83d", "\xEF\xBF\xBD" },
		{ "\\ud83d\\u0041", "\xEF\xBF\xBD" "A" },
		{ "\\ude00x", "\xEF\xBF\xBDx" },
		{ "\xC3\xA9\\u0061", "\xC3\xA9" "a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes raw = bytes_text(cases[i].raw), want = bytes_text(cases[i].out);
		uint8_t out[64];
		size_t n = jsontext_unescape(raw, out, raw.len);

		if (!bytes_equal(bytes_of(out, n), want))
			fail_msg("%s", cases[i].raw);
		assert_true(jsontext_equal(raw, raw));
		assert_int_equal(jsontext_equal(raw, bytes_text("iss")), bytes_is(want, "iss"));
	}
	uint8_t out[2];

	assert_int_equal(jsontext_unescape(bytes_text("a\\u20ac"), out, 2), 1); /* no part of a character */
	assert_true(jsontext_equal(bytes_text("\\u20ac"), bytes_text("\xE2\x82\xAC")));
	assert_true(jsontext_equal(bytes_text("\xE2\x82\xAC" "a"), bytes_text("\\u20ac\\u0061")));
	assert_false(jsontext_equal(bytes_text("\\u20ac"), bytes_text("\xE2\x82")));
	assert_false(jsontext_equal(bytes_text("\xE2\x82\xAC" "a"), bytes_text("\\u20ac")));
	assert_false(jsontext_equal(bytes_text("a"), bytes_text("b")));
}

/* Exact allocations: a sanitizer sees any read past the end of any prefix. */
static void test_prefixes(void **state)
{
	const char *in = "{\"a\\u0041\\ud83d\\ude00\":[1.5e-7,true,\"\xE2\x82\xAC\"],\"b\":null}";

	(void)state;
	for (size_t len = 0; len < strlen(in); len++) {
		uint8_t *copy = malloc(len + !len);
		uint32_t faults;

		assert_non_null(copy);
		memcpy(copy, in, len);
		assert_false(valid(bytes_of(copy, len), &faults));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_embedded_nul),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_bracket_kinds),
		cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
