/* stats_text: counters as the object of a stats event. */
#ifndef STORMGLASS_OUTPUT_STATS_TEXT_H
#define STORMGLASS_OUTPUT_STATS_TEXT_H

#include "sensor/model/stats.h"
#include "sensor/output/json.h"

/* What an event of counters spans. */
struct stats_span {
	const struct stats *before; /* as the event before told them */
	int64_t seconds;            /* since then */
	int64_t uptime;             /* seconds since the start, by packet time */
	bool local;                 /* with what depends on how flows are spread over workers; without, any number tells the same */
	bool live;                  /* with what interfaces alone have */
};

/* Appends {"uptime":…, groups of counters since the start, "interval":{"seconds":…, the same since the event before}}. */
void stats_text(struct json *json, const struct stats *stats, const struct stats_span *span);

#endif
