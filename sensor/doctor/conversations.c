#include "sensor/doctor/conversations.h"

#include "sensor/base/nh.h"
#include "sensor/base/pages.h"
#include "sensor/doctor/sequence.h"
#include "sensor/doctor/twins.h"

enum {
	GUESSES = 12,	 /* pieces of data looked at until the protocol is given up */
	HEADS = 64,	 /* ... and until no credential is looked for any more */
	DATA_IN_FEW = 3, /* so many packets of one side alone are no accident of where a capture begins */
	TWIN_LEAST = 2,
	TWIN_PERCENT = 70, /* of the data of a conversation that is one of a pair */
	KEY_WORDS = 6,
	NONE = 0, /* of an index that begins at 1 */
};

struct key {
	uint64_t words[KEY_WORDS];
};

struct side {
	uint64_t bytes;
	uint32_t packets, data_packets;
	uint64_t data_bytes;
	uint32_t vlans; /* of its first packet: ids plus 1, the inner one shifted */
	uint32_t syn_seq;
	bool syn, syn_ack, acks;
	struct sequence sequence;
};

struct conversation {
	struct key key;
	struct tally_endpoint ends[2]; /* lower first */
	struct side sides[2];
	uint32_t next; /* in its chain */
	uint32_t id;
	uint32_t twin, n_twin, n_twin_same, n_twinable;
	uint8_t ip_version;
	uint8_t first_side; /* who sent the first packet */
	uint8_t client;	    /* as data told; 2: it did not */
	bool tcp, touched, used, midstream, credential, closing;
	uint8_t protocol, n_guesses, n_heads, n_single_frames;
	unsigned flags;
};

struct conversations {
	struct budget *budget;
	struct nh_key hash_key;
	struct twins *twins;
	struct conversation *slots; /* [1..max] */
	uint32_t *chains;
	size_t max, n_chains, slots_len, chains_len;
	size_t n_used; /* slots that ever were */
	size_t hand;   /* of the clock by which one is chosen to go */
	uint32_t last_id;
};

struct conversations *conversations_new(size_t max, struct budget *budget)
{
	struct conversations *table = budget_alloc(budget, sizeof *table);

	if (!table)
		return NULL;
	memset(table, 0, sizeof *table);
	table->budget = budget;
	table->max = max;
	for (table->n_chains = 1024; table->n_chains < max;)
		table->n_chains *= 2;
	table->slots_len = (max + 1) * sizeof *table->slots;
	table->chains_len = table->n_chains * sizeof *table->chains;
	nh_key_random(&table->hash_key);
	if (budget_charge(budget, table->slots_len + table->chains_len)) {
		table->slots = pages_alloc(table->slots_len);
		table->chains = pages_alloc(table->chains_len);
		table->twins = twins_new(budget);
	}
	if (table->slots && table->chains && table->twins)
		return table;
	conversations_free(table);
	return NULL;
}

void conversations_free(struct conversations *table)
{
	if (!table)
		return;
	struct budget *budget = table->budget;

	if (table->slots || table->chains || table->twins)
		budget_release(budget, table->slots_len + table->chains_len);
	if (table->slots)
		pages_free(table->slots, table->slots_len);
	if (table->chains)
		pages_free(table->chains, table->chains_len);
	twins_free(table->twins, budget);
	budget_free(budget, table, sizeof *table);
}

/* ---- the end of one: what it was ---- */

static void example_add(struct tally_examples *examples, const struct conversation *conversation, unsigned client)
{
	if (examples->n == TALLY_EXAMPLES)
		return;
	examples->items[examples->n++] =
	    (struct tally_example){ conversation->ends[client], conversation->ends[!client], conversation->ip_version };
}

static unsigned client_of(const struct conversation *conversation)
{
	for (unsigned side = 0; side < 2; side++)
		if (conversation->sides[side].syn || conversation->sides[!side].syn_ack)
			return side;
	if (conversation->client < 2)
		return conversation->client;
	if (conversation->ends[0].port != conversation->ends[1].port)
		return conversation->ends[0].port > conversation->ends[1].port ? 0 : 1;
	return conversation->first_side;
}

static bool is_twin(const struct conversation *conversation)
{
	uint32_t n = conversation->n_twin +
		     conversation->n_twin_same * 2; /* of a pair in one conversation only half comes second */

	return n >= TWIN_LEAST && (uint64_t)n * 100 >= (uint64_t)conversation->n_twinable * TWIN_PERCENT;
}

