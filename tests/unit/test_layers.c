/* Layers: how a protocol is recognised, what is kept between segments, how a connection is handed on, what caps do. The
 * dissector is the real one of HTTP/1. */
#include "sensor/flow/layers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/h2_maker.h"

#define MORE "HTTP/1.1\r\nHost: a.test\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* One flow between side 0 and side 1; what was said of it is a text: "Q0 /a|R0 200|E0|!anomaly|". */
struct rig {
	struct budget top, outbox_budget, layers_budget;
	struct stream_memory streams;
	struct layers_memory layers;
	struct arena arena;
	struct outbox out;
	struct flow flow;
	struct tls_env tls;
	char log[8192];
	size_t len;
};

static void rig_begin(struct rig *rig, size_t stream_cap, size_t layers_cap, bool from_start)
{
	const struct stream_limits limits = { .queue_len = 1 << 20, .queue_n = 1000, .hole_acked_ns = 1000, .hole_ns = 1000 };

	memset(rig, 0, sizeof *rig);
	budget_init(&rig->top, SIZE_MAX, NULL);
	budget_init(&rig->outbox_budget, 1 << 22, &rig->top);
	budget_init(&rig->layers_budget, layers_cap, &rig->top);
	stream_memory_init(&rig->streams, stream_cap, &limits, &rig->top);
	layers_memory_init(&rig->layers, &rig->streams, &rig->layers_budget);
	arena_init(&rig->arena, 4096, &rig->outbox_budget);
	rig->out.arena = &rig->arena;
	budget_init(&rig->tls.budget, 1 << 20, &rig->top);
	rig->out.tls = &rig->tls;
	for (unsigned side = 0; side < 2; side++)
		rig->flow.streams[side].started = true;
	rig->flow.client_known = from_start;
	rig->flow.streams[0].has_syn = rig->flow.streams[1].has_syn = from_start;
}

static void rig_drain(struct rig *rig)
{
	for (size_t i = 0; i < rig->out.n_messages; i++) {
		const struct http_message *m = &rig->out.messages[i];
		char *at = rig->log + rig->len;
		size_t cap = sizeof rig->log - rig->len;
		struct bytes url = record_get(m->record, HTTP_URL);
		int n;

		if (m->is_end)
			n = snprintf(at, cap, "E%d|", (int)m->tx);
		else if (m->dir == TO_SERVER)
			n = snprintf(at, cap, "Q%d %.*s%s|", (int)m->tx, (int)url.len, url.data,
			    m->damaged ? " damaged" : "");
		else
			n = snprintf(at, cap, "R%d %d|", (int)m->tx, (int)m->record->values[HTTP_STATUS].number);
		rig->len += (size_t)n;
	}
	for (size_t i = 0; i < rig->out.n_anomalies; i++)
		rig->len += (size_t)snprintf(rig->log + rig->len, sizeof rig->log - rig->len, "!%s|",
		    rig->out.anomalies[i]);
	arena_reset(&rig->arena);
	rig->out.n_messages = rig->out.n_anomalies = 0;
	rig->out.child = NULL;
}

/* Works a chunk off, on this level and those above. */
static void rig_work(struct rig *rig, const struct level *level, unsigned side, struct chunk *chunk)
{
	enum layers_turn turn;
	struct level above;

	if (layers_gather(level, side, chunk))
		return;
	do {
		turn = layers_step(level, side, &rig->layers, chunk, &rig->out);
		struct outbox_plain plain = rig->out.plain;

		rig_drain(rig);
		if (plain.there && level_above(level, &above)) {
			struct chunk content;

			layers_enter(&above, &plain, &content);
			rig_work(rig, &above, content.side, &content);
		}
	} while (layers_settle(level, side, &rig->layers, chunk, turn));
}

/* A segment, from memory of exactly its size. */
static void rig_send(struct rig *rig, unsigned side, const void *data, size_t len, uint64_t gap)
{
	const struct level level = level_of(&rig->flow);
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, data, len);
	struct chunk chunk = { .data = bytes_of(copy, len), .gap = gap };

	rig_work(rig, &level, side, &chunk);
	free(copy);
}

