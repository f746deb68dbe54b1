/* Memory under caps: budgets, arenas, pools. */
#include "sensor/base/arena.h"
#include "sensor/base/pages.h"
#include "sensor/base/pool.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <cmocka.h>

static void budget_counts(void **state)
{
	struct budget top, child;

	(void)state;
	budget_init(&top, 100, NULL);
	budget_init(&child, 80, &top);
	assert_true(budget_charge(&child, 0));
	assert_true(budget_charge(&child, 80));
	assert_false(budget_charge(&child, 1));
	assert_int_equal(child.n_refused, 1);
	assert_int_equal(top.n_refused, 0);
	assert_true(budget_charge(&top, 20));
	budget_release(&child, 30);
	assert_int_equal(child.used, 50);
	assert_int_equal(top.used, 70);
	/* the parent refuses: the child is not charged either */
	assert_true(budget_charge(&top, 25));
	assert_false(budget_charge(&child, 10));
	assert_int_equal(child.used, 50);
	assert_int_equal(top.n_refused, 1);
	assert_int_equal(child.peak, 80);
	assert_int_equal(top.peak, 100);
}

/* Lengths near the largest must not wrap around. */
static void budget_does_not_wrap(void **state)
{
	struct budget top, child;

	(void)state;
	budget_init(&top, SIZE_MAX, NULL);
	budget_init(&child, 100, &top);
	assert_false(budget_charge(&child, SIZE_MAX));
	assert_false(budget_charge(&child, 101));
	assert_true(budget_charge(&top, SIZE_MAX - 10));
	assert_false(budget_charge(&top, SIZE_MAX));
	assert_false(budget_charge(&child, 11));
	assert_true(budget_charge(&child, 10));
	assert_int_equal(top.used, SIZE_MAX);
}

static void budget_memory(void **state)
{
	struct budget budget;

	(void)state;
	budget_init(&budget, 64, NULL);
	void *a = budget_alloc(&budget, 40);

	assert_non_null(a);
	assert_null(budget_alloc(&budget, 40));
	assert_int_equal(budget.used, 40);
	budget_free(&budget, a, 40);
	budget_free(&budget, NULL, 40);
	assert_int_equal(budget.used, 0);
}

static void arena_is_aligned_and_capped(void **state)
{
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 10000, NULL);
	arena_init(&arena, 1000, &budget);
	for (size_t len = 0; len < 100; len++) {
		uint8_t *memory = arena_alloc(&arena, len);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		memset(memory, 0xa5, len); /* a sanitizer looks on */
	}
	assert_non_null(arena_alloc(&arena, 2500)); /* more than a block */
	assert_null(arena_alloc(&arena, 9000));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 20));
	assert_non_null(arena_alloc(&arena, 10)); /* a refusal is not the end */
	assert_true(budget.peak <= 10000);
	arena_fini(&arena);
	assert_int_equal(budget.used, 0);
}

/* A warm arena does not allocate, and does not grow by what one bad turn needed. */
static void arena_keeps_its_first_block(void **state)
{
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, SIZE_MAX, NULL);
	arena_init(&arena, 1000, &budget);
	void *first = arena_alloc(&arena, 10);
	size_t one_block = budget.used;

	for (unsigned i = 0; i < 50; i++)
		assert_non_null(arena_alloc(&arena, 900));
	assert_true(budget.used > 50 * 900);
	arena_reset(&arena);
	assert_int_equal(budget.used, one_block);
	assert_ptr_equal(arena_alloc(&arena, 10), first);
	arena_reset(&arena);
	arena_reset(&arena);
	arena_fini(&arena);
	arena_fini(&arena);
	assert_int_equal(budget.used, 0);
	arena_reset(&arena); /* as new */
	assert_non_null(arena_alloc(&arena, 1));
	arena_fini(&arena);
}

static void arena_copies(void **state)
{
	struct budget budget;
	struct arena arena;
	char text[] = "text";

	(void)state;
	budget_init(&budget, 300, NULL);
	arena_init(&arena, 100, &budget);
	struct bytes copy = arena_copy(&arena, bytes_of(text, 4));

	text[0] = 'n';
	assert_true(bytes_is(copy, "text"));
	copy = arena_copy(&arena, bytes_of(NULL, 0));
	assert_non_null(copy.data);
	assert_int_equal(copy.len, 0);
	uint8_t large[400] = { 0 };

	copy = arena_copy(&arena, bytes_of(large, sizeof large));
	assert_null(copy.data);
	assert_int_equal(copy.len, 0);
	arena_fini(&arena);
}

struct object {
	uint64_t a, b, c;
};

