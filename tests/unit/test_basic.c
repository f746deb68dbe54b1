#include "dissectors/token/basic.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct scanned_case cases[] = {
	{ "Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "subject=Aladdin" }, /* RFC 7617 2 */
	{ "Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ", "subject=Aladdin" },
	{ "Basic", "dGVzdDoxMjPCow==", "subject=test" },                /* RFC 7617 2.1 */
	{ "Basic", "YTpiOmM=", "subject=a" },                           /* a:b:c */
	{ "Basic", "dMOpc3Q6eA==", "subject=t\xC3\xA9st" },
	{ "Basic", "OnBhc3N3b3Jk", "" },                                /* :password */
	{ "Basic", "Og==", "" },
	/* no colon: it may be a password */
	{ "Basic", "cGFzc3dvcmQ=", "" },
	{ "Basic", "test:password", "" },
	{ "Basic", "", "" },
	{ "Basic", "=", "" },
	/* sloppy senders */
	{ "Basic", "YTpi YzpkCg==", "subject=a" },
	{ "Basic", "YTpiY", "subject=a" },
	{ "Basic", "_-8=", "" },
	{ "Basic", "_zo=", "subject=\xFF" },
};

static void test_users(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_BASIC, cases, sizeof cases / sizeof *cases);
	scanned_abuse(CREDENTIAL_BASIC, "Basic", bytes_text(cases[0].secret));
}

/* A name as long as is looked at is told, a longer one is not. */
static void test_long(void **state)
{
	static char text[5000], token[8000];
	char line[SCANNED_LEN];

	(void)state;
	for (size_t len = 4095; len <= 4096; len++) {
		memset(text, 'u', len);
		memcpy(text + len, ":password", 10);
		scanned_line(CREDENTIAL_BASIC, "Basic", bytes_of(token, compact_encode(bytes_text(text), token)), line);
		assert_int_equal(strlen(line), len == 4095 ? len + strlen("subject=") : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
