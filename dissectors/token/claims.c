#include "dissectors/token/claims.h"

#include "dissectors/token/jose.h"
#include "dissectors/token/names.h"
#include "dissectors/token/numericdate.h"

enum { NAME_LEN = 12, NAME_ROOM = 16, HEADS = 64 };

enum shape {
	SHAPE_TEXT,    /* a string; ver also as a number, as Okta sends it */
	SHAPE_TEXTS,   /* a string or an array of strings */
	SHAPE_JOINED,  /* the same, joined by blanks as RFC 8693 4.2 has scopes */
	SHAPE_DATE,    /* NumericDate */
	SHAPE_PRESENT, /* a flag: it is there */
	SHAPE_SUBJECT, /* a string for the caller's eyes only */
	SHAPE_POLICY,  /* a string, where it names a B2C policy */
	SHAPE_AZP,     /* SHAPE_TEXT, and JWT_AZP says where it came from */
	SHAPE_URL,     /* a string, up to its query or fragment */
	SHAPE_BOUND,   /* an object whose members are fields (RFC 8705 3.1, RFC 9449 6.1) */
};

/* What a strict reader lets a value be; ANY for names no specification binds. */
enum {
	STR = 1u << JSONTEXT_STRING,
	NUM = 1u << JSONTEXT_NUMBER,
	ARR = 1u << JSONTEXT_ARRAY,
	OBJ = 1u << JSONTEXT_OBJECT,
	ANY = ~0u >> 1,
};

struct claim {
	char name[NAME_LEN]; /* zeros behind it */
	uint8_t len;
	enum shape shape;
	unsigned allowed;
	enum token_field field;
};

/* The names: identifier, name, its first and last letter, shape, what it may be, field. */
#define HEADER_CLAIMS(_) \
	_(alg, "alg", 'a', 'g', SHAPE_TEXT, STR, JWT_ALG) \
	_(kid, "kid", 'k', 'd', SHAPE_TEXT, STR, JWT_KID) \
	_(typ, "typ", 't', 'p', SHAPE_TEXT, STR, JWT_TYP) \
	_(cty, "cty", 'c', 'y', SHAPE_TEXT, STR, JWT_CTY) \
	_(x5t, "x5t", 'x', 't', SHAPE_TEXT, STR, JWT_X5T) \
	_(x5t_s256, "x5t#S256", 'x', '6', SHAPE_TEXT, STR, JWT_X5T_S256) \
	_(jku, "jku", 'j', 'u', SHAPE_TEXT, STR, JWT_JKU) \
	_(x5u, "x5u", 'x', 'u', SHAPE_TEXT, STR, JWT_X5U) \
	_(jwk, "jwk", 'j', 'k', SHAPE_PRESENT, OBJ, JWT_JWK) \
	_(x5c, "x5c", 'x', 'c', SHAPE_PRESENT, ARR, JWT_X5C) \
	_(crit, "crit", 'c', 't', SHAPE_TEXTS, ARR, JWT_CRIT) \
	_(enc, "enc", 'e', 'c', SHAPE_TEXT, STR, JWT_ENC) \
	_(zip, "zip", 'z', 'p', SHAPE_TEXT, STR, JWT_ZIP) \
	_(signer, "signer", 's', 'r', SHAPE_TEXT, ANY, JWT_SIGNER)

