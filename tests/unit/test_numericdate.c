#include "dissectors/token/numericdate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *in;
	bool ok;
	int64_t seconds;
	bool plain;
} cases[] = {
	{ "0", true, 0, true },
	{ "1300819380", true, 1300819380, true },
	{ "9007199254740992", true, 9007199254740992, true },
	{ "9007199254740993", false, 0, true },
	{ "18446744073709551616", false, 0, true },
	{ "18446744073709551617", false, 0, true }, /* 1 in 64 bits */
	{ "1e999999999999999999999", false, 0, false },
	{ "0e999999999999999999999", true, 0, false },
	{ "1e-999999999999999999999", true, 0, false },
	{ "-1e-999999999999999999999", true, -1, false },
	{ "1300819380.0", true, 1300819380, false },
	{ "1300819380.999", true, 1300819380, false },
	{ "1300819380.25e1", true, 13008193802, false },
	{ "1.30081938e9", true, 1300819380, false },
	{ "13E+8", true, 1300000000, false },
	{ "1300819380000e-3", true, 1300819380, false },
	{ "1300819380001e-3", true, 1300819380, false },
	{ "-0", true, 0, false },
	{ "-1", true, -1, false },
	{ "-1.5", true, -2, false },
	{ "-1.0", true, -1, false },
	{ "-0.1", true, -1, false },
	{ "-9007199254740992", true, -9007199254740992, false },
	{ "-9007199254740993", false, 0, false },
	{ "0.9", true, 0, false },
	{ "0.0000000000000000000012e21", true, 1, false },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t seconds = 0;
		bool plain = false, ok = numericdate_read(bytes_text(cases[i].in), &seconds, &plain);

		if (ok != cases[i].ok || plain != cases[i].plain || (ok && seconds != cases[i].seconds))
			fail_msg("%s: %d %lld %d", cases[i].in, ok, (long long)seconds, plain);
	}
}

/* A text of any length takes one walk. */
static void test_long(void **state)
{
	enum { LEN = 60000 };
	char *text = malloc(LEN + 16);
	int64_t seconds;
	bool plain;

	(void)state;
	assert_non_null(text);
	memset(text, '0', LEN);
	text[1] = '.';
	text[LEN - 1] = '7';
	snprintf(text + LEN, 16, "e%d", LEN - 2);
	assert_true(numericdate_read(bytes_text(text), &seconds, &plain));
	assert_int_equal(seconds, 7);
	text[0] = '9';
	assert_false(numericdate_read(bytes_text(text), &seconds, &plain));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_long) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
