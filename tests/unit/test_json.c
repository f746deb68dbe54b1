/* json: strings of any bytes, numbers, nesting, caps; and the texts of addresses and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/model/token.h"
#include "sensor/output/address_text.h"
#include "sensor/output/json.h"
#include "sensor/output/time_text.h"

#define TEXT(literal) bytes_of("" literal, sizeof literal - 1)

static void expect_text(const struct json *json, const char *want)
{
	assert_false(json->full);
	assert_int_equal(json->len, strlen(want));
	assert_memory_equal(json->text, want, json->len);
}

static void strings(void **state)
{
	const struct {
		struct bytes in;
		const char *want;
	} cases[] = {
		{ TEXT(""), "\"\"" },
		{ TEXT("plain"), "\"plain\"" },
		{ TEXT("12345678"), "\"12345678\"" },
		{ TEXT("a/b<c>\x7f"), "\"a/b<c>\x7f\"" },
		{ TEXT("say \"hi\" \\ there"), "\"say \\\"hi\\\" \\\\ there\"" },
		{ TEXT("nul\0tab\tnl\n\x1f"), "\"nul\\u0000tab\\u0009nl\\u000a\\u001f\"" },
		{ TEXT("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xa9"), "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xa9\"" },
		{ TEXT("\xff"), "\"\\\\xff\"" },
		{ TEXT("ab\xc3"), "\"ab\\\\xc3\"" },                              /* ends within a character */
		{ TEXT("\xe2\x82z"), "\"\\\\xe2\\\\x82z\"" },
		{ TEXT("\xc0\xaf"), "\"\\\\xc0\\\\xaf\"" },                       /* overlong '/' */
		{ TEXT("\xe0\x9f\xbf"), "\"\\\\xe0\\\\x9f\\\\xbf\"" },            /* overlong */
		{ TEXT("\xf0\x8f\xbf\xbf"), "\"\\\\xf0\\\\x8f\\\\xbf\\\\xbf\"" }, /* overlong */
		{ TEXT("\xed\xa0\x80"), "\"\\\\xed\\\\xa0\\\\x80\"" },            /* U+D800 */
		{ TEXT("\xed\x9f\xbf\xee\x80\x80"), "\"\xed\x9f\xbf\xee\x80\x80\"" },
		{ TEXT("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"" },             /* U+10FFFF */
		{ TEXT("\xf4\x90\x80\x80"), "\"\\\\xf4\\\\x90\\\\x80\\\\x80\"" }, /* beyond */
		{ TEXT("\xf5\x80\x80\x80"), "\"\\\\xf5\\\\x80\\\\x80\\\\x80\"" },
		{ TEXT("\xc2\x9b" "31m\xc2\xa0"), "\"\\u009b31m\xc2\xa0\"" },     /* CSI of C1 */
	};
	struct json json;

	(void)state;
	json_init(&json, 4096);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_clear(&json);
		json_text(&json, cases[i].in);
		expect_text(&json, cases[i].want);
	}
	json_fini(&json);
}

/* How a byte that stands alone is written. */
static size_t want_byte(char *out, size_t cap, unsigned c)
{
	if (c < ' ')
		return (size_t)snprintf(out, cap, "\\u%04x", c);
	if (c >= 0x80)
		return (size_t)snprintf(out, cap, "\\\\x%02x", c);
	return (size_t)snprintf(out, cap, c == '"' || c == '\\' ? "\\%c" : "%c", (int)c);
}

/* The scan goes by words of eight: every byte at every place of two of them. */
static void every_byte_at_every_place(void **state)
{
	struct json json;

	(void)state;
	json_init(&json, 4096);
	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at < 17; at++) {
			char in[17], want[64] = "\"aaaaaaaaaaaaaaaaa";

			memset(in, 'a', sizeof in);
			in[at] = (char)c;
			size_t n = 1 + at + want_byte(want + 1 + at, 16, c);

			snprintf(want + n, sizeof want - n, "%.*s\"", (int)(16 - at), "aaaaaaaaaaaaaaaaa");
			json_clear(&json);
			json_text(&json, bytes_of(in, sizeof in));
			expect_text(&json, want);
		}
	}
	json_fini(&json);
}

