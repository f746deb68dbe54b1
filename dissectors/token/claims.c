#include "dissectors/token/claims.h"

#include "dissectors/token/jose.h"
#include "dissectors/token/names.h"
#include "dissectors/token/numericdate.h"

enum { CLAIMS_MAX = 40, NAME_ROOM = 16, HEADS = 64 };

enum shape {
	SHAPE_TEXT,    /* a string; ver also as a number, as Okta sends it */
	SHAPE_TEXTS,   /* a string or an array of strings */
	SHAPE_JOINED,  /* the same, joined by blanks as RFC 8693 4.2 has scopes */
	SHAPE_DATE,    /* NumericDate */
	SHAPE_PRESENT, /* a flag: it is there */
	SHAPE_SUBJECT, /* a string for the caller's eyes only */
	SHAPE_POLICY,  /* a string, where it names a B2C policy */
	SHAPE_AZP,     /* SHAPE_TEXT, and JWT_AZP says where it came from */
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
	const char *name;
	uint8_t len;
	enum shape shape;
	unsigned allowed;
	enum token_field field;
};

#define NAME(name) name, sizeof name - 1

static const struct claim header_claims[] = {
	{ NAME("alg"), SHAPE_TEXT, STR, JWT_ALG },
	{ NAME("kid"), SHAPE_TEXT, STR, JWT_KID },
	{ NAME("typ"), SHAPE_TEXT, STR, JWT_TYP },
	{ NAME("cty"), SHAPE_TEXT, STR, JWT_CTY },
	{ NAME("x5t"), SHAPE_TEXT, STR, JWT_X5T },
	{ NAME("x5t#S256"), SHAPE_TEXT, STR, JWT_X5T_S256 },
	{ NAME("jku"), SHAPE_TEXT, STR, JWT_JKU },
	{ NAME("x5u"), SHAPE_TEXT, STR, JWT_X5U },
	{ NAME("jwk"), SHAPE_PRESENT, OBJ, JWT_JWK },
	{ NAME("x5c"), SHAPE_PRESENT, ARR, JWT_X5C },
	{ NAME("crit"), SHAPE_TEXTS, ARR, JWT_CRIT },
	{ NAME("enc"), SHAPE_TEXT, STR, JWT_ENC },
	{ NAME("zip"), SHAPE_TEXT, STR, JWT_ZIP },
	{ NAME("signer"), SHAPE_TEXT, ANY, JWT_SIGNER },
};

/* Of several names for one field the upper one wins. */
static const struct claim payload_claims[] = {
	{ NAME("iss"), SHAPE_TEXT, STR, JWT_ISS },
	{ NAME("sub"), SHAPE_SUBJECT, STR, JWT_SUB_HASH },
	{ NAME("aud"), SHAPE_TEXTS, STR | ARR, JWT_AUD },
	{ NAME("exp"), SHAPE_DATE, NUM, JWT_EXP },
	{ NAME("nbf"), SHAPE_DATE, NUM, JWT_NBF },
	{ NAME("iat"), SHAPE_DATE, NUM, JWT_IAT },
	{ NAME("jti"), SHAPE_TEXT, STR, JWT_JTI },
	{ NAME("tid"), SHAPE_TEXT, STR, JWT_TID },
	{ NAME("oid"), SHAPE_TEXT, ANY, JWT_OID },
	{ NAME("appid"), SHAPE_TEXT, STR, JWT_APPID },
	{ NAME("azp"), SHAPE_AZP, STR, JWT_APPID },
	{ NAME("client_id"), SHAPE_TEXT, ANY, JWT_APPID },
	{ NAME("cid"), SHAPE_TEXT, ANY, JWT_APPID },
	{ NAME("ver"), SHAPE_TEXT, ANY, JWT_VER },
	{ NAME("idtyp"), SHAPE_TEXT, ANY, JWT_IDTYP },
	{ NAME("uti"), SHAPE_TEXT, ANY, JWT_UTI },
	{ NAME("sid"), SHAPE_TEXT, ANY, JWT_SID },
	{ NAME("scp"), SHAPE_JOINED, ANY, JWT_SCP },
	{ NAME("scope"), SHAPE_JOINED, ANY, JWT_SCP },
	{ NAME("roles"), SHAPE_TEXTS, ANY, JWT_ROLES },
	{ NAME("tfp"), SHAPE_TEXT, ANY, JWT_TFP },
	{ NAME("acr"), SHAPE_POLICY, ANY, JWT_TFP },
	{ NAME("actortoken"), SHAPE_PRESENT, ANY, JWT_ACTORTOKEN },
};

struct table {
	const struct claim *claims;
	size_t n;
};

static const struct table tables[] = {
	[CLAIMS_HEADER] = { header_claims, sizeof header_claims / sizeof *header_claims },
	[CLAIMS_PAYLOAD] = { payload_claims, sizeof payload_claims / sizeof *payload_claims },
};

_Static_assert(sizeof payload_claims / sizeof *payload_claims <= CLAIMS_MAX, "found[] holds a value of every claim");
_Static_assert(sizeof header_claims / sizeof *header_claims <= CLAIMS_MAX, "found[] holds a value of every claim");

