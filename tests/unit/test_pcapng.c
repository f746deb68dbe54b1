#include "sensor/input/pcapng.h"

#include "tests/support/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { BLOCK_PACKET = 2, BLOCK_SIMPLE = 3, BLOCK_NAMES = 4, BLOCK_SECRETS = 10, BLOCK_CUSTOM = 0xbad };

static void assert_frame(struct capture *capture, int64_t time_ns, uint32_t link_type, const char *data,
			 uint32_t wire_len)
{
	struct frame frame;

	if (capture_next(capture, &frame) != CAPTURE_FRAME)
		fail_msg("no frame: %s", capture_error(capture));
	assert_int_equal(frame.time_ns, time_ns);
	assert_int_equal(frame.link_type, link_type);
	assert_int_equal(frame.data.len, strlen(data));
	assert_memory_equal(frame.data.data, data, frame.data.len);
	assert_int_equal(frame.wire_len, wire_len);
}

static void assert_end(struct capture *capture)
{
	struct frame frame;

	if (capture_next(capture, &frame) != CAPTURE_END)
		fail_msg("no end: %s", capture_error(capture));
	capture_close(capture);
}

/* Damage at `offset`, told with `what`. Frees the image. */
static void assert_damage(struct image *image, size_t offset, const char *what)
{
	struct capture *capture = image_open(image, image->len);
	enum capture_status status;
	struct frame frame;
	char error[300];

	while ((status = capture_next(capture, &frame)) == CAPTURE_FRAME)
		;
	assert_int_equal(status, CAPTURE_BAD);
	snprintf(error, sizeof error, "t.pcap: byte %zu: %s", offset, what);
	assert_string_equal(capture_error(capture), error);
	capture_close(capture);
	image_fini(image);
}

static struct image image_begun(void)
{
	struct image image = { .data = NULL };

	image_section(&image);
	image_interface(&image, 1, 0, -1, 0);
	return image;
}

static void image_filler(struct image *image, uint32_t type, size_t len)
{
	uint8_t *zeros = calloc(1, len + 1);
	size_t start = image_block(image, type);

	if (!zeros)
		abort();
	image_bytes(image, zeros, len);
	image_block_end(image, start);
	free(zeros);
}

static void image_simple(struct image *image, uint32_t wire_len, const char *data)
{
	size_t start = image_block(image, BLOCK_SIMPLE);

	image_u32(image, wire_len);
	image_bytes(image, data, strlen(data));
	image_block_end(image, start);
}

static void image_obsolete(struct image *image, uint16_t interface, uint64_t ticks, uint32_t wire_len, const char *data)
{
	size_t start = image_block(image, BLOCK_PACKET);

	image_u16(image, interface);
	image_u16(image, 0xffff); /* drops unknown */
	image_u32(image, (uint32_t)(ticks >> 32));
	image_u32(image, (uint32_t)ticks);
	image_u32(image, (uint32_t)strlen(data));
	image_u32(image, wire_len);
	image_bytes(image, data, strlen(data));
	image_block_end(image, start);
}

/* Two sections of different byte order; interfaces of the first are forgotten in the second. */
static void test_sections(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct image image = { .big_endian = order != 0 };

		image_section(&image);
		image_interface(&image, 1, 96, -1, 0);
		image_interface(&image, 276, 0, 9, 0);
		image_simple(&image, 4, "none");
		image_enhanced(&image, 1, 1700000000123456789, 1514, "second");
		image_enhanced(&image, 0, 1700000000123456, 5, "first");
		image_obsolete(&image, 1, 5, 6, "packet");
		image_simple(&image, 3, "now");
		image_filler(&image, BLOCK_SECRETS, 100);
		image_filler(&image, BLOCK_NAMES, 0);
		image_filler(&image, 0x80000001, 2 * WINDOW_READ_LEN); /* local use, longer than the buffer */
		image.big_endian = !image.big_endian;
		image_section(&image);
		image_interface(&image, 101, 3, 0, 0);
		image_enhanced(&image, 0, 7, 3, "sec");
		image_simple(&image, 9, "cut");
		image_filler(&image, BLOCK_CUSTOM, 8);
		struct capture *capture = image_open(&image, image.len);

		assert_frame(capture, 0, 1, "none", 4);
		assert_frame(capture, 1700000000123456789, 276, "second", 1514);
		assert_frame(capture, 1700000000123456000, 1, "first", 5);
		assert_frame(capture, 5, 276, "packet", 6);
		assert_frame(capture, 5, 1, "now", 3);
		assert_frame(capture, 7000000000, 101, "sec", 3);
		assert_frame(capture, 7000000000, 101, "cut", 9);
		struct frame frame;

		assert_int_equal(capture_next(capture, &frame), CAPTURE_END);
		assert_int_equal(capture_offset(capture), image.len);
		assert_end(capture);
		image_fini(&image);
	}
}

