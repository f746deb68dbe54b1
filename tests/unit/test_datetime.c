#include "dissectors/token/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct {
	const char *in;
	bool ok;
	int64_t seconds;
} cases[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2004-12-05T09:22:05Z", true, 1102238525 },
	{ "2004-12-05T09:22:05", true, 1102238525 }, /* UTC where nothing is said */
	{ " \r\n\t2004-12-05T09:22:05Z\n", true, 1102238525 },
	{ "0001-01-01T00:00:00Z", true, -62135596800 },
	{ "9999-12-31T23:59:59Z", true, 253402300799 },
	{ "10000-01-01T00:00:00Z", true, 253402300800 },
	{ "999999999-12-31T23:59:59Z", true, 31556889832780799 },
	{ "1000000000-01-01T00:00:00Z", false, 0 },
	{ "010000-01-01T00:00:00Z", false, 0 },
	{ "0000-01-01T00:00:00Z", false, 0 },
	{ "-0001-01-01T00:00:00Z", false, 0 },
	{ "999-01-01T00:00:00Z", false, 0 },
	/* fractions: the floor */
	{ "2004-12-05T09:22:05.999Z", true, 1102238525 },
	{ "2004-12-05T09:22:05.1234567Z", true, 1102238525 },
	{ "1969-12-31T23:59:59.5Z", true, -1 },
	{ "2004-12-05T09:22:05.Z", false, 0 },
	{ "2004-12-05T09:22:05,5Z", false, 0 },
	/* offsets */
	{ "2004-12-05T09:22:05+01:00", true, 1102234925 },
	{ "2004-12-05T09:22:05-05:30", true, 1102258325 },
	{ "2004-12-05T09:22:05.5+00:00", true, 1102238525 },
	{ "2004-12-05T09:22:05+14:00", true, 1102188125 },
	{ "2004-12-05T09:22:05+14:01", false, 0 },
	{ "2004-12-05T09:22:05+15:00", false, 0 },
	{ "2004-12-05T09:22:05+01:60", false, 0 },
	{ "2004-12-05T09:22:05+0100", false, 0 },
	{ "2004-12-05T09:22:05+01", false, 0 },
	{ "2004-12-05T09:22:05x01:00", false, 0 },
	{ "2004-12-05T09:22:05z", false, 0 },
	{ "2004-12-05T09:22:05ZZ", false, 0 },
	{ "2004-12-05T09:22:05Z Z", false, 0 },
	/* days of a month */
	{ "2000-02-29T00:00:00Z", true, 951782400 },
	{ "2000-03-01T00:00:00Z", true, 951868800 },
	{ "1900-02-29T00:00:00Z", false, 0 },
	{ "1900-03-01T00:00:00Z", true, -2203891200 },
	{ "2100-02-28T00:00:00Z", true, 4107456000 },
	{ "2004-02-30T00:00:00Z", false, 0 },
	{ "2003-02-29T00:00:00Z", false, 0 },
	{ "2004-04-31T00:00:00Z", false, 0 },
	{ "2004-12-31T00:00:00Z", true, 1104451200 },
	{ "2004-12-32T00:00:00Z", false, 0 },
	{ "2004-12-00T00:00:00Z", false, 0 },
	{ "2004-13-01T00:00:00Z", false, 0 },
	{ "2004-00-01T00:00:00Z", false, 0 },
	/* time of the day */
	{ "2004-12-05T24:00:00Z", true, 1102291200 },
	{ "2004-12-05T24:00:00.000Z", true, 1102291200 },
	{ "2004-12-05T24:00:01Z", false, 0 },
	{ "2004-12-05T24:00:00.001Z", false, 0 },
	{ "2004-12-05T25:00:00Z", false, 0 },
	{ "2004-12-05T23:60:00Z", false, 0 },
	{ "2004-12-05T23:59:60Z", false, 0 },
	/* spelling */
	{ "", false, 0 },
	{ "2004-12-05", false, 0 },
	{ "2004-12-05T09:22Z", false, 0 },
	{ "2004-12-05 09:22:05Z", false, 0 },
	{ "2004-12-05t09:22:05Z", false, 0 },
	{ "2004/12/05T09:22:05Z", false, 0 },
	{ "2004-1-05T09:22:05Z", false, 0 },
	{ "2004-12-05T9:22:05Z", false, 0 },
	{ "2004-12-05T09-22-05Z", false, 0 },
	{ "+2004-12-05T09:22:05Z", false, 0 },
	{ "2004-12-05T09:22:0xZ", false, 0 },
	{ "2004-12-05T09:2x:05Z", false, 0 },
	{ "1102238525", false, 0 },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t seconds = 0;
		bool ok = datetime_read(bytes_text(cases[i].in), &seconds);

		if (ok != cases[i].ok || (ok && seconds != cases[i].seconds))
			fail_msg("%s: %d %lld", cases[i].in, ok, (long long)seconds);
	}
}

/* timegm(3) says the same of a day in every month of some 10,000 years. */
static void test_calendar(void **state)
{
	(void)state;
	for (int month = 12; month < 9999 * 12; month++) {
		struct tm tm = { .tm_year = month / 12 - 1900, .tm_mon = month % 12, .tm_mday = 1 + month % 28 };
		int64_t seconds = 0;
		char text[64];

		snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", month / 12, month % 12 + 1, tm.tm_mday);
		if (!datetime_read(bytes_text(text), &seconds) || seconds != (int64_t)timegm(&tm))
			fail_msg("%s: %lld", text, (long long)seconds);
	}
}

/* No beginning of one is another, but where it could stop: after the seconds, and after digits of a fraction. */
static void test_prefixes(void **state)
{
	static const char whole[] = "2004-12-05T09:22:05.25+01:00";
	int64_t seconds;

	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++)
		assert_int_equal(datetime_read(bytes_of(whole, n), &seconds), n == 19 || n == 21 || n == 22);
	assert_true(datetime_read(bytes_text(whole), &seconds));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_prefixes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
