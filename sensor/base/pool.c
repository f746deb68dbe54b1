#include "sensor/base/pool.h"

#include <assert.h>
#include <stdalign.h>

#include "sensor/base/pages.h"

struct pool_slab {
	struct pool_slab *next;
	size_t len;
	alignas(max_align_t) uint8_t objects[];
};

struct pool_free {
	struct pool_free *next;
};

void pool_init(struct pool *pool, size_t object_len, size_t slab_n, struct budget *budget)
{
	const size_t align = alignof(max_align_t);

	object_len = (object_len + align - 1) & ~(align - 1);
	*pool = (struct pool){ .object_len = object_len, .budget = budget };
	pool->first_len = pool->next_len = sizeof(struct pool_slab) + object_len * slab_n;
}

static struct pool_slab *slab_new(struct pool *pool, size_t len)
{
	if (!budget_charge(pool->budget, len))
		return NULL;
	struct pool_slab *slab = pages_alloc(len);

	if (!slab) {
		budget_release(pool->budget, len);
		return NULL;
	}
	*slab = (struct pool_slab){ pool->slabs, len };
	return slab;
}

/* Near its cap a budget that refuses a large slab may still have room for a small one. */
static bool pool_grow(struct pool *pool)
{
	struct pool_slab *slab = slab_new(pool, pool->next_len);

	if (!slab && pool->next_len > pool->first_len)
		slab = slab_new(pool, pool->first_len);
	if (!slab)
		return false;
	pool->slabs = slab;
	pool->fresh = slab->objects;
	pool->fresh_end = (uint8_t *)slab + slab->len;
	if (pool->next_len < PAGES_HUGE)
		pool->next_len = pool->next_len < PAGES_HUGE / 2 ? pool->next_len * 2 : PAGES_HUGE;
	return true;
}

static bool has_fresh(const struct pool *pool)
{
	return (size_t)(pool->fresh_end - pool->fresh) >= pool->object_len;
}

void *pool_take(struct pool *pool)
{
	void *object = pool->free;

	if (object) {
		pool->free = pool->free->next;
	} else {
		if (!has_fresh(pool) && !pool_grow(pool))
			return NULL;
		object = pool->fresh;
		pool->fresh += pool->object_len;
	}
	pool->n_used++;
	return object;
}

void pool_give(struct pool *pool, void *object)
{
	if (!object)
		return;
	struct pool_free *free = object;

	free->next = pool->free;
	pool->free = free;
	pool->n_used--;
}

void pool_fini(struct pool *pool)
{
	assert(pool->n_used == 0);
	while (pool->slabs) {
		struct pool_slab *slab = pool->slabs;

		pool->slabs = slab->next;
		budget_release(pool->budget, slab->len);
		pages_free(slab, slab->len);
	}
	pool->free = NULL;
	pool->fresh = pool->fresh_end = NULL;
}

bool pool_is_empty(const struct pool *pool)
{
	return !pool->free && !has_fresh(pool) && !budget_has_room(pool->budget, pool->first_len);
}
