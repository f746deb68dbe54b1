#include "sensor/flow/flow.h"

#include <assert.h>
#include <stdlib.h>

#include "sensor/base/pages.h"

enum { WHEEL_SLOTS = 4096, FLOW_SLAB = 256 };

#define NS_PER_S 1000000000

/* The hash stands beside the pointer, so that a probe does not fetch the flows it passes. */
struct place {
	uint64_t hash;
	struct flow *flow; /* NULL: empty */
};

/* Flows wait in the slot of the second in which their time is over, as far as it was known when they were put there, first come
 * first: a packet only notes its time in the flow, and the slot's turn finds out whether the flow may stay. */
struct slot {
	struct flow *first, *last;
};

struct flow_table {
	struct place *places; /* open addressing, linear probing, at most three quarters full */
	size_t n_places;      /* power of two */
	size_t n_flows, max_flows;
	struct slot wheel[WHEEL_SLOTS];
	int64_t cursor_s; /* all slots before this second were worked off */
	int64_t clock_ns; /* latest packet time: never goes back */
	struct nh_key hash_key;
	struct flow_timeouts timeouts;
	struct pool pool;
	struct wrappings wrappings;
	struct budget budget;
	uint64_t n_evicted;
};

struct flow_table *flow_table_new(size_t memcap, size_t max_flows, const struct flow_timeouts *timeouts, struct budget *parent)
{
	struct flow_table *table = calloc(1, sizeof *table);

	if (!table)
		return NULL;
	table->n_places = 1024;
	table->places = pages_alloc(table->n_places * sizeof *table->places);
	if (!table->places) {
		free(table);
		return NULL;
	}
	table->max_flows = max_flows;
	table->timeouts = *timeouts;
	nh_key_random(&table->hash_key);
	budget_init(&table->budget, memcap, parent);
	pool_init(&table->pool, sizeof(struct flow), FLOW_SLAB, &table->budget);
	wrappings_init(&table->wrappings, &table->hash_key, &table->budget);
	return table;
}

void flow_table_free(struct flow_table *table)
{
	if (!table)
		return;
	wrappings_fini(&table->wrappings);
	pool_fini(&table->pool);
	pages_free(table->places, table->n_places * sizeof *table->places);
	free(table);
}

/* ---- the wheel ---- */

static void wheel_unlink(struct flow_table *table, struct flow *flow)
{
	struct slot *slot = &table->wheel[flow->slot];

	*(flow->next ? &flow->next->prev : &slot->last) = flow->prev;
	*(flow->prev ? &flow->prev->next : &slot->first) = flow->next;
}

static int64_t flow_deadline_ns(const struct flow_table *table, const struct flow *flow)
{
	return flow->last_ns + table->timeouts.ns[flow->state];
}

static void wheel_link(struct flow_table *table, struct flow *flow)
{
	int64_t second = flow_deadline_ns(table, flow) / NS_PER_S + 1;

	if (second <= table->cursor_s)
		second = table->cursor_s + 1;
	if (second >= table->cursor_s + WHEEL_SLOTS)
		second = table->cursor_s + WHEEL_SLOTS - 1;
	flow->slot = (uint16_t)((uint64_t)second % WHEEL_SLOTS);
	flow->heard = false;
	struct slot *slot = &table->wheel[flow->slot];

	flow->next = NULL;
	flow->prev = slot->last;
	*(slot->last ? &slot->last->next : &slot->first) = flow;
	slot->last = flow;
}

/* ---- the hash table ---- */

/* The key as words: one padded to an even number, as NH takes them. */
struct key_words {
	uint64_t words[FLOW_KEY_WORDS + 1];
};

static inline struct key_words key_words(const struct flow_key *key)
{
	struct key_words copy;

	static_assert(FLOW_KEY_WORDS * sizeof(uint64_t) == sizeof *key, "a key is whole words");
	static_assert(FLOW_KEY_WORDS % 2 == 1, "one more word makes them even");
	memcpy(copy.words, key, sizeof *key);
	copy.words[FLOW_KEY_WORDS] = 0;
	return copy;
}

static inline uint64_t key_hash(const struct nh_key *hash_key, const struct key_words *words)
{
	return nh_words(hash_key, words->words, FLOW_KEY_WORDS + 1);
}

static struct place *place_empty(struct place *places, size_t n_places, uint64_t hash)
{
	size_t at = hash & (n_places - 1);

