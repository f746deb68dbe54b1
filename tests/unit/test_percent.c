#include "dissectors/token/percent.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_cases(void **state)
{
	static const char *const cases[][2] = {
		{ "a%2Fb%2fc", "a/b/c" },
		{ "%41%7A%C3%A9", "Az\xC3\xA9" },
		{ "a+b", "a+b" },
		{ "%", "%" },
		{ "%2", "%2" },
		{ "%2G%G2", "%2G%G2" },
		{ "%%41", "%A" },
		{ "%2541", "%41" },
		{ "", "" },
	};
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 16, 1024);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!bytes_is(percent_decode(bytes_text(cases[i][0]), &workspace.arena), cases[i][1]))
			fail_msg("%s", cases[i][0]);
	workspace_fini(&workspace);
	workspace_init(&workspace, 0, 1024);
	assert_null(percent_decode(bytes_text("%41"), &workspace.arena).data);
	workspace_fini(&workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
