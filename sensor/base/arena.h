/* arena: bump memory with a cap, freed all at once. What it hands out is aligned for any object and lives
 * until the next reset. The first block is kept across resets, so a warm arena does not allocate. */
#ifndef STORMGLASS_BASE_ARENA_H
#define STORMGLASS_BASE_ARENA_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	struct budget *budget;
	size_t block_len;
	uint8_t *place;             /* the owner's memory, used before any block */
	size_t place_len, place_used;
};

/* Blocks of `block_len` bytes are charged to `budget`, which must outlive the arena. */
void arena_init(struct arena *arena, size_t block_len, struct budget *budget);

/* Lends the arena memory of its owner's, aligned for any object; it is used first and outlives the arena. */
void arena_lend(struct arena *arena, void *place, size_t len);

/* Uninitialised memory, or NULL when the budget refuses. */
void *arena_alloc(struct arena *arena, size_t len);

/* A copy of `b`; an empty view with NULL data when the budget refuses and `b` is not empty. */
struct bytes arena_copy(struct arena *arena, struct bytes b);

void arena_reset(struct arena *arena);
void arena_fini(struct arena *arena);

#endif
