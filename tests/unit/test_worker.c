/* TCP as a whole worker follows it: forged and stray SYN, FIN and RST, ports used again, caps on what waits.
 * Each script is a list of packets; what it must find are the URLs of the http events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/run/transaction.h"
#include "tests/support/pipeline.h"

#define MS 1000000
#define GET(url) "GET " url " HTTP/1.1\r\nHost: a.test\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { A = TCP_ACK, S = TCP_SYN, SA = TCP_SYN | TCP_ACK, R = TCP_RST, RA = TCP_RST | TCP_ACK, F = TCP_FIN,
    FA = TCP_FIN | TCP_ACK };

struct step {
	char from;          /* 'c', 's'; 0 ends the script */
	uint8_t flags;
	uint32_t seq, ack;  /* as they are: starts are 1000 and 5000 */
	const char *data;
	uint32_t wait_ms;   /* before it */
};

struct script {
	const char *name;
	struct step steps[16];
	const char *want;   /* URLs in their order, each with its status: "/a=200 /b " */
};

#define OPEN { 'c', S, 1000, 0, "", 0 }, { 's', SA, 5000, 1001, "", 0 }, { 'c', A, 1001, 5001, "", 0 }
#define SAYS(seq, ack, text) { 'c', A, seq, ack, text, 0 }
#define ANSWERS(seq, ack) { 's', A, seq, ack, OK, 0 }

#define LONG_REST "ng HTTP/1.1\r\nHost: a.test\r\n\r\n" /* of GET("/long"), 29 bytes */

