#include "dissectors/token/credential.h"

#include "dissectors/token/shape.h"

static const struct scheme {
	const char *name;
	enum credential_kind kind;
} schemes[] = {
	{ "bearer", CREDENTIAL_UNTOLD },
	{ "basic", CREDENTIAL_BASIC },
	{ "digest", CREDENTIAL_DIGEST },
	{ "ntlm", CREDENTIAL_NTLM },
	{ "negotiate", CREDENTIAL_NEGOTIATE },
	{ "dpop", CREDENTIAL_UNTOLD },
	{ "aws4-hmac-sha256", CREDENTIAL_SIGV4 },
	{ "aws4-ecdsa-p256-sha256", CREDENTIAL_SIGV4 },
	{ "signature", CREDENTIAL_HTTP_SIGNATURE },
	{ "gnap", CREDENTIAL_UNTOLD }, /* RFC 9635 7.2 */
	/* parameters and a MAC, which say nothing that is told */
	{ "hawk", CREDENTIAL_OPAQUE },
	{ "oauth", CREDENTIAL_OPAQUE }, /* RFC 5849 */
	{ "aws", CREDENTIAL_OPAQUE },   /* Signature Version 2 */
	{ "goog4-rsa-sha256", CREDENTIAL_OPAQUE },
	{ "goog4-hmac-sha256", CREDENTIAL_OPAQUE },
	{ "sharedkey", CREDENTIAL_OPAQUE },
	{ "sharedkeylite", CREDENTIAL_OPAQUE },
	{ "sharedaccesssignature", CREDENTIAL_OPAQUE },
};

/* memchr for both blanks: the word may be a whole token. */
static struct bytes first_word(struct bytes b)
{
	const uint8_t *end = b.len ? memchr(b.data, ' ', b.len) : NULL;
	size_t len = end ? (size_t)(end - b.data) : b.len;

	end = len ? memchr(b.data, '\t', len) : NULL;
	return bytes_head(b, end ? (size_t)(end - b.data) : len);
}

static const struct scheme *scheme_known(struct bytes word)
{
	uint8_t first = word.len > 0 ? bytes_lower(word.data[0]) : 0;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if ((uint8_t)schemes[i].name[0] == first && bytes_equal_fold(word, bytes_text(schemes[i].name)))
			return &schemes[i];
	return NULL;
}

/* ---- cutting ---- */

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

/* Length of a scheme word that some put before a token, with its blank; 0: none. */
static size_t second_scheme(struct bytes b)
{
	static const char *const words[] = { "bearer", "token", "jwt" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (b.len == 0 || bytes_lower(b.data[0]) != (uint8_t)words[i][0])
			continue;
		struct bytes word = bytes_text(words[i]);

		if (b.len > word.len && bytes_is_blank(b.data[word.len]) && bytes_equal_fold(bytes_head(b, word.len), word))
			return word.len + 1;
	}
	return 0;
}

struct bytes credential_token(struct bytes secret)
{
	const uint8_t *comma;
	size_t skip = 0;

	do {
		secret = bytes_trim_blanks(bytes_tail(secret, skip));
		while (secret.len > 0 && is_quote(secret.data[0]))
			secret = bytes_tail(secret, 1);
		skip = second_scheme(secret);
	} while (skip > 0);
	comma = secret.len ? memchr(secret.data, ',', secret.len) : NULL;
	secret = bytes_trim_blanks(bytes_head(secret, comma ? (size_t)(comma - secret.data) : secret.len));
	while (secret.len > 0 && is_quote(secret.data[secret.len - 1]))
		secret.len--;
	return secret;
}

