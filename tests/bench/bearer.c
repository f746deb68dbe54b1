#include "tests/bench/bearer.h"

#include "tests/bench/noise.h"

#include <inttypes.h>
#include <stdio.h>

static size_t base64url(const char *in, size_t len, char *out)
{
	const char *alphabet = noise_alphabet();
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		unsigned v = (unsigned)(uint8_t)in[i] << 16 | (left > 1 ? (unsigned)(uint8_t)in[i + 1] << 8 : 0) |
			(left > 2 ? (unsigned)(uint8_t)in[i + 2] : 0);

		for (size_t k = 0; k <= left && k < 4; k++)
			out[n++] = alphabet[v >> (18 - 6 * k) & 63];
	}
	return n;
}

size_t bearer_write(uint64_t id, long now_s, char out[BEARER_CAP])
{
	uint64_t state = id * UINT64_C(0x9E3779B97F4A7C15) | 1, tenant = id % 50;
	char text[2048], filler[600], uti[23] = "";
	size_t n = 0;

	for (int i = 0; i < 8; i++)
		noise_next(&state);
	int len = snprintf(text, sizeof text, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"%020" PRIu64 "TESTkey\"}",
	    tenant * 4 + id % 4);

	n += base64url(text, (size_t)len, out);
	out[n++] = '.';
	noise_text(&state, filler, sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	noise_text(&state, uti, 22);
	len = snprintf(text, sizeof text, "{\"aud\":\"https://outlook.office365.com/\","
	    "\"iss\":\"https://login.microsoftonline.com/%08" PRIu64 "-1111-4222-a333-444455556666/v2.0\","
	    "\"iat\":%ld,\"nbf\":%ld,\"exp\":%ld,\"aio\":\"%s\",\"azp\":\"d3590ed6-52b3-4102-aeff-aad2292ab01c\","
	    "\"oid\":\"%08" PRIx64 "-1111-4222-a333-444455556666\",\"scp\":\"Mail.Read User.Read\","
	    "\"sub\":\"user-%" PRIu64 "\",\"tid\":\"%08" PRIu64 "-1111-4222-a333-444455556666\","
	    "\"uti\":\"%s\",\"ver\":\"2.0\"}",
	    tenant, now_s - 600, now_s - 600, now_s + 86400, filler, id & 0xffffffff, id, tenant, uti);
	n += base64url(text, (size_t)len, out + n);
	out[n++] = '.';
	noise_text(&state, out + n, 342);
	return n + 342;
}
