/* The token cache: what it keeps of a token, who goes first, its cap. */
#include "sensor/detect/token_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

struct fixture {
	struct budget top, budget;
	struct arena arena;
	struct record *record;
	struct token_cache *cache;
};

static void begin(struct fixture *f, size_t memcap)
{
	budget_init(&f->top, SIZE_MAX, NULL);
	budget_init(&f->budget, SIZE_MAX, NULL);
	arena_init(&f->arena, 4096, &f->budget);
	f->record = record_new(&token_record, &f->arena);
	f->record->rendered = bytes_text("\"kid\":\"k\"");
	f->cache = token_cache_new(memcap, &f->top);
	assert_non_null(f->cache);
}

static void end(struct fixture *f)
{
	token_cache_free(f->cache);
	arena_fini(&f->arena);
	assert_int_equal(f->top.used, 0);
}

static struct hash128 id_of(uint64_t n)
{
	return (struct hash128){ n * UINT64_C(0x9e3779b97f4a7c15), n };
}

static void keeps_what_every_use_needs(void **state)
{
	static const uint16_t candidates[] = { 3, 1, 4 };
	struct fixture f;

	(void)state;
	begin(&f, 1 << 20);
	record_int(f.record, JWT_EXP, 1700000000);
	record_int(f.record, JWT_IAT, -5);
	assert_null(token_cache_find(f.cache, id_of(1)));
	const struct token *added = token_cache_add(f.cache, id_of(1), 0, f.record, candidates, 3);
	const struct token *token = token_cache_find(f.cache, id_of(1));

	assert_non_null(token);
	assert_ptr_equal(token, added);
	assert_true(token->has_exp && token->has_iat && !token->has_nbf);
	assert_int_equal(token->exp, 1700000000);
	assert_int_equal(token->iat, -5);
	assert_int_equal(token->n_candidates, 3);
	assert_memory_equal(token->candidates, candidates, sizeof candidates);
	assert_true(bytes_is(token_rendered(token), "\"kid\":\"k\""));
	end(&f);
}

static void without_anything(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 1 << 20);
	f.record->rendered = bytes_of(NULL, 0);
	const struct token *token = token_cache_add(f.cache, id_of(1), 0, f.record, NULL, 0);

	assert_non_null(token);
	assert_int_equal(token->n_candidates, 0);
	assert_int_equal(token_rendered(token).len, 0);
	assert_false(token->has_exp || token->has_nbf || token->has_iat);
	end(&f);
}

/* Both halves of an id count. */
static void ids(void **state)
{
	struct fixture f;
	struct hash128 a = { 1, 2 }, b = { 1, 3 }, c = { 1 + 1024, 2 };

	(void)state;
	begin(&f, 1 << 20);
	const struct token *first = token_cache_add(f.cache, a, 0, f.record, NULL, 0);

	assert_null(token_cache_find(f.cache, b));
	assert_null(token_cache_find(f.cache, c)); /* the same bucket */
	token_cache_add(f.cache, b, 0, f.record, NULL, 0);
	token_cache_add(f.cache, c, 0, f.record, NULL, 0);
	assert_ptr_equal(token_cache_find(f.cache, a), first);
	assert_int_equal(token_cache_count(f.cache), 3);
	end(&f);
}

/* How many of these tokens fit? */
static size_t room(void)
{
	struct fixture f;
	size_t n;

	begin(&f, 10000);
	for (n = 0; !token_cache_n_evicted(f.cache); n++)
		assert_non_null(token_cache_add(f.cache, id_of(n), 0, f.record, NULL, 0));
	end(&f);
	return n - 1;
}

