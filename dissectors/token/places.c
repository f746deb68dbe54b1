#include "dissectors/token/places.h"

/* Rows stand under the length of their name: one look turns nearly every name away. */
#define NAMES(...) (const struct places_row[]){ __VA_ARGS__, { NULL, PLACES_PLAIN, 0 } }

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

static const struct places_row *const headers[] = {
	[4] = NAMES(
		{ "dpop", PLACES_PLAIN, SENT }),
	[6] = NAMES(
		{ "cookie", PLACES_COOKIES, SENT },
		{ "apikey", PLACES_PLAIN, SENT | WEAK }),
	[7] = NAMES(
		{ "api-key", PLACES_PLAIN, SENT | WEAK },
		{ "referer", PLACES_URL, SENT | OWN }),
	[8] = NAMES(
		{ "location", PLACES_URL, BACK | OWN }),
	[9] = NAMES(
		{ "x-api-key", PLACES_PLAIN, SENT | WEAK },
		{ "job-token", PLACES_PLAIN, SENT },
		{ "txn-token", PLACES_PLAIN, SENT }),
	[10] = NAMES(
		{ "set-cookie", PLACES_SET_COOKIE, BACK },
		{ "x-id-token", PLACES_PLAIN, BOTH }),
	[11] = NAMES(
		{ "x-zumo-auth", PLACES_PLAIN, SENT }),
	[12] = NAMES(
		{ "x-auth-token", PLACES_PLAIN, BOTH },
		{ "deploy-token", PLACES_PLAIN, SENT }),
	[13] = NAMES(
		{ "authorization", PLACES_AUTHORIZATION, SENT | OWN },
		{ "authorization", PLACES_AUTHORIZATION, BACK },
		{ "private-token", PLACES_PLAIN, SENT },
		{ "x-vault-token", PLACES_PLAIN, BOTH }),
	[14] = NAMES(
		{ "x-access-token", PLACES_PLAIN, BOTH },
		{ "metadata-token", PLACES_PLAIN, BOTH },
		{ "x-consul-token", PLACES_PLAIN, SENT },
		{ "x-goog-api-key", PLACES_PLAIN, SENT | WEAK }),
	[15] = NAMES(
		{ "signature-input", PLACES_SIGNATURES, BOTH },
		{ "x-authorization", PLACES_AUTHORIZATION, BOTH },
		{ "cf-access-token", PLACES_PLAIN, SENT },
		{ "x-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-subject-token", PLACES_PLAIN, BOTH },
		{ "x-service-token", PLACES_PLAIN, SENT },
		{ "x-session-token", PLACES_PLAIN, BOTH }),
	[16] = NAMES(
		{ "x-amzn-oidc-data", PLACES_PLAIN, SENT },
		{ "x-metadata-token", PLACES_PLAIN, BOTH }),
	[18] = NAMES(
		{ "x-amz-access-token", PLACES_PLAIN, SENT }),
	[19] = NAMES(
		{ "proxy-authorization", PLACES_AUTHORIZATION, SENT | OWN }),
	[20] = NAMES(
		{ "x-amz-security-token", PLACES_PLAIN, SENT },
		{ "x-forwarded-id-token", PLACES_PLAIN, SENT }),
	[21] = NAMES(
		{ "x-ms-client-principal", PLACES_OPAQUE, SENT }),
	[22] = NAMES(
		{ "sec-websocket-protocol", PLACES_PROTOCOLS, SENT }),
	[23] = NAMES(
		{ "cf-access-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-amzn-oidc-accesstoken", PLACES_PLAIN, SENT },
		{ "x-auth-request-id-token", PLACES_PLAIN, BOTH }),
	[24] = NAMES(
		{ "x-aws-ec2-metadata-token", PLACES_PLAIN, SENT },
		{ "x-forwarded-access-token", PLACES_PLAIN, SENT },
		{ "x-goog-iap-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-original-authorization", PLACES_AUTHORIZATION, SENT },
		{ "x-pomerium-jwt-assertion", PLACES_PLAIN, SENT }),
	[25] = NAMES(
		{ "x-forwarded-authorization", PLACES_AUTHORIZATION, SENT },
		{ "ocp-apim-subscription-key", PLACES_PLAIN, SENT | WEAK }),
	[26] = NAMES(
		{ "x-serverless-authorization", PLACES_AUTHORIZATION, SENT }),
	[27] = NAMES(
		{ "x-auth-request-access-token", PLACES_PLAIN, BOTH },
		{ "x-ms-refreshtokencredential", PLACES_PLAIN, SENT }),
};

