#include "dissectors/token/carriers_parameters.h"

#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define OPAQUE CARRIED_OPAQUE
#define PRESIGNED "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=TEST%2F20260115%2Feu%2Fs3%2Faws4_request" \
	"&X-Amz-Security-Token=test-token&X-Amz-Signature=00ff"

struct row {
	const char *text;                     /* a target, or a form */
	const char *carrier, *name, *secret; /* NULL: nothing is found */
	enum credential_kind kind;
};

static const struct row targets[] = {
	{ "/?access_token=" OPAQUE, "query", "access_token", OPAQUE, CREDENTIAL_OPAQUE },
	{ "/?a=b&id_token=" JWS "&c", "query", "id_token", JWS, CREDENTIAL_JWS },
	{ "/?Access_Token=" OPAQUE, "query", "Access_Token", OPAQUE, CREDENTIAL_OPAQUE },
	{ "/?access%5Ftoken=a%2Bb+c", "query", "access_token", "a+b c", CREDENTIAL_OPAQUE },
	{ "/?access_token=Bearer%20" JWS, "query", "access_token", JWS, CREDENTIAL_JWS },
	{ "https://a.example/b?id_token_hint=" JWS, "query", "id_token_hint", JWS, CREDENTIAL_JWS },
	{ "/?SAMLResponse=PHNhbWxwOlJlc3BvbnNlPg%3D%3D", "query", "SAMLResponse", "PHNhbWxwOlJlc3BvbnNlPg==", CREDENTIAL_SAML },
	{ "/?code=test-code-of-21-byte", "query", "code", "test-code-of-21-byte", CREDENTIAL_OPAQUE },
	{ "/?code=DE", NULL, NULL, NULL, 0 },
	{ "/?token=12", NULL, NULL, NULL, 0 },
	{ "/?access_token=", NULL, NULL, NULL, 0 },
	{ "/?access_token", NULL, NULL, NULL, 0 },
	{ "/?xaccess_token=" OPAQUE, NULL, NULL, NULL, 0 },
	{ "/?access_tokeo=" OPAQUE, NULL, NULL, NULL, 0 },
	{ "/?a=access_token=" OPAQUE, NULL, NULL, NULL, 0 },
	{ "/access_token=" OPAQUE, NULL, NULL, NULL, 0 },
	{ "/?sv=2026-01-15&sig=" OPAQUE, "query", "sig", OPAQUE, CREDENTIAL_OPAQUE },
	{ "/?sig=12&X-Goog-Signature=00ff", NULL, NULL, NULL, 0 },
	{ "/authorize?request=" JWS, NULL, NULL, NULL, 0 },
	{ "/authorize?requests=" JWS, "query", "requests", JWS, CREDENTIAL_JWS },
	{ "/?password=" OPAQUE, NULL, NULL, NULL, 0 },
	/* AWS's signature makes one of the whole query */
	{ "/a?" PRESIGNED, "query", "", PRESIGNED, CREDENTIAL_SIGV4 },
	{ "/a?x-amz-signature=00ff&X-Amz-Security-Token=test", "query", "", "x-amz-signature=00ff&X-Amz-Security-Token=test",
	    CREDENTIAL_SIGV4 },
	{ "/a?X-Amz-Security-Token=test&X-Amz-Date=1", "query", "X-Amz-Security-Token", "test", CREDENTIAL_OPAQUE },
	{ "/a?X-Amz-Signaturf=00ff", NULL, NULL, NULL, 0 },
	/* not listed, but a token */
	{ "/?state=" JWS, "query", "state", JWS, CREDENTIAL_JWS },
	{ "/?st%61te=" JWS, "query", "state", JWS, CREDENTIAL_JWS },
	{ "/?next=https%3A%2F%2Fa.example%2F%3Ft%3D" JWS "%26b", "query", "next", JWS, CREDENTIAL_JWS },
	{ "/?x=" CARRIED_HEADER "%2E" CARRIED_PAYLOAD "%2edGVzdA", "query", "x", CARRIED_HEADER "." CARRIED_PAYLOAD ".dGVzdA",
	    CREDENTIAL_JWS },
	{ "/?" JWS, "query", "", JWS, CREDENTIAL_JWS },
	{ "/?" JWS "=", "query", "", JWS, CREDENTIAL_JWS },
	{ "/verify/" JWS, "path", "", JWS, CREDENTIAL_JWS },
	{ "/verify/" JWS "?a=b", "path", "", JWS, CREDENTIAL_JWS },
	{ "/?state=" CARRIED_HEADER "." CARRIED_PAYLOAD, NULL, NULL, NULL, 0 },
	{ "", NULL, NULL, NULL, 0 },
	{ "*", NULL, NULL, NULL, 0 },
	{ "/?&&=&", NULL, NULL, NULL, 0 },
};

