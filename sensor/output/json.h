/* json: appends JSON text to a bounded buffer. Always valid UTF-8 JSON, whatever the bytes: invalid UTF-8 becomes the
 * literal text \xNN (JSON "\\xff") as in Suricata, control characters \u00NN. A text that would pass the cap is marked full. */
#ifndef STORMGLASS_OUTPUT_JSON_H
#define STORMGLASS_OUTPUT_JSON_H

#include "sensor/model/record.h"

/* Ends a string, or an array of strings, that was cut at a cap of the writer. */
#define JSON_CUT "\xe2\x80\xa6[cut]"

enum { JSON_TEXT_MAX = 8192, JSON_TEXTS_MAX = 64 };

struct json {
	char *text;   /* not NUL-ended */
	size_t len;
	size_t cap;   /* of memory */
	size_t max;   /* never grows beyond */
	size_t text_max;  /* escaped bytes of one string: JSON_TEXT_MAX or less */
	size_t texts_max; /* items of one FIELD_TEXTS: JSON_TEXTS_MAX or less */
	bool full;    /* max or memory was reached: the text is not to be used */
	bool comma;   /* a member or item precedes */
};

void json_init(struct json *json, size_t max);
void json_fini(struct json *json);
void json_clear(struct json *json);

/* Writes to `memory` of the caller's, which never grows; no json_fini. */
void json_over(struct json *json, char *memory, size_t len);

void json_open(struct json *json, char bracket);  /* '{' or '[' */
void json_close(struct json *json, char bracket); /* '}' or ']' */
/* `key` is plain ASCII without '"' and '\'. */
void json_key_plain(struct json *json, const char *key, size_t len);

/* Here, so that a literal's length is known when compiling. */
static inline void json_key(struct json *json, const char *key)
{
	size_t len = strlen(key);

	if (json->cap - json->len < len + 4) {
		json_key_plain(json, key, len);
		return;
	}
	char *at = json->text + json->len;

	*at = ',';
	at += json->comma;
	*at++ = '"';
	memcpy(at, key, len);
	at += len;
	*at++ = '"';
	*at++ = ':';
	json->len = (size_t)(at - json->text);
	json->comma = false;
}

void json_key_text(struct json *json, struct bytes key); /* any bytes */
void json_text(struct json *json, struct bytes text);

static inline void json_cstr(struct json *json, const char *text)
{
	json_text(json, bytes_text(text));
}

void json_int(struct json *json, int64_t number);
void json_uint(struct json *json, uint64_t number);
void json_bool(struct json *json, bool flag);
/* Verbatim members made by this writer earlier: "\"a\":1,\"b\":2"; nothing for an empty view. */
void json_members(struct json *json, struct bytes members);

/* One string made of parts: begin, any number of parts, end. A part adds at most `max` escaped bytes and JSON_CUT. */
void json_text_begin(struct json *json);
void json_text_part(struct json *json, struct bytes part, size_t max);
void json_text_end(struct json *json);

/* Every set, not hidden field of a record as members. */
void json_fields(struct json *json, const struct record *record);
/* The same; record->rendered instead where it is not empty, unless this writer's caps are narrower than the default. */
void json_record(struct json *json, const struct record *record);

#endif
