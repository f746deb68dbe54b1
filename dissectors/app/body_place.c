#include "dissectors/app/body_place.h"

enum { NAME_LEN = 26 }; /* of the longest names below */

struct place {
	const char *name;   /* of a segment, in lower case */
	const char *before; /* what stands before it; "*" is any one segment. "": anything */
	enum body_place is;
};

#define TOKEN(name, before) { name, before, BODY_PLACE_TOKEN }
#define ANSWER(name, before) { name, before, BODY_PLACE_ANSWER }

/* The last segment or, of "x:verb", its verb, by its length. OAuth (RFC 6749, 7662, 8414, 8628), OpenID Connect and SAML; what
 * Entra, ACS, OWA, Google, Keycloak, Ping, Vault, Keystone, Cloud Foundry, GitHub, Slack, Firebase and metadata services have of
 * their own. */
static const struct place last_names[NAME_LEN + 1][6] = {
	[1] = { TOKEN("2", "tokens/oauth") },
	[3] = { TOKEN("sts", ""), ANSWER("jwk", ""), ANSWER("key", "discovery") },
	[4] = { ANSWER("keys", ""), ANSWER("jwks", ""), TOKEN("code", "login/device") },
	[5] = { TOKEN("token", ""), ANSWER("certs", ""), TOKEN("login", "auth/*"), TOKEN("login", "api") },
	[6] = { TOKEN("tokens", "auth"), TOKEN("signin", "api") },
	[7] = { TOKEN("session", "api"), TOKEN("refresh", "auth"), TOKEN("signjwt", "") },
	[8] = { TOKEN("gettoken", ""), TOKEN("sessions", "api"), ANSWER("metadata", "saml"), ANSWER("metadata", "saml2"),
		ANSWER("identity", "service-accounts/*") },
	[9] = { TOKEN("get_token", ""), ANSWER("jwks.json", ""), ANSWER("keys.json", ""), ANSWER("token_key", "") },
	[10] = { TOKEN("devicecode", ""), TOKEN("introspect", ""), ANSWER("token_keys", ""), ANSWER("descriptor", "saml"),
		ANSWER("shibboleth", "idp") },
	[11] = { TOKEN("accesstoken", ""), ANSWER("credentials", "v1"), { "service.svc", "", BODY_PLACE_SERVICE } },
	[12] = { TOKEN("access_token", ""), TOKEN("token.oauth2", "") },
	[13] = { TOKEN("request_token", ""), TOKEN("access_tokens", ""), TOKEN("signinwithidp", "") },
	[15] = { TOKEN("generateidtoken", ""), TOKEN("oauth.v2.access", "") },
	[17] = { TOKEN("oauth20_token.srf", "") },
	[18] = { TOKEN("signinwithpassword", "") },
	[19] = { TOKEN("generateaccesstoken", "") },
	[20] = { ANSWER("openid-configuration", ""), TOKEN("device_authorization", "") },
	[21] = { TOKEN("signinwithcustomtoken", "") },
	[22] = { ANSWER("federationmetadata.xml", "") },
	[26] = { ANSWER("oauth-authorization-server", "") },
};

/* The last segment but one: behind it stands what differs from case to case. */
static const struct place above_names[NAME_LEN + 1][4] = {
	[2] = { TOKEN("v1", "oauth2") },
	[3] = { TOKEN("sts", "") },
	[4] = { TOKEN("v2.0", "oauth2"), ANSWER("x509", "metadata"), ANSWER("jwks", "") },
	[5] = { TOKEN("token", ""), TOKEN("oauth", ""), TOKEN("login", "auth/*") },
	[6] = { TOKEN("oauth2", "") },
	[8] = { ANSWER("metadata", "saml") },
	[11] = { ANSWER("credentials", "v2") },
	[20] = { ANSWER("security-credentials", ""), ANSWER("openid-configuration", ".well-known") },
	[26] = { ANSWER("oauth-authorization-server", ".well-known") },
};

/* Takes the last segment off a path, and the slash before it. */
static struct bytes place_segment(struct bytes *path)
{
	const uint8_t *end = path->data + path->len, *at = end;

