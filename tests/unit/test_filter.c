/* filter: expressions on frames of several link types, and on one where they mean nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/input/filter.h"
#include "tests/support/frames.h"

enum { LINKTYPE_RAW_IP = 101, LINKTYPE_RAW_DLT = 12, LINKTYPE_802_11 = 105, LINKTYPE_NOBODYS = 60000, ETHER_LEN = 14 };

static bool passes(const char *text, uint32_t link_type)
{
	struct errors errors = { 0 };
	struct filter *filter = filter_new(text, &errors);
	struct frames_spec spec = { .src = "10.0.0.1", .dst = "10.0.0.2", .src_port = 40000, .dst_port = 80,
		.data = bytes_text("x") };
	uint8_t *out = malloc(FRAMES_MAX);

	assert_non_null(filter);
	assert_non_null(out);
	struct frame frame = frames_make(&spec, out, 0, 1);

	frame.link_type = link_type;
	if (link_type != FRAMES_ETHERNET)
		frame.data = bytes_of(frame.data.data + ETHER_LEN, frame.data.len - ETHER_LEN);
	bool first = filter_passes(filter, &frame);

	assert_int_equal(filter_passes(filter, &frame), first);
	assert_string_equal(filter_text(filter), text);
	assert_null(filter_error(filter));
	filter_free(filter);
	free(out);
	return first;
}

static void by_link_type(void **state)
{
	static const uint32_t types[] = { FRAMES_ETHERNET, LINKTYPE_RAW_IP, LINKTYPE_RAW_DLT };

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		assert_true(passes("tcp port 80", types[i]));
		assert_true(passes("host 10.0.0.1 and not udp", types[i]));
		assert_true(passes("src net 10.0.0.0/8", types[i]));
		assert_false(passes("udp", types[i]));
		assert_false(passes("port 81", types[i]));
		assert_false(passes("ip6", types[i]));
	}
}

static void no_expression(void **state)
{
	static const char *const texts[] = { "tcp prt 80", "port", "host 10.0.0.256", "(tcp", "net 10.0.0.1/99" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct errors errors = { 0 };

		assert_null(filter_new(texts[i], &errors));
		assert_int_equal(errors.n, 1);
		assert_non_null(strstr(errors.text, texts[i]));
		errors_fini(&errors);
	}
}

/* Some mean nothing for a link type: nothing passes, and it is said once. */
static void no_such_link_type(void **state)
{
	struct errors errors = { 0 };
	struct filter *filter = filter_new("type mgt", &errors);
	struct frame frame = { .link_type = LINKTYPE_802_11, .data = bytes_of("\x80\0\0\0", 4), .wire_len = 4 };

	(void)state;
	assert_non_null(filter);
	assert_true(filter_passes(filter, &frame));
	assert_null(filter_error(filter));
	frame.link_type = FRAMES_ETHERNET;
	assert_false(filter_passes(filter, &frame));
	assert_non_null(strstr(filter_error(filter), "link type 1:"));
	for (uint32_t type = LINKTYPE_NOBODYS; type < LINKTYPE_NOBODYS + 40; type++) {
		frame.link_type = type;
		assert_false(filter_passes(filter, &frame));
	}
	assert_non_null(strstr(filter_error(filter), "link type 1:"));
	filter_free(filter);
}

/* Frames shorter than what is asked for. */
static void short_frames(void **state)
{
	struct errors errors = { 0 };
	struct filter *filter = filter_new("tcp port 80", &errors);
	struct frames_spec spec = { .src = "10.0.0.1", .dst = "10.0.0.2", .src_port = 40000, .dst_port = 80,
		.data = bytes_text("x") };
	uint8_t *out = malloc(FRAMES_MAX);

	(void)state;
	assert_non_null(out);
	struct frame frame = frames_make(&spec, out, 0, 1);

	for (size_t len = 0; len < frame.data.len; len++) {
		uint8_t *exact = malloc(len + !len);
		struct frame cut = frame;

		assert_non_null(exact);
		memcpy(exact, frame.data.data, len);
		cut.data = bytes_of(exact, len);
		assert_int_equal(filter_passes(filter, &cut), len >= ETHER_LEN + 20 + 4);
		free(exact);
	}
	filter_free(filter);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_link_type),
		cmocka_unit_test(no_expression),
		cmocka_unit_test(no_such_link_type),
		cmocka_unit_test(short_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
