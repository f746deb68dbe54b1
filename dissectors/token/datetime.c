#include "dissectors/token/datetime.h"

enum { YEAR_DIGITS = 9, OFFSET_HOURS = 14, DAY = 24 * 60 * 60 };

/* '-'? YYYY+ '-' MM '-' DD 'T' hh ':' mm ':' ss ('.' s+)? ('Z' | ('+' | '-') hh ':' mm)? */
struct cursor {
	struct reader text;
	bool bad;
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t peek(const struct cursor *cursor)
{
	return reader_left(&cursor->text) ? *cursor->text.at : 0;
}

static void expect(struct cursor *cursor, uint8_t c)
{
	cursor->bad |= read_u8(&cursor->text) != c;
}

/* Two digits from `low` to `high`. */
static int64_t pair(struct cursor *cursor, int64_t low, int64_t high)
{
	uint8_t tens = read_u8(&cursor->text), ones = read_u8(&cursor->text);
	int64_t value = (tens - '0') * 10 + (ones - '0');

	cursor->bad |= !is_digit(tens) || !is_digit(ones) || value < low || value > high;
	return value;
}

/* Four digits, or more that begin with no zero. */
static int64_t read_year(struct cursor *cursor)
{
	bool zero = peek(cursor) == '0';
	int64_t year = 0;
	size_t n = 0;

	for (; n <= YEAR_DIGITS && is_digit(peek(cursor)); n++)
		year = year * 10 + (read_u8(&cursor->text) - '0');
	cursor->bad |= n < 4 || n > YEAR_DIGITS || (zero && n > 4) || year == 0;
	return year;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days since 1970-01-01. */
static int64_t read_date(struct cursor *cursor)
{
	static const uint16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
	int64_t year = read_year(cursor), month, last, past = year - 1;

	expect(cursor, '-');
	month = pair(cursor, 1, 12);
	expect(cursor, '-');
	if (cursor->bad)
		return 0;
	last = before[month] - before[month - 1] + (month == 2 && is_leap(year));
	return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] + (month > 2 && is_leap(year)) +
	    pair(cursor, 1, last) - 1;
}

/* Seconds since midnight, fractions cut. 24:00:00 is the end of the day. */
static int64_t read_time(struct cursor *cursor)
{
	int64_t seconds = pair(cursor, 0, 24) * 3600;
	bool end = seconds == DAY, rest = false;

	expect(cursor, ':');
	seconds += pair(cursor, 0, 59) * 60;
	expect(cursor, ':');
	seconds += pair(cursor, 0, 59);
	if (peek(cursor) == '.') {
		read_skip(&cursor->text, 1);
		cursor->bad |= !is_digit(peek(cursor));
		while (is_digit(peek(cursor)))
			rest |= read_u8(&cursor->text) != '0';
	}
	cursor->bad |= end && (seconds != DAY || rest);
	return seconds;
}

/* How many seconds local time is ahead of UTC. */
static int64_t read_offset(struct cursor *cursor)
{
	uint8_t sign = peek(cursor);
	int64_t seconds;

	read_skip(&cursor->text, sign != 0);
	if (sign == 0 || sign == 'Z')
		return 0;
	seconds = pair(cursor, 0, OFFSET_HOURS) * 3600;
	expect(cursor, ':');
	seconds += pair(cursor, 0, 59) * 60;
	cursor->bad |= (sign != '+' && sign != '-') || seconds > OFFSET_HOURS * 3600;
	return sign == '-' ? -seconds : seconds;
}

bool datetime_read(struct bytes text, int64_t *seconds)
{
	struct cursor cursor = { .text = reader_of(bytes_trim_space(text)) };
	int64_t days = read_date(&cursor);

	expect(&cursor, 'T');
	*seconds = days * DAY + read_time(&cursor);
	*seconds -= read_offset(&cursor);
	return !cursor.bad && !cursor.text.over && reader_left(&cursor.text) == 0;
}
