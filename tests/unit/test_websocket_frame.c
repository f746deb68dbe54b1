/* Headers of every length, cut anywhere; what is wrong with each first byte; masks from every byte on. */
#include "dissectors/app/websocket_frame.h"

#include "tests/support/websocket_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t key[4] = { 0x11, 0x22, 0x33, 0x44 };

static void test_lengths(void **state)
{
	static const struct {
		uint64_t len;
		unsigned width;
		bool wide;
	} cases[] = {
		{ 0, 0, false }, { 125, 0, false }, { 126, 2, false }, { 125, 2, true }, { 0, 2, true }, { 65535, 2, false },
		{ 65536, 8, false }, { 65535, 8, true }, { 0, 8, true }, { UINT64_MAX, 8, false },
		{ (UINT64_C(1) << 63) - 1, 8, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (unsigned masked = 0; masked < 2; masked++) {
			uint8_t header[WEBSOCKET_HEADER_CAP + 1];
			size_t len = talk_header(header, 0x81, cases[i].len, cases[i].width, masked ? key : NULL);
			struct websocket_frame frame;

			for (size_t part = 0; part < len; part++) {
				uint8_t *exact = malloc(part ? part : 1);

				assert_non_null(exact);
				memcpy(exact, header, part);
				assert_int_equal(websocket_frame_parse(bytes_of(exact, part), &frame), 0);
				free(exact);
			}
			assert_int_equal(websocket_frame_parse(bytes_of(header, len), &frame), len);
			assert_int_equal(websocket_frame_parse(bytes_of(header, len + 1), &frame), len);
			assert_true(frame.len == cases[i].len);
			assert_int_equal(frame.wide, cases[i].wide);
			assert_int_equal(frame.masked, masked);
			assert_int_equal(frame.opcode, 1);
			assert_true(frame.fin && !frame.compressed && !frame.reserved);
			assert_memory_equal(frame.key, masked ? key : (const uint8_t[4]){ 0 }, 4);
		}
	}
}

/* Each first byte, said again in other words: RFC 6455 5.2, 5.5; RFC 7692 6. */
static unsigned odd_slowly(uint8_t first, uint64_t len)
{
	unsigned opcode = first % 16, odd = 0;

	if ((opcode >= 3 && opcode <= 7) || opcode >= 11)
		odd |= WEBSOCKET_BAD_OPCODE;
	if (opcode >= 8 && opcode <= 10 && (first < 0x80 || len > 125))
		odd |= WEBSOCKET_BAD_CONTROL;
	if ((first & 0x30) || ((first & 0x40) && opcode != 1 && opcode != 2))
		odd |= WEBSOCKET_RESERVED_BITS;
	return odd;
}

static void test_odd(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned i = 0; i < 8; i++) {
			uint8_t header[WEBSOCKET_HEADER_CAP];
			bool masked = i & 1;
			enum direction dir = i & 2 ? TO_CLIENT : TO_SERVER;
			uint64_t len = i & 4 ? 126 : 125;
			unsigned want = odd_slowly((uint8_t)first, len);
			struct websocket_frame frame;

			size_t header_len = talk_header(header, (uint8_t)first, len, len > 125 ? 2 : 0, masked ? key : NULL);

			websocket_frame_parse(bytes_of(header, header_len), &frame);
			if (dir == TO_SERVER && !masked)
				want |= WEBSOCKET_UNMASKED_CLIENT;
			if (dir == TO_CLIENT && masked)
				want |= WEBSOCKET_MASKED_SERVER;
			assert_int_equal(websocket_frame_odd(&frame, dir), want);
			assert_int_equal(websocket_frame_is_control(&frame), (first & 8) != 0);
		}
	}
}

static void test_odd_lengths(void **state)
{
	struct websocket_frame frame = { .len = UINT64_C(1) << 63, .opcode = WEBSOCKET_TEXT, .fin = true };

	(void)state;
	assert_int_equal(websocket_frame_odd(&frame, TO_CLIENT), WEBSOCKET_BAD_LENGTH);
	frame.len--;
	assert_int_equal(websocket_frame_odd(&frame, TO_CLIENT), 0);
	frame.wide = true;
	assert_int_equal(websocket_frame_odd(&frame, TO_CLIENT), WEBSOCKET_WIDE_LENGTH);
}

static void test_unmask(void **state)
{
	struct websocket_frame frame = { .key = { 0x11, 0x22, 0x33, 0x44 }, .masked = true };

	(void)state;
	for (size_t at = 0; at < 9; at++) {
		for (size_t len = 0; len < 70; len++) {
			uint8_t *data = malloc(len ? len : 1), *out = malloc(len ? len : 1);

			assert_true(data && out);
			for (size_t i = 0; i < len; i++)
				data[i] = (uint8_t)(i * 7);
			websocket_frame_unmask(&frame, at + (UINT64_C(1) << 40), bytes_of(data, len), out);
			for (size_t i = 0; i < len; i++)
				assert_int_equal(out[i], (uint8_t)(i * 7) ^ key[(at + i) % 4]);
			free(data);
			free(out);
		}
	}
}

static void test_words(void **state)
{
	struct outbox out = { .n_anomalies = 0 };

	(void)state;
	websocket_odd_tell(0, &out);
	assert_int_equal(out.n_anomalies, 0);
	websocket_odd_tell(WEBSOCKET_BAD_OPCODE | WEBSOCKET_INFLATE_CAP, &out);
	assert_int_equal(out.n_anomalies, 2);
	assert_string_equal(out.anomalies[0], "websocket.bad_opcode");
	assert_string_equal(out.anomalies[1], "websocket.inflate_cap");
	websocket_odd_tell((1u << WEBSOCKET_ODDITIES) - 1, &out);
	assert_int_equal(out.n_anomalies, WEBSOCKET_ODDITIES);
	for (size_t i = 0; i < out.n_anomalies; i++)
		assert_memory_equal(out.anomalies[i], "websocket.", 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lengths), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_odd_lengths),
		cmocka_unit_test(test_unmask), cmocka_unit_test(test_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
