/* Labels: what nDPI is asked, and what is taken from earlier flows of the same service. */
#include "sensor/flow/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/frames.h"

struct rig {
	struct budget top, scratch_budget;
	struct arena arena;
	struct label_source *source;
	struct labeller *labeller;
};

static void rig_begin(struct rig *rig, size_t memcap)
{
	budget_init(&rig->top, memcap, NULL);
	budget_init(&rig->scratch_budget, SIZE_MAX, NULL);
	arena_init(&rig->arena, 4096, &rig->scratch_budget);
	rig->source = label_source_new(1);
	assert_non_null(rig->source);
	rig->labeller = labeller_new(&rig->top, rig->source);
	assert_non_null(rig->labeller);
}

static void rig_end(struct rig *rig)
{
	labeller_free(rig->labeller);
	label_source_free(rig->source);
	arena_fini(&rig->arena);
	assert_int_equal(rig->top.used, 0);
}

static struct flow flow_to(uint8_t host, uint16_t client_port, uint16_t port)
{
	struct flow flow = { .key = { .ip_version = 4, .ip_proto = IP_PROTO_TCP, .port = { client_port, port } } };

	memcpy(flow.key.addr[0].b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
	memcpy(flow.key.addr[1].b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16);
	flow.key.addr[1].b[15] = host;
	return flow;
}

static struct http_message request(struct rig *rig, const char *host, const char *agent)
{
	struct http_message message = { .dir = TO_SERVER, .record = record_new(&http_record, &rig->arena) };

	record_text(message.record, HTTP_METHOD, bytes_text("GET"));
	record_text(message.record, HTTP_URL, bytes_text("/"));
	record_text(message.record, HTTP_HOSTNAME, bytes_text(host));
	record_text(message.record, HTTP_USER_AGENT, bytes_text(agent));
	return message;
}

static void http_by_service(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1 << 24);
	struct http_message message = request(&rig, "api.test", "test/1"), other = request(&rig, "other.test",
	    "test/1");
	struct flow first = flow_to(1, 40000, 80), second = flow_to(1, 40001, 80), third = flow_to(1, 40002, 80);

	labeller_http(rig.labeller, &first, &message);
	assert_true(first.labelled);
	assert_non_null(first.label);
	assert_non_null(strstr(first.label->application, "HTTP"));
	assert_false(first.label_of_service);
	assert_int_equal(labeller_n_asked(rig.labeller), 1);
	labeller_http(rig.labeller, &second, &message); /* the same service */
	assert_ptr_equal(second.label, first.label);
	assert_true(second.label_of_service);
	labeller_http(rig.labeller, &third, &other); /* the same address, but another host */
	assert_false(third.label_of_service);
	assert_int_equal(labeller_n_asked(rig.labeller), 2);
	assert_int_equal(labeller_n_service(rig.labeller), 1);
	labeller_http(rig.labeller, &first, &other); /* decided is decided */
	assert_int_equal(labeller_n_asked(rig.labeller), 2);
	rig_end(&rig);
}

/* A known service is looked at again now and then. */
/* Two labellers of one source say the same; one of them goes before the other. */
static void one_source(void **state)
{
	struct rig rig;
	struct label_source *source = label_source_new(2);
	struct budget top;

	(void)state;
	rig_begin(&rig, 1 << 24);
	budget_init(&top, 1 << 24, NULL);
	struct labeller *one = labeller_new(&top, source), *two = labeller_new(&top, source);
	struct http_message message = request(&rig, "api.test", "test/1");
	struct flow first = flow_to(1, 40000, 80), second = flow_to(1, 40001, 80), third = flow_to(2, 40002, 80);

	assert_non_null(one);
	assert_non_null(two);
	labeller_http(one, &first, &message);
	labeller_http(two, &second, &message);
	assert_string_equal(first.label->application, second.label->application);
	assert_string_equal(first.label->category, second.label->category);
	assert_false(second.label_of_service); /* it is the nDPI that they share, not what they know */
	labeller_free(one);
	labeller_http(two, &third, &message);
	assert_string_equal(second.label->application, third.label->application);
	labeller_free(two);
	label_source_free(source);
	assert_int_equal(top.used, 0);
	rig_end(&rig);
}