static void end_sides(const struct conversation *conversation, unsigned client, struct tally_flows *flows)
{
	const struct side *sides = conversation->sides;
	uint64_t bytes = sides[0].bytes + sides[1].bytes;
	unsigned seen = sides[0].packets ? 0 : 1;

	if (!sides[0].acks && !sides[1].acks)
		return;
	if (sides[0].packets && sides[1].packets) {
		flows->n_two_sided++;
	} else if (sides[seen].packets >= DATA_IN_FEW || sides[seen].data_packets) {
		*(seen == client ? &flows->n_only_client : &flows->n_only_server) += 1;
		flows->n_one_sided_bytes += bytes;
		example_add(seen == client ? &flows->only_client : &flows->only_server, conversation, client);
		top_add(&flows->one_sided_servers, top_address(&conversation->ends[!client].address), 1);
	} else {
		return; /* too little to tell */
	}
	flows->n_talking++;
	flows->n_talking_bytes += bytes;
	flows->n_midstream += conversation->midstream;
	if (sides[0].packets && sides[1].packets && sides[0].vlans != sides[1].vlans) {
		if (!flows->n_vlans_differ++) {
			flows->vlan_pair[0] = sides[client].vlans & 0xffff;
			flows->vlan_pair[1] = sides[!client].vlans & 0xffff;
		}
		example_add(&flows->vlans, conversation, client);
	}
}

static void end_sequences(struct conversation *conversation, unsigned client, struct tally_flows *flows)
{
	uint64_t lost = 0, missing = 0;

	for (unsigned side = 0; side < 2; side++) {
		struct sequence *sequence = &conversation->sides[side].sequence;
		const struct sequence_sums *sums = &sequence->sums;

		sequence_end(sequence);
		flows->data_segments += sums->segments;
		flows->data_bytes += conversation->sides[side].data_bytes;
		flows->retransmitted += sums->retransmitted;
		flows->reordered += sums->reordered;
		flows->lost_places += sums->lost_places;
		flows->lost_bytes += sums->lost_bytes;
		flows->missing_places += sums->missing_places;
		flows->missing_bytes += sums->missing_bytes;
		lost += sums->lost_places;
		missing += sums->missing_places;
	}
	flows->n_missing += missing != 0;
	if (lost) {
		flows->n_losing++;
		example_add(&flows->losing, conversation, client);
	}
}

static bool is_tls_port(uint16_t port)
{
	return port == 443 || port == 8443;
}

static void end_protocol(const struct conversation *conversation, unsigned client, struct tally_flows *flows)
{
	enum protocol protocol = (enum protocol)conversation->protocol;
	bool on_tls_port = is_tls_port(conversation->ends[!client].port);

	flows->protocols[protocol].n++;
	flows->protocols[protocol].bytes += conversation->sides[0].bytes + conversation->sides[1].bytes;
	if (protocol != PROTOCOL_HTTP1 && protocol != PROTOCOL_HTTP2)
		return;
	flows->n_no_preface += protocol == PROTOCOL_HTTP2 && (conversation->flags & PROTOCOL_NO_PREFACE);
	flows->n_clear_on_tls_port += on_tls_port;
	flows->n_credential += conversation->credential;
	flows->n_credential_on_tls_port += conversation->credential && on_tls_port;
	flows->n_sslproxy += (conversation->flags & PROTOCOL_SSLPROXY) != 0;
	if (conversation->flags & PROTOCOL_AFTER_HELLO) {
		flows->n_after_hello++;
		example_add(&flows->after_hello, conversation, client);
	}
}

static void end(struct conversation *conversation, struct tally_flows *flows)
{
	unsigned client = client_of(conversation);
	const struct side *sides = conversation->sides;

	*(conversation->tcp ? &flows->n_tcp : &flows->n_udp) += 1;
	end_protocol(conversation, client, flows);
	if (conversation->n_twinable >= TWIN_LEAST) {
		flows->n_twinable++;
		if (is_twin(conversation)) {
			flows->n_twins++;
			flows->n_twins_same += conversation->n_twin_same > conversation->n_twin;
			example_add(&flows->twins, conversation, client);
		}
	}
	if (!conversation->tcp)
		return;
	flows->n_unanswered += !sides[!client].packets && !sides[client].acks && sides[client].syn;
	end_sides(conversation, client, flows);
	if (!is_twin(conversation) || !conversation->n_twin_same) /* two sequence spaces in one: holes mean nothing */
		end_sequences(conversation, client, flows);
}

/* ---- the table ---- */

static uint32_t *chain_of(struct conversations *table, const struct key *key)
{
	return &table->chains[nh_words(&table->hash_key, key->words, KEY_WORDS) & (table->n_chains - 1)];
}

