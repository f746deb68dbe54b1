/* Fragments in, datagrams out: shapes, overlaps, ends, time and caps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/flow/defrag.h"
#include "tests/support/fragments.h"

#define SEC INT64_C(1000000000)

#define BIT(x) (1u << DEFRAG_ODD_##x)

struct world {
	struct budget top;
	struct arena arena;
	struct defrag *defrag;
	struct packet packet; /* the latest */
	enum net_status status;
	uint32_t odd;
};

static const struct defrag_config plain = { .policy = DEFRAG_FIRST, .memcap = 1 << 20, .max_datagrams = 100, .max_fragments = 50,
	.ipv4_ns = 30 * SEC, .ipv6_ns = 60 * SEC };

static void begin(struct world *world, const struct defrag_config *config)
{
	*world = (struct world){ 0 };
	budget_init(&world->top, 8 << 20, NULL);
	arena_init(&world->arena, 1 << 17, &world->top);
	world->defrag = defrag_new(config, &world->top);
	assert_non_null(world->defrag);
}

static struct stats stats_of(const struct world *world)
{
	struct stats stats;

	defrag_stats(world->defrag, &stats);
	return stats;
}

static void end(struct world *world)
{
	defrag_free(world->defrag);
	arena_fini(&world->arena);
	assert_int_equal(world->top.used, 0);
}

/* True: it made a datagram whole, which is then in world->packet. */
static bool push(struct world *world, const struct fragments_spec *spec, int64_t time_ns)
{
	struct frame frame = fragments_frame(spec, time_ns);

	arena_reset(&world->arena);
	world->status = defrag_dissect(world->defrag, &frame, NULL, &world->packet, &world->arena, &world->odd);
	free((void *)(uintptr_t)frame.data.data);
	return !world->packet.fragment;
}

static struct fragments_spec part(uint8_t ip_version, uint32_t id, uint32_t offset, bool more, struct bytes data)
{
	return (struct fragments_spec){ .ip_version = ip_version, .protocol = IP_PROTO_UDP, .host = 1, .id = id, .offset = offset,
		.more = more, .data = data };
}

static const uint8_t udp[40] = { 0x1f, 0x90, 0x00, 0x35, 0, 40, 0, 0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l',
	'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z' };

static struct fragments_spec first_part(uint8_t ip_version, uint32_t id)
{
	return part(ip_version, id, 0, true, bytes_of(udp, 16));
}

static struct fragments_spec last_part(uint8_t ip_version, uint32_t id)
{
	return part(ip_version, id, 16, false, bytes_of(udp + 16, 24));
}

static void assert_whole(const struct world *world, struct fragments_spec spec)
{
	uint8_t want[200];

	spec.whole = true;
	spec.offset = spec.more = 0;
	spec.data = bytes_of(udp, sizeof udp);
	size_t len = fragments_build(&spec, want);

	assert_int_equal(world->packet.network.len, len);
	assert_memory_equal(world->packet.network.data, want, len);
	assert_int_equal(world->status, NET_OK);
	assert_int_equal(world->packet.dst_port, 53);
	assert_int_equal(world->packet.payload.len, 32);
	assert_int_equal(world->packet.payload_len, 32);
	assert_false(world->packet.truncated);
}

static void test_orders(void **state)
{
	static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct world world;

	(void)state;
	begin(&world, &plain);
	for (unsigned i = 0; i < 6 * 4; i++) {
		struct fragments_spec spec = { 0 };
		uint32_t wire_len = 0;

		for (unsigned k = 0; k < 3; k++) {
			uint32_t offset = orders[i / 4][k] * 16, len = offset == 32 ? 8 : 16;

			spec = part(i & 1 ? 6 : 4, 7, offset, offset != 32, bytes_of(udp + offset, len));
			spec.extended = i & 2;
			assert_int_equal(push(&world, &spec, 0), k == 2);
			wire_len += k == 2 ? 0 : world.packet.wire_len;
			assert_int_equal(world.odd, 0);
		}
		assert_whole(&world, spec);
		assert_in_range(world.packet.wire_len, wire_len + 20, wire_len + 80);
	}
	struct stats stats = stats_of(&world);

	assert_int_equal(stats.defrag.ipv4.fragments, 36);
	assert_int_equal(stats.defrag.ipv4.reassembled, 12);
	assert_int_equal(stats.defrag.ipv6.reassembled, 12);
	assert_int_equal(stats.defrag.active, 0);
	end(&world);
}

