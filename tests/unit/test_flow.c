/* The flow table: who is found for a packet, when a flow is over, who goes first when there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/flow/flow.h"

#define S INT64_C(1000000000)
#define START (1700000000 * S)

static const struct flow_timeouts timeouts = { { 60 * S, 600 * S, 2 * S } };

struct table {
	struct budget top;
	struct flow_table *flows;
};

static void table_begin(struct table *table, size_t memcap, size_t max_flows)
{
	budget_init(&table->top, SIZE_MAX / 2, NULL);
	table->flows = flow_table_new(memcap, max_flows, &timeouts, &table->top);
	assert_non_null(table->flows);
}

/* Drains, and nothing may be left. */
static void table_end(struct table *table)
{
	struct flow *flow;

	while ((flow = flow_table_drain(table->flows)))
		flow_table_release(table->flows, flow);
	assert_int_equal(flow_table_count(table->flows), 0);
	flow_table_free(table->flows);
	assert_int_equal(table->top.used, 0);
}

/* Flow number `n`: from its own client to one server. */
static struct packet packet_of(uint32_t n, int64_t time_ns)
{
	struct packet packet = { .time_ns = time_ns, .ip_version = 4, .ip_proto = IP_PROTO_TCP, .src_port = 40000,
	    .dst_port = 80 };

	memcpy(packet.src.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a", 13);
	packet.src.b[13] = (uint8_t)(n >> 16);
	packet.src.b[14] = (uint8_t)(n >> 8);
	packet.src.b[15] = (uint8_t)n;
	memcpy(packet.dst.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01", 16);
	return packet;
}

static struct packet reverse(struct packet packet)
{
	struct address src = packet.src;
	uint16_t port = packet.src_port;

	packet.src = packet.dst;
	packet.dst = src;
	packet.src_port = packet.dst_port;
	packet.dst_port = port;
	return packet;
}

static struct flow *get(struct flow_table *flows, uint32_t n, int64_t time_ns)
{
	struct packet packet = packet_of(n, time_ns);

	return flow_table_get(flows, &packet).flow;
}

/* Ends what is over by now; how many it was. */
static unsigned expire(struct flow_table *flows, int64_t now_ns)
{
	struct flow *flow;
	unsigned n = 0;

	for (; (flow = flow_table_expire(flows, now_ns)); n++)
		flow_table_release(flows, flow);
	return n;
}

static void both_directions_are_one(void **state)
{
	struct table table;
	struct packet there = packet_of(1, START), back = reverse(there);

	(void)state;
	table_begin(&table, 1 << 20, 100);
	struct flow_lookup first = flow_table_get(table.flows, &there), second = flow_table_get(table.flows, &back);

	assert_true(first.is_new);
	assert_false(second.is_new);
	assert_ptr_equal(first.flow, second.flow);
	assert_int_equal(first.side, !second.side);
	assert_int_equal(flow_direction(first.flow, first.side), TO_SERVER);
	assert_int_equal(flow_direction(first.flow, second.side), TO_CLIENT);
	assert_int_equal(flow_side(first.flow, TO_CLIENT), second.side);
	table_end(&table);
}

/* One address on both ends: the ports tell the sides apart; one port as well: one side is all there is. */
static void same_addresses(void **state)
{
	struct table table;
	struct packet there = packet_of(1, START);

	(void)state;
	table_begin(&table, 1 << 20, 100);
	there.dst = there.src;
	struct packet back = reverse(there);
	struct flow_lookup first = flow_table_get(table.flows, &there), second = flow_table_get(table.flows, &back);

	assert_ptr_equal(first.flow, second.flow);
	assert_int_equal(first.side, !second.side);
	there.dst_port = there.src_port;
	first = flow_table_get(table.flows, &there);
	assert_true(first.is_new);
	assert_int_equal(first.side, 0);
	table_end(&table);
}

static void what_makes_another_flow(void **state)
{
	struct table table;
	struct packet packets[6];
	struct flow *seen[6];

	(void)state;
	table_begin(&table, 1 << 20, 100);
	for (unsigned i = 0; i < 6; i++)
		packets[i] = packet_of(1, START);
	packets[1].ip_proto = IP_PROTO_UDP;
	packets[2].ip_version = 6; /* ::ffff:10.0.0.1 in an IPv6 header */
	packets[3].src_port++;
	packets[4].dst_port++;
	packets[5].dst.b[0] = 1;
	for (unsigned i = 0; i < 6; i++) {
		struct flow_lookup lookup = flow_table_get(table.flows, &packets[i]);

		assert_true(lookup.is_new);
		seen[i] = lookup.flow;
		packets[i].n_vlan = 1; /* a VLAN does not */
		packets[i].vlan[0] = 7;
		assert_ptr_equal(flow_table_get(table.flows, &packets[i]).flow, seen[i]);
	}
	assert_int_equal(flow_table_count(table.flows), 6);
	table_end(&table);
}

static const struct guess {
	const char *name;
	uint8_t flags;
	uint16_t src_port, dst_port;
	bool is_client, known;
} guesses[] = {
	{ "SYN", TCP_SYN, 80, 40000, true, true },
	{ "SYN and ACK", TCP_SYN | TCP_ACK, 40000, 80, false, true },
	{ "midstream to a known port", TCP_ACK, 40000, 80, true, false },
	{ "midstream from a known port", TCP_ACK, 80, 40000, false, false },
	{ "midstream between high ports", TCP_ACK, 8080, 40000, true, false },
	{ "midstream between low ports", TCP_ACK, 80, 81, true, false },
};

static void who_is_the_client(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
		struct table table;
		struct packet packet = packet_of(1, START);

		table_begin(&table, 1 << 20, 100);
		packet.tcp_flags = guesses[i].flags;
		packet.src_port = guesses[i].src_port;
		packet.dst_port = guesses[i].dst_port;
		struct flow_lookup lookup = flow_table_get(table.flows, &packet);

		if ((flow_direction(lookup.flow, lookup.side) == TO_SERVER) != guesses[i].is_client ||
		    lookup.flow->client_known != guesses[i].known)
			fail_msg("%s", guesses[i].name);
		table_end(&table);
	}
}

static const struct life {
	enum flow_state state;
	int64_t lives_s; /* at least; it is over two seconds later */
} lives[] = { { FLOW_NEW, 60 }, { FLOW_ESTABLISHED, 600 }, { FLOW_CLOSED, 2 } };

static void timeouts_by_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
		struct table table;

