#include "dissectors/token/claims.h"
#include "dissectors/token/jose.h"
#include "tests/support/fields.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static struct workspace workspace;
static struct record *record;
static struct bytes subject;

static int set_up(void **state)
{
	(void)state;
	workspace_init(&workspace, 1 << 20, 16384);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

static uint32_t scan(enum claims_part part, const char *text)
{
	record = workspace_token(&workspace);
	subject = bytes_of("", 0);
	return claims_scan(part, bytes_text(text), record, &subject, &workspace.arena);
}

static void scan_header(const char *text)
{
	assert_int_equal(scan(CLAIMS_HEADER, text), 0);
}

static uint32_t scan_payload(const char *text)
{
	return scan(CLAIMS_PAYLOAD, text);
}

static void test_header_fields(void **state)
{
	(void)state;
	scan_header("{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"cty\":\"JWT\",\"kid\":\"k/+=\",\"x5t\":\"t\","
		  "\"x5t#S256\":\"u\",\"jku\":\"https:\\/\\/a.example\\/k\",\"x5u\":\"https://b.example\","
		  "\"jwk\":{\"kty\":\"RSA\"},\"x5c\":[\"MII\"],\"crit\":[\"b64\",\"exp\"],"
		  "\"enc\":\"A256GCM\",\"zip\":\"DEF\",\"signer\":\"arn:aws:x\",\"iss\":\"header\"}");
	fields_assert_text(record, JWT_ALG, "RS256");
	fields_assert_text(record, JWT_TYP, "at+jwt");
	fields_assert_text(record, JWT_CTY, "JWT");
	fields_assert_text(record, JWT_KID, "k/+=");
	fields_assert_text(record, JWT_X5T, "t");
	fields_assert_text(record, JWT_X5T_S256, "u");
	fields_assert_text(record, JWT_JKU, "https://a.example/k");
	fields_assert_text(record, JWT_X5U, "https://b.example");
	assert_true(record_has(record, JWT_JWK) && record->values[JWT_JWK].flag);
	assert_true(record_has(record, JWT_X5C) && record->values[JWT_X5C].flag);
	fields_assert_texts(record, JWT_CRIT, "b64|exp|");
	fields_assert_text(record, JWT_ENC, "A256GCM");
	fields_assert_text(record, JWT_ZIP, "DEF");
	fields_assert_text(record, JWT_SIGNER, "arn:aws:x");
	fields_assert_text(record, JWT_ISS, NULL);
}

static void test_payload_fields(void **state)
{
	(void)state;
	scan_payload("{\"iss\":\"i\",\"sub\":\"s\\u0075b\",\"aud\":[\"a\",\"\\u0062\"],\"exp\":4000,"
		     "\"nbf\":99,\"iat\":100,\"jti\":\"j\",\"tid\":\"t\",\"oid\":\"o\",\"appid\":\"p\","
		     "\"azp\":\"z\",\"client_id\":\"c\",\"ver\":\"1.0\",\"idtyp\":\"app\",\"uti\":\"u\","
		     "\"sid\":\"d\",\"scope\":\"x\",\"scp\":[\"A.B\",\"C\\u0044\"],\"roles\":[\"r\",7,\"q\"],"
		     "\"acr\":\"1\",\"actortoken\":\"x.y.z\",\"alg\":\"payload\",\"x\":{\"iss\":\"nested\"}}");
	fields_assert_text(record, JWT_ISS, "i");
	assert_true(bytes_is(subject, "sub"));
	assert_false(record_has(record, JWT_SUB_HASH));
	fields_assert_texts(record, JWT_AUD, "a|b|");
	fields_assert_number(record, JWT_EXP, 4000);
	fields_assert_number(record, JWT_NBF, 99);
	fields_assert_number(record, JWT_IAT, 100);
	fields_assert_text(record, JWT_JTI, "j");
	fields_assert_text(record, JWT_TID, "t");
	fields_assert_text(record, JWT_OID, "o");
	fields_assert_text(record, JWT_APPID, "p");
	assert_false(record_has(record, JWT_AZP));
	fields_assert_text(record, JWT_VER, "1.0");
	fields_assert_text(record, JWT_IDTYP, "app");
	fields_assert_text(record, JWT_UTI, "u");
	fields_assert_text(record, JWT_SID, "d");
	fields_assert_text(record, JWT_SCP, "A.B CD");
	fields_assert_texts(record, JWT_ROLES, "r|q|");
	fields_assert_text(record, JWT_TFP, NULL);
	assert_true(record_has(record, JWT_ACTORTOKEN));
	fields_assert_text(record, JWT_ALG, NULL);
}

/* Which of several names for one field wins, and what shape it may have. */
static void test_alternatives(void **state)
{
	(void)state;
	scan_payload("{\"cid\":\"c\",\"client_id\":\"b\",\"azp\":\"a\"}");
	fields_assert_text(record, JWT_APPID, "a");
	assert_true(record_has(record, JWT_AZP));
	scan_payload("{\"cid\":\"c\",\"client_id\":\"b\",\"azp\":7}");
	fields_assert_text(record, JWT_APPID, "b");
	assert_false(record_has(record, JWT_AZP));
	scan_payload("{\"cid\":\"c\",\"scope\":\"s t\",\"ver\":1,\"aud\":\"one\",\"roles\":\"solo\"}");
	fields_assert_text(record, JWT_APPID, "c");
	fields_assert_text(record, JWT_SCP, "s t");
	fields_assert_text(record, JWT_VER, "1");
	fields_assert_texts(record, JWT_AUD, "one|");
	fields_assert_texts(record, JWT_ROLES, "solo|");
	scan_payload("{\"acr\":\"B2C_1_in\",\"tfp\":\"b2c_1a_up\"}");
	fields_assert_text(record, JWT_TFP, "b2c_1a_up");
	scan_payload("{\"acr\":\"B2C_1_in\",\"aud\":[],\"scp\":[]}");
	fields_assert_text(record, JWT_TFP, "B2C_1_in");
	fields_assert_texts(record, JWT_AUD, "");
	fields_assert_text(record, JWT_SCP, "");
}

#define THUMBPRINT "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" /* of RFC 8705 3.1 */

/* The certificate that a token is bound to: cnf's own member, a string, nothing else. */
static void test_certificate_binding(void **state)
{
	(void)state;
	assert_int_equal(scan_payload("{\"cnf\":{\"x5t#S256\":\"" THUMBPRINT "\"},\"iss\":\"i\"}"), 0);
	fields_assert_text(record, JWT_CNF_X5T_S256, THUMBPRINT);
	fields_assert_text(record, JWT_ISS, "i");
	assert_int_equal(scan_payload("{\"cnf\":{\"jwk\":{\"x5t#S256\":\"no\"},\"kid\":[1],\"x5t\\u0023S256\":\"\\u0041b\"}}"), 0);
	fields_assert_text(record, JWT_CNF_X5T_S256, "Ab");
	assert_int_equal(scan_payload("{\"cnf\":{\"jkt\":\"a\"},\"x5t#S256\":\"top\"}"), 0);
	fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	assert_int_equal(scan_payload("{\"cnf\":{},\"x\":{\"cnf\":{\"x5t#S256\":\"deep\"}}}"), 0);
	fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	assert_int_equal(scan_payload("{\"cnf\":{\"x5t#s256\":\"a\",\"x5t#S25\":\"b\",\"x\":\"x5t#S256\"}}"), 0);
	fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	assert_int_equal(scan_payload("{\"cnf\":{\"x5t#S256\":\"one\",\"x5t#S256\":\"two\"}}"), 1u << JOSE_DUP_KEY);
	fields_assert_text(record, JWT_CNF_X5T_S256, "one");
}

static void test_certificate_binding_odd(void **state)
{
	static const char *const odd[] = { "{\"cnf\":{\"x5t#S256\":7}}", "{\"cnf\":{\"x5t#S256\":{\"a\":\"b\"}}}",
		"{\"cnf\":{\"x5t#S256\":[\"a\"]}}", "{\"cnf\":\"x5t#S256\"}", "{\"cnf\":[\"x5t#S256\",\"a\"]}",
		"{\"cnf\":{\"x5t#S256\":null}}" };
	static const char whole[] = "{\"cnf\":{\"x5t#S256\":\"abc\"}}";
	char cut[sizeof whole];

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		assert_int_equal(scan_payload(odd[i]), 1u << JOSE_TYPE);
		fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	}
	/* an object that breaks off binds nothing, unless the member was whole */
	for (size_t len = 0; len < sizeof whole - 1; len++) {
		snprintf(cut, sizeof cut, "%.*s", (int)len, whole);
		assert_int_equal(scan_payload(cut), 1u << JOSE_BAD_PAYLOAD);
		fields_assert_text(record, JWT_CNF_X5T_S256, len == sizeof whole - 2 ? "abc" : NULL);
	}
}

