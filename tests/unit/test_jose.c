#include "dissectors/token/jose.h"
#include "sensor/model/token.h"
#include "tests/support/compact.h"
#include "tests/support/fields.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct workspace workspace;
static struct record *record;
static struct bytes subject;

static int set_up(void **state)
{
	(void)state;
	workspace_init(&workspace, 1 << 24, 16384);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

static struct jose scan(const char *token)
{
	record = workspace_token(&workspace);
	return jose_scan(bytes_text(token), record, &subject, &workspace.arena);
}

static struct jose scan_json(const char *header, const char *payload, const char *signature)
{
	char *token = compact_token(header, payload, signature);
	struct jose jose = scan(token);

	free(token);
	return jose;
}

/* The flags as words, from the record; and they are what jose.flags says. */
static void assert_flags(const struct jose *jose, const char *want, const char *what)
{
	char words[512] = "";
	size_t n = 0, n_flags = 0;

	for (size_t i = 0; record_has(record, TOKEN_FLAGS) && i < record->values[TOKEN_FLAGS].len; i++) {
		struct bytes word = record->values[TOKEN_FLAGS].texts[i];

		n += (size_t)snprintf(words + n, sizeof words - n, "%s%.*s", i ? " " : "", (int)word.len,
			(const char *)word.data);
		n_flags++;
	}
	if (strcmp(words, want) != 0)
		fail_msg("%s: flags \"%s\", not \"%s\"", what, words, want);
	assert_int_equal(n_flags, __builtin_popcount(jose->flags));
}

#define H "{\"alg\":\"RS256\"}"

/* Each flag has a token that sets it alone, and one beside it that just does not. */
static const struct {
	const char *header, *payload, *signature, *flags;
} cases[] = {
	{ H, "{}", "AA", "" },
	/* alg */
	{ "{\"alg\":\"none\"}", "{}", "", "alg_none" },
	{ "{\"alg\":\"none\"}", "{}", "AA", "alg_none" },
	{ "{\"alg\":\"nOnE\"}", "{}", "", "alg_none" },
	{ "{\"alg\":\" none\\t\"}", "{}", "", "alg_none" },
	{ "{\"alg\":\"\\u006eone\"}", "{}", "", "alg_none" },
	{ "{\"alg\":\"\"}", "{}", "AA", "alg_none" },
	{ "{}", "{}", "AA", "alg_none" },
	{ "{\"ALG\":\"RS256\"}", "{}", "AA", "alg_none" },
	{ "{\"alg\":\"nonee\"}", "{}", "AA", "" },
	{ "{\"alg\":\"no ne\"}", "{}", "AA", "" },
	{ "{\"x\":{\"alg\":\"RS256\"}}", "{}", "AA", "alg_none" },
	{ "{\"alg\":null}", "{}", "AA", "alg_none type" },
	/* signature */
	{ H, "{}", "", "no_signature" },
	/* duplicate names, at any depth, in any spelling */
	{ H, "{\"a\":1,\"a\":1}", "AA", "dup_key" },
	{ "{\"alg\":\"RS256\",\"alg\":\"none\"}", "{}", "AA", "dup_key" },
	{ H, "{\"a\":[{\"b\":1,\"c\":{},\"b\":2}]}", "AA", "dup_key" },
	{ H, "{\"iss\":\"x\",\"\\u0069ss\":\"y\"}", "AA", "dup_key" },
	{ H, "{\"\\u0069ss\":\"x\",\"iss\":\"y\"}", "AA", "dup_key" },
	{ H, "{\"iss\":\"x\",\"client_id\":\"y\",\"\\u0061\":1,\"client_id\":\"y\"}", "AA", "dup_key" },
	{ H, "{\"client_id\":\"y\",\"a\":1,\"client_i\\u0064\":\"y\"}", "AA", "dup_key" },
	{ H, "{\"iss\":\"x\",\"\\u0061\":1,\"tid\":\"x\",\"b\":{\"iss\":1,\"t\\u0069d\":1}}", "AA", "" },
	{ H, "{\"\":1,\"\":1}", "AA", "dup_key" },
	{ H, "{\"a\":1,\"A\":1}", "AA", "" },
	{ H, "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}", "AA", "" },
	{ H, "{\"a\":\"a\",\"b\":\"a\"}", "AA", "" },
	/* but for case, at the top, of five names */
	{ H, "{\"tid\":\"x\",\"Tid\":\"x\"}", "AA", "dup_key_fold" },
	{ H, "{\"ISS\":\"x\",\"iss\":\"x\"}", "AA", "dup_key_fold" },
	{ H, "{\"AUD\":\"x\",\"aUd\":\"x\"}", "AA", "dup_key_fold" },
	{ "{\"alg\":\"RS256\",\"Alg\":\"none\"}", "{}", "AA", "dup_key_fold" },
	{ "{\"alg\":\"RS256\",\"kid\":\"1\",\"KI\\u0044\":\"2\"}", "{}", "AA", "dup_key_fold" },
	{ H, "{\"sub\":\"x\",\"SUB\":\"x\"}", "AA", "" },
	{ H, "{\"x\":{\"tid\":\"x\",\"TID\":\"x\"}}", "AA", "" },
	{ H, "{\"tid\":\"x\",\"t\\u0049d\":\"x\",\"tid\":\"y\"}", "AA", "dup_key dup_key_fold" },
	/* JSON */
	{ "{\"alg\":\"RS256\",}", "{}", "AA", "bad_header" },
	{ "{\"alg\":\"RS256\"", "{}", "AA", "bad_header" },
	{ "{'alg':'RS256'}", "{}", "AA", "bad_header" },
	{ "[]", "{}", "AA", "bad_header" },
	{ "", "{}", "AA", "bad_header" },
	{ "\xEF\xBB\xBF" H, "{}", "AA", "bad_header" },
	{ " \r\n\t" H " ", " {}\n", "AA", "" },
	{ H, "{\"a\":01}", "AA", "bad_payload" },
	{ H, "[]", "AA", "bad_payload" },
	{ H, "\"x\"", "AA", "bad_payload" },
	{ H, "", "AA", "bad_payload" },
	{ H, "text", "AA", "bad_payload" },
	{ H, "\xEF\xBB\xBF{}", "AA", "bad_payload" },
	{ H, "{}x", "AA", "trailing" },
	{ H "{}", "{}", "AA", "trailing" },
	{ H, "{} }", "AA", "trailing" },
	/* types */
	{ H, "{\"iss\":[\"x\"]}", "AA", "type" },
	{ H, "{\"sub\":1}", "AA", "type" },
	{ H, "{\"aud\":{}}", "AA", "type" },
	{ H, "{\"aud\":[\"x\",1]}", "AA", "type" },
	{ H, "{\"aud\":[\"x\",[]]}", "AA", "type" },
	{ H, "{\"aud\":null}", "AA", "type" },
	{ H, "{\"exp\":\"1\"}", "AA", "type" },
	{ H, "{\"exp\":\"soon\"}", "AA", "type" },
	{ H, "{\"exp\":true}", "AA", "type" },
	{ "{\"alg\":\"RS256\",\"kid\":1}", "{}", "AA", "type" },
	{ "{\"alg\":\"RS256\",\"crit\":\"b64\"}", "{}", "AA", "type" },
	{ "{\"alg\":\"RS256\",\"jwk\":\"x\"}", "{}", "AA", "type" },
	{ H, "{\"aud\":\"x\",\"exp\":1}", "AA", "" },
	{ H, "{\"aud\":[\"x\"],\"x\":{\"iss\":1}}", "AA", "" },
	{ H, "{\"ver\":1,\"sid\":2,\"roles\":{},\"acr\":0,\"cid\":null,\"scope\":[1]}", "AA", "" },
	/* dates */
	{ H, "{\"exp\":1.5}", "AA", "number" },
	{ H, "{\"exp\":1e9}", "AA", "number" },
	{ H, "{\"nbf\":-1}", "AA", "number" },
	{ H, "{\"iat\":9007199254740993}", "AA", "number" },
	{ H, "{\"iat\":9007199254740992}", "AA", "" },
	{ H, "{\"x\":-1.5}", "AA", "" },
	{ H, "{\"exp\":\"1.5\"}", "AA", "type number" },
	{ H, "{\"iat\":2,\"exp\":1}", "AA", "iat_after_exp" },
	{ H, "{\"iat\":1,\"exp\":1}", "AA", "" },
	{ H, "{\"nbf\":2,\"exp\":1}", "AA", "nbf_after_exp" },
	{ H, "{\"nbf\":1,\"exp\":1}", "AA", "" },
	{ H, "{\"nbf\":2,\"iat\":1}", "AA", "" },
	/* strings */
	{ H, "{\"a\":\"\xFF\"}", "AA", "utf8" },
	{ H, "{\"\xC0\x80\":1}", "AA", "utf8" },
	{ H, "{\"a\":\"\x01\"}", "AA", "utf8" },
	{ H, "{\"a\":\"\\u0000\"}", "AA", "utf8" },
	{ H, "{\"a\":\"\\ud800\"}", "AA", "utf8" },
	{ H, "{\"a\":\"\xC3\xA9\\n\\u0001\\ud83d\\ude00\"}", "AA", "" },
	/* depth: the object itself is the first level */
	{ H, "{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}", "AA", "" },
	{ H, "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "AA", "deep" },
	{ H, "{\"a\":[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]}", "AA", "deep" },
	/* the signature's spelling counts too */
	{ H, "{}", "AA==", "b64_padding" },
	{ H, "{}", "A+A_", "b64_alphabet" },
	{ H, "{}", "AB", "b64_bits" },
	{ H, "{}", "A", "b64_length" },
	{ H, "{}", "AA A", "b64_space" },
};

static void test_flags(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *token = compact_token(cases[i].header, cases[i].payload, cases[i].signature);
		struct jose jose;
		char what[160];

		snprintf(what, sizeof what, "%s . %s . %s", cases[i].header, cases[i].payload, cases[i].signature);
		jose = scan(token);
		assert_flags(&jose, cases[i].flags, what);
		assert_true(bytes_is(jose.header, cases[i].header));
		assert_true(bytes_is(jose.payload, cases[i].payload));
		free(token);
	}
}

/* What only the spelling of header and payload decides. */
static void test_spellings(void **state)
{
	static const struct {
		const char *token, *flags;
	} texts[] = {
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA", "" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30=.AA", "b64_padding" },
		{ "eyJhbGciOiJSUzI1NiJ9.e3 0.AA", "b64_space" },
		{ "eyJhbGciOiJSUzI1NiJ9.e3*0.AA", "b64_alphabet" },
		{ "eyJhbGciOiJSUzI1NiJ9.e31.AA", "b64_bits" },
		{ "eyJhbGciOiJSUzI1NiJ9A.e30.AA", "b64_length" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30", "no_signature" },
		{ "eyJhbGciOiJub25lIn0.e30", "alg_none no_signature" },
		{ "eyJhbGciOiJSUzI1NiJ9", "bad_payload no_signature" },
		/* four parts are none of both: what follows the second dot is the signature */
		{ "eyJhbGciOiJSUzI1NiJ9.e30.A.AA", "b64_alphabet" },
		{ "", "bad_header bad_payload no_signature" },
		{ "..", "bad_header bad_payload no_signature" },
		{ "....", "bad_header" },
		{ "\"eyJhbGciOiJSUzI1NiJ9.e30.AA\"", "" },
		{ "Bearer eyJhbGciOiJSUzI1NiJ9.e30.AA", "" },
		/* JWE */
		{ "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", "" },
		{ "eyJhbGciOiJSUzI1NiJ9....", "" },
		{ "eyJhbGciOiJSUzI1NiJ9.AA.AA.AB.AA", "b64_bits" },
		{ "eyJhbGciOiJSUzI1NiJ9.AA.A=.AA.AA", "b64_padding b64_length" },
		{ "eyJhbGciOiJub25lIn0.AA.AA.AA.AA", "alg_none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct jose jose = scan(texts[i].token);

		assert_flags(&jose, texts[i].flags, texts[i].token);
		assert_non_null(jose.header.data);
	}
}

#define RFC_PAYLOAD \
	".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

/* The token of RFC 7515 A.1 and of RFC 7519 3.1. */
static void test_rfc7515(void **state)
{
	struct jose jose = scan("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
				RFC_PAYLOAD
				".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

	(void)state;
	assert_flags(&jose, "", "RFC 7515 A.1");
	assert_true(bytes_is(jose.header, "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}"));
	assert_true(bytes_is(jose.payload,
		"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"));
	fields_assert_text(record, JWT_TYP, "JWT");
	fields_assert_text(record, JWT_ALG, "HS256");
	fields_assert_text(record, JWT_ISS, "joe");
	fields_assert_number(record, JWT_EXP, 1300819380);
	fields_assert_text(record, JWT_KID, NULL);
	assert_false(record_has(record, JWT_IAT));
	assert_false(record_has(record, JWT_LIFETIME));
	assert_false(record_has(record, TOKEN_FLAGS));
	assert_int_equal(subject.len, 0);
}

/* RFC 7519 6.1, unsecured; A.1, encrypted (ciphertext shortened). */
static void test_rfc7519(void **state)
{
	struct jose jose = scan("eyJhbGciOiJub25lIn0"
				RFC_PAYLOAD
				".");

	(void)state;
	assert_flags(&jose, "alg_none", "RFC 7519 6.1");
	fields_assert_text(record, JWT_ALG, "none");
	fields_assert_text(record, JWT_ISS, "joe");
	jose = scan("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0"
		    ".QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0o"
		    ".fiK51VwhsxJ-siBMR-YFiA");
	assert_flags(&jose, "", "RFC 7519 A.1");
	fields_assert_text(record, JWT_ALG, "RSA1_5");
	fields_assert_text(record, JWT_ENC, "A128CBC-HS256");
	assert_int_equal(jose.payload.len, 0);
	assert_non_null(jose.payload.data);
}

/* One odd thing must not hide what follows it. */
static void test_reads_on(void **state)
{
	static const char *const before[] = {
		"\"x\":\"\xFF\x01\"",
		"\"x\":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]",
		"\"iss\":7",
		"\"a\":1,\"a\":2",
		"\"x\":\"\\ud800\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		char payload[160];

		snprintf(payload, sizeof payload, "{%s,\"tid\":\"seen\"}", before[i]);
		assert_int_not_equal(scan_json(H, payload, "AA").flags, 0);
		fields_assert_text(record, JWT_TID, "seen");
	}
	/* After an error nothing is read, but what came before stays; so do the first items of a broken array. */
	scan_json("{\"kid\":\"k\",}", "{\"tid\":\"t\",\"aud\":[\"a\",\"b\",", "AA");
	fields_assert_text(record, JWT_KID, "k");
	fields_assert_text(record, JWT_TID, "t");
	fields_assert_texts(record, JWT_AUD, "a|b|");
	scan_json("\xEF\xBB\xBF{\"alg\":\"RS256\",\"kid\":\"k\"}", "{}", "AA");
	fields_assert_text(record, JWT_KID, "k");
}

#define INNER "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJpbm5lciJ9.AA" /* {"tid":"inner"} */

/* RFC 7519 5.2 and A.2: a token in a token is one where the header says so and it is one. It is no broken payload then. */
static void test_nested(void **state)
{
	static const struct {
		const char *header, *payload, *flags;
		bool nested;
	} texts[] = {
		{ "{\"alg\":\"RS256\",\"cty\":\"JWT\"}", INNER, "", true },
		{ "{\"alg\":\"RS256\",\"cty\":\"jwt\"}", INNER, "", true },
		{ "{\"alg\":\"RS256\",\"cty\":\"application/JWT\"}", "Bearer " INNER, "", true },
		{ "{\"alg\":\"RS256\",\"c\\u0074y\":\"J\\u0057T\"}", "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", "", true },
		{ "{\"alg\":\"RS256\",\"cty\":\"JWT\"}", "{\"tid\":\"t\"}", "", false },
		{ "{\"alg\":\"RS256\",\"cty\":\"JWT\"}", "text.text.text", "bad_payload", false },
		{ "{\"alg\":\"RS256\",\"cty\":\"JWT\"}", "", "bad_payload", false },
		{ "{\"alg\":\"RS256\",\"cty\":\"JWTs\"}", INNER, "bad_payload", false },
		{ "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", INNER, "bad_payload", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *token = compact_token(texts[i].header, texts[i].payload, "AA");
		struct jose jose = scan(token);
		struct jose_parts parts = jose_split(bytes_text(token));
		bool nested = !texts[i].nested;

		assert_flags(&jose, texts[i].flags, texts[i].header);
		assert_int_equal(record_has(record, JWT_NESTED), texts[i].nested);
		assert_int_equal(record_has(record, JWT_TID), texts[i].payload[0] == '{');
		assert_true(bytes_is(jose.payload, texts[i].payload));
		assert_true(bytes_is(jose_payload(&parts, &nested, &workspace.arena), texts[i].payload));
		assert_int_equal(nested, texts[i].nested);
		free(token);
	}
}

/* A JWE's content is not there to be looked at. */
static void test_nested_encrypted(void **state)
{
	/* {"alg":"PBES2-HS256+A128KW","enc":"A128GCM","zip":"DEF","cty":"JWT"} */
	const char *token = "eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIiwiY3R5IjoiSldUIn0"
			    ".AA.AA.AA.AA";
	struct jose jose = scan(token);
	struct jose_parts parts = jose_split(bytes_text(token));
	bool nested = true;

	(void)state;
	assert_flags(&jose, "", token);
	fields_assert_text(record, JWT_CTY, "JWT");
	fields_assert_text(record, JWT_ZIP, "DEF");
	assert_false(record_has(record, JWT_NESTED));
	assert_int_equal(jose_payload(&parts, &nested, &workspace.arena).len, 0);
	assert_false(nested);
}

static void test_lifetime(void **state)
{
	(void)state;
	scan_json(H, "{\"exp\":\"1700000000\",\"iat\":1699996400.9}", "AA");
	fields_assert_number(record, JWT_LIFETIME, 3600);
	scan_json(H, "{\"exp\":100,\"iat\":200}", "AA");
	fields_assert_number(record, JWT_LIFETIME, -100);
	scan_json(H, "{\"exp\":100,\"nbf\":1}", "AA");
	assert_false(record_has(record, JWT_LIFETIME));
	scan_json(H, "{\"exp\":1e300,\"iat\":1}", "AA");
	assert_false(record_has(record, JWT_LIFETIME));
}

static void test_first_wins(void **state)
{
	struct jose jose = scan_json(H, "{\"tid\":\"one\",\"\\u0074id\":\"two\",\"tid\":\"three\"}", "AA");

	(void)state;
	fields_assert_text(record, JWT_TID, "one");
	assert_true(bytes_is(jose_claim_text(jose.payload, "tid", &workspace.arena), "one"));
}

static void test_claim_text(void **state)
{
	struct bytes payload = bytes_text("{\"x\":{\"tenant\":\"nested\"},\"y\":\"tenant\",\"n\":1,"
					  "\"\\u0074enant\":\"a\\u0062c\",\"e\":\"\"}");

	(void)state;
	assert_true(bytes_is(jose_claim_text(payload, "tenant", &workspace.arena), "abc"));
	assert_int_equal(jose_claim_text(payload, "n", &workspace.arena).len, 0);
	assert_int_equal(jose_claim_text(payload, "none", &workspace.arena).len, 0);
	assert_int_equal(jose_claim_text(payload, "e", &workspace.arena).len, 0);
	assert_int_equal(jose_claim_text(bytes_text("[\"tenant\",\"x\"]"), "tenant", &workspace.arena).len, 0);
	assert_int_equal(jose_claim_text(bytes_text(""), "tenant", &workspace.arena).len, 0);
}

/* {"tid":"t","x":"nnn..."} of `len` bytes. */
static struct jose scan_long(size_t len)
{
	static char payload[JOSE_SEGMENT_LEN + 64];
	static const char start[] = "{\"tid\":\"t\",\"x\":\"";

	memset(payload, 'n', sizeof payload);
	memcpy(payload, start, sizeof start - 1);
	strcpy(payload + len - 2, "\"}");
	return scan_json(H, payload, "AA");
}

static void test_long(void **state)
{
	struct jose jose = scan_long(JOSE_SEGMENT_LEN);

	(void)state;
	assert_flags(&jose, "", "64 KiB");
	assert_int_equal(jose.payload.len, JOSE_SEGMENT_LEN);
	jose = scan_long(JOSE_SEGMENT_LEN + 1);
	assert_flags(&jose, "long", "more than 64 KiB");
	assert_int_equal(jose.payload.len, JOSE_SEGMENT_LEN);
	fields_assert_text(record, JWT_TID, "t");
}

/* A header cut off before its alg does not say that there is none. */
static void test_long_header(void **state)
{
	static char header[JOSE_SEGMENT_LEN + 64];
	struct jose jose;

	(void)state;
	memset(header, ' ', JOSE_SEGMENT_LEN);
	header[0] = '{';
	strcpy(header + JOSE_SEGMENT_LEN, "\"alg\":\"RS256\"}");
	jose = scan_json(header, "{}", "AA");
	assert_flags(&jose, "long", "long header");
}

/* 6,000 names, then the last of them again in another spelling. */
static void test_many_names(void **state)
{
	static char payload[JOSE_SEGMENT_LEN];

	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		size_t n = (size_t)snprintf(payload, sizeof payload, "{\"tid\":\"t\"");
		struct jose jose;

		for (int i = 0; i < 6000; i++)
			n += (size_t)snprintf(payload + n, sizeof payload - n, ",\"%d\":1", i);
		snprintf(payload + n, sizeof payload - n, twice ? ",\"\\u0035999\":1}" : "}");
		jose = scan_json(H, payload, "AA");
		assert_flags(&jose, twice ? "dup_key" : "", "many names");
	}
}

/* Whatever the budget refuses: no crash, and a header or none. */
static void test_budget(void **state)
{
	char *token = compact_token("{\"alg\":\"RS256\",\"kid\":\"\\u006b\"}",
		"{\"iss\":\"\\u0069\",\"sub\":\"\\u0073\",\"aud\":[\"\\u0061\",\"b\"],\"scp\":[\"a\","
		"\"b\"],\"exp\":\"1\",\"a\":1,\"a\":2}", "AB=");
	bool refused = false, whole = false;

	(void)state;
	workspace_fini(&workspace);
	for (size_t cap = 0; cap < 8192; cap += 8) {
		struct jose jose;

		workspace_init(&workspace, cap, 16); /* each allocation asks the budget anew */
		record = record_new(&token_record, &workspace.arena);
		if (record) {
			jose = jose_scan(bytes_text(token), record, &subject, &workspace.arena);
			assert_non_null(subject.data);
			if (!jose.header.data)
				refused = true;
			else if (workspace.budget.n_refused == 0)
				whole = true;
			if (whole)
				assert_flags(&jose, "dup_key b64_padding b64_bits type", "whole");
		}
		workspace_fini(&workspace);
	}
	assert_true(refused);
	assert_true(whole);
	free(token);
}

static void test_flag_names(void **state)
{
	(void)state;
	for (int flag = 0; flag < JOSE_FLAGS; flag++)
		assert_non_null(jose_flag_name((enum jose_flag)flag));
	assert_string_equal(jose_flag_name(JOSE_UNPROTECTED_HEADER), "unprotected_header");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flags),
		TEST(test_spellings),
		TEST(test_rfc7515),
		TEST(test_rfc7519),
		TEST(test_reads_on),
		TEST(test_nested),
		TEST(test_nested_encrypted),
		TEST(test_lifetime),
		TEST(test_first_wins),
		TEST(test_claim_text),
		TEST(test_long),
		TEST(test_long_header),
		TEST(test_many_names),
		TEST(test_budget),
		TEST(test_flag_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
