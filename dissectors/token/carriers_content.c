#include "dissectors/token/carriers_content.h"

#include "dissectors/token/carriers_parameters.h"
#include "dissectors/token/elements.h"
#include "dissectors/token/jsonvalues.h"
#include "dissectors/token/tokentext.h"

/* ---- JSON ---- */

/* A byte order mark may come first. */
static bool has_mark(struct bytes text)
{
	return bytes_is(bytes_head(text, 3), "\xEF\xBB\xBF");
}

static bool opens_json(struct bytes text)
{
	text = has_mark(text) ? bytes_tail(text, 3) : text;
	while (text.len > 0 && text.data[0] && strchr(" \t\r\n", text.data[0]))
		text = bytes_tail(text, 1);
	return text.len > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

static struct bytes unescape(struct finds *finds, struct bytes raw, bool escaped)
{
	uint8_t *text;

	if (!escaped)
		return raw;
	text = arena_alloc(finds->arena, raw.len);
	return bytes_of(text, text ? jsontext_unescape(raw, text, raw.len) : 0);
}

/* Could a token be in the string, or JSON that holds one? Text without a quote is no JSON to look into. */
static bool may_hold(const struct jsonvalue *value)
{
	if (value->raw.len < FINDS_VALUE_LEAST)
		return false;
	return tokentext_may(value->raw) ||
	    (value->escaped && (opens_json(value->raw) || memmem(value->raw.data, value->raw.len, "\\u", 2)));
}

/* The name as it is meant: in `room` where something is to be undone. */
static struct finds_place place_of(const char *carrier, const struct jsonvalue *value, uint8_t room[FINDS_NAME_LEN])
{
	struct finds_place place = { .carrier = carrier, .name = value->name, .is_passing = value->name_escaped };

	if (value->name_escaped)
		place.name = bytes_of(room, jsontext_unescape(value->name, room, FINDS_NAME_LEN));
	return place;
}

static void take_string(struct finds *finds, const char *carrier, struct jsonvalues *values, const struct jsonvalue *value)
{
	uint8_t room[FINDS_NAME_LEN];
	const struct finds_place place = place_of(carrier, value, room);
	const struct places_row *row = places_parameter(place.name, PLACES_IN_JSON);
	struct bytes text;

	if (!row && finds_is_configured(finds->more->parameters, finds->more->n_parameters, place.name, true))
		row = &places_configured;
	if (!row && !may_hold(value))
		return;
	text = unescape(finds, value->raw, value->escaped);
	if (!text.data)
		return;
	if (value->escaped && opens_json(text) && jsonvalues_enter(values, text))
		return;
	if (row)
		finds_listed(finds, &place, row, text);
	else
		finds_search(finds, &place, text, false);
}

static void take_jws(struct finds *finds, const char *carrier, const struct jsonvalue *value)
{
	static const struct places_row jws = { "", PLACES_JWS, 0 };
	uint8_t room[FINDS_NAME_LEN];
	const struct finds_place place = place_of(carrier, value, room);

	finds_listed(finds, &place, &jws, value->raw);
}

static void find_json(struct finds *finds, const char *carrier, struct bytes text, bool cut)
{
	const struct finds_place nameless = { .carrier = carrier, .name = bytes_of("", 0) };
	struct jsonvalues values;
	struct jsonvalue value;
	enum jsonvalues_kind kind;

	jsonvalues_init(&values, text);
	while ((kind = jsonvalues_next(&values, &value)) != JSONVALUES_END) {
		if (kind == JSONVALUES_STRING)
			take_string(finds, carrier, &values, &value);
		else if (kind == JSONVALUES_JWS)
			take_jws(finds, carrier, &value);
		else
			finds_search(finds, &nameless, value.raw, cut);
	}
}

/* ---- XML ---- */

static void find_xml(struct finds *finds, const char *carrier, struct bytes text, bool cut)
{
	static const struct places_row assertion = { "", PLACES_SAML, 0 };
	const struct finds_place nameless = { .carrier = carrier, .name = bytes_of("", 0) };
	const bool is_saml = elements_names_saml(text);
	struct bytes rest = text;
	struct element element;
	enum elements_kind kind;

	while ((kind = elements_next(&rest, &element)) != ELEMENTS_NONE) {
		const struct finds_place place = { .carrier = carrier, .name = element.name };

		if (kind == ELEMENTS_ASSERTION && is_saml)
			finds_listed(finds, &nameless, &assertion, element.text);
		else if (kind == ELEMENTS_SESSION_TOKEN)
			finds_listed(finds, &place, &places_configured, element.text);
		else if (kind == ELEMENTS_SECURITY_TOKEN && bytes_is(bytes_head(element.text, 4), "ZXlK")) /* "eyJ" encoded */
			finds_encoded(finds, &place, &places_configured, element.text);
	}
	finds_search(finds, &nameless, text, cut);
}

void carriers_content_wresult(struct finds *finds, const struct finds_place *place, struct bytes value)
{
	static const struct places_row saml = { "", PLACES_SAML, 0 };

	if (!value.data)
		return;
	if (elements_names_saml(value))
		finds_listed(finds, place, &saml, value);
	else
		find_xml(finds, place->carrier, value, false);
}

/* ---- what it is ---- */

/* Where text begins to be JSON: some frame it, as socket.io does ("42[...]"), or keep it from being run as a script (")]}'"). */
static struct bytes json_within(struct bytes text)
{
	enum { FRAME_CAP = 64 };
	size_t i = 0;

	while (i < text.len && i < FRAME_CAP && text.data[i] != '{' && text.data[i] != '[')
		i++;
	return i < text.len && i < FRAME_CAP ? bytes_tail(text, i) : bytes_of(text.data, 0);
}

static void find_text(struct finds *finds, const char *carrier, struct bytes text, bool cut)
{
	finds_search(finds, &(struct finds_place){ .carrier = carrier, .name = bytes_of("", 0) }, text, cut);
}

/* JSON in some frame, or no JSON. A text of one string has none. */
static void find_framed(struct finds *finds, const char *carrier, struct bytes text, bool cut)
{
	text = has_mark(text) ? bytes_tail(text, 3) : text;
	struct bytes json = text.len > 0 && text.data[0] == '"' ? text : json_within(text);

	if (json.len == 0) {
		find_text(finds, carrier, text, cut);
		return;
	}
	find_text(finds, carrier, bytes_head(text, text.len - json.len), false);
	find_json(finds, carrier, json, cut);
}

/* Many a client sends JSON under a type that says something else. */
static enum http_content content_of(const struct http_message *message)
{
	enum http_content type = message->content_type;

	if (type != HTTP_CONTENT_NONE && type != HTTP_CONTENT_XML && opens_json(message->content))
		return HTTP_CONTENT_JSON;
	if (type == HTTP_CONTENT_TEXT && elements_names_saml(message->content))
		return HTTP_CONTENT_XML;
	return type;
}

void carriers_content_find(struct finds *finds, const struct http_message *message)
{
	const bool sent = message->dir == TO_SERVER, cut = message->content_cut;
	struct bytes content = message->content;

	if (content.len == 0)
		return;
	if (message->is_text) {
		find_framed(finds, sent ? "websocket" : "response-websocket", content, cut);
		return;
	}
	switch (content_of(message)) {
	case HTTP_CONTENT_NONE:
		return;
	case HTTP_CONTENT_FORM:
		carriers_parameters_form(finds, sent ? "form" : "response-form", content, cut);
		return;
	case HTTP_CONTENT_JSON:
		find_framed(finds, sent ? "json" : "response-json", content, cut);
		return;
	case HTTP_CONTENT_XML:
		find_xml(finds, sent ? "xml" : "response-xml", content, cut);
		return;
	case HTTP_CONTENT_TEXT:
		find_text(finds, sent ? "text" : "response-text", content, cut);
		return;
	}
}
