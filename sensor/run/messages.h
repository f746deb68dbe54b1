/* messages: what dissectors say of a flow becomes reports: a request's credentials are found and judged, its response completes
 * it, what is odd is told. One worker's. */
#ifndef STORMGLASS_RUN_MESSAGES_H
#define STORMGLASS_RUN_MESSAGES_H

#include "sensor/flow/label.h"
#include "sensor/flow/layers.h"
#include "sensor/run/reporter.h"

struct messages {
	const struct config *config;
	const struct rules *rules;
	struct stats *stats;
	struct labeller *labeller; /* NULL: labels are off */
	uint64_t number;           /* of the packet at hand */
	bool by_packet;            /* it is being worked on, not what the time brings to an end */
	struct report_list *out;   /* of the call at hand */
	struct reports_memory reports;
	struct transactions transactions;
	struct credentials credentials;
	struct reporter reporter;
};

/* Borrowed until messages_fini. */
struct messages_setup {
	const struct config *config;
	const struct decode *decode;
	const struct rules *rules;
	struct stats *stats;
	struct labeller *labeller;
	const struct nh_key *hash_key; /* of tokens */
};

/* Into zeroed memory. False: out of memory; to be ended all the same. */
bool messages_init(struct messages *messages, const struct messages_setup *setup, struct budget *budget, size_t tx_memcap,
    size_t token_memcap);
void messages_fini(struct messages *messages);

/* Is there anything to be taken? Of most packets there is not. */
static inline bool messages_are_in(const struct outbox *out)
{
	return out->n_messages || out->n_anomalies || out->child || out->connection;
}

/* Takes everything out of the outbox, by a chunk of direction `dir` of this level that packet `number` completed. */
void messages_take(struct messages *messages, const struct level *level, struct outbox *out, enum direction dir, int64_t time_ns,
    uint64_t number);

/* Something to be said of the packet at hand or, outside of packets, of a flow whose time is over. NULL is fine. */
void messages_say(struct messages *messages, struct report *report);

/* Outside of packets: what is said between the two is put in the order of writing, and only then decided. */
struct report **messages_mark(const struct messages *messages);
void messages_settle(struct messages *messages, struct report **mark);

/* The flow is over: requests that still wait are told as they are. */
void messages_end(struct messages *messages, struct flow *flow);

/* Likewise those that came before `before_ns`. */
void messages_overdue(struct messages *messages, int64_t before_ns);

/* Judges by other rules from here on, what waits for a response too. */
void messages_reload(struct messages *messages, const struct rules *rules);

/* Takes back reports that were written; the list is empty then. */
void messages_release(struct messages *messages, struct report_list *spent);

#endif