/* What parts a datagram from another, and what does not. */
static void test_keys(void **state)
{
	struct world world;

	(void)state;
	begin(&world, &plain);
	for (unsigned i = 0; i < 2; i++) {
		struct fragments_spec first = first_part(i ? 6 : 4, 7), last = last_part(i ? 6 : 4, 7);

		assert_false(push(&world, &first, 0));
		last.id = 8;
		assert_false(push(&world, &last, 0));
		last.id = 7;
		last.host = 2;
		assert_false(push(&world, &last, 0));
		last.host = 1;
		last.protocol = IP_PROTO_TCP; /* in IPv6 the first one's word counts */
		assert_int_equal(push(&world, &last, 0), i);
		last.protocol = IP_PROTO_UDP;
		if (!i)
			assert_true(push(&world, &last, 0));
		assert_whole(&world, first);
	}
	end(&world);
}

static const struct shape {
	const char *name;
	uint8_t ip_version, protocol;
	enum defrag_policy policy;
	uint32_t offset, len;
	bool more, usable;
	uint32_t odd;
} shapes[] = {
	{ "udp", 4, 17, DEFRAG_FIRST, 0, 8, true, true, 0 },
	{ "tcp", 4, 6, DEFRAG_FIRST, 0, 24, true, true, 0 },
	{ "tiny tcp", 4, 6, DEFRAG_FIRST, 0, 16, true, true, BIT(TINY) },
	{ "second in the tcp header", 4, 6, DEFRAG_FIRST, 8, 16, true, true, BIT(TINY) },
	{ "second in the tcp header, ipv6", 6, 6, DEFRAG_FIRST, 16, 16, true, true, BIT(TINY) },
	{ "behind the tcp header", 4, 6, DEFRAG_FIRST, 24, 16, true, true, 0 },
	{ "no transport we know", 4, 253, DEFRAG_FIRST, 0, 8, true, true, 0 },
	{ "only a destination header, ipv6", 6, 60, DEFRAG_FIRST, 0, 8, true, true, 0 },
	{ "cut destination header, ipv6", 6, 60, DEFRAG_FIRST, 0, 8, true, true, BIT(TINY) },
	{ "empty", 4, 17, DEFRAG_FIRST, 8, 0, true, false, BIT(LENGTH) },
	{ "empty last", 4, 17, DEFRAG_FIRST, 8, 0, false, false, BIT(LENGTH) },
	{ "ragged", 4, 17, DEFRAG_FIRST, 0, 21, true, true, BIT(LENGTH) },
	{ "ragged, bsd", 4, 17, DEFRAG_BSD, 0, 21, true, false, BIT(LENGTH) },
	{ "ragged, ipv6", 6, 17, DEFRAG_FIRST, 0, 21, true, false, BIT(LENGTH) },
	{ "shorter than 8", 4, 17, DEFRAG_FIRST, 8, 7, true, false, BIT(LENGTH) },
	{ "ragged last", 4, 17, DEFRAG_FIRST, 8, 21, false, true, 0 },
	{ "as long as can be", 4, 17, DEFRAG_FIRST, 65504, 11, false, true, 0 },
	{ "ping of death", 4, 1, DEFRAG_FIRST, 65504, 12, false, false, BIT(TOO_LONG) },
	{ "as long as can be, ipv6", 6, 17, DEFRAG_FIRST, 65528, 7, false, true, 0 },
	{ "ping of death, ipv6", 6, 58, DEFRAG_FIRST, 65528, 8, false, false, BIT(TOO_LONG) },
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape *shape = &shapes[i];
		struct defrag_config config = plain;
		struct world world;
		/* a destination header: 6 TCP or 17 UDP, of 8 bytes or 16 */
		uint8_t data[64] = { shape->odd & BIT(TINY) ? 6 : 59, shape->odd & BIT(TINY) ? 1 : 0 };
		struct fragments_spec spec = part(shape->ip_version, 7, shape->offset, shape->more, bytes_of(data, shape->len));

		config.policy = shape->policy;
		spec.protocol = shape->protocol;
		begin(&world, &config);
		(void)push(&world, &spec, 0);
		if (world.odd != shape->odd || stats_of(&world).defrag.active != shape->usable)
			fail_msg("%s: odd %x, %d waiting", shape->name, world.odd, (int)stats_of(&world).defrag.active);
		assert_int_equal(stats_of(&world).defrag.invalid, !shape->usable);
		end(&world);
	}
}

