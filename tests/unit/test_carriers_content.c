#include "dissectors/token/carriers_content.h"

#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define OPAQUE CARRIED_OPAQUE
#define FLAT "{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"dGVzdA\"}"
#define ASSERTION "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">test</saml:Assertion>"

static const struct row {
	enum direction dir;
	enum http_content type;
	const char *content;
	const char *carrier, *name, *secret; /* NULL: nothing is found */
	enum credential_kind kind;
} rows[] = {
	/* JSON */
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"token_type\":\"Bearer\",\"access_token\":\"" OPAQUE "\"}", "response-json",
	    "access_token",
	    OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"AccessToken\":\"" JWS "\"}", "response-json", "AccessToken", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"Credentials\":{\"SessionToken\":\"x\"}}", "response-json", "SessionToken", "x",
	    CREDENTIAL_OPAQUE },
	{ TO_SERVER, HTTP_CONTENT_JSON, "[{\"id_token\":\"x\"}]", "json", "id_token", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"access\\u005ftoken\":\"a\\/b\"}", "response-json", "access_token", "a/b",
	    CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"access_tokens\":\"" OPAQUE "\"}", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"access_token\":1,\"id_token\":null,\"refresh_token\":\"\"}", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"code\":\"InvalidAuthenticationToken\"}", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":[\"" JWS "\"]}", "response-json", "a", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":\"Bearer " JWS "\"}", "response-json", "a", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":\"\\u0065yJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." CARRIED_PAYLOAD ".dGVzdA\"}",
	    "response-json", "a", CARRIED_HEADER "." CARRIED_PAYLOAD ".dGVzdA", CREDENTIAL_JWS },
	{ TO_SERVER, HTTP_CONTENT_JSON, "{\"Authorization\":\"Bearer x\"}", "json", "Authorization", "x", CREDENTIAL_OPAQUE },
	{ TO_SERVER, HTTP_CONTENT_JSON, "{\"Authorization\":\"required\"}", NULL, NULL, NULL, 0 },
	/* JSON within JSON within JSON */
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"body\":\"{\\\"access_token\\\":\\\"" OPAQUE "\\\",\\\"padding\\\":1}\"}",
	    "response-json",
	    "access_token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"c\\\\\\\":\\\\\\\"" JWS "\\\\\\\"}\\\"}\"}",
	    "response-json", "c",
	    JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"access_token\":\"{\\\"a\\\":\\\"" JWS "\\\"}\"}", "response-json", "a", JWS,
	    CREDENTIAL_JWS },
	/* what is no JSON, or not only */
	{ TO_CLIENT, HTTP_CONTENT_JSON, ")]}',\n{\"a\":\"" JWS "\"}", "response-json", "a", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "\xEF\xBB\xBF{\"access_token\":\"x\"}", "response-json", "access_token", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_TEXT, "\xEF\xBB\xBF {\"access_token\":\"x\"}", "response-json", "access_token", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "\xEF\xBB\xBF\"" JWS "\"", "response-json", "", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "\"{" JWS "\"", "response-json", "", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":1}\n{\"id_token\":\"x\"}", "response-json", "id_token", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "", NULL, NULL, NULL, 0 },
	{ TO_SERVER, HTTP_CONTENT_FORM, "{\"refresh_token\":\"x\"}", "json", "refresh_token", "x", CREDENTIAL_OPAQUE },
	/* JWS in JSON */
	{ TO_SERVER, HTTP_CONTENT_JSON, FLAT, "json", "", FLAT, CREDENTIAL_JWS_JSON },
	{ TO_SERVER, HTTP_CONTENT_TEXT, " " FLAT, "json", "", FLAT, CREDENTIAL_JWS_JSON },
	{ TO_CLIENT, HTTP_CONTENT_JSON, "{\"a\":[" FLAT "]}", "response-json", "a", FLAT, CREDENTIAL_JWS_JSON },
	{ TO_SERVER, HTTP_CONTENT_JSON, "{\"payload\":\"e30\",\"protected\":\"e30\"}", NULL, NULL, NULL, 0 },
	/* XML */
	{ TO_SERVER, HTTP_CONTENT_XML, "<S:Envelope><S:Header>" ASSERTION "</S:Header></S:Envelope>", "xml", "", ASSERTION,
	    CREDENTIAL_SAML },
	{ TO_CLIENT, HTTP_CONTENT_XML, "<a>" ASSERTION "</a>", "response-xml", "", ASSERTION, CREDENTIAL_SAML },
	{ TO_CLIENT, HTTP_CONTENT_TEXT, "<a>" ASSERTION "</a>", "response-xml", "", ASSERTION, CREDENTIAL_SAML },
	{ TO_SERVER, HTTP_CONTENT_XML, "<Assertion>of a test</Assertion>", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, HTTP_CONTENT_XML, "<r><SessionToken>" OPAQUE "</SessionToken></r>", "response-xml", "SessionToken", OPAQUE,
	    CREDENTIAL_OPAQUE },
	{ TO_SERVER, HTTP_CONTENT_XML, "<w:BinarySecurityToken>ZXlKaGJHY2lPaUpJVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmUzMC5kR1Z6ZEE="
	    "</w:BinarySecurityToken>", "xml", "BinarySecurityToken", CARRIED_HEADER ".e30.dGVzdA", CREDENTIAL_JWS },
	{ TO_SERVER, HTTP_CONTENT_XML, "<w:BinarySecurityToken>MIIBdGVzdA==</w:BinarySecurityToken>", NULL, NULL, NULL, 0 },
	{ TO_SERVER, HTTP_CONTENT_XML, "<t>" JWS "</t>", "xml", "", JWS, CREDENTIAL_JWS },
	/* anything */
	{ TO_CLIENT, HTTP_CONTENT_TEXT, "<input name=\"id_token\" value=\"" JWS "\">", "response-text", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, HTTP_CONTENT_TEXT, "token: " JWS, "text", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, HTTP_CONTENT_TEXT, "access_token=" OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_SERVER, HTTP_CONTENT_NONE, JWS, NULL, NULL, NULL, 0 },
};

