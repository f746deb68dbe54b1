/* Where frames begin again after a loss: found whatever is before them, never too early, never in noise, however it is cut. */
#include "dissectors/app/websocket_search.h"

#include "tests/support/websocket_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { BUFFER_CAP = 1 << 17 };

struct buffer {
	uint8_t data[BUFFER_CAP];
	size_t len;
};

static const uint8_t key[4] = { 0x91, 0x22, 0xf3, 0x44 };

static void add_frame(struct buffer *buffer, enum direction dir, uint8_t first, size_t len)
{
	buffer->len += talk_header(buffer->data + buffer->len, first, len, len < 126 ? 0 : 2, dir == TO_SERVER ? key : NULL);
	memset(buffer->data + buffer->len, 'a', len);
	buffer->len += len;
}

static void add_noise(struct buffer *buffer, size_t len, uint64_t *seed)
{
	while (len--)
		buffer->data[buffer->len++] = (uint8_t)(script_next(seed) >> 40);
}

/* Where a frame was found to begin; SIZE_MAX: nowhere. `n_cut`: bytes that are fed at once. */
static size_t find(const struct buffer *buffer, enum direction dir, bool behind_gap, size_t n_cut, size_t budget_cap)
{
	struct websocket_search search = { 0 };
	struct bytes rest = bytes_of(buffer->data, buffer->len);
	enum websocket_found found = WEBSOCKET_FOUND_NOT_YET;
	struct budget budget;
	size_t at = SIZE_MAX;

	budget_init(&budget, budget_cap, NULL);
	websocket_search_begin(&search, behind_gap);
	while (rest.len && found == WEBSOCKET_FOUND_NOT_YET) {
		struct bytes part = bytes_head(rest, n_cut), left = part;

		found = websocket_search_take(&search, &left, dir, &budget);
		if (found == WEBSOCKET_FOUND_NOT_YET)
			assert_int_equal(left.len, 0);
		rest = bytes_tail(rest, part.len);
	}
	if (found == WEBSOCKET_FOUND || (found == WEBSOCKET_FOUND_NOT_YET && websocket_search_end(&search, dir)))
		at = search.at;
	if (at != SIZE_MAX)
		assert_memory_equal(search.data, buffer->data, search.len);
	assert_true(search.len <= WEBSOCKET_SEARCH_LEN);
	websocket_search_drop(&search, &budget);
	assert_int_equal(budget.used, 0);
	return at;
}

static void expect(const struct buffer *buffer, enum direction dir, bool behind_gap, size_t want)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 100, 255, 256, 257, 5000, SIZE_MAX };

	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
		assert_int_equal(find(buffer, dir, behind_gap, cuts[i], 1 << 20), want);
}

static struct buffer *buffer_new(void)
{
	struct buffer *buffer = calloc(1, sizeof *buffer);

	assert_non_null(buffer);
	return buffer;
}

