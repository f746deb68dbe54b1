/* intake: a frame becomes a packet with a route: dissected, counted, timed. The reader's part of the way, before any flow. */
#ifndef STORMGLASS_RUN_INTAKE_H
#define STORMGLASS_RUN_INTAKE_H

#include "sensor/model/stats.h"
#include "sensor/run/config.h"
#include "sensor/run/item.h"

struct intake {
	struct stats stats;
	struct nh_key hash_key;  /* of the flow tables */
	int64_t clock_ns;        /* latest packet time */
	int64_t second_began_ns; /* that the clock is in; INT64_MAX: none yet */
	int64_t stats_ns, stats_due_ns;
};

/* What a frame's time brings. */
struct intake_news {
	bool tick;        /* another second began with it */
	bool stats;       /* and counters are due */
};

void intake_init(struct intake *intake, const struct config *config);

/* Packet time is the only clock: it follows the frame's, and never goes back. */
struct intake_news intake_clock(struct intake *intake, const struct frame *frame);

/* Counts the frame. True: `item` is its packet, which is one of a flow and whose views borrow from the frame. */
bool intake_packet(struct intake *intake, const struct frame *frame, struct item *item);

#endif
