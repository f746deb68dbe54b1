#include "sensor/flow/defrag.h"

#include <assert.h>
#include <stdlib.h>

#include "dissectors/net/fragment.h"
#include "sensor/base/nh.h"
#include "sensor/base/pages.h"
#include "sensor/flow/pieces.h"

enum { KEY_WORDS = 6, KEY_ID = 4, PIECES_SLAB = 64, DATAGRAMS_SLAB = 16, BUCKETS_MIN = 64, BUCKETS_MAX = 1 << 20 };

/* Identifications of IPv4 have 16 bits and come round in seconds where a tunnel's packets are all cut up. What lacks a part by then,
 * because the mirror lost it or had another twice, must not meet its namesake: a wrong end would be joined to it, and the right one
 * would wait for the next. So a datagram is forgotten, too, when so many fragments between its two hosts went by without one of its
 * own. (Linux's ipfrag_max_dist is 64; so few
 * would let a stranger hide a datagram from us that other hosts take.) */
enum { PEERS = 4096, PEER_DISTANCE = 8192 };

/* A fragment's bytes: head_len of its head, then its data. */
struct parcel {
	struct parcel *next;
	struct cargo cargo;
	struct fragment fragment; /* views into `bytes` */
	size_t len;               /* of `bytes` */
	uint8_t bytes[];
};

struct datagram {
	struct datagram *older, *newer; /* of the same IP version */
	struct datagram *chain;         /* in its bucket */
	uint64_t key[KEY_WORDS];
	int64_t start_ns;
	struct pieces pieces;
	struct parcel *parcels;         /* newest first */
	const struct parcel *first;     /* the first to come that begins the datagram */
	uint32_t end;                   /* of all data, where the last fragment has come; else UINT32_MAX */
	uint32_t reach;                 /* of the data there is */
	uint32_t n_fragments;
	uint32_t wire_len;
	uint32_t odd;                   /* what was told */
	uint32_t seen;                  /* count of its peers' fragments at its latest */
	uint8_t ip_version;
};

struct ages {
	struct datagram *oldest, *newest;
};

struct defrag {
	struct defrag_config config;
	struct datagram **buckets;
	size_t n_buckets; /* power of two */
	size_t n_datagrams;
	struct ages ages[2]; /* IPv4, IPv6 */
	struct nh_key hash_key;
	uint32_t peers[PEERS]; /* fragments between two hosts, by the hash of their addresses */
	struct pool datagrams, pieces;
	struct budget budget;
	int64_t clock_ns; /* latest packet time: never goes back */
	struct stats stats; /* its part defrag */
};

const char *defrag_odd_word(enum defrag_odd odd)
{
	static const char *const words[DEFRAG_ODDS] = {
		[DEFRAG_ODD_DIFFERS] = "ip.fragment_overlap_disagrees",
		[DEFRAG_ODD_OVERLAP] = "ip.fragment_overlap",
		[DEFRAG_ODD_END] = "ip.fragment_end_disagrees",
		[DEFRAG_ODD_LENGTH] = "ip.fragment_length",
		[DEFRAG_ODD_TOO_LONG] = "ip.fragment_too_long",
		[DEFRAG_ODD_TINY] = "ip.fragment_tiny",
		[DEFRAG_ODD_TOO_MANY] = "ip.fragments_too_many",
	};

	return (unsigned)odd < DEFRAG_ODDS ? words[odd] : "?";
}

struct defrag *defrag_new(const struct defrag_config *config, struct budget *parent)
{
	struct defrag *defrag = calloc(1, sizeof *defrag);

	if (!defrag)
		return NULL;
	defrag->config = *config;
	defrag->n_buckets = BUCKETS_MIN;
	while (defrag->n_buckets < config->max_datagrams && defrag->n_buckets < BUCKETS_MAX)
		defrag->n_buckets *= 2;
	defrag->buckets = pages_alloc(defrag->n_buckets * sizeof(struct datagram *));
	if (!defrag->buckets) {
		free(defrag);
		return NULL;
	}
	nh_key_random(&defrag->hash_key);
	budget_init(&defrag->budget, config->memcap, parent);
	pool_init(&defrag->datagrams, sizeof(struct datagram), DATAGRAMS_SLAB, &defrag->budget);
	pool_init(&defrag->pieces, sizeof(struct piece), PIECES_SLAB, &defrag->budget);
	return defrag;
}