static void test_chains(void **state)
{
	static const struct {
		const char *name;
		uint8_t firsts[5];
		unsigned n;
		bool is_one;
	} cases[] = {
		{ "texts", { 0x81, 0x81, 0x82, 0x81, 0x81 }, 5, true },
		{ "control frames between", { 0x81, 0x89, 0x8a, 0x81, 0x89 }, 5, true },
		{ "parts", { 0x01, 0x00, 0x89, 0x80, 0x81 }, 5, true },
		{ "parts of what was lost", { 0x00, 0x00, 0x80, 0x81, 0x81 }, 5, true },
		{ "compressed", { 0xc1, 0x41, 0x00, 0x80, 0xc2 }, 5, true },
		{ "four", { 0x81, 0x81, 0x81, 0x81 }, 4, false },
		{ "a continuation of nothing", { 0x81, 0x80, 0x81, 0x81, 0x81 }, 5, false },
		{ "a message within another", { 0x81, 0x01, 0x81, 0x81, 0x81 }, 5, false },
		{ "Close in the middle", { 0x81, 0x81, 0x88, 0x81, 0x81 }, 5, false },
		{ "an opcode that is none", { 0x81, 0x81, 0x83, 0x81, 0x81 }, 5, false },
		{ "reserved bits", { 0x81, 0x81, 0x91, 0x81, 0x81 }, 5, false },
		{ "a compressed part", { 0x81, 0x01, 0xc0, 0x81, 0x81 }, 5, false },
		{ "half a ping", { 0x81, 0x81, 0x09, 0x81, 0x81 }, 5, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (int dir = 0; dir < 2; dir++) {
			struct buffer *buffer = buffer_new();

			memset(buffer->data, 0xff, buffer->len = 37);
			for (unsigned j = 0; j < cases[i].n; j++)
				add_frame(buffer, (enum direction)dir, cases[i].firsts[j], 20);
			size_t at = find(buffer, (enum direction)dir, false, SIZE_MAX, 1 << 20);

			if (at != (cases[i].is_one ? 37 : SIZE_MAX))
				fail_msg("%s: found at %zd", cases[i].name, (ssize_t)at);
			expect(buffer, (enum direction)dir, false, at);
			expect(buffer, (enum direction)!dir, false, SIZE_MAX);
			free(buffer);
		}
	}
}

static void test_behind_gap(void **state)
{
	(void)state;
	for (int dir = 0; dir < 2; dir++) {
		struct buffer *buffer = buffer_new();

		add_frame(buffer, (enum direction)dir, 0x81, 100);
		add_frame(buffer, (enum direction)dir, 0x81, 300);
		memset(buffer->data + buffer->len, 0xff, 500);
		buffer->len += 500;
		expect(buffer, (enum direction)dir, true, 0);
		expect(buffer, (enum direction)dir, false, SIZE_MAX); /* two are not enough elsewhere */
		free(buffer);
	}
}

static void test_noise(void **state)
{
	uint64_t seed = 5;
	unsigned n_found = 0;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct buffer *buffer = buffer_new();
		enum direction dir = (enum direction)(round & 1);

		add_noise(buffer, WEBSOCKET_SEARCH_LEN, &seed);
		n_found += find(buffer, dir, false, SIZE_MAX, 1 << 20) != SIZE_MAX;
		free(buffer);
	}
	assert_true(n_found <= 1); /* of 6.5 million places */
	for (unsigned i = 0; i < 256; i++) {
		struct buffer *buffer = buffer_new();

		memset(buffer->data, (int)i, buffer->len = 5000);
		/* some bytes make a row of masked frames by themselves: texts, pings */
		bool is_row = (i & 0x3f) == 1 || (i & 0x3f) == 2 || i == 0x89 || i == 0x8a;

		assert_int_equal(find(buffer, TO_CLIENT, true, SIZE_MAX, 1 << 20), SIZE_MAX);
		if (!is_row)
			assert_int_equal(find(buffer, TO_SERVER, true, SIZE_MAX, 1 << 20), SIZE_MAX);
		free(buffer);
	}
}

/* The frames behind noise are found, be they 10 bytes or 3000. */
static void test_behind_noise(void **state)
{
	static const size_t lens[] = { 0, 10, 125, 126, 1000, 2000 };
	uint64_t seed = 17;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct buffer *buffer = buffer_new();
		enum direction dir = (enum direction)(round & 1);
		size_t len = lens[round / 2 % 6], noise = (size_t)(script_next(&seed) >> 40) % 3000;

		add_noise(buffer, noise, &seed);
		for (unsigned i = 0; i < 8; i++)
			add_frame(buffer, dir, i % 3 == 1 ? 0x89 : 0x81, i % 3 == 1 ? 4 : len);
		/* noise right before it may look like one more */
		size_t at = find(buffer, dir, true, SIZE_MAX, 1 << 20);

		assert_true(at <= noise || at == SIZE_MAX);
		assert_true(at + 200 > noise && at != SIZE_MAX);
		expect(buffer, dir, true, at);
		free(buffer);
	}
}

/* What is found, lost again, and searched again costs what may be spent in all. */
static void test_spent(void **state)
{
	struct websocket_search search = { 0 };
	struct budget budget;
	struct buffer *buffer = buffer_new();
	enum websocket_found found = WEBSOCKET_FOUND_NOT_YET;
	unsigned n = 0;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	while (buffer->len < 512)
		add_frame(buffer, TO_CLIENT, 0x81, 10);
	websocket_search_begin(&search, true);
	while (found != WEBSOCKET_FOUND_NEVER) {
		struct bytes data = bytes_of(buffer->data, buffer->len);

		found = websocket_search_take(&search, &data, TO_CLIENT, &budget);
		if (found == WEBSOCKET_FOUND)
			search.at += 2; /* the header was none after all */
		websocket_search_begin(&search, n++ & 1);
	}
	assert_in_range(n, 2, WEBSOCKET_SEARCH_CAP / 256 + 2);
	websocket_search_drop(&search, &budget);
	assert_int_equal(budget.used, 0);
	free(buffer);
}

static void test_no_memory(void **state)
{
	struct buffer *buffer = buffer_new();

	(void)state;
	memset(buffer->data, 0xff, buffer->len = 3000);
	for (unsigned i = 0; i < 6; i++)
		add_frame(buffer, TO_CLIENT, 0x81, 100);
	assert_int_equal(find(buffer, TO_CLIENT, true, 10, 1 << 20), 3000);
	for (size_t cap = 0; cap < 4096 + 2048; cap += 100)
		assert_int_equal(find(buffer, TO_CLIENT, true, 10, cap), SIZE_MAX);
	free(buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_chains), cmocka_unit_test(test_behind_gap),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_behind_noise), cmocka_unit_test(test_spent), cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