static void numbers(void **state)
{
	static const int64_t ints[] = { 0, 1, -1, 9, 10, 99, 100, 101, 1000, -1000, 1700000000, INT64_MAX, INT64_MIN };
	struct json json;

	(void)state;
	json_init(&json, 4096);
	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
		char want[32];

		snprintf(want, sizeof want, "%lld", (long long)ints[i]);
		json_clear(&json);
		json_int(&json, ints[i]);
		expect_text(&json, want);
	}
	json_clear(&json);
	json_uint(&json, UINT64_MAX);
	expect_text(&json, "18446744073709551615");
	json_fini(&json);
}

static void nesting(void **state)
{
	struct json json;

	(void)state;
	json_init(&json, 4096);
	json_open(&json, '{');
	json_key(&json, "a");
	json_open(&json, '[');
	json_close(&json, ']');
	json_key(&json, "b");
	json_open(&json, '[');
	json_uint(&json, 1);
	json_int(&json, -2);
	json_bool(&json, true);
	json_cstr(&json, "x");
	json_open(&json, '{');
	json_close(&json, '}');
	json_close(&json, ']');
	json_members(&json, TEXT(""));
	json_members(&json, TEXT("\"c\":1,\"d\":2"));
	json_key_text(&json, TEXT("e\"\xff"));
	json_bool(&json, false);
	json_key(&json, "f");
	json_text_begin(&json);
	json_text_part(&json, TEXT("one "), 100);
	json_text_part(&json, TEXT(""), 100);
	json_text_part(&json, TEXT("two"), 2);
	json_text_end(&json);
	json_close(&json, '}');
	expect_text(&json,
	    "{\"a\":[],\"b\":[1,-2,true,\"x\",{}],\"c\":1,\"d\":2,\"e\\\"\\\\xff\":false,\"f\":\"one tw" JSON_CUT "\"}");
	json_fini(&json);
}

/* A cut never splits an escape or a character. */
static void cuts(void **state)
{
	const struct {
		struct bytes in;
		size_t max;
		const char *want;
	} cases[] = {
		{ TEXT("abc"), 3, "\"abc\"" },
		{ TEXT("abcd"), 3, "\"abc" JSON_CUT "\"" },
		{ TEXT("ab\n"), 7, "\"ab" JSON_CUT "\"" },
		{ TEXT("ab\n"), 8, "\"ab\\u000a\"" },
		{ TEXT("a\xe2\x82\xac"), 3, "\"a" JSON_CUT "\"" },
		{ TEXT("a\xe2\x82\xac"), 4, "\"a\xe2\x82\xac\"" },
		{ TEXT("a"), 0, "\"" JSON_CUT "\"" },
		{ TEXT("abcdefghijklmnop"), 9, "\"abcdefghi" JSON_CUT "\"" },
	};
	struct json json;

	(void)state;
	json_init(&json, 4096);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_clear(&json);
		json.text_max = cases[i].max;
		json_text(&json, cases[i].in);
		expect_text(&json, cases[i].want);
	}
	json_fini(&json);
}

static void write_sample(struct json *json)
{
	json_open(json, '{');
	json_key(json, "key");
	json_text(json, TEXT("a longer text with \"quotes\" and \xff in it"));
	json_key(json, "n");
	json_int(json, -123456);
	json_close(json, '}');
}

/* Whatever the cap: nothing is written behind it, and a text is either full or whole. */
static void caps(void **state)
{
	struct json whole;

	(void)state;
	json_init(&whole, 4096);
	write_sample(&whole);
	for (size_t max = 0; max < 100; max++) {
		char *memory = malloc(max ? max : 1); /* exact, for ASan */
		struct json grown, over;

		json_over(&over, memory, max);
		write_sample(&over);
		json_init(&grown, max);
		write_sample(&grown);
		assert_true(over.len <= max && grown.len <= max);
		/* A number reserves room for the longest, so a few bytes may be refused that would have fitted. */
		if (max < whole.len)
			assert_true(over.full && grown.full);
		if (max >= whole.len + 20)
			assert_true(!over.full && !grown.full);
		if (!over.full)
			assert_memory_equal(over.text, whole.text, whole.len);
		if (!grown.full)
			assert_memory_equal(grown.text, whole.text, whole.len);
		json_fini(&grown);
		free(memory);
	}
	json_fini(&whole);
}

