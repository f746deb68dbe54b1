/* body_blocks: bytes that come bit by bit, kept in blocks that never move. Where a block ends depends only on how many bytes
 * there are, not on how they came. */
#ifndef STORMGLASS_DISSECTORS_APP_BODY_BLOCKS_H
#define STORMGLASS_DISSECTORS_APP_BODY_BLOCKS_H

#include "sensor/base/arena.h"

struct body_block {
	struct body_block *next;
	size_t len, cap;
	uint8_t data[];
};

/* Zeroed but for its budget at first. */
struct body_blocks {
	struct body_block *first, *last;
	size_t len;            /* of all */
	struct budget *budget;
};

/* Room for `*len` bytes, at least one, behind what is there; NULL: the budget refuses. */
uint8_t *body_blocks_room(struct body_blocks *blocks, size_t *len);

/* So many bytes were put into that room. */
void body_blocks_took(struct body_blocks *blocks, size_t len);

/* False: the budget refused; what had room was added. */
bool body_blocks_add(struct body_blocks *blocks, struct bytes data);

/* All of them in a row; as arena_copy where the arena refuses. */
struct bytes body_blocks_copy(const struct body_blocks *blocks, struct arena *arena);

/* Gives all of them back; the blocks are empty then. */
void body_blocks_free(struct body_blocks *blocks);

#endif
