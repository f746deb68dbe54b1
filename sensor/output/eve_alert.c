#include "sensor/output/eve_alert.h"

#include "sensor/output/digits.h"

enum { KEYWORD_MAX = 64 };

/* A keyword as a metadata key: "jwt_kid". */
struct eve_alert_key {
	char text[KEYWORD_MAX];
};

static struct eve_alert_key eve_alert_key(const char *keyword)
{
	struct eve_alert_key key;
	size_t len = 0;

	for (; keyword[len] && len < sizeof key.text - 1; len++)
		key.text[len] = keyword[len] == '.' ? '_' : keyword[len];
	key.text[len] = '\0';
	return key;
}

/* Is `key` what eve_alert_key makes of `keyword`. */
static bool eve_alert_key_is(const char *keyword, const char *key)
{
	for (; *keyword; keyword++, key++)
		if (*key != (*keyword == '.' ? '_' : *keyword))
			return false;
	return *key == '\0';
}

/* The rule's values for `key`, which the caller has opened an array for. */
static void eve_alert_rule_values(struct json *json, const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->n_metadata; i++)
		if (strcmp(rule->metadata[i].key, key) == 0)
			json_cstr(json, rule->metadata[i].value);
}

static bool eve_alert_rule_has(const struct rule *rule, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rule->metadata[i].key, key) == 0)
			return true;
	return false;
}

/* The value as strings: whoever maps metadata maps it as text. */
static void eve_alert_value(struct json *json, const struct field *field, const struct value *value)
{
	char number[DIGITS_MAX + 1] = "-";

	switch (field->kind) {
	case FIELD_BOOL:
		json_cstr(json, value->flag ? "true" : "false");
		break;
	case FIELD_INT: {
		bool negative = value->number < 0;
		uint64_t size = negative ? 0 - (uint64_t)value->number : (uint64_t)value->number;

		json_text(json, bytes_of(number, (size_t)(digits_uint(number + negative, size) - number)));
		break;
	}
	case FIELD_TEXT:
		json_text(json, bytes_of(value->text, value->len));
		break;
	case FIELD_TEXTS:
		for (size_t i = 0; i < value->len && i < json->texts_max; i++)
			json_text(json, value->texts[i]);
		if (value->len > json->texts_max)
			json_cstr(json, JSON_CUT);
		break;
	}
}

static bool eve_alert_is_fact(const struct record *record, size_t field)
{
	return record->values[field].set && record->type->fields[field].flags & FIELD_METADATA;
}

/* Is `key` a fact of this event, or "why": then the fact's array takes the rule's values of that key in. */
static bool eve_alert_has_fact(const struct event *event, const char *key)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		const struct record *record = event->records[kind];

		for (size_t i = 0; record && i < record->type->n_fields; i++)
			if (eve_alert_is_fact(record, i) && eve_alert_key_is(record->type->fields[i].keyword, key))
				return true;
	}
	return event->rule->why && strcmp(key, "why") == 0;
}

static void eve_alert_rule_metadata(struct json *json, const struct event *event)
{
	const struct rule *rule = event->rule;

	for (size_t i = 0; i < rule->n_metadata; i++) {
		const char *key = rule->metadata[i].key;

		if (eve_alert_rule_has(rule, i, key) || eve_alert_has_fact(event, key))
			continue;
		json_key_text(json, bytes_text(key));
		json_open(json, '[');
		eve_alert_rule_values(json, rule, key);
		json_close(json, ']');
	}
}

static void eve_alert_facts(struct json *json, const struct event *event, const struct record *record)
{
	for (size_t i = 0; i < record->type->n_fields; i++) {
		if (!eve_alert_is_fact(record, i))
			continue;
		const struct field *field = &record->type->fields[i];
		struct eve_alert_key key = eve_alert_key(field->keyword);

		json_key(json, key.text);
		json_open(json, '[');
		eve_alert_value(json, field, &record->values[i]);
		eve_alert_rule_values(json, event->rule, key.text);
		json_close(json, ']');
	}
}

static void eve_alert_metadata(struct json *json, const struct event *event)
{
	json_key(json, "metadata");
	json_open(json, '{');
	eve_alert_rule_metadata(json, event);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (event->records[kind])
			eve_alert_facts(json, event, event->records[kind]);
	if (event->rule->why) {
		json_key(json, "why");
		json_open(json, '[');
		eve_why(event->rule, event, json);
		eve_alert_rule_values(json, event->rule, "why");
		json_close(json, ']');
	}
	json_close(json, '}');
}

void eve_alert_write(struct json *json, const struct event *event)
{
	const struct rule *rule = event->rule;

	json_key(json, "alert");
	json_open(json, '{');
	json_key(json, "action");
	json_cstr(json, "allowed");
	json_key(json, "gid");
	json_uint(json, rule->gid);
	json_key(json, "signature_id");
	json_uint(json, rule->sid);
	json_key(json, "rev");
	json_uint(json, rule->rev);
	json_key(json, "signature");
	json_cstr(json, rule->msg);
	json_key(json, "category");
	json_cstr(json, rule->category);
	json_key(json, "severity");
	json_uint(json, rule->severity);
	eve_alert_metadata(json, event);
	json_close(json, '}');
}
