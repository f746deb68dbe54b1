/* Compressed messages: of every window, cut anywhere, into rooms of every size; what is no deflate, what is lost, what is too
 * much. */
#include "dissectors/app/websocket_inflate.h"

#include "tests/support/websocket_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TEXT_CAP = 8192 };

/* A whole message, given in pieces of `piece` bytes and taken in rooms that grow by `room`. */
static enum websocket_inflated inflate_all(struct websocket_inflate *state, struct bytes in, size_t piece, size_t room,
    uint8_t *out, size_t *len)
{
	enum websocket_inflated then = WEBSOCKET_INFLATED;

	*len = 0;
	while (in.len && then == WEBSOCKET_INFLATED) {
		struct bytes part = bytes_head(in, piece);

		in = bytes_tail(in, part.len);
		do {
			size_t cap = *len + room < TEXT_CAP ? *len + room : TEXT_CAP;

			then = websocket_inflate_step(state, &part, out, len, cap);
			assert_true(*len <= cap);
		} while (then == WEBSOCKET_INFLATE_MORE);
		if (then == WEBSOCKET_INFLATED)
			assert_int_equal(part.len, 0);
	}
	return then == WEBSOCKET_INFLATED ? websocket_inflate_end(state) : then;
}

static size_t text_of(unsigned i, char *text)
{
	size_t len = (size_t)sprintf(text, "{\"number\":%u,\"token\":\"test\"", i);

	while (i % 3 && len < 60 * i)
		len += (size_t)sprintf(text + len, ",\"%zu\":\"xyz%u\"", len, i);
	return len + (size_t)sprintf(text + len, "}");
}

static void test_messages(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, SIZE_MAX }, rooms[] = { 1, 13, SIZE_MAX / 2 };

	(void)state;
	for (int bits = 9; bits <= 15; bits++) {
		for (unsigned way = 0; way < 24; way++) {
			struct talk_deflater deflater;
			struct budget budget;

			budget_init(&budget, 1 << 20, NULL);
			struct websocket_inflate *inflate = websocket_inflate_new(&budget);

			assert_non_null(inflate);
			talk_deflater_init(&deflater, bits, way & 1);
			for (unsigned i = 0; i < 30; i++) {
				char text[TEXT_CAP];
				uint8_t out[TEXT_CAP];
				size_t len = text_of(i, text), got;
				struct bytes message = talk_deflate(&deflater, bytes_of(text, len));

				size_t piece = pieces[way / 2 % 4], room = rooms[way / 8];
				enum websocket_inflated how = inflate_all(inflate, message, piece, room, out, &got);

				assert_int_equal(how, WEBSOCKET_INFLATED);
				assert_int_equal(got, len);
				assert_memory_equal(out, text, len);
				free((void *)(uintptr_t)message.data);
			}
			talk_deflater_fini(&deflater);
			assert_true(budget.peak < 48 * 1024);
			websocket_inflate_free(inflate);
			assert_int_equal(budget.used, 0);
		}
	}
}

/* Of three messages the second is lost, or seen in part: the third is right, or not there. */
static void test_lost(void **state)
{
	unsigned n_right = 0, n_bad = 0;

	(void)state;
	for (unsigned keep = 0; keep < 2; keep++) {
		for (size_t seen = 0; seen < 40; seen++) {
			char text[3][TEXT_CAP];
			uint8_t out[TEXT_CAP];
			struct talk_deflater deflater;
			struct budget budget;
			size_t got;

			budget_init(&budget, 1 << 20, NULL);
			struct websocket_inflate *inflate = websocket_inflate_new(&budget);

			talk_deflater_init(&deflater, 15, keep);
			for (unsigned i = 0; i < 3; i++) {
				size_t len = text_of(i + 4, text[i]);
				struct bytes message = talk_deflate(&deflater, bytes_of(text[i], len));
				enum websocket_inflated how;

				if (i == 1) {
					struct bytes part = bytes_head(message, seen);

					got = 0;
					how = websocket_inflate_step(inflate, &part, out, &got, TEXT_CAP);
					assert_int_equal(how, WEBSOCKET_INFLATED);
					websocket_inflate_lose(inflate);
				} else {
					how = inflate_all(inflate, message, SIZE_MAX, TEXT_CAP, out, &got);
					n_right += i == 2 && how == WEBSOCKET_INFLATED;
					n_bad += i == 2 && how == WEBSOCKET_INFLATE_BAD;
					assert_true(how == WEBSOCKET_INFLATED ? got == len : i == 2);
				}
				assert_true(got <= len);
				assert_memory_equal(out, text[i], got);
				free((void *)(uintptr_t)message.data);
			}
			talk_deflater_fini(&deflater);
			websocket_inflate_free(inflate);
		}
	}
	assert_int_equal(n_right, 40); /* those that the sender compressed for themselves */
	assert_int_equal(n_bad, 40);
}

