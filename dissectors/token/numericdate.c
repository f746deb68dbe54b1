#include "dissectors/token/numericdate.h"

enum {
	EXPONENT_MAX = 1000000, /* more than any text that reaches us has digits: larger is as good as this */
	SHORT_MAX = 15,         /* digits: below NUMERICDATE_MAX, whatever they are */
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static int32_t read_exponent(struct bytes raw)
{
	bool negative = raw.len > 0 && raw.data[0] == '-';
	int32_t exponent = 0;

	for (size_t i = 0; i < raw.len; i++)
		if (is_digit(raw.data[i]) && exponent < EXPONENT_MAX)
			exponent = exponent * 10 + (raw.data[i] - '0');
	return negative ? -exponent : exponent;
}

/* Digits with at most one '.', times 10^exponent: the whole part, at most 2^53 + 1; *rest: a digit was cut. */
static int64_t whole(struct bytes mantissa, int32_t exponent, bool *rest)
{
	const uint8_t *dot = mantissa.len ? memchr(mantissa.data, '.', mantissa.len) : NULL;
	int64_t n_whole = (dot ? dot - mantissa.data : (int64_t)mantissa.len) + exponent, value = 0;

	*rest = false;
	for (size_t i = 0; i < mantissa.len; i++) {
		uint8_t c = mantissa.data[i];

		if (c == '.')
			continue;
		if (n_whole-- <= 0)
			*rest |= c != '0';
		else if (value <= NUMERICDATE_MAX)
			value = value * 10 + (c - '0');
	}
	for (; n_whole > 0 && value > 0 && value <= NUMERICDATE_MAX; n_whole--)
		value *= 10;
	return value <= NUMERICDATE_MAX ? value : NUMERICDATE_MAX + 1;
}

/* Nearly every date: up to 15 digits, which stay below the bound, and nothing else. */
static bool read_digits(struct bytes raw, int64_t *seconds)
{
	int64_t value = 0;

	if (raw.len - 1 >= SHORT_MAX)
		return false;
	for (size_t i = 0; i < raw.len; i++) {
		if (!is_digit(raw.data[i]))
			return false;
		value = value * 10 + (raw.data[i] - '0');
	}
	*seconds = value;
	return true;
}

bool numericdate_read(struct bytes raw, int64_t *seconds, bool *plain)
{
	bool negative = raw.len > 0 && raw.data[0] == '-', rest;
	struct bytes digits = bytes_tail(raw, negative);
	size_t n = 0;

	*plain = !negative;
	if (read_digits(raw, seconds))
		return true;
	while (n < digits.len && (is_digit(digits.data[n]) || digits.data[n] == '.'))
		*plain &= digits.data[n++] != '.';
	*plain &= n == digits.len;
	*seconds = whole(bytes_head(digits, n), read_exponent(bytes_tail(digits, n + 1)), &rest);
	if (negative)
		*seconds = -*seconds - rest;
	return *seconds <= NUMERICDATE_MAX && *seconds >= -NUMERICDATE_MAX;
}
