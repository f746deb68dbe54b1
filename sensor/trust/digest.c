#include "sensor/trust/digest.h"

#include <openssl/sha.h>

/* The value of a character of base64 or base64url, and 64 to tell it from one that is in neither. */
static const uint8_t base64_values[256] = {
	['A'] = 64, ['B'] = 65, ['C'] = 66, ['D'] = 67, ['E'] = 68, ['F'] = 69, ['G'] = 70, ['H'] = 71,
	['I'] = 72, ['J'] = 73, ['K'] = 74, ['L'] = 75, ['M'] = 76, ['N'] = 77, ['O'] = 78, ['P'] = 79,
	['Q'] = 80, ['R'] = 81, ['S'] = 82, ['T'] = 83, ['U'] = 84, ['V'] = 85, ['W'] = 86, ['X'] = 87,
	['Y'] = 88, ['Z'] = 89, ['a'] = 90, ['b'] = 91, ['c'] = 92, ['d'] = 93, ['e'] = 94, ['f'] = 95,
	['g'] = 96, ['h'] = 97, ['i'] = 98, ['j'] = 99, ['k'] = 100, ['l'] = 101, ['m'] = 102, ['n'] = 103,
	['o'] = 104, ['p'] = 105, ['q'] = 106, ['r'] = 107, ['s'] = 108, ['t'] = 109, ['u'] = 110, ['v'] = 111,
	['w'] = 112, ['x'] = 113, ['y'] = 114, ['z'] = 115, ['0'] = 116, ['1'] = 117, ['2'] = 118, ['3'] = 119,
	['4'] = 120, ['5'] = 121, ['6'] = 122, ['7'] = 123, ['8'] = 124, ['9'] = 125, ['-'] = 126, ['+'] = 126,
	['_'] = 127, ['/'] = 127,
};

static int hex_value(uint8_t c)
{
	uint8_t low = bytes_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static struct bytes without_padding(struct bytes text)
{
	for (int pads = 0; pads < 2 && text.len && text.data[text.len - 1] == '='; pads++)
		text.len--;
	return text;
}

/* How many bytes so many characters stand for, if they are of the alphabet. */
static size_t base64_len(size_t n_characters)
{
	return n_characters % 4 == 1 ? SIZE_MAX : n_characters / 4 * 3 + n_characters % 4 * 3 / 4;
}

/* Decodes `n` characters, at most four, to three bytes. False when one is not of the alphabet. */
static inline bool base64_group(const uint8_t *at, size_t n, uint8_t out[3])
{
	uint32_t bits = 0, valid = 64;

	for (size_t i = 0; i < 4; i++) {
		uint8_t value = i < n ? base64_values[at[i]] : 64;

		valid &= value;
		bits = bits << 6 | (value & 63);
	}
	for (size_t i = 0; i < 3; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return valid;
}

size_t digest_base64(struct bytes text, uint8_t *out, size_t cap)
{
	struct bytes digits = without_padding(text);
	size_t n = base64_len(digits.len), whole = n / 3 * 3;
	uint8_t last[3];

	if (n > cap)
		return SIZE_MAX;
	for (size_t i = 0; i < whole; i += 3, digits = bytes_tail(digits, 4))
		if (!base64_group(digits.data, 4, out + i))
			return SIZE_MAX;
	if (!base64_group(digits.data, digits.len, last))
		return SIZE_MAX;
	if (n > whole)
		memcpy(out + whole, last, n - whole);
	return n;
}

size_t digest_base64url(struct bytes raw, uint8_t *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		bits = bits << 8 | raw.data[i];
		for (n_bits += 8; n_bits >= 6; n_bits -= 6)
			out[n++] = (uint8_t)alphabet[bits >> (n_bits - 6) & 63];
	}
	if (n_bits)
		out[n++] = (uint8_t)alphabet[bits << (6 - n_bits) & 63];
	return n;
}

void digest_sha1(struct bytes data, uint8_t out[DIGEST_SHA1_LEN])
{
	SHA1(data.data, data.len, out);
}

void digest_sha256(struct bytes data, uint8_t out[DIGEST_SHA256_LEN])
{
	SHA256(data.data, data.len, out);
}

static bool hex_byte(const uint8_t *at, uint8_t *out)
{
	int high = hex_value(at[0]), low = hex_value(at[1]);

	*out = (uint8_t)((unsigned)high << 4 | (unsigned)low);
	return high >= 0 && low >= 0;
}

/* Has it the length of a digest in base64? */
static bool is_base64_of(struct bytes text, size_t len)
{
	return text.len != 2 * len && base64_len(without_padding(text).len) == len;
}

bool digest_parse(struct bytes text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return is_base64_of(text, len) && digest_base64(text, out, len) == len;
	for (size_t i = 0; i < len; i++)
		if (!hex_byte(text.data + 2 * i, &out[i]))
			return false;
	return true;
}

bool digest_first(struct bytes text, size_t len, uint8_t *first)
{
	uint8_t group[3];

	if (text.len == 2 * len)
		return hex_byte(text.data, first);
	if (!is_base64_of(text, len) || !base64_group(text.data, 2, group))
		return false;
	*first = group[0];
	return true;
}
