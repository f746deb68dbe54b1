#include "sensor/input/capture.h"

#include "tests/support/image.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { KIB = 1024, FRAME_CAP = 256 * KIB };

/* Reads the next frame, which must be there. */
static struct frame next(struct capture *capture)
{
	struct frame frame = { .number = 77 };

	if (capture_next(capture, &frame) != CAPTURE_FRAME)
		fail_msg("no frame: %s", capture_error(capture));
	assert_int_equal(frame.number, 77); /* the caller counts */
	return frame;
}

static void assert_frame(struct capture *capture, int64_t time_ns, const char *data, uint32_t wire_len)
{
	struct frame frame = next(capture);

	assert_int_equal(frame.time_ns, time_ns);
	assert_int_equal(frame.data.len, strlen(data));
	assert_memory_equal(frame.data.data, data, frame.data.len);
	assert_int_equal(frame.wire_len, wire_len);
}

static void assert_end(struct capture *capture)
{
	struct frame frame;

	for (int i = 0; i < 3; i++)
		assert_int_equal(capture_next(capture, &frame), CAPTURE_END);
	capture_close(capture);
}

/* BAD for good, with exactly this text. */
static void assert_bad(struct capture *capture, const char *error)
{
	struct frame frame;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
		assert_string_equal(capture_error(capture), error);
	}
	capture_close(capture);
}

static void bytes_are_bad(const void *data, size_t len, const char *error)
{
	struct image image = { .data = NULL };

	image_bytes(&image, data, len);
	assert_bad(image_open(&image, image.len), error);
	image_fini(&image);
}

static void test_variants(void **state)
{
	static const struct {
		uint32_t magic;
		int64_t unit_ns;
		bool kuznetzov;
	} variants[] = { { 0xa1b2c3d4, 1000, false }, { 0xa1b23c4d, 1, false }, { 0xa1b2cd34, 1000, true } };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof variants / sizeof *variants; i++) {
		struct image image = { .big_endian = i % 2 != 0 };

		image_pcap(&image, variants[i / 2].magic, 2, 4, 0xf4000001); /* FCS bits above the link type */
		for (uint32_t n = 1; n <= 2; n++) {
			image_u32(&image, 0xfffffff0 + n); /* seconds are unsigned: until 2106 */
			image_u32(&image, 999999);
			image_u32(&image, 3);
			image_u32(&image, 1514);
			if (variants[i / 2].kuznetzov)
				image_bytes(&image, "ifidPRtp", 8);
			image_bytes(&image, "abc", 3);
		}
		struct capture *capture = image_open(&image, image.len);

		for (int64_t n = 1; n <= 2; n++) {
			struct frame frame = next(capture);

			assert_int_equal(frame.time_ns,
					 (0xfffffff0 + n) * 1000000000 + 999999 * variants[i / 2].unit_ns);
			assert_int_equal(frame.link_type, 1);
			assert_int_equal(frame.wire_len, 1514);
			assert_true(bytes_is(frame.data, "abc"));
		}
		assert_int_equal(capture_offset(capture), image.len);
		assert_end(capture);
		image_fini(&image);
	}
}

