#include "dissectors/token/http_signature.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static const struct scanned_case inputs[] = {
	/* RFC 9421 B.2.6, B.2.3, 2.4 */
	{ NULL, "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473"
	  ";keyid=\"test-key-ed25519\"",
	  "httpsig.keyid=test-key-ed25519 httpsig.created=1618884473 "
	  "httpsig.covers=date|@method|@path|@authority|content-type|content-length" },
	{ NULL, "sig1=(\"@authority\" \"@query-param\";name=\"Pet\" \"content-digest\";req);created=1618884475"
	  ";expires=1618884775;keyid=\"test-key-rsa-pss\";alg=\"rsa-pss-sha512\";tag=\"header-example\";nonce=\"secret\"",
	  "httpsig.keyid=test-key-rsa-pss httpsig.alg=rsa-pss-sha512 httpsig.created=1618884475 httpsig.expires=1618884775 "
	  "httpsig.tag=header-example httpsig.covers=@authority|@query-param|content-digest" },
	{ NULL, "a=();keyid=\"one\", b=(\"date\");keyid=\"two\";alg=\"x\"", "httpsig.keyid=one httpsig.covers=" },
	/* blanks, escapes, what comes twice, dates that are none */
	{ NULL, " sig1 = ( \"a\"  \"b\" ) ; keyid=\"k\\\"1\\\\\" ;keyid=\"k2\";created=1.5;expires=\"soon\"",
	  "httpsig.keyid=k\"1\\ httpsig.covers=a|b" },
	{ NULL, "sig1=(\"a\");created=\"1\";tag", "httpsig.created=1 httpsig.tag=?1 httpsig.covers=a" },
	/* what breaks off is told as far as it is there */
	{ NULL, "sig1=(\"a\" \"b\"", "" },
	{ NULL, "sig1=(\"a\");keyid=\"k\";alg=", "httpsig.keyid=k httpsig.covers=a" },
	{ NULL, "sig1=(\"a\");keyids=\"k\";key=\"k\";algo=\"x\"", "httpsig.covers=a" },
	{ NULL, "sig1=:test:", "" },
	{ NULL, "", "" },
};

static const struct scanned_case drafts[] = {
	{ "Signature", "keyId=\"https://social.example/users/a#main-key\",algorithm=\"rsa-sha256\","
	  "headers=\"(request-target) host  date\",signature=\"c2VjcmV0\"",
	  "httpsig.keyid=https://social.example/users/a#main-key httpsig.alg=rsa-sha256 "
	  "httpsig.covers=(request-target)|host|date" },
	{ "Signature", "keyid=\"k\", created=1402170695, expires=1402170699, signature=\"c2VjcmV0\", headers=\"\"",
	  "httpsig.keyid=k httpsig.created=1402170695 httpsig.expires=1402170699 httpsig.covers=" },
	{ "Signature", "signature=\"c2VjcmV0\",keyId=\"a\",keyId=\"b\",headers=\"x\",headers=\"y\"",
	  "httpsig.keyid=a httpsig.covers=x" },
	{ "Signature", "keyId=\"a", "httpsig.keyid=a" },
	{ "Signature", "signature=\"c2VjcmV0\"", "" },
	{ "Signature", "", "" },
};

static void test_inputs(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_HTTP_SIGNATURE, inputs, sizeof inputs / sizeof *inputs);
	for (size_t i = 0; i < 4; i++)
		scanned_abuse(CREDENTIAL_HTTP_SIGNATURE, NULL, bytes_text(inputs[i].secret));
}

static void test_drafts(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_HTTP_SIGNATURE, drafts, sizeof drafts / sizeof *drafts);
	for (size_t i = 0; i < 3; i++)
		scanned_abuse(CREDENTIAL_HTTP_SIGNATURE, "Signature", bytes_text(drafts[i].secret));
}

/* Only so many components are kept, in either form. */
static void test_many(void **state)
{
	static char input[4000] = "s=(", draft[4000] = "headers=\"", want[1000] = "httpsig.covers=";
	size_t n = strlen(input), m = strlen(draft), w = strlen(want);
	char line[SCANNED_LEN];

	(void)state;
	for (int i = 0; i < 100; i++) {
		n += (size_t)snprintf(input + n, sizeof input - n, "\"h%d\" ", i);
		m += (size_t)snprintf(draft + m, sizeof draft - m, "h%d ", i);
		if (i < HTTP_SIGNATURE_COVERS)
			w += (size_t)snprintf(want + w, sizeof want - w, "%sh%d", i ? "|" : "", i);
	}
	snprintf(input + n, sizeof input - n, ")");
	snprintf(draft + m, sizeof draft - m, "\"");
	scanned_line(CREDENTIAL_HTTP_SIGNATURE, NULL, bytes_text(input), line);
	assert_string_equal(line, want);
	scanned_line(CREDENTIAL_HTTP_SIGNATURE, "Signature", bytes_text(draft), line);
	assert_string_equal(line, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
