/* members: reading the members of a JSON object at set-up, each mistake with its file and owner. */
#ifndef STORMGLASS_TRUST_MEMBERS_H
#define STORMGLASS_TRUST_MEMBERS_H

#include "sensor/base/arena.h"
#include "sensor/base/errors.h"

#include <jansson.h>

enum { MEMBERS_TEXT_LEN = 4096, MEMBERS_TEXTS = 256, MEMBERS_FILE_LEN = 16 << 20 };

struct texts {
	const struct bytes *items;
	size_t n;
};

struct members {
	const json_t *object;
	const char *place; /* file */
	char who[128];     /* "issuer entra-v2", "key 3" */
	struct arena *arena;
	struct errors *errors;
};

/* The JSON object in `text`, or NULL after an error with file and line. Duplicate names are errors. */
json_t *members_parse(const char *place, struct bytes text, struct errors *errors);

/* Adds "place: who: message". */
__attribute__((format(printf, 2, 3)))
void members_wrong(const struct members *members, const char *format, ...);

/* An error for every member that is not in `names`, which ends with NULL. */
void members_only(const struct members *members, const char *const *names);

/* A string's copy in the arena; empty where absent, or after an error: not a string, empty, control characters, too
 * long. */
struct bytes members_text(const struct members *members, const char *name);

/* A string, or an array of them. */
struct texts members_texts(const struct members *members, const char *name);

/* Is `text` one of them? */
bool members_among(struct texts texts, struct bytes text);

#endif
