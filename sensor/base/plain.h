/* plain: bytes that stand for themselves within a JSON string: ASCII, no control character, neither '"' nor '\'.
 * Reader and writer of JSON both look for the first byte that is not. */
#ifndef STORMGLASS_BASE_PLAIN_H
#define STORMGLASS_BASE_PLAIN_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { PLAIN_BLOCK = 16 };

static inline bool plain_is(uint8_t c)
{
	return (uint8_t)(c - ' ') < 0x80 - ' ' && c != '"' && c != '\\';
}

/* The top bit of each byte of `word` that is not plain. A byte of x is below n where x - n borrows from its top bit; a
 * hit's borrow spoils only the bytes above it, so the lowest mark is right, and there is none where none should be. */
static inline uint64_t plain_marks(uint64_t word)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
	uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';

	return (((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | word) & tops;
}

static inline uint64_t plain_load(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return le64toh(word);
}

/* Of 16 bytes: the lowest bit set is that of the first byte that is not plain; 0: all are. */
static inline unsigned plain_mask_portable(const uint8_t *at)
{
	uint64_t low = plain_marks(plain_load(at)), high = plain_marks(plain_load(at + 8));

	if (low)
		return 1u << __builtin_ctzll(low) / 8;
	return high ? 256u << __builtin_ctzll(high) / 8 : 0;
}

#ifdef __SSE2__
/* As signed bytes, all that is not ASCII is below ' ' too. */
static inline unsigned plain_mask_sse2(__m128i block)
{
	__m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
	__m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"')), slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, slash)));
}
#endif

static inline unsigned plain_mask(const uint8_t *at)
{
#ifdef __SSE2__
	return plain_mask_sse2(_mm_loadu_si128((const __m128i *)at));
#else
	return plain_mask_portable(at);
#endif
}

/* The same, and copies the 16 bytes. */
static inline unsigned plain_copy(void *to, const uint8_t *from)
{
#ifdef __SSE2__
	__m128i block = _mm_loadu_si128((const __m128i *)from);

	_mm_storeu_si128((__m128i *)to, block);
	return plain_mask_sse2(block);
#else
	memcpy(to, from, PLAIN_BLOCK);
	return plain_mask_portable(from);
#endif
}

#endif