/* ---- datagrams ---- */

static struct ages *ages_of(struct defrag *defrag, uint8_t ip_version)
{
	return &defrag->ages[ip_version == 6];
}

static struct datagram **bucket_of(struct defrag *defrag, const uint64_t *key)
{
	return &defrag->buckets[nh_words(&defrag->hash_key, key, KEY_WORDS) & (defrag->n_buckets - 1)];
}

static void datagram_empty(struct defrag *defrag, struct datagram *datagram)
{
	pieces_drop(&datagram->pieces, &defrag->pieces);
	while (datagram->parcels) {
		struct parcel *parcel = datagram->parcels;

		datagram->parcels = parcel->next;
		budget_free(&defrag->budget, parcel, sizeof *parcel + parcel->len);
	}
}

static void datagram_end(struct defrag *defrag, struct datagram *datagram)
{
	struct ages *ages = ages_of(defrag, datagram->ip_version);
	struct datagram **link = bucket_of(defrag, datagram->key);

	while (*link != datagram)
		link = &(*link)->chain;
	*link = datagram->chain;
	*(datagram->older ? &datagram->older->newer : &ages->oldest) = datagram->newer;
	*(datagram->newer ? &datagram->newer->older : &ages->newest) = datagram->older;
	datagram_empty(defrag, datagram);
	pool_give(&defrag->datagrams, datagram);
	defrag->n_datagrams--;
}

void defrag_free(struct defrag *defrag)
{
	if (!defrag)
		return;
	for (size_t i = 0; i < 2; i++)
		while (defrag->ages[i].oldest)
			datagram_end(defrag, defrag->ages[i].oldest);
	pool_fini(&defrag->datagrams);
	pool_fini(&defrag->pieces);
	pages_free(defrag->buckets, defrag->n_buckets * sizeof(struct datagram *));
	assert(defrag->budget.used == 0);
	free(defrag);
}

static void datagram_is_late(struct defrag *defrag, struct datagram *datagram)
{
	if (datagram->ip_version == 6)
		defrag->stats.defrag.ipv6.timeouts++;
	else
		defrag->stats.defrag.ipv4.timeouts++;
	datagram_end(defrag, datagram);
}

static void expire(struct defrag *defrag)
{
	for (size_t i = 0; i < 2; i++) {
		int64_t wait_ns = i ? defrag->config.ipv6_ns : defrag->config.ipv4_ns;
		struct datagram *oldest;

		while ((oldest = defrag->ages[i].oldest) && defrag->clock_ns - oldest->start_ns >= wait_ns)
			datagram_is_late(defrag, oldest);
	}
}

/* Makes room: the datagram that has waited longest goes, but for `keep`, which may be NULL. False: there is no other. */
static bool evict(struct defrag *defrag, const struct datagram *keep)
{
	struct datagram *oldest[2];

	for (size_t i = 0; i < 2; i++) {
		oldest[i] = defrag->ages[i].oldest;
		if (oldest[i] && oldest[i] == keep)
			oldest[i] = oldest[i]->newer;
	}
	if (!oldest[0] && !oldest[1])
		return false;
	bool sixth = !oldest[0] || (oldest[1] && oldest[1]->start_ns < oldest[0]->start_ns);

	datagram_end(defrag, oldest[sixth]);
	defrag->stats.defrag.evicted++;
	return true;
}

static void key_of(const struct packet *packet, const struct fragment *fragment, uint64_t *key)
{
	uint8_t protocol = fragment->ip_version == 4 ? fragment->protocol : 0; /* RFC 8200 4.5: the first one's counts */

	memcpy(key, packet->src.b, 16);
	memcpy(key + 2, packet->dst.b, 16);
	key[KEY_ID] = fragment->id;
	key[5] = (uint64_t)fragment->ip_version << 8 | protocol;
}