/* Linux cuts a ragged fragment to a multiple of 8; the next one closes the gap. */
static void test_ragged(void **state)
{
	struct world world;
	struct fragments_spec first = part(4, 7, 0, true, bytes_of(udp, 21)), last = last_part(4, 7);

	(void)state;
	begin(&world, &plain);
	assert_false(push(&world, &first, 0));
	assert_true(push(&world, &last, 0));
	assert_whole(&world, first);
	end(&world);
}

struct step {
	uint32_t offset, len;
	bool more, other; /* other: its bytes disagree */
	uint32_t odd;
};

static const struct conflict {
	const char *name;
	uint8_t ip_version;
	struct step steps[5];
	bool joins;
} conflicts[] = {
	{ "a copy", 4, { { 0, 16, true, false, 0 }, { 0, 16, true, false, 0 }, { 16, 24, false, false, 0 } }, true },
	{ "a copy, ipv6", 6, { { 0, 16, true, false, 0 }, { 0, 16, true, false, 0 }, { 16, 24, false, false, 0 } }, true },
	{ "told once", 4, { { 0, 16, true, false, 0 }, { 0, 16, true, true, BIT(DIFFERS) }, { 0, 16, true, true, 0 },
	  { 16, 24, false, false, 0 } }, true },
	{ "a copy that differs, ipv6", 6, { { 0, 16, true, false, 0 }, { 0, 16, true, true, BIT(DIFFERS) },
	  { 16, 24, false, false, 0 } }, true },
	{ "agrees and adds", 4, { { 0, 16, true, false, 0 }, { 8, 32, false, false, 0 } }, true },
	{ "agrees and adds, ipv6", 6, { { 0, 16, true, false, 0 }, { 8, 32, false, false, BIT(OVERLAP) } }, true },
	{ "differs and adds", 4, { { 0, 24, true, false, 0 }, { 16, 24, false, true, BIT(DIFFERS) } }, true },
	{ "differs and adds, ipv6: given up", 6, { { 0, 24, true, false, 0 }, { 16, 16, true, true, BIT(OVERLAP) | BIT(DIFFERS) },
	  { 16, 24, false, false, 0 } }, false },
	{ "and begins anew, ipv6", 6, { { 0, 24, true, false, 0 }, { 16, 16, true, true, BIT(OVERLAP) | BIT(DIFFERS) },
	  { 0, 16, true, false, 0 }, { 16, 24, false, false, 0 } }, true },
	{ "a second end", 4, { { 16, 24, false, false, 0 }, { 16, 8, false, false, BIT(END) }, { 0, 16, true, false, 0 } }, true },
	{ "beyond the end", 4, { { 16, 24, false, false, 0 }, { 40, 8, true, false, BIT(END) }, { 0, 16, true, false, 0 } }, true },
	{ "an end before what came", 4, { { 16, 24, true, false, 0 }, { 16, 8, false, false, BIT(END) },
	  { 0, 16, true, false, 0 } }, false },
};

static void test_conflicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof conflicts / sizeof conflicts[0]; i++) {
		const struct conflict *conflict = &conflicts[i];
		struct world world;
		bool joined = false;
		uint8_t other[64];

		begin(&world, &plain);
		memset(other, 'X', sizeof other);
		for (const struct step *step = conflict->steps; step->len; step++) {
			struct fragments_spec spec = part(conflict->ip_version, 7, step->offset, step->more,
			    bytes_of(step->other ? other : udp + (step->offset < 40 ? step->offset : 0), step->len));

			joined = push(&world, &spec, 0);
			if (world.odd != step->odd)
				fail_msg("%s: step %d: odd %x", conflict->name, (int)(step - conflict->steps), world.odd);
		}
		if (joined != conflict->joins)
			fail_msg("%s: joined %d", conflict->name, joined);
		end(&world);
	}
}

