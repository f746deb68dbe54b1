#include "dissectors/token/digest.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define RESPONSE "response=\"00112233445566778899aabbccddeeff\""

static const struct scanned_case cases[] = {
	/* RFC 7616 3.9.1, the response made up */
	{ "Digest", "username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=SHA-256, "
	  "nonce=\"7ypf/xlj9XX\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEt\", qop=auth, " RESPONSE
	  ", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMA\"",
	  "auth.realm=http-auth@example.org auth.alg=SHA-256 subject=Mufasa" },
	/* RFC 7616 3.9.2: a name that is not ASCII */
	{ "Digest", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,realm=\"api@example.org\",algorithm=\"SHA-512-256\"," RESPONSE,
	  "auth.realm=api@example.org auth.alg=SHA-512-256 subject=J\xC3\xA4s\xC3\xB8n Doe" },
	{ "Digest", "username*=plain", "subject=plain" },
	{ "Digest", "username*=UTF-8'en'x'y", "subject=x'y" },
	/* quotes within quotes, blanks, case */
	{ "Digest", "REALM = \"a \\\"b\\\" c\" , UserName = \"D\\\\u\"", "auth.realm=a \"b\" c subject=D\\u" },
	{ "Digest", "realm=\"a, username=b\"", "auth.realm=a, username=b" },
	/* what comes twice counts once */
	{ "Digest", "realm=\"a\",realm=\"b\",algorithm=MD5,algorithm=none,username=\"c\",username=\"d\",username*=UTF-8''e",
	  "auth.realm=a auth.alg=MD5 subject=c" },
	{ "Digest", "username=\"\",realm=\"\"", "auth.realm=" },
	{ "Digest", "usernames=\"x\",xrealm=\"x\",algorithms=x," RESPONSE, "" },
	{ "Digest", "", "" },
};

static void test_parameters(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_DIGEST, cases, sizeof cases / sizeof *cases);
	for (size_t i = 0; i < 5; i++)
		scanned_abuse(CREDENTIAL_DIGEST, "Digest", bytes_text(cases[i].secret));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
