#include "dissectors/token/jws_json.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* {"alg":"RS256","kid":"k"}, {"alg":"RS256"}, {"kid":"k"}, {"alg":"none"}; {"tid":"t","sub":"s"} */
#define ALG_KID "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ"
#define ALG "eyJhbGciOiJSUzI1NiJ9"
#define KID "eyJraWQiOiJrIn0"
#define NONE "eyJhbGciOiJub25lIn0"
#define PAYLOAD "\"payload\":\"eyJ0aWQiOiJ0Iiwic3ViIjoicyJ9\""
#define SIGNATURE "\"signature\":\"dGVzdA\""
#define FLAT "\"protected\":\"" ALG_KID "\"," SIGNATURE
#define SAYS " jwt.alg=RS256 jwt.kid=k jwt.tid=t subject=s"

static const struct scanned_case cases[] = {
	{ NULL, "{" PAYLOAD "," FLAT "}", "jwt.flags=json_serialisation" SAYS },
	{ NULL, "{" FLAT ",\"x\":[{\"payload\":1}]," PAYLOAD "}",
	  "jwt.flags=json_serialisation" SAYS },
	{ NULL, " { \"p\\u0061yload\" : \"eyJ0aWQiOiJ0Iiwic3ViIjo\\u0069cyJ9\" , " FLAT " } ",
	  "jwt.flags=json_serialisation" SAYS },
	{ NULL, "{" PAYLOAD ",\"signatures\":[{" FLAT "}]}",
	  "jwt.flags=json_serialisation" SAYS },
	/* of several signatures the first, also before one that stands outside the array */
	{ NULL, "{" PAYLOAD ",\"signatures\":[{" FLAT "},{\"protected\":\"" NONE "\"," SIGNATURE "}]}",
	  "jwt.flags=json_serialisation" SAYS },
	{ NULL, "{" PAYLOAD ",\"signatures\":[{" FLAT "}],\"protected\":\"" NONE "\"," SIGNATURE "}",
	  "jwt.flags=json_serialisation" SAYS },
	/* RFC 7515 A.6.4: alg signed, kid beside it */
	{ NULL, "{" PAYLOAD ",\"protected\":\"" ALG "\",\"header\":{\"kid\":\"k\"}," SIGNATURE "}",
	  "jwt.flags=json_serialisation|unprotected_header" SAYS },
	{ NULL, "{" PAYLOAD ",\"signatures\":[{\"protected\":\"" KID "\",\"header\":{\"alg\":\"RS256\"}," SIGNATURE "}]}",
	  "jwt.flags=json_serialisation|unprotected_header" SAYS },
	{ NULL, "{" PAYLOAD ",\"header\":{\"alg\":\"RS256\",\"kid\":\"k\"}," SIGNATURE "}",
	  "jwt.flags=json_serialisation|unprotected_header" SAYS },
	/* what is signed wins, but some would read the other */
	{ NULL, "{" PAYLOAD ",\"header\":{\"alg\":\"none\",\"typ\":\"x\"}," FLAT "}",
	  "jwt.flags=json_serialisation|unprotected_header jwt.alg=RS256 jwt.typ=x jwt.kid=k jwt.tid=t subject=s" },
	{ NULL, "{" PAYLOAD ",\"header\":{\"typ\":\"x\",\"tid\":\"y\"}," FLAT "}",
	  "jwt.flags=json_serialisation jwt.alg=RS256 jwt.typ=x jwt.kid=k jwt.tid=t subject=s" },
	{ NULL, "{" PAYLOAD ",\"header\":\"kid\"," FLAT "}", "jwt.flags=json_serialisation" SAYS },
	/* what is wrong with it */
	{ NULL, "{" PAYLOAD ",\"protected\":\"" NONE "\",\"signature\":\"\"}",
	  "jwt.flags=alg_none|json_serialisation jwt.alg=none jwt.tid=t subject=s" },
	{ NULL, "{" PAYLOAD ",\"protected\":\"" ALG "\",\"signature\":\"\"}",
	  "jwt.flags=no_signature|json_serialisation jwt.alg=RS256 jwt.tid=t subject=s" },
	{ NULL, "{" PAYLOAD "," FLAT "," PAYLOAD "}", "jwt.flags=dup_key|json_serialisation" SAYS },
	{ NULL, "{" PAYLOAD "," FLAT "}x", "jwt.flags=trailing|json_serialisation" SAYS },
	{ NULL, "{" PAYLOAD "," FLAT ",\"x\":\"\xFF\"}", "jwt.flags=utf8|json_serialisation" SAYS },
	{ NULL, "{" PAYLOAD ",\"signatures\":[]}", "jwt.flags=bad_header|no_signature|json_serialisation jwt.tid=t subject=s" },
	{ NULL, "{" PAYLOAD ",\"signatures\":[1,{" FLAT "}]}",
	  "jwt.flags=bad_header|no_signature|json_serialisation jwt.tid=t subject=s" },
	/* CVE-2022-39227: JSON for one reader, compact for another */
	{ NULL, "{\" " ALG ".eyJ0aWQiOiJ4In0.\":\"\"," PAYLOAD "," FLAT "}", "jwt.flags=json_serialisation" SAYS },
	/* none */
	{ NULL, "{" PAYLOAD "}", "" },
	{ NULL, "{" FLAT "}", "" },
	{ NULL, "{\"payload\":{}," FLAT "}", "" },
	{ NULL, "{" PAYLOAD ",\"signature\":[]}", "" },
	{ NULL, "{" PAYLOAD ",\"signatures\":\"\"}", "" },
	{ NULL, "{\"x\":{" PAYLOAD "," FLAT "}}", "" },
	{ NULL, "[{" PAYLOAD "," FLAT "}]", "" },
	{ NULL, "{" PAYLOAD "," FLAT ",}", "" },
	{ NULL, "{" PAYLOAD "," FLAT, "" },
	{ NULL, "{\"ciphertext\":\"AA\",\"protected\":\"" ALG "\"}", "" },
	{ NULL, "{}", "" },
	{ NULL, "", "" },
};


static void test_texts(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_JWS_JSON, cases, sizeof cases / sizeof *cases);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes text = bytes_text(cases[i].secret);
		bool is = cases[i].want[0] != 0;

		if ((credential_shape(text) == CREDENTIAL_JWS_JSON) != is)
			fail_msg("%s", cases[i].secret);
		assert_int_equal(jws_json_is(text), is);
	}
	for (size_t i = 0; i < 10; i++)
		scanned_abuse(CREDENTIAL_JWS_JSON, NULL, bytes_text(cases[i].secret));
}

/* An unsigned header that is longer than what is looked at. */
static void test_long_header(void **state)
{
	static char text[80000];
	char line[SCANNED_LEN];
	int n = snprintf(text, sizeof text, "{" PAYLOAD "," FLAT ",\"header\":{\"typ\":\"x\",%*s\"jku\":\"y\"}}", 70000, "");

	(void)state;
	scanned_line(CREDENTIAL_JWS_JSON, NULL, bytes_of(text, (size_t)n), line);
	assert_string_equal(line, "jwt.flags=bad_header|long|json_serialisation jwt.alg=RS256 jwt.typ=x jwt.kid=k jwt.tid=t "
				  "subject=s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