/* A datagram waits from its first fragment on; time does not go back. */
static void test_time(void **state)
{
	static const struct {
		uint8_t ip_version;
		int64_t first_ns, middle_ns, last_ns;
		bool joins;
	} times[] = {
		{ 4, 100 * SEC, 115 * SEC, 130 * SEC - 1, true },
		{ 4, 100 * SEC, 115 * SEC, 130 * SEC, false },
		{ 6, 100 * SEC, 159 * SEC, 160 * SEC - 1, true },
		{ 6, 100 * SEC, 159 * SEC, 160 * SEC, false },
		{ 4, 100 * SEC, 50 * SEC, 129 * SEC, true },
		{ 4, INT64_MIN, INT64_MIN + 1, INT64_MIN, true },
		{ 4, INT64_MIN, 0, INT64_MAX, false },
		{ 6, INT64_MAX, INT64_MIN, INT64_MAX, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		uint8_t v = times[i].ip_version;
		struct fragments_spec first = first_part(v, 7), middle = part(v, 7, 16, true, bytes_of(udp + 16, 16));
		struct fragments_spec last = part(v, 7, 32, false, bytes_of(udp + 32, 8));
		struct world world;

		begin(&world, &plain);
		assert_false(push(&world, &first, times[i].first_ns));
		assert_false(push(&world, &middle, times[i].middle_ns));
		assert_int_equal(push(&world, &last, times[i].last_ns), times[i].joins);
		struct stats stats = stats_of(&world);

		assert_int_equal(v == 6 ? stats.defrag.ipv6.timeouts : stats.defrag.ipv4.timeouts, !times[i].joins);
		end(&world);
	}
}

/* At the cap of datagrams the oldest goes, of whichever version. */
static void test_max_datagrams(void **state)
{
	struct defrag_config config = plain;
	struct world world;

	(void)state;
	config.max_datagrams = 3;
	begin(&world, &config);
	for (uint32_t id = 0; id < 5; id++) {
		struct fragments_spec first = first_part(id % 2 ? 6 : 4, id);

		assert_false(push(&world, &first, id));
	}
	for (uint32_t id = 5; id-- > 0;) {
		struct fragments_spec last = last_part(id % 2 ? 6 : 4, id);

		assert_int_equal(push(&world, &last, 10), id >= 2);
	}
	struct stats stats = stats_of(&world);

	assert_int_equal(stats.defrag.evicted, 2);
	assert_int_equal(stats.defrag.max_datagrams_reached, 2);
	assert_int_equal(stats.defrag.active, 2);
	end(&world);
}

static void test_max_fragments(void **state)
{
	struct defrag_config config = plain;
	struct world world;

	(void)state;
	config.max_fragments = 4;
	begin(&world, &config);
	for (uint32_t i = 0; i < 5; i++) {
		struct fragments_spec spec = part(4, 7, i * 8, i < 4, bytes_of(udp + (size_t)i * 8, 8));

		assert_false(push(&world, &spec, 0));
		assert_int_equal(world.odd, i == 4 ? BIT(TOO_MANY) : 0);
	}
	assert_int_equal(stats_of(&world).defrag.max_fragments_reached, 1);
	config.max_fragments = 5;
	end(&world);
	begin(&world, &config);
	for (uint32_t i = 0; i < 10; i++) { /* each twice: a copy does not count */
		struct fragments_spec spec = part(4, 7, i / 2 * 8, i < 8, bytes_of(udp + (size_t)(i / 2) * 8, 8));

		assert_int_equal(push(&world, &spec, 0), i == 8);
	}
	end(&world);
}

/* A flood of fragments that never complete stays under the cap, and what is whole in time is put together all the while. */
static void test_flood(void **state)
{
	static uint8_t big[1480];
	struct defrag_config config = plain;
	struct world world;

	(void)state;
	config.memcap = 256 << 10;
	config.max_datagrams = 1 << 20;
	begin(&world, &config);
	for (uint32_t id = 0; id < 20000; id++) {
		struct fragments_spec flood = part(id % 3 ? 4 : 6, id, 1480 * (id % 7), true, bytes_of(big, sizeof big));
		struct fragments_spec first = first_part(4, id), last = last_part(4, id);

		first.host = last.host = 9;
		assert_false(push(&world, &flood, id * 1000));
		assert_false(push(&world, &first, id * 1000));
		assert_true(push(&world, &last, id * 1000));
		assert_whole(&world, first);
		assert_true(world.top.used <= config.memcap + (1 << 17) + 4096);
	}
	struct stats stats = stats_of(&world);

	assert_int_equal(stats.defrag.refused, 0);
	assert_true(stats.defrag.evicted > 19000 && stats.defrag.active + stats.defrag.evicted == 20000);
	end(&world);
}

/* A mirror lost the first part, and the identification comes round: the old end is forgotten by then. */
static void test_round(void **state)
{
	static const struct {
		uint8_t ip_version;
		uint32_t n_between;
		bool mixes;
	} rounds[] = { { 4, 4000, true }, { 4, 5000, false }, { 6, 5000, true } };

	(void)state;
	for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++) {
		uint8_t v = rounds[i].ip_version;
		struct fragments_spec first = first_part(v, 7), last = last_part(v, 7);
		struct world world;

		begin(&world, &plain);
		assert_false(push(&world, &last, 0));
		for (uint32_t k = 0; k < rounds[i].n_between; k++) {
			first.id = last.id = 1000 + k;
			assert_false(push(&world, &first, k));
			assert_true(push(&world, &last, k));
		}
		first.id = 7;
		assert_int_equal(push(&world, &first, 1 * SEC), rounds[i].mixes);
		end(&world);
	}
}