static void say(struct rig *rig, unsigned side, const char *text)
{
	rig_send(rig, side, text, strlen(text), 0);
}

static void rig_end(struct rig *rig, const char *want)
{
	struct level levels[LAYERS_DEPTH + 1] = { level_of(&rig->flow) };
	unsigned n = 1;

	while (n <= LAYERS_DEPTH && level_above(&levels[n - 1], &levels[n]))
		n++;
	for (unsigned i = 0; i < 2 * n; i++) {
		layers_end_stream(&levels[i / 2], i % 2, &rig->layers, &rig->out);
		rig_drain(rig);
	}
	while (n--) {
		layers_finish(&levels[n], &rig->out);
		rig_drain(rig);
	}
	layers_drop(&levels[0], &rig->layers);
	if (want && strcmp(rig->log, want) != 0)
		fail_msg("got \"%s\", want \"%s\"", rig->log, want);
	for (unsigned side = 0; side < 2; side++)
		stream_end(&rig->flow.streams[side], &rig->streams);
	arena_fini(&rig->arena);
	layers_memory_fini(&rig->layers);
	stream_memory_fini(&rig->streams);
	assert_int_equal(rig->top.used, 0);
}

#define RIG(name, from_start) \
	struct rig *name = malloc(sizeof *name); \
	assert_non_null(name); \
	rig_begin(name, 1 << 22, 1 << 22, from_start)

static void plain(void **state)
{
	RIG(rig, true);
	(void)state;
	say(rig, 0, "GET /a " MORE);
	say(rig, 1, OK);
	rig_end(rig, "Q0 /a|R0 200|E0|");
	free(rig);
}

/* A start, and then a head, by the byte. */
static void bytewise(void **state)
{
	static const char text[] = "GET /a " MORE "GET /b " MORE;
	RIG(rig, true);

	(void)state;
	for (size_t i = 0; i < sizeof text - 1; i++)
		rig_send(rig, 0, text + i, 1, 0);
	assert_null(rig->flow.streams[0].tail);
	assert_int_equal(rig->flow.layers.n_probes, 0);
	rig_end(rig, "Q0 /a|Q1 /b|");
	free(rig);
}

