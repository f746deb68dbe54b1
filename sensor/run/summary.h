/* summary: a run in words for a person: what was read, what was found, each alert in three lines: what, who, why. */
#ifndef STORMGLASS_RUN_SUMMARY_H
#define STORMGLASS_RUN_SUMMARY_H

#include "sensor/run/collector.h"

struct summary;

struct summary *summary_new(void);
struct alert_log summary_log(struct summary *summary);
void summary_print(const struct summary *summary, const struct stats *stats, FILE *out);
void summary_free(struct summary *summary);

#endif
