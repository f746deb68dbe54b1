/* Who waits for which secret, and for how long: all orders of coming and going, keys that share a bucket, no memory. */
#include "sensor/run/waiters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MANY = 3000 };

static struct session_key key_of(unsigned n)
{
	return (struct session_key){ .kind = SESSION_BY_RANDOM, .len = 32, .bytes = { (uint8_t)n, (uint8_t)(n >> 8) } };
}

struct crowd {
	struct budget budget;
	struct waiters waiters;
	struct upper uppers[MANY];
	struct flow flow;
	uint64_t news;
};

static struct crowd *crowd_new(size_t cap)
{
	struct crowd *crowd = calloc(1, sizeof *crowd);

	assert_non_null(crowd);
	budget_init(&crowd->budget, cap, NULL);
	waiters_init(&crowd->waiters, &crowd->budget);
	return crowd;
}

static void crowd_free(struct crowd *crowd)
{
	for (unsigned i = 0; i < MANY; i++)
		waiters_remove(&crowd->waiters, &crowd->uppers[i]);
	waiters_fini(&crowd->waiters);
	assert_int_equal(crowd->budget.used, 0);
	free(crowd);
}

static void add(struct crowd *crowd, unsigned who, unsigned key, int64_t now_ns)
{
	struct session_key session = key_of(key);

	waiters_add(&crowd->waiters, &session, &crowd->flow, &crowd->uppers[who], now_ns);
}

/* The n-th who waits for the key. All of them are asked for, which leaves their order as it was. */
static struct upper *nth(struct crowd *crowd, unsigned key, unsigned n)
{
	struct session_key session = key_of(key);
	struct upper *found = NULL;
	struct waiter *waiter;

	crowd->news++;
	for (unsigned i = 0; (waiter = waiters_next(&crowd->waiters, &session, crowd->news)); i++)
		found = i == n ? waiter->upper : found;
	return found;
}

static void test_by_key(void **state)
{
	struct crowd *crowd = crowd_new(1 << 20);

	(void)state;
	for (unsigned i = 0; i < MANY; i++) /* three for each key, more keys than half the buckets */
		add(crowd, i, i % 1000, i);
	for (unsigned key = 0; key < 1000; key++) {
		for (unsigned n = 0; n < 3; n++)
			assert_ptr_equal(nth(crowd, key, n), &crowd->uppers[key + 1000 * n]);
		assert_null(nth(crowd, key, 3));
	}
	assert_null(nth(crowd, 1000, 0));
	for (unsigned i = 1000; i < 2000; i++) {
		waiters_remove(&crowd->waiters, &crowd->uppers[i]);
		waiters_remove(&crowd->waiters, &crowd->uppers[i]);
		assert_null(crowd->uppers[i].waiter);
	}
	waiters_remove(&crowd->waiters, NULL);
	for (unsigned key = 0; key < 1000; key++) {
		assert_ptr_equal(nth(crowd, key, 1), &crowd->uppers[key + 2000]);
		assert_null(nth(crowd, key, 2));
	}
	crowd_free(crowd);
}

/* Another session, as after a renegotiation: it is in one place only, and the last there. */
static void test_again(void **state)
{
	struct crowd *crowd = crowd_new(1 << 20);

	(void)state;
	add(crowd, 0, 5, 10);
	add(crowd, 1, 6, 11);
	add(crowd, 0, 6, 12);
	assert_null(nth(crowd, 5, 0));
	assert_ptr_equal(nth(crowd, 6, 0), &crowd->uppers[1]);
	assert_ptr_equal(nth(crowd, 6, 1), &crowd->uppers[0]);
	assert_int_equal(crowd->waiters.pool.n_used, 2);
	assert_ptr_equal(waiters_overdue(&crowd->waiters, 100)->upper, &crowd->uppers[1]);
	assert_ptr_equal(waiters_overdue(&crowd->waiters, 100)->upper, &crowd->uppers[0]);
	crowd_free(crowd);
}

static void test_overdue(void **state)
{
	struct crowd *crowd = crowd_new(1 << 20);
	struct waiter *waiter;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		add(crowd, i, i, 100 + i);
	assert_null(waiters_overdue(&crowd->waiters, 100)); /* began before that */
	waiters_remove(&crowd->waiters, &crowd->uppers[1]); /* in the middle, */
	waiters_remove(&crowd->waiters, &crowd->uppers[9]); /* the newest */
	waiters_remove(&crowd->waiters, &crowd->uppers[0]); /* and the oldest */
	for (unsigned i = 2; i < 5; i++) {
		waiter = waiters_overdue(&crowd->waiters, 105);
		assert_ptr_equal(waiter->upper, &crowd->uppers[i]);
		assert_ptr_equal(nth(crowd, i, 0), waiter->upper); /* it still waits, and can be found */
	}
	assert_null(waiters_overdue(&crowd->waiters, 105));
	waiters_remove(&crowd->waiters, &crowd->uppers[3]);
	add(crowd, 2, 2, 200);
	for (unsigned i = 5; i < 9; i++)
		assert_ptr_equal(waiters_overdue(&crowd->waiters, 1000)->upper, &crowd->uppers[i]);
	assert_ptr_equal(waiters_overdue(&crowd->waiters, 1000)->upper, &crowd->uppers[2]);
	assert_null(waiters_overdue(&crowd->waiters, 1000));
	crowd_free(crowd);
}

static void test_no_memory(void **state)
{
	struct crowd *crowd = crowd_new(0);

	(void)state;
	add(crowd, 0, 1, 10);
	assert_null(crowd->uppers[0].waiter);
	assert_null(nth(crowd, 1, 0));
	assert_null(waiters_overdue(&crowd->waiters, 100));
	crowd_free(crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_by_key), cmocka_unit_test(test_again),
	    cmocka_unit_test(test_overdue),
		cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
