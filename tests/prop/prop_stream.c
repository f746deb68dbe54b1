/* Properties of TCP reassembly over random segments of a random stream: nothing lost, all is delivered; something lost, every
 * byte still stands at its place and gaps tell the rest; copies that disagree, the first wins. Seed: first argument, or the
 * default. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/flow/stream.h"
#include "tests/support/script.h"

#define MS 1000000

enum { STREAM_CAP = 6000, SEGMENTS_CAP = 20000, ROUNDS = 1500 };

static uint64_t seed = UINT64_C(0x57047e9a55);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

struct piece {
	uint32_t offset, len;
	uint32_t cut; /* of len, not captured */
	bool other;   /* its bytes disagree with the stream's */
	enum suspicion suspicion;
};

struct world {
	uint8_t model[STREAM_CAP];     /* what was sent */
	uint8_t first[STREAM_CAP];     /* the copy that came first */
	bool came[STREAM_CAP], got[STREAM_CAP];
	size_t len;
	struct piece pieces[SEGMENTS_CAP];
	size_t n_pieces;
	uint64_t pos;                  /* of the byte that is delivered next */
	uint64_t n_gap;
	uint32_t isn;
	bool last_wins;                /* first[] is the copy that came last */
	bool skips;                    /* the reader sometimes does not want what comes next */
	uint64_t made_by;
	struct stream stream;
	struct stream_memory memory;
	struct budget top;
};

static struct world *world_new(const struct stream_limits *limits, size_t memcap)
{
	struct world *world = calloc(1, sizeof *world);

	if (!world)
		abort();
	world->made_by = seed;
	world->len = 1 + pick(pick(4) ? 400 : STREAM_CAP - 1);
	for (size_t i = 0; i < world->len; i++)
		world->model[i] = (uint8_t)pick(256);
	world->isn = pick(3) ? (uint32_t)(script_next(&seed) >> 32) : 0u - pick((unsigned)world->len + 2);
	budget_init(&world->top, memcap, NULL);
	stream_memory_init(&world->memory, memcap, limits, &world->top);
	return world;
}

static void world_end(struct world *world)
{
	stream_end(&world->stream, &world->memory);
	assert_int_equal(world->memory.budget.used, world->memory.recent_budget.used);
	assert_int_equal(world->memory.recent.n_used, 0);
	stream_memory_fini(&world->memory);
	assert_int_equal(world->top.used, 0);
	assert_true(world->top.peak <= world->top.cap);
	free(world);
}

static void add(struct world *world, uint32_t offset, uint32_t len)
{
	if (len && world->n_pieces < SEGMENTS_CAP)
		world->pieces[world->n_pieces++] = (struct piece){ .offset = offset, .len = len };
}

/* Cuts the stream up; some pieces twice, some overlapping others. */
static void cut_up(struct world *world)
{
	uint32_t most = 1 + pick(pick(3) ? 60 : 900), len = (uint32_t)world->len;

	for (uint32_t at = 0, n; at < len; at += n) {
		n = 1 + pick(most);
		n = n < len - at ? n : len - at;
		add(world, at, n);
		if (pick(6) == 0)
			add(world, at, n);
		if (pick(4) == 0) {
			uint32_t from = pick(at + 1 < 2 * most ? at + 1 : 2 * most),
			    start = at - (from < at ? from : at);
			uint32_t more = pick(2 * most), end = at + n + more < len ? at + n + more : len;

			add(world, start, end - start);
		}
	}
}

static void shuffle(struct world *world, unsigned window)
{
	for (size_t i = 0; i < world->n_pieces; i++) {
		size_t left = world->n_pieces - i, j = i + pick((unsigned)(left < window ? left : window));
		struct piece piece = world->pieces[i];

		world->pieces[i] = world->pieces[j];
		world->pieces[j] = piece;
	}
}

static void wrong(const struct world *world, const char *what)
{
	fail_msg("seed %" PRIu64 ": %s at %" PRIu64 " of %zu", world->made_by, what, world->pos, world->len);
}

