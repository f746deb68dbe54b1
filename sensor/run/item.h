/* item: what the reader has for a worker: a packet of one of its flows, or the news that time went on or that secrets came. */
#ifndef STORMGLASS_RUN_ITEM_H
#define STORMGLASS_RUN_ITEM_H

#include <stddef.h>
#include <string.h>

#include "sensor/flow/flow.h"
#include "sensor/model/packet.h"

enum item_kind {
	ITEM_PACKET,
	ITEM_ODD,     /* a packet that is part of no flow, and odd */
	ITEM_TICK,    /* before packet `number` another second began: every worker hears of it */
	ITEM_SECRETS, /* before packet `number` secrets were added: likewise */
};

struct item {
	enum item_kind kind;
	uint64_t number;         /* of the packet at hand, whoever gets it */
	int64_t clock_ns;        /* latest packet time of the run */
	struct flow_route route; /* of a packet */
	uint32_t odd;            /* of ITEM_ODD: bits 1 << enum defrag_odd */
	struct packet packet;    /* last, for what it says of its own end */
};

/* The tunnel is left behind where there is none. */
static inline void item_copy(struct item *to, const struct item *from)
{
	if (from->packet.tunnel.depth) {
		*to = *from;
		return;
	}
	memcpy(to, from, offsetof(struct item, packet.tunnel));
	to->packet.tunnel.depth = 0;
}

#endif
