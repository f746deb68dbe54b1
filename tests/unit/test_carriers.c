#include "dissectors/token/carriers.h"

#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define OPAQUE CARRIED_OPAQUE

static struct http_header header(const char *name, const char *value)
{
	return (struct http_header){ bytes_text(name), bytes_text(value) };
}

static void test_authorization(void **state)
{
	const struct http_header headers[] = {
		header("Host", "a.example"),
		header("Proxy-Authorization", "Basic dGVzdDp0ZXN0"),
		header("authorization", "Bearer one"),
		header("", "Bearer none"),
		header("Authorizatiom", "Bearer none"),
		header("authorization2", "Bearer none"),
		header("X-Authorization-Pr0xy", "Bearer none"),
		header("AUTHORIZATION", "Bearer two"),
		header("x-a-name-of-more-letters-than-there-are-bits-in-the-mask-of-lengths", "Bearer none"),
	};
	const struct http_message message = { .dir = TO_SERVER, .headers = headers, .n_headers = 9 };
	struct credential found[4] = { 0 };

	(void)state;
	assert_int_equal(carriers_find(&message, NULL, NULL, found, 4), 3);
	assert_string_equal(found[0].carrier, "proxy-authorization");
	assert_int_equal(found[0].kind, CREDENTIAL_BASIC);
	assert_string_equal(found[1].carrier, "authorization");
	assert_true(bytes_is(found[1].secret, "one"));
	assert_int_equal(found[1].name.len, 0);
	assert_string_equal(found[2].carrier, "authorization");
	assert_true(bytes_is(found[2].secret, "two"));
	assert_null(found[3].carrier);
}

