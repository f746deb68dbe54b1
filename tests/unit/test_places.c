/* The table once more, from what providers document; and that every row of places.c is among it. */
#include "dissectors/token/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum {
	SENT = PLACES_OF_REQUESTS,
	BACK = PLACES_OF_RESPONSES,
	BOTH = SENT | BACK,
	URLS = PLACES_IN_URLS,
	FORM = PLACES_IN_FORMS,
	JSON = PLACES_IN_JSON,
	ANY = URLS | FORM | JSON,
	WEAK = PLACES_WEAK,
	LONG = PLACES_LONG,
	OWN = PLACES_OWN_WORD,
};

struct want {
	const char *name;
	enum places_cut cut;
	unsigned flags;
};

static const struct want headers[] = {
	{ "Authorization", PLACES_AUTHORIZATION, SENT | OWN },
	{ "Proxy-Authorization", PLACES_AUTHORIZATION, SENT | OWN },
	{ "X-Authorization", PLACES_AUTHORIZATION, BOTH },
	{ "X-Original-Authorization", PLACES_AUTHORIZATION, SENT },
	{ "X-Forwarded-Authorization", PLACES_AUTHORIZATION, SENT },
	{ "X-Serverless-Authorization", PLACES_AUTHORIZATION, SENT },
	{ "DPoP", PLACES_PLAIN, SENT },
	{ "Signature-Input", PLACES_SIGNATURES, BOTH },
	{ "Signature", PLACES_DRAFT_SIGNATURE, BOTH },
	{ "Cookie", PLACES_COOKIES, SENT },
	{ "Set-Cookie", PLACES_SET_COOKIE, BACK },
	{ "Referer", PLACES_URL, SENT | OWN },
	{ "Location", PLACES_URL, BACK | OWN },
	{ "Sec-WebSocket-Protocol", PLACES_PROTOCOLS, SENT },
	{ "X-Forwarded-Access-Token", PLACES_PLAIN, SENT },
	{ "X-Forwarded-Id-Token", PLACES_PLAIN, SENT },
	{ "X-Auth-Request-Access-Token", PLACES_PLAIN, BOTH },
	{ "X-Auth-Request-Id-Token", PLACES_PLAIN, BOTH },
	{ "X-Auth-Token", PLACES_PLAIN, BOTH },
	{ "X-Subject-Token", PLACES_PLAIN, BOTH },
	{ "X-Service-Token", PLACES_PLAIN, SENT },
	{ "X-Session-Token", PLACES_PLAIN, BOTH },
	{ "X-Access-Token", PLACES_PLAIN, BOTH },
	{ "X-Id-Token", PLACES_PLAIN, BOTH },
	{ "X-Amz-Security-Token", PLACES_PLAIN, SENT },
	{ "X-Amz-Access-Token", PLACES_PLAIN, SENT },
	{ "X-aws-ec2-metadata-token", PLACES_PLAIN, SENT },
	{ "Cf-Access-Jwt-Assertion", PLACES_PLAIN, SENT },
	{ "Cf-Access-Token", PLACES_PLAIN, SENT },
	{ "x-goog-iap-jwt-assertion", PLACES_PLAIN, SENT },
	{ "x-amzn-oidc-data", PLACES_PLAIN, SENT },
	{ "x-amzn-oidc-accesstoken", PLACES_PLAIN, SENT },
	{ "X-MS-CLIENT-PRINCIPAL", PLACES_OPAQUE, SENT | WEAK },
	{ "X-ZUMO-AUTH", PLACES_PLAIN, SENT },
	{ "x-ms-RefreshTokenCredential", PLACES_PLAIN, SENT },
	{ "PRIVATE-TOKEN", PLACES_PLAIN, SENT },
	{ "JOB-TOKEN", PLACES_PLAIN, SENT },
	{ "Deploy-Token", PLACES_PLAIN, SENT },
	{ "X-Pomerium-Jwt-Assertion", PLACES_PLAIN, SENT },
	{ "X-JWT-Assertion", PLACES_PLAIN, SENT },
	{ "X-Vault-Token", PLACES_PLAIN, BOTH },
	{ "X-Consul-Token", PLACES_PLAIN, SENT },
	{ "Metadata-Token", PLACES_PLAIN, BOTH },
	{ "X-Metadata-Token", PLACES_PLAIN, BOTH },
	{ "Txn-Token", PLACES_PLAIN, SENT },
	{ "X-Api-Key", PLACES_PLAIN, SENT | WEAK },
	{ "Api-Key", PLACES_PLAIN, SENT | WEAK },
	{ "apikey", PLACES_PLAIN, SENT | WEAK },
	{ "X-Goog-Api-Key", PLACES_PLAIN, SENT | WEAK },
	{ "Ocp-Apim-Subscription-Key", PLACES_PLAIN, SENT | WEAK },
};

