/* scan: the next byte of a kind, sixteen at a time where the machine can, else eight.
 *
 * Bytes outside [at, end) are never read. Each scan has a portable form, scan_*_words, which tests hold against it. */
#ifndef STORMGLASS_BASE_SCAN_H
#define STORMGLASS_BASE_SCAN_H

#include "sensor/base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SCAN_ONES UINT64_C(0x0101010101010101)
#define SCAN_HIGH UINT64_C(0x8080808080808080)

/* Eight bytes, the first one lowest. */
static inline uint64_t scan_word(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* The high bit of the first byte that is below `limit`, at most 128; bytes behind it may be marked too, none before. */
static inline uint64_t scan_below(uint64_t word, uint8_t limit)
{
	return (word - SCAN_ONES * limit) & ~word & SCAN_HIGH;
}

static inline const uint8_t *scan_low_words(const uint8_t *at, const uint8_t *end, uint8_t most)
{
	for (; end - at >= 8; at += 8) {
		uint64_t hit = scan_below(scan_word(at), (uint8_t)(most + 1));

		if (hit)
			return at + __builtin_ctzll(hit) / 8;
	}
	while (at < end && *at > most)
		at++;
	return at;
}

#ifdef __SSE2__
static inline __m128i scan_block(const uint8_t *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Bit i: byte i of 16 is `limit` or less. */
static inline unsigned scan_low_bits(const uint8_t *at, __m128i limit)
{
	__m128i block = scan_block(at);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(block, limit), block));
}

/* Passes by fours of blocks that hold no hit: for what is long. */
static inline const uint8_t *scan_low_fours(const uint8_t *at, const uint8_t *end, __m128i limit)
{
	for (; end - at >= 64; at += 64) {
		__m128i least = _mm_min_epu8(_mm_min_epu8(scan_block(at), scan_block(at + 16)),
					     _mm_min_epu8(scan_block(at + 32), scan_block(at + 48)));

		if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(least, limit), least)))
			break;
	}
	return at;
}
#endif

/* The first byte that is `most` (below 127) or less; `end`: none. */
static inline const uint8_t *scan_low(const uint8_t *at, const uint8_t *end, uint8_t most)
{
#ifdef __SSE2__
	const __m128i limit = _mm_set1_epi8((char)most);

	if (end - at >= 32) { /* two at once: most lines end here, and one branch is foreseen better than two */
		unsigned hit = scan_low_bits(at, limit) | scan_low_bits(at + 16, limit) << 16;

		if (hit)
			return at + __builtin_ctz(hit);
		at = scan_low_fours(at + 32, end, limit);
	}
	for (; end - at >= 16; at += 16) {
		unsigned hit = scan_low_bits(at, limit);

		if (hit)
			return at + __builtin_ctz(hit);
	}
#endif
	return scan_low_words(at, end, most);
}

static inline const uint8_t *scan_any_words(const uint8_t *at, const uint8_t *end, const char set[4])
{
	const uint8_t a = (uint8_t)set[0], b = (uint8_t)set[1], c = (uint8_t)set[2], d = (uint8_t)set[3];

	for (; end - at >= 8; at += 8) {
		uint64_t word = scan_word(at);
		uint64_t hit = scan_below(word ^ SCAN_ONES * a, 1) | scan_below(word ^ SCAN_ONES * b, 1) |
			       scan_below(word ^ SCAN_ONES * c, 1) | scan_below(word ^ SCAN_ONES * d, 1);

		if (hit)
			return at + __builtin_ctzll(hit) / 8;
	}
	while (at < end && *at != a && *at != b && *at != c && *at != d)
		at++;
	return at;
}

/* The first byte that is one of four; `end`: none. */
static inline const uint8_t *scan_any(const uint8_t *at, const uint8_t *end, const char set[4])
{
#ifdef __SSE2__
	const __m128i a = _mm_set1_epi8(set[0]), b = _mm_set1_epi8(set[1]);
	const __m128i c = _mm_set1_epi8(set[2]), d = _mm_set1_epi8(set[3]);

	for (; end - at >= 16; at += 16) {
		__m128i block = scan_block(at);
		__m128i is_ab = _mm_or_si128(_mm_cmpeq_epi8(block, a), _mm_cmpeq_epi8(block, b));
		__m128i is_cd = _mm_or_si128(_mm_cmpeq_epi8(block, c), _mm_cmpeq_epi8(block, d));
		int hit = _mm_movemask_epi8(_mm_or_si128(is_ab, is_cd));

		if (hit)
			return at + __builtin_ctz((unsigned)hit);
	}
#endif
	return scan_any_words(at, end, set);
}

/* The rarest of its letters is looked for. It may not be among the first two bytes. */
static inline const uint8_t *scan_jwt_words(const uint8_t *at, const uint8_t *end)
{
	for (; end - at >= 10; at += 8) {
		uint64_t hit = scan_below(scan_word(at + 2) ^ SCAN_ONES * 'J', 1);

		for (; hit; hit &= hit - 1) {
			const uint8_t *mark = at + __builtin_ctzll(hit) / 8;

			if (mark[0] == 'e' && mark[1] == 'y' && mark[2] == 'J')
				return mark;
		}
	}
	for (; end - at >= 3; at++)
		if (at[0] == 'e' && at[1] == 'y' && at[2] == 'J')
			return at;
	return end;
}

/* Where "eyJ" stands first, '{"' in base64url, with which nearly every header of a JWT begins; `end`: nowhere. */
static inline const uint8_t *scan_jwt(const uint8_t *at, const uint8_t *end)
{
#ifdef __SSE2__
	const __m128i letter = _mm_set1_epi8('J');

	for (; end - at >= 18; at += 16) {
		unsigned hit = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(scan_block(at + 2), letter));

		for (; hit; hit &= hit - 1) {
			const uint8_t *mark = at + __builtin_ctz(hit);

			if (mark[0] == 'e' && mark[1] == 'y')
				return mark;
		}
	}
#endif
	return scan_jwt_words(at, end);
}

/* How many bytes from `at`, of which 16 may be read, are letters, digits or dashes? 0 to 16. Where the machine cannot
 * tell at once, 0: the caller goes on byte by byte in any case. */
static inline size_t scan_name16(const uint8_t *at)
{
#ifdef __SSE2__
	__m128i block = scan_block(at);
	__m128i letter = _mm_or_si128(block, _mm_set1_epi8(0x20));
	/* Signed comparison: what is wanted is moved to the top of the range. */
	__m128i is_letter = _mm_cmpgt_epi8(_mm_add_epi8(letter, _mm_set1_epi8(127 - 'z')), _mm_set1_epi8(127 - 26));
	__m128i is_digit = _mm_cmpgt_epi8(_mm_add_epi8(block, _mm_set1_epi8(127 - '9')), _mm_set1_epi8(127 - 10));
	__m128i is_dash = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
	int good = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is_letter, is_digit), is_dash));

	return (size_t)__builtin_ctz(~(unsigned)good);
#else
	(void)at;
	return 0;
#endif
}

#endif
