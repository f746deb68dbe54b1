/* Properties of the whole way from frames to EVE, over generated conversations with tokens: any cutting, reordering and
 * duplication of their segments tells the same; any prefix of the frames ends cleanly; any memory cap is survived; every line is
 * JSON. Seed: first argument, or the default. Run from the top of the tree. */
#include <inttypes.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/compact.h"
#include "tests/support/pipeline.h"
#include "tests/support/script.h"

#define START (INT64_C(1700000000) * 1000000000)

enum { TURN_CAP = 20000, TURNS = 12, TALKS = 3, SEGMENTS = 65536, EVENTS = 512, ROUNDS = 150 };

static uint64_t seed = UINT64_C(0x57047e9a55);
static struct pipeline_assets assets;

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

/* ---- conversations ---- */

struct turn {
	unsigned from; /* 0 client, 1 server */
	char text[TURN_CAP];
	size_t len;
};

struct talk {
	bool ipv6;
	uint16_t port;
	uint32_t isn[2];
	struct turn turns[TURNS];
	size_t n_turns;
};

struct talks {
	struct talk talk[TALKS];
	size_t n;
};

__attribute__((format(printf, 2, 3)))
static void add(struct turn *turn, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(turn->text + turn->len, TURN_CAP - turn->len, format, args);
	va_end(args);
	assert_true(n >= 0 && turn->len + (size_t)n < TURN_CAP);
	turn->len += (size_t)n;
}

static void add_body(struct turn *turn, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		add(turn, "%c", "GET / HTTP/1.1\r\n\r\n0123456789"[pick(28)]);
}

static void add_token(struct turn *turn)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\",\"typ\":\"JWT\"}", "{\"alg\":\"HS256\",\"kid\":\"test-key\"}",
		    "{\"alg\":\"RS256\",\"kid\":\"1LTMzakihiRla_8z2BEJVXeWMqo\"}",
		"{\"alg\":\"RS256\",\"kid\":\"k\",\"jku\":\"https://keys.test/\"}",
		    "{\"alg\":\"RS256\",\"alg\":\"none\"}",
	};
	static const char *const payloads[] = {
		"{\"iss\":\"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0\",\"exp\":1600000000,\"sub\":\"tester\"}",
		"{\"iss\":\"https://sts.windows.net/11111111-2222-3333-4444-555555555555/\",\"tid\":\"11111111-2222-3333-4444-555555555555\",\"exp\":1700003600}",
		"{\"iss\":\"https://issuer.test/\",\"iat\":1800000000,\"scp\":\"a b\",\"roles\":[\"r\\u0022\",\"s\"]}", "{}",
	};
	char *token = compact_token(headers[pick(5)], payloads[pick(4)], "dGVzdC1zaWduYXR1cmU");

	switch (pick(5)) {
	case 0:
		add(turn, "Cookie: a=b; session=%s\r\n", token);
		break;
	case 1:
		add(turn, "Authorization: Basic dGVzdDp0ZXN0\r\n");
		break;
	case 2:
		break;
	default:
		add(turn, "Authorization: Bearer %s\r\n", token);
		break;
	}
	free(token);
}

static void add_request(struct turn *turn, unsigned n)
{
	unsigned len = pick(2) ? 0 : pick(3000);

	add(turn, "%s /path/%u?x=%u HTTP/1.1\r\nHost: api.test\r\nUser-Agent: test/1\r\n", len ? "POST" : "GET", n,
	    pick(100));
	add_token(turn);
	if (len)
		add(turn, "Content-Length: %u\r\n", len);
	add(turn, "\r\n");
	add_body(turn, len);
}

static void add_response(struct turn *turn)
{
	unsigned len = pick(2) ? 0 : pick(3000);

	add(turn, "HTTP/1.1 %u X\r\nContent-Type: text/plain\r\n", pick(2) ? 200 : 401);
	if (pick(3)) {
		add(turn, "Content-Length: %u\r\n\r\n", len);
		add_body(turn, len);
		return;
	}
	add(turn, "Transfer-Encoding: chunked\r\n\r\n%x\r\n", len + 1);
	add_body(turn, len + 1);
	add(turn, "\r\n0\r\n\r\n");
}