	while (places[at].flow)
		at = (at + 1) & (n_places - 1);
	return &places[at];
}

/* False: no memory, and the table is as full as it may be. */
static bool table_make_room(struct flow_table *table)
{
	if (table->n_flows < table->n_places / 4 * 3)
		return true;
	size_t n = table->n_places * 2;
	struct place *places = pages_alloc(n * sizeof *places);

	if (!places)
		return table->n_flows < table->n_places - 1;
	for (size_t i = 0; i < table->n_places; i++)
		if (table->places[i].flow)
			*place_empty(places, n, table->places[i].hash) = table->places[i];
	pages_free(table->places, table->n_places * sizeof *table->places);
	table->places = places;
	table->n_places = n;
	return true;
}

static size_t place_of(const struct flow_table *table, const struct flow *flow)
{
	struct key_words words = key_words(&flow->key);
	size_t at = key_hash(&table->hash_key, &words) & (table->n_places - 1);

	while (table->places[at].flow != flow)
		at = (at + 1) & (table->n_places - 1);
	return at;
}

/* Empties a place and moves those behind it up that would not be found any more (Knuth 6.4, algorithm R). */
static void place_empty_out(struct flow_table *table, size_t hole)
{
	size_t mask = table->n_places - 1;

	for (size_t at = (hole + 1) & mask; table->places[at].flow; at = (at + 1) & mask) {
		size_t home = table->places[at].hash & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			table->places[hole] = table->places[at];
			hole = at;
		}
	}
	table->places[hole].flow = NULL;
}

static inline bool key_is(const struct flow_key *key, const struct key_words *wanted)
{
	struct key_words words = key_words(key);
	uint64_t differ = 0;

	for (size_t i = 0; i < FLOW_KEY_WORDS; i++)
		differ |= words.words[i] ^ wanted->words[i];
	return !differ;
}

struct address_words {
	uint64_t high, low; /* as numbers, so that their order is memcmp's */
};

static inline struct address_words address_words(const struct address *address)
{
	struct reader r = reader_of(bytes_of(address->b, sizeof address->b));
	uint64_t high = read_be64(&r);

	return (struct address_words){ high, read_be64(&r) };
}

/* struct flow_key behind its addresses, as one word. */
static inline uint64_t key_tail(const struct packet *packet, uint16_t low, uint16_t high)
{
	uint64_t version = packet->ip_version, protocol = packet->ip_proto;

	if (BYTE_ORDER == BIG_ENDIAN)
		return (uint64_t)low << 48 | (uint64_t)high << 32 | version << 24 | protocol << 16;
	return low | (uint64_t)high << 16 | version << 32 | protocol << 40;
}

/* The key of a packet's flow, put together in registers: what was stored in pieces just now takes long to be fetched as a whole. */
static inline unsigned packet_words(const struct packet *packet, struct key_words *key)
{
	struct address_words src = address_words(&packet->src), dst = address_words(&packet->dst);
	bool same = src.high == dst.high && src.low == dst.low;
	unsigned side = same ? packet->src_port > packet->dst_port :
	    src.high > dst.high || (src.high == dst.high && src.low > dst.low);
	struct address_words low = side ? dst : src, high = side ? src : dst;

	key->words[0] = htobe64(low.high);
	key->words[1] = htobe64(low.low);
	key->words[2] = htobe64(high.high);
	key->words[3] = htobe64(high.low);
	key->words[4] = key_tail(packet, side ? packet->dst_port : packet->src_port, side ? packet->src_port : packet->dst_port);
	key->words[5] = 0;
	return side;
}

unsigned flow_key_of(const struct packet *packet, struct flow_key *key)
{
	struct key_words words;
	unsigned side = packet_words(packet, &words);

	memcpy(key, words.words, sizeof *key);
	return side;
}

/* Without a SYN the sender of the first packet is taken for the client, unless its port is the better-known one. */
static unsigned guess_client(const struct packet *packet, unsigned side, bool *known)
{
	uint8_t flags = packet->tcp_flags & (TCP_SYN | TCP_ACK);

	*known = packet->ip_proto == IP_PROTO_TCP && flags & TCP_SYN;
	if (*known)
		return flags & TCP_ACK ? !side : side;
	if (packet->src_port < 1024 && packet->dst_port >= 1024)
		return !side;
	return side;
}

