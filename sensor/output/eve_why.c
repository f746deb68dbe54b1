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

void eve_why(const struct rule *rule, const struct event *event, struct json *out)
{
	const char *at = rule->why ? rule->why : "";

	json_text_begin(out);
	while (*at) {
		const char *open = strchr(at, '{');
		const char *close = open ? strchr(open, '}') : NULL;

		if (!close)
			break;
		json_text_part(out, bytes_of(at, (size_t)(open - at)), JSON_TEXT_MAX);
		eve_why_value(out, eve_why_find(event, bytes_of(open + 1, (size_t)(close - open - 1))));
		at = close + 1;
	}
	json_text_part(out, bytes_text(at), JSON_TEXT_MAX);
	json_text_end(out);
}
