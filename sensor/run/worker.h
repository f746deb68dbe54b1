/* worker: takes packets one by one through flow, dissectors, credentials, trust and rules to events. Owns all the state of
 * its flows and shares nothing that changes. */
#ifndef STORMGLASS_RUN_WORKER_H
#define STORMGLASS_RUN_WORKER_H

#include "sensor/detect/decode.h"
#include "sensor/rules/rules.h"
#include "sensor/input/live.h"
#include "sensor/model/stats.h"
#include "sensor/run/reporter.h"

struct worker;

struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules, struct eve *eve,
    const struct alert_log *log);

/* A frame of the input. */
void worker_frame(struct worker *worker, const struct frame *frame);

/* Time has passed without packets: what waits for a time goes when it has come. An earlier time changes nothing. */
void worker_clock(struct worker *worker, int64_t now_ns);

/* Judges by another rule set and trust from now on; `decode` and `rules` are borrowed as those before were, which may
 * go. What waits for its response is judged by the new rules; tokens are decoded again. False: out of memory, the old
 * ones stay. */
bool worker_judge_by(struct worker *worker, const struct decode *decode, const struct rules *rules);

/* What the kernel counted, for stats. */
void worker_capture(struct worker *worker, const struct live_stats *capture);

/* The input is over: every flow ends, all that waits is written, then a last stats event. */
void worker_finish(struct worker *worker);
const struct stats *worker_stats(struct worker *worker);
void worker_free(struct worker *worker);

#endif