/* The names that some receivers match in any case. */
#define LETTERS(a, b, c) ((a) << 16 | (b) << 8 | (c))

static const uint32_t folded[] = {
	LETTERS('i', 's', 's'), LETTERS('t', 'i', 'd'), LETTERS('a', 'u', 'd'),
	LETTERS('a', 'l', 'g'), LETTERS('k', 'i', 'd'),
};

enum { N_FOLDED = sizeof folded / sizeof *folded };

/* The first value of a name at the top, as sent. */
struct found {
	enum jsontext_event event; /* JSONTEXT_ERROR: none */
	bool escaped;
	struct bytes raw;          /* of an array all of it, of an object its bracket */
};

struct scan {
	struct jsontext text;
	const struct table *table;
	uint32_t flags;
	uint16_t n_objects;
	uint16_t objects[JSONTEXT_DEPTH]; /* numbers of the open objects, outermost first */
	struct bytes folds[N_FOLDED];     /* the first spelling seen */
	uint8_t heads[HEADS];             /* chains of the table's names by hash: 1 + index, 0 ends */
	uint8_t next[CLAIMS_MAX];
	struct found found[CLAIMS_MAX];
	struct names names;
};

static uint32_t flag(enum jose_flag flag)
{
	return 1u << flag;
}

static unsigned head_of(const uint8_t *name, size_t len)
{
	return (len * 7u + name[0] + name[len - 1] * 3u) % HEADS;
}

/* Cheaper than one walk over the table for each name: a claims set has as many names as the table. */
static void index_table(struct scan *scan)
{
	memset(scan->heads, 0, sizeof scan->heads);
	for (size_t i = 0; i < scan->table->n; i++) {
		const struct claim *claim = &scan->table->claims[i];
		uint8_t *head = &scan->heads[head_of((const uint8_t *)claim->name, claim->len)];

		scan->next[i] = *head;
		*head = (uint8_t)(i + 1);
	}
}

static struct found *find(struct scan *scan, struct bytes name)
{
	for (size_t i = scan->heads[head_of(name.data, name.len)]; i > 0; i = scan->next[i - 1]) {
		const struct claim *known = &scan->table->claims[i - 1];
		struct found *found = &scan->found[i - 1];

		if (known->len == name.len && memcmp(known->name, name.data, name.len) == 0)
			return found->event == JSONTEXT_ERROR ? found : NULL;
	}
	return NULL;
}

/* `name` has three letters, `raw` is its spelling. */
static void note_fold(struct scan *scan, struct bytes name, struct bytes raw)
{
	uint32_t letters = (uint32_t)name.data[0] << 16 | (uint32_t)name.data[1] << 8 | name.data[2];

	letters |= 0x202020; /* lower case; nothing else becomes a letter by it */
	for (size_t i = 0; i < N_FOLDED; i++) {
		if (letters != folded[i])
			continue;
		if (!scan->folds[i].data)
			scan->folds[i] = raw;
		else if (!jsontext_equal(scan->folds[i], raw))
			scan->flags |= flag(JOSE_DUP_KEY_FOLD);
	}
}

/* A name was read: is it new, and where does its value go? NULL: nowhere. */
static struct found *note_name(struct scan *scan)
{
	struct bytes raw = scan->text.raw, name = raw;
	uint8_t plain[NAME_ROOM]; /* what fills it is longer than any known name */

	if (!(scan->flags & flag(JOSE_DUP_KEY)) &&
	    names_add(&scan->names, scan->objects[scan->text.depth - 1], raw, scan->text.escaped))
		scan->flags |= flag(JOSE_DUP_KEY);
	if (scan->text.depth != 1)
		return NULL;
	if (scan->text.escaped)
		name = bytes_of(plain, jsontext_unescape(raw, plain, sizeof plain));
	if (name.len == 3)
		note_fold(scan, name, raw);
	if (name.len == 0 || name.len >= NAME_ROOM - 4)
		return NULL;
	return find(scan, name);
}

/* Reads the object to its end. False: it is none, or breaks off. */
static bool scan_object(struct scan *scan)
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
			if (text->depth == 1 && found)
				found->raw.len = (size_t)(text->at - found->raw.data);
			continue;
		case JSONTEXT_OBJECT_END:
			continue;
		default:
			if (text->depth != 1)
				continue;
		}
		if (found)
			*found = (struct found){ event, text->escaped, text->raw };
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

static void set_text(const struct target *to, enum token_field field, const struct found *found)
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
	}
	return 0;
}

static uint32_t set_fields(const struct target *to, const struct scan *scan)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < scan->table->n; i++) {
		const struct claim *claim = &scan->table->claims[i];
		const struct found *found = &scan->found[i];

		if (found->event == JSONTEXT_ERROR)
			continue;
		if (!(claim->allowed >> found->event & 1))
			flags |= flag(JOSE_TYPE);
		if (!record_has(to->record, claim->field))
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
	memset(scan.found, 0, scan.table->n * sizeof *scan.found);
	index_table(&scan);
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
