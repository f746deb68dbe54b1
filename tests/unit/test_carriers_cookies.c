#include "dissectors/token/carriers_cookies.h"

#include "dissectors/token/cookie.h"
#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define OPAQUE CARRIED_OPAQUE

static const struct row {
	enum direction dir;
	const char *value;                   /* of Cookie or Set-Cookie */
	const char *carrier, *name, *secret; /* NULL: nothing is found */
	enum credential_kind kind;
} rows[] = {
	{ TO_SERVER, "a=b; ESTSAUTH=x; c=d", "cookie", "ESTSAUTH", "x", CREDENTIAL_OPAQUE },
	{ TO_SERVER, "CF_Authorization=" JWS, "cookie", "CF_Authorization", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "estsauth=x", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "ESTSAUTH=", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "session=" OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_SERVER, "access_token=\"" OPAQUE "\"", "cookie", "access_token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_SERVER, "access_token=Bearer%20" JWS, "cookie", "access_token", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "access_token=a+b", "cookie", "access_token", "a+b", CREDENTIAL_OPAQUE },
	{ TO_SERVER, "AWSELBAuthSessionCookie-0=x", "cookie", "AWSELBAuthSessionCookie", "x", CREDENTIAL_OPAQUE },
	{ TO_SERVER, "x-ms-RefreshTokenCredential=" JWS, "cookie", "x-ms-RefreshTokenCredential", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "token=12", NULL, NULL, NULL, 0 },
	/* not listed, but a token */
	{ TO_SERVER, "session=" JWS, "cookie", "session", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "session=j%3A%7B%22t%22%3A%22" JWS "%22%7D", "cookie", "session", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, JWS, "cookie", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "session=eyJ1c2VyIjoidGVzdCJ9.Z1234A.dGVzdC1zaWduYXR1cmUtb2YtYS1zZXNzaW9u", NULL, NULL, NULL, 0 },
	/* responses */
	{ TO_CLIENT, "ESTSAUTH=x; Path=/; Secure", "set-cookie", "ESTSAUTH", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, "a=b; ESTSAUTH=x", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "ESTSAUTH=; expires=Thu, 01 Jan 1970 00:00:00 GMT", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "token=deleted; expires=Thu, 01 Jan 1970 00:00:00 GMT", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "x=" JWS "; HttpOnly", "set-cookie", "x", JWS, CREDENTIAL_JWS },
};

static void test_rows(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		carried_header(&carried, rows[i].dir, rows[i].dir == TO_SERVER ? "Cookie" : "Set-Cookie", rows[i].value);
		if (rows[i].carrier)
			carried_one(&carried, rows[i].carrier, rows[i].name, rows[i].secret, rows[i].kind);
		else
			carried_none(&carried);
	}
	carried_header(&carried, TO_SERVER, "Set-Cookie", "ESTSAUTH=x");
	carried_none(&carried);
	carried_header(&carried, TO_CLIENT, "Cookie", "ESTSAUTH=x");
	carried_none(&carried);
	carried_fini(&carried);
}

/* A token whose signature is long, in three pieces. */
static const char *const names[] = { "__Secure-next-auth.session-token", "unlisted", ".AspNetCore.Cookies", "FedAuth" };
static const char *const first[] = { ".0", "-0", "C1", "" }, *const second[] = { ".1", "-1", "C2", "1" };

static void make(char *token, size_t len)
{
	size_t n = (size_t)snprintf(token, len, "%s.%s.", CARRIED_HEADER, CARRIED_PAYLOAD);

	memset(token + n, 'a', len - n - 1);
	token[len - 1] = 0;
}

static void test_chunks(void **state)
{
	char token[COOKIE_CHUNK_LEAST + 100], value[COOKIE_CHUNK_LEAST + 300];
	struct carried carried;

	(void)state;
	carried_init(&carried);
	make(token, sizeof token);
	for (size_t i = 0; i < 4; i++) {
		snprintf(value, sizeof value, "a=b; %s%s=%.*s; %s%s=%s; c=d", names[i], first[i], COOKIE_CHUNK_LEAST, token,
		    names[i],
		    second[i], token + COOKIE_CHUNK_LEAST);
		carried_header(&carried, TO_SERVER, "Cookie", value);
		carried_one(&carried, "cookie", names[i], token, CREDENTIAL_JWS);
	}
	carried_fini(&carried);
}

/* HTTP/2 may send each cookie in a field of its own, and Set-Cookie always does. */
static void test_crumbs(void **state)
{
	char token[COOKIE_CHUNK_LEAST + 100], values[2][COOKIE_CHUNK_LEAST + 100];
	struct http_header headers[] = { { bytes_text("A"), bytes_text("b") }, { .name = bytes_text("cookie") },
		{ .name = bytes_text("cookie") }, { bytes_text("authorization"), bytes_text("Bearer x") } };
	struct http_message message = { .dir = TO_SERVER, .headers = headers, .n_headers = 4 };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	make(token, sizeof token);
	snprintf(values[0], sizeof values[0], "x.0=%.*s", COOKIE_CHUNK_LEAST, token);
	snprintf(values[1], sizeof values[1], "x.1=%s", token + COOKIE_CHUNK_LEAST);
	headers[1].value = bytes_text(values[0]);
	headers[2].value = bytes_text(values[1]);
	carried_message(&carried, &message);
	assert_int_equal(carried.n, 2);
	carried_is(&carried, 0, "authorization", "", "x");
	carried_is(&carried, 1, "cookie", "x", token);
	headers[1].name = headers[2].name = bytes_text("Set-Cookie");
	headers[3].name = bytes_text("b");
	message.dir = TO_CLIENT;
	carried_message(&carried, &message);
	carried_one(&carried, "set-cookie", "x", token, CREDENTIAL_JWS);
	carried_fini(&carried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_crumbs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