		table_begin(&table, 1 << 20, 100);
		expire(table.flows, START);
		flow_table_set_state(table.flows, get(table.flows, 1, START), lives[i].state);
		for (int64_t s = 0; s < lives[i].lives_s; s++)
			assert_int_equal(expire(table.flows, START + s * S), 0);
		assert_int_equal(expire(table.flows, START + (lives[i].lives_s + 2) * S), 1);
		table_end(&table);
	}
}

/* A packet now and then keeps a flow, for longer than the wheel is round. */
static void packets_keep_a_flow(void **state)
{
	struct table table;
	struct flow *flow;

	(void)state;
	table_begin(&table, 1 << 20, 100);
	flow = get(table.flows, 1, START);
	for (int64_t s = 50; s < 10000; s += 50) {
		assert_int_equal(expire(table.flows, START + s * S), 0);
		assert_ptr_equal(get(table.flows, 1, START + s * S), flow);
	}
	assert_int_equal(expire(table.flows, START + 10050 * S), 1);
	table_end(&table);
}

static void time_goes_back(void **state)
{
	struct table table;
	struct flow *flow;

	(void)state;
	table_begin(&table, 1 << 20, 100);
	expire(table.flows, START);
	flow = get(table.flows, 1, START);
	expire(table.flows, START + 30 * S);
	assert_ptr_equal(get(table.flows, 1, START - 100000 * S), flow);
	assert_int_equal(expire(table.flows, START - 100000 * S), 0);
	(void)get(table.flows, 2, START - 100000 * S); /* both count from the latest time known */
	assert_int_equal(expire(table.flows, START + 59 * S), 0);
	assert_int_equal(flow_table_count(table.flows), 2);
	assert_int_equal(expire(table.flows, START + 92 * S), 2);
	table_end(&table);
}

