/* Targets that hand out tokens, keys or metadata, each beside one that is nearly so. */
#include "dissectors/app/body_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define T BODY_PLACE_TOKEN
#define A BODY_PLACE_ANSWER
#define S BODY_PLACE_SERVICE
#define R BODY_PLACE_ROOT
#define N BODY_PLACE_OTHER

static const struct {
	const char *target;
	enum body_place place;
} cases[] = {
	/* OAuth */
	{ "/token", T }, { "/tokens", N }, { "/mytoken", N }, { "/token.png", N }, { "token", T },
	{ "/TOKEN", T }, { "/Token/", T }, { "/token?grant_type=x", T }, { "/token;v=1?x", T }, { "/token#x", T }, { "/x?u=/token", N },
	{ "/token//", N }, { "/connect/token", T }, { "/identity/connect/token", T }, { "/connect/tokenx", N },
	{ "/oauth2/v2.0/token", T }, { "/common/oauth2/token", T }, { "/8b9e0aec-test/oauth2/v2.0/token", T }, { "/adfs/oauth2/token", T },
	{ "/auth/realms/test/protocol/openid-connect/token", T }, { "/protocol/openid-connect/userinfo", N },
	{ "/oauth2/v2.0/devicecode", T }, { "/device_authorization", T }, { "/device_authorisation", N }, { "/login/device/code", T },
	{ "/device/code", N }, { "/zip/code", N },
	{ "/oauth/access_token", T }, { "/login/oauth/access_token", T }, { "/app/installations/1/access_tokens", T }, { "/access-token", N },
	{ "/oauth/v2/accessToken", T }, { "/accessTokens", N }, { "/oauth/request_token", T }, { "/oauth2/get_token", T }, { "/cgi-bin/gettoken", T },
	{ "/oauth2/introspect", T }, { "/as/token.oauth2", T }, { "/as/introspect.oauth2", N }, { "/oauth20_token.srf", T },
	{ "/oauth20_tokens.srf", N }, { "/api/oauth.v2.access", T }, { "/api/oauth.v3.access", N },
	{ "/oauth2/exchange", T }, { "/oauth2/x/exchange", N }, { "/oauth/authorize", T }, { "/noauth/authorize", N },
	{ "/oauth2/v1/revoke", T }, { "/oauth2/v3/revoke", N }, { "/other/v1/revoke", N }, { "/oauth2/v2.0/logout", T },
	{ "/api/token/refresh/", T }, { "/api/tokens/refresh/", N }, { "/test/tokens/OAuth/2", T }, { "/test/tokens/OAuth/3", T }, { "/tokens/x/2", N },
	{ "/v3/auth/tokens", T }, { "/v3/authx/tokens", N },
	{ "/v1/auth/github/login", T }, { "/v1/auth/login", N }, { "/v1/auth/userpass/login/joe", T }, { "/auth/login/joe", N },
	{ "/v1/sts", T }, { "/sts/", T }, { "/v1/aws/sts/role", T }, { "/stsx", N }, { "/sts/a/b", N },
	/* Google, Firebase */
	{ "/v1/projects/-/serviceAccounts/x@test:generateAccessToken", T }, { "/v1/x:generateIdToken", T }, { "/v1/x:generateidtokens", N },
	{ "/v1/x:signJwt", T }, { "/v1/x:signBlob", N }, { "/v1/accounts:signInWithPassword?key=1", T }, { "/v1/accounts:signInWithIdp", T },
	{ "/v1/accounts:signInWithCustomToken", T }, { "/v1/accounts:lookup", N }, { "/a:token/b", N }, { "/token:x", N },
	/* keys and metadata */
	{ "/keys", A }, { "/discovery/v2.0/keys", A }, { "/common/discovery/keys", A }, { "/monkeys", N }, { "/keys/1", N }, { "/keys.json", A },
	{ "/jwks", A }, { "/pf/JWKS", A }, { "/.well-known/jwks.json", A }, { "/.well-known/jwks.jso", N }, { "/jwks/key1", A }, { "/jwk", A },
	{ "/oauth2/v3/certs", A }, { "/protocol/openid-connect/certs", A }, { "/cert", N }, { "/public/partner/discovery/key", A }, { "/public/key", N },
	{ "/token_key", A }, { "/token_keys", A }, { "/robot/v1/metadata/x509/test", A }, { "/robot/x509/test", N },
	{ "/test/.well-known/openid-configuration", A }, { "/.well-known/openid-configuration/test", A }, { "/x/openid-configuration/test", N },
	{ "/.well-known/oauth-authorization-server", A }, { "/.well-known/oauth-authorization-server/test", A },
	{ "/.well-known/oauth-protected-resource", N }, { "/x/oauth-authorization-server/test", N },
	{ "/FederationMetadata/2007-06/FederationMetadata.xml", A }, { "/FederationMetadata/2007-06/FederationMetadata.xmx", N },
	{ "/saml/metadata", A }, { "/saml2/metadata", A }, { "/saml/metadata/1", A }, { "/metadata", N }, { "/metadata/1", N },
	{ "/realms/x/protocol/saml/descriptor", A }, { "/descriptor", N }, { "/idp/shibboleth", A }, { "/sp/shibboleth", N },
	/* clouds */
	{ "/metadata/identity/oauth2/token?resource=x", T }, { "/computeMetadata/v1/instance/service-accounts/default/token", T },
	{ "/computeMetadata/v1/instance/service-accounts/default/identity?audience=x", A }, { "/instance/default/identity", N },
	{ "/service-accounts/identity", N },
	{ "/latest/meta-data/iam/security-credentials/role", A }, { "/latest/meta-data/iam/security-credentials/", N },
	{ "/latest/meta-data/iam/info", N }, { "/latest/api/token", T }, { "/v2/credentials/1b2c", A }, { "/v3/credentials/1b2c", N }, { "/v1/credentials", A },
	{ "/credentials", N }, { "/api/v1/namespaces/a/serviceaccounts/b/token", T },
	/* many calls at one address */
	{ "/owa/service.svc?action=x", S }, { "/owa/0/Service.svc", S }, { "/service.svcx", N }, { "/services.svc", N },
	{ "/", R }, { "/?Action=x", R }, { "//", R }, { "/index.html", N }, { "*", N }, { "", N }, { "?", R }, { "a:443", N },
	{ "http://a/token", T }, { "http://token/", T }, { "http://a/", N },
	{ "/api/orders/845490?$top=9&api-version=2.0", N },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t len = strlen(cases[i].target);
		char *exact = malloc(len ? len : 1); /* what is read beyond it is seen */

		assert_non_null(exact);
		memcpy(exact, cases[i].target, len);
		enum body_place place = body_place_of(bytes_of(exact, len));

		if (place != cases[i].place)
			fail_msg("%s: %d, not %d", cases[i].target, place, cases[i].place);
		free(exact);
	}
}