/* More than there is room for are counted, and only the first ones written. */
static void test_cap(void **state)
{
	struct http_header headers[5];
	struct http_message message = { .dir = TO_SERVER, .headers = headers, .n_headers = 5 };
	struct credential found[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		headers[i] = header("Authorization", "Bearer x");
	assert_int_equal(carriers_find(&message, NULL, NULL, found, 2), 5);
	assert_non_null(found[1].carrier);
	assert_null(found[2].carrier);
	assert_int_equal(carriers_find(&message, NULL, NULL, NULL, 0), 5);
}

struct row {
	enum direction dir;
	const char *name, *value;    /* of the header field */
	const char *carrier, *called; /* NULL: nothing is found */
	const char *secret;
	enum credential_kind kind;
};

static const struct row rows[] = {
	{ TO_SERVER, "X-Authorization", "Bearer " OPAQUE, "header", "x-authorization", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_CLIENT, "Authorization", "Bearer " JWS, "response-header", "authorization", JWS, CREDENTIAL_JWS },
	{ TO_CLIENT, "Proxy-Authorization", "Bearer " OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_SERVER, "DPoP", JWS, "header", "dpop", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "DPoP", "", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "X-Auth-Token", OPAQUE, "header", "x-auth-token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_CLIENT, "X-Subject-Token", OPAQUE, "response-header", "x-subject-token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_SERVER, "x-amzn-oidc-data", JWS, "header", "x-amzn-oidc-data", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "x-amzn-oidc-identity", "test-subject-of-more-than-forty-bytes-length", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "X-MS-TOKEN-GOOGLE-ID-TOKEN", JWS, "header", "x-ms-token-google-id-token", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "X-MS-CLIENT-PRINCIPAL", "eyJhdXRoX3R5cCI6InRlc3QifQ==", "header", "x-ms-client-principal",
	    "eyJhdXRoX3R5cCI6InRlc3QifQ==", CREDENTIAL_OPAQUE },
	{ TO_SERVER, "X-Unknown", OPAQUE, NULL, NULL, NULL, 0 },
	/* not listed, but a token */
	{ TO_SERVER, "X-Unknown", JWS, "header", "x-unknown", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "X-Unknown", "token=\"" CARRIED_JWE "\"", "header", "x-unknown", CARRIED_JWE, CREDENTIAL_JWE },
	{ TO_CLIENT, "X-Unknown", "Bearer " JWS, "response-header", "x-unknown", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "X-Unknown", CARRIED_HEADER "." CARRIED_PAYLOAD, NULL, NULL, NULL, 0 },
	{ TO_SERVER, CARRIED_HEADER, JWS, "header", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "Cookie", "Provider.test.joe@example.test.idToken=" JWS, "cookie", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "Cookie", "Provider.test.joe%40example.test.idToken=" JWS, "cookie", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "Cookie", "Provider.test.idToken=" JWS, "cookie", "Provider.test.idToken", JWS, CREDENTIAL_JWS },
	/* URLs */
	{ TO_SERVER, "Referer", "https://a.example/?access_token=" OPAQUE, "referer", "access_token", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_CLIENT, "Referer", "https://a.example/?access_token=" OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "Location", "/callback#access_token=" OPAQUE "&state=x", "location", "access_token", OPAQUE,
	    CREDENTIAL_OPAQUE },
	{ TO_SERVER, "Location", "/callback#access_token=" OPAQUE "&state=x", NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "Location", "https://a.example/" JWS, "location", "", JWS, CREDENTIAL_JWS },
	/* WebSockets */
	{ TO_SERVER, "Sec-WebSocket-Protocol", "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.dGVzdC1vcGFxdWUtdG9rZW4",
	    "websocket", "", "test-opaque-token", CREDENTIAL_OPAQUE },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "base64url.bearer.authorization.k8s.io", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "base64url.bearer.authorization.k8s.io.", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "Bearer, " OPAQUE, "websocket", "", OPAQUE, CREDENTIAL_OPAQUE },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "access_token," JWS ", chat", "websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "chat, " JWS, "websocket", "", JWS, CREDENTIAL_JWS },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "bearer, graphql-ws", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "Sec-WebSocket-Protocol", "chat, " OPAQUE, NULL, NULL, NULL, 0 },
	{ TO_CLIENT, "Sec-WebSocket-Protocol", "bearer, " OPAQUE, NULL, NULL, NULL, 0 },
	/* RFC 9421 */
	{ TO_SERVER, "Signature-Input", "sig1=(\"@method\" \"a,b\");keyid=\"test,\\\",key\"", "header", "signature-input",
	    "sig1=(\"@method\" \"a,b\");keyid=\"test,\\\",key\"", CREDENTIAL_HTTP_SIGNATURE },
	{ TO_SERVER, "Signature-Input", "sig1", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "Signature-Input", "", NULL, NULL, NULL, 0 },
	{ TO_SERVER, "Signature-Input", "\"\\", NULL, NULL, NULL, 0 },
};

static void test_headers(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		carried_header(&carried, rows[i].dir, rows[i].name, rows[i].value);
		if (rows[i].carrier)
			carried_one(&carried, rows[i].carrier, rows[i].called, rows[i].secret, rows[i].kind);
		else
			carried_none(&carried);
	}
	carried_fini(&carried);
}

static void test_several_signatures(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_header(&carried, TO_SERVER, "signature-input", " a=(\"@path\");created=1 ,, b=();alg=\"x\" ");
	assert_int_equal(carried.n, 2);
	carried_is(&carried, 0, "header", "signature-input", "a=(\"@path\");created=1");
	carried_is(&carried, 1, "header", "signature-input", "b=();alg=\"x\"");
	carried_fini(&carried);
}

static void test_weak(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_header(&carried, TO_SERVER, "X-Api-Key", "test-key");
	carried_one(&carried, "header", "x-api-key", "test-key", CREDENTIAL_OPAQUE);
	assert_true(carried.found[0].weak);
	carried_header(&carried, TO_SERVER, "X-Vault-Token", "test-key");
	assert_false(carried.found[0].weak);
	carried_fini(&carried);
}

