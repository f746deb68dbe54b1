/* content: chunks on their way through the levels of a flow, from the connection itself to what is decrypted within it, and what
 * they say to `messages`. Wakes connections whose secrets came late. One worker's. */
#ifndef STORMGLASS_RUN_CONTENT_H
#define STORMGLASS_RUN_CONTENT_H

#include "sensor/run/key_material.h"
#include "sensor/run/messages.h"
#include "sensor/run/waiters.h"

struct content {
	struct messages *messages;
	const struct key_material *material; /* NULL: TLS is not decrypted */
	struct stream_memory *streams;
	struct layers_memory layers;
	struct tls_env tls;
	struct body_env bodies;
	struct redact redact;
	struct waiters waiters;
	uint64_t n_news;         /* of secrets, that were heard */
	struct arena arena;      /* of the outbox */
	struct outbox outbox;
	struct budget outbox_budget, layers_budget, bodies_budget, lasting_budget;
};

/* Borrowed until content_fini. */
struct content_setup {
	const struct config *config;
	const struct key_material *material;
	struct messages *messages;
	struct stream_memory *streams;
	unsigned index;          /* of the worker */
};

/* Into zeroed memory. */
void content_init(struct content *content, const struct content_setup *setup, struct budget *budget, unsigned n_workers);
void content_fini(struct content *content);

/* What follows happens at this packet, or before it. */
void content_at(struct content *content, uint64_t number, int64_t now_ns);

/* The input is over: flows are ended from here on. */
void content_last(struct content *content);

/* Works a chunk of this level off. */
void content_feed(struct content *content, const struct level *level, unsigned side, struct chunk *chunk);

/* Works off what waits in a stream's queue, as far as it is due; `flush`: all of it. */
void content_pull(struct content *content, struct flow *flow, unsigned side, bool flush);

/* The stream is over. */
void content_end_stream(struct content *content, struct flow *flow, unsigned side);

/* The flow is over: what its streams and levels still hold is worked off and told, and their state goes. */
void content_end(struct content *content, struct flow *flow);

/* Does anything within the flow still wait for a secret, with what it waits for at hand? */
bool content_waits(const struct flow *flow);

/* Secrets were added, which are known from the packet at hand on: goes on with those who waited for them. */
void content_secrets(struct content *content);

/* Another second began: who waited long enough waits no more. */
void content_tick(struct content *content);

void content_stats(const struct content *content, struct stats *stats);

#endif
