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

/* As many digits as there are, at most DIGITS_MAX. */
static inline char *digits_uint(char *at, uint64_t number)
{
	char text[DIGITS_MAX];
	char *first = text + DIGITS_MAX;

	for (; number >= 10; number /= 100)
		digits_2(first -= 2, (unsigned)(number % 100));
	if (number || first == text + DIGITS_MAX)
		*--first = (char)('0' + number);

	size_t len = (size_t)(text + DIGITS_MAX - first);

	memcpy(at, first, len);
	return at + len;
}

#endif