static void test_swapped_lengths(void **state)
{
	static const struct {
		uint16_t major, minor;
		uint32_t first, second;
	} cases[] = {
		{ 2, 4, 2, 60 }, { 2, 3, 2, 60 }, { 2, 3, 60, 2 }, { 2, 2, 60, 2 }, { 543, 0, 60, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct image image = { .data = NULL };

		image_pcap(&image, 0xa1b2c3d4, cases[i].major, cases[i].minor, 1);
		image_record(&image, 1, 0, cases[i].first, cases[i].second, "hi");
		struct capture *capture = image_open(&image, image.len);

		assert_frame(capture, 1000000000, "hi", 60);
		assert_end(capture);
		image_fini(&image);
	}
}

static void test_odd_values(void **state)
{
	struct image image = { .data = NULL };

	(void)state;
	image_pcap(&image, 0xa1b2c3d4, 2, 4, 101);
	image_record(&image, 5, 1000001, 1, 1, "x"); /* more than a second of microseconds carries */
	image_record(&image, 5, 0, 3, 0, "xyz"); /* shorter on the wire than captured: a writer that does not know */
	image_record(&image, 4, 0, 0, 0, "");
	struct capture *capture = image_open(&image, image.len);

	assert_frame(capture, 6000001000, "x", 1);
	assert_frame(capture, 5000000000, "xyz", 3);
	assert_frame(capture, 4000000000, "", 0);
	assert_end(capture);
	image_fini(&image);
}

static void test_not_a_capture(void **state)
{
	(void)state;
	bytes_are_bad("", 0, "t.pcap: byte 0: the input is empty");
	bytes_are_bad("abc", 3, "t.pcap: byte 0: the input has only 3 bytes: not a pcap or pcapng capture");
	bytes_are_bad("abcdefgh", 8, "t.pcap: byte 0: not a pcap or pcapng capture (it starts with 61 62 63 64)");
	bytes_are_bad("BZh9", 4,
		      "t.pcap: byte 0: bzip2: compressed captures are not read; pipe it through \"bzip2 -dc\"");
	bytes_are_bad("\x1f\x8b\x08\x00", 4, "t.pcap: byte 4: gzip: the input ends inside it");
	bytes_are_bad("\x28\xb5\x2f\xfd", 4, "t.pcap: byte 4: zstd: the input ends inside it");
	bytes_are_bad("\xd4\xc3\xb2\xa1\x02\x00", 6,
		      "t.pcap: byte 0: truncated: the input ends inside the pcap file header");
	bytes_are_bad("\xd4\xc3\xb2\xa1\x07\x00\x04\x00________________", 24,
		      "t.pcap: byte 0: pcap version 7.4 is not known");
}

static void test_unreadable(void **state)
{
	struct capture *capture = capture_open(open("/", O_RDONLY | O_DIRECTORY), "/");
	struct frame frame;

	(void)state;
	assert_non_null(capture);
	assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
	assert_string_equal(capture_error(capture), "/: byte 0: cannot read on: Is a directory");
	capture_close(capture);
	capture_close(NULL);
}

static void test_long_names(void **state)
{
	char name[5000];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	struct capture *capture = capture_open(open("/dev/null", O_RDONLY), name);
	struct frame frame;

	assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
	assert_int_equal(strlen(capture_error(capture)), sizeof name - 1 + strlen(": byte 0: the input is empty"));
	capture_close(capture);
}

/* Lengths at and above the cap, and above the file's snap length of 65,535. */
static void test_length_cap(void **state)
{
	static const uint32_t lens[] = { FRAME_CAP, FRAME_CAP + 1, 0x7fffffff, 0x80000000, 0xffffffff };
	char *big = calloc(1, FRAME_CAP + 2);

	(void)state;
	assert_non_null(big);
	memset(big, 'b', FRAME_CAP + 1);
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		struct image image = { .data = NULL };
		char error[200];

		image_pcap(&image, 0xa1b2c3d4, 2, 4, 1);
		image_record(&image, 1, 0, 2, 2, "ok");
		big[lens[i] > FRAME_CAP ? FRAME_CAP + 1 : FRAME_CAP] = '\0';
		image_record(&image, 2, 0, lens[i], lens[i], big);
		big[FRAME_CAP] = 'b';
		struct capture *capture = image_open(&image, image.len);

		assert_frame(capture, 1000000000, "ok", 2);
		if (lens[i] <= FRAME_CAP) {
			assert_int_equal(next(capture).data.len, lens[i]);
			assert_end(capture);
		} else {
			snprintf(error, sizeof error,
				 "t.pcap: byte 42: record says %u bytes; more than 262144 are not believed", lens[i]);
			assert_bad(capture, error);
		}
		image_fini(&image);
	}
	free(big);
}

