#include "dissectors/token/kinds.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Each kind is read by its own reader: a word of each that no other would find. */
static void test_rows(void **state)
{
	static const struct {
		enum credential_kind kind;
		struct scanned_case told;
		enum token_field subject;
		bool is_jose;
	} rows[] = {
		{ CREDENTIAL_JWS, { NULL,
		  "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzIn0.AA", "jwt.alg=RS256 subject=s" }, JWT_SUB_HASH, true },
		{ CREDENTIAL_JWE, { NULL,
		  "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", "jwt.alg=RS256" }, JWT_SUB_HASH, true },
		{ CREDENTIAL_JWS_JSON, { NULL,
		  "{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJSUzI1NiJ9\",\"signature\":\"AA\"}",
		  "jwt.flags=json_serialisation jwt.alg=RS256" }, JWT_SUB_HASH, true },
		{ CREDENTIAL_OPAQUE, { "Bearer",
		  "eyJhbGciOiJSUzI1NiJ9.e30.AA", "" }, 0, false },
		{ CREDENTIAL_BASIC, { "Basic",
		  "dGVzdDp0ZXN0", "subject=test" }, AUTH_USER_HASH, false },
		{ CREDENTIAL_DIGEST, { "Digest",
		  "username=\"test\",realm=\"r\"", "auth.realm=r subject=test" }, AUTH_USER_HASH, false },
		{ CREDENTIAL_NTLM, { "NTLM",
		  "TlRMTVNTUAABAAAA", "auth.mechanism=ntlm" }, 0, false },
		{ CREDENTIAL_NEGOTIATE, { "Negotiate",
		  "YAsGCSqGSIb3EgECAg==", "auth.mechanism=kerberos" }, 0, false },
		{ CREDENTIAL_SIGV4, { "AWS4-HMAC-SHA256",
		  "Credential=k/d/r/s/t", "aws.alg=AWS4-HMAC-SHA256 aws.key_id=k "
		  "aws.key_type=other aws.date=d aws.region=r aws.service=s" }, 0, false },
		{ CREDENTIAL_HTTP_SIGNATURE, { NULL,
		  "s=(\"date\");keyid=\"k\"", "httpsig.keyid=k httpsig.covers=date" }, 0, false },
		{ CREDENTIAL_MSA, { "Bearer",
		  "EwAfAMl6BAAU//sDBAUGBwgJCgsMDQ4PEBESExQAAQ==", "msa.key_id=__sDBAUGBwgJCgsMDQ4PEBESExQ" }, 0, false },
		{ CREDENTIAL_GOOGLE, { "Bearer",
		  "ya29.testtesttesttesttesttest", "token.subtype=ya29" }, 0, false },
		{ CREDENTIAL_GITHUB, { "token",
		  "ghp_testtesttesttesttesttesttesttesttest", "token.subtype=ghp" }, 0, false },
		{ CREDENTIAL_GITLAB, { NULL,
		  "glpat-testtesttesttesttest", "token.subtype=glpat" }, 0, false },
		{ CREDENTIAL_SLACK, { "Bearer",
		  "xoxb-testtesttesttesttesttest", "token.subtype=xoxb" }, 0, false },
		{ CREDENTIAL_PASETO, { "Bearer",
		  "v2.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		  "paseto.version=v2 paseto.purpose=local" }, 0, false },
		{ CREDENTIAL_MACAROON, { "Bearer",
		  "AgIBaQAABiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "macaroon.caveats=0" }, 0, false },
		{ CREDENTIAL_BISCUIT, { "Bearer",
		  "Em0KAxgDIhIkCAASIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIiIKIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  "", "biscuit.blocks=0" }, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		scanned_check(rows[i].kind, &rows[i].told, 1);
		if (rows[i].subject)
			assert_int_equal(kinds_subject_field(rows[i].kind), rows[i].subject);
		assert_int_equal(kinds_is_jose(rows[i].kind), rows[i].is_jose);
	}
}

/* What is read as another kind than it is says nothing, and does no harm. */
static void test_mistaken(void **state)
{
	static const char *const texts[] = { "", "x", "{", "{}", "a=b", "AAAA", "....", "\xFF\xFE", "=", "\"\"", "<", "EwB",
		"v4.local." };
	char line[SCANNED_LEN];

	(void)state;
	for (int kind = 0; kind < CREDENTIAL_KINDS; kind++)
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			scanned_line((enum credential_kind)kind, NULL, bytes_text(texts[i]), line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_mistaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