static void make(struct talks *talks)
{
	memset(talks, 0, sizeof *talks);
	talks->n = 1 + pick(TALKS);
	for (size_t i = 0; i < talks->n; i++) {
		struct talk *talk = &talks->talk[i];
		unsigned n = 0;

		talk->ipv6 = pick(4) == 0;
		talk->port = (uint16_t)(40000 + i);
		talk->isn[0] = pick(4) ? (uint32_t)(script_next(&seed) >> 32) : 0u - pick(500);
		talk->isn[1] = (uint32_t)(script_next(&seed) >> 32);
		talk->n_turns = 2 * (1 + pick(TURNS / 2));
		for (size_t t = 0; t < talk->n_turns; t += 2) {
			unsigned n_pipelined = 1 + (pick(3) == 0) * pick(3);

			talk->turns[t + 1].from = 1;
			for (unsigned p = 0; p < n_pipelined; p++) {
				add_request(&talk->turns[t], n++);
				add_response(&talk->turns[t + 1]);
			}
		}
	}
}

/* ---- frames ---- */

struct segment {
	struct frames_spec spec;
	int64_t time_ns;
};

struct segments {
	struct segment list[SEGMENTS];
	size_t n;
};

/* How to cut, and what happens on the way. */
struct way {
	unsigned most;     /* bytes of a segment */
	unsigned window;   /* segments of one turn that may change places */
	bool again;        /* some come twice */
};

static void put(struct segments *segments, const struct talk *talk, unsigned from, uint8_t flags, uint32_t seq,
    uint32_t ack, struct bytes data)
{
	static const char *const address[2][2] = { { "10.1.2.3", "192.0.2.80" }, { "2001:db8::3", "2001:db8::80" } };
	struct frames_spec spec = { .src = address[talk->ipv6][from], .dst = address[talk->ipv6][!from],
		.src_port = from ? 8080 : talk->port, .dst_port = from ? talk->port : 8080, .flags = flags,
		    .seq = seq, .ack = ack, .data = data };

	assert_true(segments->n < SEGMENTS);
	segments->list[segments->n++] = (struct segment){ .spec = spec };
}

static void swap(struct segments *segments, size_t i, size_t j)
{
	struct segment segment = segments->list[i];

	segments->list[i] = segments->list[j];
	segments->list[j] = segment;
}

static void put_turn(struct segments *segments, const struct talk *talk, const struct turn *turn, uint32_t next[2],
    const struct way *way)
{
	size_t first = segments->n;

	for (size_t at = 0; at < turn->len;) {
		size_t left = turn->len - at, len = 1 + pick(way->most);

		len = len < left ? len : left;
		put(segments, talk, turn->from, TCP_ACK, next[turn->from], next[!turn->from],
		    bytes_of(turn->text + at, len));
		if (way->again && pick(5) == 0)
			put(segments, talk, turn->from, TCP_ACK, next[turn->from], next[!turn->from],
			    bytes_of(turn->text + at, len));
		if (way->again && at && pick(5) == 0) { /* with something from before */
			size_t back = 1 + pick(at < 100 ? (unsigned)at : 100);

			put(segments, talk, turn->from, TCP_ACK, next[turn->from] - (uint32_t)back, next[!turn->from],
			    bytes_of(turn->text + at - back, back + len));
		}
		next[turn->from] += (uint32_t)len;
		at += len;
	}
	for (size_t i = first; i < segments->n; i++) {
		size_t left = segments->n - i;

		swap(segments, i, i + pick((unsigned)(left < way->window ? left : way->window)));
	}
}

