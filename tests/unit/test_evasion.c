/* Insertion and evasion: what a sensor must read where a stream is made for it to read something else than the receiver does.
 * The techniques are those of Ptacek and Newsham, "Insertion, Evasion, and Denial of Service" (1998), section 5, and of fragroute;
 * the overlaps those of Novak and Sturges (2007). Each runs through a whole worker; the view is the URLs of its http events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/flow/overlap.h"
#include "tests/support/pipeline.h"

/* what a step or a script does not say is 0 */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define MS INT64_C(1000000)
#define HEAD(url) "GET " url " HTTP/1.1\r\nHost: a.test\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define GOOD HEAD("/good")   /* 36 bytes, as is EVIL */
#define EVIL HEAD("/evil")

/* Handshake records of 262 bytes, their message's header and no more; ~ is sent as NUL. */
#define FILL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HELLO_FILL "~~\xfd" "3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" FILL FILL FILL
#define HELLO_REST "\x01\x01\x01" HELLO_FILL
#define HELLO "\x16\x03\x01" HELLO_REST
#define SERVER_HELLO "\x16\x03\x03\x01\x01\x02" HELLO_FILL

enum { A = TCP_ACK, S = TCP_SYN, SA = TCP_SYN | TCP_ACK, R = TCP_RST, RA = TCP_RST | TCP_ACK, F = TCP_FIN, FA = TCP_FIN | TCP_ACK,
    U = TCP_ACK | TCP_URG, RIGHT = FRAMES_SUM_RIGHT, WRONG = FRAMES_SUM_WRONG, WRONG_IP = FRAMES_SUM_WRONG_IP,
    PARTIAL = FRAMES_SUM_PARTIAL };

struct step {
	char from;             /* 'c', 's'; 0 ends the script */
	uint8_t flags;
	uint32_t seq, ack;     /* starts are 1000 and 5000 */
	const char *data;
	uint32_t wait_ms;
	uint8_t ttl, sum;
	uint16_t vlan, id, urgent;
	bool shut;
	uint32_t time, echo;
};

struct script {
	const char *name;
	struct step steps[24];
	const char *want;      /* "/good=200 " */
	const char *setting;   /* "tcp.checksum=no", or NULL */
	const char *event;     /* an anomaly that must be there, or NULL */
	const char *counter;   /* of tcp, that must not be 0, or NULL */
	const char *never;     /* an anomaly that must not be there, or NULL */
};

/* With right checksums, so that a wrong one says something; and with timestamps. */
#define OPEN { 'c', S, 1000, 0, "", .sum = RIGHT }, { 's', SA, 5000, 1001, "", .sum = RIGHT }, \
	{ 'c', A, 1001, 5001, "", .sum = RIGHT }
#define OPEN_TIMES { 'c', S, 1000, 0, "", .time = 100, .echo = 0 }, { 's', SA, 5000, 1001, "", .time = 900, .echo = 100 }, \
	{ 'c', A, 1001, 5001, "", .time = 100, .echo = 900 }
#define SAYS(seq, ack, text) { 'c', A, seq, ack, text, .sum = RIGHT }
#define ANSWERS(seq, ack) { 's', A, seq, ack, OK, .sum = RIGHT }
#define GOOD_ANSWERED SAYS(1001, 5001, GOOD), ANSWERS(5001, 1037)

