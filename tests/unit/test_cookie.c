#include "dissectors/token/cookie.h"

#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct pair {
	const char *name, *value;
};

static void expect_pairs(const char *text, const struct pair *want)
{
	size_t len = strlen(text);
	uint8_t *exact = malloc(len ? len : 1);
	struct cookie cookie;

	memcpy(exact, text, len);
	for (struct bytes rest = bytes_of(exact, len); cookie_next(&rest, &cookie); want++) {
		assert_non_null(want->name);
		assert_true(bytes_is(cookie.name, want->name));
		assert_true(bytes_is(cookie.value, want->value));
	}
	assert_null(want->name);
	free(exact);
}

static void test_pairs(void **state)
{
	(void)state;
	expect_pairs("", (const struct pair[]){ { NULL, NULL } });
	expect_pairs(" ; ;; ", (const struct pair[]){ { NULL, NULL } });
	expect_pairs("a=b", (const struct pair[]){ { "a", "b" }, { NULL, NULL } });
	expect_pairs("a=b; c=\"d e\";f = g=h ;i", (const struct pair[]){ { "a", "b" }, { "c", "d e" }, { "f", "g=h" }, { "",
	    "i" },
	    { NULL, NULL } });
	expect_pairs("a=;=b;a=\";\"\"", (const struct pair[]){ { "a", "" }, { "", "b" }, { "a", "\"" }, { NULL, NULL } });
}

static void test_set(void **state)
{
	struct cookie cookie = cookie_set(bytes_text("a=\"b\"; Path=/; Secure"));

	(void)state;
	assert_true(bytes_is(cookie.name, "a"));
	assert_true(bytes_is(cookie.value, "b"));
	cookie = cookie_set(bytes_text(""));
	assert_int_equal(cookie.name.len + cookie.value.len, 0);
}

static void expect_base(const char *name, const char *base)
{
	assert_true(bytes_is(cookie_base(bytes_text(name)), base));
}

static void test_base(void **state)
{
	(void)state;
	expect_base("nameC1", "name");
	expect_base("name.0", "name");
	expect_base("name-10", "name");
	expect_base("name_2", "name");
	expect_base("name3", "name");
	expect_base("name", "name");
	expect_base("name-01", "name-01");
	expect_base("name-1234", "name-1234");
	expect_base("12", "12");
	expect_base("C1", "C");
	expect_base("", "");
}

/* A value of `len` times `c`. */
static struct cookie cookie_of(const char *name, char *room, size_t len, char c)
{
	memset(room, c, len);
	return (struct cookie){ bytes_text(name), bytes_of(room, len) };
}

/* How many of three cookies with these names and lengths become one? */
static size_t joined(const char *const names[3], const size_t lens[3])
{
	char rooms[3][2048];
	struct cookie_chunks chunks;
	struct workspace workspace;
	struct cookie cookie;
	size_t n = 1, len = lens[0];

	workspace_init(&workspace, 1 << 16, 512);
	cookie_chunks_begin(&chunks, cookie_of(names[0], rooms[0], lens[0], 'a'));
	for (; n < 3 && cookie_chunks_add(&chunks, cookie_of(names[n], rooms[n], lens[n], (char)('a' + n))); n++)
		len += lens[n];
	cookie = cookie_chunks_join(&chunks, &workspace.arena);
	assert_int_equal(cookie.value.len, len);
	for (size_t i = 0, at = 0; i < n; at += lens[i++])
		assert_memory_equal(cookie.value.data + at, rooms[i], lens[i]);
	if (n > 1)
		assert_true(bytes_equal(cookie.name, cookie_base(bytes_text(names[0]))));
	else
		assert_true(bytes_is(cookie.name, names[0]));
	workspace_fini(&workspace);
	return n;
}

static size_t joined_long(const char *first, const char *second, const char *third)
{
	return joined((const char *const[]){ first, second, third }, (const size_t[]){ 1024, 1024, 1 });
}

