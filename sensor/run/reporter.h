/* reporter: from what was found to events: evaluates the rules that were left, writes EVE, tells the summary. */
#ifndef STORMGLASS_RUN_REPORTER_H
#define STORMGLASS_RUN_REPORTER_H

#include "sensor/output/eve.h"
#include "sensor/run/credentials.h"

/* Told of every alert beside EVE; for the summary of a run. */
struct alert_log {
	void (*add)(void *context, const struct event *event);
	void *context;
};

struct reporter {
	const struct config *config;
	const struct rules *rules;
	struct eve *eve;
	struct alert_log log;
	struct credentials *credentials; /* which alerts were given before */
	struct stats *stats;
	uint16_t *candidates;            /* room for every rule */
};

/* False: out of memory. Everything given is borrowed until reporter_fini. */
bool reporter_init(struct reporter *reporter, const struct config *config, const struct rules *rules, struct eve *eve,
    const struct alert_log *log, struct credentials *credentials, struct stats *stats);
void reporter_fini(struct reporter *reporter);

/* An anomaly of a flow, a limited number for each; its record lives in `arena`. */
void reporter_anomaly(struct reporter *reporter, struct flow *flow, const char *code, enum direction dir, int64_t time_ns,
    uint64_t number, struct arena *arena);

/* All that a transaction has to say, now that its response is known or will not be. */
void reporter_transaction(struct reporter *reporter, const struct transaction *transaction);

/* A response whose request was not captured is worth an http event of its own. */
void reporter_response(struct reporter *reporter, const struct flow *flow, const struct http_message *message);

#endif
