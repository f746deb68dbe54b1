#include "dissectors/token/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* {"alg":"none"} . {} */
#define HEADER "eyJhbGciOiJub25lIn0"
#define JWS HEADER ".e30.AAAA"
#define JWE HEADER ".AA.AA.AA.AA"
#define GITHUB "ghp_testtesttesttesttesttesttesttesttest"
#define A43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* 32 bytes */

static const struct {
	const char *value;
	const char *scheme;
	const char *name;
	const char *secret;
	enum credential_kind kind;
} values[] = {
	{ "Bearer " JWS, "Bearer", "bearer", JWS, CREDENTIAL_JWS },
	{ "BEARER \t  " JWS " \t", "BEARER", "bearer", JWS, CREDENTIAL_JWS },
	{ "bearer\t" JWS, "bearer", "bearer", JWS, CREDENTIAL_JWS },
	{ " Bearer " JWE, "Bearer", "bearer", JWE, CREDENTIAL_JWE },
	{ "DPoP " JWS, "DPoP", "dpop", JWS, CREDENTIAL_JWS },
	{ "Bearer opaque", "Bearer", "bearer", "opaque", CREDENTIAL_OPAQUE },
	{ "Bearer mF_9.B5f-4.1JqM", "Bearer", "bearer", "mF_9.B5f-4.1JqM", CREDENTIAL_OPAQUE }, /* RFC 6750 2.1 */
	{ "Bearer abc.def.ghi", "Bearer", "bearer", "abc.def.ghi", CREDENTIAL_OPAQUE },
	{ "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic", "basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", CREDENTIAL_BASIC },
	{ "basic " JWS, "basic", "basic", JWS, CREDENTIAL_BASIC },
	{ "Digest username=\"u\", realm=\"r\"", "Digest", "digest", "username=\"u\", realm=\"r\"", CREDENTIAL_DIGEST },
	{ "NTLM TlRMTVNTUAAB", "NTLM", "ntlm", "TlRMTVNTUAAB", CREDENTIAL_NTLM },
	{ "Negotiate YII=", "Negotiate", "negotiate", "YII=", CREDENTIAL_NEGOTIATE },
	{ "AWS4-HMAC-SHA256 Credential=A/B, Signature=0", "AWS4-HMAC-SHA256", "aws4-hmac-sha256",
	  "Credential=A/B, Signature=0", CREDENTIAL_SIGV4 },
	{ "AWS4-ECDSA-P256-SHA256 Credential=A/B, Signature=0", "AWS4-ECDSA-P256-SHA256", "aws4-ecdsa-p256-sha256",
	  "Credential=A/B, Signature=0", CREDENTIAL_SIGV4 },
	{ "Signature keyId=\"k\",signature=\"eA==\"", "Signature", "signature", "keyId=\"k\",signature=\"eA==\"",
	  CREDENTIAL_HTTP_SIGNATURE },
	{ "GNAP " JWS, "GNAP", "gnap", JWS, CREDENTIAL_JWS },
	{ "GNAP opaque", "GNAP", "gnap", "opaque", CREDENTIAL_OPAQUE },
	/* what these carry is opaque, whatever it looks like */
	{ "Hawk id=\"a\", mac=\"b\"", "Hawk", "hawk", "id=\"a\", mac=\"b\"", CREDENTIAL_OPAQUE },
	{ "OAuth " JWS, "OAuth", "oauth", JWS, CREDENTIAL_OPAQUE },
	{ "AWS AKIAIOSFODNN7EXAMPLE:dGVzdA==", "AWS", "aws", "AKIAIOSFODNN7EXAMPLE:dGVzdA==", CREDENTIAL_OPAQUE },
	{ "GOOG4-RSA-SHA256 Credential=a", "GOOG4-RSA-SHA256", "goog4-rsa-sha256", "Credential=a", CREDENTIAL_OPAQUE },
	{ "GOOG4-HMAC-SHA256 Credential=a", "GOOG4-HMAC-SHA256", "goog4-hmac-sha256", "Credential=a", CREDENTIAL_OPAQUE },
	{ "SharedKey test:dGVzdA==", "SharedKey", "sharedkey", "test:dGVzdA==", CREDENTIAL_OPAQUE },
	{ "SharedKeyLite test:dGVzdA==", "SharedKeyLite", "sharedkeylite", "test:dGVzdA==", CREDENTIAL_OPAQUE },
	{ "SharedAccessSignature sr=a&sig=b", "SharedAccessSignature", "sharedaccesssignature", "sr=a&sig=b", CREDENTIAL_OPAQUE },
	/* unknown schemes: the shape decides */
	{ "token " JWS, "token", NULL, JWS, CREDENTIAL_JWS },
	{ "JWT " JWS, "JWT", NULL, JWS, CREDENTIAL_JWS },
	{ "ApiKey c2VjcmV0", "ApiKey", NULL, "c2VjcmV0", CREDENTIAL_OPAQUE },
	{ "Bearer: " JWS, "Bearer:", NULL, JWS, CREDENTIAL_JWS },
	/* a key is none, nor is a password with the name before it */
	{ "testdeadbeefdeadbeefdeadbeef1 sig", "", NULL, "testdeadbeefdeadbeefdeadbeef1 sig", CREDENTIAL_OPAQUE },
	{ "user:test x", "", NULL, "user:test x", CREDENTIAL_OPAQUE },
	{ "9test x", "", NULL, "9test x", CREDENTIAL_OPAQUE },
	{ "[Bearer] " JWS, "", NULL, JWS, CREDENTIAL_JWS },
	/* one word */
	{ JWS, "", NULL, JWS, CREDENTIAL_JWS },
	{ JWE, "", NULL, JWE, CREDENTIAL_JWE },
	{ "Negotiate", "Negotiate", "negotiate", "", CREDENTIAL_NEGOTIATE },
	{ "bearer ", "bearer", "bearer", "", CREDENTIAL_OPAQUE },
	{ "hunter2", "", NULL, "hunter2", CREDENTIAL_OPAQUE },
	{ "Bearer" HEADER, "", NULL, "Bearer" HEADER, CREDENTIAL_OPAQUE },
	{ "", "", NULL, "", CREDENTIAL_OPAQUE },
	{ " \t ", "", NULL, "", CREDENTIAL_OPAQUE },
	/* a token is no scheme */
	{ JWS " trailing", "", NULL, JWS " trailing", CREDENTIAL_JWS },
	{ GITHUB " trailing", "", NULL, GITHUB " trailing", CREDENTIAL_OPAQUE },
	{ "{\"payload\": \"e30\", \"signature\": \"\"}", "", NULL, "{\"payload\": \"e30\", \"signature\": \"\"}",
	  CREDENTIAL_JWS_JSON },
	{ "<saml:Assertion xmlns:saml='x'>", "", NULL, "<saml:Assertion xmlns:saml='x'>", CREDENTIAL_SAML },
	{ "Bearer {\"payload\": \"e30\", \"signature\": \"\"}", "Bearer", "bearer", "{\"payload\": \"e30\", \"signature\": \"\"}",
	  CREDENTIAL_JWS_JSON },
	{ "Bearer " GITHUB, "Bearer", "bearer", GITHUB, CREDENTIAL_GITHUB },
	{ "token " GITHUB, "token", NULL, GITHUB, CREDENTIAL_GITHUB },
	{ "basic " GITHUB, "basic", "basic", GITHUB, CREDENTIAL_BASIC },
	/* quotes and repeated schemes stay in the secret */
	{ "Bearer \"" JWS "\"", "Bearer", "bearer", "\"" JWS "\"", CREDENTIAL_JWS },
	{ "Bearer '" JWS "'", "Bearer", "bearer", "'" JWS "'", CREDENTIAL_JWS },
	{ "Bearer Bearer " JWS, "Bearer", "bearer", "Bearer " JWS, CREDENTIAL_JWS },
	{ "Bearer \"bearer " JWS "\"", "Bearer", "bearer", "\"bearer " JWS "\"", CREDENTIAL_JWS },
	{ "Bearer " JWS ", Bearer " JWS, "Bearer", "bearer", JWS ", Bearer " JWS, CREDENTIAL_JWS },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct credential c = credential_of("authorization", bytes_text(values[i].value));
		credential_classify(&c);
		if (!bytes_is(c.scheme, values[i].scheme) || !bytes_is(c.secret, values[i].secret))
			fail_msg("\"%s\": scheme \"%.*s\", secret \"%.*s\"", values[i].value, (int)c.scheme.len,
				(const char *)c.scheme.data, (int)c.secret.len, (const char *)c.secret.data);
		assert_string_equal(credential_kind_name(c.kind), credential_kind_name(values[i].kind));
		assert_string_equal(c.carrier, "authorization");
		if (values[i].name)
			assert_string_equal(c.scheme_name, values[i].name);
		else
			assert_null(c.scheme_name);
	}
}

