#include "dissectors/token/jose.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/claims.h"
#include "dissectors/token/credential.h"
#include "dissectors/token/jsontext.h"
#include "dissectors/token/shape.h"

static const char *const flag_names[JOSE_FLAGS] = {
	[JOSE_ALG_NONE] = "alg_none",
	[JOSE_DUP_KEY] = "dup_key",
	[JOSE_DUP_KEY_FOLD] = "dup_key_fold",
	[JOSE_B64_PADDING] = "b64_padding",
	[JOSE_B64_ALPHABET] = "b64_alphabet",
	[JOSE_B64_SPACE] = "b64_space",
	[JOSE_B64_BITS] = "b64_bits",
	[JOSE_B64_LENGTH] = "b64_length",
	[JOSE_BAD_HEADER] = "bad_header",
	[JOSE_BAD_PAYLOAD] = "bad_payload",
	[JOSE_TRAILING] = "trailing",
	[JOSE_TYPE] = "type",
	[JOSE_NUMBER] = "number",
	[JOSE_UTF8] = "utf8",
	[JOSE_DEEP] = "deep",
	[JOSE_LONG] = "long",
	[JOSE_NO_SIGNATURE] = "no_signature",
	[JOSE_IAT_AFTER_EXP] = "iat_after_exp",
	[JOSE_NBF_AFTER_EXP] = "nbf_after_exp",
	[JOSE_JSON_SERIALISATION] = "json_serialisation",
	[JOSE_UNPROTECTED_HEADER] = "unprotected_header",
};

static uint32_t flag(enum jose_flag flag)
{
	return 1u << flag;
}

const char *jose_flag_name(enum jose_flag flag)
{
	return flag_names[flag];
}

/* Takes what is before the next dot, and the dot. */
static struct bytes take_part(struct bytes *left)
{
	const uint8_t *dot = left->len ? memchr(left->data, '.', left->len) : NULL;
	size_t len = dot ? (size_t)(dot - left->data) : left->len;
	struct bytes part = bytes_head(*left, len);

	*left = bytes_tail(*left, len + 1);
	return part;
}

static size_t count_dots(struct bytes b, size_t stop)
{
	size_t n = 0;

	for (const uint8_t *at = b.data, *end = b.data + b.len; n < stop; n++, at++) {
		at = at < end ? memchr(at, '.', (size_t)(end - at)) : NULL;
		if (!at)
			break;
	}
	return n;
}

struct jose_parts jose_split(struct bytes compact)
{
	size_t n_dots = count_dots(compact, 5);
	struct jose_parts parts = { .n = n_dots == 4 ? 5 : n_dots < 2 ? (unsigned)n_dots + 1 : 3 };

	parts.header = take_part(&compact);
	parts.payload = parts.n == 5 ? bytes_of(compact.data, 0) : take_part(&compact);
	parts.rest = compact;
	parts.unprotected = bytes_of("", 0);
	return parts;
}

static uint32_t flags_of_base64(uint32_t spelling)
{
	static const struct {
		uint32_t bit;
		enum jose_flag flag;
	} map[] = {
		{ BASE64URL_PADDING, JOSE_B64_PADDING }, { BASE64URL_ALPHABET, JOSE_B64_ALPHABET },
		{ BASE64URL_SPACE, JOSE_B64_SPACE },     { BASE64URL_BITS, JOSE_B64_BITS },
		{ BASE64URL_LENGTH, JOSE_B64_LENGTH },   { BASE64URL_CUT, JOSE_LONG },
	};
	uint32_t flags = 0;

	for (size_t i = 0; spelling && i < sizeof map / sizeof *map; i++)
		if (spelling & map[i].bit)
			flags |= flag(map[i].flag);
	return flags;
}

/* At most `most` bytes. NULL data when the arena refuses. */
static struct bytes decode(struct bytes part, size_t most, uint32_t *flags, struct arena *arena)
{
	size_t room = base64url_room(part.len), cap = room < most ? room : most;
	uint8_t *out = arena_alloc(arena, cap);
	uint32_t spelling = 0;

	if (!out)
		return bytes_of(NULL, 0);
	struct bytes decoded = bytes_of(out, base64url_decode(part, out, cap, &spelling));

