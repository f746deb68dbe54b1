/* Reassembly of one direction: scripts of segments against the chunks they must give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "sensor/flow/stream.h"

#define MS 1000000

struct step {
	uint32_t seq;           /* relative to the start, 1000 */
	uint8_t flags;
	const char *data;
	int64_t time_ms;
	uint32_t ack;           /* of the peer, after this segment; relative, 0: none */
	uint32_t cut;           /* bytes the snap length cut off its end */
};

struct script {
	const char *name;
	struct step steps[12];
	const char *want;       /* "chunk|chunk", "~N~" for a gap of N, "!" where contents differ */
};

static const struct script scripts[] = {
	{ "in order", { { 0, TCP_SYN, "" , 0, 0, 0}, { 1, 0, "abc", 0, 0, 0 }, { 4, 0, "def", 0, 0, 0 } }, "abc|def" },
	{ "out of order", { { 0, TCP_SYN, "", 0, 0, 0 }, { 4, 0, "def", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 } }, "abc|def" },
	{ "retransmission", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 4, 0, "d", 0, 0, 0 } }, "abc|d" },
	{ "retransmission that differs", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 1, 0, "aXc", 0, 0, 0 } }, "abc!" },
	{ "it differs where it was acknowledged", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 4, 0 }, { 1, 0, "aXc", 0, 0, 0 } }, "abc" },
	{ "retransmission with more", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 1, 0, "abcdef", 0, 0, 0 } }, "abc|def" },
	{ "retransmission with more that differs", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 2, 0, "Xcde", 0, 0, 0 } }, "abc|de!" },
	{ "overlap of waiting bytes: first wins",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 4, 0, "def", 0, 0, 0 }, { 4, 0, "DEFg", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 } }, "!abc|def|g" },
	{ "a segment around a waiting one, same",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 3, 0, "cd", 0, 0, 0 }, { 1, 0, "abcdef", 0, 0, 0 } }, "abcdef" },
	{ "a segment around a waiting one, different",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 3, 0, "cd", 0, 0, 0 }, { 1, 0, "abXdef", 0, 0, 0 } }, "ab!|cd|ef" },
	{ "hole without acknowledgements is waited for", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "a", 0, 0, 0 }, { 5, 0, "e", 4000, 0, 0 } }, "a" },
	{ "hole without acknowledgements is given up by time",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "a", 0, 0, 0 }, { 5, 0, "e", 0, 0, 0 }, { 6, 0, "f", 6000, 0, 0 } }, "a|~3~e|f" },
	{ "hole that the receiver acknowledged",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "a", 0, 0, 0 }, { 5, 0, "e", 0, 6, 0 }, { 6, 0, "f", 200, 0, 0 } }, "a|~3~e|f" },
	{ "hole that the receiver still wants",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "a", 0, 2, 0 }, { 5, 0, "e", 0, 2, 0 }, { 6, 0, "f", 60000, 2, 0 } }, "a" },
	{ "a forged segment far ahead does not blind",
	    { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "a", 0, 2, 0 }, { 900000000, 0, "X", 0, 2, 0 }, { 2, 0, "b", 9000, 3, 0 } }, "a|b" },
	{ "midstream", { { 77, 0, "abc", 0, 0, 0 }, { 80, 0, "d", 0, 0, 0 } }, "abc|d" },
	{ "keep-alive", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abc", 0, 0, 0 }, { 3, 0, "c", 0, 0, 0 }, { 4, 0, "d", 0, 0, 0 } }, "abc|d" },
	{ "data on the SYN", { { 0, TCP_SYN, "abc", 0, 0, 0 }, { 4, 0, "d", 0, 0, 0 } }, "abc|d" },
	{ "cut by a snap length", { { 0, TCP_SYN, "", 0, 0, 0 }, { 1, 0, "abcdef", 0, 0, 2 }, { 7, 0, "g", 0, 0, 0 } }, "abcd|~2~g" },
	{ "wrapped sequence numbers", { { 0xfffffc16, TCP_SYN, "", 0, 0, 0 }, { 0xfffffc17, 0, "abc", 0, 0, 0 }, { 0xfffffc1a, 0, "d", 0, 0, 0 } }, "abc|d" },
};

static const struct stream_limits limits = { .queue_len = 1 << 16, .queue_n = 64, .hole_acked_ns = 100 * (int64_t)MS,
	.hole_ns = 5000 * (int64_t)MS };

