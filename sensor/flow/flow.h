/* flow: one conversation between two endpoints, and the table that finds it for a packet.
 *
 * A flow has two sides, low and high, in the order of their addresses, and one stream a side. Which side is the client is
 * known from a SYN, else guessed and corrected by what a dissector recognises; `direction` is always the client's view. */
#ifndef STORMGLASS_FLOW_FLOW_H
#define STORMGLASS_FLOW_FLOW_H

#include "dissectors/app/dissector.h"
#include "sensor/base/nh.h"
#include "sensor/base/pool.h"
#include "sensor/flow/stream.h"
#include "sensor/flow/wrappings.h"
#include "sensor/model/event.h"

/* Vlan and tunnel are facts of a flow and no part of its key: mirrors deliver the two directions differently. */
struct flow_key {
	struct address addr[2]; /* low, high */
	uint16_t port[2];
	uint8_t ip_version;
	uint8_t ip_proto;
	uint8_t zero[2];        /* keys are compared and hashed as words */
};

enum { FLOW_KEY_WORDS = sizeof(struct flow_key) / sizeof(uint64_t) };

enum flow_state { FLOW_NEW, FLOW_ESTABLISHED, FLOW_CLOSED, FLOW_STATES };

/* The layer of one connection, which a dissector's child replaces. Content that it decrypts is a connection of its own:
 * layers.h. */
struct layers {
	const struct dissector *dissector; /* NULL: nothing of ours recognised yet */
	void *state;                       /* from that dissector's pool */
	uint8_t n_probes;                  /* segments that were looked at in vain, saturating */
	uint8_t last_side;                 /* that sent the latest */
	uint32_t first_tx;                 /* what this dissector calls transaction 0 is this one of the flow */
	uint32_t n_tx;                     /* the flow's so far, of this dissector and of those that handed over */
};

struct transaction; /* sensor/run: what waits for its response */

struct flow {
	struct flow *prev, *next; /* in its slot of the timeout wheel */
	struct flow_key key;
	int64_t start_ns, last_ns;
	struct stream streams[2]; /* low, high */
	int64_t last_chunk_ns;    /* packet that completed the latest chunk of either */
	uint64_t last_chunk_number;
	struct layers layers;
	const struct label *label;
	struct labelling *labelling; /* what nDPI keeps until it has decided */
	struct transaction *transactions; /* the oldest one */
	const struct wrapping *wrapping; /* of its first packet; NULL: none, or there was no room to note it */
	uint16_t slot;            /* of the timeout wheel */
	uint8_t state;            /* enum flow_state */
	uint8_t client;           /* the client's side */
	uint8_t n_anomalies;
	uint8_t n_labelling;      /* payload packets shown to nDPI */
	bool heard : 1;           /* of a packet since it was put into its slot */
	bool labelled : 1;        /* decided, be it that there is no label */
	bool label_of_service : 1;
	bool client_known : 1;    /* by a SYN, or by what it said */
	bool seen_http : 1;
	bool seen_http2 : 1;      /* lately */
	bool mirrored : 1;        /* a decrypting broker left a line before the content */
	bool was_reset : 1;       /* by a RST, of reset_side, that may still turn out not to be heeded */
	bool reset_side : 1;
	bool has_rival : 1;       /* a SYN of rival_side with another start than the stream's came by ... */
	bool rival_side : 1;
	uint32_t rival;           /* ... and this would be its first byte's sequence number */
	uint32_t last_print[2];   /* of each side's last packet: suspicion.h tells duplicates by it */
	uint8_t ttl[2];           /* most hops that a packet of each side had to live */
	uint8_t looks_like;       /* enum protocol, by its first data */
};

/* Packet-time limits, ns. */
struct flow_timeouts {
	int64_t ns[FLOW_STATES];
};

struct flow_table;

struct flow_table *flow_table_new(size_t memcap, size_t max_flows, const struct flow_timeouts *timeouts, struct budget *parent);
void flow_table_free(struct flow_table *table); /* flows must have been drained */

/* What flow_table_get made of a packet. */
struct flow_lookup {
	struct flow *flow; /* NULL: no flow to be had under the caps */
	unsigned side;     /* the packet's sender: 0 low, 1 high */
	bool is_new;
};

/* Where a packet's flow is to be found. Any thread may make it; tables that flows are spread over share one key. */
struct flow_route {
	uint64_t hash;
	unsigned side;     /* the packet's sender: 0 low, 1 high */
};

/* The key of a packet's flow; returns the sender's side. */
unsigned flow_key_of(const struct packet *packet, struct flow_key *key);

struct flow_route flow_route_of(const struct nh_key *hash_key, const struct packet *packet);

/* Before the first flow: take this key for the table's own. */
void flow_table_share_key(struct flow_table *table, const struct nh_key *hash_key);

/* Fetch ahead the place of a flow in the table, and, once that is at hand, the flow. */
void flow_table_prefetch_place(const struct flow_table *table, const struct flow_route *route);
void flow_table_prefetch_flow(const struct flow_table *table, const struct flow_route *route);

/* The latest packet time anywhere: the table's clock follows it, never back. */
void flow_table_clock(struct flow_table *table, int64_t now_ns);

struct flow_lookup flow_table_find(struct flow_table *table, const struct packet *packet, const struct flow_route *route);

/* The same, all in one. */
struct flow_lookup flow_table_get(struct flow_table *table, const struct packet *packet);

/* The next flow whose time is over at `now_ns`, taken out of the table; NULL when there is none. The caller ends it and gives it
 * back with flow_table_release. */
struct flow *flow_table_expire(struct flow_table *table, int64_t now_ns);

/* As flow_table_expire: the flow that must go because the table is at its cap; NULL: it is not. */
struct flow *flow_table_evict(struct flow_table *table);

/* As flow_table_expire, at the end of the input: every flow, oldest deadline first. */
struct flow *flow_table_drain(struct flow_table *table);

/* Takes out this flow, before its time. */
void flow_table_remove(struct flow_table *table, struct flow *flow);
void flow_table_release(struct flow_table *table, struct flow *flow);

/* A change of state is a change of timeout. */
void flow_table_set_state(struct flow_table *table, struct flow *flow, enum flow_state state);
size_t flow_table_memuse(const struct flow_table *table);
size_t flow_table_count(const struct flow_table *table);
uint64_t flow_table_n_evicted(const struct flow_table *table);
uint64_t flow_table_n_wrappings_refused(const struct flow_table *table);

static inline enum direction flow_direction(const struct flow *flow, unsigned side)
{
	return side == flow->client ? TO_SERVER : TO_CLIENT;
}

static inline unsigned flow_side(const struct flow *flow, enum direction dir)
{
	return dir == TO_SERVER ? flow->client : !flow->client;
}

/* What events say of a flow. */
struct flow_facts flow_facts_of(const struct flow *flow);

#endif