static const struct wrapping *flow_wrapping(struct flow_table *table, const struct packet *packet)
{
	struct wrapping wrapping;

	memset(&wrapping, 0, sizeof wrapping);
	if (packet->tunnel.depth)
		wrapping.tunnel = packet->tunnel;
	memcpy(wrapping.vlan, packet->vlan, sizeof wrapping.vlan);
	wrapping.n_vlan = packet->n_vlan;
	return wrappings_take(&table->wrappings, &wrapping);
}

static struct flow *flow_new(struct flow_table *table, const struct packet *packet, const struct key_words *key, uint64_t hash,
    unsigned side)
{
	struct flow *flow = table_make_room(table) ? pool_take(&table->pool) : NULL;

	if (!flow)
		return NULL;
	memset(flow, 0, sizeof *flow);
	memcpy(&flow->key, key->words, sizeof flow->key);
	flow->start_ns = packet->time_ns;
	flow->last_ns = table->clock_ns;
	bool client_known;

	flow->client = (uint8_t)guess_client(packet, side, &client_known);
	flow->client_known = client_known;
	if (packet->tunnel.depth || packet->n_vlan)
		flow->wrapping = flow_wrapping(table, packet);
	table->n_flows++;
	*place_empty(table->places, table->n_places, hash) = (struct place){ hash, flow };
	wheel_link(table, flow);
	return flow;
}

struct flow_route flow_route_of(const struct nh_key *hash_key, const struct packet *packet)
{
	struct flow_route route;
	struct key_words words;

	route.side = packet_words(packet, &words);
	route.hash = key_hash(hash_key, &words);
	return route;
}

void flow_table_share_key(struct flow_table *table, const struct nh_key *hash_key)
{
	assert(table->n_flows == 0);
	table->hash_key = *hash_key;
}

void flow_table_prefetch_place(const struct flow_table *table, const struct flow_route *route)
{
	__builtin_prefetch(&table->places[route->hash & (table->n_places - 1)]);
}

void flow_table_prefetch_flow(const struct flow_table *table, const struct flow_route *route)
{
	enum { LINE = 64 };
	const struct place *place = &table->places[route->hash & (table->n_places - 1)];
	const char *flow = (const char *)place->flow;

	if (place->hash != route->hash || !flow)
		return;
	for (size_t at = 0; at < sizeof(struct flow); at += LINE)
		__builtin_prefetch(flow + at);
}

void flow_table_clock(struct flow_table *table, int64_t now_ns)
{
	if (now_ns > table->clock_ns)
		table->clock_ns = now_ns;
}

struct flow_lookup flow_table_find(struct flow_table *table, const struct packet *packet, const struct flow_route *route)
{
	struct flow_lookup lookup = { .side = route->side };
	struct key_words words;
	size_t mask = table->n_places - 1;

	packet_words(packet, &words);
	for (size_t at = route->hash & mask; table->places[at].flow; at = (at + 1) & mask) {
		struct flow *flow = table->places[at].flow;

		if (table->places[at].hash == route->hash && key_is(&flow->key, &words)) {
			flow->last_ns = table->clock_ns;
			flow->heard = true;
			lookup.flow = flow;
			return lookup;
		}
	}
	lookup.is_new = true;
	lookup.flow = flow_new(table, packet, &words, route->hash, route->side);
	return lookup;
}

struct flow_lookup flow_table_get(struct flow_table *table, const struct packet *packet)
{
	struct flow_route route = flow_route_of(&table->hash_key, packet);

	flow_table_clock(table, packet->time_ns);
	return flow_table_find(table, packet, &route);
}

void flow_table_remove(struct flow_table *table, struct flow *flow)
{
	place_empty_out(table, place_of(table, flow));
	wheel_unlink(table, flow);
	table->n_flows--;
}

void flow_table_release(struct flow_table *table, struct flow *flow)
{
	wrappings_drop(&table->wrappings, flow->wrapping);
	pool_give(&table->pool, flow);
}

void flow_table_set_state(struct flow_table *table, struct flow *flow, enum flow_state state)
{
	if (flow->state == state)
		return;
	flow->state = (uint8_t)state;
	wheel_unlink(table, flow);
	wheel_link(table, flow);
}

/* The flow whose time is over first, whatever the time is now. One that heard of a packet since it was put into its slot moves on:
 * at most once for each such packet. */
