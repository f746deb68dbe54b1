/* Properties of IP defragmentation over random datagrams cut up at random: whatever the order, the copies and the overlaps
 * that agree, the datagram comes back to the byte; any prefix, and any refusal of memory, ends cleanly; of overlaps that
 * disagree the first copy wins, and other datagrams are not touched; caps hold. Seed: first argument, or the default. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/flow/defrag.h"
#include "tests/support/fragments.h"
#include "tests/support/script.h"

#define SEC INT64_C(1000000000)

enum { ROUNDS = 400, DATA_CAP = 3000, PARTS_CAP = 4000, DATAGRAMS = 6 };

static uint64_t seed = UINT64_C(0x57047e9a55);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

struct part {
	unsigned of; /* datagram */
	uint32_t offset, len;
	bool other;  /* some of its bytes disagree */
};

struct world {
	struct fragments_spec specs[DATAGRAMS];
	uint8_t data[DATAGRAMS][DATA_CAP];
	size_t n_datagrams;
	struct part parts[PARTS_CAP];
	size_t n_parts;
	bool came[DATAGRAMS];
	const uint8_t *wanted; /* what datagram 0 must come out as, or NULL */
	uint64_t made_by;
	struct budget top, room;
	struct arena arena;
	struct defrag *defrag;
	uint32_t odd; /* of all */
};

static const struct defrag_config roomy = { .policy = DEFRAG_FIRST, .memcap = 1 << 22, .max_datagrams = 100, .max_fragments = 1000,
	.ipv4_ns = 30 * SEC, .ipv6_ns = 60 * SEC };

static void make_datagrams(struct world *world)
{
	world->n_datagrams = 1 + pick(DATAGRAMS);
	for (unsigned i = 0; i < world->n_datagrams; i++) {
		size_t len = 9 + pick(pick(3) ? 200 : DATA_CAP - 9);

		for (size_t at = 0; at < len; at++)
			world->data[i][at] = (uint8_t)pick(256);
		world->specs[i] = (struct fragments_spec){ .ip_version = pick(2) ? 4 : 6, .protocol = 253, .host = (uint8_t)(1 + i),
			.extended = pick(2), .id = pick(65536), .data = bytes_of(world->data[i], len) };
	}
}

static void add(struct world *world, unsigned of, uint32_t offset, uint32_t len)
{
	if (len && world->n_parts < PARTS_CAP)
		world->parts[world->n_parts++] = (struct part){ of, offset, len, false };
}

/* Cuts a datagram up; some parts twice, some overlapping others. */
static void cut_up(struct world *world, unsigned of, bool overlaps)
{
	uint32_t most = 1 + pick(pick(3) ? 8 : 60), len = (uint32_t)world->specs[of].data.len;

	for (uint32_t at = 0, n; at < len; at += n) {
		n = 8 * (1 + pick(most));
		n = n < len - at ? n : len - at;
		if (at == 0 && n == len)
			n = 8; /* whole it would be no fragment */
		add(world, of, at, n);
		if (pick(5) == 0)
			add(world, of, at, n);
		if (overlaps && pick(4) == 0) {
			uint32_t start = 8 * pick(at / 8 + 1), end = start + 8 * (1 + pick(most));

			end = end < len ? end : len;
			add(world, of, start, start == 0 && end == len ? 8 : end - start);
		}
	}
}

static void shuffle(struct world *world, unsigned window)
{
	for (size_t i = 0; i < world->n_parts; i++) {
		size_t left = world->n_parts - i, j = i + pick((unsigned)(left < window ? left : window));
		struct part part = world->parts[i];

		world->parts[i] = world->parts[j];
		world->parts[j] = part;
	}
}

static struct world *world_new(const struct defrag_config *config, size_t room, bool overlaps)
{
	struct world *world = calloc(1, sizeof *world);

	if (!world)
		abort();
	world->made_by = seed;
	make_datagrams(world);
	for (unsigned i = 0; i < world->n_datagrams; i++)
		cut_up(world, i, overlaps);
	shuffle(world, 1 + pick(pick(2) ? 10 : PARTS_CAP));
	budget_init(&world->top, room, NULL);
	budget_init(&world->room, 1 << 20, NULL);
	arena_init(&world->arena, 4096, &world->room);
	world->defrag = defrag_new(config, &world->top);
	if (!world->defrag)
		abort();
	return world;
}

static void world_end(struct world *world)
{
	defrag_free(world->defrag);
	arena_fini(&world->arena);
	assert_int_equal(world->top.used, 0);
	assert_true(world->top.peak <= world->top.cap);
	free(world);
}

static void wrong(const struct world *world, const char *what)
{
	fail_msg("seed %" PRIu64 ": %s", world->made_by, what);
}

/* What came out is the datagram; with `exact` to the byte, else only as long. */
static void check(struct world *world, unsigned of, const struct packet *packet, bool exact)
{
	static uint8_t want[FRAGMENTS_MAX];
	struct fragments_spec spec = world->specs[of];

	spec.whole = true;
	size_t len = fragments_build(&spec, want);

	if (packet->network.len != len || (exact && memcmp(packet->network.data, want, len) != 0))
		wrong(world, "another datagram");
	if (packet->truncated || packet->payload.len != spec.data.len)
		wrong(world, "another payload");
	if (world->wanted && of == 0 && memcmp(packet->payload.data, world->wanted, spec.data.len) != 0)
		wrong(world, "not the first copies");
	world->came[of] = true;
}