static void expect(struct carried *carried, const struct row *row)
{
	if (row->carrier)
		carried_one(carried, row->carrier, row->name, row->secret, row->kind);
	else
		carried_none(carried);
}

static void test_bodies(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		carried_body(&carried, rows[i].dir, rows[i].type, rows[i].content);
		expect(&carried, &rows[i]);
	}
	carried_fini(&carried);
}

static const struct row texts[] = {
	{ TO_SERVER, 0, "{\"type\":\"connection_init\",\"payload\":{\"Authorization\":\"Bearer x\"}}", "websocket",
	    "Authorization", "x",
	    CREDENTIAL_OPAQUE },
	{ TO_SERVER, 0, "42[\"auth\",{\"token\":\"" OPAQUE "\"}]", "websocket", "token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_SERVER, 0, "{\"protocol\":\"json\"}\x1e{\"access_token\":\"x\"}", NULL, NULL, NULL, 0 },
	{ TO_SERVER, 0, "{\"protocol\":\"json\"}\x1e{\"access_token\":\"" JWS "\"}", "websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, 0, "CONNECT\nAuthorization:Bearer " JWS "\n\n", "websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, 0, JWS, "websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, 0, "{\"session_token\":\"x\"}", "response-websocket", "session_token", "x", CREDENTIAL_OPAQUE },
	{ TO_CLIENT, 0, "[info] " JWS, "response-websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, 0, "hello " OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_SERVER, 0, "", NULL, NULL, NULL, 0 },
};

static void test_texts(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		carried_text(&carried, texts[i].dir, texts[i].content);
		expect(&carried, &texts[i]);
	}
	carried_fini(&carried);
}

static void test_several(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_body(&carried, TO_CLIENT, HTTP_CONTENT_JSON,
	    "{\"access_token\":\"a\",\"id_token\":\"" JWS "\",\"refresh_token\":\"r\","
	    "\"copy\":\"" JWS "\"}");
	assert_int_equal(carried.n, 3);
	carried_is(&carried, 0, "response-json", "access_token", "a");
	carried_is(&carried, 1, "response-json", "id_token", JWS);
	carried_is(&carried, 2, "response-json", "refresh_token", "r");
	assert_true(carried.found[2].weak && !carried.found[1].weak);
	carried_body(&carried, TO_SERVER, HTTP_CONTENT_XML, "<a>" ASSERTION ASSERTION "</a>");
	assert_int_equal(carried.n, 2);
	carried_fini(&carried);
}

/* What reaches the end of content that went on is not whole. */
static void test_cut(void **state)
{
	struct http_message message = { .dir = TO_CLIENT, .is_end = true, .content_type = HTTP_CONTENT_JSON,
	    .content_cut = true };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	message.content = bytes_text("{\"id_token\":\"x\",\"access_token\":\"" JWS);
	carried_message(&carried, &message);
	carried_one(&carried, "response-json", "id_token", "x", CREDENTIAL_OPAQUE);
	message.content = bytes_text("{\"id_token\":\"x\",\"access_token\":\"" JWS "\"");
	carried_message(&carried, &message);
	assert_int_equal(carried.n, 2);
	message.content_type = HTTP_CONTENT_XML;
	message.content = bytes_text("<a>" ASSERTION "<b xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><Assertion>");
	carried_message(&carried, &message);
	carried_one(&carried, "response-xml", "", ASSERTION, CREDENTIAL_SAML);
	message.content_type = HTTP_CONTENT_TEXT;
	message.content = bytes_text(JWS);
	carried_message(&carried, &message);
	carried_none(&carried);
	carried_fini(&carried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