static const struct row forms[] = {
	{ "grant_type=client_credentials&client_id=test&client_secret=x", "form", "client_secret", "x", CREDENTIAL_OPAQUE },
	{ "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" JWS, "form", "assertion", JWS,
	    CREDENTIAL_JWS },
	{ "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&assertion=PHNhbWw6QXNzZXJ0aW9uPg", "form",
	    "assertion", "PHNhbWw6QXNzZXJ0aW9uPg", CREDENTIAL_SAML },
	{ "client_assertion=PHNhbWw6QXNzZXJ0aW9uPg%3D%3D", "form", "client_assertion", "PHNhbWw6QXNzZXJ0aW9uPg==",
	    CREDENTIAL_SAML },
	{ "subject_token=" OPAQUE, "form", "subject_token", OPAQUE, CREDENTIAL_OPAQUE },
	{ "actor_token=" JWS, "form", "actor_token", JWS, CREDENTIAL_JWS },
	{ "device_code=test", "form", "device_code", "test", CREDENTIAL_OPAQUE },
	{ "logout_token=" JWS, "form", "logout_token", JWS, CREDENTIAL_JWS },
	{ "SAMLResponse=PHNhbWxwOlJlc3BvbnNlPg%3D%3D&RelayState=x", "form", "SAMLResponse", "PHNhbWxwOlJlc3BvbnNlPg==",
	    CREDENTIAL_SAML },
	{ "wa=wsignin1.0&wresult=%3Ct+xmlns%3D%22urn%3Aoasis%3Anames%3Atc%3ASAML%3A1.0%3Aassertion%22%2F%3E", "form", "wresult",
	    "<t xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\"/>", CREDENTIAL_SAML },
	{ "wresult=%3CBinarySecurityToken%3EZXlKaGJHY2lPaUpJVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmUzMC5kR1Z6ZEE%3D%3C"
	  "%2FBinarySecurityToken%3E", "form", "BinarySecurityToken", CARRIED_HEADER ".e30.dGVzdA", CREDENTIAL_JWS },
	{ "wresult=%3Cx%3E", NULL, NULL, NULL, 0 },
	{ "token=" OPAQUE "&token_type_hint=access_token", "form", "token", OPAQUE, CREDENTIAL_OPAQUE },
	{ "username=test&password=" OPAQUE "&code_verifier=" OPAQUE, NULL, NULL, NULL, 0 },
	{ "X-Amz-Signature=00ff", NULL, NULL, NULL, 0 },
	{ "x=" JWS, "form", "x", JWS, CREDENTIAL_JWS },
	{ "", NULL, NULL, NULL, 0 },
};

static void expect(struct carried *carried, const struct row *row)
{
	if (row->carrier)
		carried_one(carried, row->carrier, row->name, row->secret, row->kind);
	else
		carried_none(carried);
}

static void test_targets(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		carried_target(&carried, targets[i].text);
		expect(&carried, &targets[i]);
	}
	carried_fini(&carried);
}

static void test_forms(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		carried_body(&carried, TO_SERVER, HTTP_CONTENT_FORM, forms[i].text);
		expect(&carried, &forms[i]);
	}
	carried_body(&carried, TO_CLIENT, HTTP_CONTENT_FORM, "access_token=" OPAQUE "&scope=x");
	carried_one(&carried, "response-form", "access_token", OPAQUE, CREDENTIAL_OPAQUE);
	carried_fini(&carried);
}

static void test_several(void **state)
{
	struct carried carried;

	(void)state;
	carried_init(&carried);
	carried_header(&carried, TO_CLIENT, "Location",
	    "https://a.example/?code=test-code-of-21-byte#access_token=a&id_token=" JWS);
	assert_int_equal(carried.n, 3);
	carried_is(&carried, 0, "location", "code", "test-code-of-21-byte");
	carried_is(&carried, 1, "location", "access_token", "a");
	carried_is(&carried, 2, "location", "id_token", JWS);
	assert_true(carried.found[0].weak && !carried.found[1].weak);
	carried_header(&carried, TO_CLIENT, "Location", "https://a.example/?" PRESIGNED "&access_token=a");
	assert_int_equal(carried.n, 2);
	carried_is(&carried, 0, "location", "", PRESIGNED "&access_token=a");
	carried_is(&carried, 1, "location", "access_token", "a");
	carried_fini(&carried);
}

/* The last pair of a form that went on is not whole. */
static void test_cut(void **state)
{
	struct http_message message = { .dir = TO_SERVER, .is_end = true, .content_type = HTTP_CONTENT_FORM,
	    .content_cut = true };
	struct carried carried;

	(void)state;
	carried_init(&carried);
	message.content = bytes_text("access_token=a&id_token=" JWS);
	carried_message(&carried, &message);
	carried_one(&carried, "form", "access_token", "a", CREDENTIAL_OPAQUE);
	message.content = bytes_text("access_token=" JWS);
	carried_message(&carried, &message);
	carried_none(&carried);
	carried_fini(&carried);
}

/* What would have to be decoded where there is no memory is left out, and the rest is not. */
static void test_refused(void **state)
{
	const struct http_message message = {
		.dir = TO_SERVER, .target = bytes_text("/?access_token=%41&id_token=b&x=%41" JWS "&y=" JWS) };
	struct workspace workspace;
	struct credential found[4];

	(void)state;
	workspace_init(&workspace, 0, 64);
	assert_int_equal(carriers_find(&message, NULL, &workspace.arena, found, 4), 2);
	assert_true(bytes_is(found[0].secret, "b"));
	assert_true(bytes_is(found[1].secret, JWS));
	workspace_fini(&workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