static void take(struct world *world, const struct chunk *chunk)
{
	world->pos += chunk->gap;
	world->n_gap += chunk->gap;
	if (world->pos + chunk->data.len > world->len)
		wrong(world, "more than was sent");
	if (memcmp(chunk->data.data, world->first + world->pos, chunk->data.len) != 0)
		wrong(world, "other bytes");
	for (size_t i = 0; i < chunk->data.len; i++) {
		if (!world->came[world->pos + i])
			wrong(world, "a byte that never came");
		world->got[world->pos + i] = true;
	}
	world->pos += chunk->data.len;
	if (world->skips && pick(10) == 0) {
		uint64_t skip = pick(300);

		stream_skip(&world->stream, &world->memory, skip);
		world->pos += skip;
	}
}

static void pull(struct world *world, int64_t now_ns, bool flush)
{
	struct segment *held;
	struct chunk chunk;

	while (stream_pull(&world->stream, &world->memory, now_ns, flush, &chunk, &held)) {
		take(world, &chunk);
		stream_drop(&world->memory, held);
	}
}

static void push(struct world *world, const struct piece *piece, int64_t now_ns, uint8_t flags)
{
	size_t held = piece->len - piece->cut;
	uint8_t *data = malloc(held ? held : 1);

	if (!data)
		abort();
	for (size_t i = 0; i < held; i++) {
		size_t at = piece->offset + i;

		data[i] = (uint8_t)(world->model[at] ^ (piece->other && pick(3) == 0 ? 0x55 : 0));
		if (piece->suspicion)
			continue;
		if (!world->came[at] || world->last_wins)
			world->first[at] = data[i];
		world->came[at] = true;
	}
	struct packet packet = { .time_ns = now_ns, .tcp_flags = flags,
	    .tcp_seq = world->isn + (flags & TCP_SYN ? 0 : 1) + piece->offset,
		.payload = bytes_of(data, held), .payload_len = piece->len };
	struct stream_input input;

	stream_push_suspect(&world->stream, &world->memory, &packet, piece->suspicion, &input);
	if (input.now.data.len)
		take(world, &input.now);
	pull(world, now_ns, false);
	free(data);
}

static const struct stream_limits patient = { .queue_len = 1 << 24, .queue_n = UINT16_MAX, .hole_acked_ns = INT64_MAX / 4,
	.hole_ns = INT64_MAX / 4 };
static const struct piece nothing = { 0 };

/* Whatever the order, with no byte lost all bytes come, once, without a gap, and no overlap is said to differ. */
static void nothing_lost(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&patient, 1 << 26);

		cut_up(world);
		shuffle(world, 1 + pick(round % 3 ? 8 : SEGMENTS_CAP));
		push(world, &nothing, 0, TCP_SYN);
		for (size_t i = 0; i < world->n_pieces; i++)
			push(world, &world->pieces[i], (int64_t)i * MS, i + 1 == world->n_pieces ? TCP_PSH : 0);
		if (world->pos != world->len || world->n_gap || world->memory.n_overlap_differs || world->stream.queue)
			wrong(world, "not all");
		push(world, &(struct piece){ .offset = (uint32_t)world->len }, 0, TCP_FIN);
		assert_true(stream_at_fin(&world->stream));
		assert_false(stream_at_end(&world->stream));
		stream_acked(&world->stream, &world->memory, world->isn + 2 + (uint32_t)world->len);
		assert_true(stream_at_end(&world->stream));
		world_end(world);
	}
}

/* Some lost: with patience and a flush at the end, exactly what came is delivered, each byte at its place. */
static void some_lost(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&patient, 1 << 26);

		cut_up(world);
		shuffle(world, 1 + pick(20));
		push(world, &nothing, 0, TCP_SYN);
		for (size_t i = 0; i < world->n_pieces; i++)
			if (pick(4))
				push(world, &world->pieces[i], (int64_t)i * MS, 0);
		pull(world, 0, true);
		for (size_t i = 0; i < world->len; i++)
			if (world->came[i] != world->got[i])
				wrong(world, "came and was not delivered");
		if (world->memory.n_gap_bytes != world->n_gap || world->memory.n_overlap_differs)
			wrong(world, "counted otherwise");
		world_end(world);
	}
}

