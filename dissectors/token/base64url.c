#include "dissectors/token/base64url.h"

/* Six bits for a character of the alphabet; the high bit for all others, which leave the fast path. */
enum { BAD = 0x80, SPC = 0x81, PAD = 0x82, PLS = 0x80 | 62, SLA = 0x80 | 63 };

static const uint8_t values[256] = {
	/* clang-format off */
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, SPC, SPC, BAD, BAD, SPC, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	SPC, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, PLS, BAD,  62, BAD, SLA,
	 52,  53,  54,  55,  56,  57,  58,  59,  60,  61, BAD, BAD, BAD, PAD, BAD, BAD,
	BAD,   0,   1,   2,   3,   4,   5,   6,   7,   8,   9,  10,  11,  12,  13,  14,
	 15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25, BAD, BAD, BAD, BAD,  63,
	BAD,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,
	 41,  42,  43,  44,  45,  46,  47,  48,  49,  50,  51, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	/* clang-format on */
};

/* The bits read but not yet written, on the slow path. */
struct slow {
	uint32_t bits;
	unsigned n_bits;
	size_t n_chars;
};

int base64url_value(uint8_t c)
{
	uint8_t v = values[c];

	return v < 64 ? v : v >= PLS ? v & 63 : -1;
}

static uint32_t flag_of(uint8_t value)
{
	return value == SPC ? BASE64URL_SPACE : value == PAD ? BASE64URL_PADDING : BASE64URL_ALPHABET;
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
		uint8_t value = values[in.data[i]];

		if (value >= 64) {
			*flags |= flag_of(value);
			if (value < PLS)
				continue;
		}
		slow.bits = slow.bits << 6 | (value & 63);
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
		uint8_t a = values[at[0]], b = values[at[1]], c = values[at[2]], d = values[at[3]];

		if ((a | b | c | d) & BAD)
			return i;
		uint32_t bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;

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
	uint8_t any = 0;

	for (size_t i = 0; i < in.len; i++)
		any |= values[in.data[i]];
	(void)decode_slow(any & BAD ? in : bytes_tail(in, in.len & ~(size_t)3), NULL, SIZE_MAX, &flags);
	return flags;
}
