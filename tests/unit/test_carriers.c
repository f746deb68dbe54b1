#include "dissectors/token/carriers.h"

#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct http_header header(const char *name, const char *value)
{
	return (struct http_header){ bytes_text(name), bytes_text(value) };
}

static void test_places(void **state)
{
	const struct http_header headers[] = {
		header("Host", "a.example"),
		header("Proxy-Authorization", "Basic dGVzdDp0ZXN0"),
		header("authorization", "Bearer one"),
		header("", "Bearer none"),
		header("Authorizatiom", "Bearer none"),
		header("authorization2", "Bearer none"),
		header("X-Authorization-Pr0xy", "Bearer none"),
		header("AUTHORIZATION", "Bearer two"),
		header("x-a-name-of-more-letters-than-there-are-bits-in-the-mask-of-lengths", "Bearer none"),
	};
	const struct http_message message = { .dir = TO_SERVER, .headers = headers, .n_headers = 9 };
	struct credential found[4] = { 0 };

	(void)state;
	assert_int_equal(carriers_find(&message, NULL, NULL, found, 4), 3);
	assert_string_equal(found[0].carrier, "proxy-authorization");
	assert_int_equal(found[0].kind, CREDENTIAL_BASIC);
	assert_string_equal(found[1].carrier, "authorization");
	assert_true(bytes_is(found[1].secret, "one"));
	assert_string_equal(found[2].carrier, "authorization");
	assert_true(bytes_is(found[2].secret, "two"));
	assert_null(found[3].carrier);
}

/* More than there is room for are counted, and only the first ones written. */
static void test_cap(void **state)
{
	struct http_header headers[5];
	struct http_message message = { .dir = TO_SERVER, .headers = headers, .n_headers = 5 };
	struct credential found[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		headers[i] = header("Authorization", "Bearer x");
	assert_int_equal(carriers_find(&message, NULL, NULL, found, 2), 5);
	assert_non_null(found[1].carrier);
	assert_null(found[2].carrier);
	assert_int_equal(carriers_find(&message, NULL, NULL, NULL, 0), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
