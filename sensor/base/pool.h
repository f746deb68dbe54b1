/* pool: objects of one size, carved from slabs, reused last-in first-out. Slabs go back only in pool_fini.
 * The first slab is small; each further one is twice as large, up to a huge page. */
#ifndef STORMGLASS_BASE_POOL_H
#define STORMGLASS_BASE_POOL_H

#include "sensor/base/budget.h"

struct pool_slab;
struct pool_free;

struct pool {
	size_t object_len;
	size_t first_len;        /* of the first slab */
	size_t next_len;         /* of the next one */
	struct pool_slab *slabs; /* newest first */
	uint8_t *fresh;          /* objects of the newest slab that were never taken, up to ... */
	uint8_t *fresh_end;
	struct pool_free *free;
	struct budget *budget;
	size_t n_used;
};

/* `slab_n` objects fit into the first slab. */
void pool_init(struct pool *pool, size_t object_len, size_t slab_n, struct budget *budget);

/* An object with undefined content, or NULL when the budget refuses even a small slab. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *object); /* NULL is fine */
void pool_fini(struct pool *pool); /* everything must have been given back */

/* Would pool_take refuse? */
bool pool_is_empty(const struct pool *pool);

#endif