static struct datagram *datagram_begin(struct defrag *defrag, const uint64_t *key, uint8_t ip_version)
{
	struct ages *ages = ages_of(defrag, ip_version);
	struct datagram *datagram;

	if (defrag->n_datagrams >= defrag->config.max_datagrams) {
		defrag->stats.defrag.max_datagrams_reached++;
		if (!evict(defrag, NULL))
			return NULL;
	}
	while (!(datagram = pool_take(&defrag->datagrams)))
		if (!evict(defrag, NULL))
			return NULL;
	*datagram = (struct datagram){ .older = ages->newest, .start_ns = defrag->clock_ns, .end = UINT32_MAX, .ip_version = ip_version };
	memcpy(datagram->key, key, sizeof datagram->key);
	*(ages->newest ? &ages->newest->newer : &ages->oldest) = datagram;
	ages->newest = datagram;
	struct datagram **bucket = bucket_of(defrag, key);

	datagram->chain = *bucket;
	*bucket = datagram;
	defrag->n_datagrams++;
	return datagram;
}

/* Counts a fragment of an IPv4 datagram's two hosts. */
static uint32_t count_peer(struct defrag *defrag, const uint64_t *key)
{
	uint64_t peer[KEY_WORDS];

	memcpy(peer, key, sizeof peer);
	peer[KEY_ID] = 0;
	return ++defrag->peers[nh_words(&defrag->hash_key, peer, KEY_WORDS) % PEERS];
}

static struct datagram *datagram_of(struct defrag *defrag, const struct packet *packet, const struct fragment *fragment)
{
	uint64_t key[KEY_WORDS];

	key_of(packet, fragment, key);
	uint32_t seen = fragment->ip_version == 4 ? count_peer(defrag, key) : 0;
	struct datagram *datagram = *bucket_of(defrag, key);

	while (datagram && memcmp(datagram->key, key, sizeof key) != 0)
		datagram = datagram->chain;
	if (datagram && seen - datagram->seen > PEER_DISTANCE) {
		datagram_is_late(defrag, datagram);
		datagram = NULL;
	}
	if (!datagram)
		datagram = datagram_begin(defrag, key, fragment->ip_version);
	if (datagram)
		datagram->seen = seen;
	return datagram;
}

/* ---- fragments ---- */

static uint32_t bit(enum defrag_odd odd)
{
	return UINT32_C(1) << odd;
}

static enum defrag_policy policy_of(const struct defrag *defrag, uint8_t ip_version)
{
	return ip_version == 6 ? DEFRAG_DISCARD : defrag->config.policy;
}

/* Is a fragment's own shape one that hosts take? Where they cut it, it is cut. */
static bool shape_fits(const struct defrag *defrag, struct fragment *fragment, uint32_t *odd)
{
	if (fragment_is_tiny(fragment))
		*odd |= bit(DEFRAG_ODD_TINY);
	if (fragment_is_too_long(fragment->ip_version, fragment->head.len, (uint64_t)fragment->offset + fragment->len)) {
		*odd |= bit(DEFRAG_ODD_TOO_LONG);
		return false;
	}
	if (fragment->more && fragment->len % 8) {
		*odd |= bit(DEFRAG_ODD_LENGTH);
		if (defrag_policy_drops_ragged(policy_of(defrag, fragment->ip_version)))
			return false;
		fragment->len -= fragment->len % 8;
		fragment->data = bytes_head(fragment->data, fragment->len);
	}
	if (fragment->len == 0)
		*odd |= bit(DEFRAG_ODD_LENGTH);
	return fragment->len != 0;
}

/* Does it agree with what is known of the datagram's end? The first word on it counts. */
static bool end_fits(struct datagram *datagram, const struct fragment *fragment)
{
	uint32_t end = fragment->offset + fragment->len;

	if (fragment->more && end > datagram->end)
		return false;
	if (!fragment->more && (datagram->end == UINT32_MAX ? end < datagram->reach : end != datagram->end))
		return false;
	if (!fragment->more)
		datagram->end = end;
	return true;
}

