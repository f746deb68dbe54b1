#include "sensor/output/time_text.h"

#include "sensor/output/digits.h"

/* Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar. Years are counted from 1 March, so
 * that the leap day is a year's last; 400 years (an era) have 146,097 days. Howard Hinnant: "chrono-compatible low-level
 * date algorithms". */
static char *time_text_date(char *at, int64_t day)
{
	uint64_t days = (uint64_t)(day + 719468); /* since 0000-03-01: positive for every int64_t of nanoseconds */
	unsigned of_era = (unsigned)(days % 146097);
	unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned from_march = (5 * of_year + 2) / 153;
	unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;
	unsigned year = (unsigned)(days / 146097) * 400 + year_of_era + (month <= 2);

	at = digits_2(at, year / 100);
	at = digits_2(at, year % 100);
	*at++ = '-';
	at = digits_2(at, month);
	*at++ = '-';
	return digits_2(at, of_year - (153 * from_march + 2) / 5 + 1);
}

static void time_text_second(struct time_text *last, int64_t second)
{
	int64_t day = second / 86400;
	int64_t of_day = second % 86400;

	if (of_day < 0) {
		of_day += 86400;
		day--;
	}
	char *at = time_text_date(last->text, day);

	*at++ = 'T';
	at = digits_2(at, (unsigned)(of_day / 3600));
	*at++ = ':';
	at = digits_2(at, (unsigned)(of_day / 60 % 60));
	*at++ = ':';
	at = digits_2(at, (unsigned)(of_day % 60));
	*at = '.';
	last->second = second;
	last->filled = true;
}

void time_text(struct time_text *last, char *out, int64_t time_ns)
{
	int64_t second = time_ns / 1000000000;
	int64_t of_second = time_ns % 1000000000;

	if (of_second < 0) {
		of_second += 1000000000;
		second--;
	}
	if (!last->filled || last->second != second)
		time_text_second(last, second);
	memcpy(out, last->text, TIME_TEXT_SECOND_LEN);

	unsigned micros = (unsigned)(of_second / 1000);
	char *at = out + TIME_TEXT_SECOND_LEN;

	at = digits_2(at, micros / 10000);
	at = digits_2(at, micros / 100 % 100);
	at = digits_2(at, micros % 100);
	memcpy(at, "+0000", 5);
}