/* Losses, cut segments, impatience, acknowledgements, small caps, a reader that skips: not all comes, but what comes is right. */
static void all_kinds_of_trouble(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS * 2; round++) {
		struct stream_limits limits = { .queue_len = 1 + pick(3000), .queue_n = (uint16_t)(1 + pick(20)),
			.hole_acked_ns = (int64_t)pick(50) * MS, .hole_ns = (int64_t)pick(500) * MS };
		struct world *world = world_new(&limits, pick(3) ? 1 << 20 : 1 + pick(100000));

		world->skips = pick(2);
		cut_up(world);
		shuffle(world, 1 + pick(40));
		if (pick(4))
			push(world, &nothing, 0, TCP_SYN);
		else
			push(world, &(struct piece){ .len = 1 }, 0, 0); /* midstream */
		for (size_t i = 0; i < world->n_pieces; i++) {
			struct piece *piece = &world->pieces[i];

			if (pick(5) == 0)
				continue;
			if (pick(8) == 0)
				piece->cut = pick(piece->len + 1);
			push(world, piece, (int64_t)i * MS, 0);
			if (pick(3) == 0)
				stream_acked(&world->stream, &world->memory,
				    world->isn + 1 + pick((unsigned)world->len + 2));
		}
		pull(world, 0, true);
		world_end(world);
	}
}

/* Copies of a byte disagree: the first that came is delivered, and nobody who reads twice sees two versions. */
static void first_copy_wins(void **state)
{
	unsigned n_noticed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&patient, 1 << 26);

		cut_up(world);
		for (size_t i = 0; i < world->n_pieces; i++)
			world->pieces[i].other = pick(4) == 0;
		shuffle(world, 1 + pick(20));
		push(world, &nothing, 0, TCP_SYN);
		for (size_t i = 0; i < world->n_pieces; i++)
			push(world, &world->pieces[i], (int64_t)i * MS, 0);
		if (world->pos != world->len || world->n_gap)
			wrong(world, "not all");
		n_noticed += world->memory.n_overlap_differs > 0;
		world_end(world);
	}
	assert_true(n_noticed > ROUNDS / 4);
}

/* Before its first byte: a midstream start, then older segments, whole or reaching into what is new. */
static void older_than_the_start(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&patient, 1 << 26);
		uint32_t len = (uint32_t)world->len, start = pick(len);

		/* offsets count from the first segment: the model begins there */
		memmove(world->model, world->model + start, len - start);
		world->len = len - start;
		uint32_t base = world->isn + 1;
		uint8_t old[600] = { 0 };
		uint32_t before = 1 + pick(200), into = pick(400) % (uint32_t)(world->len + 1);

		push(world, &(struct piece){ .len = 1 }, 0, 0);
		memcpy(old + before, world->model, into);
		for (uint32_t i = 0; i < into; i++) {
			world->first[i] = world->model[i];
			world->came[i] = true;
		}
		struct packet packet = { .tcp_seq = base - before, .payload = bytes_of(old, before + into),
		    .payload_len = before + into };
		struct stream_input input;

		stream_push(&world->stream, &world->memory, &packet, &input);
		if (input.now.data.len)
			take(world, &input.now);
		pull(world, 0, false);
		for (uint32_t i = 0; i < world->len; i++)
			push(world, &(struct piece){ .offset = i, .len = 1 }, 0, 0);
		if (world->pos != world->len || world->n_gap)
			wrong(world, "not all");
		world_end(world);
	}
}

/* While all wait for the first byte, `last` gives the last copy of each, as `first` gives the first. */
static void last_copy_wins(void **state)
{
	struct stream_limits limits = patient;

	(void)state;
	limits.policy = OVERLAP_LAST;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&limits, 1 << 26);
		const struct piece start = { .len = 1 };

		world->last_wins = true;
		cut_up(world);
		for (size_t i = 0; i < world->n_pieces; i++) {
			struct piece *piece = &world->pieces[i];

			piece->other = pick(4) == 0;
			if (piece->offset == 0) {
				piece->offset = piece->len > 1;
				piece->len -= piece->offset;
			}
			if (piece->offset == 0)
				*piece = world->pieces[--world->n_pieces];
		}
		shuffle(world, 1 + pick(20));
		push(world, &nothing, 0, TCP_SYN);
		for (size_t i = 0; i < world->n_pieces; i++)
			if (world->pieces[i].offset)
				push(world, &world->pieces[i], (int64_t)i * MS, 0);
		push(world, &start, 0, 0);
		if (world->pos != world->len || world->n_gap)
			wrong(world, "not all");
		world_end(world);
	}
}

