/* json: appends JSON text to a bounded buffer. Always valid UTF-8 JSON, whatever the bytes: invalid UTF-8 becomes the
 * literal text \xNN (JSON "\\xff") as in Suricata, control characters \u00NN. A text that would pass the cap is marked full. */
#ifndef STORMGLASS_OUTPUT_JSON_H
#define STORMGLASS_OUTPUT_JSON_H

#include "sensor/model/record.h"

struct json {
	char *text;   /* not NUL-ended */
	size_t len;
	size_t cap;   /* of memory */
	size_t max;   /* never grows beyond */
	bool full;    /* max or memory was reached: the text is not to be used */
	bool comma;   /* a member or item precedes */
};

void json_init(struct json *json, size_t max);
void json_fini(struct json *json);
void json_clear(struct json *json);

void json_open(struct json *json, char bracket);  /* '{' or '[' */
void json_close(struct json *json, char bracket); /* '}' or ']' */
/* `key` is plain ASCII without '"' and '\'. */
void json_key(struct json *json, const char *key);
void json_text(struct json *json, struct bytes text);
void json_cstr(struct json *json, const char *text);
void json_int(struct json *json, int64_t number);
void json_uint(struct json *json, uint64_t number);
void json_bool(struct json *json, bool flag);
/* Verbatim members made by this writer earlier: "\"a\":1,\"b\":2"; nothing for an empty view. */
void json_members(struct json *json, struct bytes members);
/* Every set, not hidden field of a record as members; record->rendered instead where it is not empty. */
void json_record(struct json *json, const struct record *record);

#endif