/* What the message's end finds: its deflate may end with a stream of its own, and must not be in the middle of a block. */
static void test_ends(void **state)
{
	static const struct {
		const char *name, *data;
		size_t len;
		enum websocket_inflated how;
		const char *text;
	} cases[] = {
		{ "as in RFC 7692 7.2.3.1", "\xf2\x48\xcd\xc9\xc9\x07\x00", 7, WEBSOCKET_INFLATED, "Hello" },
		{ "BFINAL, 7.2.3.4", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8, WEBSOCKET_INFLATED, "Hello" },
		{ "BFINAL alone", "\xf3\x48\xcd\xc9\xc9\x07\x00", 7, WEBSOCKET_INFLATED, "Hello" },
		{ "two streams", "\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00", 14, WEBSOCKET_INFLATED,
		  "HelloHello" },
		{ "empty, 7.2.3.6", "\x00", 1, WEBSOCKET_INFLATED, "" },
		{ "nothing at all", "", 0, WEBSOCKET_INFLATED, "" },
		{ "a block cut", "\xf2\x48\xcd\xc9", 4, WEBSOCKET_INFLATE_BAD, "Hel" },
		{ "with its four bytes", "\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff", 11, WEBSOCKET_INFLATE_BAD, "Hello" },
		{ "a stored block cut", "\x00\x05\x00\xfa\xff\x48\x65", 7, WEBSOCKET_INFLATE_BAD, "He" },
		{ "its lengths disagree", "\x00\x05\x00\xfa\xfe\x48\x65", 7, WEBSOCKET_INFLATE_BAD, "" },
		{ "block type 3", "\x06", 1, WEBSOCKET_INFLATE_BAD, "" },
		{ "too far back", "\x02\x13\x00", 3, WEBSOCKET_INFLATE_BAD, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t piece = 1; piece < 4; piece++) {
			struct budget budget;
			uint8_t out[TEXT_CAP];
			size_t len;

			budget_init(&budget, 1 << 20, NULL);
			struct websocket_inflate *inflate = websocket_inflate_new(&budget);
			struct bytes data = bytes_of(cases[i].data, cases[i].len), hello = bytes_of(cases[0].data, cases[0].len);
			enum websocket_inflated how = inflate_all(inflate, data, piece, 3, out, &len);

			if (how != cases[i].how || !bytes_is(bytes_of(out, len), cases[i].text))
				fail_msg("%s: %d, \"%.*s\"", cases[i].name, how, (int)len, (char *)out);
			if (how == WEBSOCKET_INFLATE_BAD)
				websocket_inflate_lose(inflate);
			/* and what follows is read */
			assert_int_equal(inflate_all(inflate, hello, piece, 3, out, &len), WEBSOCKET_INFLATED);
			assert_true(bytes_is(bytes_of(out, len), "Hello"));
			websocket_inflate_free(inflate);
		}
	}
}

