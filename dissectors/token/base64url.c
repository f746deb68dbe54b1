#include "dissectors/token/base64url.h"

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* clang-format off */
#define ALPHABET(_) \
	_('A', 0) _('B', 1) _('C', 2) _('D', 3) _('E', 4) _('F', 5) _('G', 6) _('H', 7) \
	_('I', 8) _('J', 9) _('K', 10) _('L', 11) _('M', 12) _('N', 13) _('O', 14) _('P', 15) \
	_('Q', 16) _('R', 17) _('S', 18) _('T', 19) _('U', 20) _('V', 21) _('W', 22) _('X', 23) \
	_('Y', 24) _('Z', 25) _('a', 26) _('b', 27) _('c', 28) _('d', 29) _('e', 30) _('f', 31) \
	_('g', 32) _('h', 33) _('i', 34) _('j', 35) _('k', 36) _('l', 37) _('m', 38) _('n', 39) \
	_('o', 40) _('p', 41) _('q', 42) _('r', 43) _('s', 44) _('t', 45) _('u', 46) _('v', 47) \
	_('w', 48) _('x', 49) _('y', 50) _('z', 51) _('0', 52) _('1', 53) _('2', 54) _('3', 55) \
	_('4', 56) _('5', 57) _('6', 58) _('7', 59) _('8', 60) _('9', 61) _('-', 62) _('_', 63)
/* clang-format on */

/* A character's six bits at their place within the three bytes of a group of four, first byte lowest, and a mark for
 * the character's place: four marks, four characters of the alphabet. A group costs four loads and one store.
 *
 *   byte 0     byte 1     byte 2
 *   000000 11  1111 2222  22 333333 */
#define SEXTET_0(c, six) [c] = (six) << 2 | 1u << 28,
#define SEXTET_1(c, six) [c] = (six) >> 4 | ((six) & 15) << 12 | 1u << 29,
#define SEXTET_2(c, six) [c] = (six) >> 2 << 8 | ((six) & 3) << 22 | 1u << 30,
#define SEXTET_3(c, six) [c] = (six) << 16 | 1u << 31,

static const uint32_t sextets[4][256] = {
	{ ALPHABET(SEXTET_0) },
	{ ALPHABET(SEXTET_1) },
	{ ALPHABET(SEXTET_2) },
	{ ALPHABET(SEXTET_3) },
};

enum {
	ALL_MARKS = 15, /* in bits 28 to 31 */
	BLOCK = 4,      /* groups at a step */
};

/* The bits read but not yet written, on the slow path. */
struct slow {
	uint32_t bits;
	unsigned n_bits;
	size_t n_chars;
};

int base64url_value(uint8_t c)
{
	if (sextets[3][c])
		return (int)(sextets[3][c] >> 16 & 63);
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static uint32_t flag_of(uint8_t c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return BASE64URL_SPACE;
	case '=':
		return BASE64URL_PADDING;
	default:
		return BASE64URL_ALPHABET;
	}
}

/* What the end leaves: 2 characters carry 4 spare bits, 3 carry 2, 1 carries no byte at all. */
static uint32_t end_flags(const struct slow *slow)
{
	if (slow->n_chars % 4 == 1)
		return BASE64URL_LENGTH;
	return slow->bits & ((1u << slow->n_bits) - 1) ? BASE64URL_BITS : 0;
}

/* One character at a time, from a multiple of four on; `out` may be NULL. */
static size_t decode_slow(struct bytes in, uint8_t *out, size_t cap, uint32_t *flags)
{
	struct slow slow = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.data[i];
		int six = base64url_value(c);

		if (!sextets[3][c])
			*flags |= flag_of(c);
		if (six < 0)
			continue;
		slow.bits = slow.bits << 6 | (uint32_t)six;
		slow.n_bits += 6;
		slow.n_chars++;
		if (slow.n_bits < 8)
			continue;
		if (n == cap) {
			*flags |= BASE64URL_CUT;
			return n;
		}
		slow.n_bits -= 8;
		if (out)
			out[n] = (uint8_t)(slow.bits >> slow.n_bits);
		n++;
	}
	*flags |= end_flags(&slow);
	return n;
}