struct transcript {
	char text[4096];
	size_t len;
};

static void note(struct transcript *t, const struct chunk *chunk)
{
	char gap[32] = "";

	if (chunk->gap)
		snprintf(gap, sizeof gap, "~%llu~", (unsigned long long)chunk->gap);
	t->len += (size_t)snprintf(t->text + t->len, sizeof t->text - t->len, "%s%s%.*s", t->len && t->text[t->len - 1] != '!' ? "|" :
	    t->len > 1 ? "|" : "", gap, (int)chunk->data.len, chunk->data.data);
}

static void pull(struct stream *stream, struct stream_memory *memory, int64_t now, bool flush, struct transcript *t)
{
	struct segment *held;
	struct chunk chunk;

	while (stream_pull(stream, memory, now, flush, &chunk, &held)) {
		note(t, &chunk);
		stream_drop(memory, held);
	}
}

static void push(struct stream *stream, struct stream_memory *memory, const struct step *step, uint64_t number, struct transcript *t)
{
	size_t len = strlen(step->data);
	struct packet packet = { .time_ns = step->time_ms * MS, .number = number, .tcp_seq = 1000 + step->seq, .tcp_flags = step->flags,
		.payload = bytes_of(step->data, len - step->cut), .payload_len = (uint32_t)len };
	struct stream_input input;

	stream_push(stream, memory, &packet, &input);
	if (step->ack)
		stream_acked(stream, memory, 1000 + step->ack);
	if (input.now.data.len)
		note(t, &input.now);
	if (input.differs)
		t->text[t->len++] = '!';
	pull(stream, memory, packet.time_ns, false, t);
}

