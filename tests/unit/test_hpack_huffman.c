#include "dissectors/app/hpack_huffman.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { EOS = 256, SEED = 7541, LEN_MAX = 64 };

/* RFC 7541 Appendix B as it stands there, by symbol: the code, aligned to its last bit, and its length. */
static const struct {
	uint32_t code;
	uint8_t len;
} codes[EOS + 1] = {
	{ 0x1ff8, 13 }, { 0x7fffd8, 23 }, { 0xfffffe2, 28 }, { 0xfffffe3, 28 }, { 0xfffffe4, 28 }, { 0xfffffe5, 28 },
	{ 0xfffffe6, 28 }, { 0xfffffe7, 28 }, { 0xfffffe8, 28 }, { 0xffffea, 24 }, { 0x3ffffffc, 30 }, { 0xfffffe9, 28 },
	{ 0xfffffea, 28 }, { 0x3ffffffd, 30 }, { 0xfffffeb, 28 }, { 0xfffffec, 28 }, { 0xfffffed, 28 }, { 0xfffffee, 28 },
	{ 0xfffffef, 28 }, { 0xffffff0, 28 }, { 0xffffff1, 28 }, { 0xffffff2, 28 }, { 0x3ffffffe, 30 }, { 0xffffff3, 28 },
	{ 0xffffff4, 28 }, { 0xffffff5, 28 }, { 0xffffff6, 28 }, { 0xffffff7, 28 }, { 0xffffff8, 28 }, { 0xffffff9, 28 },
	{ 0xffffffa, 28 }, { 0xffffffb, 28 }, { 0x14, 6 }, { 0x3f8, 10 }, { 0x3f9, 10 }, { 0xffa, 12 },
	{ 0x1ff9, 13 }, { 0x15, 6 }, { 0xf8, 8 }, { 0x7fa, 11 }, { 0x3fa, 10 }, { 0x3fb, 10 },
	{ 0xf9, 8 }, { 0x7fb, 11 }, { 0xfa, 8 }, { 0x16, 6 }, { 0x17, 6 }, { 0x18, 6 },
	{ 0x0, 5 }, { 0x1, 5 }, { 0x2, 5 }, { 0x19, 6 }, { 0x1a, 6 }, { 0x1b, 6 },
	{ 0x1c, 6 }, { 0x1d, 6 }, { 0x1e, 6 }, { 0x1f, 6 }, { 0x5c, 7 }, { 0xfb, 8 },
	{ 0x7ffc, 15 }, { 0x20, 6 }, { 0xffb, 12 }, { 0x3fc, 10 }, { 0x1ffa, 13 }, { 0x21, 6 },
	{ 0x5d, 7 }, { 0x5e, 7 }, { 0x5f, 7 }, { 0x60, 7 }, { 0x61, 7 }, { 0x62, 7 },
	{ 0x63, 7 }, { 0x64, 7 }, { 0x65, 7 }, { 0x66, 7 }, { 0x67, 7 }, { 0x68, 7 },
	{ 0x69, 7 }, { 0x6a, 7 }, { 0x6b, 7 }, { 0x6c, 7 }, { 0x6d, 7 }, { 0x6e, 7 },
	{ 0x6f, 7 }, { 0x70, 7 }, { 0x71, 7 }, { 0x72, 7 }, { 0xfc, 8 }, { 0x73, 7 },
	{ 0xfd, 8 }, { 0x1ffb, 13 }, { 0x7fff0, 19 }, { 0x1ffc, 13 }, { 0x3ffc, 14 }, { 0x22, 6 },
	{ 0x7ffd, 15 }, { 0x3, 5 }, { 0x23, 6 }, { 0x4, 5 }, { 0x24, 6 }, { 0x5, 5 },
	{ 0x25, 6 }, { 0x26, 6 }, { 0x27, 6 }, { 0x6, 5 }, { 0x74, 7 }, { 0x75, 7 },
	{ 0x28, 6 }, { 0x29, 6 }, { 0x2a, 6 }, { 0x7, 5 }, { 0x2b, 6 }, { 0x76, 7 },
	{ 0x2c, 6 }, { 0x8, 5 }, { 0x9, 5 }, { 0x2d, 6 }, { 0x77, 7 }, { 0x78, 7 },
	{ 0x79, 7 }, { 0x7a, 7 }, { 0x7b, 7 }, { 0x7ffe, 15 }, { 0x7fc, 11 }, { 0x3ffd, 14 },
	{ 0x1ffd, 13 }, { 0xffffffc, 28 }, { 0xfffe6, 20 }, { 0x3fffd2, 22 }, { 0xfffe7, 20 }, { 0xfffe8, 20 },
	{ 0x3fffd3, 22 }, { 0x3fffd4, 22 }, { 0x3fffd5, 22 }, { 0x7fffd9, 23 }, { 0x3fffd6, 22 }, { 0x7fffda, 23 },
	{ 0x7fffdb, 23 }, { 0x7fffdc, 23 }, { 0x7fffdd, 23 }, { 0x7fffde, 23 }, { 0xffffeb, 24 }, { 0x7fffdf, 23 },
	{ 0xffffec, 24 }, { 0xffffed, 24 }, { 0x3fffd7, 22 }, { 0x7fffe0, 23 }, { 0xffffee, 24 }, { 0x7fffe1, 23 },
	{ 0x7fffe2, 23 }, { 0x7fffe3, 23 }, { 0x7fffe4, 23 }, { 0x1fffdc, 21 }, { 0x3fffd8, 22 }, { 0x7fffe5, 23 },
	{ 0x3fffd9, 22 }, { 0x7fffe6, 23 }, { 0x7fffe7, 23 }, { 0xffffef, 24 }, { 0x3fffda, 22 }, { 0x1fffdd, 21 },
	{ 0xfffe9, 20 }, { 0x3fffdb, 22 }, { 0x3fffdc, 22 }, { 0x7fffe8, 23 }, { 0x7fffe9, 23 }, { 0x1fffde, 21 },
	{ 0x7fffea, 23 }, { 0x3fffdd, 22 }, { 0x3fffde, 22 }, { 0xfffff0, 24 }, { 0x1fffdf, 21 }, { 0x3fffdf, 22 },
	{ 0x7fffeb, 23 }, { 0x7fffec, 23 }, { 0x1fffe0, 21 }, { 0x1fffe1, 21 }, { 0x3fffe0, 22 }, { 0x1fffe2, 21 },
	{ 0x7fffed, 23 }, { 0x3fffe1, 22 }, { 0x7fffee, 23 }, { 0x7fffef, 23 }, { 0xfffea, 20 }, { 0x3fffe2, 22 },
	{ 0x3fffe3, 22 }, { 0x3fffe4, 22 }, { 0x7ffff0, 23 }, { 0x3fffe5, 22 }, { 0x3fffe6, 22 }, { 0x7ffff1, 23 },
	{ 0x3ffffe0, 26 }, { 0x3ffffe1, 26 }, { 0xfffeb, 20 }, { 0x7fff1, 19 }, { 0x3fffe7, 22 }, { 0x7ffff2, 23 },
	{ 0x3fffe8, 22 }, { 0x1ffffec, 25 }, { 0x3ffffe2, 26 }, { 0x3ffffe3, 26 }, { 0x3ffffe4, 26 }, { 0x7ffffde, 27 },
	{ 0x7ffffdf, 27 }, { 0x3ffffe5, 26 }, { 0xfffff1, 24 }, { 0x1ffffed, 25 }, { 0x7fff2, 19 }, { 0x1fffe3, 21 },
	{ 0x3ffffe6, 26 }, { 0x7ffffe0, 27 }, { 0x7ffffe1, 27 }, { 0x3ffffe7, 26 }, { 0x7ffffe2, 27 }, { 0xfffff2, 24 },
	{ 0x1fffe4, 21 }, { 0x1fffe5, 21 }, { 0x3ffffe8, 26 }, { 0x3ffffe9, 26 }, { 0xffffffd, 28 }, { 0x7ffffe3, 27 },
	{ 0x7ffffe4, 27 }, { 0x7ffffe5, 27 }, { 0xfffec, 20 }, { 0xfffff3, 24 }, { 0xfffed, 20 }, { 0x1fffe6, 21 },
	{ 0x3fffe9, 22 }, { 0x1fffe7, 21 }, { 0x1fffe8, 21 }, { 0x7ffff3, 23 }, { 0x3fffea, 22 }, { 0x3fffeb, 22 },
	{ 0x1ffffee, 25 }, { 0x1ffffef, 25 }, { 0xfffff4, 24 }, { 0xfffff5, 24 }, { 0x3ffffea, 26 }, { 0x7ffff4, 23 },
	{ 0x3ffffeb, 26 }, { 0x7ffffe6, 27 }, { 0x3ffffec, 26 }, { 0x3ffffed, 26 }, { 0x7ffffe7, 27 }, { 0x7ffffe8, 27 },
	{ 0x7ffffe9, 27 }, { 0x7ffffea, 27 }, { 0x7ffffeb, 27 }, { 0xffffffe, 28 }, { 0x7ffffec, 27 }, { 0x7ffffed, 27 },
	{ 0x7ffffee, 27 }, { 0x7ffffef, 27 }, { 0x7fffff0, 27 }, { 0x3ffffee, 26 }, { 0x3fffffff, 30 },
};

