#include "dissectors/app/body_blocks.h"

enum { FIRST_LEN = 1024, MOST_LEN = 65536 }; /* of a block, with its head */

static bool blocks_grow(struct body_blocks *blocks)
{
	struct body_block *last = blocks->last;
	size_t len = last ? (last->cap + sizeof *last) * 2 : FIRST_LEN;

	if (len > MOST_LEN)
		len = MOST_LEN;
	struct body_block *block = budget_alloc(blocks->budget, len);

	if (!block)
		return false;
	*block = (struct body_block){ .cap = len - sizeof *block };
	if (last)
		last->next = block;
	else
		blocks->first = block;
	blocks->last = block;
	return true;
}

uint8_t *body_blocks_room(struct body_blocks *blocks, size_t *len)
{
	if ((!blocks->last || blocks->last->len == blocks->last->cap) && !blocks_grow(blocks))
		return NULL;
	*len = blocks->last->cap - blocks->last->len;
	return blocks->last->data + blocks->last->len;
}

void body_blocks_took(struct body_blocks *blocks, size_t len)
{
	blocks->last->len += len;
	blocks->len += len;
}

bool body_blocks_add(struct body_blocks *blocks, struct bytes data)
{
	while (data.len) {
		size_t len;
		uint8_t *room = body_blocks_room(blocks, &len);

		if (!room)
			return false;
		len = len < data.len ? len : data.len;
		memcpy(room, data.data, len);
		body_blocks_took(blocks, len);
		data = bytes_tail(data, len);
	}
	return true;
}

struct bytes body_blocks_copy(const struct body_blocks *blocks, struct arena *arena)
{
	uint8_t *copy = blocks->len ? arena_alloc(arena, blocks->len) : NULL;
	size_t at = 0;

	if (!blocks->len)
		return bytes_of("", 0);
	if (!copy)
		return bytes_of(NULL, 0);
	for (const struct body_block *block = blocks->first; block; block = block->next) {
		memcpy(copy + at, block->data, block->len);
		at += block->len;
	}
	return bytes_of(copy, at);
}

void body_blocks_free(struct body_blocks *blocks)
{
	while (blocks->first) {
		struct body_block *next = blocks->first->next;

		budget_free(blocks->budget, blocks->first, sizeof *blocks->first + blocks->first->cap);
		blocks->first = next;
	}
	*blocks = (struct body_blocks){ .budget = blocks->budget };
}