/* A copy of a fragment; its head only where it begins a datagram. */
static struct parcel *parcel_new(struct defrag *defrag, const struct datagram *datagram, const struct fragment *fragment)
{
	size_t head_len = fragment->offset == 0 ? fragment->head.len : 0, len = head_len + fragment->data.len;
	struct parcel *parcel;

	while (!(parcel = budget_alloc(&defrag->budget, sizeof *parcel + len)))
		if (!evict(defrag, datagram))
			return NULL;
	*parcel = (struct parcel){ .fragment = *fragment, .len = len };
	if (head_len)
		memcpy(parcel->bytes, fragment->head.data, head_len);
	if (fragment->data.len)
		memcpy(parcel->bytes + head_len, fragment->data.data, fragment->data.len);
	parcel->fragment.head = bytes_of(parcel->bytes, head_len);
	parcel->fragment.data = bytes_of(parcel->bytes + head_len, fragment->data.len);
	parcel->cargo = (struct cargo){ fragment->offset, fragment->len, parcel->fragment.data };
	return parcel;
}

static void count_overlap(struct defrag *defrag, const struct datagram *datagram, const struct pieces_outcome *outcome, uint32_t *odd)
{
	defrag->stats.defrag.overlap += outcome->overlaps;
	defrag->stats.defrag.overlap_diff_data += outcome->differs;
	if (outcome->differs)
		*odd |= bit(DEFRAG_ODD_DIFFERS);
	if (datagram->ip_version == 6 && outcome->overlaps && outcome->adds)
		*odd |= bit(DEFRAG_ODD_OVERLAP);
}

/* Makes room for the piece's struct as for its bytes. Taking as many as a fragment can need at most would be a waste. */
static bool pieces_have_room(struct defrag *defrag, const struct datagram *datagram)
{
	while (pool_is_empty(&defrag->pieces))
		if (!evict(defrag, datagram))
			return false;
	return true;
}

/* False: the datagram must be given up. */
static bool add(struct defrag *defrag, struct datagram *datagram, const struct fragment *fragment, uint32_t *odd)
{
	enum defrag_policy policy = policy_of(defrag, fragment->ip_version);
	struct parcel *parcel = pieces_have_room(defrag, datagram) ? parcel_new(defrag, datagram, fragment) : NULL;
	struct pieces_outcome outcome;

	if (!parcel) {
		defrag->stats.defrag.refused++;
		return false;
	}
	parcel->next = datagram->parcels;
	datagram->parcels = parcel;
	if (!pieces_put(&datagram->pieces, &defrag->pieces, policy, &parcel->cargo, &outcome)) {
		defrag->stats.defrag.refused++;
		return false;
	}
	count_overlap(defrag, datagram, &outcome, odd);
	if (policy == DEFRAG_DISCARD && outcome.overlaps && outcome.differs && outcome.adds)
		return false;
	if (!outcome.kept) {
		datagram->parcels = parcel->next;
		budget_free(&defrag->budget, parcel, sizeof *parcel + parcel->len);
		return true;
	}
	if (fragment->offset == 0 && !datagram->first)
		datagram->first = parcel;
	if (fragment->offset + fragment->len > datagram->reach)
		datagram->reach = fragment->offset + fragment->len;
	if (++datagram->n_fragments <= defrag->config.max_fragments)
		return true;
	defrag->stats.defrag.max_fragments_reached++;
	*odd |= bit(DEFRAG_ODD_TOO_MANY);
	return false;
}

/* ---- the whole ---- */

static bool join(struct defrag *defrag, const struct datagram *datagram, struct arena *arena, struct bytes *joined, uint32_t *odd)
{
	const struct fragment *first = &datagram->first->fragment;

	if (fragment_is_too_long(first->ip_version, first->head.len, datagram->end)) {
		*odd |= bit(DEFRAG_ODD_TOO_LONG);
		defrag->stats.defrag.invalid++;
		return false;
	}
	uint8_t *memory = arena_alloc(arena, first->head.len + datagram->end);

	if (!memory) {
		defrag->stats.defrag.refused++;
		return false;
	}
	memcpy(memory, first->head.data, first->head.len);
	fragment_mend(first, memory, datagram->end);
	*joined = bytes_of(memory, first->head.len + pieces_copy(&datagram->pieces, memory + first->head.len));
	if (first->ip_version == 6)
		defrag->stats.defrag.ipv6.reassembled++;
	else
		defrag->stats.defrag.ipv4.reassembled++;
	return true;
}

