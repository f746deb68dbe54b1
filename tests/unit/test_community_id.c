/* community_id: the vectors of corelight/community-id-spec (baseline/), both directions, seeds 0 and 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "sensor/output/community_id.h"

static const struct vector {
	uint8_t ip_version, ip_proto;
	const char *src, *dst;
	uint16_t src_port, dst_port;
	const char *want[2]; /* by seed; NULL: not published */
} vectors[] = {
	{ 4, 6, "128.232.110.120", "66.35.250.204", 34855, 80, { "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc=" } },
	{ 4, 6, "66.35.250.204", "128.232.110.120", 80, 34855, { "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc=" } },
	{ 4, 17, "192.168.1.52", "8.8.8.8", 54585, 53, { "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI=" } },
	{ 4, 17, "8.8.8.8", "192.168.1.52", 53, 54585, { "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI=" } },
	{ 4, 132, "192.168.170.8", "192.168.170.56", 7, 7, { "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg=" } },
	{ 4, 132, "192.168.170.56", "192.168.170.8", 7, 7, { "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg=" } },
	{ 6, 6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
	    { "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw=" } },
	{ 6, 6, "2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", 25, 63943,
	    { "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw=" } },
	/* no ports: not even those that a caller left in */
	{ 4, 46, "10.1.12.1", "10.1.12.2", 0, 0, { "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI=" } },
	{ 4, 46, "10.1.12.2", "10.1.12.1", 9, 5, { "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI=" } },
	/* as Suricata 7 wrote it; and between equal addresses, which its bug #5689 was about */
	{ 4, 6, "10.1.2.3", "192.0.2.10", 40001, 80, { "1:mkoIUlllPuw+sdgg20ELhvq8kKU=", NULL } },
	{ 4, 6, "127.0.0.1", "127.0.0.1", 58168, 18444, { "1:+0N5ycb2HP6ClC1q6gH4JCMLDXc=", NULL } },
	{ 4, 6, "127.0.0.1", "127.0.0.1", 18444, 58168, { "1:+0N5ycb2HP6ClC1q6gH4JCMLDXc=", NULL } },
};

static struct address address_from(const char *text, uint8_t ip_version)
{
	struct address address = { { 0 } };

	if (ip_version == 4) {
		address.b[10] = address.b[11] = 0xff;
		assert_int_equal(inet_pton(AF_INET, text, address.b + 12), 1);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, address.b), 1);
	}
	return address;
}

static struct flow_facts flow_from(const struct vector *v)
{
	return (struct flow_facts){
		.src = address_from(v->src, v->ip_version),
		.dst = address_from(v->dst, v->ip_version),
		.src_port = v->src_port,
		.dst_port = v->dst_port,
		.ip_version = v->ip_version,
		.ip_proto = v->ip_proto,
	};
}

static void published(void **state)
{
	(void)state;
	for (uint16_t seed = 0; seed < 2; seed++) {
		struct community_id *id = community_id_new(seed);

		assert_non_null(id);
		for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
			struct flow_facts flow = flow_from(&vectors[i]);
			char text[COMMUNITY_ID_LEN + 1] = { 0 };

			if (!vectors[i].want[seed])
				continue;
			assert_true(community_id_text(id, text, &flow));
			assert_string_equal(text, vectors[i].want[seed]);
		}
		community_id_free(id);
	}
}

static void none(void **state)
{
	struct community_id *id = community_id_new(0);
	struct flow_facts flow = flow_from(&vectors[0]);
	char text[COMMUNITY_ID_LEN] = "untouched";

	(void)state;
	assert_non_null(id);
	flow.ip_proto = IP_PROTO_ICMP;
	assert_false(community_id_text(id, text, &flow));
	flow.ip_proto = IP_PROTO_TCP;
	flow.ip_version = 0;
	assert_false(community_id_text(id, text, &flow));
	assert_string_equal(text, "untouched");
	community_id_free(id);
	community_id_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(published), cmocka_unit_test(none) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