/* Of several names for one field the upper one wins. */
#define PAYLOAD_CLAIMS(_) \
	_(iss, "iss", 'i', 's', SHAPE_TEXT, STR, JWT_ISS) \
	_(sub, "sub", 's', 'b', SHAPE_SUBJECT, STR, JWT_SUB_HASH) \
	_(aud, "aud", 'a', 'd', SHAPE_TEXTS, STR | ARR, JWT_AUD) \
	_(exp, "exp", 'e', 'p', SHAPE_DATE, NUM, JWT_EXP) \
	_(nbf, "nbf", 'n', 'f', SHAPE_DATE, NUM, JWT_NBF) \
	_(iat, "iat", 'i', 't', SHAPE_DATE, NUM, JWT_IAT) \
	_(jti, "jti", 'j', 'i', SHAPE_TEXT, STR, JWT_JTI) \
	_(tid, "tid", 't', 'd', SHAPE_TEXT, STR, JWT_TID) \
	_(oid, "oid", 'o', 'd', SHAPE_TEXT, ANY, JWT_OID) \
	_(appid, "appid", 'a', 'd', SHAPE_TEXT, STR, JWT_APPID) \
	_(azp, "azp", 'a', 'p', SHAPE_AZP, STR, JWT_APPID) \
	_(client_id, "client_id", 'c', 'd', SHAPE_TEXT, ANY, JWT_APPID) \
	_(cid, "cid", 'c', 'd', SHAPE_TEXT, ANY, JWT_APPID) \
	_(ver, "ver", 'v', 'r', SHAPE_TEXT, ANY, JWT_VER) \
	_(idtyp, "idtyp", 'i', 'p', SHAPE_TEXT, ANY, JWT_IDTYP) \
	_(uti, "uti", 'u', 'i', SHAPE_TEXT, ANY, JWT_UTI) \
	_(sid, "sid", 's', 'd', SHAPE_TEXT, ANY, JWT_SID) \
	_(scp, "scp", 's', 'p', SHAPE_JOINED, ANY, JWT_SCP) \
	_(scope, "scope", 's', 'e', SHAPE_JOINED, ANY, JWT_SCP) \
	_(roles, "roles", 'r', 's', SHAPE_TEXTS, ANY, JWT_ROLES) \
	_(tfp, "tfp", 't', 'p', SHAPE_TEXT, ANY, JWT_TFP) \
	_(acr, "acr", 'a', 'r', SHAPE_POLICY, ANY, JWT_TFP) \
	_(actortoken, "actortoken", 'a', 'n', SHAPE_PRESENT, ANY, JWT_ACTORTOKEN) \
	_(htm, "htm", 'h', 'm', SHAPE_TEXT, STR, JWT_HTM) \
	_(htu, "htu", 'h', 'u', SHAPE_URL, STR, JWT_HTU) \
	_(ath, "ath", 'a', 'h', SHAPE_TEXT, STR, JWT_ATH) \
	_(cnf, "cnf", 'c', 'f', SHAPE_BOUND, OBJ, JWT_CNF_X5T_S256)

