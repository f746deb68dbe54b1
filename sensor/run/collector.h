/* collector: writes reports as events, in the order of their keys. What only somebody who hears of every flow can know is decided
 * here: whether another worker's flow used this token, or raised this alert, before. */
#ifndef STORMGLASS_RUN_COLLECTOR_H
#define STORMGLASS_RUN_COLLECTOR_H

#include "sensor/model/stats.h"
#include "sensor/output/eve.h"
#include "sensor/run/config.h"
#include "sensor/run/report.h"

/* Told of every alert beside EVE; for the summary of a run. */
struct alert_log {
	void (*add)(void *context, const struct event *event);
	void *context;
};

struct collector;

/* For the reports of `n_workers`. What is given is borrowed until collector_free. NULL: out of memory. */
struct collector *collector_new(const struct config *config, const struct rules *rules, struct eve *eve, const struct alert_log *log,
    unsigned n_workers);
void collector_free(struct collector *collector);

/* Writes the reports of some packets: a list of each worker, ordered. They stay the workers'. */
void collector_take(struct collector *collector, const struct report_list *lists[]);

/* Writes what reader and workers counted up to now, and what it counted itself, as a stats event. The first call of a run only
 * says when it began, unless it is the last one too. */
void collector_tell_stats(struct collector *collector, const struct stats *total, int64_t time_ns, bool is_last);

/* Rules by which the following reports were judged. */
void collector_reload(struct collector *collector, const struct rules *rules);

/* Its own counters, to be added to the others'. */
const struct stats *collector_stats(struct collector *collector);

#endif
