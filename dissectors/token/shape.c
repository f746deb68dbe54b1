#include "dissectors/token/shape.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/biscuit.h"
#include "dissectors/token/jws_json.h"
#include "dissectors/token/macaroon.h"
#include "dissectors/token/msa.h"
#include "dissectors/token/paseto.h"
#include "dissectors/token/provider_prefix.h"
#include "dissectors/token/xmlroot.h"

/* ---- JOSE ---- */

/* Reads a part byte by byte as a tolerant receiver would: what is no base64 is skipped. */
struct lenient {
	struct bytes left;
	uint32_t bits;
	unsigned n_bits;
};

/* The next byte, or -1 at the end. */
static int lenient_next(struct lenient *part)
{
	while (part->left.len > 0) {
		int six = base64url_value(part->left.data[0]);

		part->left = bytes_tail(part->left, 1);
		if (six < 0)
			continue;
		part->bits = part->bits << 6 | (uint32_t)six;
		part->n_bits += 6;
		if (part->n_bits >= 8) {
			part->n_bits -= 8;
			return part->bits >> part->n_bits & 0xFF;
		}
	}
	return -1;
}

/* Past a byte order mark and white space: is there the '{' of an object? */
static bool opens_object(struct lenient *part)
{
	int c = lenient_next(part);

	if (c == 0xEF)
		c = lenient_next(part) == 0xBB && lenient_next(part) == 0xBF ? lenient_next(part) : -1;
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		c = lenient_next(part);
	return c == '{';
}

/* Does the word "alg" follow? It tells a token whose signature and dot were cut off from other dotted texts. */
static bool names_alg(struct lenient *part)
{
	static const char want[] = "\"alg\"";
	size_t n = 0;

	/* No proper prefix of the word but the quote recurs in it, so falling back to that one is enough. */
	for (int c; n < sizeof want - 1 && (c = lenient_next(part)) >= 0;)
		n = c == want[n] ? n + 1 : c == '"';
	return n == sizeof want - 1;
}

/* Is the part before the first of `n_dots` that of a token? */
static bool opens_header(struct bytes part, size_t n_dots)
{
	struct lenient header = { .left = part };

	return opens_object(&header) && (n_dots != 1 || names_alg(&header));
}

/* "{" begins with 'e' in base64url, a blank, tab, LF, CR with 'I' or 'C' or 'D', a byte order mark with '7'. What is no
 * base64 may stand before it. */
static bool may_open(struct bytes secret)
{
	size_t i = 0;

	while (i < secret.len && base64url_value(secret.data[i]) < 0 && secret.data[i] != '.')
		i++;
	return i < secret.len && secret.data[i] && strchr("eICD7", secret.data[i]);
}

/* Nearly every token: '{' and the first bits of a '"'. */
static bool opens_plainly(struct bytes token)
{
	return token.len >= 2 && token.data[0] == 'e' && token.data[1] == 'y';
}

enum credential_kind shape_of_compact(struct bytes token)
{
	const uint8_t *end = token.data + token.len, *first, *dot;
	size_t n_dots = 0;

	if (!opens_plainly(token) && !may_open(token))
		return CREDENTIAL_OPAQUE;
	first = dot = memchr(token.data, '.', token.len);
	for (; dot && n_dots < 5; n_dots++)
		dot = memchr(dot + 1, '.', (size_t)(end - dot - 1));
	if (n_dots != 1 && n_dots != 2 && n_dots != 4)
		return CREDENTIAL_OPAQUE;
	struct bytes header = bytes_head(token, (size_t)(first - token.data));

	if ((n_dots == 1 || !opens_plainly(token)) && !opens_header(header, n_dots))
		return CREDENTIAL_OPAQUE;
	return n_dots == 4 ? CREDENTIAL_JWE : CREDENTIAL_JWS;
}

/* ---- all others ---- */

static bool is_saml(struct bytes text)
{
	static const char *const roots[] = { "Response", "Assertion", "EncryptedAssertion", "RequestSecurityTokenResponse",
		"RequestSecurityTokenResponseCollection" };
	uint8_t name[XMLROOT_NAME_LEN];
	struct bytes root = bytes_of(name, xmlroot_name(text, name));

	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
		if (bytes_is(root, roots[i]))
			return true;
	return false;
}

/* By the first letter: which kinds could it be? 'P' is "<" in base64, "I", "C", "D" and "7" what may stand before it. */
static enum credential_kind shape_of_other(struct bytes token)
{
	switch (token.data[0]) {
	case '1':
	case 'g':
	case 'x':
	case 'y':
		return provider_prefix_kind(token, NULL);
	case 'v':
		return paseto_is(token) ? CREDENTIAL_PASETO : CREDENTIAL_OPAQUE;
	case 'M':
	case 'A':
		return macaroon_is(token) ? CREDENTIAL_MACAROON : CREDENTIAL_OPAQUE;
	case 'E':
		if (msa_is(token))
			return CREDENTIAL_MSA;
		/* fallthrough */
	case 'b':
		return biscuit_is(token) ? CREDENTIAL_BISCUIT : CREDENTIAL_OPAQUE;
	case 'C':
		if (biscuit_is(token))
			return CREDENTIAL_BISCUIT;
		/* fallthrough */
	case 'P':
	case 'I':
	case 'D':
	case '7':
		return is_saml(token) ? CREDENTIAL_SAML : CREDENTIAL_OPAQUE;
	default:
		return CREDENTIAL_OPAQUE;
	}
}

/* JSON and XML hold blanks, quotes and commas of their own, which belong to no value around them. */
static enum credential_kind shape_of_text(struct bytes text)
{
	if (text.data[0] == '{')
		return jws_json_is(text) ? CREDENTIAL_JWS_JSON : CREDENTIAL_OPAQUE;
	return is_saml(text) ? CREDENTIAL_SAML : CREDENTIAL_OPAQUE;
}

enum credential_kind shape_of(struct bytes secret)
{
	enum credential_kind kind = CREDENTIAL_OPAQUE;

	while (secret.len > 0 && (secret.data[0] == ' ' || (secret.data[0] >= '\t' && secret.data[0] <= '\r')))
		secret = bytes_tail(secret, 1);
	if (secret.len > 0 && (secret.data[0] == '{' || secret.data[0] == '<' || secret.data[0] == 0xEF))
		kind = shape_of_text(secret);
	if (kind != CREDENTIAL_OPAQUE)
		return kind;
	struct bytes token = credential_token(secret);

	kind = shape_of_compact(token);
	return kind == CREDENTIAL_OPAQUE && token.len > 0 ? shape_of_other(token) : kind;
}