static void pool_reuses(void **state)
{
	struct budget budget;
	struct pool pool;
	struct object *objects[100];

	(void)state;
	budget_init(&budget, SIZE_MAX, NULL);
	pool_init(&pool, sizeof(struct object), 16, &budget);
	for (unsigned i = 0; i < 100; i++) {
		objects[i] = pool_take(&pool);
		assert_non_null(objects[i]);
		assert_int_equal((uintptr_t)objects[i] % alignof(max_align_t), 0);
		*objects[i] = (struct object){ i, i, i };
	}
	for (unsigned i = 0; i < 100; i++) /* nobody's memory is anybody else's */
		assert_int_equal(objects[i]->a + objects[i]->b + objects[i]->c, 3 * i);
	size_t used = budget.used;

	assert_int_equal(pool.n_used, 100);
	pool_give(&pool, objects[7]);
	pool_give(&pool, NULL);
	assert_int_equal(pool.n_used, 99);
	assert_ptr_equal(pool_take(&pool), objects[7]);
	for (unsigned i = 0; i < 100; i++)
		pool_give(&pool, objects[i]);
	for (unsigned i = 0; i < 100; i++)
		objects[i] = pool_take(&pool);
	assert_int_equal(budget.used, used);
	for (unsigned i = 0; i < 100; i++)
		pool_give(&pool, objects[i]);
	pool_fini(&pool);
	assert_int_equal(budget.used, 0);
}

static void pool_is_capped(void **state)
{
	struct budget budget;
	struct pool pool;
	void *objects[64];
	unsigned n = 0;

	(void)state;
	budget_init(&budget, 1000, NULL);
	pool_init(&pool, 1, 8, &budget); /* smaller than its own link */
	while (n < 64 && (objects[n] = pool_take(&pool)))
		n++;
	assert_in_range(n, 16, 63); /* a second slab of twice the size is refused, a small one is not */
	assert_true(pool_is_empty(&pool));
	assert_true(budget.peak <= 1000);
	pool_give(&pool, objects[0]);
	assert_ptr_equal(pool_take(&pool), objects[0]);
	assert_null(pool_take(&pool));
	for (unsigned i = 0; i < n; i++)
		pool_give(&pool, objects[i]);
	pool_fini(&pool);
	assert_int_equal(budget.used, 0);
}

/* Slabs grow to a huge page; all of their memory is the objects' own. */
static void pool_grows(void **state)
{
	enum { N = 50000 };
	struct budget budget;
	struct pool pool;
	static uint64_t *objects[N];

	(void)state;
	budget_init(&budget, SIZE_MAX, NULL);
	pool_init(&pool, 100, 4, &budget);
	for (uint64_t i = 0; i < N; i++) {
		objects[i] = pool_take(&pool);
		assert_non_null(objects[i]);
		for (size_t k = 0; k < 12; k++)
			objects[i][k] = i;
	}
	assert_int_equal(pool.next_len, PAGES_HUGE);
	assert_true(budget.used < (size_t)N * 112 + 2 * PAGES_HUGE);
	for (uint64_t i = 0; i < N; i++) {
		for (size_t k = 0; k < 12; k++)
			assert_true(objects[i][k] == i);
		pool_give(&pool, objects[i]);
	}
	assert_false(pool_is_empty(&pool));
	pool_fini(&pool);
	assert_int_equal(budget.used, 0);
}

static void pages_are_zeroed_and_aligned(void **state)
{
	static const size_t lens[] = { 1, 5000, PAGES_HUGE - 1, PAGES_HUGE, PAGES_HUGE + 1, 3 * PAGES_HUGE + 4097 };

	(void)state;
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		uint8_t *memory = pages_alloc(lens[i]);

		assert_non_null(memory);
		for (size_t at = 0; at < lens[i]; at += lens[i] < 10000 ? 1 : 997)
			assert_int_equal(memory[at], 0);
		memset(memory, 0xa5, lens[i]);
		if (lens[i] >= PAGES_HUGE)
			assert_int_equal((uintptr_t)memory % PAGES_HUGE, 0);
		pages_free(memory, lens[i]);
	}
	assert_null(pages_alloc(SIZE_MAX - 10));
	pages_free(NULL, 1);
	pages_free(NULL, PAGES_HUGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budget_counts),
		cmocka_unit_test(budget_does_not_wrap),
		cmocka_unit_test(budget_memory),
		cmocka_unit_test(arena_is_aligned_and_capped),
		cmocka_unit_test(arena_keeps_its_first_block),
		cmocka_unit_test(arena_copies),
		cmocka_unit_test(pool_reuses),
		cmocka_unit_test(pool_is_capped),
		cmocka_unit_test(pool_grows),
		cmocka_unit_test(pages_are_zeroed_and_aligned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
