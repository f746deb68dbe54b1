/* Who a request goes to, and what media type a field names. */
#include "dissectors/app/authority.h"
#include "dissectors/app/media_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_authority(void **state)
{
	static const struct {
		const char *text, *host;
		int port;
	} cases[] = {
		{ "", "", -1 },
		{ "a.test", "a.test", -1 },
		{ "a.test:80", "a.test", 80 },
		{ "a.test:65535", "a.test", 65535 },
		{ "a.test:65536", "a.test", -1 },
		{ "a.test:", "a.test", -1 },
		{ "a.test:8x", "a.test", -1 },
		{ ":80", "", 80 },
		{ "[::1]", "[::1]", -1 },
		{ "[::1]:443", "[::1]", 443 },
		{ "joe:test@a.test:81", "a.test", 81 },
		{ "joe@[::1]", "[::1]", -1 },
		{ "@", "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct authority authority = authority_of(bytes_text(cases[i].text));

		if (!bytes_is(authority.host, cases[i].host) || authority.port != cases[i].port)
			fail_msg("%s: %.*s %d", cases[i].text, (int)authority.host.len, authority.host.data, authority.port);
	}
}

static void test_differs(void **state)
{
	static const struct {
		const char *a, *b;
		bool differ;
	} cases[] = {
		{ "a", "A", false }, { "a", "b", true }, { "a", "", false }, { "a:80", "a", false }, { "a:80", "a:81", true },
		  { "a", "ab", true },
		{ ":80", "a", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct authority a = authority_of(bytes_text(cases[i].a)), b = authority_of(bytes_text(cases[i].b));

		if (authority_differs(&a, &b) != cases[i].differ)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
	}
}

static void test_media_type(void **state)
{
	(void)state;
	assert_true(bytes_is(media_type_of(bytes_text("text/html; charset=x")), "text/html"));
	assert_true(bytes_is(media_type_of(bytes_text("text/html \t;x;y")), "text/html"));
	assert_true(bytes_is(media_type_of(bytes_text("text/html")), "text/html"));
	assert_true(bytes_is(media_type_of(bytes_text(" ;")), ""));
	assert_true(bytes_is(media_type_of(bytes_of(NULL, 0)), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authority),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_media_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