	*flags |= flags_of_base64(spelling);
	return decoded;
}

struct scan {
	struct record *record;
	struct bytes *sub;
	struct arena *arena;
	uint32_t flags;
};

/* RFC 7519 5.2: the header says so, and it is so. */
static bool is_nested(struct bytes cty, struct bytes payload)
{
	return (bytes_equal_fold(cty, bytes_text("jwt")) || bytes_equal_fold(cty, bytes_text("application/jwt"))) &&
	    shape_of_compact(credential_token(payload)) != CREDENTIAL_OPAQUE;
}

/* Decodes one part, and scans it unless it is a token. A text that was cut is long, not bad. A byte order mark is bad (RFC 8259
 * 8.1), but some receivers skip it, so what follows is read all the same. Empty view with NULL data when the arena refuses. */
static struct bytes scan_part(struct scan *scan, enum claims_part part, struct bytes encoded)
{
	uint32_t bad = flag(part == CLAIMS_HEADER ? JOSE_BAD_HEADER : JOSE_BAD_PAYLOAD), flags = 0;
	struct bytes text = decode(encoded, JOSE_SEGMENT_LEN, &flags, scan->arena);
	bool cut = flags & flag(JOSE_LONG);

	if (!text.data)
		return text;
	if (part == CLAIMS_PAYLOAD && is_nested(record_get(scan->record, JWT_CTY), text)) {
		record_flag(scan->record, JWT_NESTED, true);
		scan->flags |= flags;
		return text;
	}
	bool marked = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;

	flags |= claims_scan(part, bytes_tail(text, marked ? 3 : 0), scan->record, scan->sub, scan->arena);
	if (marked)
		flags |= bad;
	scan->flags |= cut ? flags & ~bad : flags;
	return text;
}

/* A header outside of what is signed, where JSON has room for one. What both name, the signed one says; some receivers take the
 * other (RFC 7515 7.2.1: no name may be in both). */
static bool scan_unprotected(struct scan *scan, struct bytes text)
{
	struct record *other = record_new(&token_record, scan->arena);

	if (!other)
		return false;
	if (text.len > JOSE_SEGMENT_LEN)
		scan->flags |= flag(JOSE_LONG);
	scan->flags |= claims_scan(CLAIMS_HEADER, bytes_head(text, JOSE_SEGMENT_LEN), other, scan->sub, scan->arena);
	if (record_has(other, JWT_ALG) || record_has(other, JWT_KID) || record_has(other, JWT_X5T) ||
	    record_has(other, JWT_X5T_S256))
		scan->flags |= flag(JOSE_UNPROTECTED_HEADER);
	for (size_t i = JWT_ALG; i <= JWT_SIGNER; i++)
		if (!record_has(scan->record, i) && record_has(other, i))
			record_put(scan->record, i, other->values[i]);
	return true;
}

/* False when the arena refuses. */
static bool scan_headers(struct scan *scan, const struct jose_parts *parts, struct bytes *header)
{
	*header = parts->header;
	if (parts->header.len > 0 || parts->unprotected.len == 0)
		*header = scan_part(scan, CLAIMS_HEADER, parts->header);
	return header->data && (parts->unprotected.len == 0 || scan_unprotected(scan, parts->unprotected));
}

static bool is_none(struct bytes alg)
{
	while (alg.len > 0 && (alg.data[0] <= ' '))
		alg = bytes_tail(alg, 1);
	while (alg.len > 0 && (alg.data[alg.len - 1] <= ' '))
		alg.len--;
	return alg.len == 0 || bytes_equal_fold(alg, bytes_text("none"));
}

/* A header that could not be read to its end may have its alg in what was not read. */
static uint32_t judge_alg(const struct record *record, const struct jose_parts *parts, uint32_t header_flags)
{
	bool unread = header_flags & (flag(JOSE_BAD_HEADER) | flag(JOSE_LONG));
	bool none = is_none(record_get(record, JWT_ALG)) && (record_has(record, JWT_ALG) || !unread);
	uint32_t flags = none ? flag(JOSE_ALG_NONE) : 0;

	if (parts->n < 3 || (parts->n == 3 && parts->rest.len == 0 && !none))
		flags |= flag(JOSE_NO_SIGNATURE);
	return flags;
}