static const struct places_row *const parameters[] = {
	[3] = NAMES(
		{ "jwt", PLACES_PLAIN, ANY | LONG }),
	[4] = NAMES(
		{ "code", PLACES_PLAIN, URLS | FORM | WEAK | LONG }),
	[5] = NAMES(
		{ "token", PLACES_PLAIN, ANY | LONG }),
	[6] = NAMES(
		{ "apikey", PLACES_PLAIN, ANY | WEAK | LONG }),
	[7] = NAMES(
		{ "wresult", PLACES_WRESULT, URLS | FORM },
		{ "idtoken", PLACES_PLAIN, ANY },
		{ "api_key", PLACES_PLAIN, ANY | WEAK | LONG },
		{ "api-key", PLACES_PLAIN, ANY | WEAK | LONG }),
	[8] = NAMES(
		{ "id_token", PLACES_PLAIN, ANY }),
	[9] = NAMES(
		{ "assertion", PLACES_ASSERTION, ANY | LONG },
		{ "authtoken", PLACES_PLAIN, ANY | LONG },
		{ "x-api-key", PLACES_PLAIN, ANY | WEAK | LONG }),
	[10] = NAMES(
		{ "auth_token", PLACES_PLAIN, ANY | LONG }),
	[11] = NAMES(
		{ "accesstoken", PLACES_PLAIN, ANY },
		{ "actor_token", PLACES_ASSERTION, ANY },
		{ "device_code", PLACES_PLAIN, FORM | JSON | WEAK }),
	[12] = NAMES(
		{ "access_token", PLACES_PLAIN, ANY },
		{ "client_token", PLACES_PLAIN, JSON | LONG },
		{ "logout_token", PLACES_PLAIN, ANY },
		{ "refreshtoken", PLACES_PLAIN, ANY | WEAK },
		{ "samlresponse", PLACES_SAML, ANY },
		{ "sessiontoken", PLACES_PLAIN, ANY }),
	[13] = NAMES(
		{ "authorization", PLACES_SCHEME, ANY },
		{ "client_secret", PLACES_PLAIN, ANY | WEAK },
		{ "id_token_hint", PLACES_PLAIN, ANY },
		{ "private_token", PLACES_PLAIN, ANY },
		{ "refresh_token", PLACES_PLAIN, ANY | WEAK },
		{ "session_token", PLACES_PLAIN, ANY },
		{ "subject_token", PLACES_ASSERTION, ANY }),
	[15] = NAMES(
		{ "x-amz-signature", PLACES_PRESIGNED, URLS }),
	[16] = NAMES(
		{ "client_assertion", PLACES_ASSERTION, ANY },
		{ "subscription-key", PLACES_PLAIN, URLS | WEAK | LONG }),
	[20] = NAMES(
		{ "x-amz-security-token", PLACES_PRESIGNED_PART, ANY }),
	[25] = NAMES(
		{ "registration_access_token", PLACES_PLAIN, JSON }),
};

