/* digits: decimal text of numbers, into memory the caller knows to be large enough. */
#ifndef STORMGLASS_OUTPUT_DIGITS_H
#define STORMGLASS_OUTPUT_DIGITS_H

#include <stdint.h>
#include <string.h>

enum { DIGITS_MAX = 20 }; /* of a uint64_t */

/* Two digits of 0..99. */
static inline char *digits_2(char *at, unsigned number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";

	memcpy(at, pairs + 2 * number, 2);
	return at + 2;
}

/* How many digits: floor(log10(2^bits)) + 1, or one more. 1233 / 4096 is log10(2), near enough for 64 bits. */
static inline unsigned digits_count(uint64_t number)
{
	static const uint64_t tens[DIGITS_MAX] = {
		0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
		1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
		100000000000000000, 1000000000000000000, 10000000000000000000u,
	};
	unsigned n_bits = 64u - (unsigned)__builtin_clzll(number | 1), n = n_bits * 1233 >> 12;

	return n + (number >= tens[n]);
}

/* As many digits as there are, at most DIGITS_MAX. */
static inline char *digits_uint(char *at, uint64_t number)
{
	char *end = at + digits_count(number), *first = end;

	for (; number >= 100; number /= 100)
		digits_2(first -= 2, (unsigned)(number % 100));
	if (number >= 10)
		digits_2(at, (unsigned)number);
	else
		*at = (char)('0' + number);
	return end;
}

#endif
