#include "dissectors/token/places.h"

/* Rows stand under the length of their name, with the letters that names of this length end with: one look turns nearly every
 * name away. */
struct group {
	uint32_t ends; /* of the last letters; what differs by case, or but a little, shares a bit */
	const struct places_row *rows;
};

#define END(letter) (UINT32_C(1) << ((letter) & 31))
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

static const struct group headers[] = {
	[4] = { END('p'), NAMES(
		{ "dpop", PLACES_PLAIN, SENT }) },
	[6] = { END('e') | END('y'), NAMES(
		{ "cookie", PLACES_COOKIES, SENT },
		{ "apikey", PLACES_PLAIN, SENT | WEAK }) },
	[7] = { END('r') | END('y'), NAMES(
		{ "api-key", PLACES_PLAIN, SENT | WEAK },
		{ "referer", PLACES_URL, SENT | OWN }) },
	[8] = { END('n'), NAMES(
		{ "location", PLACES_URL, BACK | OWN }) },
	[9] = { END('e') | END('n') | END('y'), NAMES(
		{ "signature", PLACES_DRAFT_SIGNATURE, BOTH },
		{ "x-api-key", PLACES_PLAIN, SENT | WEAK },
		{ "job-token", PLACES_PLAIN, SENT },
		{ "txn-token", PLACES_PLAIN, SENT }) },
	[10] = { END('e') | END('n'), NAMES(
		{ "set-cookie", PLACES_SET_COOKIE, BACK },
		{ "x-id-token", PLACES_PLAIN, BOTH }) },
	[11] = { END('h'), NAMES(
		{ "x-zumo-auth", PLACES_PLAIN, SENT }) },
	[12] = { END('n'), NAMES(
		{ "x-auth-token", PLACES_PLAIN, BOTH },
		{ "deploy-token", PLACES_PLAIN, SENT }) },
	[13] = { END('n'), NAMES(
		{ "authorization", PLACES_AUTHORIZATION, SENT | OWN },
		{ "authorization", PLACES_AUTHORIZATION, BACK },
		{ "private-token", PLACES_PLAIN, SENT },
		{ "x-vault-token", PLACES_PLAIN, BOTH }) },
	[14] = { END('n') | END('y'), NAMES(
		{ "x-access-token", PLACES_PLAIN, BOTH },
		{ "metadata-token", PLACES_PLAIN, BOTH },
		{ "x-consul-token", PLACES_PLAIN, SENT },
		{ "x-goog-api-key", PLACES_PLAIN, SENT | WEAK }) },
	[15] = { END('n') | END('t'), NAMES(
		{ "signature-input", PLACES_SIGNATURES, BOTH },
		{ "x-authorization", PLACES_AUTHORIZATION, BOTH },
		{ "cf-access-token", PLACES_PLAIN, SENT },
		{ "x-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-subject-token", PLACES_PLAIN, BOTH },
		{ "x-service-token", PLACES_PLAIN, SENT },
		{ "x-session-token", PLACES_PLAIN, BOTH }) },
	[16] = { END('a') | END('n'), NAMES(
		{ "x-amzn-oidc-data", PLACES_PLAIN, SENT },
		{ "x-metadata-token", PLACES_PLAIN, BOTH }) },
	[18] = { END('n'), NAMES(
		{ "x-amz-access-token", PLACES_PLAIN, SENT }) },
	[19] = { END('n'), NAMES(
		{ "proxy-authorization", PLACES_AUTHORIZATION, SENT | OWN }) },
	[20] = { END('n'), NAMES(
		{ "x-amz-security-token", PLACES_PLAIN, SENT },
		{ "x-forwarded-id-token", PLACES_PLAIN, SENT }) },
	[21] = { END('l'), NAMES(
		{ "x-ms-client-principal", PLACES_OPAQUE, SENT | WEAK }) },
	[22] = { END('l'), NAMES(
		{ "sec-websocket-protocol", PLACES_PROTOCOLS, SENT }) },
	[23] = { END('n'), NAMES(
		{ "cf-access-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-amzn-oidc-accesstoken", PLACES_PLAIN, SENT },
		{ "x-auth-request-id-token", PLACES_PLAIN, BOTH }) },
	[24] = { END('n'), NAMES(
		{ "x-aws-ec2-metadata-token", PLACES_PLAIN, SENT },
		{ "x-forwarded-access-token", PLACES_PLAIN, SENT },
		{ "x-goog-iap-jwt-assertion", PLACES_PLAIN, SENT },
		{ "x-original-authorization", PLACES_AUTHORIZATION, SENT },
		{ "x-pomerium-jwt-assertion", PLACES_PLAIN, SENT }) },
	[25] = { END('n') | END('y'), NAMES(
		{ "x-forwarded-authorization", PLACES_AUTHORIZATION, SENT },
		{ "ocp-apim-subscription-key", PLACES_PLAIN, SENT | WEAK }) },
	[26] = { END('n'), NAMES(
		{ "x-serverless-authorization", PLACES_AUTHORIZATION, SENT }) },
	[27] = { END('l') | END('n'), NAMES(
		{ "x-auth-request-access-token", PLACES_PLAIN, BOTH },
		{ "x-ms-refreshtokencredential", PLACES_PLAIN, SENT }) },
};