/* GET("/a") and GET("/b") are 33 bytes, OK is 38. */
static const struct script scripts[] = {
	{ "plain", { OPEN, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034) }, "/a=200 " },
	{ "a RST ends it", { OPEN, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034),
	    { 's', R, 5039, 0, "", 0 } }, "/a=200 " },
	{ "a RST far ahead ends nothing", { OPEN, SAYS(1001, 5001, "GET /lo"), { 'c', R, 1008 + 400000000, 0, "", 0 },
	    { 'c', A, 1008, 5001, LONG_REST, 30000 }, ANSWERS(5001, 1037) }, "/long=200 " },
	{ "a RST from before ends nothing", { OPEN, SAYS(1001, 5001, "GET /lo"), { 's', A, 5001, 1008, "", 0 },
	    { 'c', R, 1005, 0, "", 0 }, { 'c', A, 1008, 5001, LONG_REST, 30000 }, ANSWERS(5001, 1037) }, "/long=200 " },
	{ "a RST that fits ends it, though a pause later", { OPEN, SAYS(1001, 5001, "GET /lo"), { 's', A, 5001, 1008, "", 0 },
	    { 'c', R, 1008, 0, "", 0 }, { 'c', A, 1008, 5001, "ng\r\nHost: a.test\r\n\r\n", 30000 } }, "" },
	{ "a RST that its own sender belies, then a pause", { OPEN, SAYS(1001, 5001, "GET "), { 'c', RA, 1005, 5001, "", 0 },
	    SAYS(1005, 5001, "/lo"), { 'c', A, 1008, 5001, LONG_REST, 30000 }, ANSWERS(5001, 1037) }, "/long=200 " },
	{ "a RST that the server refuses", { OPEN,
	    { 'c', RA, 1001, 5001, "", 0 }, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034) }, "/a=200 " },
	{ "... in the middle of a head", { OPEN, SAYS(1001, 5001, "GET /a HT"),
	    { 'c', RA, 1010, 5001, "", 0 }, SAYS(1010, 5001, "TP/1.1\r\nHost: a.test\r\n\r\n"),
	    ANSWERS(5001, 1034) }, "/a=200 " },
	{ "a RST of the server that the client refuses", { OPEN,
	    { 's', RA, 5001, 1001, "", 0 }, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034),
	    { 'c', A, 1034, 5039, GET("/b"), 8000 }, ANSWERS(5039, 1067) }, "/a=200 /b=200 " },
	{ "what a RST carries is no data", { OPEN,
	    { 'c', R, 1001, 0, "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n", 0 }, SAYS(1001, 5001, GET("/a")) }, "/a " },
	{ "a refused SYN, then a new try", { { 'c', S, 1000, 0, "", 0 }, { 's', RA, 0, 1001, "", 0 },
	    { 'c', S, 3000, 0, "", 500 }, { 's', SA, 7000, 3001, "", 0 },
	    { 'c', A, 3001, 7001, GET("/a"), 0 }, ANSWERS(7001, 3034) }, "/a=200 " },
	{ "a second SYN with another start, the server takes the second", { { 'c', S, 1000, 0, "", 0 },
	    { 'c', S, 90000, 0, "", 0 }, { 's', SA, 5000, 90001, "", 0 },
	    { 'c', A, 90001, 5001, GET("/a"), 0 }, ANSWERS(5001, 90034) }, "/a=200 " },
	{ "... the server takes the first", { { 'c', S, 1000, 0, "", 0 }, { 'c', S, 90000, 0, "", 0 },
	    { 's', SA, 5000, 1001, "", 0 },
	    { 'c', A, 1001, 5001, GET("/a"), 0 }, ANSWERS(5001, 1034) }, "/a=200 " },
	{ "... the server is not seen", { { 'c', S, 1000, 0, "", 0 }, { 'c', S, 9000000, 0, "", 0 },
	    { 'c', A, 9000001, 5001, GET("/a"), 0 } }, "/a " },
	{ "... nor heeded", { { 'c', S, 1000, 0, "", 0 }, { 'c', S, 9000000, 0, "", 0 },
	    { 'c', A, 1001, 5001, GET("/a"), 0 } }, "/a " },
	{ "a SYN in the middle of a head", { OPEN, SAYS(1001, 5001, "GET /a HT"), { 'c', S, 70000, 0, "", 0 },
	    { 'c', S, 1009, 0, "", 0 },
	    SAYS(1010, 5001, "TP/1.1\r\nHost: a.test\r\n\r\n"), ANSWERS(5001, 1034) }, "/a=200 " },
	{ "ports used again, the old end not captured", { OPEN, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034),
	    { 'c', S, 40000000, 0, "", 9000 },
	    { 's', SA, 80000000, 40000001, "", 0 },
	    { 'c', A, 40000001, 80000001, GET("/b"), 0 }, ANSWERS(80000001, 40000034) }, "/a=200 /b=200 " },
	{ "ports used again after both ends' FIN", { OPEN, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034),
	    { 'c', FA, 1034, 5039, "", 0 }, { 's', FA, 5039, 1035, "", 0 },
	    { 'c', A, 1035, 5040, "", 0 }, { 'c', S, 2000, 0, "", 0 }, { 's', SA, 9000, 2001, "", 0 },
	    { 'c', A, 2001, 9001, GET("/b"), 0 }, ANSWERS(9001, 2034) }, "/a=200 /b=200 " },
	{ "a FIN that the server does not heed", { OPEN, SAYS(1001, 5001, "GET /a HTTP/1.1\r\nHo"), { 'c', FA, 1020, 5001, "", 0 },
	    SAYS(1020, 5001, "st: a.test\r\n\r\n" GET("/b")), ANSWERS(5001, 1067) }, "/a=200 /b " },
	{ "RST and FIN of somebody before the server answers the SYN", { { 'c', S, 1000, 0, "", 0 },
	    { 's', RA, 777, 1001, "", 0 }, { 's', FA, 777, 1001, "", 0 },
	    { 's', SA, 5000, 1001, "", 0 }, { 'c', A, 1001, 5001, GET("/a"), 0 }, ANSWERS(5001, 1034) }, "/a=200 " },
	{ "the last packets of a connection before, then a new one", { { 's', FA, 777777, 333334, "", 0 },
	    { 'c', A, 333334, 777778, "", 0 }, OPEN,
	    SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034) }, "/a=200 " },
	{ "data on the SYN", { { 'c', S, 1000, 0, GET("/a"), 0 },
	    { 's', SA, 5000, 1034, "", 0 }, ANSWERS(5001, 1034) }, "/a=200 " },
	{ "FIN with the request, half closed", { OPEN, { 'c', FA, 1001, 5001, GET("/a"), 0 },
	    { 's', A, 5001, 1035, "", 0 }, { 's', A, 5001, 1035, OK, 3000 } }, "/a=200 " },
	{ "a keep-alive between requests", { OPEN, SAYS(1001, 5001, GET("/a")), ANSWERS(5001, 1034),
	    { 'c', A, 1033, 5039, "x", 0 }, SAYS(1034, 5039, GET("/b")), ANSWERS(5039, 1067) },
	    "/a=200 /b=200 " },
	{ "midstream, a byte before the first one again", { { 'c', A, 1005, 5001, "", 0 },
	    { 'c', A, 1004, 5001, "xGET /a HTTP/1.1\r\nHost: a.test\r\n\r\n", 0 } }, "/a " },
};

