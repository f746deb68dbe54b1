/* Checksums of whole frames: right ones of every length, and every bit that may be wrong. */
#include "sensor/flow/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "dissectors/net/net.h"
#include "tests/support/frames.h"

static uint8_t data[65000], frame_bytes[FRAMES_MAX];

static enum checksum verdict(struct frame frame)
{
	struct packet packet;

	assert_int_equal(net_dissect(&frame, &packet), NET_OK);
	return checksum_of(&packet);
}

static struct frames_spec spec_of(bool ipv6, size_t len, enum frames_sum sum)
{
	return (struct frames_spec){ .src = ipv6 ? "2001:db8::1" : "10.1.2.3", .dst = ipv6 ? "fe80::ffff:1" : "192.0.2.255",
		.src_port = 4711, .dst_port = 80, .flags = TCP_ACK, .seq = 0xfffffffe, .ack = 0x80000000, .data = bytes_of(data, len),
		.time = len % 3 == 0 ? 77 : 0, .sum = sum };
}

static enum checksum verdict_of(bool ipv6, size_t len, enum frames_sum sum)
{
	struct frames_spec spec = spec_of(ipv6, len, sum);

	return verdict(frames_make(&spec, frame_bytes, 0, 1));
}

static void every_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < 1460; len++) {
		bool ipv6 = len % 2;

		assert_int_equal(verdict_of(ipv6, len, FRAMES_SUM_RIGHT), CHECKSUM_RIGHT);
		assert_int_equal(verdict_of(!ipv6, len, FRAMES_SUM_RIGHT), CHECKSUM_RIGHT);
		assert_int_equal(verdict_of(ipv6, len, FRAMES_SUM_WRONG), CHECKSUM_WRONG);
		assert_int_equal(verdict_of(ipv6, len, FRAMES_SUM_PARTIAL), CHECKSUM_PARTIAL);
		assert_int_equal(verdict_of(false, len, FRAMES_SUM_WRONG_IP), CHECKSUM_WRONG);
	}
	assert_int_equal(verdict_of(false, 64000, FRAMES_SUM_RIGHT), CHECKSUM_RIGHT);
}

/* The largest sums: all ones. */
static void all_ones(void **state)
{
	(void)state;
	memset(data, 0xff, sizeof data);
	for (size_t len = 0; len < 65000; len += 1 + len / 7)
		assert_int_equal(verdict_of(len % 2, len, FRAMES_SUM_RIGHT), CHECKSUM_RIGHT);
}

static void every_bit(void **state)
{
	struct frames_spec spec = spec_of(false, 300, FRAMES_SUM_RIGHT);
	size_t len = frames_build(&spec, frame_bytes);

	(void)state;
	for (size_t bit = (14 + 20) * 8; bit < len * 8; bit++) {
		if (bit / 8 == 14 + 20 + 12) /* the header's length */
			continue;
		frame_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct frame frame = { .number = 1, .link_type = FRAMES_ETHERNET, .wire_len = (uint32_t)len, .data = bytes_of(frame_bytes, len) };

		assert_int_equal(verdict(frame), CHECKSUM_WRONG);
		frame_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Nothing can be said of what was cut, nor of what no wire carried like this. */
static void unknown(void **state)
{
	struct frames_spec spec = spec_of(true, 900, FRAMES_SUM_WRONG);
	struct frame frame = frames_make(&spec, frame_bytes, 0, 1);

	(void)state;
	frame.data = bytes_head(frame.data, 200);
	assert_int_equal(verdict(frame), CHECKSUM_UNKNOWN);
	assert_int_equal(verdict_of(false, 4000, FRAMES_SUM_WRONG), CHECKSUM_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_length), cmocka_unit_test(every_bit), cmocka_unit_test(unknown),
		cmocka_unit_test(all_ones) };

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * i + i / 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