	while (at > path->data && at[-1] != '/')
		at--;
	path->len = at > path->data ? (size_t)(at - path->data) - 1 : 0;
	return bytes_of(at, (size_t)(end - at));
}

static bool place_ends(struct bytes path, struct bytes pattern)
{
	while (pattern.len) {
		struct bytes wanted = place_segment(&pattern), segment = place_segment(&path);

		if (!segment.len || !(bytes_is(wanted, "*") || bytes_equal_fold(segment, wanted)))
			return false;
	}
	return true;
}

/* `places` are those whose names are as long. */
static inline enum body_place place_find(const struct place *places, struct bytes name, struct bytes before)
{
	const uint8_t first = bytes_lower(name.data[0]);

	for (; places->name; places++)
		if ((uint8_t)places->name[0] == first && bytes_equal_fold(name, bytes_of(places->name, name.len)) &&
		    place_ends(before, bytes_text(places->before)))
			return places->is;
	return BODY_PLACE_OTHER;
}

/* Up to the query, without a slash at the end. */
static struct bytes place_path(struct bytes target)
{
	const uint8_t *question = memchr(target.data, '?', target.len);
	struct bytes path = bytes_head(target, question ? (size_t)(question - target.data) : target.len);

	if (path.len && path.data[path.len - 1] == '/')
		path.len--;
	return path;
}

/* Takes the last segment off a path as above; gives its verb, without parameters. */
static struct bytes place_verb(struct bytes *path)
{
	static const bool notable[256] = { ['/'] = true, [':'] = true, [';'] = true, ['#'] = true };
	const uint8_t *start = path->data, *end = start + path->len, *at = end, *verb = NULL;

	for (; at > start; at--) {
		const uint8_t c = at[-1];

		if (!notable[c])
			continue;
		if (c == '/')
			break;
		if (c == ':' && !verb)
			verb = at;
		if (c != ':') {
			end = at - 1;
			verb = NULL;
		}
	}
	path->len = at > start ? (size_t)(at - start) - 1 : 0;
	verb = verb ? verb : at;
	return bytes_of(verb, (size_t)(end - verb));
}

enum body_place body_place_of(struct bytes target)
{
	if (!target.len)
		return BODY_PLACE_OTHER;
	struct bytes path = place_path(target), last = place_verb(&path);
	enum body_place place = BODY_PLACE_OTHER;

	if (!last.len)
		return path.len ? BODY_PLACE_OTHER : BODY_PLACE_ROOT;
	if (last.len <= NAME_LEN)
		place = place_find(last_names[last.len], last, path);
	struct bytes above = place_segment(&path);

	if (place == BODY_PLACE_OTHER && above.len && above.len <= NAME_LEN)
		place = place_find(above_names[above.len], above, path);
	return place;
}

/* Is one of the words, in lower case, in it? */
static bool place_has(struct bytes text, const char *const *words)
{
	for (; *words; words++) {
		struct bytes word = bytes_text(*words);

		for (size_t at = 0; at + word.len <= text.len; at++)
			if (bytes_equal_fold(bytes_of(text.data + at, word.len), word))
				return true;
	}
	return false;
}

bool body_place_is_sts(struct bytes target)
{
	static const char *const words[] = { "services/trust", "wstrust", "usernamemixed", "windowstransport", "/rst2.srf",
		"/rst.srf", "/sts", "securitytoken", NULL };

	return place_has(target, words);
}

bool body_place_action_mints(struct bytes action)
{
	static const char *const words[] = { "token", "trust", "assumerole", NULL };

	return place_has(action, words);
}

bool body_place_mints(struct bytes target)
{
	const uint8_t *question = target.len ? memchr(target.data, '?', target.len) : NULL;
	struct bytes query = question ? bytes_tail(target, (size_t)(question + 1 - target.data)) : bytes_of("", 0);
	const struct bytes name = bytes_text("action=");

	while (query.len) {
		const uint8_t *end = memchr(query.data, '&', query.len);
		size_t len = end ? (size_t)(end - query.data) : query.len;
		struct bytes parameter = bytes_head(query, len);

		if (bytes_equal_fold(bytes_head(parameter, name.len), name) && body_place_action_mints(parameter))
			return true;
		query = bytes_tail(query, len + 1);
	}
	return false;
}
