#include "sensor/flow/datagrams.h"

#include <assert.h>

#include "sensor/base/pages.h"

enum { KEY_ID = 4, PIECES_SLAB = 64, DATAGRAMS_SLAB = 16, BUCKETS_MIN = 64, BUCKETS_MAX = 1 << 20 };

/* Identifications of IPv4 have 16 bits and come round in seconds where a tunnel's packets are all cut up. What lacks a
 * part by then, because the mirror lost it or had another twice, must not meet its namesake: a wrong end would be joined
 * to it, and the right one would wait for the next. So a datagram is forgotten, too, when so many fragments between its
 * two hosts went by without one of its own. (Linux's ipfrag_max_dist is 64; so few would let a stranger hide a datagram
 * from us that other hosts take.) */
enum { PEER_DISTANCE = 8192 };

bool datagrams_init(struct datagrams *datagrams, size_t memcap, size_t max, struct budget *parent)
{
	size_t n_buckets = BUCKETS_MIN;

	while (n_buckets < max && n_buckets < BUCKETS_MAX)
		n_buckets *= 2;
	*datagrams = (struct datagrams){ .n_buckets = n_buckets, .max = max };
	datagrams->buckets = pages_alloc(n_buckets * sizeof(struct datagram *));
	nh_key_random(&datagrams->hash_key);
	budget_init(&datagrams->budget, memcap, parent);
	pool_init(&datagrams->pool, sizeof(struct datagram), DATAGRAMS_SLAB, &datagrams->budget);
	pool_init(&datagrams->pieces, sizeof(struct piece), PIECES_SLAB, &datagrams->budget);
	return datagrams->buckets != NULL;
}

void datagrams_fini(struct datagrams *datagrams)
{
	for (size_t i = 0; i < 2; i++)
		while (datagrams->ages[i].oldest)
			datagrams_end(datagrams, datagrams->ages[i].oldest);
	pool_fini(&datagrams->pool);
	pool_fini(&datagrams->pieces);
	pages_free(datagrams->buckets, datagrams->n_buckets * sizeof(struct datagram *));
	assert(datagrams->budget.used == 0);
}

size_t datagrams_memuse(const struct datagrams *datagrams)
{
	return datagrams->budget.used + datagrams->n_buckets * sizeof(struct datagram *);
}

/* ---- the end of one ---- */

static struct datagram **bucket_of(struct datagrams *datagrams, const uint64_t *key)
{
	return &datagrams->buckets[nh_words(&datagrams->hash_key, key, DATAGRAM_KEY_WORDS) & (datagrams->n_buckets - 1)];
}

void datagrams_end(struct datagrams *datagrams, struct datagram *datagram)
{
	struct ages *ages = &datagrams->ages[datagram->ip_version == 6];
	struct datagram **link = bucket_of(datagrams, datagram->key);

	while (*link != datagram)
		link = &(*link)->chain;
	*link = datagram->chain;
	*(datagram->older ? &datagram->older->newer : &ages->oldest) = datagram->newer;
	*(datagram->newer ? &datagram->newer->older : &ages->newest) = datagram->older;
	pieces_drop(&datagram->pieces, &datagrams->pieces);
	while (datagram->parcels)
		datagrams_unkeep(datagrams, datagram);
	pool_give(&datagrams->pool, datagram);
	datagrams->n--;
}

static void end_late(struct datagrams *datagrams, struct datagram *datagram)
{
	datagrams->n_late[datagram->ip_version == 6]++;
	datagrams_end(datagrams, datagram);
}

void datagrams_tick(struct datagrams *datagrams, int64_t now_ns)
{
	const int64_t max = INT64_C(1) << 62; /* 2116: what is later is a mistake of the capture, and might overflow */

	if (now_ns > datagrams->clock_ns)
		datagrams->clock_ns = now_ns < max ? now_ns : max;
	for (size_t i = 0; i < 2; i++) {
		struct datagram *oldest;

		while ((oldest = datagrams->ages[i].oldest) &&
		    datagrams->clock_ns - oldest->start_ns >= datagrams->wait_ns[i])
			end_late(datagrams, oldest);
	}
}

/* Makes room: the datagram that has waited longest goes, but for `keep`, which may be NULL. False: there is none. */
static bool evict(struct datagrams *datagrams, const struct datagram *keep)
{
	struct datagram *oldest[2];

	for (size_t i = 0; i < 2; i++) {
		oldest[i] = datagrams->ages[i].oldest;
		if (oldest[i] && oldest[i] == keep)
			oldest[i] = oldest[i]->newer;
	}
	if (!oldest[0] && !oldest[1])
		return false;
	bool sixth = !oldest[0] || (oldest[1] && oldest[1]->start_ns < oldest[0]->start_ns);

	datagrams_end(datagrams, oldest[sixth]);
	datagrams->n_evicted++;
	return true;
}