#define CLAIM_INDEX(id, name, first, last, shape, allowed, field) CLAIM_##id,
#define CLAIM_ROW(id, name, first, last, shape, allowed, field) \
	[CLAIM_##id] = { name, sizeof name - 1, shape, allowed, field },
#define CLAIM_HEAD(id, name, first, last, shape, allowed, field) \
	[HEAD(sizeof name - 1, first, last)] = 1 + CLAIM_##id,

/* Chosen so that no two names of a table share one: the compiler complains of the initialiser that would be lost. */
#define HEAD(len, first, last) (((len) + (first) * 15u + (last) * 5u) % HEADS)

enum { HEADER_CLAIMS(CLAIM_INDEX) HEADER_N };
enum { PAYLOAD_CLAIMS(CLAIM_INDEX) PAYLOAD_N };
enum { CLAIMS_MAX = 32 };

_Static_assert((int)HEADER_N <= CLAIMS_MAX && (int)PAYLOAD_N <= CLAIMS_MAX, "found[] and seen hold every claim");

static const struct claim header_claims[] = { HEADER_CLAIMS(CLAIM_ROW) };
static const struct claim payload_claims[] = { PAYLOAD_CLAIMS(CLAIM_ROW) };

/* 1 + index of the only name that may fit; 0: none. */
static const uint8_t header_heads[HEADS] = { HEADER_CLAIMS(CLAIM_HEAD) };
static const uint8_t payload_heads[HEADS] = { PAYLOAD_CLAIMS(CLAIM_HEAD) };

struct table {
	const struct claim *claims;
	const uint8_t *heads;
};

static const struct table tables[] = {
	[CLAIMS_HEADER] = { header_claims, header_heads },
	[CLAIMS_PAYLOAD] = { payload_claims, payload_heads },
};

/* The names that some receivers match in any case. */
#define LETTERS(a, b, c) ((a) | (b) << 8 | (c) << 16)

enum { N_FOLDED = 5 };

/* Which of them three letters are, or N_FOLDED. */
static unsigned folded(uint32_t letters)
{
	switch (letters | 0x202020) { /* lower case; nothing else becomes a letter by it */
	case LETTERS('i', 's', 's'):
		return 0;
	case LETTERS('t', 'i', 'd'):
		return 1;
	case LETTERS('a', 'u', 'd'):
		return 2;
	case LETTERS('a', 'l', 'g'):
		return 3;
	case LETTERS('k', 'i', 'd'):
		return 4;
	default:
		return N_FOLDED;
	}
}

/* The first value of a name at the top, as sent. */
struct found {
	enum jsontext_event event; /* JSONTEXT_ERROR: none */
	bool escaped;
	struct bytes raw;          /* of an array or object all of it */
	struct bytes name;
};

struct scan {
	struct jsontext text;
	const struct table *table;
	uint32_t flags;
	uint16_t n_objects;
	uint16_t objects[JSONTEXT_DEPTH]; /* numbers of the open objects, outermost first */
	struct bytes folds[N_FOLDED];     /* the first spelling seen */
	uint32_t seen;                    /* bit n: found[n] is set, known name n was seen */
	bool joined;                      /* names holds known names too */
	struct found found[CLAIMS_MAX];
	struct names names;
};

static uint32_t flag(enum jose_flag flag)
{
	return 1u << flag;
}

/* The last eight bytes. */
static inline bool same_end(const char *known, struct bytes name)
{
	return bytes_word(bytes_of(known + name.len - 8, 8)) == bytes_word(bytes_tail(name, name.len - 8));
}

/* Index of a known name in its table, or CLAIMS_MAX. */
static inline unsigned find(const struct table *table, struct bytes name, uint64_t word)
{
	if (name.len == 0 || name.len >= NAME_LEN)
		return CLAIMS_MAX;
	unsigned head = table->heads[HEAD(name.len, name.data[0], name.data[name.len - 1])];

	if (head == 0)
		return CLAIMS_MAX;
	const struct claim *known = &table->claims[head - 1];

	if (known->len != name.len || bytes_word(bytes_of(known->name, 8)) != word)
		return CLAIMS_MAX;
	return name.len <= 8 || same_end(known->name, name) ? head - 1 : CLAIMS_MAX;
}

/* A name of three `letters`; `raw` is its spelling. */
static inline void note_fold(struct scan *scan, uint32_t letters, struct bytes raw)
{
	unsigned i = folded(letters);

	if (i == N_FOLDED)
		return;
	if (!scan->folds[i].data)
		scan->folds[i] = raw;
	else if (!jsontext_equal(scan->folds[i], raw))
		scan->flags |= flag(JOSE_DUP_KEY_FOLD);
}

/* A known name at the top that is new: where its value goes. */
static inline struct found *place_of(struct scan *scan, unsigned claim)
{
	struct found *found = &scan->found[claim];

	scan->seen |= 1u << claim;
	found->event = JSONTEXT_ERROR;
	found->name = scan->text.raw;
	return found;
}

/* Is the name new in its object? */
static void note_new(struct scan *scan, struct bytes raw, uint64_t word)
{
	if (!(scan->flags & flag(JOSE_DUP_KEY)) &&
	    names_add(&scan->names, scan->objects[scan->text.depth - 1], raw, word, scan->text.escaped))
		scan->flags |= flag(JOSE_DUP_KEY);
}

/* From the first name with escapes on, known names are compared as all others are, and so are those already seen. */
static void join_names(struct scan *scan)
{
	scan->joined = true;
	for (uint32_t left = scan->seen; left; left &= left - 1) {
		struct bytes name = scan->found[__builtin_ctz(left)].name;

		(void)names_add(&scan->names, scan->objects[0], name, bytes_word(name), false);
	}
}

/* A name at the top with escapes, or after one. */
__attribute__((noinline)) static struct found *note_odd_name(struct scan *scan)
{
	struct bytes raw = scan->text.raw, name = raw;
	uint8_t plain[NAME_ROOM]; /* what fills it is longer than any known name */

	if (!scan->joined)
		join_names(scan);
	note_new(scan, raw, bytes_word(raw));
	if (scan->text.escaped)
		name = bytes_of(plain, jsontext_unescape(raw, plain, sizeof plain));
	if (name.len == 3)
		note_fold(scan, (uint32_t)bytes_word(name), raw);
	unsigned claim = find(scan->table, name, bytes_word(name));

	return claim < CLAIMS_MAX && !(scan->seen >> claim & 1) ? place_of(scan, claim) : NULL;
}

/* A name was read: is it new, and where does its value go? NULL: nowhere. */
static struct found *note_name(struct scan *scan)
{
	struct bytes raw = scan->text.raw;
	uint64_t word = bytes_word_within(raw, scan->text.end);

	if (scan->text.depth != 1) {
		note_new(scan, raw, word);
		return NULL;
	}
	if (scan->text.escaped || scan->joined)
		return note_odd_name(scan);
	if (raw.len == 3)
		note_fold(scan, (uint32_t)word, raw);
	unsigned claim = find(scan->table, raw, word);

	if (claim < CLAIMS_MAX && !(scan->seen >> claim & 1))
		return place_of(scan, claim);
	if (claim < CLAIMS_MAX)
		scan->flags |= flag(JOSE_DUP_KEY);
	else
		note_new(scan, raw, word);
	return NULL;
}

/* Reads the object to its end. False: it is none, or breaks off. Flattened: the reader's events need not be told apart
 * twice. */
__attribute__((flatten)) static bool scan_object(struct scan *scan)
{
	struct jsontext *text = &scan->text;
	struct found *found = NULL;

	if (jsontext_next(text) != JSONTEXT_OBJECT)
		return false;
	for (;;) {
		enum jsontext_event event = jsontext_next(text);

		switch (event) {
		case JSONTEXT_ERROR:
			/* An array that breaks off still has its first items. */
			if (found && found->event == JSONTEXT_ARRAY && found->raw.len == 1)
				found->raw.len = (size_t)(text->end - found->raw.data);
			return false;
		case JSONTEXT_END:
			return true;
		case JSONTEXT_NAME:
			if (text->depth == 1)
				found = note_name(scan);
			else
				(void)note_name(scan);
			continue;
		case JSONTEXT_OBJECT:
			scan->objects[text->depth - 1] = ++scan->n_objects;
			/* fallthrough */
		case JSONTEXT_ARRAY:
			if (text->depth > JOSE_DEPTH)
				scan->flags |= flag(JOSE_DEEP);
			if (text->depth != 2)
				continue;
			break;
		case JSONTEXT_ARRAY_END:
		case JSONTEXT_OBJECT_END:
			if (text->depth == 1 && found)
				found->raw.len = (size_t)(text->at - found->raw.data);
			continue;
		default:
			if (text->depth != 1)
				continue;
		}
		if (found)
			*found = (struct found){ event, text->escaped, text->raw, found->name };
	}
}

/* ---- from values to fields ---- */

struct target {
	struct record *record;
	struct arena *arena;
	struct bytes *sub;
};

/* False when the arena refuses. */
static bool plain_text(struct bytes raw, bool escaped, struct arena *arena, struct bytes *out)
{
	uint8_t *text;

	*out = raw;
	if (!escaped)
		return true;
	text = arena_alloc(arena, raw.len);
	if (text)
		*out = bytes_of(text, jsontext_unescape(raw, text, raw.len));
	return text != NULL;
}

static inline void set_text(const struct target *to, enum token_field field, const struct found *found)
{
	struct bytes text;

	if (found->event == JSONTEXT_STRING && plain_text(found->raw, found->escaped, to->arena, &text))
		record_text(to->record, field, text);
}

/* The first JOSE_TEXTS strings of an array, or the one string that it is; returns how many. *mixed: other items too. */
static size_t read_texts(const struct target *to, const struct found *found, struct bytes *texts, bool *mixed)
{
	struct jsontext text;
	enum jsontext_event event;
	size_t n = 0;

	if (found->event == JSONTEXT_STRING)
		return plain_text(found->raw, found->escaped, to->arena, &texts[0]);
	jsontext_init(&text, found->raw);
	(void)jsontext_next(&text);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		if (event == JSONTEXT_ARRAY_END || event == JSONTEXT_OBJECT_END || text.depth != 1) {
			*mixed |= text.depth > 1;
			continue;
		}
		if (event != JSONTEXT_STRING)
			*mixed = true;
		else if (n < JOSE_TEXTS && plain_text(text.raw, text.escaped, to->arena, &texts[n]))
			n++;
	}
	return n;
}

