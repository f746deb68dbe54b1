/* Counters of what the sensor could not read, as the stats event has them: by link type, by transport, by application protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/pipeline.h"

#define SECOND 1000000000

struct talk {
	bool udp;
	const char *data;
	size_t len;
};

#define TCP(text) { false, text, sizeof(text) - 1 }
#define UDP(text) { true, text, sizeof(text) - 1 }

static const struct talk talks[] = {
	TCP("GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n"),
	TCP("\x16\x03\x01\x00\x04\x01\x00\x00\x00"),
	TCP("\x17\x03\x03\x00\x20zzzz"),
	TCP("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"), /* read, though nothing is asked for */
	TCP("\0\0\0\4\1\0\0\0\0"), /* a frame alone, which may be chance */
	TCP("SSH-2.0-OpenSSH_9.2\r\n"),
	TCP("\x01\x02\x03\x04 some other protocol"),
	TCP(""),
	UDP("\xc3\0\0\0\1\x08zzzzzzzz"),
	UDP("some other protocol"),
};

static void begin(struct pipeline *pipeline, const struct pipeline_assets *assets, unsigned n_workers)
{
	pipeline_init(pipeline);
	pipeline->config.stats = true;
	pipeline->n_workers = n_workers;
	assert_true(pipeline_begin(pipeline, assets));
}

/* Each in a flow of its own, and the second packet of a flow changes nothing. */
static void undecoded(void **state)
{
	struct pipeline pipeline;

	for (unsigned n_workers = 1; n_workers <= 3; n_workers++) {
		begin(&pipeline, *state, n_workers);
		for (unsigned i = 0; i < 2 * sizeof talks / sizeof *talks; i++) {
			const struct talk *talk = &talks[i / 2];
			struct frames_spec spec = { .src = "10.0.0.1", .dst = "10.0.0.2", .src_port = (uint16_t)(40000 + i / 2),
				.dst_port = 4000, .udp = talk->udp, .flags = TCP_ACK, .seq = 1 + i % 2 * (uint32_t)talk->len,
				.data = bytes_of(talk->data, talk->len) };

			pipeline_send(&pipeline, &spec, SECOND);
		}
		pipeline_end(&pipeline);
		assert_int_equal(pipeline_count(&pipeline, "\"http_flows\":1,"), 2); /* since the start, and in the interval */
		assert_int_equal(pipeline_count(&pipeline,
		    "\"undecoded\":{\"tls\":2,\"quic\":1,\"http2\":1,\"ssh\":1,\"tcp\":1,\"udp\":1}"), 2);
		pipeline_fini(&pipeline);
	}
}

/* IPv4 without options, of a protocol; the payload is its last byte. */
static void send_ip(struct pipeline *pipeline, uint32_t link_type, uint8_t protocol)
{
	uint8_t packet[] = { 0x45, 0, 0, 21, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 7 };
	struct frame frame = { .time_ns = SECOND, .link_type = link_type, .wire_len = sizeof packet,
		.data = bytes_of(packet, sizeof packet) };

	pipeline_frame(pipeline, &frame);
}

static void transports_and_links(void **state)
{
	enum { LINK_RAW = 101, LINK_IPV4 = 228, LINK_NFLOG = 239, LINK_NOBODYS = 147 };
	static const uint8_t protocols[] = { IP_PROTO_ICMP, IP_PROTO_ICMP, IP_PROTO_ICMP6, IP_PROTO_ESP, 89, 103 };
	struct pipeline pipeline;

	begin(&pipeline, *state, 1);
	for (size_t i = 0; i < sizeof protocols; i++)
		send_ip(&pipeline, i % 2 ? LINK_RAW : LINK_IPV4, protocols[i]);
	send_ip(&pipeline, LINK_NOBODYS, IP_PROTO_TCP);
	send_ip(&pipeline, FRAMES_ETHERNET, 0); /* read as Ethernet, it is none of IP's */
	send_ip(&pipeline, LINK_NFLOG, 0);
	pipeline_end(&pipeline);
	assert_int_equal(pipeline_count(&pipeline,
	    "\"icmpv4\":2,\"icmpv6\":1,\"sctp\":0,\"esp\":1,\"other_transport\":2,\"unknown_network\":1,\"unknown_link\":1,"), 2);
	assert_int_equal(pipeline_count(&pipeline, "\"link\":{\"ethernet\":1,\"raw\":6,\"nflog\":1,\"other\":1}"), 2);
	assert_int_equal(pipeline_count(&pipeline, "\"failed\":{\"nflog\":1,\"other\":1}"), 2);
	pipeline_fini(&pipeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undecoded),
		cmocka_unit_test(transports_and_links),
	};

	return cmocka_run_group_tests(tests, pipeline_setup, pipeline_teardown);
}