static void test_joined(void **state)
{
	(void)state;
	assert_int_equal(joined_long("nC1", "nC2", "nC3"), 3);
	assert_int_equal(joined_long("n.0", "n.1", "n.2"), 3);
	assert_int_equal(joined_long("n0", "n1", "n2"), 3);
	assert_int_equal(joined_long("n", "n1", "n2"), 3);
	assert_int_equal(joined_long("n", "n-1", "n-2"), 3);
	assert_int_equal(joined_long("n", "n_1", "n_3"), 2);
	assert_int_equal(joined_long("n0", "n1", "m2"), 2);
	assert_int_equal(joined_long("n0", "n2", "n3"), 1);
	assert_int_equal(joined_long("n", "n0", "n1"), 1);
	assert_int_equal(joined_long("n", "n2", "n3"), 1);
	assert_int_equal(joined_long("n2", "n3", "n4"), 1);
	assert_int_equal(joined_long("n0", "m1", "m2"), 1);
	assert_int_equal(joined_long("n.0", "n-1", "n-2"), 1);
	assert_int_equal(joined_long("n", "m1", "m2"), 1);
	assert_int_equal(joined((const char *const[]){ "n0", "n1", "n2" }, (const size_t[]){ 1024, 1023, 1024 }), 2);
	assert_int_equal(joined((const char *const[]){ "n0", "n1", "n2" }, (const size_t[]){ 1023, 1024, 1024 }), 1);
}

static void add(struct cookie_chunks *chunks, const char *name, const char *value)
{
	assert_true(cookie_chunks_add(chunks, (struct cookie){ bytes_text(name), bytes_text(value) }));
}

/* ASP.NET says beforehand how many there are, which then need not be long. */
static void test_announced(void **state)
{
	static const char *const words[] = { "chunks-2", "chunks:2" };
	struct workspace workspace;
	struct cookie cookie;

	(void)state;
	workspace_init(&workspace, 1 << 16, 512);
	for (size_t i = 0; i < 2; i++) {
		char filled[COOKIE_CHUNK_LEAST + 1] = { 0 };
		struct cookie_chunks chunks;

		memset(filled, 'a', COOKIE_CHUNK_LEAST);
		cookie_chunks_begin(&chunks, (struct cookie){ bytes_text(".AspNetCore.Cookies"), bytes_text(words[i]) });
		add(&chunks, ".AspNetCore.CookiesC1", filled);
		add(&chunks, ".AspNetCore.CookiesC2", "b");
		cookie = cookie_chunks_join(&chunks, &workspace.arena);
		assert_true(bytes_is(cookie.name, ".AspNetCore.Cookies"));
		assert_int_equal(cookie.value.len, COOKIE_CHUNK_LEAST + 1);
		cookie_chunks_begin(&chunks, (struct cookie){ bytes_text("n"), bytes_text(words[i]) });
		assert_false(cookie_chunks_add(&chunks, (struct cookie){ bytes_text("nC2"), bytes_text("a") }));
		add(&chunks, "nC1", "a");
		add(&chunks, "nC2", "b");
		assert_true(bytes_is(cookie_chunks_join(&chunks, &workspace.arena).value, "ab"));
		cookie_chunks_begin(&chunks, (struct cookie){ bytes_text("n"), bytes_text(words[i]) });
		assert_true(bytes_is(cookie_chunks_join(&chunks, &workspace.arena).value, words[i]));
	}
	workspace_fini(&workspace);
}

static void test_cap_and_refusal(void **state)
{
	char filled[COOKIE_CHUNK_LEAST + 1] = { 0 }, name[8] = "n0";
	struct workspace workspace;
	struct cookie_chunks chunks;
	size_t n = 1;

	(void)state;
	memset(filled, 'a', COOKIE_CHUNK_LEAST);
	cookie_chunks_begin(&chunks, (struct cookie){ bytes_text("n0"), bytes_text(filled) });
	for (;; n++) {
		char *next = malloc(sizeof name);

		snprintf(next, sizeof name, "n%zu", n);
		bool added = cookie_chunks_add(&chunks, (struct cookie){ bytes_text(next), bytes_text(filled) });

		chunks.stem = bytes_text("n"); /* the name goes */
		free(next);
		if (!added)
			break;
	}
	assert_int_equal(n, COOKIE_CHUNKS_CAP);
	workspace_init(&workspace, COOKIE_CHUNK_LEAST, 512);
	assert_null(cookie_chunks_join(&chunks, &workspace.arena).value.data);
	workspace_fini(&workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_announced),
		cmocka_unit_test(test_cap_and_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
