#include "dissectors/token/jsonvalues.h"

/* Members of a JWS, as far as their values are of the right type. */
enum { MEMBER_PAYLOAD = 1, MEMBER_SIGNATURE = 2, MEMBER_HEADER = 4, MEMBER_SIGNATURES = 8 };

static const struct {
	const char *name;
	enum jsontext_event type;
	uint8_t member;
} members[] = {
	{ "payload", JSONTEXT_STRING, MEMBER_PAYLOAD },
	{ "signature", JSONTEXT_STRING, MEMBER_SIGNATURE },
	{ "protected", JSONTEXT_STRING, MEMBER_HEADER },
	{ "header", JSONTEXT_OBJECT, MEMBER_HEADER },
	{ "signatures", JSONTEXT_ARRAY, MEMBER_SIGNATURES },
};

static void begin(struct jsonvalues_text *text, struct bytes b, struct jsonvalues_level top)
{
	jsontext_init(&text->text, b);
	text->levels[0] = top;
}

void jsonvalues_init(struct jsonvalues *values, struct bytes text)
{
	values->n = 1;
	begin(&values->texts[0], text, (struct jsonvalues_level){ .name = bytes_of(text.data, 0) });
}

/* NULL: too deep. */
static struct jsonvalues_level *level_of(struct jsonvalues_text *text, unsigned depth)
{
	return depth < JSONVALUES_LEVELS ? &text->levels[depth] : NULL;
}

static void note_member(struct jsonvalues_level *level, enum jsontext_event type)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (members[i].type == type && bytes_is(level->name, members[i].name))
			level->members |= members[i].member;
}

static void open(struct jsonvalues_text *text, enum jsontext_event type)
{
	struct jsonvalues_level *outer = level_of(text, text->text.depth - 1u), *level = level_of(text, text->text.depth);

	if (outer)
		note_member(outer, type);
	if (level) {
		*level = *outer;
		level->from = text->text.raw.data;
		level->members = 0;
	}
}

static bool closes_jws(const struct jsonvalues_level *level)
{
	const unsigned flat = MEMBER_PAYLOAD | MEMBER_SIGNATURE | MEMBER_HEADER, general = MEMBER_PAYLOAD | MEMBER_SIGNATURES;

	return level && ((level->members & flat) == flat || (level->members & general) == general);
}

static void set(struct jsonvalue *value, struct bytes raw, const struct jsonvalues_level *level)
{
	value->raw = raw;
	value->name = level ? level->name : bytes_of(raw.data, 0);
	value->name_escaped = level && level->name_escaped;
	value->escaped = false;
}

/* What one event is to the caller: JSONVALUES_END where it is nothing. */
static enum jsonvalues_kind take(struct jsonvalues_text *text, enum jsontext_event event, struct jsonvalue *value)
{
	struct jsonvalues_level *level = level_of(text, text->text.depth), *inner;

	switch (event) {
	case JSONTEXT_OBJECT:
	case JSONTEXT_ARRAY:
		open(text, event);
		return JSONVALUES_END;
	case JSONTEXT_NAME:
		if (level) {
			level->name = text->text.raw;
			level->name_escaped = text->text.escaped;
		}
		return JSONVALUES_END;
	case JSONTEXT_STRING:
		if (level)
			note_member(level, event);
		set(value, text->text.raw, level);
		value->escaped = text->text.escaped;
		return JSONVALUES_STRING;
	case JSONTEXT_OBJECT_END:
		inner = level_of(text, text->text.depth + 1u);
		if (!closes_jws(inner))
			return JSONVALUES_END;
		set(value, bytes_of(inner->from, (size_t)(text->text.at - inner->from)), level);
		return JSONVALUES_JWS;
	default:
		return JSONVALUES_END;
	}
}

enum jsonvalues_kind jsonvalues_next(struct jsonvalues *values, struct jsonvalue *value)
{
	while (values->n > 0) {
		struct jsonvalues_text *text = &values->texts[values->n - 1];
		enum jsontext_event event = jsontext_next(&text->text);

		if (event == JSONTEXT_END || event == JSONTEXT_ERROR) {
			struct bytes rest = jsontext_rest(&text->text);

			if (event == JSONTEXT_END && rest.len > 0) {
				begin(text, rest, text->levels[0]);
				continue;
			}
			values->n--;
			set(value, rest, &text->levels[0]);
			if (rest.len > 0)
				return JSONVALUES_REST;
		} else {
			enum jsonvalues_kind kind = take(text, event, value);

			if (kind != JSONVALUES_END)
				return kind;
		}
	}
	return JSONVALUES_END;
}

bool jsonvalues_enter(struct jsonvalues *values, struct bytes text)
{
	const struct jsonvalues_text *outer = &values->texts[values->n - 1];
	const struct jsonvalues_level *level = &outer->levels[outer->text.depth < JSONVALUES_LEVELS ? outer->text.depth : 0];

	if (values->n == JSONVALUES_TEXTS)
		return false;
	begin(&values->texts[values->n++], text, *level);
	return true;
}

/* Up to what is no blank. */
static struct bytes without_blanks(struct bytes text)
{
	while (text.len > 0 && text.data[0] && strchr(" \t\r\n", text.data[0]))
		text = bytes_tail(text, 1);
	return text;
}

bool jsonvalues_is_jws(struct bytes text)
{
	struct jsonvalues values;
	struct jsonvalue value;
	enum jsonvalues_kind kind;

	text = without_blanks(text);
	jsonvalues_init(&values, text);
	do
		kind = jsonvalues_next(&values, &value);
	while (kind == JSONVALUES_STRING || (kind == JSONVALUES_JWS && value.raw.data != text.data));
	return kind == JSONVALUES_JWS && without_blanks(bytes_tail(text, value.raw.len)).len == 0;
}
