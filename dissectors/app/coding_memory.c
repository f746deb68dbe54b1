#include "dissectors/app/coding_memory.h"

#include <stdalign.h>

/* Libraries do not say how much it was that they give back. */
struct piece {
	size_t len;
	alignas(max_align_t) uint8_t data[];
};

void *coding_memory_alloc(void *budget, size_t len)
{
	struct piece *piece = len < SIZE_MAX - sizeof *piece ? budget_alloc(budget, sizeof *piece + len) : NULL;

	if (!piece)
		return NULL;
	piece->len = len;
	return piece->data;
}

void coding_memory_free(void *budget, void *memory)
{
	if (!memory)
		return;
	struct piece *piece = (struct piece *)(void *)((uint8_t *)memory - offsetof(struct piece, data));

	budget_free(budget, piece, sizeof *piece + piece->len);
}
