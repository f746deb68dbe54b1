/* intake: a frame becomes a packet with a route: dissected, counted, timed. The reader's part of the way, before any flow. */
#ifndef STORMGLASS_RUN_INTAKE_H
#define STORMGLASS_RUN_INTAKE_H

#include "sensor/flow/defrag.h"
#include "sensor/model/stats.h"
#include "sensor/run/config.h"
#include "sensor/run/item.h"

struct intake {
	struct stats stats;
	struct budget budget;
	struct defrag *defrag;
	const struct net_ports *tunnel_ports;
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

/* False: out of memory. */
bool intake_init(struct intake *intake, const struct config *config);
void intake_fini(struct intake *intake);

/* Packet time is the only clock: it follows the frame's, and never goes back. */
struct intake_news intake_clock(struct intake *intake, const struct frame *frame);

/* Counts the frame. True: `item` is its packet, or that of the datagram it makes whole, to be worked on; its views borrow from the
 * frame or from `joined`. */
bool intake_packet(struct intake *intake, const struct frame *frame, struct arena *joined, struct item *item);

/* What was counted up to now. */
const struct stats *intake_stats(struct intake *intake);

#endif
