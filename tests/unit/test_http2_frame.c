/* Frame headers: what is wrong with them, which look like frames to someone who searches, and their padding. */
#include "dissectors/app/http2_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_parse(void **state)
{
	static const uint8_t data[] = { 0x01, 0x02, 0x03, 0x09, 0x2d, 0x80, 0x00, 0x01, 0x05 };
	struct http2_frame frame;

	(void)state;
	for (size_t len = 0; len < sizeof data; len++)
		assert_false(http2_frame_parse(bytes_of(data, len), &frame));
	assert_true(http2_frame_parse(bytes_of(data, sizeof data), &frame));
	assert_int_equal(frame.len, 0x010203);
	assert_int_equal(frame.type, 9);
	assert_int_equal(frame.flags, 0x2d);
	assert_int_equal(frame.stream, 0x105);
	assert_true(frame.reserved);
}

static const struct {
	uint8_t type, flags;
	uint32_t len, stream;
	bool client, server; /* is there nothing wrong with it, from that side? */
	bool sane_client, sane_server;
} frames[] = {
	{ HTTP2_FRAME_DATA, 1, 0, 1, true, true, true, true },
	{ HTTP2_FRAME_DATA, 0, 0, 1, true, true, false, false }, /* nothing in it */
	{ HTTP2_FRAME_DATA, 8, 0, 1, false, false, false, false }, /* no padding length */
	{ HTTP2_FRAME_DATA, 0, 9, 0, false, false, false, false },
	{ HTTP2_FRAME_DATA, 0, 9, 2, false, true, false, true }, /* on a pushed stream */
	{ HTTP2_FRAME_DATA, 4, 9, 1, true, true, false, false }, /* an unknown flag */
	{ HTTP2_FRAME_DATA, 0, 16384, 1, true, true, true, true },
	{ HTTP2_FRAME_DATA, 0, 16385, 1, true, true, false, false },
	{ HTTP2_FRAME_DATA, 0, 9, 0xffffff, true, true, true, true },
	{ HTTP2_FRAME_DATA, 0, 9, 0x1000001, true, true, false, false },
	{ HTTP2_FRAME_HEADERS, 0x25, 6, 1, true, true, true, true },
	{ HTTP2_FRAME_HEADERS, 0x25, 4, 1, false, false, false, false },
	{ HTTP2_FRAME_HEADERS, 0x2d, 5, 1, false, false, false, false },
	{ HTTP2_FRAME_HEADERS, 5, 0, 1, true, true, false, false },
	{ HTTP2_FRAME_HEADERS, 5, 9, 2, false, true, false, true },
	{ HTTP2_FRAME_PRIORITY, 0, 5, 3, true, true, true, true },
	{ HTTP2_FRAME_PRIORITY, 0, 4, 3, false, false, false, false },
	{ HTTP2_FRAME_PRIORITY, 0, 5, 0, false, false, false, false },
	{ HTTP2_FRAME_RST_STREAM, 0, 4, 3, true, true, true, true },
	{ HTTP2_FRAME_RST_STREAM, 0, 5, 3, false, false, false, false },
	{ HTTP2_FRAME_RST_STREAM, 0, 4, 2, true, true, true, true }, /* a client may refuse a push */
	{ HTTP2_FRAME_SETTINGS, 0, 0, 0, true, true, true, true },
	{ HTTP2_FRAME_SETTINGS, 0, 18, 0, true, true, true, true },
	{ HTTP2_FRAME_SETTINGS, 0, 17, 0, false, false, false, false },
	{ HTTP2_FRAME_SETTINGS, 1, 6, 0, false, false, false, false }, /* an acknowledgement says nothing */
	{ HTTP2_FRAME_SETTINGS, 0, 6, 1, false, false, false, false },
	{ HTTP2_FRAME_PUSH_PROMISE, 4, 9, 1, false, true, false, true },
	{ HTTP2_FRAME_PUSH_PROMISE, 4, 3, 1, false, false, false, false },
	{ HTTP2_FRAME_PUSH_PROMISE, 4, 9, 2, false, false, false, false },
	{ HTTP2_FRAME_PING, 0, 8, 0, true, true, true, true },
	{ HTTP2_FRAME_PING, 1, 7, 0, false, false, false, false },
	{ HTTP2_FRAME_GOAWAY, 0, 8, 0, true, true, true, true },
	{ HTTP2_FRAME_GOAWAY, 0, 7, 0, false, false, false, false },
	{ HTTP2_FRAME_WINDOW_UPDATE, 0, 4, 0, true, true, true, true },
	{ HTTP2_FRAME_WINDOW_UPDATE, 0, 4, 5, true, true, true, true },
	{ HTTP2_FRAME_WINDOW_UPDATE, 0, 3, 5, false, false, false, false },
	{ HTTP2_FRAME_CONTINUATION, 4, 9, 1, true, true, true, true },
	{ HTTP2_FRAME_CONTINUATION, 4, 9, 0, false, false, false, false },
	{ HTTP2_FRAME_ALTSVC, 0, 2, 0, true, true, true, true },
	{ HTTP2_FRAME_PRIORITY_UPDATE, 0, 4, 0, true, true, true, true },
	{ 0xb, 0xff, 1, 0, true, true, false, false }, /* nobody knows it: nothing is wrong, but nobody finds it */
	{ 0xff, 0, 1, 1, true, true, false, false },
};