static void test_resolutions(void **state)
{
	static const struct {
		int tsresol;
		int64_t offset_s;
		uint64_t ticks;
		int64_t time_ns;
	} cases[] = {
		{ -1, 0, 1, 1000 },
		{ 6, 0, 1, 1000 },
		{ 9, 0, 1, 1 },
		{ 3, 0, 1, 1000000 },
		{ 0, 0, 2, 2000000000 },
		{ 12, 0, 1999, 1 },
		{ 28, 0, UINT64_MAX, 1 },
		{ 29, 0, UINT64_MAX, 0 },
		{ 127, 0, UINT64_MAX, 0 },
		{ 0, 0, UINT64_MAX, INT64_MAX },
		{ 9, 0, UINT64_MAX, INT64_MAX },
		{ 6, 0, 1ull << 63, INT64_MAX },
		{ 0x80, 0, 3, 3000000000 },
		{ 0x81, 0, 3, 1500000000 },
		{ 0x80 | 10, 0, 1, 976562 },
		{ 0x80 | 32, 0, 1ull << 31, 500000000 },
		{ 0x80 | 63, 0, UINT64_MAX, 1999999999 },
		{ 0x80 | 64, 0, 1ull << 63, 500000000 },
		{ 0x80 | 93, 0, UINT64_MAX, 1 },
		{ 0xff, 0, UINT64_MAX, 0 },
		{ 0x80, 0, UINT64_MAX, INT64_MAX },
		{ 9, 1700000000, 5, 1700000000000000005 },
		{ 6, -10, 1, -9999999000 },
		{ 9, INT64_MAX, 5, INT64_MAX },
		{ 9, INT64_MIN, 5, INT64_MIN },
		{ 0, INT64_MIN, UINT64_MAX, INT64_MAX },
		{ 0, INT64_MIN, 1ull << 63, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct image image = { .big_endian = i % 2 != 0 };

		image_section(&image);
		image_interface(&image, 1, 0, cases[i].tsresol, cases[i].offset_s);
		image_enhanced(&image, 0, cases[i].ticks, 1, "x");
		struct capture *capture = image_open(&image, image.len);

		assert_frame(capture, cases[i].time_ns, 1, "x", 1);
		assert_end(capture);
		image_fini(&image);
	}
}

/* Options that overrun their block, or have the wrong length, leave the defaults. */
static void test_bad_options(void **state)
{
	struct image image = { .data = NULL };
	size_t start;

	(void)state;
	image_section(&image);
	start = image_block(&image, 1);
	image_u32(&image, 1);
	image_u32(&image, 0);
	image_option(&image, 9, "\x09\x09", 2);
	image_u16(&image, 9);
	image_u16(&image, 0xffff);
	image_block_end(&image, start);
	image_enhanced(&image, 0, 1, 1, "x");
	struct capture *capture = image_open(&image, image.len);

	assert_frame(capture, 1000, 1, "x", 1);
	assert_end(capture);
	image_fini(&image);
}

static void test_truncation(void **state)
{
	struct image image = image_begun();
	size_t ends[5] = { 0 }, n_ends = 0;

	(void)state;
	ends[n_ends++] = image.len;
	image_enhanced(&image, 0, 1, 1, "x");
	ends[n_ends++] = image.len;
	image_filler(&image, BLOCK_SECRETS, 5);
	ends[n_ends++] = image.len;
	image_simple(&image, 7, "seventh");
	ends[n_ends++] = image.len;
	for (size_t len = ends[0]; len <= image.len; len++) {
		size_t last = 0;
		struct capture *capture = image_open(&image, len);
		struct frame frame;
		char error[100];

		while (last + 1 < n_ends && ends[last + 1] <= len)
			last++;
		if (last >= 1)
			assert_frame(capture, 1000, 1, "x", 1);
		if (last >= 3)
			assert_frame(capture, 1000, 1, "seventh", 7);
		if (len == ends[last]) {
			assert_end(capture);
			continue;
		}
		assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
		snprintf(error, sizeof error, "t.pcap: byte %zu: truncated: the input ends inside a block", ends[last]);
		assert_string_equal(capture_error(capture), error);
		capture_close(capture);
	}
	for (size_t len = 0; len < ends[0]; len++) { /* in the headers: no frame, no crash */
		struct capture *capture = image_open(&image, len);
		struct frame frame;

		assert_int_not_equal(capture_next(capture, &frame), CAPTURE_FRAME);
		capture_close(capture);
	}
	image_fini(&image);
}

static void test_block_lengths(void **state)
{
	static const struct {
		uint32_t type, len;
		const char *what;
	} cases[] = {
		{ 6, 0, "block of type 0x00000006 says 0 bytes" },
		{ 6, 8, "block of type 0x00000006 says 8 bytes" },
		{ 5, 13, "block of type 0x00000005 says 13 bytes" },
		{ 6, 12, "packet of 0 bytes in a block of 12" },
		{ 3, 0xfffffffc, "block of type 0x00000003 says 4294967292 bytes; more than 524288 are not believed" },
		{ 6, 0x7ffffffc, "block of type 0x00000006 says 2147483644 bytes; more than 524288 are not believed" },
		{ 10, 0xfffffffc, "truncated: the input ends inside a block" },
		{ 1, 12, "interface block says 12 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct image image = image_begun();
		size_t start = image.len;

		image_u32(&image, cases[i].type);
		image_u32(&image, cases[i].len);
		image_u32(&image, cases[i].len);
		image_u32(&image, 0);
		assert_damage(&image, start, cases[i].what);
	}
}

static void test_bad_blocks(void **state)
{
	struct image image = image_begun();
	size_t start = image.len;

	(void)state;
	image_enhanced(&image, 1, 1, 1, "x");
	assert_damage(&image, start, "packet of interface 1, of which nothing was said");

	image = image_begun();
	image_section(&image);
	start = image.len;
	image_simple(&image, 1, "x");
	assert_damage(&image, start, "packet of interface 0, of which nothing was said");

	image = image_begun();
	start = image.len;
	image_enhanced(&image, 0, 1, 1, "x");
	image.data[image.len - 4] ^= 0x10;
	assert_damage(&image, start, "block says 56 bytes at its start and 40 at its end");

	image = image_begun();
	start = image.len;
	image_filler(&image, BLOCK_CUSTOM, 4);
	image.data[image.len - 4] ^= 0x40;
	assert_damage(&image, start, "block says 16 bytes at its start and 80 at its end");

	image = image_begun();
	start = image.len;
	image_enhanced(&image, 0, 1, 1, "x");
	image.data[start + 20] = 200; /* captured length */
	assert_damage(&image, start, "packet of 200 bytes in a block of 56");

	image = image_begun();
	start = image.len;
	image_enhanced(&image, 0, 1, 1, "x");
	image.data[start + 23] = 0x80;
	assert_damage(&image, start, "record says 2147483649 bytes; more than 262144 are not believed");

	image = image_begun();
	start = image.len;
	image_simple(&image, 300, "short");
	assert_damage(&image, start, "packet of 300 bytes in a block of 24");

	image = image_begun();
	start = image.len;
	image_section(&image);
	image.data[start + 8] = 0;
	assert_damage(&image, start, "section header without a byte order magic (0x003c2b1a)");

	image = image_begun();
	start = image.len;
	image_section(&image);
	image.data[start + 12] = 2;
	assert_damage(&image, start, "pcapng version 2.0 is not known");
}

static void test_interface_cap(void **state)
{
	struct image image = { .data = NULL };

	(void)state;
	image_section(&image);
	for (int i = 0; i < PCAPNG_INTERFACES; i++)
		image_interface(&image, (uint16_t)i, 0, -1, 0);
	image_enhanced(&image, PCAPNG_INTERFACES - 1, 1, 1, "x");
	struct capture *capture = image_open(&image, image.len);

	assert_frame(capture, 1000, PCAPNG_INTERFACES - 1, "x", 1);
	assert_end(capture);
	size_t start = image.len;

	image_interface(&image, 1, 0, -1, 0);
	assert_damage(&image, start, "more than 8192 interfaces in a section");
}

/* 3 MiB of blocks of every length: some straddle every boundary of reads. */
static void test_straddle(void **state)
{
	struct image image = image_begun();
	char data[5001];
	uint32_t n = 0;

	(void)state;
	for (; image.len < 3 * 1024 * 1024; n++) {
		uint32_t len = n * 7919 % 5000;

		memset(data, (int)('a' + n % 26), len);
		data[len] = '\0';
		image_enhanced(&image, 0, n, len, data);
	}
	struct capture *capture = image_open(&image, image.len);

	for (uint32_t k = 0; k < n; k++) {
		uint32_t len = k * 7919 % 5000;

		memset(data, (int)('a' + k % 26), len);
		data[len] = '\0';
		assert_frame(capture, (int64_t)k * 1000, 1, data, len);
	}
	assert_end(capture);
	image_fini(&image);
}

/* ---- decryption secrets ---- */

enum { TLS_KEY_LOG = 0x544c534b, SSH_KEY_LOG = 0x5353484b };

/* All of a key log's text, put together of its pieces, none of which ends inside a line but the last. */
static void assert_secrets(struct capture *capture, const char *text)
{
	size_t len = strlen(text), at = 0;
	bool last = false;

	while (!last) {
		struct frame frame = { .number = 77 };

		if (capture_next(capture, &frame) != CAPTURE_SECRETS)
			fail_msg("no secrets: %s", capture_error(capture));
		struct capture_secrets secrets = capture_secrets(capture);

		assert_int_equal(frame.number, 77);
		assert_true(capture_may_hold_secrets(capture));
		assert_in_range(secrets.text.len, 1, len - at);
		assert_memory_equal(secrets.text.data, text + at, secrets.text.len);
		at += secrets.text.len;
		last = secrets.last;
		assert_true(last || text[at - 1] == '\n');
	}
	assert_int_equal(at, len);
}

/* First, middle and last, in both byte orders and in a second section; other kinds and empty ones pass by. */
static void test_secrets(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct image image = { .big_endian = order != 0 };

		image_section(&image);
		image_secrets(&image, TLS_KEY_LOG, "first\n", 6);
		image_interface(&image, 1, 0, -1, 0);
		image_enhanced(&image, 0, 1, 1, "x");
		image_secrets(&image, SSH_KEY_LOG, "other\n", 6);
		image_secrets(&image, 0x4b534c54, "other\n", 6); /* the type's bytes the wrong way round */
		image_secrets(&image, TLS_KEY_LOG, "", 0);
		image_secrets(&image, TLS_KEY_LOG, "two\nlines", 9);
		image_enhanced(&image, 0, 2, 1, "y");
		image.big_endian = !image.big_endian;
		image_section(&image);
		image_secrets(&image, TLS_KEY_LOG, "\n", 1);
		image_secrets(&image, TLS_KEY_LOG, "last", 4);
		struct capture *capture = image_open(&image, image.len);

		assert_false(capture_may_hold_secrets(capture));
		assert_secrets(capture, "first\n");
		assert_frame(capture, 1000, 1, "x", 1);
		assert_secrets(capture, "two\nlines");
		assert_frame(capture, 2000, 1, "y", 1);
		assert_secrets(capture, "\n");
		assert_secrets(capture, "last");
		assert_end(capture);
		image_fini(&image);
	}
}

/* Longer than any buffer: lines of every length up to one that is longer than lines are. */
static void test_secrets_in_pieces(void **state)
{
	struct image image = { .data = NULL };
	struct image text = { .data = NULL };

	(void)state;
	for (uint32_t n = 0; text.len < 5 * 1024 * 1024; n++) {
		char line[3000];
		size_t len = n * 7919 % sizeof line;

		memset(line, (int)('a' + n % 26), len);
		image_bytes(&text, line, len);
		image_bytes(&text, "\n", 1);
	}
	image_bytes(&text, "", 1); /* ends the text */
	image_section(&image);
	image_secrets(&image, TLS_KEY_LOG, (char *)text.data, text.len - 1);
	image_interface(&image, 1, 0, -1, 0);
	image_enhanced(&image, 0, 1, 1, "x");
	struct capture *capture = image_open(&image, image.len);

	assert_secrets(capture, (char *)text.data);
	assert_frame(capture, 1000, 1, "x", 1);
	assert_end(capture);
	image_fini(&image);
	image_fini(&text);
}

/* No end of a line in a megabyte: handed out all the same, not gathered. */
static void test_secrets_without_lines(void **state)
{
	struct image image = { .data = NULL };
	size_t len = 1024 * 1024 + 3, got = 0;
	char *text = malloc(len);
	struct frame frame;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	image_section(&image);
	image_secrets(&image, TLS_KEY_LOG, text, len);
	struct capture *capture = image_open(&image, image.len);

	while (capture_next(capture, &frame) == CAPTURE_SECRETS)
		got += capture_secrets(capture).text.len;
	assert_int_equal(got, len);
	assert_true(capture_secrets(capture).last);
	assert_end(capture);
	image_fini(&image);
	free(text);
}

/* Whole lines before the cut are handed out, the begun one is not: half a secret could look like one. */
static void test_secrets_cut(void **state)
{
	struct image image = image_begun();
	size_t start = image.len;
	char error[100];

	(void)state;
	image_secrets(&image, TLS_KEY_LOG, "one\nthree", 9);
	snprintf(error, sizeof error, "t.pcap: byte %zu: truncated: the input ends inside a block", start);
	for (size_t len = start + 1; len < image.len; len++) {
		struct capture *capture = image_open(&image, len);
		enum capture_status status;
		struct frame frame;
		size_t got = 0;

		while ((status = capture_next(capture, &frame)) == CAPTURE_SECRETS)
			got += capture_secrets(capture).text.len;
		assert_int_equal(status, CAPTURE_BAD);
		assert_int_equal(got, len < start + 16 + 4 ? 0 : len < start + 16 + 9 ? 4 : 9);
		assert_string_equal(capture_error(capture), error);
		capture_close(capture);
	}
	image_fini(&image);
}

static void test_secrets_lying(void **state)
{
	static const struct {
		uint32_t secrets_len;
		const char *what;
	} cases[] = {
		{ 29, "secrets of 29 bytes in a block of 48" },
		{ 0xffffffff, "secrets of 4294967295 bytes in a block of 48" },
		{ 0xfffffff0, "secrets of 4294967280 bytes in a block of 48" },
	};
	struct image image;
	size_t start;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		image = image_begun();
		start = image.len;
		image_secrets(&image, TLS_KEY_LOG, "line\n", 5);
		memcpy(image.data + start + 12, &cases[i].secrets_len, 4);
		assert_damage(&image, start, cases[i].what);
	}
	image = image_begun();
	start = image.len;
	image_filler(&image, BLOCK_SECRETS, 4);
	assert_damage(&image, start, "secrets block says 16 bytes");

	image = image_begun();
	start = image.len;
	image_secrets(&image, SSH_KEY_LOG, "line\n", 5);
	image.data[image.len - 4] ^= 0x40;
	assert_damage(&image, start, "block says 48 bytes at its start and 112 at its end");

	image = image_begun();
	start = image.len;
	image_secrets(&image, TLS_KEY_LOG, "line\n", 5);
	image.data[image.len - 4] ^= 0x40;
	struct capture *capture = image_open(&image, image.len);
	struct frame frame;

	assert_secrets(capture, "line\n");
	assert_int_equal(capture_next(capture, &frame), CAPTURE_BAD);
	assert_non_null(strstr(capture_error(capture), "block says 48 bytes at its start and 112 at its end"));
	capture_close(capture);
	image_fini(&image);
}

