/* Ciphertext that waits: comes out as it came in, chunk by chunk; half-used ones, gaps, caps. */
#include "dissectors/app/tls_hold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static bool add(struct tls_hold *hold, struct budget *budget, unsigned side, const char *text, uint64_t gap, uint64_t number)
{
	struct chunk chunk = { .data = bytes_text(text), .side = (uint8_t)side, .gap = gap, .number = number,
	    .time_ns = (int64_t)number * 10 };

	return tls_hold_add(hold, &chunk, 100, budget);
}

static void expect_next(struct tls_hold *hold, unsigned side, const char *text, uint64_t gap, uint64_t number)
{
	struct tls_mark mark;
	struct bytes data;

	assert_true(tls_hold_next(hold, &mark, &data));
	if (mark.side != side || mark.gap != gap || mark.number != number || !bytes_is(data, text))
		fail_msg("side %u, gap %u, number %u: \"%.*s\", want \"%s\"", mark.side, (unsigned)mark.gap,
		    (unsigned)mark.number, (int)data.len,
		    (const char *)data.data, text);
	assert_int_equal(mark.time_ns, (int64_t)number * 10);
}

static void test_order(void **state)
{
	struct tls_hold hold = { .at = 0 };
	struct tls_mark mark;
	struct budget budget;
	struct bytes data;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	assert_true(tls_hold_is_empty(&hold));
	assert_false(tls_hold_next(&hold, &mark, &data));
	assert_int_equal(tls_hold_rest(&hold, 1).len, 0);
	assert_true(add(&hold, &budget, 0, "abc", 0, 1) && add(&hold, &budget, 1, "ABC", 7, 2) &&
	    add(&hold, &budget, 0, "def", 0, 3) && add(&hold, &budget, 0, "", 9, 4) && add(&hold, &budget, 1, "DEF", 0, 5));
	assert_int_equal(hold.since_ns, 10);
	expect_next(&hold, 0, "abc", 0, 1);
	tls_hold_use(&hold, 0, 2);
	expect_next(&hold, 1, "ABC", 7, 2);
	tls_hold_use(&hold, 1, 3);
	expect_next(&hold, 0, "cdef", 0, 3);
	tls_hold_put_back(&hold); /* there was no room for more */
	expect_next(&hold, 0, "cdef", 0, 3);
	tls_hold_use(&hold, 0, 1);
	expect_next(&hold, 0, "", 9 + 3, 4); /* what was begun is lost too */
	expect_next(&hold, 1, "DEF", 0, 5);
	tls_hold_use(&hold, 1, 1);
	assert_false(tls_hold_next(&hold, &mark, &data));
	tls_hold_compact(&hold);
	assert_true(bytes_is(tls_hold_rest(&hold, 1), "EF") && tls_hold_is_empty(&hold));
	assert_true(add(&hold, &budget, 1, "G", 0, 6));
	expect_next(&hold, 1, "EFG", 0, 6);
	tls_hold_drop(&hold, &budget);
	assert_int_equal(budget.used, 0);
}

static void test_caps(void **state)
{
	struct tls_hold hold = { .at = 0 };
	struct budget budget;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	for (unsigned i = 0; i < 10; i++)
		assert_true(add(&hold, &budget, i & 1, "0123456789", 0, i));
	assert_false(add(&hold, &budget, 0, "x", 0, 11)); /* both sides count */
	assert_true(add(&hold, &budget, 0, "", 1, 11));
	for (unsigned i = 0; i < 89; i++)
		assert_true(add(&hold, &budget, 0, "", 1, 12));
	assert_false(add(&hold, &budget, 0, "", 1, 12)); /* chunks without data take up room too */
	tls_hold_drop(&hold, &budget);
	assert_int_equal(budget.used, 0);
	for (size_t cap = 0; cap < 6000; cap += 100) {
		budget_init(&budget, cap, NULL);
		bool added = add(&hold, &budget, 0, "abc", 0, 1);

		assert_int_equal(hold.n_marks, added);
		assert_true(!added || bytes_is(bytes_of(hold.side[0].data, hold.side[0].len), "abc"));
		tls_hold_drop(&hold, &budget);
		assert_int_equal(budget.used, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_order), cmocka_unit_test(test_caps) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