static void frames_of(struct segments *segments, const struct talk *talk, const struct way *way)
{
	uint32_t next[2] = { talk->isn[0] + 1, talk->isn[1] + 1 };

	put(segments, talk, 0, TCP_SYN, talk->isn[0], 0, bytes_of("", 0));
	put(segments, talk, 1, TCP_SYN | TCP_ACK, talk->isn[1], next[0], bytes_of("", 0));
	put(segments, talk, 0, TCP_ACK, next[0], next[1], bytes_of("", 0));
	for (size_t i = 0; i < talk->n_turns; i++)
		put_turn(segments, talk, &talk->turns[i], next, way);
	put(segments, talk, 0, TCP_FIN | TCP_ACK, next[0], next[1], bytes_of("", 0));
	put(segments, talk, 1, TCP_FIN | TCP_ACK, next[1], next[0] + 1, bytes_of("", 0));
	put(segments, talk, 0, TCP_ACK, next[0] + 1, next[1] + 1, bytes_of("", 0));
}

static void all_frames(struct segments *segments, const struct talks *talks, const struct way *way)
{
	segments->n = 0;
	for (size_t i = 0, at = 0; i < talks->n; i++) {
		frames_of(segments, &talks->talk[i], way);
		for (size_t j = 0; at < segments->n; j++) /* a flow's id is made of its start: it must be the same each way */
			segments->list[at++].time_ns = START + (int64_t)i * 100000000 + (int64_t)j * 1000;
	}
}

/* ---- events ---- */

struct events {
	char *line[EVENTS]; /* sorted */
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What may differ: when and in which frame it was complete, and how many frames the flow had. */
static void add_event(struct events *events, json_t *event)
{
	static const char *const varying[] = { "timestamp", "pcap_cnt", "flow" };

	if (strcmp(json_string_value(json_object_get(event, "event_type")), "anomaly") == 0)
		return;
	for (size_t i = 0; i < sizeof varying / sizeof varying[0]; i++)
		json_object_del(event, varying[i]);
	assert_true(events->n < EVENTS);
	events->line[events->n++] = json_dumps(event, JSON_SORT_KEYS | JSON_COMPACT);
}

static void events_read(struct events *events, char *text)
{
	events->n = 0;
	for (char *line = text, *end; *line; line = end + 1) {
		json_error_t error;

		end = strchr(line, '\n');
		assert_non_null(end); /* the last line too is whole */
		json_t *event = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, &error);

		if (!json_is_object(event) || !json_is_string(json_object_get(event, "event_type")))
			fail_msg("%s in %.400s", error.text, line);
		add_event(events, event);
		json_decref(event);
	}
	qsort(events->line, events->n, sizeof events->line[0], by_text);
}

static void events_free(struct events *events)
{
	for (size_t i = 0; i < events->n; i++)
		free(events->line[i]);
	events->n = 0;
}

static bool run(const struct segments *segments, size_t n, const struct config *caps, struct events *events)
{
	struct pipeline pipeline;

	pipeline_init(&pipeline);
	if (caps) {
		pipeline.config.memcap = caps->memcap;
		pipeline.config.flow_memcap = caps->flow_memcap;
		pipeline.config.tcp_memcap = caps->tcp_memcap;
		pipeline.config.tx_memcap = caps->tx_memcap;
		pipeline.config.token_memcap = caps->token_memcap;
	}
	bool ok = pipeline_begin(&pipeline, &assets);

	if (ok) {
		for (size_t i = 0; i < n; i++)
			pipeline_send(&pipeline, &segments->list[i].spec, segments->list[i].time_ns);
		pipeline_end(&pipeline);
		events_read(events, pipeline.text);
	}
	pipeline_fini(&pipeline);
	return ok;
}

/* ---- properties ---- */

struct fixture {
	struct talks talks;
	struct segments segments;
	struct events want, got;
};

static void compare(const struct fixture *f, uint64_t made_by)
{
	for (size_t i = 0; i < f->want.n || i < f->got.n; i++) {
		const char *want = i < f->want.n ? f->want.line[i] : "-", *got = i < f->got.n ? f->got.line[i] : "-";
		size_t same = 0;

		while (want[same] && want[same] == got[same])
			same++;
		if (want[same] != got[same]) /* cmocka's messages are short */
			fail_msg("seed %" PRIu64 ", %zu and %zu events; %zu:\n%.300s\n%.300s", made_by, f->want.n,
			    f->got.n, i,
			    want + (same < 60 ? 0 : same - 60), got + (same < 60 ? 0 : same - 60));
	}
}

