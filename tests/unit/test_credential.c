#include "dissectors/token/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* {"alg":"none"} . {} */
#define HEADER "eyJhbGciOiJub25lIn0"
#define JWS HEADER ".e30.AAAA"
#define JWE HEADER ".AA.AA.AA.AA"

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
	/* unknown schemes: the shape decides */
	{ "token " JWS, "token", NULL, JWS, CREDENTIAL_JWS },
	{ "JWT " JWS, "JWT", NULL, JWS, CREDENTIAL_JWS },
	{ "ApiKey c2VjcmV0", "ApiKey", NULL, "c2VjcmV0", CREDENTIAL_OPAQUE },
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
