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

/* Anybody can have many connections wait for one session, and so fill one bucket: nothing here walks it to its end. */
static void bucket_put(struct waiters *waiters, struct waiter *waiter)
{
	struct waiters_bucket *bucket = &waiters->buckets[waiter->bucket];

	waiter->before = bucket->last;
	waiter->next = NULL;
	*(bucket->last ? &bucket->last->next : &bucket->first) = waiter;
	bucket->last = waiter;
}

static void bucket_take(struct waiters *waiters, struct waiter *waiter)
{
	struct waiters_bucket *bucket = &waiters->buckets[waiter->bucket];

	*(waiter->next ? &waiter->next->before : &bucket->last) = waiter->before;
	*(waiter->before ? &waiter->before->next : &bucket->first) = waiter->next;
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
	bucket_put(waiters, waiter);
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
	bucket_take(waiters, waiter);
	upper->waiter = NULL;
	pool_give(&waiters->pool, waiter);
}

/* Who was woken stands behind all others: they are woken in the order they came, and one that heard these news is the first of
 * those who did. */
struct waiter *waiters_next(struct waiters *waiters, const struct session_key *key, uint64_t news)
{
	struct waiter *waiter = waiters->buckets[bucket_of(waiters, key)].first;

	while (waiter && memcmp(&waiter->key, key, sizeof *key) != 0)
		waiter = waiter->next;
	if (!waiter || waiter->heard == news)
		return NULL;
	waiter->heard = news;
	bucket_take(waiters, waiter);
	bucket_put(waiters, waiter);
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