static const struct want parameters[] = {
	{ "access_token", PLACES_PLAIN, ANY },
	{ "accessToken", PLACES_PLAIN, ANY },
	{ "id_token", PLACES_PLAIN, ANY },
	{ "IdToken", PLACES_PLAIN, ANY },
	{ "id_token_hint", PLACES_PLAIN, ANY },
	{ "logout_token", PLACES_PLAIN, ANY },
	{ "refresh_token", PLACES_PLAIN, ANY | WEAK },
	{ "refreshToken", PLACES_PLAIN, ANY | WEAK },
	{ "subject_token", PLACES_ASSERTION, ANY },
	{ "actor_token", PLACES_ASSERTION, ANY },
	{ "assertion", PLACES_ASSERTION, ANY | LONG },
	{ "client_assertion", PLACES_ASSERTION, ANY },
	{ "client_secret", PLACES_PLAIN, ANY | WEAK },
	{ "code", PLACES_PLAIN, URLS | FORM | WEAK | LONG },
	{ "device_code", PLACES_PLAIN, FORM | JSON | WEAK },
	{ "token", PLACES_PLAIN, ANY | LONG },
	{ "jwt", PLACES_PLAIN, ANY | LONG },
	{ "auth_token", PLACES_PLAIN, ANY | LONG },
	{ "authToken", PLACES_PLAIN, ANY | LONG },
	{ "client_token", PLACES_PLAIN, JSON | LONG },
	{ "private_token", PLACES_PLAIN, ANY },
	{ "session_token", PLACES_PLAIN, ANY },
	{ "SessionToken", PLACES_PLAIN, ANY },
	{ "registration_access_token", PLACES_PLAIN, JSON },
	{ "Authorization", PLACES_SCHEME, ANY },
	{ "SAMLResponse", PLACES_ASSERTION, ANY },
	{ "request", PLACES_NONE, PLACES_IN_URLS | PLACES_IN_FORMS },
	{ "sig", PLACES_PLAIN, PLACES_IN_URLS | PLACES_LONG },
	{ "wresult", PLACES_WRESULT, URLS | FORM },
	{ "X-Amz-Signature", PLACES_PRESIGNED, URLS },
	{ "X-Amz-Security-Token", PLACES_PRESIGNED_PART, ANY },
	{ "apikey", PLACES_PLAIN, ANY | WEAK | LONG },
	{ "api_key", PLACES_PLAIN, ANY | WEAK | LONG },
	{ "api-key", PLACES_PLAIN, ANY | WEAK | LONG },
	{ "x-api-key", PLACES_PLAIN, ANY | WEAK | LONG },
	{ "subscription-key", PLACES_PLAIN, URLS | WEAK | LONG },
};

