#include "sensor/base/arena.h"

#include <stdalign.h>

struct arena_block {
	struct arena_block *next;
	size_t len; /* of data */
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *arena, size_t block_len, struct budget *budget)
{
	*arena = (struct arena){ .budget = budget, .block_len = block_len };
}

void arena_lend(struct arena *arena, void *place, size_t len)
{
	arena->place = place;
	arena->place_len = len;
	arena->place_used = 0;
}

static struct arena_block *arena_grow(struct arena *arena, size_t len)
{
	size_t data_len = len > arena->block_len ? len : arena->block_len;
	struct arena_block *block = budget_alloc(arena->budget, sizeof *block + data_len);

	if (!block)
		return NULL;
	block->next = arena->blocks;
	block->len = data_len;
	block->used = 0;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t len)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *block = arena->blocks;

	if (len > SIZE_MAX - align - sizeof *block)
		return NULL;
	len = (len + align - 1) & ~(align - 1);
	if (arena->place && arena->place_len - arena->place_used >= len) {
		uint8_t *memory = arena->place + arena->place_used;

		arena->place_used += len;
		return memory;
	}
	if (!block || block->len - block->used < len) {
		block = arena_grow(arena, len);
		if (!block)
			return NULL;
	}
	void *memory = block->data + block->used;

	block->used += len;
	return memory;
}

struct bytes arena_copy(struct arena *arena, struct bytes b)
{
	if (b.len == 0)
		return bytes_of("", 0);
	uint8_t *copy = arena_alloc(arena, b.len);

	if (!copy)
		return bytes_of(NULL, 0);
	memcpy(copy, b.data, b.len);
	return bytes_of(copy, b.len);
}

static void arena_drop(struct arena *arena, struct arena_block *keep)
{
	while (arena->blocks != keep) {
		struct arena_block *next = arena->blocks->next;

		budget_free(arena->budget, arena->blocks, sizeof *arena->blocks + arena->blocks->len);
		arena->blocks = next;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *first = arena->blocks;

	arena->place_used = 0;
	while (first && first->next)
		first = first->next;
	arena_drop(arena, first);
	if (first)
		first->used = 0;
}

void arena_fini(struct arena *arena)
{
	arena_drop(arena, NULL);
}