static void records(void **state)
{
	const struct bytes aud[] = { TEXT("api://one"), TEXT("two") };
	struct budget budget;
	struct arena arena;
	struct json json;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 8192, &budget);
	struct record *token = record_new(&token_record, &arena);

	record_text(token, JWT_KID, TEXT("k1"));
	record_texts(token, JWT_AUD, aud, 2);
	record_flag(token, JWT_JWK, true);
	record_flag(token, JWT_AZP, true); /* hidden */
	record_int(token, JWT_EXP, -5);
	json_init(&json, 4096);
	json_record(&json, token);
	expect_text(&json, "\"kid\":\"k1\",\"jwk\":true,\"aud\":[\"api://one\",\"two\"],\"exp\":-5");
	token->rendered = TEXT("\"r\":1");
	json_clear(&json);
	json_record(&json, token);
	expect_text(&json, "\"r\":1");
	json_clear(&json);
	json.texts_max = 1; /* narrower: the rendered text may be too wide */
	json_record(&json, token);
	expect_text(&json, "\"kid\":\"k1\",\"jwk\":true,\"aud\":[\"api://one\",\"" JSON_CUT "\"],\"exp\":-5");
	json_fini(&json);
	arena_fini(&arena);
}

static void addresses(void **state)
{
	static const struct {
		struct address address;
		uint8_t version;
		const char *want;
	} cases[] = {
		{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 10 } }, 4, "192.0.2.10" },
		{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 255, 255, 255, 255 } }, 4, "255.255.255.255" },
		{ { { 0 } }, 4, "0.0.0.0" },
		{ { { 0 } }, 6, "0000:0000:0000:0000:0000:0000:0000:0000" },
		{ { { 0x20, 0x01, 0x41, 0xd0, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xCD } }, 6,
		    "2001:41d0:000a:0000:0000:0000:0000:abcd" },
	};
	static const uint8_t mac[6] = { 0x02, 0x00, 0x5e, 0x00, 0xab, 0x01 };
	char text[ADDRESS_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = address_text(text, &cases[i].address, cases[i].version);

		assert_int_equal(len, strlen(cases[i].want));
		assert_memory_equal(text, cases[i].want, len);
	}
	address_text_mac(text, mac);
	assert_memory_equal(text, "02:00:5e:00:ab:01", ADDRESS_TEXT_MAC_LEN);
}

static void times(void **state)
{
	static const struct {
		int64_t ns;
		const char *want;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000+0000" },
		{ 1700000000130455999, "2023-11-14T22:13:20.130455+0000" },
		{ 1700000000999999999, "2023-11-14T22:13:20.999999+0000" }, /* the same second again */
		{ 1709164799000000000, "2024-02-28T23:59:59.000000+0000" },
		{ 1709164800000000000, "2024-02-29T00:00:00.000000+0000" },
		{ 951782400000000000, "2000-02-29T00:00:00.000000+0000" },
		{ 4107542400000000000, "2100-03-01T00:00:00.000000+0000" }, /* 2100 has no leap day */
		{ -1, "1969-12-31T23:59:59.999999+0000" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775+0000" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224+0000" },
	};
	struct time_text clock = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[TIME_TEXT_LEN];

		time_text(&clock, text, cases[i].ns);
		assert_memory_equal(text, cases[i].want, sizeof text);
	}
}

/* Every day from 1679 to 2260 against the C library. */
static void every_day(void **state)
{
	struct time_text clock = { 0 };

	(void)state;
	for (int64_t day = -106000; day <= 106000; day++) {
		time_t second = (time_t)(day * 86400 + (day & 0xffff));
		char text[TIME_TEXT_LEN], want[64];
		struct tm tm;

		gmtime_r(&second, &tm);
		strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.000000+0000", &tm);
		time_text(&clock, text, second * 1000000000);
		assert_memory_equal(text, want, sizeof text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(every_byte_at_every_place),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nesting),
		cmocka_unit_test(cuts),
		cmocka_unit_test(caps),
		cmocka_unit_test(records),
		cmocka_unit_test(addresses),
		cmocka_unit_test(times),
		cmocka_unit_test(every_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