static const struct group parameters[] = {
	[3] = { END('g') | END('t'), NAMES(
		{ "jwt", PLACES_PLAIN, ANY | LONG },
		{ "sig", PLACES_PLAIN, URLS | LONG }) }, /* shared access signatures of Azure */
	[4] = { END('e'), NAMES(
		{ "code", PLACES_PLAIN, URLS | FORM | WEAK | LONG }) },
	[5] = { END('n'), NAMES(
		{ "token", PLACES_PLAIN, ANY | LONG }) },
	[6] = { END('y'), NAMES(
		{ "apikey", PLACES_PLAIN, ANY | WEAK | LONG }) },
	[7] = { END('n') | END('t') | END('y'), NAMES(
		{ "request", PLACES_NONE, URLS | FORM }, /* a request object (RFC 9101), unsigned or not */
		{ "wresult", PLACES_WRESULT, URLS | FORM },
		{ "idtoken", PLACES_PLAIN, ANY },
		{ "api_key", PLACES_PLAIN, ANY | WEAK | LONG },
		{ "api-key", PLACES_PLAIN, ANY | WEAK | LONG }) },
	[8] = { END('n'), NAMES(
		{ "id_token", PLACES_PLAIN, ANY }) },
	[9] = { END('n') | END('y'), NAMES(
		{ "assertion", PLACES_ASSERTION, ANY | LONG },
		{ "authtoken", PLACES_PLAIN, ANY | LONG },
		{ "x-api-key", PLACES_PLAIN, ANY | WEAK | LONG }) },
	[10] = { END('n'), NAMES(
		{ "auth_token", PLACES_PLAIN, ANY | LONG }) },
	[11] = { END('e') | END('n'), NAMES(
		{ "accesstoken", PLACES_PLAIN, ANY },
		{ "actor_token", PLACES_ASSERTION, ANY },
		{ "device_code", PLACES_PLAIN, FORM | JSON | WEAK }) },
	[12] = { END('e') | END('n'), NAMES(
		{ "access_token", PLACES_PLAIN, ANY },
		{ "client_token", PLACES_PLAIN, JSON | LONG },
		{ "logout_token", PLACES_PLAIN, ANY },
		{ "refreshtoken", PLACES_PLAIN, ANY | WEAK },
		{ "samlresponse", PLACES_ASSERTION, ANY },
		{ "sessiontoken", PLACES_PLAIN, ANY }) },
	[13] = { END('n') | END('t'), NAMES(
		{ "authorization", PLACES_SCHEME, ANY },
		{ "client_secret", PLACES_PLAIN, ANY | WEAK },
		{ "id_token_hint", PLACES_PLAIN, ANY },
		{ "private_token", PLACES_PLAIN, ANY },
		{ "refresh_token", PLACES_PLAIN, ANY | WEAK },
		{ "session_token", PLACES_PLAIN, ANY },
		{ "subject_token", PLACES_ASSERTION, ANY }) },
	[15] = { END('e'), NAMES(
		{ "x-amz-signature", PLACES_PRESIGNED, URLS }) },
	[16] = { END('n') | END('y'), NAMES(
		{ "client_assertion", PLACES_ASSERTION, ANY },
		{ "subscription-key", PLACES_PLAIN, URLS | WEAK | LONG }) },
	[20] = { END('n'), NAMES(
		{ "x-amz-security-token", PLACES_PRESIGNED_PART, ANY }) },
	[25] = { END('n'), NAMES(
		{ "registration_access_token", PLACES_PLAIN, JSON }) },
};

