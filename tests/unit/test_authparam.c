#include "dissectors/token/authparam.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* What is read, as "name=value" behind each other, each followed by ';'. */
static const char *const cases[][2] = {
	{ "a=1", "a=1;" },
	{ "a=1,b=2", "a=1;b=2;" },
	{ " a = 1 , b\t=\t2 ", "a=1;b=2;" },
	{ "a=1 b=2", "a=1;b=2;" },
	{ "a=\"x, y=z\", b=2", "a=x, y=z;b=2;" },
	{ "a=\"\",b=", "a=;b=;" },
	{ "a=\"x\\\"y\\\\\",b=1", "a=x\"y\\;b=1;" },
	{ "a=\"x\\", "a=x\\;" },
	{ "a=\"x", "a=x;" },
	{ "a=\"x\"b=1", "a=x;b=1;" },
	{ "a=b=c", "a=b=c;" },
	{ "A-b.c/d=1", "A-b.c/d=1;" },
	{ ",,a=1,,b=2,,", "a=1;b=2;" },
	{ "a,b", "a=;b=;" },
	{ "=1", "=1;" },
	{ "=\"1\"", "=1;" },
	{ "\"=1", "\"=1;" },
	{ "", "" },
	{ " , ", "" },
	{ "=", "=;" },
};

static void test_cases(void **state)
{
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 16, 1024);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes left = bytes_text(cases[i][0]);
		struct authparam param;
		char seen[128] = "";
		size_t n = 0;

		while (authparam_next(&left, &param)) {
			struct bytes text = authparam_text(&param, &workspace.arena);

			n += (size_t)snprintf(seen + n, sizeof seen - n, "%.*s=%.*s;", (int)param.name.len,
				(const char *)param.name.data, (int)text.len, (const char *)text.data);
		}
		assert_int_equal(left.len, 0);
		if (strcmp(seen, cases[i][1]) != 0)
			fail_msg("%s: %s", cases[i][0], seen);
	}
	workspace_fini(&workspace);
}

static void test_names(void **state)
{
	struct authparam param = { .name = bytes_text("ReAlm") };

	(void)state;
	assert_true(authparam_is(&param, "realm"));
	assert_false(authparam_is(&param, "realms"));
	assert_false(authparam_is(&param, "real"));
}

/* What has no escapes needs no memory; what has some is empty without. */
static void test_no_memory(void **state)
{
	struct workspace workspace;
	struct bytes left = bytes_text("a=\"1\",b=\"\\2\"");
	struct authparam param;

	(void)state;
	workspace_init(&workspace, 0, 1024);
	assert_true(authparam_next(&left, &param));
	assert_true(bytes_is(authparam_text(&param, &workspace.arena), "1"));
	assert_true(authparam_next(&left, &param));
	assert_int_equal(authparam_text(&param, &workspace.arena).len, 0);
	workspace_fini(&workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
