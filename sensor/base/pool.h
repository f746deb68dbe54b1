/* pool: objects of one size, carved from slabs, reused last-in first-out. Slabs go back only in pool_fini. */
#ifndef STORMGLASS_BASE_POOL_H
#define STORMGLASS_BASE_POOL_H

#include "sensor/base/budget.h"

struct pool_slab;
struct pool_free;

struct pool {
	size_t object_len;
	size_t slab_n; /* objects a slab */
	struct pool_slab *slabs;
	struct pool_free *free;
	struct budget *budget;
	size_t n_used;
};

void pool_init(struct pool *pool, size_t object_len, size_t slab_n, struct budget *budget);

/* An object with undefined content, or NULL when the budget refuses another slab. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *object); /* NULL is fine */
void pool_fini(struct pool *pool); /* everything must have been given back */

#endif
