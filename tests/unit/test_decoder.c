/* Compressed inputs, made here by the libraries themselves: whole, in members, cut anywhere, and with something behind. */
#include "sensor/input/decoder.h"

#include <errno.h>
#include <lz4frame.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { PLAIN_LEN = 300000, PACKED_LEN = 2 * PLAIN_LEN + 1000 };

static size_t pack_gzip(const uint8_t *data, size_t len, uint8_t *to)
{
	z_stream stream = { .next_in = (z_const Bytef *)(uintptr_t)data, .avail_in = (uInt)len, .next_out = to, .avail_out = PACKED_LEN };

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return PACKED_LEN - stream.avail_out;
}

static size_t pack_zstd(const uint8_t *data, size_t len, uint8_t *to)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	assert_non_null(context);
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
	size_t n = ZSTD_compress2(context, to, PACKED_LEN, data, len);

	assert_false(ZSTD_isError(n));
	ZSTD_freeCCtx(context);
	return n;
}

static size_t pack_xz(const uint8_t *data, size_t len, uint8_t *to)
{
	size_t n = 0;

	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, data, len, to, &n, PACKED_LEN), LZMA_OK);
	return n;
}

static size_t pack_lz4(const uint8_t *data, size_t len, uint8_t *to)
{
	const LZ4F_preferences_t preferences = { .frameInfo = { .contentChecksumFlag = LZ4F_contentChecksumEnabled } };
	size_t n = LZ4F_compressFrame(to, PACKED_LEN, data, len, &preferences);

	assert_false(LZ4F_isError(n));
	return n;
}

static const struct {
	const char *name;
	size_t (*pack)(const uint8_t *data, size_t len, uint8_t *to);
	size_t lag; /* what of the plain bytes may be missing of a packed half */
} packers[] = {
	{ "gzip", pack_gzip, 70000 }, { "zstd", pack_zstd, 131072 }, { "xz", pack_xz, 70000 }, { "lz4", pack_lz4, 65536 },
};

enum { N_PACKERS = sizeof packers / sizeof packers[0] };

/* Text that packs to about a half. */
static void fill(uint8_t *plain)
{
	uint32_t x = 20261124;

	for (size_t i = 0; i < PLAIN_LEN; i++) {
		x = x * 1664525 + 1013904223;
		plain[i] = (uint8_t)("0123456789abcdef"[x >> 28]);
	}
}

/* Decodes all, `room` bytes at a time. Returns how many, and errno of the end in *error. */
static size_t decode(const uint8_t *packed, size_t len, uint8_t *to, size_t room, int *error, struct decoder *decoder)
{
	int fd = memfd_create("packed", MFD_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	assert_true(fd >= 0 && write(fd, packed, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	decoder_begin(decoder, fd, CAPTURE_FILE);
	while ((got = decoder_read(decoder, to + n, room)) > 0)
		n += (size_t)got;
	*error = got < 0 ? errno : 0;
	assert_int_equal(decoder_read(decoder, to + n, room), got); /* the end stays the end */
	assert_true(decoder->offset <= len);
	decoder_end(decoder);
	return n;
}

struct work {
	uint8_t plain[PLAIN_LEN], packed[2 * PACKED_LEN], out[2 * PLAIN_LEN + PLAIN_LEN];
};

static struct work *work_new(void)
{
	struct work *work = malloc(sizeof *work);

	assert_non_null(work);
	fill(work->plain);
	return work;
}

static void test_whole(void **state)
{
	static const size_t rooms[] = { 1, 7, 4096, PLAIN_LEN };
	struct work *work = work_new();
	struct decoder decoder;
	int error;

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, PLAIN_LEN, work->packed);

		for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
			assert_int_equal(decode(work->packed, len, work->out, rooms[i], &error, &decoder), PLAIN_LEN);
			assert_int_equal(error, 0);
			assert_int_equal(decoder.offset, len);
			assert_memory_equal(work->out, work->plain, PLAIN_LEN);
		}
	}
	free(work);
}

