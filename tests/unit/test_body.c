/* What is kept of a body: by its type, its coding, its length, its caps; however it comes, lost in part, and without memory. */
#include "dissectors/app/body.h"
#include "tests/support/coder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CAP = 200000, MEMORY = 64 << 20 };

struct place {
	struct budget budget, arena_budget;
	struct arena arena;
	struct body_env env;
	struct http_message message;
};

static void place_init(struct place *place, size_t cap, size_t memory, size_t arena)
{
	budget_init(&place->budget, memory, NULL);
	budget_init(&place->arena_budget, arena, NULL);
	arena_init(&place->arena, 4096, &place->arena_budget);
	place->env = (struct body_env){ .cap = cap, .budget = &place->budget };
	place->message = (struct http_message){ .is_end = true, .body_len = 77, .tx = 5 };
}

static void place_fini(struct place *place)
{
	assert_int_equal(place->budget.used, 0);
	arena_fini(&place->arena);
}

static struct body *open_as(struct place *place, const char *type, const char *coding, uint64_t length)
{
	struct body_head head = { .dir = TO_CLIENT, .content_type = bytes_text(type), .content_encoding = bytes_text(coding),
		.length = length };

	return body_open(&place->env, &head);
}

static void add_in(struct body *body, struct bytes data, size_t piece)
{
	for (; data.len; data = bytes_tail(data, piece))
		body_add(body, bytes_head(data, piece));
}

/* Digits that are hard to compress, to be freed. */
static struct bytes digits(size_t len)
{
	uint8_t *text = malloc(len ? len : 1);
	uint32_t n = 1;

	assert_non_null(text);
	for (size_t i = 0; i < len; i++, n = n * 1664525 + 1013904223)
		text[i] = (uint8_t)('0' + (n >> 24) % 10);
	return bytes_of(text, len);
}

static void test_open(void **state)
{
	static const struct {
		const char *type, *coding;
		uint64_t length;
		bool opens;
		enum http_content content;
	} cases[] = {
		{ "application/json", "", 5, true, HTTP_CONTENT_JSON },
		{ "application/json", "", UINT64_MAX, true, HTTP_CONTENT_JSON },
		{ "application/json", "", CAP, true, HTTP_CONTENT_JSON },
		{ "application/json", "", CAP + 1, false, 0 },
		{ "application/json", "", UINT64_MAX - 1, false, 0 },
		{ "application/json", "br", 5, true, HTTP_CONTENT_JSON },
		{ "application/json", "compress", 5, false, 0 },
		{ "application/json", "br, br, br, br", 5, false, 0 },
		{ "application/x-www-form-urlencoded", "", 5, true, HTTP_CONTENT_FORM },
		{ "text/xml", "", 5, true, HTTP_CONTENT_XML },
		{ "text/plain", "", 5, true, HTTP_CONTENT_TEXT },
		{ "text/html", "", 65536, true, HTTP_CONTENT_TEXT },
		{ "text/html", "", 65537, false, 0 },
		{ "image/png", "", 5, false, 0 },
		{ "", "", 5, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct place place;

		place_init(&place, CAP, MEMORY, MEMORY);
		struct body *body = open_as(&place, cases[i].type, cases[i].coding, cases[i].length);

		assert_int_equal(body != NULL, cases[i].opens);
		assert_in_range(place.budget.used, 0, 400); /* not what was announced */
		if (body) {
			body_finish(body, &place.message, &place.arena);
			assert_int_equal(place.message.content_type, cases[i].content);
		}
		assert_int_equal(place.env.counts.refused, 0);
		place_fini(&place);
	}
	body_free(NULL);
}

static void test_pieces(void **state)
{
	static const size_t pieces[] = { 1, 7, 1000, 1500, 65536, CAP }, lens[] = { 0, 1, 1000, 5000, 130000, CAP };

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		for (size_t j = 0; j < sizeof lens / sizeof lens[0]; j++) {
			struct bytes text = digits(lens[j]);
			struct place place;

			place_init(&place, CAP, MEMORY, MEMORY);
			struct body *body = open_as(&place, "application/json", "", UINT64_MAX);

			add_in(body, text, pieces[i]);
			assert_false(body_is_full(body));
			body_finish(body, &place.message, &place.arena);
			assert_true(bytes_equal(place.message.content, text));
			assert_false(place.message.content_cut);
			assert_non_null(place.message.content.data);
			assert_int_equal(place.message.body_len, 77);
			assert_int_equal(place.message.tx, 5);
			assert_int_equal(place.env.counts.kept, 1);
			assert_int_equal(place.env.counts.cut, 0);
			assert_int_equal(place.env.counts.bytes, lens[j]);
			place_fini(&place);
			coder_free(text);
		}
	}
}

static void test_cap(void **state)
{
	struct bytes text = digits(5002);

	(void)state;
	for (size_t len = 4998; len <= 5002; len++) {
		struct place place;

		place_init(&place, 5000, MEMORY, MEMORY);
		struct body *body = open_as(&place, "application/json", "", UINT64_MAX);

		add_in(body, bytes_head(text, len), 13);
		assert_int_equal(body_is_full(body), len > 5000);
		body_finish(body, &place.message, &place.arena);
		assert_true(bytes_equal(place.message.content, bytes_head(text, len < 5000 ? len : 5000)));
		assert_int_equal(place.message.content_cut, len > 5000);
		assert_int_equal(place.env.counts.cut, len > 5000);
		place_fini(&place);
	}
	coder_free(text);
}