/* Is it over, once the peer acknowledged `ack`? The text ends at 4, the FIN that says so at 5. */
static void ends(void **state)
{
	static const struct {
		struct step behind;
		uint32_t ack;
		bool is_end;
	} cases[] = {
		{ { 1, 0, "abc", 0, 0, 0 }, 5, true },         /* sent again */
		{ { 1, 0, "abc", 0, 0, 0 }, 4, false },
		{ { 4, TCP_FIN, "", 0, 0, 0 }, 5, true },
		{ { 5, 0, "", 0, 0, 0 }, 5, true },            /* both close at once: each acknowledges the other's FIN before its own is */
		{ { 5, 0, "", 0, 0, 0 }, 4, false },
		{ { 6, 0, "", 0, 0, 0 }, 6, false },           /* a FIN of somebody else: there is more */
		{ { 4, 0, "d", 0, 0, 0 }, 5, false },
		{ { 5, 0, "e", 0, 0, 0 }, 6, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct step said = { 1, TCP_FIN, "abc", 0, 0, 0 }, begin = { 0, TCP_SYN, "", 0, 0, 0 };
		struct transcript t = { 0 };
		struct stream stream = { 0 };
		struct stream_memory memory;

		stream_memory_init(&memory, 1 << 20, &limits, NULL);
		push(&stream, &memory, &begin, 1, &t);
		push(&stream, &memory, &said, 2, &t);
		push(&stream, &memory, &cases[i].behind, 3, &t);
		stream_acked(&stream, &memory, 1000 + cases[i].ack);
		if (stream_at_end(&stream) != cases[i].is_end)
			fail_msg("case %zu: %s", i, cases[i].is_end ? "not at its end" : "at its end");
		stream_end(&stream, &memory);
		stream_memory_fini(&memory);
	}
}

static void run_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		const struct script *script = &scripts[i];
		struct transcript t = { 0 };
		struct stream stream = { 0 };
		struct stream_memory memory;
		struct budget top;

		budget_init(&top, 1 << 24, NULL);
		stream_memory_init(&memory, 1 << 22, &limits, &top);
		for (size_t s = 0; script->steps[s].data; s++)
			push(&stream, &memory, &script->steps[s], s + 1, &t);
		/* "!abc" and "abc!" only say when the difference was noticed */
		if (strcmp(t.text, script->want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", script->name, t.text, script->want);
		stream_end(&stream, &memory);
		stream_memory_fini(&memory);
		assert_int_equal(top.used, 0);
	}
}

/* What a dissector skips is neither waited for nor kept. */
static void skips(void **state)
{
	(void)state;
	struct stream stream = { 0 };
	struct stream_memory memory;
	struct transcript t = { 0 };

	stream_memory_init(&memory, 1 << 22, &limits, NULL);
	push(&stream, &memory, &(struct step){ 0, TCP_SYN, "", 0, 0, 0 }, 1, &t);
	push(&stream, &memory, &(struct step){ 1, 0, "head", 0, 0, 0 }, 2, &t);
	stream_skip(&stream, &memory, 10); /* bytes 5..14 */
	push(&stream, &memory, &(struct step){ 9, 0, "bodybod", 0, 0, 0 }, 3, &t);
	assert_int_equal(stream.n_queue, 0);
	push(&stream, &memory, &(struct step){ 16, 0, "xt", 0, 0, 0 }, 4, &t);
	assert_string_equal(t.text, "head|d|xt"); /* its last byte is the next message's first */
	stream_skip(&stream, &memory, UINT64_MAX);
	push(&stream, &memory, &(struct step){ 18, 0, "more", 0, 0, 0 }, 5, &t);
	assert_string_equal(t.text, "head|d|xt");
	stream_end(&stream, &memory);
	stream_memory_fini(&memory);
}

static void skip_after_cut(void **state)
{
	(void)state;
	struct stream stream = { 0 };
	struct stream_memory memory;
	struct transcript t = { 0 };

	stream_memory_init(&memory, 1 << 22, &limits, NULL);
	push(&stream, &memory, &(struct step){ 0, TCP_SYN, "", 0, 0, 0 }, 1, &t);
	push(&stream, &memory, &(struct step){ 1, 0, "headbodybody", 0, 0, 6 }, 2, &t);
	stream_skip(&stream, &memory, 6); /* what was cut is body: nothing was lost */
	push(&stream, &memory, &(struct step){ 13, 0, "next", 0, 0, 0 }, 3, &t);
	assert_string_equal(t.text, "headbo|next");
	stream_end(&stream, &memory);
	stream_memory_fini(&memory);
}

/* A body longer than sequence numbers count. */
static void skip_over_4_gib(void **state)
{
	(void)state;
	struct stream stream = { 0 };
	struct stream_memory memory;
	struct transcript t = { 0 };
	uint32_t seq = 1;

	stream_memory_init(&memory, 1 << 22, &limits, NULL);
	push(&stream, &memory, &(struct step){ 0, TCP_SYN, "", 0, 0, 0 }, 1, &t);
	push(&stream, &memory, &(struct step){ 1, 0, "h", 0, 0, 0 }, 2, &t);
	stream_skip(&stream, &memory, 5ull << 30);
	seq = 2;
	for (unsigned i = 0; i < 20; i++, seq += 1u << 28)
		push(&stream, &memory, &(struct step){ seq, 0, "b", 0, 0, 0 }, 3 + i, &t);
	push(&stream, &memory, &(struct step){ seq, 0, "n", 0, 0, 0 }, 99, &t);
	assert_string_equal(t.text, "h|n");
	stream_end(&stream, &memory);
	stream_memory_fini(&memory);
}

/* Queue caps: refused segments are counted and the budget is never passed. */
static void flood(void **state)
{
	(void)state;
	struct stream stream = { 0 };
	struct stream_memory memory;
	struct budget top;
	struct transcript t = { 0 };

	budget_init(&top, 8192, NULL);
	stream_memory_init(&memory, 8192, &limits, &top);
	push(&stream, &memory, &(struct step){ 0, TCP_SYN, "", 0, 1, 0 }, 1, &t);
	for (uint32_t i = 0; i < 10000; i++)
		push(&stream, &memory, &(struct step){ 10 + 2 * i, 0, "x", 0, 1, 0 }, 2 + i, &t);
	assert_true(stream.n_queue <= limits.queue_n);
	assert_true(memory.n_queue_refused > 9000);
	assert_true(top.peak <= top.cap);
	push(&stream, &memory, &(struct step){ 1, 0, "still", 0, 0, 0 }, 20000, &t);
	assert_string_equal(t.text, "still");
	stream_end(&stream, &memory);
	stream_memory_fini(&memory);
	assert_int_equal(top.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_scripts),
		cmocka_unit_test(ends),
		cmocka_unit_test(skips),
		cmocka_unit_test(skip_after_cut),
		cmocka_unit_test(skip_over_4_gib),
		cmocka_unit_test(flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
