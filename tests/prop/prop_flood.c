/* Floods stay under their caps, and who was there before is still heard: half-open flows, and segments that never come in order.
 * Run from the top of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "tests/support/pipeline.h"

#define MS INT64_C(1000000)
#define START (INT64_C(1700000000) * 1000 * MS)

#ifdef __SANITIZE_ADDRESS__
enum { HALF_OPEN = 300000, EARLY = 100000 };
#else
enum { HALF_OPEN = 10000000, EARLY = 1000000 };
#endif

enum { TALKS = 50, REQUESTS = 20, FLOW_MAX = 20000, RSS_MOST = 200 << 10 }; /* KiB */

static struct pipeline_assets assets;

/* Conversations that began before the flood, one request after the other. */
struct talk {
	uint32_t seq;
	unsigned n_requests;
};

static void ask(struct pipeline *pipeline, struct talk *talk, unsigned n, int64_t time_ns)
{
	char text[200];
	int len = snprintf(text, sizeof text, "GET /talk%u/%u HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer opaque-%u-%u\r\n\r\n", n,
	    talk->n_requests, n, talk->n_requests);
	struct frames_spec spec = { .src = "10.9.9.9", .dst = "192.0.2.80", .src_port = (uint16_t)(10000 + n), .dst_port = 80,
		.flags = TCP_ACK | TCP_PSH, .seq = talk->seq, .ack = 1, .data = bytes_of(text, (size_t)len) };

	pipeline_send(pipeline, &spec, time_ns);
	talk->seq += (uint32_t)len;
	talk->n_requests++;
}

static void begin(struct pipeline *pipeline)
{
	pipeline_init(pipeline);
	pipeline->config.flow_max = FLOW_MAX;
	pipeline->config.flow_memcap = 32 << 20;
	pipeline->config.tcp_memcap = 16 << 20;
	pipeline->config.tx_memcap = 16 << 20;
	pipeline->config.memcap = 64 << 20;
	assert_true(pipeline_begin(pipeline, &assets));
}

/* Every request of the talks was told, and nothing grew beyond its cap. */
static void check(struct pipeline *pipeline)
{
	const struct stats *stats = engine_stats(pipeline->engine);
	struct rusage usage;

	assert_true(stats->flow.memuse <= (uint64_t)pipeline->config.flow_memcap + (8 << 20)); /* the index beside the flows */
	assert_true(stats->tcp.memuse <= (uint64_t)pipeline->config.tcp_memcap);
	pipeline_end(pipeline);
	assert_int_equal(pipeline_count(pipeline, "\"event_type\":\"http\""), TALKS * REQUESTS);
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	assert_true(usage.ru_maxrss < RSS_MOST);
#else
	(void)usage;
#endif
	pipeline_fini(pipeline);
}

/* A frame that only some bytes of differ, made once: the flood is what is measured, not its making. */
struct template {
	uint8_t *data;
	size_t len;
};

static struct template template_of(const struct frames_spec *spec)
{
	struct template template = { malloc(FRAMES_MAX), 0 };

	assert_non_null(template.data);
	template.len = frames_build(spec, template.data);
	return template;
}

static void send_template(struct pipeline *pipeline, const struct template *template, int64_t time_ns)
{
	struct frame frame = { .time_ns = time_ns, .link_type = FRAMES_ETHERNET, .wire_len = (uint32_t)template->len,
		.data = bytes_of(template->data, template->len) };

	engine_frame(pipeline->engine, &frame, NULL);
}

static void half_open(void **state)
{
	enum { IP = 14, SOURCE = IP + 12, PORT = IP + 20 };
	const struct frames_spec syn = { .src = "10.0.0.0", .dst = "192.0.2.80", .src_port = 1, .dst_port = 80, .flags = TCP_SYN, .seq = 7 };
	struct template flood = template_of(&syn);
	struct talk talks[TALKS] = { 0 };
	struct pipeline pipeline;

	(void)state;
	begin(&pipeline);
	for (uint32_t i = 0; i < HALF_OPEN; i++) {
		int64_t now = START + i * (60000 * MS / HALF_OPEN); /* a minute */

		if (i % (HALF_OPEN / REQUESTS) == 0)
			for (unsigned n = 0; n < TALKS; n++)
				ask(&pipeline, &talks[n], n, now);
		for (unsigned k = 0; k < 4; k++) {
			flood.data[SOURCE + k] = (uint8_t)(k ? i >> (24 - 8 * k) : 11);
			flood.data[PORT + (k & 1)] = (uint8_t)(i >> 8 * (k & 1));
		}
		send_template(&pipeline, &flood, now);
	}
	const struct stats *stats = engine_stats(pipeline.engine);

	assert_true(stats->flow.total >= HALF_OPEN / 2);
	assert_true(stats->flow.active <= FLOW_MAX);
	assert_true(stats->flow.evicted + FLOW_MAX >= stats->flow.total);
	free(flood.data);
	check(&pipeline);
}

/* A segment far ahead of nothing, in flow after flow: each waits for what will never come. */
static void early(void **state)
{
	enum { PORT = 14 + 20, SEQ = PORT + 4 };
	static uint8_t body[1000];
	const struct frames_spec far = { .src = "10.7.7.7", .dst = "192.0.2.80", .src_port = 1, .dst_port = 80, .flags = TCP_ACK, .seq = 0,
		.ack = 1, .data = bytes_of(body, sizeof body) };
	struct template flood = template_of(&far);
	struct talk talks[TALKS] = { 0 };
	struct pipeline pipeline;

	(void)state;
	begin(&pipeline);
	for (uint32_t i = 0; i < EARLY; i++) {
		int64_t now = START + i * (60000 * MS / EARLY);

		if (i % (EARLY / REQUESTS) == 0)
			for (unsigned n = 0; n < TALKS; n++)
				ask(&pipeline, &talks[n], n, now);
		uint32_t seq = i / 1000 % 64 ? 2000 * (i / 1000) : 0; /* of each port first one byte sequence, then only holes */

		flood.data[PORT] = (uint8_t)(i % 1000 >> 8 | 0x80);
		flood.data[PORT + 1] = (uint8_t)(i % 1000);
		for (unsigned k = 0; k < 4; k++)
			flood.data[SEQ + k] = (uint8_t)(seq >> (24 - 8 * k));
		send_template(&pipeline, &flood, now);
	}
	free(flood.data);
	check(&pipeline);
}

static int load(void **state)
{
	(void)state;
	pipeline_assets_load(&assets);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	pipeline_assets_free(&assets);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_open),
		cmocka_unit_test(early),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
