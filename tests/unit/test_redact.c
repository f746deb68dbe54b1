#include "dissectors/app/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	const char *url, *redacted; /* NULL: as it is */
} cases[] = {
	{ "/", NULL },
	{ "/a?x=1&y=2", NULL },
	{ "/a?token=", NULL },
	{ "/a?tokens=1", NULL },
	{ "/a?xtoken=1", NULL },
	{ "/token/1?x=%20", NULL },
	{ "/a?token=s", "/a?token=REDACTED" },
	{ "/a?b=1&Access_Token=s&c=2", "/a?b=1&Access_Token=REDACTED&c=2" },
	{ "/a?code=s;x=1", "/a?code=REDACTED;x=1" },
	{ "/cb#id_token=s&state=1", "/cb#id_token=REDACTED&state=1" },
	{ "/a;jsessionid=s?x=1", "/a;jsessionid=REDACTED?x=1" },
	{ "/a?token=x=y==&b=1", "/a?token=REDACTED&b=1" },
	{ "/a?token=x/y", "/a?token=REDACTED" },
	{ "/?token=1&sig=2&key=3", "/?token=REDACTED&sig=REDACTED&key=REDACTED" },
	{ "/?access%5Ftoken=s", "/?access%5Ftoken=REDACTED" },
	{ "/?a%74oken=s&%74oken=s", "/?a%74oken=s&%74oken=REDACTED" },
	{ "/?u=https%3A%2F%2Fx%2F%3Ftoken%3Ds%26a%3D1&b=2", "/?u=https%3A%2F%2Fx%2F%3Ftoken%3DREDACTED%26a%3D1&b=2" },
	{ "/?u=x%253Ftoken%253Ds&b=2", "/?u=x%253Ftoken%253DREDACTED&b=2" },
	{ "/?X-Amz-Credential=A%2F1&X-Amz-Date=2&X-Amz-Signature=3", "/?X-Amz-Credential=REDACTED&X-Amz-Date=2&X-Amz-Signature=REDACTED" },
	{ "/eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.c2ln/x", "/REDACTED/x" },
	{ "/?q=eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.&b=1", "/?q=REDACTED&b=1" },
	{ "/?q=eyJhbGciOiJub25lIn0%2EeyJ4IjoxfQ%2E", "/?q=REDACTED" },
	{ "/?jwt=eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.c2ln", "/?jwt=REDACTED" },
	{ "/?q=eyJpZCI6MX0", NULL }, /* a cursor, not a token */
	{ "/eyJ.x", NULL },
	{ "http://joe:pw@h/x", "http://REDACTED@h/x" },
	{ "http://joe:p@w@h/x", "http://REDACTED@h/x" },
	{ "http://h/x@y", NULL },
	{ "/a@b", NULL },
	{ "http://joe@h/?code=1", "http://REDACTED@h/?code=REDACTED" },
	{ "/?a=%", NULL },
	{ "/?a=%2", NULL },
	{ "/?a=%25%25%252&%", NULL },
};

static void test_cases(void **state)
{
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes url = bytes_text(cases[i].url), have = redact_url(url, false, &arena);
		const char *want = cases[i].redacted ? cases[i].redacted : cases[i].url;

		if (!bytes_is(have, want))
			fail_msg("%s became %.*s, not %s", cases[i].url, (int)have.len, (const char *)have.data, want);
		if (!cases[i].redacted)
			assert_ptr_equal(have.data, url.data);
	}
	arena_fini(&arena);
}

static void test_many(void **state)
{
	struct budget budget;
	struct arena arena;
	char url[1 + 100 * 12 + 1] = "?";

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	for (int i = 0; i < 100; i++)
		strcat(url, "token=secr&&"); /* more than there are places for: all behind goes */
	struct bytes have = redact_url(bytes_text(url), false, &arena);

	assert_null(memmem(have.data, have.len, "secr", 4));
	arena_fini(&arena);
}

static void test_refused(void **state)
{
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 0, NULL);
	arena_init(&arena, 4096, &budget);
	assert_true(bytes_is(redact_url(bytes_text("/?token=s"), false, &arena), "REDACTED"));
	assert_true(bytes_is(redact_url(bytes_text("/?x=s"), false, &arena), "/?x=s"));
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_many), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
