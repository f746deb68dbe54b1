#include "dissectors/token/urlencoded.h"

#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

struct pair {
	const char *name, *value;
	bool is_encoded;
};

static void expect_pairs(const char *text, const struct pair *want)
{
	size_t len = strlen(text);
	uint8_t *exact = malloc(len ? len : 1);
	struct urlencoded pair;

	memcpy(exact, text, len);
	for (struct bytes rest = bytes_of(exact, len); urlencoded_next(&rest, &pair); want++) {
		assert_non_null(want->name);
		assert_true(bytes_is(pair.name, want->name));
		assert_true(bytes_is(pair.value, want->value));
		assert_int_equal(pair.is_encoded, want->is_encoded);
	}
	assert_null(want->name);
	free(exact);
}

static void test_pairs(void **state)
{
	(void)state;
	expect_pairs("", (const struct pair[]){ { NULL, NULL, false } });
	expect_pairs("&&&", (const struct pair[]){ { NULL, NULL, false } });
	expect_pairs("a=b", (const struct pair[]){ { "a", "b", false }, { NULL, NULL, false } });
	expect_pairs("a=b&", (const struct pair[]){ { "a", "b", false }, { NULL, NULL, false } });
	expect_pairs("&a=b=c&&=d&e=&f", (const struct pair[]){ { "a", "b=c", false }, { "", "d", false }, { "e", "", false },
	    { "", "f", false }, { NULL, NULL, false } });
	expect_pairs("a%5Fb=%41&a+b=+&a=%+&%41&=", (const struct pair[]){ { "a%5Fb", "%41", true }, { "a+b", "+", true },
	    { "a", "%+", false }, { "", "%41", false }, { "", "", false }, { NULL, NULL, false } });
}

static void expect_split(const char *url, const char *before, const char *query, const char *fragment)
{
	struct urlencoded_url parts = urlencoded_split(bytes_text(url));

	assert_true(bytes_is(parts.before, before));
	assert_true(bytes_is(parts.query, query));
	assert_true(bytes_is(parts.fragment, fragment));
}

static void test_split(void **state)
{
	(void)state;
	expect_split("", "", "", "");
	expect_split("/a/b", "/a/b", "", "");
	expect_split("/a?b=c", "/a", "b=c", "");
	expect_split("/a?", "/a", "", "");
	expect_split("/a?b=c?d#e?f#g", "/a", "b=c?d", "e?f#g");
	expect_split("/a#e?f", "/a", "", "e?f");
	expect_split("#", "", "", "");
	expect_split("?", "", "", "");
	expect_split("https://a.example/callback#access_token=x", "https://a.example/callback", "", "access_token=x");
}

static void expect_undone(const char *text, bool plus, const char *want)
{
	struct workspace workspace;
	struct bytes in = bytes_text(text), out;
	uint8_t some[2];

	workspace_init(&workspace, 4096, 256);
	out = urlencoded_undo(in, plus, &workspace.arena);
	assert_true(bytes_is(out, want));
	assert_int_equal(out.data == in.data, !strchr(text, '%') && !(plus && strchr(text, '+')));
	assert_int_equal(urlencoded_decode(in, plus, some, 2), strlen(want) < 2 ? strlen(want) : 2);
	workspace_fini(&workspace);
}

static void test_undone(void **state)
{
	(void)state;
	expect_undone("", true, "");
	expect_undone("plain", true, "plain");
	expect_undone("a+b", true, "a b");
	expect_undone("a+b", false, "a+b");
	expect_undone("%41%6a%6A", true, "Ajj");
	expect_undone("%2B+", true, "+ ");
	expect_undone("%", true, "%");
	expect_undone("%4", true, "%4");
	expect_undone("%4g%g4%%41", true, "%4g%g4%A");
	expect_undone("%2541", true, "%41");
}

static void test_refused(void **state)
{
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 0, 256);
	assert_null(urlencoded_undo(bytes_text("%41"), true, &workspace.arena).data);
	assert_true(bytes_is(urlencoded_undo(bytes_text("A"), true, &workspace.arena), "A"));
	workspace_fini(&workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_undone),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