/* Text is kept only as long as answers of metadata services are. */
static void test_text_cap(void **state)
{
	struct bytes text = digits(70000);
	struct place place;

	(void)state;
	place_init(&place, CAP, MEMORY, MEMORY);
	struct body *body = open_as(&place, "text/plain", "", UINT64_MAX);

	body_add(body, text);
	assert_true(body_is_full(body));
	body_finish(body, &place.message, &place.arena);
	assert_true(bytes_equal(place.message.content, bytes_head(text, 65536)));
	assert_true(place.message.content_cut);
	place_fini(&place);
	coder_free(text);
}

static void test_gap(void **state)
{
	struct place place;

	(void)state;
	place_init(&place, CAP, MEMORY, MEMORY);
	struct body *body = open_as(&place, "application/json", "", UINT64_MAX);

	body_add(body, bytes_text("{\"a\""));
	body_gap(body);
	assert_true(body_is_full(body));
	body_add(body, bytes_text("b"));
	body_finish(body, &place.message, &place.arena);
	assert_true(bytes_is(place.message.content, "{\"a\""));
	assert_true(place.message.content_cut);
	place_fini(&place);
}

static void test_text_that_is_json(void **state)
{
	static const struct {
		const char *type, *text;
		enum http_content content;
	} cases[] = {
		{ "text/plain", "{}", HTTP_CONTENT_JSON },	  { "text/plain", " \r\n\t[1]", HTTP_CONTENT_JSON },
		{ "text/plain", "eyJ.e30.x", HTTP_CONTENT_TEXT }, { "text/plain", "", HTTP_CONTENT_TEXT },
		{ "text/plain", "  ", HTTP_CONTENT_TEXT },	  { "application/json", "eyJ", HTTP_CONTENT_JSON },
		{ "text/xml", "{}", HTTP_CONTENT_XML },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct place place;

		place_init(&place, CAP, MEMORY, MEMORY);
		struct body *body = open_as(&place, cases[i].type, "", UINT64_MAX);

		body_add(body, bytes_text(cases[i].text));
		body_finish(body, &place.message, &place.arena);
		assert_int_equal(place.message.content_type, cases[i].content);
		place_fini(&place);
	}
}

/* However it was cut, and whatever is wrong with it, what comes out is the same. */
static void test_coded(void **state)
{
	struct bytes text = digits(150000);

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_of((enum coder)coder, text);

		for (int broken = 0; broken < 3; broken++) {
			struct bytes first = { NULL, 0 }, sent = broken == 1 ? bytes_head(coded, coded.len / 2) : coded;
			static const size_t pieces[] = { 1, 300, 1460, CAP };
			struct place places[4];

			if (broken == 2)
				memset((uint8_t *)(uintptr_t)coded.data + coded.len / 2, 0xff, 2000);
			for (size_t i = 0; i < 4; i++) {
				struct place *place = &places[i];

				place_init(place, CAP, MEMORY, MEMORY);
				struct body *body = open_as(place, "application/json", coder_names[coder], coded.len);

				add_in(body, sent, pieces[i]);
				body_finish(body, &place->message, &place->arena);
				if (i == 0)
					first = place->message.content;
				assert_true(bytes_equal(place->message.content, first));
				assert_int_equal(place->message.content_cut, places[0].message.content_cut);
			}
			if (broken == 0)
				assert_true(bytes_equal(first, text));
			if (broken != 2)
				assert_int_equal(places[0].message.content_cut, broken);
			for (size_t i = 0; i < 4; i++)
				place_fini(&places[i]);
		}
		coder_free(coded);
	}
	coder_free(text);
}

/* Ten megabytes of zeros in a kilobyte: bounded in what comes out and in what it takes. */
static void test_bomb(void **state)
{
	struct bytes zeros = { calloc(1, 10 << 20), 10 << 20 };

	(void)state;
	assert_non_null(zeros.data);
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes coded = coder_of((enum coder)coder, zeros);
		struct place place;

		place_init(&place, CAP, MEMORY, MEMORY);
		struct body *body = open_as(&place, "application/json", coder_names[coder], coded.len);

		body_add(body, coded);
		body_finish(body, &place.message, &place.arena);
		assert_true(place.message.content_cut);
		assert_in_range(place.message.content.len, 65536, CAP);
		assert_in_range(place.budget.peak, 0, 33 << 20);
		place_fini(&place);
		coder_free(coded);
	}
	coder_free(zeros);
}

static void test_no_memory(void **state)
{
	struct bytes text = digits(30000), coded = coder_of(CODER_GZIP, text);
	bool all = false;

	(void)state;
	for (size_t memory = 0; !all; memory += 53) {
		struct place place;

		place_init(&place, CAP, memory, MEMORY);
		struct body *body = open_as(&place, "application/json", "gzip", UINT64_MAX);

		assert_int_equal(place.env.counts.refused, !body);
		if (body) {
			add_in(body, coded, 1000);
			body_finish(body, &place.message, &place.arena);
			all = !place.message.content_cut;
			assert_true(bytes_equal(place.message.content, bytes_head(text, place.message.content.len)));
			assert_int_equal(place.message.content.len == text.len, all);
		}
		place_fini(&place);
	}
	for (size_t memory = 0; memory < 40000; memory += 4096) {
		struct place place;

		place_init(&place, CAP, MEMORY, memory);
		struct body *body = open_as(&place, "application/json", "gzip", UINT64_MAX);

		body_add(body, coded);
		body_finish(body, &place.message, &place.arena);
		assert_int_equal(place.message.content.len, place.message.content_cut ? 0 : text.len);
		assert_int_equal(place.env.counts.kept, 1);
		place_fini(&place);
	}
	coder_free(coded);
	coder_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),  cmocka_unit_test(test_pieces),		  cmocka_unit_test(test_cap),
		cmocka_unit_test(test_text_cap), cmocka_unit_test(test_gap), cmocka_unit_test(test_text_that_is_json),
		cmocka_unit_test(test_coded), cmocka_unit_test(test_bomb), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
