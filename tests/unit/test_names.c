#include "dissectors/token/names.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static struct workspace workspace;

static int set_up(void **state)
{
	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

/* A text of names, each behind two bytes, as in JSON. */
struct text {
	char data[65536];
	size_t len;
};

static struct bytes put(struct text *text, const char *name)
{
	struct bytes raw = bytes_of(text->data + text->len + 2, strlen(name));

	memcpy(text->data + text->len + 2, name, raw.len);
	text->len += raw.len + 2;
	return raw;
}

static bool add_raw(struct names *names, uint16_t object, struct bytes raw, bool escaped)
{
	return names_add(names, object, raw, bytes_word(raw), escaped);
}

static bool add(struct names *names, struct text *text, uint16_t object, const char *name)
{
	return add_raw(names, object, put(text, name), strchr(name, '\\') != NULL);
}

static void test_spellings(void **state)
{
	static struct text text;
	struct names names;

	(void)state;
	text.len = 0;
	names_init(&names, (const uint8_t *)text.data, &workspace.arena);
	assert_false(add(&names, &text, 0, "iss"));
	assert_false(add(&names, &text, 0, "ISS"));
	assert_false(add(&names, &text, 1, "iss"));
	assert_false(add(&names, &text, 0, ""));
	assert_true(add(&names, &text, 0, "iss"));
	assert_true(add(&names, &text, 0, "\\u0069ss"));
	assert_true(add(&names, &text, 0, "i\\u0073\\u0073"));
	assert_true(add(&names, &text, 1, "\\u0069ss"));
	assert_false(add(&names, &text, 2, "\\u0069ss"));
	assert_true(add(&names, &text, 2, "iss"));
	assert_true(add(&names, &text, 0, ""));
}

/* Lengths around the 64 bytes that are hashed at once, plain and escaped, in the small table and in the large one. */
static void test_long_names(void **state)
{
	static struct text text;
	struct names names;

	(void)state;
	for (int large = 0; large < 2; large++) {
		text.len = 0;
		names_init(&names, (const uint8_t *)text.data, &workspace.arena);
		for (int i = 0; large && i < 500; i++) {
			char name[32];

			snprintf(name, sizeof name, "filler%d", i);
			assert_false(add(&names, &text, 9, name));
		}
		for (size_t len = 60; len < 70; len++) {
			char plain[80] = { 0 }, escaped[96];

			memset(plain, 'n', len);
			snprintf(escaped, sizeof escaped, "\\u006e%s", plain + 1);
			assert_false(add(&names, &text, (uint16_t)len, len % 2 ? plain : escaped));
			assert_true(add(&names, &text, (uint16_t)len, len % 2 ? escaped : plain));
		}
	}
}

/* What moves all names to the large table, and that it forgets none of them. */
static void test_moves(void **state)
{
	static struct text text;
	struct names names;
	char name[160] = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		text.len = 0;
		names_init(&names, (const uint8_t *)text.data, &workspace.arena);
		memset(name, 'n', 128);
		name[128] = '\0';
		assert_false(add(&names, &text, 1, name));
		assert_false(add(&names, &text, 1, "iss"));
		assert_true(names.small);
		name[128] = 'n';
		assert_false(add(&names, &text, 1, i ? name : "\\u0061"));
		assert_false(names.small);
		assert_true(add(&names, &text, 1, "i\\u0073s"));
		assert_true(add(&names, &text, 1, i ? name : "a"));
		name[128] = '\0';
		assert_true(add(&names, &text, 1, name));
		assert_false(add(&names, &text, 2, name));
	}
}

static void test_many(void **state)
{
	static struct text text;
	struct names names;
	char name[32];

	(void)state;
	text.len = 0;
	names_init(&names, (const uint8_t *)text.data, &workspace.arena);
	for (int i = 0; i < 8000; i++) {
		snprintf(name, sizeof name, i % 7 ? "%d" : "\\u0030%d", i);
		assert_false(add(&names, &text, (uint16_t)(i % 3), name));
	}
	assert_false(names.full);
	assert_int_equal(names.n, 8000);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof name, i % 7 ? "%d" : "0%d", i);
		assert_true(add_raw(&names, (uint16_t)(i % 3), put(&text, name), false));
	}
}

static void test_refusal(void **state)
{
	static struct text text;
	struct names names;
	char name[32];

	(void)state;
	text.len = 0;
	workspace.budget.cap = 0;
	names_init(&names, (const uint8_t *)text.data, &workspace.arena);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "%d", i);
		assert_false(add(&names, &text, 0, name));
	}
	assert_true(names.full);
	assert_false(add(&names, &text, 0, "0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_spellings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_moves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusal, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
