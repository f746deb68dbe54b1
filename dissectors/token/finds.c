#include "dissectors/token/finds.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/jsonvalues.h"
#include "dissectors/token/tokentext.h"

static const struct carriers_more nothing_more;

void finds_begin(struct finds *finds, struct credential *out, size_t cap, struct arena *arena, const struct carriers_more *more)
{
	finds->out = out;
	finds->cap = cap;
	finds->n = 0;
	finds->arena = arena;
	finds->more = more ? more : &nothing_more;
	finds->n_stray = finds->n_stray_more = 0;
}

void finds_add(struct finds *finds, const struct credential *credential)
{
	if (finds->n < finds->cap)
		finds->out[finds->n] = *credential;
	finds->n++;
}

static bool has(const struct credential *credentials, size_t n, struct bytes secret)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_equal(credentials[i].secret, secret))
			return true;
	return false;
}

size_t finds_end(struct finds *finds)
{
	size_t n_listed = finds->n < finds->cap ? finds->n : finds->cap;

	for (size_t i = 0; i < finds->n_stray; i++)
		if (!has(finds->out, n_listed, finds->stray[i].secret))
			finds_add(finds, &finds->stray[i]);
	return finds->n < finds->cap ? finds->n : finds->n + finds->n_stray_more;
}

/* ---- names ---- */

/* What stands in a name's place may be a secret too: someone forgot the name. And some have who a token speaks of in its name, as
 * cookies of Cognito. */
static bool is_private(struct bytes name)
{
	return memchr(name.data, '@', name.len) || memmem(name.data, name.len, "%40", 3) || tokentext_may(name) ||
	    credential_shape(name) != CREDENTIAL_OPAQUE;
}

static struct bytes name_of(struct finds *finds, const struct finds_place *place)
{
	struct bytes name = place->name;
	uint8_t *copy;

	if (name.len == 0 || is_private(name))
		return bytes_of("", 0);
	name = bytes_head(name, FINDS_NAME_LEN);
	if (!place->is_passing && !place->fold)
		return name;
	copy = arena_alloc(finds->arena, name.len);
	for (size_t i = 0; copy && i < name.len; i++)
		copy[i] = place->fold ? bytes_lower(name.data[i]) : name.data[i];
	return copy ? bytes_of(copy, name.len) : bytes_of("", 0);
}

/* ---- strays ---- */

void finds_search(struct finds *finds, const struct finds_place *place, struct bytes text, bool cut)
{
	struct bytes token;

	while (text.data && tokentext_next(&text, cut, finds->arena, &token)) {
		if (has(finds->stray, finds->n_stray, token))
			continue;
		if (finds->n_stray == FINDS_STRAY) {
			finds->n_stray_more++;
			continue;
		}
		finds->stray[finds->n_stray++] = (struct credential){
			.carrier = place->carrier,
			.name = name_of(finds, place),
			.scheme = bytes_of("", 0),
			.secret = token,
			.kind = CREDENTIAL_UNTOLD,
		};
	}
}

/* ---- values of listed places ---- */

/* Without blanks and quotes around it. */
static struct bytes bare(struct bytes b)
{
	b = bytes_trim_blanks(b);
	if (b.len >= 2 && b.data[0] == '"' && b.data[b.len - 1] == '"')
		b = bytes_of(b.data + 1, b.len - 2);
	return b;
}

/* What scripts write when they have nothing to write. */
static bool is_nothing(struct bytes value)
{
	static const char *const words[] = { "null", "undefined", "deleted", "none", "true", "false" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_equal_fold(value, bytes_text(words[i])))
			return true;
	return value.len == 0;
}

static bool opens_tag(const uint8_t *at)
{
	return at[0] == '<' && (at[1] == '?' || (bytes_lower(at[1]) >= 'a' && bytes_lower(at[1]) <= 'z'));
}

/* XML, or that in base64: past a byte order mark '<' comes first. */
static bool is_xml(struct bytes value)
{
	uint8_t decoded[8] = { 0 };
	struct bytes first = bytes_of(decoded, sizeof decoded);
	uint32_t flags = 0;

	if (value.len > 0 && value.data[0] == '<')
		return true;
	base64url_decode(bytes_head(value, 2 * sizeof decoded), decoded, sizeof decoded, &flags);
	if (bytes_is(bytes_head(first, 3), "\xEF\xBB\xBF"))
		first = bytes_tail(first, 3);
	return opens_tag(first.data);
}