static void take_out(struct conversations *table, struct conversation *conversation)
{
	uint32_t *at = chain_of(table, &conversation->key);

	while (&table->slots[*at] != conversation)
		at = &table->slots[*at].next;
	*at = conversation->next;
	conversation->used = false;
}

/* A slot that was never used, or the one of a conversation that was not touched since the hand passed it. */
static uint32_t slot_for(struct conversations *table, struct tally *tally)
{
	if (table->n_used < table->max)
		return (uint32_t)++table->n_used;
	for (;;) {
		table->hand = table->hand % table->max + 1;
		struct conversation *conversation = &table->slots[table->hand];

		if (conversation->used && conversation->touched) {
			conversation->touched = false;
			continue;
		}
		if (conversation->used) {
			tally->flows.n_evicted++;
			end(conversation, &tally->flows);
			take_out(table, conversation);
		}
		return (uint32_t)table->hand;
	}
}

static void key_of(struct key *key, const struct packet *packet, unsigned side)
{
	const struct address *low = side == 0 ? &packet->src : &packet->dst,
			     *high = side == 0 ? &packet->dst : &packet->src;
	uint16_t low_port = side == 0 ? packet->src_port : packet->dst_port,
		 high_port = side == 0 ? packet->dst_port : packet->src_port;

	memcpy(key->words, low, 16);
	memcpy(key->words + 2, high, 16);
	key->words[4] = (uint64_t)low_port << 32 | (uint64_t)high_port << 16 | packet->ip_proto;
	key->words[5] = packet->ip_version;
}

static unsigned side_of(const struct packet *packet)
{
	int order = memcmp(&packet->src, &packet->dst, sizeof packet->src);

	return order != 0 ? order > 0 : packet->src_port > packet->dst_port;
}

static void begin(struct conversation *conversation, const struct packet *packet, unsigned side)
{
	conversation->ends[side] = (struct tally_endpoint){ packet->src, packet->src_port };
	conversation->ends[!side] = (struct tally_endpoint){ packet->dst, packet->dst_port };
	conversation->ip_version = packet->ip_version;
	conversation->tcp = packet->ip_proto == IP_PROTO_TCP;
	conversation->first_side = (uint8_t)side;
	conversation->client = 2;
	conversation->midstream = conversation->tcp && !(packet->tcp_flags & TCP_SYN);
	conversation->used = true;
}

static struct conversation *find(
    struct conversations *table, const struct packet *packet, unsigned side, struct tally *tally)
{
	struct key key;

	key_of(&key, packet, side);
	for (uint32_t at = *chain_of(table, &key); at != NONE; at = table->slots[at].next)
		if (memcmp(&table->slots[at].key, &key, sizeof key) == 0)
			return &table->slots[at];
	uint32_t slot = slot_for(table, tally);
	struct conversation *conversation = &table->slots[slot];
	uint32_t *chain = chain_of(table, &key);

	*conversation = (struct conversation){ .key = key, .next = *chain, .id = ++table->last_id };
	*chain = slot;
	begin(conversation, packet, side);
	return conversation;
}

/* ---- one packet ---- */

static void see_protocol(struct conversation *conversation, const struct packet *packet, unsigned side)
{
	bool hello = conversation->protocol == PROTOCOL_TLS && (conversation->flags & PROTOCOL_CLIENT_HELLO);

	if (conversation->protocol == PROTOCOL_HTTP1 && !conversation->credential && conversation->n_heads < HEADS) {
		conversation->n_heads++;
		conversation->credential = protocol_has_credential(packet->payload);
	}
	if (conversation->n_guesses >= GUESSES || (conversation->protocol > PROTOCOL_OTHER && !hello))
		return;
	conversation->n_guesses++;
	struct protocol_guess guess =
	    conversation->tcp ? protocol_of_tcp(packet->payload) : protocol_of_udp(packet->payload);

	if ((guess.flags & PROTOCOL_ONE_FRAME) && ++conversation->n_single_frames < 2)
		guess = (struct protocol_guess){ PROTOCOL_OTHER, 0 };
	if (guess.flags & (PROTOCOL_FROM_CLIENT | PROTOCOL_FROM_SERVER))
		conversation->client = (uint8_t)(guess.flags & PROTOCOL_FROM_CLIENT ? side : !side);
	if (hello && guess.protocol != PROTOCOL_HTTP1 &&
	    (guess.protocol != PROTOCOL_HTTP2 || (guess.flags & PROTOCOL_NO_PREFACE)))
		return;
	conversation->flags |= guess.flags | (hello ? PROTOCOL_AFTER_HELLO : 0);
	if (guess.protocol > conversation->protocol || hello)
		conversation->protocol = (uint8_t)guess.protocol;
	if (guess.protocol == PROTOCOL_HTTP1)
		conversation->credential = protocol_has_credential(packet->payload);
}