/* From the middle of a connection, anything may come before a message's start. */
static void midstream(void **state)
{
	RIG(rig, false);
	(void)state;
	say(rig, 0, "rest of a body\r\n\r\n");
	say(rig, 1, "\x01\x02\x03");
	for (unsigned i = 0; i < 20; i++)
		say(rig, 0, "more of it");
	say(rig, 0, "POST /a HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
	say(rig, 1, OK);
	rig_end(rig, "Q0 /a|E0|R0 200|E0|");
	free(rig);
}

/* ... and a change of direction is worth another look even after many segments. */
static void after_a_long_upload(void **state)
{
	RIG(rig, false);
	(void)state;
	for (unsigned i = 0; i < 50; i++)
		say(rig, 0, "body of a request");
	say(rig, 1, OK);
	say(rig, 0, "GET /a " MORE);
	rig_end(rig, NULL);
	assert_non_null(strstr(rig->log, "/a|"));
	free(rig);
}

/* A protocol of somebody else is left alone after a few looks; then nothing is kept for it any more. */
static void somebody_elses(void **state)
{
	RIG(rig, true);
	(void)state;
	for (unsigned i = 0; i < 200; i++)
		say(rig, i / 100, "SSH-2.0-OpenSSH\r\n");
	assert_in_range(rig->flow.layers.n_probes, 4, 10);
	assert_true(rig->flow.streams[0].loose);
	assert_null(rig->flow.streams[0].tail);
	rig_end(rig, "");
	free(rig);
}

/* A start that stays undecided is not kept for ever. */
static void undecided(void **state)
{
	RIG(rig, false);
	(void)state;
	say(rig, 0, "GET /");
	for (unsigned i = 0; i < 10000; i++)
		rig_send(rig, 0, "a", 1, 0);
	assert_true(!rig->flow.streams[0].tail || rig->flow.streams[0].tail->len <= 4096);
	rig_end(rig, NULL);
	free(rig);
}

/* Who is the client says the first message, where no SYN said it. */
static void direction_flips(void **state)
{
	RIG(rig, false);
	(void)state;
	assert_int_equal(flow_direction(&rig->flow, 0), TO_SERVER);
	say(rig, 0, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(flow_direction(&rig->flow, 0), TO_CLIENT);
	say(rig, 1, "GET /a " MORE);
	say(rig, 0, OK);
	rig_end(rig, NULL);
	assert_non_null(strstr(rig->log, "404|"));
	assert_non_null(strstr(rig->log, "/a|"));
	free(rig);
}

static void direction_does_not_flip(void **state)
{
	RIG(rig, true); /* a SYN said it */
	(void)state;
	say(rig, 0, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(flow_direction(&rig->flow, 0), TO_SERVER);
	rig_end(rig, "");
	free(rig);
}

/* What was kept before a gap and what comes after it are not one. */
static void gap_ends_what_was_kept(void **state)
{
	RIG(rig, true);
	(void)state;
	say(rig, 0, "GET /a " MORE "GET /b HTTP/1.1\r\nHost: a.te");
	rig_send(rig, 0, "GET /c " MORE, strlen("GET /c " MORE), 1000);
	rig_end(rig, "Q0 /a|Q1 /c|");
	free(rig);
}

static const struct connect_case {
	const char *name;
	const char *steps[12]; /* "0..." from the client, "1..." from the server */
	const char *want;
} tunnels[] = {
	{ "HTTP in a tunnel", { "0CONNECT a.test:443 " MORE, "1HTTP/1.1 200 OK\r\n\r\n", "0GET /in " MORE, "1" OK },
	    "Q0 a.test:443|R0 200|E0|Q1 /in|R1 200|E1|" },
	{ "the server's first words come with its answer", { "0CONNECT a.test:443 " MORE,
	    "1HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n", "0SSH-2.0-y\r\n" },
	    "Q0 a.test:443|R0 200|E0|" },
	{ "the client does not wait", { "0CONNECT a.test:443 " MORE "\x16\x03\x01\x02", "1HTTP/1.1 200 OK\r\n\r\n",
	    "0\x01\x02\x03" }, "Q0 a.test:443|R0 200|E0|" },
	{ "a tunnel in a tunnel", { "0CONNECT a.test:1 " MORE, "1HTTP/1.1 200 OK\r\n\r\n", "0CONNECT a.test:2 " MORE,
	    "1HTTP/1.1 200 OK\r\n\r\n", "0GET /in " MORE, "1HTTP/1.0 200 OK\r\n\r\nto the end" },
	    "Q0 a.test:1|R0 200|E0|Q1 a.test:2|R1 200|E1|Q2 /in|R2 200|" },
	{ "a tunnel behind a request", { "0GET /a " MORE "CONNECT a.test:443 " MORE, "1" OK "HTTP/1.1 200 OK\r\n\r\n",
	    "0GET /in " MORE, "1" OK }, "Q0 /a|Q1 a.test:443|R0 200|E0|R1 200|E1|Q2 /in|R2 200|E2|" },
	{ "the answer comes in pieces", { "0CONNECT a.test:443 " MORE, "1HTTP/1.1 200 OK\r\n", "1\r\n", "0GET /in " MORE,
	    "1HTTP/1.1 204 None\r\n\r\n" }, "Q0 a.test:443|R0 200|E0|Q1 /in|R1 204|E1|" },
	{ "refused", { "0CONNECT a.test:443 " MORE, "1HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "0GET /a " MORE,
	    "1" OK }, "Q0 a.test:443|R0 403|E0|Q1 /a|R1 200|E1|" },
	{ "websocket", { "0GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
	    "1HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
	    "0\x81\x85mask12345" }, "Q0 /ws|R0 101|E0|" },
};

static void hand_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++) {
		RIG(rig, true);
		for (const char *const *step = tunnels[i].steps; *step; step++)
			say(rig, (unsigned)(**step - '0'), *step + 1);
		rig->log[rig->len] = '\0';
		if (strcmp(rig->log, tunnels[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", tunnels[i].name, rig->log, tunnels[i].want);
		rig_end(rig, NULL);
		free(rig);
	}
}

/* What is said only when the streams or the flow end is numbered within the flow too. */
static void tunnel_ends(void **state)
{
	(void)state;
	for (unsigned is_fed = 0; is_fed < 2; is_fed++) {
		RIG(rig, true);
		say(rig, 0, "CONNECT a.test:443 " MORE);
		say(rig, 1, "HTTP/1.1 200 OK\r\n\r\n");
		say(rig, 0, "GET /in " MORE "GET /cut HTTP/1.1\r\nHost: a\r\nX");
		say(rig, 1, "HTTP/1.0 200 OK\r\n\r\nto the end");
		rig->flow.streams[1].last_fed = !is_fed; /* then it is the dissector's finish that tells */
		rig_end(rig, "Q0 a.test:443|R0 200|E0|Q1 /in|R1 200|Q2 /cut damaged|!http.truncated_head|E1|");
		free(rig);
	}
}

/* A line that may be HTTP/0.9 waits for what follows it, or for the answer; it keeps its own packet's number. */
static void answer_decides(void **state)
{
	RIG(rig, true);
	(void)state;
	say(rig, 0, "GET /nine\r\nHos");
	assert_int_equal(rig->len, 0);
	say(rig, 1, "by");
	assert_string_equal(rig->log, "Q0 /nine|!http.no_version|");
	assert_int_equal(rig->flow.streams[0].tail->len, 3);
	say(rig, 1, "tes");
	say(rig, 0, "t: a.test\r\n\r\n");
	rig_end(rig, "Q0 /nine|!http.no_version|E0|");
	free(rig);
}

static void answer_decides_all(void **state)
{
	RIG(rig, true);
	(void)state;
	say(rig, 0, "GET /nine\r\n");
	say(rig, 1, OK);
	rig_end(rig, "Q0 /nine|!http.no_version|R0 200|E0|");
	free(rig);
}

/* A body is not kept: it is the stream's to skip. */
static void bodies_are_skipped(void **state)
{
	RIG(rig, true);
	(void)state;
	rig->flow.streams[0].next = 1000; /* all of the chunk */
	say(rig, 0, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
	uint64_t end = 1000 + 1000000 - 3;

	assert_in_range(rig->flow.streams[0].next, end - 1, end); /* HTTP wants to see the last byte,
	    or not even that */
	assert_null(rig->flow.streams[0].tail);
	rig_send(rig, 0, "x", (size_t)(end - rig->flow.streams[0].next), 0);
	say(rig, 0, "GET /b " MORE);
	rig_end(rig, "Q0 /a|E0|Q1 /b|");
	free(rig);
}

/* No memory for what is kept: the layer is given up, which is said, and the flow goes on without it. */
static void tail_refused(void **state)
{
	struct rig *rig = malloc(sizeof *rig);
	char part[1000];

	(void)state;
	assert_non_null(rig);
	rig_begin(rig, 9000, 1 << 22, true);
	say(rig, 0, "GET /a " MORE "GET /b HTTP/1.1\r\nX: ");
	memset(part, 'x', sizeof part);
	for (unsigned i = 0; i < 20; i++)
		rig_send(rig, 0, part, sizeof part, 0);
	assert_int_equal(rig->layers.n_tail_refused, 1);
	assert_int_equal(rig->layers.n_given_up, 1);
	say(rig, 0, "GET /c " MORE);
	rig_end(rig, "Q0 /a|!stream.tail_refused|");
	assert_true(rig->streams.budget.peak <= 9000);
	free(rig);
}

/* A head that never ends is given up by the dissector, long before the tail's cap. */
static void endless_head(void **state)
{
	RIG(rig, true);
	char part[1000];

	(void)state;
	memset(part, 'x', sizeof part);
	say(rig, 0, "GET /a HTTP/1.1\r\nX: ");
	for (unsigned i = 0; i < 2000; i++)
		rig_send(rig, 0, part, sizeof part, 0);
	assert_true(rig->streams.budget.peak <= 300000);
	say(rig, 0, "\r\n\r\n");
	say(rig, 0, "GET /b " MORE);
	rig_end(rig, NULL);
	assert_non_null(strstr(rig->log, " /b|"));
	free(rig);
}

/* No memory for a state: nothing is recognised, nothing breaks. */
static void state_refused(void **state)
{
	struct rig *rig = malloc(sizeof *rig);

	(void)state;
	assert_non_null(rig);
	rig_begin(rig, 1 << 20, 100, true);
	say(rig, 0, "GET /a " MORE);
	say(rig, 1, OK);
	assert_true(rig->layers.n_state_refused > 0);
	rig_end(rig, "");
	free(rig);
}

/* The end finds a head that is not whole. */
static void ends_in_a_head(void **state)
{
	RIG(rig, true);
	(void)state;
	say(rig, 0, "GET /a HTTP/1.1\r\nHost: a.te");
	rig_end(rig, "Q0 /a damaged|!http.truncated_head|");
	free(rig);
}

/* Until a record is whole nobody is asked about its segments, unless something else was said meanwhile. */
static void record_is_gathered(void **state)
{
	static const uint8_t record[5 + 80] = { 22, 3, 1, 0, 80, 1, 0, 0, 76, 3, 3 }, other[4] = { 22, 3, 3, 0 };
	RIG(rig, true);
	const struct stream *stream = &rig->flow.streams[0];

	(void)state;
	rig_send(rig, 0, record, 11, 0);
	assert_int_equal(stream->tail->need, sizeof record);
	rig_send(rig, 0, record + 11, 20, 0);
	assert_int_equal(stream->tail->len, 31);
	assert_int_equal(stream->offered, 11);
	rig_send(rig, 1, other, sizeof other, 0);
	assert_int_equal(stream->tail->need, 0);
	rig_send(rig, 0, record + 31, 1, 0);
	assert_int_equal(stream->offered, 32);
	rig_send(rig, 0, record + 32, 52, 0);
	assert_int_equal(stream->tail->len, sizeof record - 1);
	assert_int_equal(stream->offered, 32);
	rig_send(rig, 0, record + 84, 1, 0);
	assert_null(stream->tail);
	rig_end(rig, "");
	free(rig);
}

/* Lost bytes, and an empty chunk, which wakes, are the dissector's to see at once. */
static void gathers_nothing_else(void **state)
{
	static const uint8_t record[11] = { 22, 3, 1, 0, 80, 1, 0, 0, 76, 3, 3 };
	const struct chunk empty = { .data = bytes_of("", 0) }, after_gap = { .data = bytes_of("a", 1), .gap = 1 };
	RIG(rig, true);
	const struct level level = level_of(&rig->flow);

	(void)state;
	rig_send(rig, 0, record, sizeof record, 0);
	assert_false(layers_gather(&level, 0, &empty));
	assert_false(layers_gather(&level, 0, &after_gap));
	assert_false(layers_gather(&level, 1, &(struct chunk){ .data = bytes_of("a", 1) }));
	rig_end(rig, NULL);
	free(rig);
}

/* Frames of HTTP/2, in steps "0..." from side 0, "1..." from side 1; ">" or "<" behind it: in which direction they are made. */
static void say_frames(struct rig *rig, struct h2_maker *maker, const char *step)
{
	enum direction dir = step[1] == '>' ? TO_SERVER : TO_CLIENT;
	struct bytes bytes = h2_maker_line(maker, dir, step + 2);

	rig_send(rig, (unsigned)(*step - '0'), bytes.data, bytes.len, 0);
}

#define H2_GET(path) ":method: GET | :scheme: https | :authority: a | :path: " path

static const struct frames_case {
	const char *name;
	bool from_start;
	const char *steps[16]; /* of frames; or "0" and text, after ":" */
	unsigned client;
	const char *want;
} frames_cases[] = {
	{ "from the start", true, { "0>PREFACE", "0>SETTINGS", "0>HEADERS 1 end | " H2_GET("/1"), "1<SETTINGS", "1<SETTINGS ack",
	    "1<HEADERS 1 end | :status: 200" }, 0, "Q0 /1|R0 200|E0|" },
	{ "the server speaks first", true, { "1<SETTINGS", "0>PREFACE", "0>SETTINGS", "0>HEADERS 1 end | " H2_GET("/1"),
	    "1<SETTINGS ack",
	    "1<HEADERS 1 end | :status: 200" }, 0, "Q0 /1|R0 200|E0|" },
	{ "a request waits until an answer shows what it is", false, { "0>HEADERS 5 end | " H2_GET("/5"),
	    "1<HEADERS 5 | :status: 200",
	    "1<DATA 5 end | abc" }, 0, "Q0 /5|R0 200|E0|" },
	{ "an answer waits until a request shows what it is", false, { "0<HEADERS 3 end | :status: 404",
	    "1>HEADERS 5 end | " H2_GET("/5"), "1>PING",
	    "0<HEADERS 5 end | :status: 200" }, 1, "R0 404|E0|Q1 /5|R1 200|E1|" },
	{ "the first to speak is the server", false, { "0<HEADERS 5 | :status: 200", "0<DATA 5 end | abc",
	    "1>HEADERS 7 end | " H2_GET("/7"),
	    "0<HEADERS 7 end | :status: 204" }, 1, "R0 200|E0|Q1 /7|R1 204|E1|" },
	{ "nobody knows who is the client", false, { "0>PING", "0>WINDOW 0 9", "0>HEADERS 7 end | " H2_GET("/7") }, 0, "Q0 /7|" },
	{ "the wrong guess", false, { "0>PING", "0>WINDOW 0 9", "1>HEADERS 7 end | " H2_GET("/7"),
	    "0<HEADERS 7 end | :status: 204" }, 1, "Q0 /7|R0 204|E0|" },
	{ "the wrong guess, seen by the answer", false, { "1>PING", "1>WINDOW 0 9", "0<HEADERS 7 end | :status: 204", "0<PING",
	    "1>HEADERS 9 end | " H2_GET("/9") },
	    1, "R0 204|E0|Q1 /9|" },
	{ "the wrong guess, seen amid frames", false, { "0<PING", "0<WINDOW 0 9", "0<HEADERS 7 | :status: 200",
	    "0<DATA 7 end | abc", "1>HEADERS 9 end | " H2_GET("/9"),
	    "1>PING" }, 1, "R0 200|E0|Q1 /9|" },
	{ "both wait, the server speaks on", false, { "0<HEADERS 7 | :status: 200", "1>HEADERS 9 end | " H2_GET("/9"),
	    "0<DATA 7 end | abc" }, 1, "Q0 /9|R1 200|E1|" },
	{ "an upgrade", true,
	    { "0:GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
	    "1:HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "1<SETTINGS", "0>PREFACE", "0>SETTINGS",
	    "1<HEADERS 1 | :status: 200",
	    "1<DATA 1 end | abc", "0>HEADERS 3 end | " H2_GET("/3"), "1<HEADERS 3 end | :status: 404" }, 0,
	    "Q0 /a|R0 200|E0|Q1 /3|R1 404|E1|" },
	{ "behind a request, without an upgrade", true, { "0:GET /a " MORE, "1:" OK, "0>PREFACE", "0>SETTINGS",
	    "0>HEADERS 1 end | " H2_GET("/1"), "1<SETTINGS", "1<HEADERS 1 end | :status: 204" },
	    0, "Q0 /a|R0 200|E0|Q1 /1|R1 204|E1|" },
	{ "an upgrade of the second request", true, { "0:GET /a " MORE, "1:" OK,
	    "0:GET /b HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
	    "1:HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n", "0>PREFACE", "0>SETTINGS", "1<SETTINGS 3=1",
	    "1<HEADERS 1 end | :status: 200" },
	    0, "Q0 /a|R0 200|E0|Q1 /b|R1 200|E1|" },
	{ "an upgrade, the client alone", true, { "0:GET /b HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", "0>PREFACE", "0>SETTINGS",
	    "0>HEADERS 3 end | " H2_GET("/3") }, 0, "Q0 /b|Q1 /3|" },
	{ "an upgrade that was answered only", true, { "1:HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n", "1<SETTINGS 3=1",
	    "1<HEADERS 1 end | :status: 200" },
	    0, "R0 200|E0|" },
	{ "in a tunnel", true, { "0:CONNECT a.test:443 " MORE, "1:HTTP/1.1 200 OK\r\n", "1:\r\n", "1<SETTINGS", "0>PREFACE",
	    "0>SETTINGS",
	    "0>HEADERS 1 end | " H2_GET("/1"), "1<HEADERS 1 end | :status: 204" }, 0,
	    "Q0 a.test:443|R0 200|E0|Q1 /1|R1 204|E1|" },
};

/* What is undecided when the flow ends is taken for what it looks like. */
static void http2_ends(void **state)
{
	struct h2_maker maker;

	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		RIG(rig, false);
		h2_maker_init(&maker);
		say_frames(rig, &maker, "0>HEADERS 5 end | " H2_GET("/5"));
		if (both)
			say_frames(rig, &maker, "1<HEADERS 5 end | :status: 200");
		h2_maker_fini(&maker);
		assert_int_equal(rig->len, 0);
		rig_end(rig, both ? "Q0 /5|R0 200|E0|" : "Q0 /5|");
		assert_false(rig->out.other_first || rig->out.reversed);
		free(rig);
	}
}

static void http2(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof frames_cases / sizeof frames_cases[0]; i++) {
		struct h2_maker maker;
		RIG(rig, frames_cases[i].from_start);

		h2_maker_init(&maker);
		for (const char *const *step = frames_cases[i].steps; *step; step++) {
			if ((*step)[1] == ':')
				say(rig, (unsigned)(**step - '0'), *step + 2);
			else
				say_frames(rig, &maker, *step);
		}
		h2_maker_fini(&maker);
		rig->log[rig->len] = '\0';
		if (strcmp(rig->log, frames_cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", frames_cases[i].name, rig->log, frames_cases[i].want);
		assert_int_equal(rig->flow.client, frames_cases[i].client);
		rig_end(rig, NULL);
		free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(bytewise),
		cmocka_unit_test(midstream),
		cmocka_unit_test(after_a_long_upload),
		cmocka_unit_test(somebody_elses),
		cmocka_unit_test(undecided),
		cmocka_unit_test(direction_flips),
		cmocka_unit_test(direction_does_not_flip),
		cmocka_unit_test(gap_ends_what_was_kept),
		cmocka_unit_test(hand_over), cmocka_unit_test(tunnel_ends), cmocka_unit_test(answer_decides),
		    cmocka_unit_test(answer_decides_all),
		cmocka_unit_test(bodies_are_skipped),
		cmocka_unit_test(tail_refused),
		cmocka_unit_test(endless_head),
		cmocka_unit_test(state_refused),
		cmocka_unit_test(ends_in_a_head),
		cmocka_unit_test(record_is_gathered),
		cmocka_unit_test(gathers_nothing_else),
		cmocka_unit_test(http2),
		cmocka_unit_test(http2_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