/* keyId="..." stands in it. */
static bool names_key(struct bytes value)
{
	static const char name[] = "keyid=\"";

	for (size_t at = 0; at + sizeof name - 1 <= value.len; at++)
		if (bytes_equal_fold(bytes_of(value.data + at, sizeof name - 1), bytes_text(name)))
			return true;
	return false;
}

/* False: nothing that counts. */
static bool cut_value(const struct places_row *row, struct bytes value, struct credential *credential)
{
	struct credential with_scheme;

	switch (row->cut) {
	case PLACES_SAML:
		credential->kind = CREDENTIAL_SAML;
		return true;
	case PLACES_DRAFT_SIGNATURE:
		credential->kind = CREDENTIAL_HTTP_SIGNATURE;
		return names_key(value);
	case PLACES_ASSERTION:
		if (is_xml(value)) {
			credential->kind = CREDENTIAL_SAML;
			return true;
		}
		break;
	case PLACES_OPAQUE:
		credential->kind = CREDENTIAL_OPAQUE;
		return true;
	case PLACES_JWS:
		credential->kind = CREDENTIAL_JWS_JSON;
		return true;
	default:
		break;
	}
	with_scheme = credential_of(credential->carrier, value);
	if (with_scheme.scheme_name) {
		credential->scheme = with_scheme.scheme;
		credential->scheme_name = with_scheme.scheme_name;
		credential->secret = with_scheme.secret;
		credential->kind = with_scheme.kind;
	}
	return credential->secret.len > 0 && (with_scheme.scheme_name || row->cut != PLACES_SCHEME);
}

void finds_listed(struct finds *finds, const struct finds_place *place, const struct places_row *row, struct bytes value)
{
	struct credential credential = {
		.carrier = place->carrier,
		.scheme = bytes_of(value.data, 0),
		.secret = value.data ? bare(value) : bytes_of("", 0),
		.kind = CREDENTIAL_UNTOLD,
		.weak = row->flags & PLACES_WEAK,
	};
	bool is_token;

	value = credential.secret;
	if (row->cut == PLACES_NONE || is_nothing(value))
		return;
	if (value.len >= (row->flags & PLACES_LONG ? PLACES_LONG_LEN : 1) && cut_value(row, value, &credential)) {
		credential.name = name_of(finds, place);
		finds_add(finds, &credential);
		is_token = credential.kind != CREDENTIAL_UNTOLD || bytes_is(bytes_head(credential.secret, 3), "eyJ");
		if (is_token)
			return;
	}
	if (value.len >= FINDS_VALUE_LEAST)
		finds_search(finds, place, value, false);
}

void finds_encoded(struct finds *finds, const struct finds_place *place, const struct places_row *row, struct bytes base64)
{
	size_t room = base64url_room(base64.len);
	uint8_t *text = arena_alloc(finds->arena, room);
	uint32_t flags = 0;

	if (text)
		finds_listed(finds, place, row, bytes_of(text, base64url_decode(base64, text, room, &flags)));
}

/* A JWS in JSON (RFC 7515 7.2) holds blanks, none of which ends a scheme. */
static bool cut_json(struct credential *credential, struct bytes value)
{
	if (value.len == 0 || value.data[0] != '{' || !jsonvalues_is_jws(value))
		return false;
	credential->secret = value;
	credential->kind = CREDENTIAL_JWS_JSON;
	return true;
}

void finds_authorization(struct finds *finds, const struct finds_place *place, struct bytes value)
{
	struct credential credential = credential_of(place->carrier, value);

	if (cut_json(&credential, value)) {
		credential.scheme = bytes_of(value.data, 0);
		credential.scheme_name = NULL;
	} else if (credential.kind == CREDENTIAL_UNTOLD) {
		cut_json(&credential, credential.secret);
	}
	credential.name = place->name.len > 0 ? name_of(finds, place) : place->name;
	finds_add(finds, &credential);
}