static void push(struct world *world, const struct part *part, int64_t time_ns, bool exact)
{
	struct fragments_spec spec = world->specs[part->of];
	uint8_t data[DATA_CAP];
	struct packet packet;
	uint32_t odd;

	for (size_t i = 0; i < part->len; i++)
		data[i] = (uint8_t)(spec.data.data[part->offset + i] ^ (part->other && pick(4) == 0 ? 0x55 : 0));
	spec.more = part->offset + part->len < spec.data.len;
	spec.offset = part->offset;
	spec.data = bytes_of(data, part->len);
	struct frame frame = fragments_frame(&spec, time_ns);

	arena_reset(&world->arena);
	if (defrag_dissect(world->defrag, &frame, NULL, &packet, &world->arena, &odd) != NET_OK)
		wrong(world, "not dissected");
	world->odd |= odd;
	if (!packet.fragment)
		check(world, part->of, &packet, exact);
	free((void *)(uintptr_t)frame.data.data);
}

static bool all_came(const struct world *world)
{
	for (unsigned i = 0; i < world->n_datagrams; i++)
		if (!world->came[i])
			return false;
	return true;
}

/* Whatever the order, the copies and the overlaps, every datagram comes back, under every policy. */
static void comes_back(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct defrag_config config = roomy;

		config.policy = (enum defrag_policy)pick(DEFRAG_POLICIES);
		struct world *world = world_new(&config, 1 << 23, pick(2));

		for (size_t i = 0; i < world->n_parts; i++)
			push(world, &world->parts[i], (int64_t)i, true);
		if (!all_came(world))
			wrong(world, "not all came");
		if (world->odd & ~(UINT32_C(1) << DEFRAG_ODD_OVERLAP))
			wrong(world, "odd");
		world_end(world);
	}
}

/* Any prefix ends cleanly; so does one after which time runs on. */
static void prefixes(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&roomy, 1 << 23, true);
		size_t n = pick((unsigned)world->n_parts + 1);

		for (size_t i = 0; i < n; i++)
			push(world, &world->parts[i], (int64_t)i, true);
		if (n && pick(2)) {
			struct stats stats;

			push(world, &world->parts[0], 1000 * SEC, true);
			defrag_stats(world->defrag, &stats);
			assert_true(stats.defrag.active <= 1);
		}
		world_end(world);
	}
}

/* Copies that disagree: the lengths stand, it is said, and a datagram with no such copy is not touched. */
static void disagreeing(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct defrag_config config = roomy;

		config.policy = (enum defrag_policy)pick(DEFRAG_POLICIES);
		struct world *world = world_new(&config, 1 << 23, true);
		unsigned liar = pick((unsigned)world->n_datagrams);

		for (size_t i = 0; i < world->n_parts; i++)
			world->parts[i].other = world->parts[i].of == liar && pick(2);
		for (size_t i = 0; i < world->n_parts; i++)
			push(world, &world->parts[i], (int64_t)i, world->parts[i].of != liar);
		world->came[liar] = true; /* maybe */
		if (!all_came(world))
			wrong(world, "not all came");
		world_end(world);
	}
}

/* Policy first, byte by byte: each is that of the copy that came first. */
static void first_wins(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&roomy, 1 << 23, true);
		struct fragments_spec *spec = &world->specs[0];
		uint8_t first[DATA_CAP];
		bool there[DATA_CAP] = { false };
		size_t n_there = 0;

		spec->ip_version = 4;
		world->wanted = first;
		for (size_t i = 0; i < world->n_parts; i++) {
			struct part part = world->parts[i];
			uint8_t sent[DATA_CAP];

			if (part.of != 0)
				continue;
			for (size_t at = part.offset; at < part.offset + part.len; at++) {
				sent[at] = (uint8_t)pick(256);
				n_there += !there[at];
				first[at] = there[at] ? first[at] : sent[at];
				there[at] = true;
			}
			memcpy(world->data[0] + part.offset, sent + part.offset, part.len);
			push(world, &part, 0, false);
			if (n_there == spec->data.len)
				break;
		}
		if (!world->came[0])
			wrong(world, "did not come");
		world_end(world);
	}
}

/* With room for one thing less after the other: each refusal is survived, and what comes is right. */
static void refusals(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS / 10; round++) {
		uint64_t start = seed;

		for (size_t room = 0; room < 60000; room += 61 + room / 20) {
			seed = start;
			struct world *world = world_new(&roomy, room, true);

			for (size_t i = 0; i < world->n_parts; i++)
				push(world, &world->parts[i], (int64_t)i, true);
			world_end(world);
		}
	}
}

/* Small caps: never passed, and what comes is right. */
static void caps(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct defrag_config config = roomy;

		config.memcap = pick(40000);
		config.max_datagrams = pick(5);
		config.max_fragments = pick(20);
		config.ipv4_ns = pick(50);
		config.ipv6_ns = pick(50);
		struct world *world = world_new(&config, 1 << 23, true);

		for (size_t i = 0; i < world->n_parts; i++) {
			struct stats stats;

			push(world, &world->parts[i], (int64_t)i, true);
			defrag_stats(world->defrag, &stats);
			assert_true(stats.defrag.active <= config.max_datagrams);
			assert_true(world->top.used <= config.memcap);
		}
		world_end(world);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back), cmocka_unit_test(prefixes), cmocka_unit_test(disagreeing),
		cmocka_unit_test(first_wins), cmocka_unit_test(refusals), cmocka_unit_test(caps),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