static void any_way_tells_the_same(void **state)
{
	const struct way plain = { 1400, 1, false };
	struct fixture *f = *state;
	size_t n_events = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t made_by = seed;
		struct way way = { 1 + pick(pick(2) ? 60 : 1400), 1 + pick(5), pick(2) };

		make(&f->talks);
		all_frames(&f->segments, &f->talks, &plain);
		assert_true(run(&f->segments, f->segments.n, NULL, &f->want));
		all_frames(&f->segments, &f->talks, &way);
		assert_true(run(&f->segments, f->segments.n, NULL, &f->got));
		compare(f, made_by);
		n_events += f->want.n;
		events_free(&f->want);
		events_free(&f->got);
	}
	assert_true(n_events > 5 * ROUNDS);
}

/* ... and no event is missing: one http event a request, with its status. */
static void all_is_told(void **state)
{
	const struct way plain = { 1400, 1, false };
	struct fixture *f = *state;

	for (unsigned round = 0; round < ROUNDS / 3; round++) {
		size_t n_requests = 0, n_http = 0;
		uint64_t made_by = seed;

		make(&f->talks);
		for (size_t i = 0; i < f->talks.n; i++)
			for (size_t t = 0; t < f->talks.talk[i].n_turns; t += 2)
				for (const char *at = f->talks.talk[i].turns[t].text; (at = strstr(at,
				    "Host: api.test")); at++)
					n_requests++;
		all_frames(&f->segments, &f->talks, &plain);
		assert_true(run(&f->segments, f->segments.n, NULL, &f->got));
		for (size_t i = 0; i < f->got.n; i++)
			n_http += strstr(f->got.line[i], "\"event_type\":\"http\"") && strstr(f->got.line[i],
			    "\"status\":");
		if (n_http != n_requests)
			fail_msg("seed %" PRIu64 ": %zu requests, %zu http events", made_by, n_requests, n_http);
		events_free(&f->got);
	}
}

static void any_prefix_ends(void **state)
{
	const struct way way = { 300, 3, true };
	struct fixture *f = *state;

	for (unsigned round = 0; round < 4; round++) {
		make(&f->talks);
		f->talks.n = 1;
		all_frames(&f->segments, &f->talks, &way);
		for (size_t n = 0; n < f->segments.n; n++) {
			assert_true(run(&f->segments, n, NULL, &f->got));
			events_free(&f->got);
		}
	}
}

/* Memory refused at every point there is: fewer events, never a crash, never a wrong line, everything given back. */
static void any_cap_is_survived(void **state)
{
	const struct way way = { 200, 4, true };
	struct fixture *f = *state;
	struct config caps;
	size_t fewest = SIZE_MAX, most = 0;

	config_init(&caps);
	make(&f->talks);
	all_frames(&f->segments, &f->talks, &way);
	for (unsigned which = 0; which < 5; which++) {
		int64_t *cap[] = { &caps.memcap, &caps.flow_memcap, &caps.tcp_memcap, &caps.tx_memcap,
		    &caps.token_memcap };
		int64_t was = *cap[which];

		for (int64_t len = 0; len < 3 << 20; len += len < 20000 ? 97 + pick(400) : len / 12) {
			*cap[which] = len;
			if (!run(&f->segments, f->segments.n, &caps, &f->got))
				continue;
			fewest = f->got.n < fewest ? f->got.n : fewest;
			most = f->got.n > most ? f->got.n : most;
			events_free(&f->got);
		}
		*cap[which] = was;
	}
	assert_int_equal(fewest, 0);
	assert_true(most > 0);
	config_fini(&caps);
}

static int load(void **state)
{
	pipeline_assets_load(&assets);
	*state = calloc(1, sizeof(struct fixture));
	return *state ? 0 : -1;
}

static int unload(void **state)
{
	pipeline_assets_free(&assets);
	free(*state);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_way_tells_the_same),
		cmocka_unit_test(all_is_told),
		cmocka_unit_test(any_prefix_ends),
		cmocka_unit_test(any_cap_is_survived),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, load, unload);
}
