/* reporter: what a worker found becomes reports: facts of the flow are added, the rules that were left are judged. */
#ifndef STORMGLASS_RUN_REPORTER_H
#define STORMGLASS_RUN_REPORTER_H

#include "sensor/rules/rules.h"
#include "sensor/run/credentials.h"

struct reporter {
	const struct config *config;
	const struct rules *rules;
	struct credentials *credentials; /* which uses and alerts this worker reported before */
	struct reports_memory *memory;
	struct stats *stats;
	uint16_t *candidates;            /* room for every rule */
};

/* False: out of memory. Everything given is borrowed until reporter_fini. */
bool reporter_init(struct reporter *reporter, const struct config *config, const struct rules *rules,
    struct credentials *credentials, struct reports_memory *memory, struct stats *stats);

/* Other rules. */
void reporter_reload(struct reporter *reporter, const struct rules *rules);
void reporter_fini(struct reporter *reporter);

/* An anomaly of a flow, a limited number for each; NULL: nobody is to hear of it. */
struct report *reporter_anomaly(struct reporter *reporter, struct flow *flow, const char *code, enum direction dir, int64_t time_ns,
    uint64_t number);

/* A TLS connection, by its tls_record; NULL: nobody is to hear of it. */
struct report *reporter_connection(struct reporter *reporter, struct flow *flow, const struct record *connection, int64_t time_ns,
    uint64_t number);

/* All that a transaction could have to say, now that its response is known or will not be. False: nothing. */
bool reporter_transaction(struct reporter *reporter, struct report *report, const struct flow *flow);

/* Of that, what this worker has not said before, from now on. Asked for in the order in which reports are written. False:
 * nothing. */
bool reporter_decide(struct reporter *reporter, struct report *report);

/* A response whose request was not captured is worth an http event of its own. NULL: out of memory. */
struct report *reporter_response(struct reporter *reporter, const struct flow *flow, const struct http_message *message);

#endif
