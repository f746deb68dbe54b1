/* The bounded set of what was seen before. */
#include "sensor/detect/first_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct bytes name_of(const uint32_t *n)
{
	return bytes_of(n, sizeof *n);
}

static bool add(struct first_seen *set, struct bytes what)
{
	return first_seen_add(set, first_seen_mark(set, what));
}

static bool has(const struct first_seen *set, struct bytes what)
{
	return first_seen_has(set, first_seen_mark(set, what));
}

static void once(void **state)
{
	struct first_seen *set = first_seen_new(100);

	(void)state;
	assert_false(has(set, bytes_text("a")));
	assert_true(add(set, bytes_text("a")));
	assert_false(add(set, bytes_text("a")));
	assert_true(has(set, bytes_text("a")));
	assert_false(has(set, bytes_text("b")));
	assert_true(add(set, bytes_text("")));
	assert_false(add(set, bytes_text("")));
	first_seen_free(set);
	first_seen_free(NULL);
}

/* Of the latest `cap` distinct ones none is ever forgotten, of older ones all in the end. */
static void remembers_the_latest(void **state)
{
	static const uint32_t caps[] = { 1, 2, 10, 511, 512, 513, 1000, 5000 };

	(void)state;
	for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
		struct first_seen *set = first_seen_new(caps[i]);
		uint32_t n_checked = 0;

		for (uint32_t n = 0; n < 20000; n++) {
			assert_true(add(set, name_of(&n)));
			if (n % 97 && n > 3 * caps[i])
				continue;
			for (uint32_t back = 0; back < caps[i] && back <= n && back < 600; back++, n_checked++) {
				uint32_t old = n - back;

				assert_true(has(set, name_of(&old)));
			}
		}
		assert_true(n_checked > 1);
		assert_int_equal(first_seen_n_forgotten(set), (20000 - 1) / caps[i]);
		uint32_t zero = 0;

		assert_false(has(set, name_of(&zero)));
		first_seen_free(set);
	}
}

/* What is seen again and again stays, however much passes by. */
static void use_keeps(void **state)
{
	struct first_seen *set = first_seen_new(100);
	uint32_t again = UINT32_MAX;

	(void)state;
	assert_true(add(set, name_of(&again)));
	for (uint32_t n = 0; n < 10000; n++) {
		add(set, name_of(&n));
		if (n % 50 == 0)
			assert_false(add(set, name_of(&again)));
	}
	first_seen_free(set);
}

/* Nothing may be kept: still no crash, and the newest one is known. */
static void no_room(void **state)
{
	struct first_seen *set = first_seen_new(0);

	(void)state;
	for (uint32_t n = 0; n < 100; n++) {
		assert_true(add(set, name_of(&n)));
		assert_false(add(set, name_of(&n)));
	}
	first_seen_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once),
		cmocka_unit_test(remembers_the_latest),
		cmocka_unit_test(use_keeps),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