static const struct want cookies[] = {
	{ "ESTSAUTH", PLACES_PLAIN, 0 },
	{ "ESTSAUTHPERSISTENT", PLACES_PLAIN, 0 },
	{ "FedAuth", PLACES_PLAIN, 0 },
	{ "rtFa", PLACES_PLAIN, 0 },
	{ "SPOIDCRL", PLACES_PLAIN, 0 },
	{ "OpenIdConnect.token.v1", PLACES_PLAIN, 0 },
	{ "__Host-MSAAUTHP", PLACES_PLAIN, 0 },
	{ "__Host-MSAAUTH", PLACES_PLAIN, 0 },
	{ "RPSAuth", PLACES_PLAIN, 0 },
	{ "RPSSecAuth", PLACES_PLAIN, 0 },
	{ "MSPAuth", PLACES_PLAIN, 0 },
	{ "WLSSC", PLACES_PLAIN, 0 },
	{ "MSISAuth", PLACES_PLAIN, 0 },
	{ "CF_Authorization", PLACES_PLAIN, 0 },
	{ "AWSELBAuthSessionCookie", PLACES_PLAIN, 0 },
	{ "KEYCLOAK_IDENTITY", PLACES_PLAIN, 0 },
	{ "KEYCLOAK_IDENTITY_LEGACY", PLACES_PLAIN, 0 },
	{ "AppServiceAuthSession", PLACES_PLAIN, 0 },
	{ ".AspNetCore.Cookies", PLACES_PLAIN, 0 },
	{ ".AspNetCore.Identity.Application", PLACES_PLAIN, 0 },
	{ ".AspNet.Cookies", PLACES_PLAIN, 0 },
	{ "x-ms-RefreshTokenCredential", PLACES_PLAIN, 0 },
	{ "next-auth.session-token", PLACES_PLAIN, 0 },
	{ "__Secure-next-auth.session-token", PLACES_PLAIN, 0 },
	{ "authjs.session-token", PLACES_PLAIN, 0 },
	{ "__Secure-authjs.session-token", PLACES_PLAIN, 0 },
	{ "_oauth2_proxy", PLACES_PLAIN, 0 },
	{ "iPlanetDirectoryPro", PLACES_PLAIN, 0 },
	{ "kc-access", PLACES_PLAIN, 0 },
	{ "access_token", PLACES_PLAIN, 0 },
	{ "accessToken", PLACES_PLAIN, 0 },
	{ "id_token", PLACES_PLAIN, 0 },
	{ "idToken", PLACES_PLAIN, 0 },
	{ "refresh_token", PLACES_PLAIN, WEAK },
	{ "refreshToken", PLACES_PLAIN, WEAK },
	{ "auth_token", PLACES_PLAIN, LONG },
	{ "authToken", PLACES_PLAIN, LONG },
	{ "token", PLACES_PLAIN, LONG },
	{ "jwt", PLACES_PLAIN, LONG },
	{ "JWT", PLACES_PLAIN, LONG },
	{ "authorization", PLACES_PLAIN, LONG },
	{ "Authorization", PLACES_PLAIN, LONG },
};

enum { N_HEADERS = sizeof headers / sizeof *headers, N_PARAMETERS = sizeof parameters / sizeof *parameters,
	N_COOKIES = sizeof cookies / sizeof *cookies };

static const struct places_row *header(struct bytes name, unsigned where)
{
	return places_header(name, where);
}

static const struct places_row *cookie(struct bytes name, unsigned where)
{
	(void)where;
	return places_cookie(name);
}

/* The name is found wherever it means that, and neither a neighbour of it nor in other places. */
static void expect(const struct want *want, unsigned places, const struct places_row *(*find)(struct bytes, unsigned))
{
	char name[64];
	size_t len = strlen(want->name);

	for (unsigned where = 1; where <= PLACES_IN_JSON; where <<= 1) {
		const struct places_row *row = find(bytes_of(want->name, len), where);

		if (!(places & where))
			continue;
		if (!(want->flags & where)) /* Authorization means something else in responses */
			assert_true(!row || (row->flags == PLACES_OF_RESPONSES && strcmp(row->name, "authorization") == 0));
		else
			assert_true(row && row->cut == want->cut && row->flags == want->flags && strlen(row->name) == len);
		for (size_t i = 0; i < len; i++) {
			memcpy(name, want->name, len);
			name[i] ^= 1;
			row = find(bytes_of(name, len), where);
			assert_true(!row || strlen(row->name) == len);
			assert_true(!row || bytes_equal_fold(bytes_text(row->name), bytes_of(name, len)));
		}
		assert_null(find(bytes_of(want->name, len - 1), where));
		snprintf(name, sizeof name, "%sx", want->name);
		assert_null(find(bytes_of(name, len + 1), where));
	}
}

