/* Header blocks in their frames: how far they are there, and what they hold. */
#include "dissectors/app/http2_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TEXT_CAP = 100000 };

struct rig {
	uint8_t text[TEXT_CAP];
	size_t len;
	struct budget budget;
	struct arena arena;
};

static void frame(struct rig *rig, uint8_t type, uint8_t flags, uint32_t stream, const char *payload, size_t len)
{
	const uint8_t header[HTTP2_FRAME_HEADER] = { (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, type, flags, 0, 0,
	    0, (uint8_t)stream };

	assert_true(rig->len + sizeof header + len <= TEXT_CAP);
	memcpy(rig->text + rig->len, header, sizeof header);
	memset(rig->text + rig->len + sizeof header, 'v', len);
	if (payload)
		memcpy(rig->text + rig->len + sizeof header, payload, len);
	rig->len += sizeof header + len;
}

#define FRAME(rig, type, flags, stream, payload) frame(rig, type, flags, stream, payload, sizeof payload - 1)

static struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof *rig);

	assert_non_null(rig);
	budget_init(&rig->budget, 1 << 20, NULL);
	arena_init(&rig->arena, 4096, &rig->budget);
	return rig;
}

static void rig_free(struct rig *rig)
{
	arena_fini(&rig->arena);
	free(rig);
}

/* Scanned byte by byte, as it comes; *len: how much was there. */
static enum http2_block_fit scan(const struct rig *rig, struct http2_block *block, size_t *len)
{
	size_t need = 0;

	*block = (struct http2_block){ 0 };
	for (*len = HTTP2_FRAME_HEADER;; ++*len) {
		enum http2_block_fit fit = http2_block_scan(block, bytes_of(rig->text, *len), &need);

		if (fit != HTTP2_BLOCK_PARTIAL || *len == rig->len)
			return fit;
		assert_true(need > *len); /* what is told to be needed is more, and no more than it takes */
		assert_true(http2_block_scan(&(struct http2_block){ 0 }, bytes_of(rig->text,
		    need - 1 < rig->len ? need - 1 : rig->len), &(size_t){ 0 }) ==
			    HTTP2_BLOCK_PARTIAL);
	}
}

static void test_whole(void **state)
{
	struct rig *rig = rig_new();
	struct http2_block block;
	struct http2_block_content content;
	size_t len;

	(void)state;
	FRAME(rig, HTTP2_FRAME_HEADERS, HTTP2_PADDED | HTTP2_PRIORITISED, 1, "\2dddd\7abcPP");
	FRAME(rig, HTTP2_FRAME_CONTINUATION, 0, 1, "");
	FRAME(rig, HTTP2_FRAME_CONTINUATION, HTTP2_END_HEADERS, 1, "def");
	size_t whole = rig->len;

	FRAME(rig, HTTP2_FRAME_PING, 0, 0, "12345678");
	assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_WHOLE);
	assert_int_equal(len, whole);
	assert_int_equal(block.len, whole);
	assert_int_equal(block.n, 2);
	assert_true(http2_block_join(&block, bytes_of(rig->text, rig->len), &content, &rig->arena));
	assert_true(bytes_is(content.fields, "abcdef"));
	assert_int_equal(content.weight, 7);
	assert_false(content.no_memory);
	assert_true(http2_block_join(&block, bytes_of(rig->text, whole - 1), &content, &rig->arena)); /* what is there of it */
	assert_true(bytes_is(content.fields, "abcde"));
	arena_fini(&rig->arena);
	rig->budget.cap = 0;
	assert_true(http2_block_join(&block, bytes_of(rig->text, whole), &content, &rig->arena));
	assert_true(content.no_memory);
	rig_free(rig);
}

static void test_push(void **state)
{
	struct rig *rig = rig_new();
	struct http2_block block;
	struct http2_block_content content;
	size_t len;

	(void)state;
	FRAME(rig, HTTP2_FRAME_PUSH_PROMISE, HTTP2_PADDED | HTTP2_END_HEADERS, 1, "\1\200\0\1\2abcP");
	assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_WHOLE);
	assert_true(http2_block_join(&block, bytes_of(rig->text, rig->len), &content, &rig->arena));
	assert_int_equal(content.promised, 0x102);
	assert_true(bytes_is(content.fields, "abc"));
	rig->len = 0;
	FRAME(rig, HTTP2_FRAME_PUSH_PROMISE, HTTP2_PADDED | HTTP2_END_HEADERS, 1, "\1\0\0\1P"); /* no room for a number */
	assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_WHOLE);
	assert_false(http2_block_join(&block, bytes_of(rig->text, rig->len), &content, &rig->arena));
	rig_free(rig);
}

static void test_broken(void **state)
{
	struct rig *rig = rig_new();
	struct http2_block block;
	size_t len;

	(void)state;
	FRAME(rig, HTTP2_FRAME_HEADERS, 0, 1, "abc");
	size_t first = rig->len;

	FRAME(rig, HTTP2_FRAME_PING, 0, 0, "12345678");
	assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_BROKEN);
	assert_int_equal(block.len, first);
	rig->len = first;
	FRAME(rig, HTTP2_FRAME_CONTINUATION, HTTP2_END_HEADERS, 3, "abc");
	assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_BROKEN);
	assert_int_equal(block.len, first);
	rig_free(rig);
}

static void test_caps(void **state)
{
	struct rig *rig = rig_new();
	struct http2_block block;
	size_t need, len = HTTP2_BLOCK_CAP - HTTP2_FRAME_HEADER;

	(void)state;
	frame(rig, HTTP2_FRAME_HEADERS, HTTP2_END_HEADERS, 1, NULL, len);
	block = (struct http2_block){ 0 };
	assert_int_equal(http2_block_scan(&block, bytes_of(rig->text, rig->len), &need), HTTP2_BLOCK_WHOLE);
	rig->len = 0;
	frame(rig, HTTP2_FRAME_HEADERS, HTTP2_END_HEADERS, 1, NULL, len + 1);
	block = (struct http2_block){ 0 };
	assert_int_equal(http2_block_scan(&block, bytes_of(rig->text, HTTP2_FRAME_HEADER), &need),
	    HTTP2_BLOCK_LONG); /* at once */
	for (unsigned n = HTTP2_BLOCK_CONTINUATIONS; n <= HTTP2_BLOCK_CONTINUATIONS + 1; n++) {
		rig->len = 0;
		FRAME(rig, HTTP2_FRAME_HEADERS, 0, 1, "");
		for (unsigned i = 1; i <= n; i++)
			frame(rig, HTTP2_FRAME_CONTINUATION, i == n ? HTTP2_END_HEADERS : 0, 1, "", 0);
		assert_int_equal(scan(rig, &block, &len), HTTP2_BLOCK_WHOLE);
	}
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_push),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