static const struct group cookies[] = {
	[3] = { END('t'), NAMES(
		{ "JWT", PLACES_PLAIN, LONG },
		{ "jwt", PLACES_PLAIN, LONG }) },
	[4] = { END('a'), NAMES(
		{ "rtFa", PLACES_PLAIN, 0 }) },
	[5] = { END('c') | END('n'), NAMES(
		{ "WLSSC", PLACES_PLAIN, 0 },
		{ "token", PLACES_PLAIN, LONG }) },
	[7] = { END('h') | END('n'), NAMES(
		{ "FedAuth", PLACES_PLAIN, 0 },
		{ "MSPAuth", PLACES_PLAIN, 0 },
		{ "RPSAuth", PLACES_PLAIN, 0 },
		{ "idToken", PLACES_PLAIN, 0 }) },
	[8] = { END('h') | END('l') | END('n'), NAMES(
		{ "ESTSAUTH", PLACES_PLAIN, 0 },
		{ "MSISAuth", PLACES_PLAIN, 0 },
		{ "SPOIDCRL", PLACES_PLAIN, 0 },
		{ "id_token", PLACES_PLAIN, 0 }) },
	[9] = { END('n') | END('s'), NAMES(
		{ "authToken", PLACES_PLAIN, LONG },
		{ "kc-access", PLACES_PLAIN, 0 }) },
	[10] = { END('h') | END('n'), NAMES(
		{ "RPSSecAuth", PLACES_PLAIN, 0 },
		{ "auth_token", PLACES_PLAIN, LONG }) },
	[11] = { END('n'), NAMES(
		{ "accessToken", PLACES_PLAIN, 0 }) },
	[12] = { END('n'), NAMES(
		{ "access_token", PLACES_PLAIN, 0 },
		{ "refreshToken", PLACES_PLAIN, WEAK }) },
	[13] = { END('n') | END('y'), NAMES(
		{ "Authorization", PLACES_PLAIN, LONG },
		{ "_oauth2_proxy", PLACES_PLAIN, 0 },
		{ "authorization", PLACES_PLAIN, LONG },
		{ "refresh_token", PLACES_PLAIN, WEAK }) },
	[14] = { END('h'), NAMES(
		{ "__Host-MSAAUTH", PLACES_PLAIN, 0 }) },
	[15] = { END('p') | END('s'), NAMES(
		{ ".AspNet.Cookies", PLACES_PLAIN, 0 },
		{ "__Host-MSAAUTHP", PLACES_PLAIN, 0 }) },
	[16] = { END('n'), NAMES(
		{ "CF_Authorization", PLACES_PLAIN, 0 }) },
	[17] = { END('y'), NAMES(
		{ "KEYCLOAK_IDENTITY", PLACES_PLAIN, 0 }) },
	[18] = { END('t'), NAMES(
		{ "ESTSAUTHPERSISTENT", PLACES_PLAIN, 0 }) },
	[19] = { END('o') | END('s'), NAMES(
		{ ".AspNetCore.Cookies", PLACES_PLAIN, 0 },
		{ "iPlanetDirectoryPro", PLACES_PLAIN, 0 }) },
	[20] = { END('n'), NAMES(
		{ "authjs.session-token", PLACES_PLAIN, 0 }) },
	[21] = { END('n'), NAMES(
		{ "AppServiceAuthSession", PLACES_PLAIN, 0 }) },
	[22] = { END('1'), NAMES(
		{ "OpenIdConnect.token.v1", PLACES_PLAIN, 0 }) },
	[23] = { END('e') | END('n'), NAMES(
		{ "AWSELBAuthSessionCookie", PLACES_PLAIN, 0 },
		{ "next-auth.session-token", PLACES_PLAIN, 0 }) },
	[24] = { END('y'), NAMES(
		{ "KEYCLOAK_IDENTITY_LEGACY", PLACES_PLAIN, 0 }) },
	[27] = { END('l'), NAMES(
		{ "x-ms-RefreshTokenCredential", PLACES_PLAIN, 0 }) },
	[29] = { END('n'), NAMES(
		{ "__Secure-authjs.session-token", PLACES_PLAIN, 0 }) },
	[32] = { END('n'), NAMES(
		{ ".AspNetCore.Identity.Application", PLACES_PLAIN, 0 },
		{ "__Secure-next-auth.session-token", PLACES_PLAIN, 0 }) },
};

const struct places_row places_configured = { "", PLACES_PLAIN, 0 };

/* X-MS-TOKEN-<provider>-ACCESS-TOKEN and the like, of App Service; the provider's name is free. */
static const struct places_row app_service = { "", PLACES_PLAIN, SENT };

/* The rows that may have this name; NULL: there are none. */
static inline const struct places_row *rows_of(const struct group *groups, size_t n_groups, struct bytes name)
{
	if (name.len >= n_groups || name.len == 0 || !(groups[name.len].ends & END(name.data[name.len - 1])))
		return NULL;
	return groups[name.len].rows;
}

#define ROWS(table, name) rows_of(table, sizeof (table) / sizeof *(table), name)

static const struct places_row *find(const struct places_row *row, struct bytes name, unsigned where)
{
	for (; row && row->name; row++)
		if (row->name[0] == (char)bytes_lower(name.data[0]) && row->flags & where &&
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
	const struct places_row *row = find(ROWS(headers, name), name, where);

	return row || !(where & SENT) || !is_app_service(name) ? row : &app_service;
}

const struct places_row *places_parameter(struct bytes name, unsigned where)
{
	return find(ROWS(parameters, name), name, where);
}

const struct places_row *places_cookie(struct bytes name)
{
	const struct places_row *row = ROWS(cookies, name);

	for (; row && row->name; row++)
		if (bytes_is(name, row->name))
			return row;
	return NULL;
}