/* What was used stays, what was not goes a chunk at a time, the oldest first; what stayed for its use needs another to stay again. */
static void longest_unused_goes(void **state)
{
	const size_t n = room();
	struct fixture f;

	(void)state;
	assert_in_range(n, 10, 1000);
	begin(&f, 10000);
	for (size_t i = 0; i < n; i++)
		token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0);
	assert_non_null(token_cache_find(f.cache, id_of(0)));
	assert_non_null(token_cache_find(f.cache, id_of(2)));
	assert_non_null(token_cache_find(f.cache, id_of(n - 1)));
	token_cache_add(f.cache, id_of(1000), 0, f.record, NULL, 0); /* for 1, 3, 4 ... */
	uint64_t n_evicted = token_cache_n_evicted(f.cache);

	assert_in_range(n_evicted, 2, n / 4);
	assert_null(token_cache_find(f.cache, id_of(1)));
	assert_null(token_cache_find(f.cache, id_of(3)));
	assert_int_equal(token_cache_count(f.cache), n + 1 - n_evicted);
	const struct token *moved = token_cache_find(f.cache, id_of(2));

	assert_non_null(moved);
	assert_true(bytes_is(token_rendered(moved), "\"kid\":\"k\""));
	for (size_t i = n_evicted + 4; i < n; i++)
		assert_non_null(token_cache_find(f.cache, id_of(i)));
	for (size_t i = 2000; i < 2000 + 3 * n; i++) {
		token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0);
		assert_non_null(token_cache_find(f.cache, id_of(0))); /* used again and again */
	}
	assert_null(token_cache_find(f.cache, id_of(2))); /* only once */
	assert_true(f.top.peak <= 10000);
	end(&f);
}

/* All are used: one has to go all the same. */
static void all_used(void **state)
{
	const size_t n = room();
	struct fixture f;

	(void)state;
	begin(&f, 10000);
	for (size_t i = 0; i < 10 * n; i++) {
		assert_non_null(token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0));
		for (size_t k = i < n ? 0 : i - n; k <= i; k++)
			(void)token_cache_find(f.cache, id_of(k));
		assert_non_null(token_cache_find(f.cache, id_of(i)));
	}
	assert_int_equal(token_cache_count(f.cache) + token_cache_n_evicted(f.cache), 10 * n);
	end(&f);
}

/* A large one takes the place of many; one too large for the whole cache is refused, and then the cache goes on. */
static void large_ones(void **state)
{
	static char large[9000], too_large[20000];
	struct fixture f;

	(void)state;
	begin(&f, 10000);
	for (uint64_t i = 0; i < 50; i++)
		token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0);
	f.record->rendered = bytes_of(large, sizeof large);
	assert_non_null(token_cache_add(f.cache, id_of(100), 0, f.record, NULL, 0));
	assert_non_null(token_cache_find(f.cache, id_of(100)));
	assert_true(f.top.peak <= 10000);
	f.record->rendered = bytes_of(too_large, sizeof too_large);
	assert_null(token_cache_add(f.cache, id_of(101), 0, f.record, NULL, 0));
	assert_null(token_cache_find(f.cache, id_of(101)));
	f.record->rendered = bytes_text("x");
	assert_non_null(token_cache_add(f.cache, id_of(102), 0, f.record, NULL, 0));
	end(&f);
}

/* Many more than the first table holds; all are found, then most are forgotten. */
static void many(void **state)
{
	enum { N = 40000 };
	struct fixture f;

	(void)state;
	begin(&f, 64 << 20);
	for (uint64_t i = 0; i < N; i++)
		token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0);
	for (uint64_t i = 0; i < N; i++) {
		const struct token *token = token_cache_find(f.cache, id_of(i));

		assert_non_null(token);
		assert_int_equal(token->id.hi, i);
	}
	assert_int_equal(token_cache_count(f.cache), N);
	assert_int_equal(token_cache_n_evicted(f.cache), 0);
	assert_true(token_cache_memuse(f.cache) > f.top.used);
	end(&f);
	begin(&f, 1 << 20);
	for (uint64_t i = 0; i < N; i++)
		token_cache_add(f.cache, id_of(i), 0, f.record, NULL, 0);
	assert_int_equal(token_cache_count(f.cache) + token_cache_n_evicted(f.cache), N);
	assert_true(f.top.peak <= 1 << 20);
	assert_non_null(token_cache_find(f.cache, id_of(N - 1)));
	assert_null(token_cache_find(f.cache, id_of(0)));
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_every_use_needs),
		cmocka_unit_test(without_anything),
		cmocka_unit_test(ids),
		cmocka_unit_test(longest_unused_goes),
		cmocka_unit_test(all_used),
		cmocka_unit_test(large_ones),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