/* Whatever the policy, what is handed out is each byte once, and nothing that did not come. */
static void any_policy_gives_all(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct stream_limits limits = patient;

		limits.policy = (enum overlap_policy)(round % OVERLAP_POLICIES);
		struct world *world = world_new(&limits, 1 << 26);

		cut_up(world);
		shuffle(world, 1 + pick(20));
		push(world, &nothing, 0, TCP_SYN);
		for (size_t i = 0; i < world->n_pieces; i++)
			push(world, &world->pieces[i], (int64_t)i * MS, 0);
		if (world->pos != world->len || world->n_gap || world->memory.n_overlap_differs || world->stream.queue)
			wrong(world, "not all");
		world_end(world);
	}
}

/* Segments under suspicion, with other bytes, anywhere and any time before the receiver acknowledges what it has: none is read. */
static void nothing_is_inserted(void **state)
{
	unsigned n_noticed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct world *world = world_new(&patient, 1 << 26);
		uint32_t len = (uint32_t)world->len;

		cut_up(world);
		shuffle(world, 1 + pick(8));
		push(world, &nothing, 0, TCP_SYN);
		stream_acked(&world->stream, &world->memory, world->isn + 1);
		for (size_t i = 0; i < world->n_pieces; i++) {
			uint32_t at = pick(len);
			const struct piece forged = { .offset = at, .len = 1 + pick(len - at), .other = true,
				.suspicion = (enum suspicion)(SUSPICION_SYN + pick(SUSPICION_DROP - SUSPICION_SYN)) };

			if (pick(3) == 0)
				push(world, &forged, (int64_t)i * MS, 0);
			push(world, &world->pieces[i], (int64_t)i * MS, 0);
			if (pick(2)) /* as far as all is there */
				stream_acked(&world->stream, &world->memory, world->isn + 1 + (uint32_t)world->pos);
		}
		if (world->pos != world->len || world->n_gap)
			wrong(world, "not all");
		n_noticed += world->memory.n_insertion > 0;
		world_end(world);
	}
	assert_true(n_noticed > ROUNDS / 4);
}

/* The n-th packet finds no memory. False: there are not so many. */
static bool refuse_nth(size_t n, uint64_t start, size_t *n_refused)
{
	seed = start;
	struct world *world = world_new(&patient, 1 << 26);

	cut_up(world);
	shuffle(world, 12);
	bool is_there = n < world->n_pieces;

	push(world, &nothing, 0, TCP_SYN);
	for (size_t i = 0; i < world->n_pieces; i++) {
		if (i == n)
			world->memory.budget.cap = world->memory.budget.used;
		push(world, &world->pieces[i], (int64_t)i * MS, 0);
		world->memory.budget.cap = 1 << 26;
	}
	pull(world, 0, true);
	*n_refused += world->memory.n_queue_refused;
	world_end(world);
	return is_there;
}

/* For every n: bytes may be missing then, none is wrong, and all is given back. */
static void any_refusal_is_survived(void **state)
{
	size_t n_refused = 0;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		uint64_t start = seed;

		for (size_t n = 0; n < 300 && refuse_nth(n, start, &n_refused); n++)
			;
		pick(1);
	}
	assert_true(n_refused > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost),
		cmocka_unit_test(some_lost),
		cmocka_unit_test(all_kinds_of_trouble),
		cmocka_unit_test(first_copy_wins),
		cmocka_unit_test(older_than_the_start),
		cmocka_unit_test(last_copy_wins),
		cmocka_unit_test(any_policy_gives_all),
		cmocka_unit_test(nothing_is_inserted),
		cmocka_unit_test(any_refusal_is_survived),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
