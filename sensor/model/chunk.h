/* chunk: in-order bytes of one direction of one stream, with the gap before them. Borrowed for one feed call. */
#ifndef STORMGLASS_MODEL_CHUNK_H
#define STORMGLASS_MODEL_CHUNK_H

#include "sensor/model/packet.h"

struct chunk {
	struct bytes data;
	uint64_t gap;        /* bytes lost before data, those with them that were offered and not consumed */
	size_t seen;         /* prefix of data that was offered before and not consumed */
	enum direction dir;
	uint8_t side;        /* the sender's: 0, 1; unlike dir it never turns out to be the other way round */
	bool is_last;        /* nothing will follow in this direction */
	bool wakes;          /* it came for no bytes, but because secrets came or time went by; what was not consumed yet is in it */
	int64_t time_ns;     /* of the packet that completed this chunk */
	uint64_t number;     /* its packet number */
};

#endif
