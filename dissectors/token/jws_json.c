#include "dissectors/token/jws_json.h"

#include "dissectors/token/jsontext.h"

/* The first value of a member, as sent. */
struct member {
	enum jsontext_event event; /* JSONTEXT_ERROR: not there */
	struct bytes raw;          /* of an array or object all of it */
	bool escaped;
};

struct jws {
	struct member payload, protected_header, header, signature, signatures;
	uint32_t flags; /* bits of enum jose_flag */
};

/* Where the member `name` goes; NULL: nowhere. */
static struct member *place_of(struct jws *jws, struct bytes name)
{
	const struct {
		const char *name;
		struct member *member;
	} places[] = {
		{ "payload", &jws->payload },
		{ "protected", &jws->protected_header },
		{ "header", &jws->header },
		{ "signature", &jws->signature },
		{ "signatures", &jws->signatures },
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (!jsontext_equal(name, bytes_text(places[i].name)))
			continue;
		if (places[i].member->event == JSONTEXT_ERROR)
			return places[i].member;
		jws->flags |= 1u << JOSE_DUP_KEY;
	}
	return NULL;
}

/* Takes the next value, with all that is in it. */
static bool read_value(struct jsontext *text, struct member *member)
{
	uint16_t depth = text->depth;
	enum jsontext_event event = jsontext_next(text);

	*member = (struct member){ event, text->raw, text->escaped };
	while (event > JSONTEXT_END && text->depth > depth)
		event = jsontext_next(text);
	if (member->event == JSONTEXT_OBJECT || member->event == JSONTEXT_ARRAY)
		member->raw.len = (size_t)(text->at - member->raw.data);
	return event > JSONTEXT_END;
}

/* The members of an object; false where it is none to its end. */
static bool read_members(struct bytes object, struct jws *jws)
{
	struct jsontext text;
	struct member ignored, *member;
	enum jsontext_event event;

	jsontext_init(&text, object);
	if (jsontext_next(&text) != JSONTEXT_OBJECT)
		return false;
	while ((event = jsontext_next(&text)) == JSONTEXT_NAME) {
		member = place_of(jws, text.raw);
		if (!read_value(&text, member ? member : &ignored))
			return false;
	}
	if (jsontext_rest(&text).len > 0)
		jws->flags |= 1u << JOSE_TRAILING;
	if (text.faults)
		jws->flags |= 1u << JOSE_UTF8;
	return event == JSONTEXT_OBJECT_END;
}

static bool read_jws(struct bytes text, struct jws *jws)
{
	*jws = (struct jws){ 0 };
	return read_members(text, jws) && jws->payload.event == JSONTEXT_STRING &&
	    (jws->signature.event == JSONTEXT_STRING || jws->signatures.event == JSONTEXT_ARRAY);
}

bool jws_json_is(struct bytes text)
{
	struct jws jws;

	return read_jws(text, &jws);
}

/* The general form: its first signature takes the place of a flattened one. */
static void take_first(struct jws *jws)
{
	struct jsontext text;
	struct member first;
	struct jws signature = { 0 };

	jsontext_init(&text, jws->signatures.raw);
	(void)jsontext_next(&text);
	if (!read_value(&text, &first) || first.event != JSONTEXT_OBJECT || !read_members(first.raw, &signature))
		return;
	jws->protected_header = signature.protected_header;
	jws->header = signature.header;
	jws->signature = signature.signature;
	jws->flags |= signature.flags;
}

/* What a string stands for; empty where the member is none, with NULL data where the arena refuses. */
static struct bytes text_of(const struct member *member, struct arena *arena)
{
	uint8_t *out;

	if (member->event != JSONTEXT_STRING)
		return bytes_of("", 0);
	if (!member->escaped)
		return member->raw;
	out = arena_alloc(arena, member->raw.len);
	return bytes_of(out, out ? jsontext_unescape(member->raw, out, member->raw.len) : 0);
}

bool jws_json_split(struct bytes text, struct jose_parts *parts, struct arena *arena)
{
	struct jws jws;

	if (!read_jws(text, &jws))
		return false;
	if (jws.signatures.event == JSONTEXT_ARRAY)
		take_first(&jws);
	*parts = (struct jose_parts){ .n = 3, .flags = jws.flags | 1u << JOSE_JSON_SERIALISATION };
	parts->header = text_of(&jws.protected_header, arena);
	parts->payload = text_of(&jws.payload, arena);
	parts->rest = text_of(&jws.signature, arena);
	parts->unprotected = bytes_of("", 0);
	if (jws.header.event == JSONTEXT_OBJECT)
		parts->unprotected = arena_copy(arena, jws.header.raw);
	return parts->header.data && parts->payload.data && parts->rest.data && parts->unprotected.data;
}

void jws_json_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct jose_parts parts;

	if (jws_json_split(credential->secret, &parts, arena))
		(void)jose_scan_parts(&parts, record, subject, arena);
}
