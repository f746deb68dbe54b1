/* Content codings undone: each, one upon another, cut at every byte, broken, far too large, and with memory refused. */
#include "dissectors/app/coding.h"
#include "tests/support/coder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CAP = 1 << 20, MEMORY = 64 << 20 };

struct undone {
	struct budget budget;
	struct body_blocks blocks;
	bool whole;
};

/* Undoes `coded`; the result is to be freed. */
static struct undone undo(const char *names, struct bytes coded, size_t cap, size_t memory)
{
	struct undone undone;
	struct coding_list list;

	assert_true(coding_parse(&list, bytes_text(names)));
	budget_init(&undone.budget, memory, NULL);
	undone.blocks = (struct body_blocks){ .budget = &undone.budget };
	undone.whole = body_blocks_add(&undone.blocks, coded) && coding_undo(&list, &undone.blocks, cap);
	return undone;
}

static void undone_free(struct undone *undone)
{
	undone->blocks.budget = &undone->budget; /* it was copied */
	body_blocks_free(&undone->blocks);
	assert_int_equal(undone->budget.used, 0);
}

/* Do the blocks hold what `data` begins with? */
static bool undone_starts(const struct undone *undone, struct bytes data)
{
	size_t at = 0;

	for (const struct body_block *block = undone->blocks.first; block; at += block->len, block = block->next)
		if (at + block->len > data.len || memcmp(block->data, data.data + at, block->len) != 0)
			return false;
	return at == undone->blocks.len;
}

static void expect(const char *what, const char *names, struct bytes coded, struct bytes data, bool whole)
{
	struct undone undone = undo(names, coded, CAP, MEMORY);

	if (undone.whole != whole || undone.blocks.len != data.len || !undone_starts(&undone, data))
		fail_msg("%s: %s, %zu bytes of %zu", what, undone.whole ? "whole" : "cut", undone.blocks.len, data.len);
	undone_free(&undone);
}

/* Text of a token endpoint, somewhat repetitive. */
static struct bytes text_of(size_t len)
{
	char *text = malloc(len + 64);
	size_t at = 0;

	assert_non_null(text);
	for (unsigned n = 1; at < len; n = n * 1664525 + 1013904223)
		at += (size_t)sprintf(text + at, "{\"access_token\":\"test-%08x\"}\n", n);
	return bytes_of(text, len);
}

static void test_names(void **state)
{
	static const struct {
		const char *value;
		int n; /* -1: not ours */
	} cases[] = {
		{ "", 0 }, { "identity", 0 }, { "None", 0 }, { "utf-8", 0 }, { " , ,", 0 }, { "gzip", 1 }, { "X-GZip", 1 }, { "deflate", 1 }, { "br", 1 }, { "zstd", 1 },
		{ "gzip, br", 2 }, { "gzip,identity,\tbr ,zstd", 3 }, { "gzip, gzip, gzip, gzip", -1 }, { "compress", -1 }, { "gzi", -1 },
		{ "gzip br", -1 }, { "gzip;q=1", -1 }, { "gzip, bro", -1 },
	};
	struct coding_list list;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool ok = coding_parse(&list, bytes_text(cases[i].value));

		if (ok != (cases[i].n >= 0) || (ok && list.n != (size_t)cases[i].n))
			fail_msg("\"%s\": %d, %zu", cases[i].value, ok, list.n);
	}
}

static void test_each(void **state)
{
	static const size_t lens[] = { 1, 100, 1008, 5000, 70000, CAP };

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
			struct bytes text = text_of(lens[i]), coded = coder_of((enum coder)coder, text);

			expect(coder_names[coder], coder_names[coder], coded, text, true);
			coder_free(coded);
			coder_free(text);
		}
		struct bytes nothing = coder_of((enum coder)coder, bytes_of("", 0));

		expect("of nothing", coder_names[coder], nothing, bytes_of("", 0), true);
		expect("nothing", coder_names[coder], bytes_of("", 0), bytes_of("", 0), true);
		coder_free(nothing);
	}
}

static void test_nested(void **state)
{
	struct bytes text = text_of(3000);
	char names[64];

	(void)state;
	for (unsigned i = 0; i < CODERS * CODERS * CODERS; i++) {
		enum coder coders[] = { i % CODERS, i / CODERS % CODERS, i / CODERS / CODERS };
		struct bytes one = coder_of(coders[0], text), two = coder_of(coders[1], one), three = coder_of(coders[2], two);

		snprintf(names, sizeof names, "%s, %s,%s", coder_names[coders[0]], coder_names[coders[1]], coder_names[coders[2]]);
		expect(names, names, three, text, true);
		coder_free(one);
		coder_free(two);
		coder_free(three);
	}
	coder_free(text);
}