/* ---- the beginning of one ---- */

static void key_of(const struct packet *packet, const struct fragment *fragment, uint64_t *key)
{
	uint8_t protocol = fragment->ip_version == 4 ? fragment->protocol : 0; /* the first one's counts (RFC 8200 4.5) */

	memcpy(key, packet->src.b, 16);
	memcpy(key + 2, packet->dst.b, 16);
	key[KEY_ID] = fragment->id;
	key[5] = (uint64_t)fragment->ip_version << 8 | protocol;
}

static struct datagram *begin(struct datagrams *datagrams, const uint64_t *key, uint8_t ip_version)
{
	struct ages *ages = &datagrams->ages[ip_version == 6];
	struct datagram *datagram;

	if (datagrams->n >= datagrams->max) {
		datagrams->n_full++;
		if (!evict(datagrams, NULL))
			return NULL;
	}
	while (!(datagram = pool_take(&datagrams->pool)))
		if (!evict(datagrams, NULL))
			return NULL;
	*datagram = (struct datagram){ .older = ages->newest, .start_ns = datagrams->clock_ns, .end = UINT32_MAX,
		.ip_version = ip_version };
	memcpy(datagram->key, key, sizeof datagram->key);
	*(ages->newest ? &ages->newest->newer : &ages->oldest) = datagram;
	ages->newest = datagram;
	struct datagram **bucket = bucket_of(datagrams, key);

	datagram->chain = *bucket;
	*bucket = datagram;
	datagrams->n++;
	return datagram;
}

/* Counts a fragment between the two hosts of an IPv4 datagram. */
static uint32_t count_peer(struct datagrams *datagrams, const uint64_t *key)
{
	uint64_t peer[DATAGRAM_KEY_WORDS];

	memcpy(peer, key, sizeof peer);
	peer[KEY_ID] = 0;
	return ++datagrams->peers[nh_words(&datagrams->hash_key, peer, DATAGRAM_KEY_WORDS) % DATAGRAMS_PEERS];
}

struct datagram *datagrams_get(struct datagrams *datagrams, const struct packet *packet, const struct fragment *fragment)
{
	uint64_t key[DATAGRAM_KEY_WORDS];

	key_of(packet, fragment, key);
	uint32_t seen = fragment->ip_version == 4 ? count_peer(datagrams, key) : 0;
	struct datagram *datagram = *bucket_of(datagrams, key);

	while (datagram && memcmp(datagram->key, key, sizeof key) != 0)
		datagram = datagram->chain;
	if (datagram && seen - datagram->seen > PEER_DISTANCE) {
		end_late(datagrams, datagram);
		datagram = NULL;
	}
	if (!datagram)
		datagram = begin(datagrams, key, fragment->ip_version);
	if (datagram)
		datagram->seen = seen;
	return datagram;
}

/* ---- parcels ---- */

struct parcel *datagrams_keep(struct datagrams *datagrams, struct datagram *datagram, const struct fragment *fragment)
{
	size_t head_len = fragment->offset == 0 ? fragment->head.len : 0, len = head_len + fragment->data.len;
	struct parcel *parcel;

	while (pool_is_empty(&datagrams->pieces))
		if (!evict(datagrams, datagram))
			return NULL;
	while (!(parcel = budget_alloc(&datagrams->budget, sizeof *parcel + len)))
		if (!evict(datagrams, datagram))
			return NULL;
	*parcel = (struct parcel){ .next = datagram->parcels, .fragment = *fragment, .len = len };
	datagram->parcels = parcel;
	if (head_len)
		memcpy(parcel->bytes, fragment->head.data, head_len);
	if (fragment->data.len)
		memcpy(parcel->bytes + head_len, fragment->data.data, fragment->data.len);
	parcel->fragment.head = bytes_of(parcel->bytes, head_len);
	parcel->fragment.data = bytes_of(parcel->bytes + head_len, fragment->data.len);
	parcel->cargo = (struct cargo){ fragment->offset, fragment->len, parcel->fragment.data };
	return parcel;
}

void datagrams_unkeep(struct datagrams *datagrams, struct datagram *datagram)
{
	struct parcel *parcel = datagram->parcels;

	datagram->parcels = parcel->next;
	budget_free(&datagrams->budget, parcel, sizeof *parcel + parcel->len);
}