static const struct {
	const char *secret;
	enum credential_kind kind;
} shapes[] = {
	{ HEADER ".e30.", CREDENTIAL_JWS },
	{ HEADER "..", CREDENTIAL_JWS },
	{ HEADER ".e30", CREDENTIAL_JWS },
	{ HEADER ".", CREDENTIAL_JWS },
	{ HEADER, CREDENTIAL_OPAQUE },
	{ "e30.e30.", CREDENTIAL_JWS },
	{ "e30.e30", CREDENTIAL_OPAQUE },           /* two parts and no alg */
	{ "eyJ4IjoieGFsZyJ9.e30", CREDENTIAL_OPAQUE }, /* {"x":"xalg"} */
	{ "eyIiYWxnIjoxfQ.e30", CREDENTIAL_JWS },      /* {""alg":1} */
	{ HEADER ".a.b.c", CREDENTIAL_OPAQUE },
	{ HEADER ".....", CREDENTIAL_OPAQUE },
	{ HEADER "....", CREDENTIAL_JWE },
	{ HEADER ".a.b.c.d.e", CREDENTIAL_OPAQUE },
	/* broken JSON that begins as an object */
	{ "eyJ4.e30.AA", CREDENTIAL_JWS },
	{ "ew.e30.AA", CREDENTIAL_JWS },
	{ "e.e30.AA", CREDENTIAL_OPAQUE },          /* six bits are no '{' */
	{ "eA.e30.AA", CREDENTIAL_OPAQUE },         /* "x" */
	{ "W10.e30.AA", CREDENTIAL_OPAQUE },        /* [] */
	/* white space and a byte order mark before the object: " {}", "\t{}", "\r\n{}" */
	{ "IHt9.e30.AA", CREDENTIAL_JWS },
	{ "CXt9.e30.AA", CREDENTIAL_JWS },
	{ "DQp7fQ.e30.AA", CREDENTIAL_JWS },
	{ "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICB7fQ.e30.AA", CREDENTIAL_JWS },
	{ "77u_e30.e30.AA", CREDENTIAL_JWS },
	{ "77u-e30.e30.AA", CREDENTIAL_OPAQUE },
	{ "ICAg.e30.AA", CREDENTIAL_OPAQUE },
	/* loose base64 */
	{ "e30=.e30=.AA==", CREDENTIAL_JWS },
	{ " e 3 0.e30.AA", CREDENTIAL_JWS },
	{ "77u/e30.e30.AA", CREDENTIAL_JWS },
	{ "*e30.e30.AA", CREDENTIAL_JWS },
	{ "", CREDENTIAL_OPAQUE },
	{ ".", CREDENTIAL_OPAQUE },
	{ "..", CREDENTIAL_OPAQUE },
	{ "....", CREDENTIAL_OPAQUE },
	{ "\"", CREDENTIAL_OPAQUE },
	{ ",", CREDENTIAL_OPAQUE },
	{ "ya29.a0AfH6SM.x", CREDENTIAL_OPAQUE },
	{ "v2.local.AAAA", CREDENTIAL_OPAQUE },
	/* by prefix: tests/unit/test_provider_prefix.c has them all */
	{ GITHUB, CREDENTIAL_GITHUB },
	{ "\"" GITHUB "\"", CREDENTIAL_GITHUB },
	{ "Bearer " GITHUB, CREDENTIAL_GITHUB },
	{ "xghp_testtesttesttesttesttesttesttesttest", CREDENTIAL_OPAQUE },
	/* binary in base64: test_msa.c, test_macaroon.c, test_biscuit.c */
	{ "EwAfAMl6BAAU//sDBAUGBwgJCgsMDQ4PEBESExQAAQ==", CREDENTIAL_MSA },
	{ "EwAfAMl6BAAV//sDBAUGBwgJCgsMDQ4PEBESExQAAQ==", CREDENTIAL_OPAQUE },
	{ "AgIBaQAABiA" A43, CREDENTIAL_MACAROON },
	{ "AgIBaQAABiE" A43, CREDENTIAL_OPAQUE },
	{ "v4.local." A43 A43, CREDENTIAL_PASETO },
	{ "v5.local." A43 A43, CREDENTIAL_OPAQUE },
	/* JSON */
	{ "{\"payload\":\"e30\",\"signature\":\"\"}", CREDENTIAL_JWS_JSON },
	{ "\r\n {\"payload\":\"e30\",\"signatures\":[]}", CREDENTIAL_JWS_JSON },
	{ "{\"payload\":\"e30\"}", CREDENTIAL_OPAQUE },
	{ "{\"payload\":\"e30\",\"signature\":\"\"", CREDENTIAL_OPAQUE },
	{ "{\"x\":\"" HEADER ".e30.AA\"}", CREDENTIAL_OPAQUE },
	/* XML, and that in base64: "<samlp:Response ", "<saml:Assertion\n", "<?xml?><a:Assertion>", " <b:Response>" */
	{ "<samlp:Response xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol'/>", CREDENTIAL_SAML },
	{ "<Assertion>", CREDENTIAL_SAML },
	{ "<saml:EncryptedAssertion>", CREDENTIAL_SAML },
	{ "<t:RequestSecurityTokenResponse Context=''>", CREDENTIAL_SAML },
	{ "<trust:RequestSecurityTokenResponseCollection>", CREDENTIAL_SAML },
	{ "\xEF\xBB\xBF<?xml version='1.0'?><!-- a, \"b\" --><Response>", CREDENTIAL_SAML },
	{ "PHNhbWxwOlJlc3BvbnNlIA==", CREDENTIAL_SAML },
	{ "PHNhbWw6QXNzZXJ0aW9uCg", CREDENTIAL_SAML },
	{ "PD94bWw/PjxhOkFzc2VydGlvbj4=", CREDENTIAL_SAML },
	{ "IDxiOlJlc3BvbnNlPg==", CREDENTIAL_SAML },
	{ "PHNhbWxw\r\nOlJlc3Bv\r\nbnNlIA==", CREDENTIAL_SAML },
	{ "<samlp:AuthnRequest>", CREDENTIAL_OPAQUE },
	{ "<samlp:LogoutResponse>", CREDENTIAL_OPAQUE },
	{ "<html><Response>", CREDENTIAL_OPAQUE },
	{ "<Response", CREDENTIAL_OPAQUE },
	{ "<", CREDENTIAL_OPAQUE },
	{ "PHNhbWxwOkF1dGhuUmVxdWVzdD4=", CREDENTIAL_OPAQUE }, /* "<samlp:AuthnRequest>" */
	{ "UHNhbWxwOlJlc3BvbnNlIA==", CREDENTIAL_OPAQUE },     /* "Psamlp:Response " */
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (credential_shape(bytes_text(shapes[i].secret)) != shapes[i].kind)
			fail_msg("\"%s\"", shapes[i].secret);
	assert_int_equal(credential_shape(bytes_of("\0e30.e30.", 9)), CREDENTIAL_JWS);
}

