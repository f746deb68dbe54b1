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
	{ "/a?newPassword=s&passwords=1", "/a?newPassword=REDACTED&passwords=1" },
	{ "/a?x=1;code=s", "/a?x=1;code=REDACTED" },
	{ "/a?code=s;x=1&y=2", "/a?code=REDACTED&y=2" }, /* to most recipients ";x=1" is part of it */
	{ "/a?token=s?s&y=2", "/a?token=REDACTED&y=2" },
	{ "/a?token=\"s\"&y=2", "/a?token=REDACTED&y=2" },
	{ "/a?password=s%26s%3Bs%20s%23s%3Fs%22s&y=2#z", "/a?password=REDACTED&y=2#z" },
	{ "/a?u=b%3Ftoken%3Ds%2526s%26c%3D1", "/a?u=b%3Ftoken%3DREDACTED%26c%3D1" },
	{ "/a#token=s#s&y=2", "/a#token=REDACTED&y=2" },
	{ "/a;token=s;x=1/b?y=2", "/a;token=REDACTED;x=1/b?y=2" },
	{ "/a?token[]=s&token[0]=s&user[token]=s&b[x]=1", "/a?token[]=REDACTED&token[0]=REDACTED&user[token]=REDACTED&b[x]=1" },
	{ "/a?token%5B0%5D=s&b=1", "/a?token%5B0%5D=REDACTED&b=1" },
	{ "/a?+token=s&b=1", "/a?+token=REDACTED&b=1" },
	{ "/a?d={\"x\":1,\"access_token\":\"s\"}&b=1", "/a?d={\"x\":1,\"access_token\":REDACTED&b=1" },
	{ "/a?d=%7B%22access_token%22%3A%22s%26s%22%7D&b=1", "/a?d=%7B%22access_token%22%3AREDACTED&b=1" },
	{ "/a?d={\"x\":1}", NULL },
	{ "/a?next=token:1", NULL },
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
	{ "/%2eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.c2ln/x", "/%2REDACTED/x" },
	{ "/?jwt=eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.c2ln", "/?jwt=REDACTED" },
	{ "/?q=eyJpZCI6MX0", NULL }, /* a cursor, not a token */
	{ "/eyJ.x", NULL },
	{ "http://joe:pw@h/x", "http://REDACTED@h/x" },
	{ "http://joe:p@w@h/x", "http://REDACTED@h/x" },
	{ "http://joe:p%2Fw@h/x", "http://REDACTED@h/x" },
	{ "http://joe:p%2F%2Fw@h/x", "http://REDACTED@h/x" },
	{ "http://joe:eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.@h/x", "http://REDACTED@h/x" },
	{ "/?u=http%3A%2F%2Fjoe%3Apw%40h%2Fx", "/?u=http%3A%2F%2FREDACTED%40h%2Fx" },
	{ "joe:pw@h:443", "REDACTED@h:443" }, /* of CONNECT */
	{ "h:443", NULL },
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
		struct bytes url = bytes_text(cases[i].url), have = redact_url(url, NULL, &arena);
		const char *want = cases[i].redacted ? cases[i].redacted : cases[i].url;

		if (!bytes_is(have, want))
			fail_msg("%s became %.*s, not %s", cases[i].url, (int)have.len, (const char *)have.data, want);
		if (!cases[i].redacted)
			assert_ptr_equal(have.data, url.data);
	}
	arena_fini(&arena);
}

/* What carriers take out of a URL must not be left in it. */
static void test_places(void **state)
{
	static const char *const names[] = { "jwt", "sig", "code", "token", "apikey", "wresult", "idtoken", "api_key", "api-key", "id_token",
		"assertion", "authtoken", "x-api-key", "auth_token", "accesstoken", "actor_token", "access_token", "logout_token",
		"refreshtoken", "samlresponse", "sessiontoken", "authorization", "client_secret", "id_token_hint", "private_token",
		"refresh_token", "session_token", "subject_token", "x-amz-signature", "client_assertion", "subscription-key",
		"x-amz-security-token" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!redact_is_secret(bytes_text(names[i])))
			fail_msg("%s is left", names[i]);
}

static void test_how(void **state)
{
	static const char *const more[] = { "Company_Key" };
	const struct redact with_more = { false, more, 1 }, revealing = { true, NULL, 0 };
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	assert_true(bytes_is(redact_url(bytes_text("/?company_key=s&b=1"), &with_more, &arena), "/?company_key=REDACTED&b=1"));
	assert_true(bytes_is(redact_url(bytes_text("/?b=1&company%5fkey=s"), &with_more, &arena), "/?b=1&company%5fkey=REDACTED"));
	assert_true(bytes_is(redact_url(bytes_text("/?company_key=s"), NULL, &arena), "/?company_key=s"));
	assert_true(bytes_is(redact_url(bytes_text("/?key=s&id_token=s"), &revealing, &arena), "/?key=s&id_token=REDACTED"));
	arena_fini(&arena);
}

static void test_text(void **state)
{
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	assert_true(bytes_is(redact_text(bytes_text("curl eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.c2ln (x)"), &arena), "curl REDACTED (x)"));
	assert_true(bytes_is(redact_text(bytes_text("key/eyJ.1 token=1 a@b"), &arena), "key/eyJ.1 token=1 a@b"));
	assert_true(bytes_is(redact_text(bytes_text(""), &arena), ""));
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
	struct bytes have = redact_url(bytes_text(url), NULL, &arena);

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
	assert_true(bytes_is(redact_url(bytes_text("/?token=s"), NULL, &arena), "REDACTED"));
	assert_true(bytes_is(redact_url(bytes_text("/?x=s"), NULL, &arena), "/?x=s"));
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_places),
		cmocka_unit_test(test_how),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_many), cmocka_unit_test(test_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