static void send_step(struct pipeline *pipeline, const struct step *step, int64_t *time_ns)
{
	bool client = step->from == 'c';
	struct frames_spec spec = { .src = client ? "10.0.0.1" : "10.0.0.2", .dst = client ? "10.0.0.2" : "10.0.0.1",
		.src_port = client ? 40000 : 80, .dst_port = client ? 80 : 40000, .flags = step->flags,
		    .seq = step->seq, .ack = step->ack,
		.data = bytes_text(step->data) };

	*time_ns += step->wait_ms ? (int64_t)step->wait_ms * MS : MS;
	pipeline_send(pipeline, &spec, *time_ns);
}

/* "/a=200 " of every http event. */
static void urls(const struct pipeline *pipeline, char *out, size_t cap)
{
	size_t len = 0;

	out[0] = '\0';
	for (const char *at = pipeline->text; (at = strstr(at, "\"url\":\"")); at++) {
		const char *url = at + 7, *line_end = strchr(at, '\n'), *status = strstr(at, "\"status\":");

		len += (size_t)snprintf(out + len, cap - len, "%.*s", (int)strcspn(url, "\""), url);
		if (status && status < line_end)
			len += (size_t)snprintf(out + len, cap - len, "=%.3s", status + 9);
		len += (size_t)snprintf(out + len, cap - len, " ");
	}
}

static void run_scripts(void **state)
{
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct pipeline pipeline;
		int64_t time_ns = 1700000000 * INT64_C(1000000000);
		char got[512];

		pipeline_init(&pipeline);
		pipeline.config.token = CONFIG_TOKEN_NO;
		pipeline.config.alerts = false;
		assert_true(pipeline_begin(&pipeline, *state));
		for (const struct step *step = scripts[i].steps; step->from; step++)
			send_step(&pipeline, step, &time_ns);
		pipeline_end(&pipeline);
		urls(&pipeline, got, sizeof got);
		if (strcmp(got, scripts[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", scripts[i].name, got, scripts[i].want);
		pipeline_fini(&pipeline);
	}
}

static struct frames_spec to_server(uint32_t seq, struct bytes data)
{
	return (struct frames_spec){ .src = "10.0.0.1", .dst = "10.0.0.2", .src_port = 40000, .dst_port = 80,
	    .flags = TCP_ACK, .seq = seq, .data = data };
}

/* A client that never gets an answer: the oldest requests are reported early, every one exactly once, in order. */
static void unanswered(void **state)
{
	enum { REQUESTS = 1500 };
	struct pipeline pipeline;
	uint32_t seq = 1;

	pipeline_init(&pipeline);
	assert_true(pipeline_begin(&pipeline, *state));
	for (unsigned i = 0; i < REQUESTS; i++) {
		char text[128];
		int len = snprintf(text, sizeof text, "GET /n%04u HTTP/1.1\r\nHost: a.test\r\n\r\n", i);
		struct frames_spec spec = to_server(seq, bytes_of(text, (size_t)len));

		pipeline_send(&pipeline, &spec, MS);
		seq += (uint32_t)len;
	}
	const struct stats *stats = engine_stats(pipeline.engine);

	assert_int_equal(stats->app_layer.tx_forced, REQUESTS - TRANSACTIONS_PER_FLOW);
	pipeline_end(&pipeline);
	assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"http\""), REQUESTS);
	const char *at = pipeline.text;

	for (unsigned i = 0; i < REQUESTS; i++) {
		char want[32];

		snprintf(want, sizeof want, "\"url\":\"/n%04u\"", i);
		at = strstr(at, want);
		assert_non_null(at);
	}
	pipeline_fini(&pipeline);
}

