/* worker: takes packets one by one through flow, dissectors, credentials, trust and rules to events. Owns all the state of
 * its flows and shares nothing that changes. */
#ifndef STORMGLASS_RUN_WORKER_H
#define STORMGLASS_RUN_WORKER_H

#include "sensor/detect/decode.h"
#include "sensor/rules/rules.h"
#include "sensor/model/stats.h"
#include "sensor/run/reporter.h"

struct worker;

struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules, struct eve *eve,
    const struct alert_log *log);

/* A frame of the input. */
void worker_frame(struct worker *worker, const struct frame *frame);

/* The input is over: every flow ends, all that waits is written, then a last stats event. */
void worker_finish(struct worker *worker);
const struct stats *worker_stats(struct worker *worker);
void worker_free(struct worker *worker);

#endif