/* Cut anywhere: all frames before the cut, then END at a record's end and BAD at the damaged record's start elsewhere.
 */
static void test_truncation(void **state)
{
	enum { HEADER = 24, FIRST = HEADER + 16 + 3, SECOND = FIRST + 16, THIRD = SECOND + 16 + 5 };
	struct image image = { .data = NULL };

	(void)state;
	image_pcap(&image, 0xa1b2c3d4, 2, 4, 1);
	image_record(&image, 1, 0, 3, 3, "one");
	image_record(&image, 2, 0, 0, 0, "");
	image_record(&image, 3, 0, 5, 5, "three");
	assert_int_equal(image.len, THIRD);
	for (size_t len = 4; len <= image.len; len++) {
		size_t n = len >= THIRD ? 3 : len >= SECOND ? 2 : len >= FIRST ? 1 : 0;
		size_t start = n == 0 ? HEADER : n == 1 ? FIRST : SECOND;
		struct capture *capture = image_open(&image, len);
		struct frame frame;
		char error[100];

		for (size_t i = 0; i < n; i++)
			assert_int_equal(next(capture).time_ns, (int64_t)(i + 1) * 1000000000);
		if (len == HEADER || len == FIRST || len == SECOND || len == THIRD) {
			assert_end(capture);
			continue;
		}
		assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
		snprintf(error, sizeof error, "t.pcap: byte %zu: truncated: ", len < HEADER ? 0 : start);
		assert_memory_equal(capture_error(capture), error, strlen(error));
		capture_close(capture);
	}
	image_fini(&image);
}

/* Writes the image into a pipe in pieces of `piece` bytes, in a process of its own. */
static struct capture *open_pipe(const struct image *image, size_t piece, bool nonblocking)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		for (size_t at = 0; at < image->len;) {
			ssize_t n = write(ends[1], image->data + at, image->len - at < piece ? image->len - at : piece);

			if (n < 0)
				_exit(1);
			at += (size_t)n;
		}
		_exit(0);
	}
	close(ends[1]);
	if (nonblocking)
		assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	return capture_open(ends[0], "pipe");
}

/* Frames of every length, so that some straddle every boundary of reads; 3 MiB, so that the buffer is reused. */
static void test_pipes(void **state)
{
	static const size_t pieces[] = { 1, 7, 4096, 1 << 20, 5 << 20 };
	struct image image = { .data = NULL };
	uint32_t n = 0;
	char data[5001];

	(void)state;
	image_pcap(&image, 0xa1b2c3d4, 2, 4, 1);
	for (; image.len < 3 * KIB * KIB; n++) {
		uint32_t len = n * 7919 % 5000;

		memset(data, (int)('a' + n % 26), len);
		data[len] = '\0';
		image_record(&image, n, 0, len, len, data);
	}
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct image part = image;
		uint32_t n_part = n;

		if (pieces[i] == 1) { /* a system call a byte: some frames are enough */
			n_part = 30;
			part.len = 24 + 30 * 16;
			for (uint32_t k = 0; k < n_part; k++)
				part.len += k * 7919 % 5000;
		}
		struct capture *capture = open_pipe(&part, pieces[i], i % 2 != 0);

		for (uint32_t k = 0; k < n_part; k++) {
			uint32_t len = k * 7919 % 5000;

			memset(data, (int)('a' + k % 26), len);
			data[len] = '\0';
			assert_frame(capture, (int64_t)k * 1000000000, data, len);
		}
		assert_int_equal(capture_offset(capture), part.len);
		assert_end(capture);
	}
	image_fini(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),   cmocka_unit_test(test_swapped_lengths),
		cmocka_unit_test(test_odd_values), cmocka_unit_test(test_not_a_capture),
		cmocka_unit_test(test_unreadable), cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_length_cap), cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_pipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
