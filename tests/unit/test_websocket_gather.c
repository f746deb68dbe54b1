#include "dissectors/app/websocket_gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_grows(void **state)
{
	struct websocket_gather gather = { 0 };
	struct budget budget;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	assert_int_equal(websocket_gather_all(&gather).len, 0);
	for (size_t i = 0; i < 5000; i++) {
		assert_true(websocket_gather_reserve(&gather, i + 1, &budget));
		gather.data[gather.len++] = (uint8_t)(i % 251);
	}
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(websocket_gather_all(&gather).data[i], i % 251);
	assert_int_equal(gather.cap, 8192);
	assert_int_equal(budget.used, 8192);
	assert_true(websocket_gather_reserve(&gather, 10, &budget)); /* never less */
	assert_int_equal(gather.cap, 8192);
	websocket_gather_drop(&gather, &budget);
	assert_int_equal(budget.used, 0);
	assert_null(gather.data);
	websocket_gather_drop(&gather, &budget);
}

static void test_refused(void **state)
{
	struct websocket_gather gather = { 0 };
	struct budget budget;

	(void)state;
	budget_init(&budget, 1600, NULL);
	assert_true(websocket_gather_reserve(&gather, 1, &budget));
	assert_true(websocket_gather_reserve(&gather, 1000, &budget));
	memset(gather.data, 'x', 1000);
	gather.len = 1000;
	assert_false(websocket_gather_reserve(&gather, 1025, &budget)); /* what there is stays */
	assert_int_equal(gather.len, 1000);
	assert_int_equal(gather.data[999], 'x');
	websocket_gather_drop(&gather, &budget);
	assert_int_equal(budget.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_grows), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