static void test_sts(void **state)
{
	static const struct {
		const char *target;
		bool is;
	} targets[] = {
		{ "/adfs/services/trust/2005/usernamemixed", true }, { "/adfs/services/trust/13/windowstransport", true }, { "/RST2.srf", true },
		{ "/wstrust/issue", true }, { "/WSTrust13", true }, { "/x/usernamemixed", true }, { "/STS/x", true }, { "/SecurityTokenService.svc", true },
		{ "/EWS/Exchange.asmx", false }, { "/adfs/services", false }, { "/RST3.srf", false }, { "/", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
		if (body_place_is_sts(bytes_text(targets[i].target)) != targets[i].is)
			fail_msg("%s", targets[i].target);
}

static void test_mints(void **state)
{
	static const struct {
		const char *target;
		bool mints;
	} targets[] = {
		{ "/owa/service.svc?action=GetAccessTokenforResource", true }, { "/?UA=0&Action=getaccesstokenforresource&n=1", true },
		{ "/?Action=AssumeRoleWithWebIdentity&Version=1", true }, { "/?Action=GetSessionToken", true },
		{ "/?action=FindItem&token=1", false }, { "/?xaction=GetToken", false }, { "/?x=GetToken", false }, { "/action=GetToken", false },
		{ "/?Action=", false }, { "/?", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
		if (body_place_mints(bytes_text(targets[i].target)) != targets[i].mints)
			fail_msg("%s", targets[i].target);
	assert_true(body_place_action_mints(bytes_text("http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue")));
	assert_false(body_place_action_mints(bytes_text("http://schemas.microsoft.com/exchange/services/2006/messages/GetItem")));
	assert_false(body_place_action_mints(bytes_of("", 0)));
	assert_false(body_place_action_mints(bytes_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_places), cmocka_unit_test(test_sts), cmocka_unit_test(test_mints) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
