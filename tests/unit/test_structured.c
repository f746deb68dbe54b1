#include "dissectors/token/structured.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static struct workspace workspace;

static int set_up(void **state)
{
	(void)state;
	workspace_init(&workspace, 1 << 16, 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

static void test_items(void **state)
{
	static const struct {
		const char *text, *value, *left;
		bool good;
	} cases[] = {
		{ "\"a b\";x", "a b", ";x", true },
		{ "\"a\\\"b\\\\\" c", "a\"b\\", " c", true },
		{ "\"\"", "", "", true },
		{ "  12,", "12", ",", true },
		{ "-1.5)", "-1.5", ")", true },
		{ "token/x*;y", "token/x*", ";y", true },
		{ ":YWJj:", ":YWJj:", "", true },
		{ "?1", "?1", "", true },
		{ "@1700000000 ", "@1700000000", " ", true },
		{ "\"a", "a", "", false },
		{ "\"a\\\"", "a\"", "", false },
		{ ")", "", ")", false },
		{ "", "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes left = bytes_text(cases[i].text);
		struct structured_item item;

		if (structured_item(&left, &item) != cases[i].good ||
		    !bytes_is(structured_text(&item, &workspace.arena), cases[i].value) || !bytes_is(left, cases[i].left))
			fail_msg("%s", cases[i].text);
	}
}

static void test_keys(void **state)
{
	struct bytes left = bytes_text(" *a-b_c.9=KEY"), key;

	(void)state;
	assert_true(structured_key(&left, &key));
	assert_true(bytes_is(key, "*a-b_c.9"));
	assert_false(structured_take(&left, ';'));
	assert_true(structured_take(&left, '='));
	assert_false(structured_key(&left, &key));
	assert_true(bytes_is(left, "KEY"));
}

static void test_parameters(void **state)
{
	struct bytes left = bytes_text(";a ; b=2;c=\"3\" ,;d=;e"), key;
	struct structured_item item;

	(void)state;
	assert_true(structured_parameter(&left, &key, &item));
	assert_true(bytes_is(key, "a") && bytes_is(item.raw, "?1"));
	assert_true(structured_parameter(&left, &key, &item));
	assert_true(bytes_is(key, "b") && bytes_is(item.raw, "2"));
	assert_true(structured_parameter(&left, &key, &item));
	assert_true(bytes_is(key, "c") && bytes_is(item.raw, "3"));
	assert_false(structured_parameter(&left, &key, &item));
	assert_true(structured_take(&left, ','));
	assert_false(structured_parameter(&left, &key, &item)); /* d has no item */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
