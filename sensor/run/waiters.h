/* waiters: TLS connections that wait for a secret, by the session it is of and by how long they wait. One worker's. */
#ifndef STORMGLASS_RUN_WAITERS_H
#define STORMGLASS_RUN_WAITERS_H

#include "sensor/base/hash.h"
#include "sensor/base/pool.h"
#include "sensor/flow/layers.h"
#include "sensor/secrets/secrets.h"

enum { WAITERS_BUCKETS = 1024 };

struct waiter {
	struct waiter *older, *newer;
	struct waiter *before, *next; /* in its bucket */
	struct session_key key;
	struct flow *flow;
	struct upper *upper;      /* of the layer that waits */
	int64_t since_ns;         /* INT64_MAX: it was told that it waited long enough */
	uint64_t heard;           /* the last news that it was woken for */
	uint32_t bucket;
};

struct waiters {
	struct pool pool;
	struct hash_key hash_key;
	struct waiter *oldest, *newest;
	struct waiters_bucket {
		struct waiter *first, *last;
	} buckets[WAITERS_BUCKETS];
};

void waiters_init(struct waiters *waiters, struct budget *budget);
void waiters_fini(struct waiters *waiters);

/* The connection that `upper` is of waits from now on. Without memory it does not, and is never woken. */
void waiters_add(struct waiters *waiters, const struct session_key *key, struct flow *flow, struct upper *upper, int64_t now_ns);

/* It waits no more. NULL, or who does not wait, is fine. */
void waiters_remove(struct waiters *waiters, struct upper *upper);

/* Who waits for this session and was not woken yet for news number `news`: then it is. NULL: nobody. To wake one may end the
 * waiting of others: ask anew after each. */
struct waiter *waiters_next(struct waiters *waiters, const struct session_key *key, uint64_t news);

/* Who began before `before_ns`, taken out of the order of waiting: each is told once. NULL: nobody. */
struct waiter *waiters_overdue(struct waiters *waiters, int64_t before_ns);

#endif
