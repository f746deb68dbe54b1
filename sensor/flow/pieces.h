/* pieces: the data of one datagram, as far as it came: stretches of fragments in order, none overlapping another. */
#ifndef STORMGLASS_FLOW_PIECES_H
#define STORMGLASS_FLOW_PIECES_H

#include "sensor/base/bytes.h"
#include "sensor/base/pool.h"
#include "sensor/flow/defrag_policy.h"

/* What a fragment carries. Kept by the owner for as long as pieces of it are. */
struct cargo {
	uint32_t offset, len; /* in the datagram's data; on the wire */
	struct bytes data;    /* shorter than len where a snap length cut it */
};

struct piece {
	struct piece *next;
	struct stretch at;
	const struct cargo *from;
};

/* Starts zeroed. */
struct pieces {
	struct piece *first, *last;
	uint32_t covered; /* bytes */
};

/* What came of a fragment. */
struct pieces_outcome {
	bool overlaps; /* some of it was there before ... */
	bool differs;  /* ... with other bytes */
	bool adds;     /* some of it was not there before */
	bool kept;     /* some of it is now there: the cargo must stay */
};

/* Puts a fragment in its place. False: out of memory, and the pieces are good for nothing but pieces_drop. */
bool pieces_put(struct pieces *pieces, struct pool *pool, enum defrag_policy policy, const struct cargo *cargo,
    struct pieces_outcome *outcome);

/* Copies what is there from the beginning on, up to the first byte that is not there or was not captured. */
size_t pieces_copy(const struct pieces *pieces, uint8_t *to);

void pieces_drop(struct pieces *pieces, struct pool *pool);

#endif