/* Could an unknown word be a scheme? Some send a key and something behind it: what is shown must not be a key. */
static bool may_be_scheme(struct bytes word)
{
	enum { SCHEME_LEN = 24 };

	if (word.len > 1 && word.data[word.len - 1] == ':')
		word.len--;
	if (word.len == 0 || word.len > SCHEME_LEN || bytes_lower(word.data[0]) < 'a' || bytes_lower(word.data[0]) > 'z')
		return false;
	for (size_t i = 1; i < word.len; i++) {
		uint8_t c = bytes_lower(word.data[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return credential_shape(word) == CREDENTIAL_OPAQUE;
}

/* Neither the one nor the other, but before a token? Then it is left out. JSON and XML hold blanks of their own. */
static bool is_before_token(struct bytes word, struct bytes all)
{
	return word.len < all.len && word.data[0] != '{' && word.data[0] != '<' && credential_shape(word) == CREDENTIAL_OPAQUE &&
	    credential_shape(bytes_tail(all, word.len)) != CREDENTIAL_OPAQUE;
}

/* A value of one word is a scheme only if that scheme is known: "Negotiate" alone asks to begin, "hunter2" is a secret.
 * Neither does a token become a scheme because its sender put something behind it. */
struct credential credential_of(const char *carrier, struct bytes value)
{
	struct bytes all = bytes_trim_blanks(value), word = first_word(all);
	const struct scheme *known = scheme_known(word);
	struct credential credential = { .carrier = carrier, .scheme = bytes_of(all.data, 0), .secret = all,
		.kind = known ? known->kind : CREDENTIAL_UNTOLD };

	if (known || (word.len < all.len && may_be_scheme(word))) {
		credential.scheme = word;
		credential.scheme_name = known ? known->name : NULL;
		credential.secret = bytes_trim_blanks(bytes_tail(all, word.len));
	} else if (is_before_token(word, all)) {
		credential.secret = bytes_trim_blanks(bytes_tail(all, word.len));
	}
	return credential;
}

enum credential_kind credential_shape(struct bytes secret)
{
	return shape_of(secret);
}

void credential_classify(struct credential *credential)
{
	if (credential->kind == CREDENTIAL_UNTOLD)
		credential->kind = credential_shape(credential->secret);
}

const char *credential_kind_name(enum credential_kind kind)
{
	static const char *const names[CREDENTIAL_KINDS] = {
		[CREDENTIAL_JWS] = "jws",
		[CREDENTIAL_JWE] = "jwe",
		[CREDENTIAL_OPAQUE] = "opaque",
		[CREDENTIAL_BASIC] = "basic",
		[CREDENTIAL_DIGEST] = "digest",
		[CREDENTIAL_NTLM] = "ntlm",
		[CREDENTIAL_NEGOTIATE] = "negotiate",
		[CREDENTIAL_SIGV4] = "sigv4",
		[CREDENTIAL_HTTP_SIGNATURE] = "http_signature",
		[CREDENTIAL_JWS_JSON] = "jws_json",
		[CREDENTIAL_SAML] = "saml",
		[CREDENTIAL_MSA] = "msa",
		[CREDENTIAL_GOOGLE] = "google",
		[CREDENTIAL_GITHUB] = "github",
		[CREDENTIAL_GITLAB] = "gitlab",
		[CREDENTIAL_SLACK] = "slack",
		[CREDENTIAL_PASETO] = "paseto",
		[CREDENTIAL_MACAROON] = "macaroon",
		[CREDENTIAL_BISCUIT] = "biscuit",
	};

	return names[kind];
}

/* Basic is the password itself. Digest and NTLM (also within Negotiate, which the kind does not tell) are computed from
 * it and from values that crossed the wire in clear, so their hash is as good as they are for trying passwords offline.
 * An opaque secret may be a password or PIN too unless it is long enough for 128 random bits in base64url; so may what only its
 * scheme calls a signature. The shape of all others holds a signature, a MAC, a key or a random part of more than that. */
bool credential_guessable(enum credential_kind kind, size_t secret_len)
{
	enum { RANDOM_LEN = 22 };

	switch (kind) {
	case CREDENTIAL_BASIC:
	case CREDENTIAL_DIGEST:
	case CREDENTIAL_NTLM:
	case CREDENTIAL_NEGOTIATE:
		return true;
	case CREDENTIAL_OPAQUE:
	case CREDENTIAL_HTTP_SIGNATURE:
		return secret_len < RANDOM_LEN;
	default:
		return false;
	}
}