static void test_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_HEADERS; i++)
		expect(&headers[i], BOTH, header);
	assert_null(places_header(bytes_text(""), SENT));
	assert_null(places_header(bytes_text("x-amzn-oidc-identity"), SENT));
	assert_int_equal(places_header(bytes_text("authorization"), BACK)->flags, BACK);
}

static void test_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PARAMETERS; i++)
		expect(&parameters[i], ANY, places_parameter);
	assert_null(places_parameter(bytes_text(""), ANY));
	assert_null(places_parameter(bytes_text("password"), ANY));
	assert_null(places_parameter(bytes_text("code_verifier"), ANY));
}

static void test_cookies(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_COOKIES; i++) {
		const struct places_row *row = cookie(bytes_text(cookies[i].name), 0);

		assert_non_null(row);
		assert_string_equal(row->name, cookies[i].name);
		assert_int_equal(row->flags, cookies[i].flags);
	}
	assert_null(places_cookie(bytes_text("")));
	assert_null(places_cookie(bytes_text("estsauth")));
	assert_null(places_cookie(bytes_text("FEDAUTH")));
	assert_null(places_cookie(bytes_text("Token")));
}

/* X-MS-TOKEN-<provider>-... of App Service, whose providers are not listed. */
static void test_app_service(void **state)
{
	static const char *const hits[] = { "X-MS-TOKEN-AAD-ACCESS-TOKEN", "x-ms-token-aad-id-token",
	    "X-MS-TOKEN-AAD-REFRESH-TOKEN",
		"X-MS-TOKEN-MYOWN-ACCESS-TOKEN", "X-MS-TOKEN-TWITTER-ACCESS-TOKEN-SECRET" };
	static const char *const misses[] = { "X-MS-TOKEN-AAD-EXPIRES-ON", "X-MS-TOKEN-TOKEN", "X-MS-TOKENS-AAD-ACCESS-TOKEN",
		"X-MS-CLIENT-PRINCIPAL-ID", "X-MS-CLIENT-PRINCIPAL-NAME" };

	(void)state;
	for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) {
		assert_non_null(places_header(bytes_text(hits[i]), SENT));
		assert_null(places_header(bytes_text(hits[i]), BACK));
	}
	for (size_t i = 0; i < sizeof misses / sizeof *misses; i++)
		assert_null(places_header(bytes_text(misses[i]), SENT));
}

static size_t rows_between(const char *source, const char *from, const char *to)
{
	const char *at = strstr(source, from), *end = at ? strstr(at, to) : NULL;
	size_t n = 0;

	assert_true(at && end);
	while ((at = strstr(at, "\t{ \"")) && at < end) {
		n++;
		at++;
	}
	return n;
}

/* A row that this file does not know would be one that nobody tests. */
static void test_none_forgotten(void **state)
{
	static char source[1 << 16];
	FILE *file = fopen("dissectors/token/places.c", "r");

	(void)state;
	if (!file)
		skip();
	source[fread(source, 1, sizeof source - 1, file)] = 0;
	fclose(file);
	assert_int_equal(rows_between(source, "headers[]", "parameters[]"), N_HEADERS + 1); /* Authorization has two */
	assert_int_equal(rows_between(source, "parameters[]", "cookies[]"), N_PARAMETERS);
	assert_int_equal(rows_between(source, "cookies[]", "places_configured"), N_COOKIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_cookies),
		cmocka_unit_test(test_app_service),
		cmocka_unit_test(test_none_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