/* What becomes of a datagram with this fragment. *over: it is whole, or given up. What still comes of one given up begins another, as
 * with Linux: were it swallowed, one bad fragment would hide the good ones that follow under the same identification. */
static enum defrag_verdict take(struct defrag *defrag, struct datagram *datagram, const struct fragment *fragment, struct arena *arena,
    struct bytes *joined, uint32_t *odd, bool *over)
{
	if (!end_fits(datagram, fragment)) {
		*odd |= bit(DEFRAG_ODD_END);
		defrag->stats.defrag.invalid++;
		return DEFRAG_REFUSED;
	}
	*over = !add(defrag, datagram, fragment, odd);
	if (*over)
		return DEFRAG_REFUSED;
	*over = datagram->pieces.covered == datagram->end;
	if (!*over)
		return DEFRAG_WAITS;
	return join(defrag, datagram, arena, joined, odd) ? DEFRAG_JOINED : DEFRAG_REFUSED;
}

/* Before 1970 or after 2116 is a mistake of the capture; within, no difference of times overflows. */
static void tick(struct defrag *defrag, int64_t time_ns)
{
	if (time_ns > defrag->clock_ns)
		defrag->clock_ns = time_ns < INT64_C(1) << 62 ? time_ns : INT64_C(1) << 62;
	expire(defrag);
}

enum defrag_verdict defrag_push(struct defrag *defrag, const struct packet *packet, struct arena *arena, struct bytes *joined,
    uint32_t *wire_len, uint32_t *odd)
{
	struct fragment fragment;
	uint32_t found = 0;

	tick(defrag, packet->time_ns);
	if (packet->ip_version == 6)
		defrag->stats.defrag.ipv6.fragments++;
	else
		defrag->stats.defrag.ipv4.fragments++;
	if (!fragment_read(packet, &fragment) || !shape_fits(defrag, &fragment, odd)) {
		defrag->stats.defrag.invalid++;
		return DEFRAG_REFUSED;
	}
	struct datagram *datagram = datagram_of(defrag, packet, &fragment);

	if (!datagram) {
		defrag->stats.defrag.refused++;
		return DEFRAG_REFUSED;
	}
	datagram->wire_len += packet->wire_len < UINT32_MAX - datagram->wire_len ? packet->wire_len : 0;
	bool over = false;
	enum defrag_verdict verdict = take(defrag, datagram, &fragment, arena, joined, &found, &over);

	*odd |= found & ~datagram->odd;
	datagram->odd |= found;
	*wire_len = datagram->wire_len;
	if (over)
		datagram_end(defrag, datagram);
	return verdict;
}

enum net_status defrag_dissect(struct defrag *defrag, const struct frame *frame, struct packet *packet, struct arena *arena,
    uint32_t *odd)
{
	enum net_status status = net_dissect(frame, packet);
	struct bytes datagram;
	uint32_t wire_len;

	*odd = 0;
	for (unsigned n = 0; defrag && n < DEFRAG_NESTING && status == NET_OK && packet->fragment; n++) {
		if (defrag_push(defrag, packet, arena, &datagram, &wire_len, odd) != DEFRAG_JOINED)
			break;
		status = net_dissect_ip(datagram, packet);
		packet->wire_len = wire_len;
	}
	return status;
}

void defrag_stats(const struct defrag *defrag, struct stats *stats)
{
	stats->defrag = defrag->stats.defrag;
	stats->defrag.active = defrag->n_datagrams;
	stats->defrag.memuse = defrag->budget.used + defrag->n_buckets * sizeof(struct datagram *);
}
