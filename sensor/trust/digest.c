#include "sensor/trust/digest.h"

#include <openssl/sha.h>

static int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

static int hex_value(uint8_t c)
{
	uint8_t low = bytes_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

size_t digest_base64(struct bytes text, uint8_t *out, size_t cap)
{
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;

	for (int pads = 0; pads < 2 && text.len && text.data[text.len - 1] == '='; pads++)
		text.len--;
	if (text.len % 4 == 1)
		return SIZE_MAX;
	for (size_t i = 0; i < text.len; i++) {
		int value = base64_value(text.data[i]);

		if (value < 0)
			return SIZE_MAX;
		bits = bits << 6 | (uint32_t)value;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		if (n == cap)
			return SIZE_MAX;
		out[n++] = (uint8_t)(bits >> n_bits);
	}
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

bool digest_parse(struct bytes text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return text.len <= 2 * len && digest_base64(text, out, len) == len;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