/* Members of nothing, too. */
static void test_members(void **state)
{
	struct work *work = work_new();
	struct decoder decoder;
	int error;

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, 1, work->packed);

		len += packers[p].pack(work->plain, 0, work->packed + len);
		len += packers[p].pack(work->plain + 1, PLAIN_LEN - 1, work->packed + len);
		len += packers[p].pack(work->plain, 0, work->packed + len);
		assert_int_equal(decode(work->packed, len, work->out, 65536, &error, &decoder), PLAIN_LEN);
		assert_int_equal(error, 0);
		assert_memory_equal(work->out, work->plain, PLAIN_LEN);
	}
	free(work);
}

static void test_cut(void **state)
{
	struct work *work = work_new();
	struct decoder decoder;
	int error;

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, PLAIN_LEN, work->packed);

		for (size_t part = 1; part <= 16; part++) {
			size_t cut = part < 16 ? len * part / 16 : len - 1;
			size_t n = decode(work->packed, cut, work->out, 10000, &error, &decoder);

			assert_int_equal(error, EBADMSG);
			assert_string_equal(decoder.why, "the input ends inside it");
			assert_int_equal(decoder.offset, cut);
			assert_memory_equal(work->out, work->plain, n);
			assert_true(n + packers[p].lag >= PLAIN_LEN * part / 16 * 9 / 10 || part == 16);
		}
	}
	free(work);
}

/* What is damaged ends it; what was before it is right. */
static void test_damaged(void **state)
{
	struct work *work = work_new();
	struct decoder decoder;
	int error;

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, PLAIN_LEN, work->packed);
		size_t n = 0;

		memset(work->packed + len / 2, 0xff, len / 4);
		n = decode(work->packed, len, work->out, 10000, &error, &decoder);
		assert_true(n <= sizeof work->out);
		assert_int_equal(error, EBADMSG);
		assert_memory_equal(work->out, work->plain, PLAIN_LEN / 8 < n ? PLAIN_LEN / 8 : n);
	}
	free(work);
}

static void test_behind(void **state)
{
	struct work *work = work_new();
	struct decoder decoder;
	int error;

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, PLAIN_LEN, work->packed);

		memset(work->packed + len, 'x', 64);
		assert_int_equal(decode(work->packed, len + 64, work->out, 65536, &error, &decoder), PLAIN_LEN);
		assert_int_equal(error, EBADMSG);
		memset(work->packed + len, 0, 64); /* a tape's */
		assert_int_equal(decode(work->packed, len + 64, work->out, 65536, &error, &decoder), PLAIN_LEN);
		assert_int_equal(error, p == 0 || p == 2 ? 0 : EBADMSG);
	}
	free(work);
}

static void test_plain(void **state)
{
	static const char *const texts[] = { "", "a", "abcde", "abcdef", "abcdefghijkl", "\x1f", "\x1f\x8b", "\xfd" "7zX" };
	struct decoder decoder;
	uint8_t out[100];
	int error;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		for (size_t room = 1; room < 16; room++) {
			struct bytes text = bytes_text(texts[i]);

			assert_int_equal(decode(text.data, text.len, out, room, &error, &decoder), text.len);
			assert_int_equal(error, 0);
			assert_memory_equal(out, text.data, text.len);
		}
	}
}

/* From a pipe that gives one byte at a time, between which nothing is there. */
static void test_pipe(void **state)
{
	struct work *work = work_new();

	(void)state;
	for (size_t p = 0; p < N_PACKERS; p++) {
		size_t len = packers[p].pack(work->plain, 1000, work->packed), n = 0;
		struct decoder decoder;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		decoder_begin(&decoder, ends[0], CAPTURE_PIPE);
		for (size_t i = 0; i < len; i++) {
			ssize_t got;

			assert_int_equal(write(ends[1], work->packed + i, 1), 1);
			while ((got = decoder_read(&decoder, work->out + n, 4096)) > 0)
				n += (size_t)got;
			assert_true(got == -1 && errno == EAGAIN);
		}
		close(ends[1]);
		assert_int_equal(decoder_read(&decoder, work->out + n, 4096), 0);
		assert_int_equal(n, 1000);
		assert_memory_equal(work->out, work->plain, n);
		decoder_end(&decoder);
	}
	free(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_members), cmocka_unit_test(test_cut), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_behind), cmocka_unit_test(test_plain), cmocka_unit_test(test_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