static struct flow *table_oldest(struct flow_table *table)
{
	for (int64_t i = 0; i < WHEEL_SLOTS; i++) {
		struct slot *slot = &table->wheel[(uint64_t)(table->cursor_s + i) % WHEEL_SLOTS];

		while (slot->first) {
			struct flow *flow = slot->first;

			if (!flow->heard) {
				flow_table_remove(table, flow);
				return flow;
			}
			wheel_unlink(table, flow);
			wheel_link(table, flow);
		}
	}
	return NULL;
}

static bool table_is_full(const struct flow_table *table)
{
	return table->n_flows && (table->n_flows >= table->max_flows || pool_is_empty(&table->pool));
}

struct flow *flow_table_expire(struct flow_table *table, int64_t now_ns)
{
	int64_t now_s = now_ns / NS_PER_S;

	if (table->cursor_s >= now_s)
		return NULL;
	if (table->n_flows == 0)
		table->cursor_s = now_s;
	if (now_s - table->cursor_s > WHEEL_SLOTS)
		table->cursor_s = now_s - WHEEL_SLOTS; /* one full turn reaches every flow */
	for (; table->cursor_s < now_s; table->cursor_s++) {
		struct slot *slot = &table->wheel[(uint64_t)table->cursor_s % WHEEL_SLOTS];

		while (slot->first) {
			struct flow *flow = slot->first;

			if (flow_deadline_ns(table, flow) <= now_ns) {
				flow_table_remove(table, flow);
				return flow;
			}
			wheel_unlink(table, flow);
			wheel_link(table, flow);
		}
	}
	return NULL;
}

struct flow *flow_table_evict(struct flow_table *table)
{
	if (!table_is_full(table))
		return NULL;
	table->n_evicted++;
	return table_oldest(table);
}

struct flow *flow_table_drain(struct flow_table *table)
{
	return table->n_flows ? table_oldest(table) : NULL;
}

size_t flow_table_count(const struct flow_table *table)
{
	return table->n_flows;
}

size_t flow_table_memuse(const struct flow_table *table)
{
	return table->budget.used + table->n_places * sizeof *table->places;
}

uint64_t flow_table_n_evicted(const struct flow_table *table)
{
	return table->n_evicted;
}

uint64_t flow_table_n_wrappings_refused(const struct flow_table *table)
{
	return table->wrappings.n_refused;
}

/* ---- facts ---- */

/* Suricata's composition (src/flow.h, FlowGetId): time of the start and a hash, 51 bits so that JavaScript keeps it exact.
 * The hash is unkeyed: the same capture gives the same id on every run. */
static uint64_t flow_id(const struct flow *flow)
{
	const struct hash_key fixed = { 0x73746f726d676c61, 0x737320666c6f7769 };
	uint64_t sec = (uint64_t)(flow->start_ns / NS_PER_S);
	uint64_t usec = (uint64_t)(flow->start_ns % NS_PER_S / 1000);
	uint64_t hash = hash64(fixed, bytes_of(&flow->key, sizeof flow->key)) & 0xffffffff;

	return ((sec & 0xffff) << 48 | (usec & 0xffff) << 32 | hash) & 0x7ffffffffffff;
}

struct flow_facts flow_facts_of(const struct flow *flow)
{
	unsigned client = flow->client;
	const struct stream *to_server = &flow->streams[client], *to_client = &flow->streams[!client];
	struct flow_facts facts = {
		.flow_id = flow_id(flow),
		.src = flow->key.addr[client],
		.dst = flow->key.addr[!client],
		.src_port = flow->key.port[client],
		.dst_port = flow->key.port[!client],
		.ip_version = flow->key.ip_version,
		.ip_proto = flow->key.ip_proto,
		.start_ns = flow->start_ns,
		.n_packets = { to_server->n_packets, to_client->n_packets },
		.n_bytes = { to_server->n_bytes, to_client->n_bytes },
		.app_proto = flow->seen_http ? flow->seen_http2 ? "http2" : "http" : flow->layers.dissector ? flow->layers.dissector->app_proto : NULL,
	};

	if (flow->wrapping) {
		facts.tunnel = flow->wrapping->tunnel;
		facts.n_vlan = flow->wrapping->n_vlan;
		memcpy(facts.vlan, flow->wrapping->vlan, sizeof facts.vlan);
	}
	if (flow->label)
		facts.label = *flow->label;
	facts.label.of_service = flow->label_of_service;
	return facts;
}