/* What came out before the end is there, and never more. A block of zstd comes out as a whole. */
static void test_cut(void **state)
{
	struct bytes text = text_of(3000);

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_run((enum coder)coder, text, 2, 18);
		size_t before = 0;

		for (size_t len = 1; len < coded.len; len++) {
			uint8_t *exact = malloc(len);

			assert_non_null(exact);
			memcpy(exact, coded.data, len);
			struct undone undone = undo(coder_names[coder], bytes_of(exact, len), CAP, MEMORY);

			if (undone.whole || !undone_starts(&undone, text) || undone.blocks.len < before)
				fail_msg("%s cut at %zu: %zu bytes, before %zu", coder_names[coder], len, undone.blocks.len, before);
			before = undone.blocks.len;
			undone_free(&undone);
			free(exact);
		}
		if (coder != CODER_ZSTD && before < text.len * 9 / 10)
			fail_msg("%s: only %zu bytes came out", coder_names[coder], before);
		coder_free(coded);
	}
	coder_free(text);
}

static void test_broken(void **state)
{
	struct bytes text = text_of(300000);

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_of((enum coder)coder, text), junk = text_of(1);
		size_t half = 0;

		memset((uint8_t *)(uintptr_t)coded.data + coded.len / 2, 0xff, coded.len / 2);
		struct undone undone = undo(coder_names[coder], coded, CAP, MEMORY);

		half = undone.blocks.len;
		if (undone.whole || half < text.len / 3)
			fail_msg("%s broken: %zu bytes", coder_names[coder], half);
		undone_free(&undone);
		coder_free(coded);
		expect("junk", coder_names[coder], bytes_of("\xff\xff\xff\xff\xff\xff", 6), bytes_of("", 0), false);
		coded = coder_join(coder_of((enum coder)coder, text), junk);
		expect("something behind it", coder_names[coder], coded, text, false);
		coder_free(coded);
	}
	coder_free(text);
}

