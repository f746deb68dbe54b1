#include "dissectors/token/credential.h"

#include "dissectors/token/base64url.h"

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
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static inline struct bytes trim(struct bytes b)
{
	const uint8_t *at = b.data, *end = b.data + b.len;

	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	return bytes_of(at, (size_t)(end - at));
}

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

/* ---- shape ---- */

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

enum credential_kind credential_shape(struct bytes secret)
{
	struct bytes token = credential_token(secret);
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

		if (b.len > word.len && is_blank(b.data[word.len]) && bytes_equal_fold(bytes_head(b, word.len), word))
			return word.len + 1;
	}
	return 0;
}

struct bytes credential_token(struct bytes secret)
{
	const uint8_t *comma;
	size_t skip = 0;

	do {
		secret = trim(bytes_tail(secret, skip));
		while (secret.len > 0 && is_quote(secret.data[0]))
			secret = bytes_tail(secret, 1);
		skip = second_scheme(secret);
	} while (skip > 0);
	comma = secret.len ? memchr(secret.data, ',', secret.len) : NULL;
	secret = trim(bytes_head(secret, comma ? (size_t)(comma - secret.data) : secret.len));
	while (secret.len > 0 && is_quote(secret.data[secret.len - 1]))
		secret.len--;
	return secret;
}

/* A value of one word is a scheme only if that scheme is known: "Negotiate" alone asks to begin, "hunter2" is a secret.
 * Neither does a token become a scheme because its sender put something behind it. */
struct credential credential_of(const char *carrier, struct bytes value)
{
	struct bytes all = trim(value), word = first_word(all);
	const struct scheme *known = scheme_known(word);
	struct credential credential = { .carrier = carrier, .scheme = bytes_of(all.data, 0), .secret = all,
		.kind = known ? known->kind : CREDENTIAL_UNTOLD };

	if (known || (word.len < all.len && credential_shape(word) == CREDENTIAL_OPAQUE)) {
		credential.scheme = word;
		credential.scheme_name = known ? known->name : NULL;
		credential.secret = trim(bytes_tail(all, word.len));
	}
	return credential;
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
 * An opaque secret may be a password or PIN too unless it is long enough for 128 random bits in base64url. */
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
		return secret_len < RANDOM_LEN;
	default:
		return false;
	}
}