static void test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		struct http2_frame frame = { frames[i].len, frames[i].stream, frames[i].type, frames[i].flags, false };

		if (!http2_frame_odd(&frame, TO_SERVER) != frames[i].client || !http2_frame_odd(&frame, TO_CLIENT)
		    != frames[i].server)
			fail_msg("%zu: odd %x, %x", i, http2_frame_odd(&frame, TO_SERVER), http2_frame_odd(&frame, TO_CLIENT));
		if (http2_frame_is_sane(&frame, TO_SERVER) != frames[i].sane_client || http2_frame_is_sane(&frame, TO_CLIENT)
		    != frames[i].sane_server)
			fail_msg("%zu: sane %d, %d", i, http2_frame_is_sane(&frame, TO_SERVER), http2_frame_is_sane(&frame,
			    TO_CLIENT));
		frame.reserved = true;
		assert_false(http2_frame_is_sane(&frame, TO_SERVER));
	}
}

static void test_content(void **state)
{
	static const struct {
		uint8_t type, flags;
		const char *payload; /* "\1" is as it is */
		size_t seen;         /* of the payload */
		const char *content; /* NULL: too much padding */
		int weight;
	} cases[] = {
		{ HTTP2_FRAME_DATA, 0, "abc", 3, "abc", -1 },
		{ HTTP2_FRAME_DATA, HTTP2_PADDED, "\2abcPP", 6, "abc", -1 },
		{ HTTP2_FRAME_DATA, HTTP2_PADDED, "\2abcPP", 3, "ab", -1 },
		{ HTTP2_FRAME_DATA, HTTP2_PADDED, "\5abcPP", 6, "", -1 },
		{ HTTP2_FRAME_DATA, HTTP2_PADDED, "\6abcPP", 6, NULL, -1 },
		{ HTTP2_FRAME_DATA, HTTP2_PRIORITISED, "abc", 3, "abc", -1 }, /* it means nothing there */
		{ HTTP2_FRAME_HEADERS, HTTP2_PRIORITISED, "dddd\7abc", 8, "abc", 7 },
		{ HTTP2_FRAME_HEADERS, HTTP2_PRIORITISED, "dddd\7abc", 4, "", -1 },
		{ HTTP2_FRAME_HEADERS, HTTP2_PRIORITISED | HTTP2_PADDED, "\1dddd\7abcP", 10, "abc", 7 },
		{ HTTP2_FRAME_HEADERS, HTTP2_PRIORITISED | HTTP2_PADDED, "\5dddd\7abcP", 10, NULL, 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct http2_frame frame = { (uint32_t)strlen(cases[i].payload), 1, cases[i].type, cases[i].flags, false };
		struct bytes content;
		int weight;
		bool fits = http2_frame_content(&frame, bytes_of(cases[i].payload, cases[i].seen), &content, &weight);

		if (fits != (cases[i].content != NULL) || (fits && (!bytes_is(content, cases[i].content)
		    || weight != cases[i].weight)))
			fail_msg("%zu: %d \"%.*s\" %d", i, fits, (int)content.len, content.data, weight);
	}
}

static void test_errors(void **state)
{
	(void)state;
	assert_string_equal(http2_frame_error(0), "NO_ERROR");
	assert_string_equal(http2_frame_error(8), "CANCEL");
	assert_string_equal(http2_frame_error(13), "HTTP_1_1_REQUIRED");
	assert_null(http2_frame_error(14));
	assert_null(http2_frame_error(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
