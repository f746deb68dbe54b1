#include "sensor/run/waiters.h"

void waiters_init(struct waiters *waiters, struct budget *budget)
{
	memset(waiters, 0, sizeof *waiters);
	pool_init(&waiters->pool, sizeof(struct waiter), 64, budget);
	waiters->hash_key = hash_key_random();
}

void waiters_fini(struct waiters *waiters)
{
	pool_fini(&waiters->pool);
}

static uint32_t bucket_of(const struct waiters *waiters, const struct session_key *key)
{
	return (uint32_t)(hash64(waiters->hash_key, bytes_of(key, sizeof *key)) % WAITERS_BUCKETS);
}

static void unlink_by_age(struct waiters *waiters, struct waiter *waiter)
{
	*(waiter->newer ? &waiter->newer->older : &waiters->newest) = waiter->older;
	*(waiter->older ? &waiter->older->newer : &waiters->oldest) = waiter->newer;
	waiter->older = waiter->newer = NULL;
}

void waiters_add(struct waiters *waiters, const struct session_key *key, struct flow *flow, struct upper *upper, int64_t now_ns)
{
	struct waiter *waiter;

	waiters_remove(waiters, upper);
	waiter = pool_take(&waiters->pool);
	if (!waiter)
		return;
	*waiter = (struct waiter){ .key = *key, .flow = flow, .upper = upper, .since_ns = now_ns, .bucket = bucket_of(waiters, key),
		.older = waiters->newest };
	*(waiters->newest ? &waiters->newest->newer : &waiters->oldest) = waiter;
	waiters->newest = waiter;
	/* behind those that came before: they are woken in the order they came */
	struct waiter **place = &waiters->buckets[waiter->bucket];

	while (*place)
		place = &(*place)->next;
	*place = waiter;
	upper->waiter = waiter;
}

/* One that is overdue is in no order of waiting any more. */
void waiters_remove(struct waiters *waiters, struct upper *upper)
{
	struct waiter *waiter = upper ? upper->waiter : NULL;

	if (!waiter)
		return;
	if (waiter->since_ns != INT64_MAX)
		unlink_by_age(waiters, waiter);
	struct waiter **place = &waiters->buckets[waiter->bucket];

	while (*place != waiter)
		place = &(*place)->next;
	*place = waiter->next;
	upper->waiter = NULL;
	pool_give(&waiters->pool, waiter);
}

struct waiter *waiters_next(struct waiters *waiters, const struct session_key *key, uint64_t news)
{
	struct waiter *waiter = waiters->buckets[bucket_of(waiters, key)];

	while (waiter && (waiter->heard == news || memcmp(&waiter->key, key, sizeof *key) != 0))
		waiter = waiter->next;
	if (waiter)
		waiter->heard = news;
	return waiter;
}

struct waiter *waiters_overdue(struct waiters *waiters, int64_t before_ns)
{
	struct waiter *waiter = waiters->oldest;

	if (!waiter || waiter->since_ns >= before_ns)
		return NULL;
	unlink_by_age(waiters, waiter);
	waiter->since_ns = INT64_MAX;
	return waiter;
}