static bool is_texts(const struct found *found)
{
	return found->event == JSONTEXT_STRING || found->event == JSONTEXT_ARRAY;
}

static uint32_t set_texts(const struct target *to, const struct claim *claim, const struct found *found)
{
	struct bytes texts[JOSE_TEXTS], *kept;
	bool mixed = false;
	size_t n;

	if (!is_texts(found))
		return 0;
	n = read_texts(to, found, texts, &mixed);
	kept = arena_alloc(to->arena, n * sizeof *kept);
	if (kept) {
		memcpy(kept, texts, n * sizeof *kept);
		record_texts(to->record, claim->field, kept, n);
	}
	return mixed && claim->allowed != ANY ? flag(JOSE_TYPE) : 0;
}

static void set_joined(const struct target *to, const struct claim *claim, const struct found *found)
{
	struct bytes texts[JOSE_TEXTS];
	bool mixed = false;
	size_t n, len = 0;
	uint8_t *joined;

	if (found->event != JSONTEXT_ARRAY) {
		set_text(to, claim->field, found);
		return;
	}
	n = read_texts(to, found, texts, &mixed);
	joined = arena_alloc(to->arena, found->raw.len); /* quotes and commas are room enough for the blanks */
	if (!joined)
		return;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			joined[len++] = ' ';
		if (texts[i].len > 0)
			memcpy(joined + len, texts[i].data, texts[i].len);
		len += texts[i].len;
	}
	record_text(to->record, claim->field, bytes_of(joined, len));
}

