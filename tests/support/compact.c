#include "tests/support/compact.h"

#include "tests/support/hex.h"

#include <stdlib.h>

size_t compact_encode(struct bytes in, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned n_bits = 0;
	uint32_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		bits = bits << 8 | in.data[i];
		for (n_bits += 8; n_bits >= 6;) {
			n_bits -= 6;
			out[n++] = alphabet[bits >> n_bits & 63];
		}
	}
	if (n_bits > 0)
		out[n++] = alphabet[bits << (6 - n_bits) & 63];
	return n;
}

char *compact_hex(const char *hex)
{
	size_t len;
	uint8_t *bytes = hex_bytes(hex, &len);
	char *text = malloc(len * 2 + 4);

	if (!text)
		abort();
	text[compact_encode(bytes_of(bytes, len), text)] = 0;
	free(bytes);
	return text;
}

char *compact_token(const char *header, const char *payload, const char *signature)
{
	char *token = malloc(2 * (strlen(header) + strlen(payload) + 8) + strlen(signature));
	size_t n;

	if (!token)
		abort();
	n = compact_encode(bytes_text(header), token);
	token[n++] = '.';
	n += compact_encode(bytes_text(payload), token + n);
	token[n++] = '.';
	strcpy(token + n, signature);
	return token;
}