/* A sender that ends its stream with each message, and goes on with the same window in the next one. */
static void test_window_over_streams(void **state)
{
	char text[3][TEXT_CAP], window[3 * TEXT_CAP] = "";
	struct budget budget;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	struct websocket_inflate *inflate = websocket_inflate_new(&budget);

	for (unsigned i = 0; i < 3; i++) {
		z_stream stream = { .zalloc = NULL };
		uint8_t message[TEXT_CAP], out[TEXT_CAP];
		size_t len = text_of(i + 4, text[i]), got;

		assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
		if (i)
			assert_int_equal(deflateSetDictionary(&stream, (uint8_t *)window, (unsigned)strlen(window)), Z_OK);
		stream.next_in = (uint8_t *)text[i];
		stream.avail_in = (unsigned)len;
		stream.next_out = message;
		stream.avail_out = sizeof message;
		assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
		size_t message_len = sizeof message - stream.avail_out;

		deflateEnd(&stream);
		assert_int_equal(inflate_all(inflate, bytes_of(message, message_len), i + 1, 100, out, &got), WEBSOCKET_INFLATED);
		assert_true(bytes_equal(bytes_of(out, got), bytes_of(text[i], len)));
		strcat(window, text[i]);
	}
	websocket_inflate_free(inflate);
}

static enum websocket_inflate_limit limit_behind(const uint8_t *data, size_t len)
{
	static uint8_t out[4096];
	struct talk_deflater deflater;
	struct budget budget;

	budget_init(&budget, 1 << 20, NULL);
	talk_deflater_init(&deflater, 15, true);
	struct websocket_inflate *inflate = websocket_inflate_new(&budget);
	struct bytes all = talk_deflate(&deflater, bytes_of(data, len)), in = all;
	enum websocket_inflated then;

	do {
		size_t n = 0;

		then = websocket_inflate_step(inflate, &in, out, &n, sizeof out);
	} while (then == WEBSOCKET_INFLATE_MORE);
	assert_int_equal(then, WEBSOCKET_INFLATED);
	enum websocket_inflate_limit limit = websocket_inflate_limit(inflate);

	free((void *)(uintptr_t)all.data);
	talk_deflater_fini(&deflater);
	websocket_inflate_free(inflate);
	return limit;
}

static void test_limits(void **state)
{
	enum { LEN = WEBSOCKET_INFLATE_WORK + 4096 };
	uint8_t *data = calloc(1, LEN);
	uint64_t seed = 3;

	(void)state;
	assert_non_null(data);
	assert_int_equal(limit_behind(data, WEBSOCKET_INFLATE_FREE), WEBSOCKET_INFLATE_WITHIN);
	assert_int_equal(limit_behind(data, WEBSOCKET_INFLATE_FREE + 200000), WEBSOCKET_INFLATE_BOMB);
	for (size_t i = 0; i < LEN; i += 20)
		data[i] = (uint8_t)(script_next(&seed) >> 32);
	assert_int_equal(limit_behind(data, 4 * WEBSOCKET_INFLATE_FREE), WEBSOCKET_INFLATE_WITHIN);
	assert_int_equal(limit_behind(data, LEN), WEBSOCKET_INFLATE_TIRED);
	free(data);
}

/* Refused at any time: told, and it goes on once there is memory. */
static void test_no_memory(void **state)
{
	unsigned n_none = 0, n_refused = 0;

	(void)state;
	websocket_inflate_free(NULL);
	for (size_t cap = 0; cap < 60000; cap += 97) {
		struct budget budget;
		uint8_t out[TEXT_CAP];
		size_t len;

		budget_init(&budget, cap, NULL);
		struct websocket_inflate *inflate = websocket_inflate_new(&budget);

		if (inflate) {
			struct bytes hello = bytes_of("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
			enum websocket_inflated how = inflate_all(inflate, hello, SIZE_MAX, 100, out, &len);

			if (how == WEBSOCKET_INFLATE_REFUSED) {
				n_refused++;
				budget.cap = 60000;
				websocket_inflate_lose(inflate);
				how = inflate_all(inflate, hello, SIZE_MAX, 100, out, &len);
			}
			assert_int_equal(how, WEBSOCKET_INFLATED);
			assert_true(bytes_is(bytes_of(out, len), "Hello"));
		}
		n_none += !inflate;
		websocket_inflate_free(inflate);
		assert_int_equal(budget.used, 0);
	}
	assert_true(n_none > 10 && n_refused > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages), cmocka_unit_test(test_lost),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_window_over_streams), cmocka_unit_test(test_limits), cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