static void asks_again(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1 << 24);
	struct http_message message = request(&rig, "api.test", "test/1");

	for (uint16_t i = 0; i < 1000; i++) {
		struct flow flow = flow_to(1, (uint16_t)(40000 + i), 80);

		labeller_http(rig.labeller, &flow, &message);
		assert_non_null(flow.label);
	}
	assert_in_range(labeller_n_asked(rig.labeller), 2, 20);
	rig_end(&rig);
}

/* Heads of any length and any bytes: nDPI gets them cut, never past their end. */
static void hostile_heads(void **state)
{
	struct rig rig;
	size_t len = 100000;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	rig_begin(&rig, 1 << 24);
	for (unsigned c = 0; c < 256; c += 5) {
		memset(text, (int)c, len);
		text[len] = '\0';
		struct http_message message = request(&rig, text, text);
		struct flow flow = flow_to((uint8_t)c, 40000, 80);

		record_text(message.record, HTTP_URL, bytes_text(text));
		record_text(message.record, HTTP_METHOD, bytes_text(text));
		labeller_http(rig.labeller, &flow, &message);
		message.dir = TO_CLIENT;
		record_text(message.record, HTTP_CONTENT_TYPE, bytes_text(text));
		flow = flow_to((uint8_t)c, 40000, 81);
		labeller_http(rig.labeller, &flow, &message);
		assert_true(flow.labelled);
	}
	rig_end(&rig);
	free(text);
}

static void packet_of(struct rig *rig, struct flow *flow, const char *text)
{
	struct frames_spec spec = { .src = "10.0.0.1", .dst = "192.0.2.1", .src_port = flow->key.port[0],
	    .dst_port = flow->key.port[1],
		.flags = TCP_ACK, .data = bytes_text(text) };
	uint8_t *out = malloc(FRAMES_MAX);

	assert_non_null(out);
	size_t len = frames_build(&spec, out);
	struct packet packet = { .time_ns = 1, .ip_version = 4, .ip_proto = IP_PROTO_TCP,
	    .network = bytes_of(out + 14, len - 14),
		.payload = bytes_of(out + 54, len - 54) };

	labeller_packet(rig->labeller, flow, &packet, 0);
	free(out);
}

/* Other protocols: nDPI sees the packets; but for TCP, after flows that agree, the service is known without it. */
static void packets_over(uint8_t ip_proto, uint64_t n_asked)
{
	struct rig rig;
	uint64_t asked = 0;

	rig_begin(&rig, 1 << 24);
	for (uint16_t i = 0; i < 20; i++) {
		struct flow flow = flow_to(1, (uint16_t)(40000 + i), 22);

		flow.key.ip_proto = ip_proto;

		for (unsigned n = 0; n < LABEL_PACKETS && !flow.labelled; n++)
			packet_of(&rig, &flow, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
		assert_true(flow.labelled);
		assert_null(flow.labelling);
		assert_non_null(flow.label);
		assert_non_null(strstr(flow.label->application, "SSH"));
		assert_int_equal(flow.label_of_service, i >= n_asked);
		asked = labeller_n_asked(rig.labeller);
		labeller_end(rig.labeller, &flow);
	}
	assert_int_equal(asked, n_asked);
	rig_end(&rig);
}

static void packets(void **state)
{
	(void)state;
	packets_over(IP_PROTO_UDP, LABEL_AGREE);
	packets_over(IP_PROTO_TCP, 20);
}

/* A flow that ends undecided gives its memory back; one that gets none is left without a label. */
static void undecided(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1 << 24);
	struct flow flow = flow_to(9, 40000, 4711);

	packet_of(&rig, &flow, "\x01\x02\x03\x04\x05");
	assert_non_null(flow.labelling);
	assert_true(rig.top.used > 0);
	labeller_end(rig.labeller, &flow);
	assert_int_equal(rig.top.used, 0);
	rig_end(&rig);
	rig_begin(&rig, 100);
	flow = flow_to(9, 40000, 4711);
	packet_of(&rig, &flow, "\x01\x02\x03\x04\x05");
	assert_true(flow.labelled);
	assert_null(flow.label);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_by_service),
		cmocka_unit_test(one_source),
		cmocka_unit_test(asks_again),
		cmocka_unit_test(hostile_heads),
		cmocka_unit_test(packets),
		cmocka_unit_test(undecided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
