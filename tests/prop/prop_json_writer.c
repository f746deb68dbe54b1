/* json: any bytes become a string that jansson reads; valid UTF-8 comes back as it was, and so does the rest once each bad
 * byte is spelled \xNN; a cut string is a prefix. Seed from the first argument, or 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/output/json.h"

enum { ROUNDS = 200000, LEN_MAX = 96 };

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A character of UTF-8, encoded here on its own terms; returns its length. */
static size_t put_character(uint8_t *at, uint64_t *random)
{
	static const uint32_t limits[] = { 0x80, 0x800, 0x10000, 0x110000 };
	uint32_t c = (uint32_t)(next_random(random) % limits[next_random(random) % 4]);

	if (c >= 0xd800 && c < 0xe000)
		c = '"';
	if (c < 0x80) {
		at[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		at[0] = (uint8_t)(0xc0 | c >> 6);
		at[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		at[0] = (uint8_t)(0xe0 | c >> 12);
		at[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		at[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	at[0] = (uint8_t)(0xf0 | c >> 18);
	at[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	at[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	at[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The string as jansson sees it, from exact memory so that a sanitizer sees a read past its end. */
static json_t *round_trip(struct json *json, const uint8_t *text, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	assert_non_null(exact);
	memcpy(exact, text, len);
	json_clear(json);
	json_text(json, bytes_of(exact, len));
	free(exact);
	return json_loadb(json->text, json->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static void fail_with(uint64_t seed, size_t round)
{
	fail_msg("seed %llu, round %zu", (unsigned long long)seed, round);
}

static void valid_utf8_comes_back(void **state)
{
	uint64_t seed = *(const uint64_t *)*state, random = seed * 2 + 1;
	struct json json;

	json_init(&json, 65536);
	for (size_t round = 0; round < ROUNDS; round++) {
		uint8_t text[LEN_MAX + 4];
		size_t len = 0, want = next_random(&random) % LEN_MAX;

		while (len < want)
			len += put_character(text + len, &random);
		json_t *back = round_trip(&json, text, len);

		if (!back || json_string_length(back) != len || memcmp(json_string_value(back), text, len) != 0)
			fail_with(seed, round);
		json_decref(back);
	}
	json_fini(&json);
}

/* Takes the spelled bytes back: "\xNN" of four characters becomes one byte. */
static size_t unspell(uint8_t *out, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; n++) {
		unsigned byte;

		if (len - i >= 4 && text[i] == '\\' && text[i + 1] == 'x' && sscanf(text + i + 2, "%2x", &byte) == 1) {
			out[n] = (uint8_t)byte;
			i += 4;
		} else {
			out[n] = (uint8_t)text[i++];
		}
	}
	return n;
}

static void any_bytes_parse(void **state)
{
	uint64_t seed = *(const uint64_t *)*state, random = seed * 2 + 1;
	struct json json;

	json_init(&json, 65536);
	for (size_t round = 0; round < ROUNDS; round++) {
		uint8_t text[LEN_MAX], plain[4 * LEN_MAX];
		size_t len = next_random(&random) % LEN_MAX;
		/* high bytes only, or all: lead and trail bytes meet often enough in the first */
		uint8_t high = next_random(&random) % 2 ? 0x80 : 0;

		for (size_t i = 0; i < len; i++) {
			text[i] = (uint8_t)(next_random(&random) >> 11 | high);
			if (text[i] == '\\')
				text[i] = '/'; /* or "\x41" as sent could not be told from a spelled byte */
		}
		json_t *back = round_trip(&json, text, len);

		if (!back)
			fail_with(seed, round);
		size_t n = unspell(plain, json_string_value(back), json_string_length(back));

		if (n != len || memcmp(plain, text, len) != 0)
			fail_with(seed, round);
		json_decref(back);
	}
	json_fini(&json);
}

static void a_cut_is_a_prefix(void **state)
{
	uint64_t seed = *(const uint64_t *)*state, random = seed * 2 + 1;
	struct json json;

	json_init(&json, 65536);
	for (size_t round = 0; round < ROUNDS / 4; round++) {
		uint8_t text[LEN_MAX + 4];
		size_t len = 0, want = next_random(&random) % LEN_MAX, mark = sizeof JSON_CUT - 1;

		while (len < want)
			len += put_character(text + len, &random);
		json.text_max = next_random(&random) % LEN_MAX;
		json_t *back = round_trip(&json, text, len);

		if (!back || json.len > json.text_max + 2 + mark)
			fail_with(seed, round);
		const char *got = json_string_value(back);
		size_t got_len = json_string_length(back);

		if (got_len >= mark && memcmp(got + got_len - mark, JSON_CUT, mark) == 0)
			got_len -= mark;
		else if (got_len != len)
			fail_with(seed, round);
		if (got_len > len || memcmp(got, text, got_len) != 0)
			fail_with(seed, round);
		json_decref(back);
	}
	json_fini(&json);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(valid_utf8_comes_back, &seed),
		cmocka_unit_test_prestate(any_bytes_parse, &seed),
		cmocka_unit_test_prestate(a_cut_is_a_prefix, &seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