/* Listed places in their order, then tokens seen elsewhere that are not among them. */
static void test_order(void **state)
{
	const struct http_header headers[] = {
		header("X-Unknown", CARRIED_JWE),
		header("X-Other", JWS),
		header("X-Forwarded-Access-Token", JWS),
		header("Cookie", "token=" OPAQUE "; other=" JWS),
		header("Authorization", "Bearer " JWS),
	};
	const struct http_message message = {
		.dir = TO_SERVER, .headers = headers, .n_headers = 5,
		    .target = bytes_text("/?access_token=test&x=" CARRIED_JWE) };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_message(&carried, &message);
	assert_int_equal(carried.n, 5);
	carried_is(&carried, 0, "header", "x-forwarded-access-token", JWS);
	carried_is(&carried, 1, "cookie", "token", OPAQUE);
	carried_is(&carried, 2, "authorization", "", JWS);
	carried_is(&carried, 3, "query", "access_token", "test");
	carried_is(&carried, 4, "header", "x-unknown", CARRIED_JWE);
	carried_fini(&carried);
}

static void test_configured(void **state)
{
	static const char *const headers[] = { "X-My-Own" }, *const cookies[] = { "MyOwn" }, *const parameters[] = { "myOwn" };
	const struct carriers_more more = { headers, cookies, parameters, 1, 1, 1 };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried.more = &more;
	carried_header(&carried, TO_SERVER, "x-my-OWN", OPAQUE);
	carried_one(&carried, "header", "x-my-own", OPAQUE, CREDENTIAL_OPAQUE);
	carried_header(&carried, TO_CLIENT, "X-My-Own", OPAQUE);
	carried_one(&carried, "response-header", "x-my-own", OPAQUE, CREDENTIAL_OPAQUE);
	carried_header(&carried, TO_SERVER, "X-My-Owm", OPAQUE);
	carried_none(&carried);
	carried_header(&carried, TO_SERVER, "Cookie", "MyOwn=" OPAQUE "; myown=" OPAQUE "; x=y");
	carried_one(&carried, "cookie", "MyOwn", OPAQUE, CREDENTIAL_OPAQUE);
	carried_header(&carried, TO_SERVER, "Cookie", "MyOwn.0=" OPAQUE);
	carried_one(&carried, "cookie", "MyOwn", OPAQUE, CREDENTIAL_OPAQUE);
	carried_target(&carried, "/?a=b&MYOWN=" OPAQUE);
	carried_one(&carried, "query", "MYOWN", OPAQUE, CREDENTIAL_OPAQUE);
	carried_body(&carried, TO_SERVER, HTTP_CONTENT_FORM, "myown=" OPAQUE);
	carried_one(&carried, "form", "myown", OPAQUE, CREDENTIAL_OPAQUE);
	carried_body(&carried, TO_CLIENT, HTTP_CONTENT_JSON, "{\"myown\":\"" OPAQUE "\",\"my\":\"" OPAQUE "\"}");
	carried_one(&carried, "response-json", "myown", OPAQUE, CREDENTIAL_OPAQUE);
	carried_fini(&carried);
}

/* Only a message's own parts are looked at. */
static void test_nothing(void **state)
{
	const struct http_header headers[] = { header("Authorization", "Bearer x") };
	struct http_message message = { .dir = TO_SERVER, .is_end = true, .headers = headers, .n_headers = 1 };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_message(&carried, &message);
	carried_none(&carried);
	message = (struct http_message){ .dir = TO_SERVER, .content = bytes_text(JWS), .content_type = HTTP_CONTENT_TEXT };
	carried_message(&carried, &message);
	carried_none(&carried);
	message = (struct http_message){ .dir = TO_CLIENT, .target = bytes_text("/?access_token=" OPAQUE) };
	carried_message(&carried, &message);
	carried_none(&carried);
	message = (struct http_message){ .dir = TO_SERVER };
	carried_message(&carried, &message);
	carried_none(&carried);
	carried_fini(&carried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authorization),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_several_signatures),
		cmocka_unit_test(test_weak),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_configured),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
