#include "sensor/output/eve.h"

/* A hostile field must not push the explanation's own words out of sight. */
enum { FIELD_SHOWN_MAX = 256 };

/* A field of the event with its record, by keyword. */
struct eve_why_field {
	const struct field *field; /* NULL: no such keyword */
	const struct value *value;
};

static struct eve_why_field eve_why_find(const struct event *event, struct bytes keyword)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		const struct record *record = event->records[kind];

		for (size_t i = 0; record && i < record->type->n_fields; i++)
			if (bytes_is(keyword, record->type->fields[i].keyword))
				return (struct eve_why_field){ &record->type->fields[i], &record->values[i] };
	}
	return (struct eve_why_field){ NULL, NULL };
}

static void eve_why_int(struct json *out, int64_t number)
{
	struct json decimal;
	char text[32];

	json_over(&decimal, text, sizeof text);
	json_int(&decimal, number);
	json_text_part(out, bytes_of(text, decimal.len), sizeof text);
}

static void eve_why_texts(struct json *out, const struct value *value, size_t max)
{
	size_t n = value->len < 8 ? value->len : 8;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			json_text_part(out, bytes_text(", "), 2);
		json_text_part(out, value->texts[i], max / 4);
	}
	if (n < value->len)
		json_text_part(out, bytes_text(", ..."), 5);
}

static void eve_why_value(struct json *out, struct eve_why_field found)
{
	size_t max = out->text_max < FIELD_SHOWN_MAX ? out->text_max : FIELD_SHOWN_MAX;

	if (!found.field || !found.value->set)
		json_text_part(out, bytes_text("(none)"), 6);
	else if (found.field->kind == FIELD_BOOL)
		json_text_part(out, bytes_text(found.value->flag ? "true" : "false"), 5);
	else if (found.field->kind == FIELD_INT)
		eve_why_int(out, found.value->number);
	else if (found.field->kind == FIELD_TEXT)
		json_text_part(out, bytes_of(found.value->text, found.value->len), max);
	else
		eve_why_texts(out, found.value, max);
}

/* Takes the next piece off a template: plain text, the name of a field, or what stands in brackets. */
enum eve_why_kind { EVE_WHY_END, EVE_WHY_PLAIN, EVE_WHY_FIELD, EVE_WHY_OPTION };

static enum eve_why_kind eve_why_next(struct bytes *left, struct bytes *piece)
{
	static const char marks[] = "{[";
	size_t len = 0;

	if (left->len == 0)
		return EVE_WHY_END;
	while (len < left->len && !memchr(marks, left->data[len], 2))
		len++;
	if (len == 0) {
		uint8_t mark = left->data[0];
		bool doubled = left->len > 1 && left->data[1] == mark;
		const uint8_t *end = doubled ? NULL : memchr(left->data, mark == '{' ? '}' : ']', left->len);

		if (end) {
			*piece = bytes_of(left->data + 1, (size_t)(end - left->data) - 1);
			*left = bytes_tail(*left, piece->len + 2);
			return mark == '{' ? EVE_WHY_FIELD : EVE_WHY_OPTION;
		}
		*piece = bytes_head(*left, 1);
		*left = bytes_tail(*left, doubled ? 2 : 1);
		return EVE_WHY_PLAIN;
	}
	*piece = bytes_head(*left, len);
	*left = bytes_tail(*left, len);
	return EVE_WHY_PLAIN;
}

/* Are all fields that a piece names set? */
static bool eve_why_applies(const struct event *event, struct bytes text)
{
	enum eve_why_kind kind;
	struct bytes piece;

	while ((kind = eve_why_next(&text, &piece)) != EVE_WHY_END) {
		struct eve_why_field found = { NULL, NULL };

		if (kind == EVE_WHY_FIELD)
			found = eve_why_find(event, piece);
		if (kind == EVE_WHY_FIELD && !(found.field && found.value->set))
			return false;
	}
	return true;
}

/* Text and fields; what stands in brackets is left out unless all its fields are set. Brackets within brackets are plain. */
static void eve_why_text(struct json *out, const struct event *event, struct bytes text, bool optional)
{
	enum eve_why_kind kind;
	struct bytes piece;

	while ((kind = eve_why_next(&text, &piece)) != EVE_WHY_END) {
		if (kind == EVE_WHY_FIELD)
			eve_why_value(out, eve_why_find(event, piece));
		else if (kind == EVE_WHY_PLAIN || optional)
			json_text_part(out, piece, JSON_TEXT_MAX);
		else if (eve_why_applies(event, piece))
			eve_why_text(out, event, piece, true);
	}
}

void eve_why(const struct rule *rule, const struct event *event, struct json *out)
{
	json_text_begin(out);
	if (rule->why)
		eve_why_text(out, event, bytes_text(rule->why), false);
	json_text_end(out);
}