static inline uint32_t group_of(const uint8_t *at)
{
	return sextets[0][at[0]] | sextets[1][at[1]] | sextets[2][at[2]] | sextets[3][at[3]];
}

/* Writes three bytes, and one behind them that is not to be used; returns the group with its marks. */
static inline uint32_t decode_group(const uint8_t *restrict at, uint8_t *restrict out)
{
	uint32_t group = group_of(at), bytes = htole32(group);

	memcpy(out, &bytes, sizeof bytes);
	return group;
}

/* Four groups, with one look at their marks; false if any is not of the alphabet. Writes a byte behind the twelve. */
static inline bool decode_block(const uint8_t *restrict at, uint8_t *restrict out)
{
	uint32_t marks = decode_group(at, out);

	marks &= decode_group(at + 4, out + 3);
	marks &= decode_group(at + 8, out + 6);
	marks &= decode_group(at + 12, out + 9);
	return marks >> 28 == ALL_MARKS;
}

/* Whole groups of four characters of the alphabet; returns how many groups. */
static size_t decode_groups(struct bytes in, uint8_t *restrict out, size_t n_groups)
{
	const uint8_t *restrict at = in.data;
	const uint8_t *last = at + (n_groups > BLOCK ? 4 * (n_groups - BLOCK) : 0);

	/* What begins before `last` has a group behind it, and so room for one byte more. */
	while (at < last && decode_block(at, out)) {
		at += 4 * BLOCK;
		out += 3 * BLOCK;
	}
	for (last = in.data + 4 * n_groups; at < last; at += 4, out += 3) {
		uint32_t group = group_of(at);

		if (group >> 28 != ALL_MARKS)
			break;
		out[0] = (uint8_t)group;
		out[1] = (uint8_t)(group >> 8);
		out[2] = (uint8_t)(group >> 16);
	}
	return (size_t)(at - in.data) / 4;
}

size_t base64url_decode(struct bytes in, uint8_t *out, size_t cap, uint32_t *flags)
{
	size_t n_groups = in.len / 4 < cap / 3 ? in.len / 4 : cap / 3;

	n_groups = decode_groups(in, out, n_groups);
	return n_groups * 3 + decode_slow(bytes_tail(in, n_groups * 4), out + n_groups * 3, cap - n_groups * 3, flags);
}

#ifdef __SSE2__
/* x of 'first' to 'first' + n - 1: moved to the lowest signed bytes, one comparison tells. */
static inline __m128i in_range(__m128i x, char first, char n)
{
	return _mm_cmplt_epi8(_mm_add_epi8(x, _mm_set1_epi8((char)(0x80 - first))), _mm_set1_epi8((char)(0x80 + n)));
}

/* Which of 16 characters are of the alphabet. */
static inline __m128i in_alphabet(const uint8_t *at)
{
	__m128i x = _mm_loadu_si128((const __m128i *)at);
	__m128i letter = in_range(_mm_or_si128(x, _mm_set1_epi8(0x20)), 'a', 26), digit = in_range(x, '0', 10);
	__m128i dash = _mm_cmpeq_epi8(x, _mm_set1_epi8('-')), low_line = _mm_cmpeq_epi8(x, _mm_set1_epi8('_'));

	return _mm_or_si128(_mm_or_si128(letter, digit), _mm_or_si128(dash, low_line));
}

/* How many characters, a multiple of 16, were looked at; *all: they are of the alphabet. */
static size_t check_blocks(struct bytes in, bool *all)
{
	__m128i good = _mm_set1_epi8(-1);
	size_t n = 0;

	for (; in.len - n >= 16; n += 16)
		good = _mm_and_si128(good, in_alphabet(in.data + n));
	*all = _mm_movemask_epi8(good) == 0xFFFF;
	return n;
}
#else
static size_t check_blocks(struct bytes in, bool *all)
{
	(void)in;
	*all = true;
	return 0;
}
#endif

uint32_t base64url_check(struct bytes in)
{
	uint32_t flags = 0, marks = ~0u;
	bool all;

	for (size_t i = check_blocks(in, &all); i < in.len; i++)
		marks &= sextets[3][in.data[i]];
	all &= marks >> 31;
	(void)decode_slow(all ? bytes_tail(in, in.len & ~(size_t)3) : in, NULL, SIZE_MAX, &flags);
	return flags;
}