/* Waits of a transaction are over by packet time, whoever's packet it is. */
static void response_wait(void **state)
{
	struct pipeline pipeline;
	struct frames_spec get = to_server(1, bytes_text(GET("/slow"))), other = to_server(1, bytes_text("x"));

	other.src_port = 50000;
	pipeline_init(&pipeline);
	assert_true(pipeline_begin(&pipeline, *state));
	pipeline_send(&pipeline, &get, INT64_C(1000) * MS);
	pipeline_send(&pipeline, &other, INT64_C(30900) * MS);
	assert_int_equal(engine_stats(pipeline.engine)->output.lines, 0);
	pipeline_send(&pipeline, &other, INT64_C(31001) * MS);
	assert_int_equal(engine_stats(pipeline.engine)->output.lines, 1);
	pipeline_end(&pipeline);
	pipeline_fini(&pipeline);
}

/* In silence the clock is moved from outside: what waits goes when its time has come; the clock never goes back. */
static void clock_in_silence(void **state)
{
	struct pipeline pipeline;
	struct frames_spec get = to_server(1, bytes_text(GET("/slow")));

	pipeline_init(&pipeline);
	assert_true(pipeline_begin(&pipeline, *state));
	pipeline_send(&pipeline, &get, INT64_C(1000) * MS);
	engine_clock(pipeline.engine, INT64_C(30900) * MS);
	engine_clock(pipeline.engine, 0);
	engine_clock(pipeline.engine, INT64_MIN);
	assert_int_equal(engine_stats(pipeline.engine)->output.lines, 0);
	engine_clock(pipeline.engine, INT64_C(31001) * MS);
	assert_int_equal(engine_stats(pipeline.engine)->output.lines, 1);
	get.src_port = 40001;
	pipeline_send(&pipeline, &get, INT64_C(900) * MS); /* late: it is overdue with the next second */
	engine_clock(pipeline.engine, INT64_C(32000) * MS);
	assert_int_equal(engine_stats(pipeline.engine)->output.lines, 2);
	engine_clock(pipeline.engine, INT64_MAX);
	assert_int_equal(engine_stats(pipeline.engine)->flow.active, 0);
	pipeline_end(&pipeline);
	assert_int_equal(pipeline_count(&pipeline, "\"url\":\"/slow\""), 2);
	pipeline_fini(&pipeline);
}

#define LONG_VALUE "TEST-value-that-nobody-could-guess"
#define FORM "POST /form HTTP/1.1\r\nHost: a.test\r\nX-Company: " LONG_VALUE "-1\r\nCookie: Company=" LONG_VALUE "-2\r\n" \
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 46\r\n\r\ncompany=" LONG_VALUE "-3&a"

