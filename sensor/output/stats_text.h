/* stats_text: the counters as the inner object of a stats event, groups nested as Suricata nests them. */
#ifndef STORMGLASS_OUTPUT_STATS_TEXT_H
#define STORMGLASS_OUTPUT_STATS_TEXT_H

#include "sensor/model/stats.h"
#include "sensor/output/json.h"

void stats_text(struct json *json, const struct stats *stats);

#endif