static void time_jumps(void **state)
{
	static const int64_t jumps_s[] = { 61, 63, 4095, 4096, 4097, 8192, 100000, 2000000000 };

	(void)state;
	for (size_t i = 0; i < sizeof jumps_s / sizeof jumps_s[0]; i++) {
		struct table table;

		table_begin(&table, 1 << 20, 1000);
		expire(table.flows, START);
		for (uint32_t n = 0; n < 100; n++)
			(void)get(table.flows, n, START + n % 3 * S);
		int64_t now = START + jumps_s[i] * S;
		unsigned over = expire(table.flows, now);

		assert_int_equal(over + flow_table_count(table.flows), 100);
		if (jumps_s[i] > 64)
			assert_int_equal(over, 100);
		(void)get(table.flows, 500, now); /* the wheel still turns */
		assert_int_equal(expire(table.flows, now + 1000 * S), 101 - over);
		table_end(&table);
	}
}

/* A timeout of more than the wheel's turn. */
static void long_timeouts(void **state)
{
	struct flow_timeouts hours = { { 10000 * S, 10000 * S, 10000 * S } };
	struct budget top;

	(void)state;
	budget_init(&top, 1 << 20, NULL);
	struct flow_table *flows = flow_table_new(1 << 20, 100, &hours, &top);

	expire(flows, START);
	(void)get(flows, 1, START);
	for (int64_t s = 0; s < 10000; s += 7)
		assert_int_equal(expire(flows, START + s * S), 0);
	assert_int_equal(expire(flows, START + 10002 * S), 1);
	flow_table_free(flows);
}

/* At the cap the longest silent flow goes, whenever it began; flows in use stay. */
static void the_oldest_goes(void **state)
{
	struct table table;
	uint32_t n = 0;
	struct flow *busy;

	table_begin(&table, 1 << 20, 10);
	(void)state;
	expire(table.flows, START);
	busy = get(table.flows, 1000, START);
	for (; n < 9; n++)
		(void)get(table.flows, n, START + S / 100 * n);
	(void)get(table.flows, 1000, START + S);
	for (uint32_t gone = 0; gone < 500; gone++, n++) {
		int64_t now = START + S + S / 10 * gone;
		struct flow *flow = flow_table_evict(table.flows);

		assert_non_null(flow);
		assert_memory_equal(flow->key.addr[0].b + 14, ((uint8_t[]){ (uint8_t)(gone >> 8), (uint8_t)gone }), 2);
		flow_table_release(table.flows, flow);
		assert_null(flow_table_evict(table.flows));
		assert_ptr_equal(get(table.flows, 1000, now), busy);
		assert_non_null(get(table.flows, n, now));
	}
	assert_int_equal(flow_table_n_evicted(table.flows), 500);
	table_end(&table);
}

/* The memory cap does the same, and is never passed. */
static void memcap(void **state)
{
	const size_t cap = 1 << 20;
	struct budget top;

	(void)state;
	budget_init(&top, SIZE_MAX / 2, NULL);
	struct flow_table *flows = flow_table_new(cap, SIZE_MAX, &timeouts, &top);

	for (uint32_t n = 0; n < 20000; n++) {
		for (struct flow *flow; (flow = flow_table_evict(flows));)
			flow_table_release(flows, flow);
		assert_non_null(get(flows, n, START));
	}
	assert_true(top.peak <= cap);
	assert_true(flow_table_n_evicted(flows) > 10000);
	assert_int_equal(flow_table_count(flows) + flow_table_n_evicted(flows), 20000);
	for (struct flow *flow; (flow = flow_table_drain(flows));)
		flow_table_release(flows, flow);
	flow_table_free(flows);
	assert_int_equal(top.used, 0);
}

/* No memory at all: refused, and found out without a crash. */
static void no_memory(void **state)
{
	struct table table;

	table_begin(&table, 100, 100);
	(void)state;
	expire(table.flows, START);
	assert_null(get(table.flows, 1, START));
	assert_null(flow_table_expire(table.flows, START + 1000 * S));
	table_end(&table);
}