static void test_tokens(void **state)
{
	static const char *const cases[][2] = {
		{ JWS, JWS },
		{ "\"" JWS "\"", JWS },
		{ " '" JWS "' ", JWS },
		{ "\"\"", "" },
		{ "\"", "" },
		{ "", "" },
		{ "bearer token JWT " JWS, JWS },
		{ "bearer bearer bearer bearer bearer " JWS, JWS },
		{ "bearer", "bearer" },
		{ "bearer ", "bearer" },
		{ "bearerx " JWS, "bearerx " JWS },
		{ JWS "," JWS, JWS },
		{ JWS " , " JWS, JWS },
		{ "," JWS, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!bytes_is(credential_token(bytes_text(cases[i][0])), cases[i][1]))
			fail_msg("\"%s\"", cases[i][0]);
}

static void test_guessable(void **state)
{
	(void)state;
	assert_true(credential_guessable(CREDENTIAL_BASIC, 1000));
	assert_true(credential_guessable(CREDENTIAL_DIGEST, 1000));
	assert_true(credential_guessable(CREDENTIAL_NTLM, 1000));
	assert_true(credential_guessable(CREDENTIAL_NEGOTIATE, 1000));
	assert_true(credential_guessable(CREDENTIAL_OPAQUE, 0));
	assert_true(credential_guessable(CREDENTIAL_OPAQUE, 21));
	assert_false(credential_guessable(CREDENTIAL_OPAQUE, 22));
	assert_false(credential_guessable(CREDENTIAL_JWS, 10));
	assert_false(credential_guessable(CREDENTIAL_JWE, 10));
	assert_false(credential_guessable(CREDENTIAL_SIGV4, 10));
	/* whose shape would not be theirs if they were short */
	for (int kind = CREDENTIAL_JWS_JSON; kind < CREDENTIAL_KINDS; kind++)
		assert_false(credential_guessable((enum credential_kind)kind, 10));
	assert_true(credential_guessable(CREDENTIAL_HTTP_SIGNATURE, 21));
	assert_false(credential_guessable(CREDENTIAL_HTTP_SIGNATURE, 22));
}

static void test_kind_names(void **state)
{
	(void)state;
	for (int kind = 0; kind < CREDENTIAL_KINDS; kind++)
		assert_non_null(credential_kind_name((enum credential_kind)kind));
	assert_string_equal(credential_kind_name(CREDENTIAL_SIGV4), "sigv4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_guessable),
		cmocka_unit_test(test_kind_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
