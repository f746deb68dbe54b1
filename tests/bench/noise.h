/* noise: numbers and characters that look like chance and are always the same. */
#ifndef STORMGLASS_TESTS_BENCH_NOISE_H
#define STORMGLASS_TESTS_BENCH_NOISE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* xorshift64*, Vigna 2014 */
static inline uint64_t noise_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* base64url characters, 64 of them */
static inline const char *noise_alphabet(void)
{
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}

static inline void noise_text(uint64_t *state, char *out, size_t len)
{
	const char *alphabet = noise_alphabet();

	for (size_t i = 0; i < len; i++)
		out[i] = alphabet[noise_next(state) >> 58];
}

/* `out` has room for a multiple of 8. */
static inline void noise_bytes(uint64_t *state, void *out, size_t len)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = noise_next(state);

		memcpy((char *)out + i, &word, 8);
	}
}

#endif
