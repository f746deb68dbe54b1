#include "dissectors/token/paseto.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define A20 "AAAAAAAAAAAAAAAAAAAA"
#define A40 A20 A20
#define A80 A40 A40
#define A86 A80 "AAAAAA"                /* 64 bytes */
#define A54 A40 "AAAAAAAAAAAAAA"        /* 40 bytes */
#define A107 A80 A20 "AAAAAAA"          /* 80 bytes */
#define A128 A80 A40 "AAAAAAAA"         /* 96 bytes */
#define A342 A80 A80 A80 A80 A20 "AA"   /* 256 bytes */

static const struct {
	const char *token, *want;
} good[] = {
	{ "v1.local." A107, "paseto.version=v1 paseto.purpose=local" },
	{ "v2.local." A54, "paseto.version=v2 paseto.purpose=local" },
	{ "v3.local." A107, "paseto.version=v3 paseto.purpose=local" },
	{ "v4.local." A86, "paseto.version=v4 paseto.purpose=local" },
	{ "v1.public." A342, "paseto.version=v1 paseto.purpose=public" },
	{ "v2.public." A86, "paseto.version=v2 paseto.purpose=public" },
	{ "v3.public." A128, "paseto.version=v3 paseto.purpose=public" },
	{ "v4.public." A86 "AAAA", "paseto.version=v4 paseto.purpose=public" },
	{ "v4.public." A86 ".", "paseto.version=v4 paseto.purpose=public" },
	/* {"kid":"k4.pid.test"}, {"kid":"a\u0062"}, {"x":{"kid":"x"}}, {"kid":1}, text */
	{ "v4.public." A86 ".eyJraWQiOiJrNC5waWQudGVzdCJ9", "paseto.version=v4 paseto.purpose=public paseto.kid=k4.pid.test" },
	{ "v4.public." A86 ".eyJraWQiOiJhXHUwMDYyIn0", "paseto.version=v4 paseto.purpose=public paseto.kid=ab" },
	{ "v4.public." A86 ".eyJ4Ijp7ImtpZCI6IngifX0", "paseto.version=v4 paseto.purpose=public" },
	{ "v4.public." A86 ".eyJraWQiOjF9", "paseto.version=v4 paseto.purpose=public" },
	{ "v4.public." A86 ".dGV4dA", "paseto.version=v4 paseto.purpose=public" },
};

static const char *const bad[] = {
	/* one character too few */
	"v1.local." A80 A20 "AAAAAA", "v2.local." A40 "AAAAAAAAAAAAA", "v4.local." A80 "AAAAA", "v4.public." A80 "AAAAA",
	"v1.public." A80 A80 A80 A80 A20 "A", "v3.public." A80 A40 "AAAAAAA",
	/* no such version or purpose */
	"v0.local." A342, "v5.local." A342, "v4.secret." A342, "V4.local." A342, "v4.Public." A342, "v4local." A342,
	"v4.local" A342, "k4.local." A342,
	/* no base64url, or more parts than there may be */
	"v4.local." A86 "==", "v4.local." A86 "+", "v4.local." A86 "AAA", "v4.local." A86 ".a=", "v4.local." A86 ".AA.AA",
	"v4.local.", "v4.local", "v4", "v", "",
};

static void test_tokens(void **state)
{
	char line[SCANNED_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!paseto_is(bytes_text(good[i].token)) || credential_shape(bytes_text(good[i].token)) != CREDENTIAL_PASETO)
			fail_msg("%s", good[i].token);
		scanned_line(CREDENTIAL_PASETO, "Bearer", bytes_text(good[i].token), line);
		if (strcmp(line, good[i].want) != 0)
			fail_msg("%s: %s", good[i].token, line);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (paseto_is(bytes_text(bad[i])) || credential_shape(bytes_text(bad[i])) != CREDENTIAL_OPAQUE)
			fail_msg("%s", bad[i]);
	scanned_abuse(CREDENTIAL_PASETO, NULL, bytes_text(good[9].token));
	scanned_abuse(CREDENTIAL_PASETO, NULL, bytes_text(good[10].token));
}

/* What is behind as much footer as is looked at is not found. */
static void test_long_footer(void **state)
{
	static char json[20000], token[40000];
	char line[SCANNED_LEN];

	(void)state;
	for (int blanks = 16000; blanks <= 17000; blanks += 1000) {
		int n = snprintf(json, sizeof json, "{%*s\"kid\":\"test\"}", blanks, "");
		int head = snprintf(token, sizeof token, "v4.local." A86 ".");

		token[(size_t)head + compact_encode(bytes_of(json, (size_t)n), token + head)] = 0;
		scanned_line(CREDENTIAL_PASETO, NULL, bytes_text(token), line);
		assert_string_equal(line, blanks == 16000 ? "paseto.version=v4 paseto.purpose=local paseto.kid=test" :
			"paseto.version=v4 paseto.purpose=local");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_long_footer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