/* How many tokens are told of: with the names configured or not, with bodies of so many bytes kept. */
static unsigned tokens_of(const struct pipeline_assets *assets, bool named, int64_t body_size)
{
	struct pipeline pipeline;
	struct frames_spec post = to_server(1, bytes_text(FORM));

	pipeline_init(&pipeline);
	pipeline.config.body_size = body_size;
	if (named) {
		texts_add(&pipeline.config.token_headers, "x-company");
		texts_add(&pipeline.config.token_cookies, "Company");
		texts_add(&pipeline.config.token_parameters, "company");
	}
	assert_true(pipeline_begin(&pipeline, assets));
	pipeline_send(&pipeline, &post, MS);
	pipeline_end(&pipeline);
	unsigned n = pipeline_count(&pipeline, "\"event_type\":\"token\"");

	pipeline_fini(&pipeline);
	return n;
}

static void configured_places(void **state)
{
	assert_int_equal(tokens_of(*state, false, 1 << 20), 0);
	assert_int_equal(tokens_of(*state, true, 1 << 20), 3);
	assert_int_equal(tokens_of(*state, true, 45), 2); /* the form is not kept */
}

/* Times that a capture may claim: no arithmetic on them may overflow. */
static void hostile_times(void **state)
{
	static const int64_t times[] = { INT64_MIN, INT64_MAX, 0, -1, INT64_MIN + 1, INT64_MAX - 1, 1,
	    INT64_C(1700000000000000000) };
	enum { N = sizeof times / sizeof times[0] };

	for (unsigned first = 0; first < N; first++) {
		struct pipeline pipeline;
		uint32_t seq = 1;

		pipeline_init(&pipeline);
		pipeline.config.stats = true;
		assert_true(pipeline_begin(&pipeline, *state));
		for (unsigned i = 0; i < N; i++) {
			struct frames_spec spec = to_server(seq, bytes_text(GET("/a")));

			pipeline_send(&pipeline, &spec, times[(first + i) % N]);
			spec.seq += 100; /* with a hole before it */
			pipeline_send(&pipeline, &spec, times[(first + 2 * i) % N]);
			seq += 33;
		}
		pipeline_end(&pipeline);
		assert_int_not_equal(pipeline_count(&pipeline, "\"url\":\"/a\""), 0);
		pipeline_fini(&pipeline);
	}
}

/* IPv6, and a snap length that cuts the payload. */
static void ipv6_and_cut(void **state)
{
	struct pipeline pipeline;
	struct frames_spec spec = { .src = "2001:db8::1", .dst = "2001:db8::2", .src_port = 40000, .dst_port = 8080,
	    .flags = TCP_ACK, .seq = 1,
		.data = bytes_text(GET("/six")) };
	uint8_t *out = malloc(FRAMES_MAX);

	assert_non_null(out);
	pipeline_init(&pipeline);
	assert_true(pipeline_begin(&pipeline, *state));
	pipeline_send(&pipeline, &spec, MS);
	spec.seq += (uint32_t)spec.data.len;
	spec.data = bytes_text("GET /cut HTTP/1.1\r\nHost: a.test\r\nX: this part is not captured\r\n\r\n");
	struct frame frame = frames_make(&spec, out, MS, 2);

	frame.data.len -= 30;
	pipeline_frame(&pipeline, &frame);
	spec.seq += (uint32_t)spec.data.len;
	spec.data = bytes_text(GET("/after"));
	pipeline_send(&pipeline, &spec, MS);
	pipeline_end(&pipeline);
	assert_int_equal(pipeline_count(&pipeline, "\"url\":\"/six\""), 1);
	assert_int_equal(pipeline_count(&pipeline, "\"url\":\"/after\""), 1);
	assert_int_equal(pipeline_count(&pipeline, "2001:0db8:"), pipeline_count(&pipeline, "\"event_type\"") * 2);
	pipeline_fini(&pipeline);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_scripts),
		cmocka_unit_test(unanswered),
		cmocka_unit_test(response_wait),
		cmocka_unit_test(clock_in_silence),
		cmocka_unit_test(configured_places), cmocka_unit_test(hostile_times),
		cmocka_unit_test(ipv6_and_cut),
	};

	return cmocka_run_group_tests(tests, pipeline_setup, pipeline_teardown);
}
