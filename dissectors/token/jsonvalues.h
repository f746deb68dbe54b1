/* jsonvalues: the strings of a JSON text with the names they stand under, and JWS that are written as JSON (RFC 7515 7.2). One
 * value a call, without recursion; a string that is JSON itself can be entered. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_JSONVALUES_H
#define STORMGLASS_DISSECTORS_TOKEN_JSONVALUES_H

#include "dissectors/token/jsontext.h"

enum {
	JSONVALUES_LEVELS = 32, /* of objects and arrays; of what is deeper no names are known */
	JSONVALUES_TEXTS = 4,   /* texts within each other */
};

enum jsonvalues_kind {
	JSONVALUES_END,
	JSONVALUES_STRING, /* raw: as between its quotes */
	JSONVALUES_JWS,    /* raw: the object's text */
	JSONVALUES_REST,   /* raw: the rest of a text, from where it is no JSON on */
};

struct jsonvalue {
	struct bytes raw;
	struct bytes name;  /* of the nearest member, raw; empty: of none */
	bool escaped, name_escaped;
};

struct jsonvalues_level {
	struct bytes name;
	const uint8_t *from; /* the bracket */
	bool name_escaped;
	uint8_t members;     /* of a JWS, seen */
};

struct jsonvalues {
	size_t n; /* texts being walked, each within the one before */
	struct jsonvalues_text {
		struct jsontext text;
		struct jsonvalues_level levels[JSONVALUES_LEVELS];
	} texts[JSONVALUES_TEXTS];
};

void jsonvalues_init(struct jsonvalues *values, struct bytes text);

/* Several texts may follow one another. A JWS comes after the strings in it. */
enum jsonvalues_kind jsonvalues_next(struct jsonvalues *values, struct jsonvalue *value);

/* Goes on with the text that the last string stands for; behind it, with what follows the string. False: too many within each
 * other. `text` must live as long as it is walked. */
bool jsonvalues_enter(struct jsonvalues *values, struct bytes text);

/* Is the text, but for blanks around it, one JWS? */
bool jsonvalues_is_jws(struct bytes text);

#endif