static unsigned seed = SEED;

static unsigned any(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

/* ---- a decoder that takes one bit after the other ---- */

struct tree {
	int16_t next[2 * EOS + 2][2]; /* a node, or ~symbol; 0: none */
	int16_t n;
};

static void tree_add(struct tree *tree, int symbol)
{
	int16_t node = 0;

	for (unsigned bit = codes[symbol].len; bit-- > 0;) {
		int16_t *next = &tree->next[node][codes[symbol].code >> bit & 1];

		if (bit == 0) {
			assert_int_equal(*next, 0);
			*next = (int16_t)~symbol;
			return;
		}
		if (*next == 0)
			*next = ++tree->n;
		assert_true(*next > 0);
		node = *next;
	}
}

static void tree_of_codes(struct tree *tree)
{
	memset(tree, 0, sizeof *tree);
	for (int symbol = 0; symbol <= EOS; symbol++)
		tree_add(tree, symbol);
}

static bool tree_decode(const struct tree *tree, struct bytes in, uint8_t *out, size_t *n)
{
	int16_t node = 0;
	unsigned n_bits = 0;
	bool ones = true;

	*n = 0;
	for (size_t bit = 0; bit < 8 * in.len; bit++) {
		unsigned value = in.data[bit / 8] >> (7 - bit % 8) & 1;

		node = tree->next[node][value];
		n_bits++;
		ones &= value == 1;
		if (node >= 0)
			continue;
		if (~node == EOS)
			return false;
		out[(*n)++] = (uint8_t)~node;
		node = 0;
		n_bits = 0;
		ones = true;
	}
	return n_bits < 8 && ones;
}

/* ---- an encoder ---- */

struct coder {
	uint8_t bytes[8 * LEN_MAX]; /* ones where nothing was written */
	size_t n_bits;
};

static void coder_put(struct coder *coder, uint32_t code, unsigned len)
{
	if (coder->n_bits == 0)
		memset(coder->bytes, 0xFF, sizeof coder->bytes);
	for (; len > 0; len--, coder->n_bits++)
		if (!(code >> (len - 1) & 1))
			coder->bytes[coder->n_bits / 8] &= (uint8_t)~(0x80 >> coder->n_bits % 8);
}

static void coder_symbol(struct coder *coder, int symbol)
{
	coder_put(coder, codes[symbol].code, codes[symbol].len);
}

static struct bytes coder_bytes(const struct coder *coder)
{
	return bytes_of(coder->bytes, (coder->n_bits + 7) / 8);
}

/* ---- the decoder, from and into memory of exactly the sizes it asks for ---- */

static bool decode(struct bytes in, uint8_t *text, size_t *n)
{
	uint8_t *copy = malloc(in.len ? in.len : 1), *out = malloc(hpack_huffman_room(in.len));

	assert_non_null(copy);
	assert_non_null(out);
	if (in.len)
		memcpy(copy, in.data, in.len);
	bool good = hpack_huffman_decode(bytes_of(copy, in.len), out, n);

	if (good) {
		assert_true(*n <= in.len * 8 / 5);
		memcpy(text, out, *n);
	}
	free(copy);
	free(out);
	return good;
}

static void expect(const struct coder *coder, const uint8_t *want, size_t len)
{
	uint8_t text[16 * LEN_MAX];
	size_t n;

	if (!decode(coder_bytes(coder), text, &n) || !bytes_equal(bytes_of(text, n), bytes_of(want, len)))
		fail_msg("\"%.*s\" came out wrong", (int)len, (const char *)want);
}

static void expect_bad(const struct coder *coder)
{
	uint8_t text[16 * LEN_MAX];
	size_t n;

	if (decode(coder_bytes(coder), text, &n))
		fail_msg("%zu bits are taken for %zu bytes", coder->n_bits, n);
}

/* RFC 7541 C.4, C.6 */
static void test_examples(void **state)
{
	static const struct {
		struct bytes in;
		const char *out;
	} cases[] = {
		{ { (const uint8_t *)"\xF1\xE3\xC2\xE5\xF2\x3A\x6B\xA0\xAB\x90\xF4\xFF", 12 }, "www.example.com" },
		{ { (const uint8_t *)"\xA8\xEB\x10\x64\x9C\xBF", 6 }, "no-cache" },
		{ { (const uint8_t *)"\x64\x02", 2 }, "302" },
		{ { (const uint8_t *)"", 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t text[64];
		size_t n;

		assert_true(decode(cases[i].in, text, &n));
		assert_true(bytes_equal(bytes_of(text, n), bytes_text(cases[i].out)));
	}
}

/* Every symbol behind every other: each code at most places of a word, each second code behind each first one. */
static void test_pairs(void **state)
{
	(void)state;
	for (int first = 0; first < EOS; first++) {
		for (int second = 0; second < EOS; second++) {
			struct coder coder = { .n_bits = 0 };
			uint8_t want[8];

			for (size_t i = 0; i < sizeof want; i++) {
				want[i] = (uint8_t)(i % 3 == 1 ? second : first);
				coder_symbol(&coder, want[i]);
			}
			expect(&coder, want, sizeof want);
		}
	}
}

/* EOS is an error wherever it stands, RFC 7541 5.2. */
static void test_eos(void **state)
{
	(void)state;
	for (size_t before = 0; before < 40; before++) {
		for (size_t behind = 0; behind < 20; behind++) {
			struct coder coder = { .n_bits = 0 };

			for (size_t i = 0; i < before; i++)
				coder_symbol(&coder, 'a' + (int)any(26));
			coder_symbol(&coder, EOS);
			for (size_t i = 0; i < behind; i++)
				coder_symbol(&coder, 'a' + (int)any(26));
			expect_bad(&coder);
		}
	}
}

/* Ones, fewer than 8, are padding; a zero among them is not, nor are 8 or more. */
static void test_padding(void **state)
{
	(void)state;
	for (size_t len = 1; len < 40; len++) {
		uint8_t want[40];
		struct coder coder = { .n_bits = 0 };

		for (size_t i = 0; i < len; i++) {
			want[i] = (uint8_t)" !X0"[any(4)]; /* of 6, 10, 8 and 5 bits */
			coder_symbol(&coder, want[i]);
		}
		expect(&coder, want, len);
		unsigned n_spare = (unsigned)(-coder.n_bits & 7);

		for (unsigned bits = 0; n_spare && n_spare < 5 && bits + 1 < 1u << n_spare; bits++) { /* too few for any code */
			struct coder other = coder;

			coder_put(&other, bits, n_spare);
			expect_bad(&other);
		}
		for (unsigned more = 8; more < 120; more += 8) {
			struct coder other = coder;

			for (unsigned i = 0; i < n_spare + more; i++)
				coder_put(&other, 1, 1);
			expect_bad(&other);
		}
	}
}

static void compare(const struct tree *tree, struct bytes in, unsigned *n_good)
{
	uint8_t text[16 * LEN_MAX], want[16 * LEN_MAX];
	size_t n = 0, n_want = 0;
	bool good = decode(in, text, &n), is_good = tree_decode(tree, in, want, &n_want);

	if (good != is_good || (good && !bytes_equal(bytes_of(text, n), bytes_of(want, n_want))))
		fail_msg("seed %d: %zu bytes, %d for %d, %zu for %zu symbols", SEED, in.len, good, is_good, n, n_want);
	*n_good += good;
}

/* All there is of one and two bytes. */
static void test_all_short(void **state)
{
	struct tree tree;
	unsigned n_good = 0;

	(void)state;
	tree_of_codes(&tree);
	for (unsigned i = 0; i < 0x10000; i++) {
		uint8_t in[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		if (i < 0x100)
			compare(&tree, bytes_of(in + 1, 1), &n_good);
		compare(&tree, bytes_of(in, 2), &n_good);
	}
	assert_in_range(n_good, 10000, 20000);
}

/* Anything: noise, codes with some bits turned, mostly ones. */
static void test_noise(void **state)
{
	struct tree tree;
	unsigned n_good = 0;

	(void)state;
	tree_of_codes(&tree);
	for (unsigned round = 0; round < 60000; round++) {
		struct coder coder = { .n_bits = 0 };
		unsigned kind = round % 4;
		size_t n = any(LEN_MAX);

		coder_put(&coder, 0, 0);
		for (size_t i = 0; i < n; i++)
			coder_symbol(&coder, kind == 0 ? (int)any(EOS) : ' ' + (int)any(95));
		struct bytes in = coder_bytes(&coder);

		for (unsigned flips = kind < 2 ? 0 : any(3); in.len && flips > 0; flips--)
			coder.bytes[any((unsigned)in.len)] ^= (uint8_t)(1 << any(8));
		for (size_t i = 0; kind == 3 && i < in.len; i++)
			coder.bytes[i] |= (uint8_t)(any(2) ? 0xFF : any(256));
		compare(&tree, in, &n_good);
	}
	assert_in_range(n_good, 40000, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_eos),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_all_short),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
