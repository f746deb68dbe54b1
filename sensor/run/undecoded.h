/* undecoded: flows whose protocol nothing of ours reads, counted by what it looks like. */
#ifndef STORMGLASS_RUN_UNDECODED_H
#define STORMGLASS_RUN_UNDECODED_H

#include "sensor/flow/flow.h"
#include "sensor/model/stats.h"

/* Notes in the flow what the packet's payload looks like, where it is the first that no dissector took. */
void undecoded_look(struct flow *flow, const struct packet *packet);

/* The flow is over: counts it, unless HTTP was found in it. */
void undecoded_count(struct stats *stats, const struct flow *flow);

#endif