static const struct script scripts[] = {
	{ "nothing odd", { OPEN, GOOD_ANSWERED }, "/good=200 " },

	/* checksums */
	{ "wrong checksum first", { OPEN, { 'c', A, 1001, 5001, EVIL, .sum = WRONG }, GOOD_ANSWERED }, "/good=200 ",
	    .event = "stream.insertion", .counter = "insertion" },
	{ "wrong checksum of the IPv4 header", { OPEN, { 'c', A, 1001, 5001, EVIL, .sum = WRONG_IP }, GOOD_ANSWERED }, "/good=200 ",
	    .event = "stream.insertion" },
	{ "wrong checksum, a piece of it, longer than the right one", { OPEN, SAYS(1001, 5001, "GET /"),
	    { 'c', A, 1006, 5001, "evil HTTP/1.1\r\nHost: b.test\r\n\r\n" HEAD("/more"), .sum = WRONG },
	    SAYS(1006, 5001, "good HTTP/1.1\r\nHost: a.test\r\n\r\n"), ANSWERS(5001, 1037), SAYS(1037, 5039, HEAD("/next")) },
	    "/good=200 /next " },
	{ "a copy of what was read, spoilt on the wire", { OPEN, SAYS(1001, 5001, GOOD), { 'c', A, 1001, 5001, EVIL, .sum = WRONG },
	    ANSWERS(5001, 1037) }, "/good=200 ", .counter = "invalid_checksum", .never = "stream.overlap_disagrees" },
	{ "... deliberately", { OPEN, SAYS(1001, 5001, GOOD), SAYS(1001, 5001, EVIL), ANSWERS(5001, 1037) }, "/good=200 ",
	    .event = "stream.overlap_disagrees" },
	{ "wrong checksum, nothing else comes", { OPEN, { 'c', A, 1001, 5001, EVIL, .sum = WRONG } }, "", .counter = "suspect_dropped" },
	{ "... always wrong", { OPEN, { 'c', A, 1001, 5001, EVIL, .sum = WRONG }, GOOD_ANSWERED }, "/good=200 ", "tcp.checksum=yes" },
	{ "... not looked at", { OPEN, { 'c', A, 1001, 5001, EVIL, .sum = WRONG }, GOOD_ANSWERED }, "/evil=200 ", "tcp.checksum=no",
	    "stream.overlap_disagrees" },
	{ "an offloading sender: every checksum wrong", { { 'c', S, 1000, 0, "", .sum = WRONG }, { 's', SA, 5000, 1001, "", .sum = RIGHT },
	    { 'c', A, 1001, 5001, GOOD, .sum = WRONG }, ANSWERS(5001, 1037) }, "/good=200 ", .counter = "invalid_checksum" },
	{ "a card's checksums among right ones, not acknowledged", { OPEN, SAYS(1001, 5001, "GET /go"),
	    { 'c', A, 1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n", .sum = PARTIAL } }, "/good ", .counter = "suspect" },
	{ "data edited afterwards: wrong, but acknowledged", { OPEN, { 'c', A, 1001, 5001, GOOD, .sum = WRONG }, ANSWERS(5001, 1037),
	    { 'c', A, 1037, 5039, HEAD("/2"), .sum = WRONG, .wait_ms = 200 }, { 's', A, 5039, 1070, OK, .sum = RIGHT },
	    { 'c', A, 1070, 5077, HEAD("/3"), .sum = WRONG, .wait_ms = 200 } }, "/good=200 /2=200 /3 " },
	{ "wrong checksum on a RST", { OPEN, SAYS(1001, 5001, "GET /go"), { 's', R, 5001, 0, "", .sum = WRONG },
	    { 'c', A, 1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n", .wait_ms = 9000, .sum = RIGHT } }, "/good " },
	{ "wrong checksum on a FIN", { OPEN, SAYS(1001, 5001, "GET /go"), { 'c', FA, 1008, 5001, "", .sum = WRONG },
	    { 's', A, 5001, 1009, "", .sum = RIGHT }, SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n") }, "/good " },
	{ "wrong checksum on SYN and on data that go on from it", { OPEN, SAYS(1001, 5001, "GET /go"),
	    { 'c', S, 9000000, 0, "", .sum = WRONG }, { 'c', A, 9000001, 5001, EVIL, .sum = WRONG },
	    SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n") }, "/good " },

	/* what never reaches the receiver, or is refused there */
	{ "too few hops to live", { OPEN, { 'c', A, 1001, 5001, EVIL, .ttl = 3 }, GOOD_ANSWERED }, "/good=200 ", "tcp.checksum=no",
	    "stream.insertion" },
	{ "few hops, but nobody else says it", { OPEN, { 'c', A, 1001, 5001, GOOD, .ttl = 20 }, ANSWERS(5001, 1037) }, "/good=200 ",
	    "tcp.checksum=no" },
	{ "no acknowledgement at all", { OPEN, { 'c', 0, 1001, 0, EVIL, .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 ",
	    .event = "stream.insertion" },
	{ "acknowledges what was not sent", { OPEN, { 'c', A, 1001, 5900, EVIL, .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 ",
	    .event = "stream.insertion" },
	{ "acknowledges what is long past", { OPEN, { 'c', A, 1001, 4000, EVIL, .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 ",
	    .event = "stream.insertion" },
	{ "an old timestamp", { OPEN_TIMES, { 'c', A, 1001, 5001, EVIL, .time = 99, .echo = 900 },
	    { 'c', A, 1001, 5001, GOOD, .time = 101, .echo = 900 }, { 's', A, 5001, 1037, OK, .time = 901, .echo = 101 } },
	    "/good=200 ", .event = "stream.insertion", .counter = "paws" },
	{ "... before anything was echoed", { { 'c', A, 1001, 5001, GOOD, .time = 99, .echo = 900 } }, "/good " },
	{ "an old timestamp that only looks old: the clock wrapped", { { 'c', S, 1000, 0, "", .time = 4294967290 },
	    { 's', SA, 5000, 1001, "", .time = 900, .echo = 4294967290 }, { 'c', A, 1001, 5001, GOOD, .time = 5, .echo = 900 },
	    { 's', A, 5001, 1037, OK, .time = 901, .echo = 5 } }, "/good=200 " },
	{ "a segment that its acknowledgement overtook", { OPEN_TIMES, { 's', A, 5001, 1037, "", .time = 901, .echo = 102 },
	    { 'c', A, 1001, 5001, GOOD, .time = 101, .echo = 900, .wait_ms = 40 },
	    { 's', A, 5001, 1037, OK, .time = 902, .echo = 102 } }, "/good=200 " },
	{ "into a shut window", { OPEN, { 's', A, 5001, 1001, "", .sum = RIGHT, .shut = true }, SAYS(1001, 5001, EVIL),
	    { 's', A, 5001, 1001, "", .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 ", .event = "stream.insertion" },
	{ "a probe of a shut window", { OPEN, SAYS(1001, 5001, "GET /go"), { 's', A, 5001, 1008, "", .sum = RIGHT, .shut = true },
	    SAYS(1008, 5001, "o"), { 's', A, 5001, 1008, "", .sum = RIGHT, .shut = true }, { 's', A, 5001, 1008, "", .sum = RIGHT },
	    SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n"), ANSWERS(5001, 1037) }, "/good=200 " },
	{ "far beyond any window, twice, then the stream goes on", { OPEN, SAYS(1001, 5001, "GET /go"),
	    { 'c', A, 1008 + 2147000000u, 5001, "x", .sum = RIGHT }, { 'c', A, 1008 + 4294000000u, 5001, "x", .sum = RIGHT },
	    SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n"), ANSWERS(5001, 1037) }, "/good=200 ", .counter = "out_of_window" },

	/* SYN, FIN, RST */
	{ "data on a SYN that the server does not take", { { 'c', S, 1000, 0, EVIL }, { 's', SA, 5000, 1001, "" },
	    { 'c', A, 1001, 5001, GOOD }, ANSWERS(5001, 1037) }, "/good=200 ", .event = "stream.insertion" },
	{ "data on a SYN that it takes (TFO)", { { 'c', S, 1000, 0, GOOD }, { 's', SA, 5000, 1037, "" }, ANSWERS(5001, 1037),
	    { 'c', A, 1037, 5039, "" } }, "/good=200 " },
	{ "... and goes on with", { { 'c', S, 1000, 0, "GET /go" }, { 's', SA, 5000, 1008, "" },
	    { 'c', A, 1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n" }, ANSWERS(5001, 1037) }, "/good=200 " },
	{ "... and the server is not seen", { { 'c', S, 1000, 0, "GET /go" },
	    { 'c', A, 1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n" } }, "/good " },
	{ "a FIN far ahead, then the real one", { OPEN, { 'c', FA, 900000, 5001, "", .sum = RIGHT }, GOOD_ANSWERED,
	    { 'c', FA, 1037, 5039, "", .sum = RIGHT }, { 's', FA, 5039, 1038, "", .sum = RIGHT } }, "/good=200 " },
	{ "a FIN with a wrong start", { OPEN, { 'c', FA, 500, 5001, "", .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 " },
	{ "a RST with a wrong start", { OPEN, { 'c', R, 90001001, 0, "", .sum = RIGHT },
	    { 'c', A, 1001, 5001, GOOD, .wait_ms = 5000, .sum = RIGHT } },
	    "/good " },
	{ "a SYN in the middle", { OPEN, SAYS(1001, 5001, "GET /go"), { 'c', S, 1007, 0, "", .sum = RIGHT },
	    SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.test\r\n\r\n"), ANSWERS(5001, 1037) }, "/good=200 " },
	{ "both open at once", { { 'c', S, 1000, 0, "" }, { 's', S, 5000, 0, "" }, { 'c', SA, 1000, 5001, "" },
	    { 's', SA, 5000, 1001, "" }, { 'c', A, 1001, 5001, GOOD }, ANSWERS(5001, 1037) }, "/good=200 " },
	{ "split handshake of four", { { 'c', S, 1000, 0, "" }, { 's', S, 5000, 0, "" }, { 'c', SA, 1000, 5001, "" },
	    { 's', A, 5001, 1001, "" }, { 'c', A, 1001, 5001, GOOD }, ANSWERS(5001, 1037) }, "/good=200 " },
	{ "split handshake of five", { { 'c', S, 1000, 0, "" }, { 's', A, 9999, 1001, "" }, { 's', S, 5000, 0, "" },
	    { 'c', SA, 1000, 5001, "" }, { 's', A, 5001, 1001, "" }, { 'c', A, 1001, 5001, GOOD }, ANSWERS(5001, 1037) },
	    "/good=200 " },
	{ "data before the handshake is over", { { 'c', S, 1000, 0, "" }, { 'c', A, 1001, 0, GOOD }, { 's', SA, 5000, 1001, "" },
	    { 'c', A, 1001, 5001, GOOD }, ANSWERS(5001, 1037) }, "/good=200 " },

	/* cut up, sent again */
	{ "sequence numbers that wrap", { { 'c', S, 4294967289u, 0, "" }, { 's', SA, 5000, 4294967290u, "" },
	    { 'c', A, 4294967290u, 5001, "GET /g" }, { 'c', A, 0, 5001, "ood HTTP/1.1\r\nHost: a.test\r\n\r\n" },
	    ANSWERS(5001, 30) }, "/good=200 " },
	{ "backwards", { OPEN, SAYS(1030, 5001, "st\r\n\r\n"), SAYS(1008, 5001, "od HTTP/1.1\r\nHost: a.te"), SAYS(1001, 5001, "GET /go"),
	    ANSWERS(5001, 1037) }, "/good=200 " },
	{ "a keep-alive with garbage", { OPEN, GOOD_ANSWERED, { 'c', A, 1036, 5039, "\xff", .sum = RIGHT },
	    { 's', A, 5039, 1037, "", .sum = RIGHT }, SAYS(1037, 5039, HEAD("/2")) }, "/good=200 /2 ", .counter = "keepalive" },
	{ "every packet twice, the copy a hop later and under another tag", { { 'c', S, 1000, 0, "", .vlan = 10, .id = 1, .sum = RIGHT },
	    { 'c', S, 1000, 0, "", .vlan = 20, .id = 1, .ttl = 63, .sum = RIGHT }, { 's', SA, 5000, 1001, "", .vlan = 20, .id = 1 },
	    { 's', SA, 5000, 1001, "", .vlan = 10, .id = 1, .ttl = 63 }, { 'c', A, 1001, 5001, GOOD, .vlan = 10, .id = 2, .sum = RIGHT },
	    { 'c', A, 1001, 5001, GOOD, .vlan = 20, .id = 2, .ttl = 63, .sum = RIGHT }, { 's', A, 5001, 1037, OK, .vlan = 20, .id = 2 },
	    { 's', A, 5001, 1037, OK, .vlan = 10, .id = 2, .ttl = 63 } }, "/good=200 ", .counter = "duplicate" },
	{ "acknowledgements tens of milliseconds early, many segments behind the hole", { OPEN, { 's', A, 5001, 1037, "", .sum = RIGHT },
	    SAYS(1002, 5001, "E"), SAYS(1003, 5001, "T"), SAYS(1004, 5001, " "), SAYS(1005, 5001, "/"), SAYS(1006, 5001, "g"),
	    SAYS(1007, 5001, "o"), SAYS(1008, 5001, "o"), SAYS(1009, 5001, "d"), SAYS(1010, 5001, " "), SAYS(1011, 5001, "H"),
	    { 'c', A, 1001, 5001, "G", .sum = RIGHT, .wait_ms = 60 }, SAYS(1012, 5001, "TTP/1.1\r\nHost: a.test\r\n\r\n"),
	    ANSWERS(5001, 1037) }, "/good=200 " },

	/* urgent data: the pointer counts to the byte behind the urgent one */
	{ "urgent, in line", { OPEN, { 'c', U, 1001, 5001, "GET /goXod HTTP/1.1\r\nHost: a.test\r\n\r\n", .urgent = 8, .sum = RIGHT },
	    ANSWERS(5001, 1038) }, "/goXod=200 ", .event = "stream.urgent_data", .counter = "urg" },
	{ "urgent, out of band", { OPEN, { 'c', U, 1001, 5001, "GET /goXod HTTP/1.1\r\nHost: a.test\r\n\r\n", .urgent = 8, .sum = RIGHT },
	    ANSWERS(5001, 1038) }, "/good=200 ", "tcp.urgent=oob" },
	{ "... early", { OPEN, { 'c', U, 1006, 5001, "goXod HTTP/1.1\r\nHost: a.test\r\n\r\n", .urgent = 3, .sum = RIGHT },
	    SAYS(1001, 5001, "GET /"), ANSWERS(5001, 1038) }, "/good=200 ", "tcp.urgent=oob" },
	{ "... the first byte of all", { OPEN, { 'c', U, 1001, 5001, "XGET /good HTTP/1.1\r\nHost: a.test\r\n\r\n", .urgent = 1, .sum = RIGHT },
	    ANSWERS(5001, 1038) }, "/good=200 ", "tcp.urgent=oob" },
	{ "urgent, dropped", { OPEN, { 'c', U, 1001, 5001, EVIL, .urgent = 1, .sum = RIGHT }, GOOD_ANSWERED }, "/good=200 ",
	    "tcp.urgent=drop" },

	/* before the plaintext */
	{ "a ClientHello, then HTTP in one segment", { OPEN, { 'c', A, 1001, 5001, HELLO GOOD, .sum = RIGHT }, ANSWERS(5001, 1299) },
	    "/good=200 " },
	{ "... in crumbs", { OPEN, SAYS(1001, 5001, "\x16"), SAYS(1002, 5001, "\x03\x01"), SAYS(1004, 5001, HELLO_REST "GET /g"),
	    SAYS(1269, 5001, "ood HTTP/1.1\r\nHost: a.test\r\n\r\n") }, "/good " },
	{ "handshakes of both, then HTTP", { OPEN, SAYS(1001, 5001, HELLO), { 's', A, 5001, 1263, SERVER_HELLO, .sum = RIGHT },
	    SAYS(1263, 5263, GOOD), { 's', A, 5263, 1299, OK, .sum = RIGHT } }, "/good=200 " },
	{ "the server's in front of its response", { OPEN, SAYS(1001, 5001, HELLO GOOD),
	    { 's', A, 5001, 1299, SERVER_HELLO OK, .sum = RIGHT } }, "/good=200 " },
	{ "TLS that stays TLS", { OPEN, SAYS(1001, 5001, HELLO), { 's', A, 5001, 1263, SERVER_HELLO, .sum = RIGHT },
	    SAYS(1263, 5263, "\x17\x03\x03\x01\x10GET /") }, "" },
	{ "an SSLproxy line", { OPEN, { 'c', A, 1001, 5001,
	    "SSLproxy: [127.0.0.1]:34649,[10.0.0.1]:47286,[192.0.2.1]:443,s\r\n" GOOD, .sum = RIGHT } }, "/good " },
	{ "... in two segments", { OPEN, SAYS(1001, 5001, "SSLproxy: [127.0."),
	    SAYS(1018, 5001, "0.1]:34649,[10.0.0.1]:47286,[192.0.2.1]:443,s\r\n" GOOD) }, "/good " },
};

static void send_step(struct pipeline *pipeline, const struct step *step, int64_t *time_ns)
{
	bool client = step->from == 'c';
	char data[2048];
	size_t len = strlen(step->data);

	assert_true(len < sizeof data);
	for (size_t i = 0; i <= len; i++)
		data[i] = step->data[i] == '~' ? '\0' : step->data[i];
	struct frames_spec spec = { .src = client ? "10.0.0.1" : "10.0.0.2", .dst = client ? "10.0.0.2" : "10.0.0.1",
		.src_port = client ? 40000 : 80, .dst_port = client ? 80 : 40000, .flags = step->flags, .seq = step->seq,
		.ack = step->ack, .data = bytes_of(data, len), .ttl = step->ttl, .vlan = step->vlan, .id = step->id,
		.urgent = step->urgent, .shut = step->shut, .time = step->time, .echo = step->echo,
		.sum = (enum frames_sum)step->sum };

	*time_ns += step->wait_ms ? (int64_t)step->wait_ms * MS : MS;
	pipeline_send(pipeline, &spec, *time_ns);
}

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

static void begin(struct pipeline *pipeline, const struct pipeline_assets *assets, const char *setting)
{
	pipeline_init(pipeline);
	pipeline->config.token = CONFIG_TOKEN_NO;
	pipeline->config.alerts = false;
	if (setting) {
		struct errors errors = { 0 };
		char key[64];
		size_t len = strcspn(setting, "=");

		snprintf(key, sizeof key, "%.*s", (int)len, setting);
		config_set(&pipeline->config, key, setting + len + 1, NULL, 0, &errors);
		assert_int_equal(errors.n, 0);
	}
	assert_true(pipeline_begin(pipeline, assets));
}

static uint64_t counted(const struct stats *stats, const char *name)
{
	for (size_t i = 0; i < stats_n_counters; i++)
		if (strcmp(stats_counters[i].group, "tcp") == 0 && strcmp(stats_counters[i].name, name) == 0)
			return stats_get(stats, &stats_counters[i]);
	fail_msg("no counter %s", name);
	return 0;
}

static bool has_event(const struct pipeline *pipeline, const char *event)
{
	char text[64];

	snprintf(text, sizeof text, "\"event\":\"%s\"", event);
	return strstr(pipeline->text, text) != NULL;
}

static void techniques(void **state)
{
	unsigned n_wrong = 0;

	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		const struct script *script = &scripts[i];
		int64_t time_ns = 1700000000 * INT64_C(1000000000);
		struct pipeline pipeline;
		char got[512];

		begin(&pipeline, *state, script->setting);
		for (const struct step *step = script->steps; step->from; step++)
			send_step(&pipeline, step, &time_ns);
		pipeline_end(&pipeline);
		urls(&pipeline, got, sizeof got);
		bool right = strcmp(got, script->want) == 0 && (!script->event || has_event(&pipeline, script->event)) &&
		    (!script->never || !has_event(&pipeline, script->never)) &&
		    (!script->counter || counted(engine_stats(pipeline.engine), script->counter));

		if (!right)
			printf("%s: got \"%s\", want \"%s\", event %s, counter %s\n", script->name, got, script->want,
			    script->event ? script->event : "-", script->counter ? script->counter : "-");
		n_wrong += !right;
		pipeline_fini(&pipeline);
	}
	assert_int_equal(n_wrong, 0);
}

/* Whose bytes are read, by how the later segment lies: begins before, with, after the earlier one; of each, ends before, with,
 * after it. 'n': the later one's. */
static const struct {
	const char *policy, *wins;
} hosts[] = {
	{ "first", "ooo ooo ooo" }, { "last", "nnn nnn nnn" }, { "bsd", "nnn ooo ooo" }, { "bsd-right", "ooo nnn nnn" },
	{ "old-linux", "nnn onn ooo" }, { "linux", "nnn oon ooo" }, { "old-solaris", "ooo ooo ooo" }, { "solaris", "onn onn oon" },
	{ "hpux10", "nnn ooo ooo" }, { "hpux11", "onn onn oon" }, { "irix", "nnn ooo ooo" }, { "macos", "nnn ooo ooo" },
	{ "windows", "nnn ooo ooo" }, { "vista", "ooo ooo ooo" }, { "windows2k3", "nnn ooo ooo" },
};

/* "GET /............ HTTP/1.1": the earlier segment is offsets 9 to 13, all but its first byte of the request waits. */
static void overlap(const struct pipeline_assets *assets, size_t host, unsigned begins, unsigned ends)
{
	static const char text[] = "GET /............ HTTP/1.1\r\nHost: a.test\r\n\r\n";
	const unsigned from = 7 + 2 * begins, to = ends == 0 ? 12 - (begins < 2) : 11 + 2 * ends;
	const unsigned low = from < 9 ? from : 9, high = to > 13 ? to : 13;
	char setting[64], got[512], want[32] = "/............ ";
	int64_t time_ns = MS;
	struct pipeline pipeline;
	char first[64], last[64];

	snprintf(setting, sizeof setting, "tcp.policy=%s", hosts[host].policy);
	snprintf(first, sizeof first, "%.*s", (int)low - 1, text + 1);
	snprintf(last, sizeof last, "%s", text + high);
	for (unsigned at = low; at < high; at++) {
		bool earlier = at >= 9 && at < 13, later = at >= from && at < to;

		want[at - 4] = earlier && later ? hosts[host].wins[4 * begins + ends] : earlier ? 'o' : 'n';
	}
	const struct step steps[] = { OPEN, SAYS(1010, 5001, "oooo"), SAYS(1001 + from, 5001, "nnnnnnnn" + 8 - (to - from)),
		SAYS(1002, 5001, first), SAYS(1001 + high, 5001, last), SAYS(1001, 5001, "G") };

	begin(&pipeline, assets, setting);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		send_step(&pipeline, &steps[i], &time_ns);
	pipeline_end(&pipeline);
	urls(&pipeline, got, sizeof got);
	if (strcmp(got, want) != 0 || !has_event(&pipeline, "stream.overlap_disagrees"))
		fail_msg("%s, begins %u, ends %u: got \"%s\", want \"%s\"", hosts[host].policy, begins, ends, got, want);
	pipeline_fini(&pipeline);
}

static void overlaps(void **state)
{
	assert_int_equal(sizeof hosts / sizeof hosts[0], OVERLAP_POLICIES);
	for (size_t host = 0; host < OVERLAP_POLICIES; host++)
		for (unsigned begins = 0; begins < 3; begins++)
			for (unsigned ends = 0; ends < 3; ends++)
				overlap(*state, host, begins, ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(techniques), cmocka_unit_test(overlaps) };

	return cmocka_run_group_tests(tests, pipeline_setup, pipeline_teardown);
}
