#include "dissectors/token/base64url.h"

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

/* A character's six bits at its place within a group of four, and a mark for the place: four marks, four characters of
 * the alphabet. A group costs four loads, three ORs and one comparison. */
#define SEXTET_0(c, six) [c] = (six) << 18 | 1u << 28,
#define SEXTET_1(c, six) [c] = (six) << 12 | 1u << 29,
#define SEXTET_2(c, six) [c] = (six) << 6 | 1u << 30,
#define SEXTET_3(c, six) [c] = (six) | 1u << 31,

static const uint32_t sextets[4][256] = {
	{ ALPHABET(SEXTET_0) },
	{ ALPHABET(SEXTET_1) },
	{ ALPHABET(SEXTET_2) },
	{ ALPHABET(SEXTET_3) },
};

enum { ALL_MARKS = 15 }; /* in bits 28 to 31 */

/* The bits read but not yet written, on the slow path. */
struct slow {
	uint32_t bits;
	unsigned n_bits;
	size_t n_chars;
};

int base64url_value(uint8_t c)
{
	if (sextets[3][c])
		return (int)(sextets[3][c] & 63);
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

/* Whole groups of four characters of the alphabet; returns how many groups. */
static size_t decode_groups(struct bytes in, uint8_t *restrict out, size_t n_groups)
{
	const uint8_t *restrict at = in.data;

	for (size_t i = 0; i < n_groups; i++, at += 4, out += 3) {
		uint32_t bits = sextets[0][at[0]] | sextets[1][at[1]] | sextets[2][at[2]] | sextets[3][at[3]];

		if (bits >> 28 != ALL_MARKS)
			return i;
		out[0] = (uint8_t)(bits >> 16);
		out[1] = (uint8_t)(bits >> 8);
		out[2] = (uint8_t)bits;
	}
	return n_groups;
}

size_t base64url_decode(struct bytes in, uint8_t *out, size_t cap, uint32_t *flags)
{
	size_t n_groups = in.len / 4 < cap / 3 ? in.len / 4 : cap / 3;

	n_groups = decode_groups(in, out, n_groups);
	return n_groups * 3 + decode_slow(bytes_tail(in, n_groups * 4), out + n_groups * 3, cap - n_groups * 3, flags);
}

uint32_t base64url_check(struct bytes in)
{
	uint32_t flags = 0;
	uint32_t marks = ~0u;

	for (size_t i = 0; i < in.len; i++)
		marks &= sextets[3][in.data[i]];
	(void)decode_slow(marks >> 31 ? bytes_tail(in, in.len & ~(size_t)3) : in, NULL, SIZE_MAX, &flags);
	return flags;
}
