/* item: what the reader has for a worker: a packet of one of its flows, or the news that time went on. */
#ifndef STORMGLASS_RUN_ITEM_H
#define STORMGLASS_RUN_ITEM_H

#include "sensor/flow/flow.h"
#include "sensor/model/packet.h"

enum item_kind {
	ITEM_PACKET,
	ITEM_TICK,  /* before packet `number` another second began: every worker hears of it */
};

struct item {
	enum item_kind kind;
	uint64_t number;         /* of the packet at hand, whoever gets it */
	int64_t clock_ns;        /* latest packet time of the run */
	struct flow_route route; /* of a packet */
	struct packet packet;
};

#endif