/* Digits in quotes count, as in ACS tokens, but with JOSE_TYPE. */
static uint32_t set_date(const struct target *to, const struct claim *claim, const struct found *found)
{
	struct jsontext text;
	int64_t seconds;
	bool plain;

	if (found->event == JSONTEXT_STRING) {
		jsontext_init(&text, found->raw);
		if (jsontext_next(&text) != JSONTEXT_NUMBER || text.raw.len != found->raw.len)
			return 0;
	} else if (found->event != JSONTEXT_NUMBER) {
		return 0;
	}
	if (!numericdate_read(found->raw, &seconds, &plain))
		return flag(JOSE_NUMBER);
	record_int(to->record, claim->field, seconds);
	return plain ? 0 : flag(JOSE_NUMBER);
}

/* acr is a level of assurance (OpenID Connect Core 2); only B2C puts its policy there, B2C_1_... or B2C_1A_... */
static bool is_policy(const struct found *found)
{
	return bytes_equal_fold(bytes_head(found->raw, 5), bytes_text("b2c_1"));
}

/* What follows may hold secrets, and RFC 9449 4.2 wants it left out. */
static void set_url(const struct target *to, const struct claim *claim, const struct found *found)
{
	struct bytes url;

	set_text(to, claim->field, found);
	url = record_get(to->record, claim->field);
	for (size_t i = 0; i < url.len; i++)
		if (url.data[i] == '?' || url.data[i] == '#')
			url.len = i;
	if (record_has(to->record, claim->field))
		record_text(to->record, claim->field, url);
}

/* What a token may be bound to. */
static const struct confirmation {
	const char *name;
	enum token_field field;
} confirmations[] = { { "x5t#S256", JWT_CNF_X5T_S256 }, { "jkt", JWT_CNF_JKT } };

enum { N_CONFIRMATIONS = sizeof confirmations / sizeof *confirmations };

/* Index of a name as sent, or N_CONFIRMATIONS. */
static size_t find_confirmation(struct bytes name)
{
	size_t i = 0;

	while (i < N_CONFIRMATIONS && !jsontext_equal(name, bytes_text(confirmations[i].name)))
		i++;
	return i;
}