/* Many flows: all found again, each once; then all over at once. */
static void many(void **state)
{
	enum { N = 50000 };
	struct table table;
	struct flow **flows = calloc(N, sizeof *flows);

	table_begin(&table, SIZE_MAX / 4, SIZE_MAX);
	(void)state;
	assert_non_null(flows);
	expire(table.flows, START);
	for (uint32_t n = 0; n < N; n++)
		flows[n] = get(table.flows, n, START + n % 7 * S);
	for (uint32_t n = 0; n < N; n++) {
		struct packet back = packet_of(n, START + 8 * S);

		back = reverse(back);
		assert_ptr_equal(flow_table_get(table.flows, &back).flow, flows[n]);
	}
	for (uint32_t n = 0; n < N; n += 2) {
		flow_table_remove(table.flows, flows[n]);
		flow_table_release(table.flows, flows[n]);
	}
	assert_int_equal(flow_table_count(table.flows), N / 2);
	assert_int_equal(expire(table.flows, START + 100 * S), N / 2);
	free(flows);
	table_end(&table);
}

/* The end comes in the order in which the flows fell silent. */
static void drains_in_order(void **state)
{
	struct table table;
	int64_t last = 0;

	table_begin(&table, 1 << 20, 1000);
	(void)state;
	expire(table.flows, START);
	for (uint32_t n = 0; n < 300; n++)
		(void)get(table.flows, n, START + n / 10 * S);
	(void)get(table.flows, 5, START + 100 * S);
	for (unsigned n = 0; n < 300; n++) {
		struct flow *flow = flow_table_drain(table.flows);

		assert_non_null(flow);
		assert_true(flow->last_ns >= last);
		assert_int_equal(n == 299, flow->key.addr[0].b[14] == 0 && flow->key.addr[0].b[15] == 5);
		last = flow->last_ns;
		flow_table_release(table.flows, flow);
	}
	assert_null(flow_table_drain(table.flows));
	table_end(&table);
}

/* The same on every run, whoever of the two is seen first; 51 bits, which JavaScript keeps exact. */
static void flow_ids(void **state)
{
	uint64_t id = 0;

	(void)state;
	for (unsigned turn = 0; turn < 2; turn++) {
		struct table table;
		struct packet packet = packet_of(1, START + 123456789);
		struct flow_facts facts;

		table_begin(&table, 1 << 20, 100);
		if (turn)
			packet = reverse(packet);
		struct flow *flow = flow_table_get(table.flows, &packet).flow;

		facts = flow_facts_of(flow);
		assert_true(facts.flow_id < UINT64_C(1) << 51);
		assert_int_not_equal(facts.flow_id, 0);
		if (turn)
			assert_int_equal(facts.flow_id, id);
		id = facts.flow_id;
		packet.src_port++;
		assert_int_not_equal(flow_facts_of(flow_table_get(table.flows, &packet).flow).flow_id, id);
		table_end(&table);
	}
	assert_int_equal(id, UINT64_C(0xe240a17675b2));
}

static void facts(void **state)
{
	struct table table;
	struct packet packet = packet_of(1, START);

	(void)state;
	table_begin(&table, 1 << 20, 100);
	packet.tcp_flags = TCP_SYN | TCP_ACK;
	packet.n_vlan = 2;
	packet.vlan[0] = 10;
	packet.vlan[1] = 20;
	struct flow *flow = flow_table_get(table.flows, &packet).flow;

	flow->streams[flow->client].n_packets = 3;
	flow->streams[!flow->client].n_bytes = 1500;
	struct flow_facts f = flow_facts_of(flow);

	assert_memory_equal(&f.src, &packet.dst, sizeof f.src); /* the sender of a SYN and ACK is the server */
	assert_int_equal(f.src_port, 80);
	assert_int_equal(f.dst_port, 40000);
	assert_int_equal(f.n_packets[TO_SERVER], 3);
	assert_int_equal(f.n_bytes[TO_CLIENT], 1500);
	assert_int_equal(f.start_ns, START);
	assert_int_equal(f.vlan[1], 20);
	assert_null(f.app_proto);
	table_end(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_are_one),
		cmocka_unit_test(same_addresses),
		cmocka_unit_test(what_makes_another_flow),
		cmocka_unit_test(who_is_the_client),
		cmocka_unit_test(timeouts_by_state),
		cmocka_unit_test(packets_keep_a_flow),
		cmocka_unit_test(time_goes_back),
		cmocka_unit_test(time_jumps),
		cmocka_unit_test(long_timeouts),
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(memcap),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(many),
		cmocka_unit_test(drains_in_order),
		cmocka_unit_test(flow_ids),
		cmocka_unit_test(facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