/* Through a pipe, byte by byte: a line comes when its end is there. */
static void test_secrets_trickle(void **state)
{
	struct image image = image_begun();
	size_t start = image.len, n_secrets = 0, n_frames = 0;
	enum capture_status status = CAPTURE_MORE;
	struct frame frame;
	int ends[2];

	(void)state;
	image_secrets(&image, TLS_KEY_LOG, "one\ntwo\nthr", 11);
	image_enhanced(&image, 0, 1, 1, "x");
	assert_int_equal(pipe(ends), 0);
	struct capture *capture = capture_open_source(ends[0], "pipe", CAPTURE_PIPE, NULL);

	assert_non_null(capture);
	for (size_t i = 0; i < image.len; i++) {
		assert_int_equal(write(ends[1], image.data + i, 1), 1);
		while ((status = capture_next(capture, &frame)) != CAPTURE_MORE) {
			n_secrets += status == CAPTURE_SECRETS;
			n_frames += status == CAPTURE_FRAME;
			assert_true(status == CAPTURE_SECRETS || status == CAPTURE_FRAME);
		}
		if (i == start + 16 + 2)
			assert_int_equal(n_secrets, 0);
		if (i == start + 16 + 3)
			assert_int_equal(n_secrets, 1);
	}
	close(ends[1]);
	assert_int_equal(n_secrets, 3);
	assert_int_equal(n_frames, 1);
	assert_end(capture);
	image_fini(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),      cmocka_unit_test(test_resolutions),
		cmocka_unit_test(test_bad_options),   cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_block_lengths), cmocka_unit_test(test_bad_blocks),
		cmocka_unit_test(test_interface_cap), cmocka_unit_test(test_straddle),
		cmocka_unit_test(test_secrets),       cmocka_unit_test(test_secrets_in_pieces),
		cmocka_unit_test(test_secrets_cut),   cmocka_unit_test(test_secrets_without_lines),
		cmocka_unit_test(test_secrets_lying), cmocka_unit_test(test_secrets_trickle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
