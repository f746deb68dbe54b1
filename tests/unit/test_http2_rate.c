/* Frames counted by packet time. */
#include "dissectors/app/http2_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define MS INT64_C(1000000)

static unsigned count(struct http2_rate *rate, enum http2_rate_kind kind, unsigned n, int64_t from_ns, int64_t step_ns)
{
	unsigned told = 0;

	for (unsigned i = 0; i < n; i++)
		told += http2_rate_count(rate, kind, from_ns + i * step_ns) != 0;
	return told;
}

static void test_resets(void **state)
{
	struct http2_rate rate = { 0 };

	(void)state;
	assert_int_equal(count(&rate, HTTP2_RATE_RESET, 100, 0, MS), 0);
	assert_int_equal(http2_rate_count(&rate, HTTP2_RATE_RESET, 999 * MS), HTTP2_RAPID_RESET);
	assert_int_equal(http2_rate_count(&rate, HTTP2_RATE_MADE, 999 * MS), 0); /* each kind for itself */
	assert_int_equal(http2_rate_count(&rate, HTTP2_RATE_RESET, 1000 * MS), 0); /* another second */
	rate = (struct http2_rate){ 0 };
	assert_int_equal(count(&rate, HTTP2_RATE_RESET, 10000, 0, 10 * MS), 0); /* a hundred a second, for ever */
	rate = (struct http2_rate){ 0 };
	assert_int_equal(count(&rate, HTTP2_RATE_RESET, 1000, 5000 * MS, 0), 900);
	assert_int_equal(http2_rate_count(&rate, HTTP2_RATE_RESET, 4000 * MS), 0); /* time that goes back */
}

static void test_kinds(void **state)
{
	static const uint32_t odds[] = {
		HTTP2_RAPID_RESET, HTTP2_MADE_RESET, HTTP2_SETTINGS_FLOOD, HTTP2_PING_FLOOD, HTTP2_EMPTY_FRAMES,
		    HTTP2_PRIORITY_FLOOD,
	};

	(void)state;
	for (unsigned kind = 0; kind < HTTP2_RATES; kind++) {
		struct http2_rate rate = { 0 };

		assert_int_equal(count(&rate, (enum http2_rate_kind)kind, 50, 0, 0), 0);
		assert_true(count(&rate, (enum http2_rate_kind)kind, 2000, 0, 0) > 0);
		assert_int_equal(http2_rate_count(&rate, (enum http2_rate_kind)kind, 0), odds[kind]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
