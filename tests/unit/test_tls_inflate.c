/* Compressed records: one stream over many; what is no deflate, what becomes too long, what there is no memory for. */
#include "dissectors/app/tls_inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <zlib.h>
#include <cmocka.h>

enum { CONTENT_CAP = 16384 };

static struct bytes deflated(z_stream *stream, const uint8_t *data, size_t len, uint8_t *room, size_t cap)
{
	stream->next_in = (uint8_t *)(uintptr_t)data;
	stream->avail_in = (unsigned)len;
	stream->next_out = room;
	stream->avail_out = (unsigned)cap;
	assert_int_equal(deflate(stream, Z_SYNC_FLUSH), Z_OK);
	return bytes_of(room, cap - stream->avail_out);
}

static void test_records(void **state)
{
	static const size_t lens[] = { 5, 16384, 1, 300, 16384, 16000 };
	uint8_t *data = malloc(CONTENT_CAP), *room = malloc(2 * CONTENT_CAP), *out = malloc(CONTENT_CAP);
	z_stream stream = { .zalloc = NULL };
	struct budget budget;
	size_t len;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	struct tls_inflate *inflate = tls_inflate_new(&budget);

	assert_true(data && room && out && inflate && deflateInit(&stream, 9) == Z_OK);
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		for (size_t j = 0; j < lens[i]; j++)
			data[j] = (uint8_t)(i & 1 ? j * j >> 3 : j % 3);
		struct bytes record = deflated(&stream, data, lens[i], room, 2 * CONTENT_CAP);

		assert_true(tls_inflate_record(inflate, record, out, &len));
		assert_int_equal(len, lens[i]);
		assert_memory_equal(out, data, len);
	}
	assert_true(tls_inflate_record(inflate, bytes_of("", 0), out, &len));
	assert_int_equal(len, 0);
	assert_false(tls_inflate_record(inflate, bytes_of("\xff\xff\xff", 3), out, &len));
	deflateEnd(&stream);
	tls_inflate_free(inflate);
	assert_int_equal(budget.used, 0);
	free(data);
	free(room);
	free(out);
}

/* 16 MB of zeros in a record. */
static void test_bomb(void **state)
{
	uint8_t *data = calloc(1, 16 << 20), *room = malloc(1 << 20), *out = malloc(CONTENT_CAP);
	z_stream stream = { .zalloc = NULL };
	struct budget budget;
	size_t len;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	struct tls_inflate *inflate = tls_inflate_new(&budget);

	assert_true(data && room && out && inflate && deflateInit(&stream, 9) == Z_OK);
	struct bytes record = deflated(&stream, data, 16 << 20, room, 1 << 20);

	assert_false(tls_inflate_record(inflate, record, out, &len));
	assert_int_equal(len, CONTENT_CAP);
	deflateEnd(&stream);
	tls_inflate_free(inflate);
	free(data);
	free(room);
	free(out);
}

static void test_no_memory(void **state)
{
	(void)state;
	tls_inflate_free(NULL);
	for (size_t cap = 0; cap < 60000; cap += 50) {
		struct budget budget;

		budget_init(&budget, cap, NULL);
		tls_inflate_free(tls_inflate_new(&budget));
		assert_int_equal(budget.used, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_records), cmocka_unit_test(test_bomb),
	    cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