/* Sends a packet through so many tunnels of IP in IP, each of which cuts it in two. True: the last part made all whole. */
static bool push_through(struct world *world, struct fragments_spec spec, unsigned n_tunnels)
{
	static uint8_t packets[8][200];
	bool whole = false;

	if (n_tunnels == 0)
		return push(world, &spec, 0);
	size_t len = fragments_build(&spec, packets[n_tunnels]);
	struct bytes packet = bytes_of(packets[n_tunnels], len);

	for (unsigned i = 0; i < 2; i++) {
		struct fragments_spec outer = part(4, 100 * n_tunnels + spec.id + spec.offset, i ? 16 : 0, !i,
		    i ? bytes_tail(packet, 16) : bytes_head(packet, 16));

		outer.protocol = 4;
		outer.host = (uint8_t)(10 + n_tunnels);
		whole = push_through(world, outer, n_tunnels - 1);
	}
	return whole;
}

/* Fragments within tunnels whose packets are fragments too. */
static void test_nested(void **state)
{
	(void)state;
	for (unsigned n_tunnels = 1; n_tunnels <= DEFRAG_NESTING; n_tunnels++) {
		struct world world;

		begin(&world, &plain);
		assert_false(push_through(&world, first_part(4, 7), n_tunnels));
		assert_int_equal(push_through(&world, last_part(4, 7), n_tunnels), n_tunnels < DEFRAG_NESTING);
		if (n_tunnels < DEFRAG_NESTING) {
			assert_whole(&world, first_part(4, 7));
			assert_int_equal(world.packet.tunnel.depth, n_tunnels);
			assert_int_equal(stats_of(&world).defrag.active, 0);
		}
		end(&world);
	}
}

/* A snap length cut the first fragment: its head and its first bytes are worth having. */
static void test_cut(void **state)
{
	struct world world;
	struct fragments_spec first = first_part(4, 7), last = last_part(4, 7);
	struct frame frame = fragments_frame(&first, 0);

	(void)state;
	begin(&world, &plain);
	frame.data.len -= 4;
	assert_int_equal(defrag_dissect(world.defrag, &frame, NULL, &world.packet, &world.arena, &world.odd), NET_OK);
	free((void *)(uintptr_t)frame.data.data);
	assert_true(push(&world, &last, 0));
	assert_true(world.packet.truncated);
	assert_int_equal(world.packet.dst_port, 53);
	assert_int_equal(world.packet.payload_len, 32);
	assert_true(bytes_is(world.packet.payload, "abcd"));
	end(&world);
}

/* The first fragment's options are longer than what the last one left room for. */
static void test_long_head(void **state)
{
	static uint8_t big[65504];
	struct world world;
	struct fragments_spec first = part(4, 7, 0, true, bytes_of(big, 60000));
	struct fragments_spec last = part(4, 7, 60000, false, bytes_of(big, 5515));

	(void)state;
	begin(&world, &plain);
	first.extended = true;
	assert_false(push(&world, &first, 0));
	assert_false(push(&world, &last, 0));
	assert_int_equal(world.odd, BIT(TOO_LONG));
	assert_int_equal(stats_of(&world).defrag.active, 0);
	end(&world);
}

static void test_words(void **state)
{
	(void)state;
	for (int i = 0; i < DEFRAG_ODDS; i++)
		assert_memory_equal(defrag_odd_word((enum defrag_odd)i), "ip.fragment", 11);
	assert_string_equal(defrag_odd_word(DEFRAG_ODDS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders), cmocka_unit_test(test_keys), cmocka_unit_test(test_shapes), cmocka_unit_test(test_ragged),
		cmocka_unit_test(test_conflicts), cmocka_unit_test(test_time), cmocka_unit_test(test_max_datagrams),
		cmocka_unit_test(test_max_fragments), cmocka_unit_test(test_flood), cmocka_unit_test(test_round), cmocka_unit_test(test_nested), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long_head), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