/* A gzip has members, a zstd frames, some of which say nothing; one that is bare looks like zlib's. */
static void test_odd(void **state)
{
	static const uint8_t skipped[] = { 0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c' };
	static const uint8_t legacy[] = { 0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const char stored[] = "\x78\x01\x01\x05\x00\xfa\xffhello\x06\x2c\x02\x15"; /* zlib */
	static const char alike[] = "\x78\x01\x00\xfe\xffh\x01\x04\x00\xfb\xff" "ello";  /* bare, with bits of padding set */
	struct bytes text = text_of(2000), half = bytes_head(text, 1000), rest = bytes_tail(text, 1000), both;

	(void)state;
	both = coder_join(coder_of(CODER_GZIP, half), coder_of(CODER_GZIP, rest));
	expect("two members", "gzip", both, text, true);
	both = coder_join(both, text_of(512));
	memset((uint8_t *)(uintptr_t)both.data + both.len - 512, 0, 512);
	expect("two members, padded", "gzip", both, text, true);
	memset((uint8_t *)(uintptr_t)both.data + both.len - 1, 0x1f, 1);
	expect("something behind the padding", "gzip", both, text, false);
	coder_free(both);
	both = coder_join(coder_of(CODER_ZSTD, half), coder_of(CODER_ZSTD, rest));
	expect("two frames", "zstd", both, text, true);
	both = coder_join(text_of(sizeof skipped), both);
	memcpy((uint8_t *)(uintptr_t)both.data, skipped, sizeof skipped);
	expect("a frame that is skipped first", "zstd", both, text, true);
	coder_free(both);
	expect("a frame of old", "zstd", bytes_of(legacy, sizeof legacy), bytes_of("", 0), false);
	expect("zlib", "deflate", bytes_of(stored, 16), bytes_text("hello"), true);
	expect("a bad checksum", "deflate", bytes_of("\x78\x01\x01\x05\x00\xfa\xffhello\x06\x2c\x02\x16", 16), bytes_text("hello"), false);
	expect("bare, but it begins as zlib does", "deflate", bytes_of(alike, sizeof alike - 1), bytes_text("hello"), true);
	expect("one byte", "deflate", bytes_of(stored, 1), bytes_of("", 0), false);
	coder_free(text);
}

static void test_cap(void **state)
{
	struct bytes text = text_of(5000);

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_of((enum coder)coder, text);

		for (size_t cap = 4990; cap <= 5010; cap++) {
			struct undone undone = undo(coder_names[coder], coded, cap, MEMORY);

			if (undone.blocks.len != (cap < 5000 ? cap : 5000) || !undone_starts(&undone, text) ||
			    (cap < 5000 && undone.whole) || (cap > 5000 && !undone.whole))
				fail_msg("%s, cap %zu: %zu bytes", coder_names[coder], cap, undone.blocks.len);
			undone_free(&undone);
		}
		coder_free(coded);
	}
	coder_free(text);
}

static void test_bombs(void **state)
{
	struct bytes zeros = bytes_of(calloc(1, 10 << 20), 10 << 20);

	(void)state;
	assert_non_null(zeros.data);
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_of((enum coder)coder, zeros);
		struct undone undone = undo(coder_names[coder], coded, CAP, MEMORY);
		size_t most = coded.len * CODING_RATIO > CODING_RATIO_FROM ? coded.len * CODING_RATIO : CODING_RATIO_FROM;

		most += 65536; /* a step */
		if (undone.whole || undone.blocks.len > most || undone.blocks.len > CAP || undone.blocks.len < CODING_RATIO_FROM)
			fail_msg("%s: %zu of 10 MB from %zu", coder_names[coder], undone.blocks.len, coded.len);
		if (undone.budget.peak > undone.blocks.len + CODING_MEMORY + coded.len + (1 << 18))
			fail_msg("%s: %zu bytes of memory", coder_names[coder], undone.budget.peak);
		undone_free(&undone);

		struct bytes gzipped = coder_of(CODER_GZIP, coded);
		char names[32];

		snprintf(names, sizeof names, "%s, gzip", coder_names[coder]);
		undone = undo(names, gzipped, CAP, MEMORY);
		assert_false(undone.whole);
		assert_in_range(undone.blocks.len, 0, CAP);
		undone_free(&undone);
		coder_free(gzipped);
		coder_free(coded);
	}
	coder_free(zeros);
}

/* Text that is as repetitive as text can be is no bomb. */
static void test_no_bomb(void **state)
{
	char *text = malloc(CAP);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < CAP; i++)
		text[i] = i % 4096 < 64 ? (char)(i * 2654435761u >> 11) : "abcdefgh"[i % 8];
	for (unsigned coder = 0; coder < CODER_BR; coder++) {
		struct bytes coded = coder_of((enum coder)coder, bytes_of(text, CAP));

		expect("repetitive", coder_names[coder], coded, bytes_of(text, CAP), true);
		coder_free(coded);
	}
	free(text);
}

static void test_windows(void **state)
{
	struct bytes text = text_of(600000);

	(void)state;
	for (int window = 10; window <= 24; window++) {
		struct bytes coded = coder_run(CODER_BR, text, 5, window), zstd = coder_run(CODER_ZSTD, text, 3, window);

		expect("brotli's window", "br", coded, text, true);
		expect("zstd's window", "zstd", zstd, window <= 23 ? text : bytes_of("", 0), window <= 23);
		coder_free(coded);
		coder_free(zstd);
	}
	coder_free(text);
}

/* Memory refused, at every allocation there is: by caps that grow until all is there. */
static void test_no_memory(void **state)
{
	struct bytes text = text_of(20000);

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes one = coder_run((enum coder)coder, text, 5, 16), two = coder_of(CODER_GZIP, one);
		char names[32];
		bool whole = false;

		snprintf(names, sizeof names, "%s,gzip", coder_names[coder]);
		for (size_t cap = 0; !whole; cap += 509) {
			struct undone undone = undo(names, two, CAP, cap);

			whole = undone.whole;
			if (whole ? undone.blocks.len != text.len : cap > MEMORY)
				fail_msg("%s: %zu", names, undone.blocks.len);
			undone_free(&undone);
		}
		coder_free(one);
		coder_free(two);
	}
	coder_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_each), cmocka_unit_test(test_nested), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_broken), cmocka_unit_test(test_odd), cmocka_unit_test(test_cap), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_no_bomb), cmocka_unit_test(test_windows), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