static const struct places_row *const cookies[] = {
	[3] = NAMES(
		{ "JWT", PLACES_PLAIN, LONG },
		{ "jwt", PLACES_PLAIN, LONG }),
	[4] = NAMES(
		{ "rtFa", PLACES_PLAIN, 0 }),
	[5] = NAMES(
		{ "WLSSC", PLACES_PLAIN, 0 },
		{ "token", PLACES_PLAIN, LONG }),
	[7] = NAMES(
		{ "FedAuth", PLACES_PLAIN, 0 },
		{ "MSPAuth", PLACES_PLAIN, 0 },
		{ "RPSAuth", PLACES_PLAIN, 0 },
		{ "idToken", PLACES_PLAIN, 0 }),
	[8] = NAMES(
		{ "ESTSAUTH", PLACES_PLAIN, 0 },
		{ "MSISAuth", PLACES_PLAIN, 0 },
		{ "SPOIDCRL", PLACES_PLAIN, 0 },
		{ "id_token", PLACES_PLAIN, 0 }),
	[9] = NAMES(
		{ "authToken", PLACES_PLAIN, LONG },
		{ "kc-access", PLACES_PLAIN, 0 }),
	[10] = NAMES(
		{ "RPSSecAuth", PLACES_PLAIN, 0 },
		{ "auth_token", PLACES_PLAIN, LONG }),
	[11] = NAMES(
		{ "accessToken", PLACES_PLAIN, 0 }),
	[12] = NAMES(
		{ "access_token", PLACES_PLAIN, 0 },
		{ "refreshToken", PLACES_PLAIN, WEAK }),
	[13] = NAMES(
		{ "Authorization", PLACES_PLAIN, LONG },
		{ "_oauth2_proxy", PLACES_PLAIN, 0 },
		{ "authorization", PLACES_PLAIN, LONG },
		{ "refresh_token", PLACES_PLAIN, WEAK }),
	[14] = NAMES(
		{ "__Host-MSAAUTH", PLACES_PLAIN, 0 }),
	[15] = NAMES(
		{ ".AspNet.Cookies", PLACES_PLAIN, 0 },
		{ "__Host-MSAAUTHP", PLACES_PLAIN, 0 }),
	[16] = NAMES(
		{ "CF_Authorization", PLACES_PLAIN, 0 }),
	[17] = NAMES(
		{ "KEYCLOAK_IDENTITY", PLACES_PLAIN, 0 }),
	[18] = NAMES(
		{ "ESTSAUTHPERSISTENT", PLACES_PLAIN, 0 }),
	[19] = NAMES(
		{ ".AspNetCore.Cookies", PLACES_PLAIN, 0 },
		{ "iPlanetDirectoryPro", PLACES_PLAIN, 0 }),
	[20] = NAMES(
		{ "authjs.session-token", PLACES_PLAIN, 0 }),
	[21] = NAMES(
		{ "AppServiceAuthSession", PLACES_PLAIN, 0 }),
	[22] = NAMES(
		{ "OpenIdConnect.token.v1", PLACES_PLAIN, 0 }),
	[23] = NAMES(
		{ "AWSELBAuthSessionCookie", PLACES_PLAIN, 0 },
		{ "next-auth.session-token", PLACES_PLAIN, 0 }),
	[24] = NAMES(
		{ "KEYCLOAK_IDENTITY_LEGACY", PLACES_PLAIN, 0 }),
	[27] = NAMES(
		{ "x-ms-RefreshTokenCredential", PLACES_PLAIN, 0 }),
	[29] = NAMES(
		{ "__Secure-authjs.session-token", PLACES_PLAIN, 0 }),
	[32] = NAMES(
		{ ".AspNetCore.Identity.Application", PLACES_PLAIN, 0 },
		{ "__Secure-next-auth.session-token", PLACES_PLAIN, 0 }),
};

const struct places_row places_configured = { "", PLACES_PLAIN, 0 };

/* X-MS-TOKEN-<provider>-ACCESS-TOKEN and the like, of App Service; the provider's name is free. */
static const struct places_row app_service = { "", PLACES_PLAIN, SENT };

/* Of this length; NULL: there are none. */
#define ROWS(table, len) ((len) < sizeof (table) / sizeof *(table) ? (table)[len] : NULL)

static const struct places_row *find(const struct places_row *row, struct bytes name, unsigned where)
{
	uint8_t last;

	if (!row)
		return NULL;
	last = bytes_lower(name.data[name.len - 1]);
	for (; row->name; row++)
		if ((uint8_t)row->name[name.len - 1] == last && row->flags & where &&
		    bytes_equal_fold(name, bytes_of(row->name, name.len)))
			return row;
	return NULL;
}

static bool ends_fold(struct bytes name, const char *end)
{
	struct bytes want = bytes_text(end);

	return name.len >= want.len && bytes_equal_fold(bytes_tail(name, name.len - want.len), want);
}

static bool is_app_service(struct bytes name)
{
	static const char begin[] = "x-ms-token-";

	return name.len > 18 && bytes_lower(name.data[0]) == 'x' &&
	    bytes_equal_fold(bytes_head(name, sizeof begin - 1), bytes_text(begin)) &&
	    (ends_fold(name, "-token") || ends_fold(name, "-token-secret"));
}

const struct places_row *places_header(struct bytes name, unsigned where)
{
	const struct places_row *row = find(ROWS(headers, name.len), name, where);

	return row || !(where & SENT) || !is_app_service(name) ? row : &app_service;
}

const struct places_row *places_parameter(struct bytes name, unsigned where)
{
	return find(ROWS(parameters, name.len), name, where);
}

const struct places_row *places_cookie(struct bytes name)
{
	const struct places_row *row = ROWS(cookies, name.len);

	for (; row && row->name; row++)
		if (row->name[0] == (char)name.data[0] && bytes_is(name, row->name))
			return row;
	return NULL;
}
