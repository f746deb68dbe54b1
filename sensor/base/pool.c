#include "sensor/base/pool.h"

#include <assert.h>
#include <stdalign.h>

struct pool_slab {
	struct pool_slab *next;
	alignas(max_align_t) uint8_t objects[];
};

struct pool_free {
	struct pool_free *next;
};

void pool_init(struct pool *pool, size_t object_len, size_t slab_n, struct budget *budget)
{
	const size_t align = alignof(max_align_t);

	*pool = (struct pool){
		.object_len = (object_len + align - 1) & ~(align - 1),
		.slab_n = slab_n,
		.budget = budget,
	};
}

static size_t pool_slab_len(const struct pool *pool)
{
	return sizeof(struct pool_slab) + pool->object_len * pool->slab_n;
}

static bool pool_grow(struct pool *pool)
{
	struct pool_slab *slab = budget_alloc(pool->budget, pool_slab_len(pool));

	if (!slab)
		return false;
	slab->next = pool->slabs;
	pool->slabs = slab;
	for (size_t i = pool->slab_n; i-- > 0;) {
		struct pool_free *object = (struct pool_free *)(void *)(slab->objects + i * pool->object_len);

		object->next = pool->free;
		pool->free = object;
	}
	return true;
}

void *pool_take(struct pool *pool)
{
	if (!pool->free && !pool_grow(pool))
		return NULL;
	struct pool_free *object = pool->free;

	pool->free = object->next;
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
		struct pool_slab *next = pool->slabs->next;

		budget_free(pool->budget, pool->slabs, pool_slab_len(pool));
		pool->slabs = next;
	}
	pool->free = NULL;
}