/* Both are open, and they are not two of one client's connections to one server, which may well ask for the same. */
static bool may_be_twins(const struct conversation *a, const struct conversation *b)
{
	bool same_ends = memcmp(&a->ends[0].address, &b->ends[0].address, sizeof a->ends[0].address) == 0 &&
			 memcmp(&a->ends[1].address, &b->ends[1].address, sizeof a->ends[1].address) == 0;

	if (same_ends && (a->ends[0].port == b->ends[0].port || a->ends[1].port == b->ends[1].port))
		return false;
	return b->used && !b->closing;
}

static void see_twin(struct conversations *table, struct conversation *conversation, const struct packet *packet)
{
	struct twins_owner owner = { (uint32_t)(conversation - table->slots), conversation->id }, other = { 0, 0 };

	if (!conversation->tcp || packet->payload.len < TWINS_LEAST)
		return;
	conversation->n_twinable++;
	switch (twins_see(table->twins, packet, owner, &other)) {
	case TWINS_OTHER:
		if (table->slots[other.slot].id != other.id || !may_be_twins(conversation, &table->slots[other.slot]))
			break;
		if (!conversation->twin)
			conversation->twin = other.id;
		conversation->n_twin += conversation->twin == other.id;
		break;
	case TWINS_SAME:
		conversation->n_twin_same++;
		break;
	case TWINS_NONE:
		break;
	}
}

static uint32_t vlans_of(const struct packet *packet)
{
	uint32_t vlans = packet->n_vlan > 0 ? packet->vlan[0] + 1u : 0;

	return packet->n_vlan > 1 ? vlans | (packet->vlan[1] + 1u) << 16 : vlans;
}

static void see_tcp(struct conversation *conversation, const struct packet *packet, unsigned side)
{
	struct side *sides = conversation->sides;
	bool syn = packet->tcp_flags & TCP_SYN, fin = packet->tcp_flags & TCP_FIN, ack = packet->tcp_flags & TCP_ACK;

	if (packet->tcp_flags & TCP_RST)
		return;
	if (syn) {
		*(ack ? &sides[side].syn_ack : &sides[side].syn) = true;
		sides[side].syn_seq = packet->tcp_seq;
	}
	sides[side].acks |= ack;
	conversation->closing |= fin;
	sequence_segment(&sides[side].sequence, packet->tcp_seq, packet->payload_len + syn + fin,
	    packet->payload_len != 0, packet->time_ns);
	if (ack)
		sequence_ack(&sides[!side].sequence, packet->tcp_ack, packet->time_ns);
}

/* A SYN with another start, on a conversation that has one or has gone on: its ports are used again (RFC 9293 3.6.1).
 */
static bool is_another(const struct conversation *conversation, const struct packet *packet, unsigned side)
{
	const struct side *sides = conversation->sides;

	if (!conversation->tcp || (packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return false;
	if (sides[side].syn)
		return sides[side].syn_seq != packet->tcp_seq;
	return sides[side].data_packets + sides[!side].data_packets != 0;
}

void conversations_packet(struct conversations *table, const struct packet *packet, struct tally *tally)
{
	unsigned side = side_of(packet);
	struct conversation *conversation = find(table, packet, side, tally);

	if (is_another(conversation, packet, side)) {
		struct key key = conversation->key;
		uint32_t next = conversation->next;

		end(conversation, &tally->flows);
		*conversation = (struct conversation){ .key = key, .next = next, .id = ++table->last_id };
		begin(conversation, packet, side);
	}
	struct side *mine = &conversation->sides[side];

	conversation->touched = true;
	if (!mine->packets++)
		mine->vlans = vlans_of(packet);
	mine->bytes += packet->wire_len;
	if (conversation->tcp)
		see_tcp(conversation, packet, side);
	if (packet->payload_len == 0)
		return;
	mine->data_packets++;
	mine->data_bytes += packet->payload_len;
	see_protocol(conversation, packet, side);
	see_twin(table, conversation, packet);
}

void conversations_end(struct conversations *table, struct tally *tally)
{
	for (size_t i = 1; i <= table->n_used; i++)
		if (table->slots[i].used)
			end(&table->slots[i], &tally->flows);
	memset(table->chains, 0, table->chains_len);
	table->n_used = 0;
	table->hand = 0;
}