/* A member counts right within cnf alone, and where it comes twice the first does. */
static uint32_t set_bound(const struct target *to, const struct found *found)
{
	struct jsontext text;
	enum jsontext_event event;
	uint32_t seen = 0, flags = 0;

	if (found->event != JSONTEXT_OBJECT)
		return 0;
	jsontext_init(&text, found->raw);
	(void)jsontext_next(&text);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		size_t i = event == JSONTEXT_NAME && text.depth == 1 ? find_confirmation(text.raw) : N_CONFIRMATIONS;

		if (i == N_CONFIRMATIONS || seen >> i & 1)
			continue;
		seen |= 1u << i;
		event = jsontext_next(&text);
		set_text(to, confirmations[i].field, &(struct found){ .event = event, .escaped = text.escaped, .raw = text.raw });
		if (event > JSONTEXT_END && event != JSONTEXT_STRING)
			flags |= flag(JOSE_TYPE);
	}
	return flags;
}

static uint32_t set_field(const struct target *to, const struct claim *claim, const struct found *found)
{
	switch (claim->shape) {
	case SHAPE_TEXT:
		if (found->event == JSONTEXT_NUMBER && claim->field == JWT_VER)
			record_text(to->record, claim->field, found->raw);
		set_text(to, claim->field, found);
		return 0;
	case SHAPE_AZP:
		set_text(to, claim->field, found);
		if (record_has(to->record, claim->field))
			record_flag(to->record, JWT_AZP, true);
		return 0;
	case SHAPE_POLICY:
		if (is_policy(found))
			set_text(to, claim->field, found);
		return 0;
	case SHAPE_SUBJECT:
		if (found->event == JSONTEXT_STRING && !plain_text(found->raw, found->escaped, to->arena, to->sub))
			*to->sub = bytes_of("", 0);
		return 0;
	case SHAPE_PRESENT:
		record_flag(to->record, claim->field, true);
		return 0;
	case SHAPE_TEXTS:
		return set_texts(to, claim, found);
	case SHAPE_JOINED:
		set_joined(to, claim, found);
		return 0;
	case SHAPE_DATE:
		return set_date(to, claim, found);
	case SHAPE_URL:
		set_url(to, claim, found);
		return 0;
	case SHAPE_BOUND:
		return set_bound(to, found);
	}
	return 0;
}

static uint32_t set_fields(const struct target *to, const struct scan *scan)
{
	uint32_t flags = 0;

	for (uint32_t left = scan->seen; left; left &= left - 1) {
		const struct claim *claim = &scan->table->claims[__builtin_ctz(left)];
		const struct found *found = &scan->found[__builtin_ctz(left)];

		if (found->event == JSONTEXT_ERROR)
			continue;
		if (!(claim->allowed >> found->event & 1))
			flags |= flag(JOSE_TYPE);
		if (record_has(to->record, claim->field))
			continue;
		if (claim->shape == SHAPE_TEXT && found->event == JSONTEXT_STRING && !found->escaped)
			record_text(to->record, claim->field, found->raw); /* most claims */
		else
			flags |= set_field(to, claim, found);
	}
	return flags;
}

uint32_t claims_scan(
    enum claims_part part, struct bytes text, struct record *record, struct bytes *sub, struct arena *arena)
{
	struct target to = { record, arena, sub };
	struct scan scan;

	scan.table = &tables[part];
	scan.flags = 0;
	scan.n_objects = 0;
	scan.objects[0] = 0;
	memset(scan.folds, 0, sizeof scan.folds);
	scan.seen = 0;
	scan.joined = false;
	names_init(&scan.names, text.data, arena);
	jsontext_init(&scan.text, text);
	if (!scan_object(&scan))
		scan.flags |= flag(part == CLAIMS_HEADER ? JOSE_BAD_HEADER : JOSE_BAD_PAYLOAD);
	else if (jsontext_rest(&scan.text).len > 0)
		scan.flags |= flag(JOSE_TRAILING);
	if (scan.text.faults)
		scan.flags |= flag(JOSE_UTF8);
	return scan.flags | set_fields(&to, &scan);
}