static uint32_t judge_dates(struct record *record)
{
	bool exp = record_has(record, JWT_EXP), iat = record_has(record, JWT_IAT), nbf = record_has(record, JWT_NBF);
	int64_t end = record->values[JWT_EXP].number;
	uint32_t flags = 0;

	if (exp && iat) {
		record_int(record, JWT_LIFETIME, end - record->values[JWT_IAT].number);
		if (record->values[JWT_IAT].number > end)
			flags |= flag(JOSE_IAT_AFTER_EXP);
	}
	if (exp && nbf && record->values[JWT_NBF].number > end)
		flags |= flag(JOSE_NBF_AFTER_EXP);
	return flags;
}

/* Everything after header and payload is only looked at for its spelling. */
static uint32_t check_rest(const struct jose_parts *parts)
{
	struct bytes left = parts->rest;
	uint32_t spelling = 0;

	if (parts->n == 5)
		while (left.len > 0)
			spelling |= base64url_check(take_part(&left));
	else
		spelling = base64url_check(left);
	return flags_of_base64(spelling);
}

static void set_words(struct record *record, uint32_t flags, struct arena *arena)
{
	size_t n = 0;
	struct bytes *words = flags ? arena_alloc(arena, (size_t)__builtin_popcount(flags) * sizeof *words) : NULL;

	if (!words)
		return;
	for (unsigned i = 0; i < JOSE_FLAGS; i++)
		if (flags >> i & 1)
			words[n++] = bytes_text(flag_names[i]);
	record_texts(record, TOKEN_FLAGS, words, n);
}

struct jose jose_scan_parts(const struct jose_parts *parts, struct record *record, struct bytes *sub, struct arena *arena)
{
	struct scan scan = { record, sub, arena, parts->flags };
	struct jose jose = { .payload = bytes_of("", 0) };

	*sub = bytes_of("", 0);
	if (!scan_headers(&scan, parts, &jose.header))
		return (struct jose){ .payload = bytes_of("", 0) };
	scan.flags |= judge_alg(record, parts, scan.flags);
	if (parts->n != 5) {
		jose.payload = scan_part(&scan, CLAIMS_PAYLOAD, parts->payload);
		scan.flags |= judge_dates(record);
	}
	if (!jose.payload.data)
		return (struct jose){ .payload = bytes_of("", 0) };
	jose.flags = scan.flags | check_rest(parts);
	set_words(record, jose.flags, arena);
	return jose;
}

struct jose jose_scan(struct bytes compact, struct record *record, struct bytes *sub, struct arena *arena)
{
	struct jose_parts parts = jose_split(credential_token(compact));

	return jose_scan_parts(&parts, record, sub, arena);
}

struct bytes jose_payload(const struct jose_parts *parts, bool *nested, struct arena *arena)
{
	uint32_t flags = 0;
	struct bytes header, payload, cty;

	*nested = false;
	payload = decode(parts->n == 5 ? bytes_of("", 0) : parts->payload, SIZE_MAX, &flags, arena);
	header = decode(parts->header, JOSE_SEGMENT_LEN, &flags, arena);
	if (!payload.data || !header.data)
		return bytes_of("", 0);
	cty = jose_claim_text(header, "cty", arena);
	if (cty.len == 0)
		cty = jose_claim_text(parts->unprotected, "cty", arena);
	*nested = is_nested(cty, payload);
	return payload;
}

struct bytes jose_claim_text(struct bytes payload, const char *name, struct arena *arena)
{
	struct jsontext text;
	enum jsontext_event event;
	uint8_t *out;

	jsontext_init(&text, payload);
	if (jsontext_next(&text) != JSONTEXT_OBJECT)
		return bytes_of("", 0);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		if (event != JSONTEXT_NAME || text.depth != 1 || !jsontext_equal(text.raw, bytes_text(name)))
			continue;
		if (jsontext_next(&text) != JSONTEXT_STRING)
			break;
		if (!text.escaped)
			return text.raw;
		out = arena_alloc(arena, text.raw.len);
		return out ? bytes_of(out, jsontext_unescape(text.raw, out, text.raw.len)) : bytes_of("", 0);
	}
	return bytes_of("", 0);
}