/* The key that a token is bound to, beside a certificate or alone. */
static void test_key_binding(void **state)
{
	(void)state;
	assert_int_equal(scan_payload("{\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}}"), 0);
	fields_assert_text(record, JWT_CNF_JKT, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"); /* RFC 9449 6.1 */
	fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	assert_int_equal(scan_payload("{\"cnf\":{\"j\\u006bt\":\"\\u006b\",\"x5t#S256\":\"x\",\"jwk\":{\"jkt\":\"no\"}}}"), 0);
	fields_assert_text(record, JWT_CNF_JKT, "k");
	fields_assert_text(record, JWT_CNF_X5T_S256, "x");
	assert_int_equal(scan_payload("{\"cnf\":{\"x5t#S256\":[\"x\",{\"jkt\":\"no\"}],\"jkt\":\"k\"}}"), 1u << JOSE_TYPE);
	fields_assert_text(record, JWT_CNF_JKT, "k");
	fields_assert_text(record, JWT_CNF_X5T_S256, NULL);
	assert_int_equal(scan_payload("{\"cnf\":{\"jkt\":1,\"jkt\":\"k\"}}"), 1u << JOSE_TYPE | 1u << JOSE_DUP_KEY);
	fields_assert_text(record, JWT_CNF_JKT, NULL);
	assert_int_equal(scan_payload("{\"jkt\":\"top\",\"cnf\":{\"JKT\":\"k\",\"jk\":\"k\",\"jktt\":\"k\"}}"), 0);
	fields_assert_text(record, JWT_CNF_JKT, NULL);
}

/* RFC 9449 4.2. What a URL may hide behind '?' and '#' is not told. */
static void test_proofs(void **state)
{
	static const char *const urls[][2] = {
		{ "https://server.example.com/token", "https://server.example.com/token" },
		{ "https://a.example/x?code=secret", "https://a.example/x" },
		{ "https://a.example/x#secret", "https://a.example/x" },
		{ "https://a.example/x#s?t", "https://a.example/x" },
		{ "https://a.example/\\u003fcode=secret", "https://a.example/" },
		{ "?secret", "" },
		{ "", "" },
	};
	char payload[200];

	(void)state;
	assert_int_equal(scan_payload("{\"jti\":\"-BwC3ESc6acc2lTc\",\"htm\":\"POST\",\"htu\":\"h\","
				      "\"ath\":\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"}"), 0);
	fields_assert_text(record, JWT_HTM, "POST");
	fields_assert_text(record, JWT_HTU, "h");
	fields_assert_text(record, JWT_ATH, "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		snprintf(payload, sizeof payload, "{\"htu\":\"%s\"}", urls[i][0]);
		assert_int_equal(scan_payload(payload), 0);
		fields_assert_text(record, JWT_HTU, urls[i][1]);
	}
	assert_int_equal(scan_payload("{\"htm\":1}"), 1u << JOSE_TYPE);
	assert_int_equal(scan_payload("{\"htu\":[\"x\"]}"), 1u << JOSE_TYPE);
	fields_assert_text(record, JWT_HTU, NULL);
	assert_int_equal(scan_payload("{\"ath\":null,\"x\":{\"htm\":\"x\"},\"HTM\":\"x\"}"), 1u << JOSE_TYPE);
	fields_assert_text(record, JWT_HTM, NULL);
	fields_assert_text(record, JWT_ATH, NULL);
}

static void test_dates(void **state)
{
	(void)state;
	scan_payload("{\"exp\":\"1700000000\",\"iat\":1699996400.9,\"nbf\":-1.5}");
	fields_assert_number(record, JWT_EXP, 1700000000);
	fields_assert_number(record, JWT_IAT, 1699996400);
	fields_assert_number(record, JWT_NBF, -2);
	scan_payload("{\"exp\":\"1700000000 \",\"iat\":\"\",\"nbf\":1e300}");
	assert_false(record_has(record, JWT_EXP));
	assert_false(record_has(record, JWT_IAT));
	assert_false(record_has(record, JWT_NBF));
}

static void test_many_items(void **state)
{
	char payload[1024] = "{\"aud\":[\"0\"";
	size_t n = strlen(payload);

	(void)state;
	for (int i = 1; i < 50; i++)
		n += (size_t)snprintf(payload + n, sizeof payload - n, ",\"%d\"", i);
	snprintf(payload + n, sizeof payload - n, "]}");
	scan_payload(payload);
	assert_int_equal(record->values[JWT_AUD].len, JOSE_TEXTS);
	assert_true(bytes_is(record->values[JWT_AUD].texts[31], "31"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_header_fields),
		TEST(test_payload_fields),
		TEST(test_alternatives),
		TEST(test_certificate_binding),
		TEST(test_certificate_binding_odd),
		TEST(test_key_binding),
		TEST(test_proofs),
		TEST(test_dates),
		TEST(test_many_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
