/* Fragments through a whole worker: the request in them is found, and counted as what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/fragments.h"
#include "tests/support/pipeline.h"

static struct pipeline_assets assets;

static void send(struct pipeline *pipeline, uint8_t ip_version, uint32_t offset, bool more, struct bytes data)
{
	struct fragments_spec spec = { .ip_version = ip_version, .protocol = IP_PROTO_TCP, .host = 1, .id = 7, .offset = offset,
		.more = more, .data = data };
	struct frame frame = fragments_frame(&spec, 1700000000 * INT64_C(1000000000));

	const uint8_t *made = frame.data.data;

	pipeline_frame(pipeline, &frame);
	free((void *)(uintptr_t)made);
}

static void test_request(void **state)
{
	static const char segment[] = "\xc0\x00\x00\x50\0\0\0\1\0\0\0\0\x50\x18\xff\xff\0\0\0\0"
	    "GET /in-fragments HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer 4fN9zq-R7uKk1vW_0yTgYh3bLxQe8sAmCdJpZo6i\r\n\r\n";
	struct bytes data = bytes_of(segment, sizeof segment - 1);

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct pipeline pipeline;
		uint8_t v = i ? 6 : 4;

		pipeline_init(&pipeline);
		pipeline.config.stats = true;
		assert_true(pipeline_begin(&pipeline, &assets));
		send(&pipeline, v, 80, false, bytes_tail(data, 80));
		send(&pipeline, v, 0, true, bytes_head(data, 40));
		send(&pipeline, v, 40, true, bytes_head(bytes_tail(data, 40), 40));
		send(&pipeline, v, 0, true, bytes_head(data, 40)); /* a mirror's copy: it waits in vain */
		pipeline_end(&pipeline);
		assert_int_equal(pipeline_count(&pipeline, "\"url\":\"/in-fragments\""), 2); /* http and token */
		assert_int_equal(pipeline_count(&pipeline, "\"kind\":\"opaque\""), 1);
		assert_int_equal(pipeline_count(&pipeline, "\"pkts\":4,"), 2); /* and in the interval */
		assert_int_equal(pipeline_count(&pipeline, "\"fragments\":4,\"truncated\""), 2);
		assert_int_equal(pipeline_count(&pipeline, i ? "\"defrag\":{\"ipv4\":{\"fragments\":0,\"reassembled\":0,\"timeouts\":0},"
		    "\"ipv6\":{\"fragments\":4,\"reassembled\":1,\"timeouts\":0},\"active\":1," :
		    "\"defrag\":{\"ipv4\":{\"fragments\":4,\"reassembled\":1,\"timeouts\":0},"
		    "\"ipv6\":{\"fragments\":0,\"reassembled\":0,\"timeouts\":0},\"active\":1,"), 1);
		pipeline_fini(&pipeline);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_request) };

	pipeline_assets_load(&assets);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pipeline_assets_free(&assets);
	return failed;
}
