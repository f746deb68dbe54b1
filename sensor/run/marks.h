/* marks: what a first use, or a first alert, is the first of: a token, a client, and for an alert a rule. */
#ifndef STORMGLASS_RUN_MARKS_H
#define STORMGLASS_RUN_MARKS_H

#include "sensor/base/hash.h"
#include "sensor/model/packet.h"

struct mark {
	struct hash128 token_id;
	struct address client;
	uint32_t gid, sid; /* 0: of a use */
	uint64_t issued;   /* 1: the client was given it, 0: the client used it */
};

static inline struct bytes mark_bytes(const struct mark *mark)
{
	return bytes_of(mark, sizeof *mark);
}

#endif
