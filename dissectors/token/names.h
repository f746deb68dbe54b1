/* names: the member names seen in the objects of one JSON text, to tell when one comes twice (RFC 8259 4).
 *
 * The names are a stranger's, so the work must not depend on them: a few short plain ones live in a small table under a
 * cheap hash, where even names made to collide cost little. The first one too many, too long or with escapes moves all
 * to a table in the arena under a random key. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_NAMES_H
#define STORMGLASS_DISSECTORS_TOKEN_NAMES_H

#include "dissectors/token/jsontext.h"
#include "sensor/base/arena.h"
#include "sensor/base/hash.h"

enum {
	NAMES_SLOTS = 128, /* of the small table; a table is filled by half */
	NAMES_SHORT = 128, /* bytes */
};

struct names_slot {
	uint32_t hash;
	uint16_t at;     /* of the raw name in the text; 0: free, no name starts there */
	uint16_t len;
	uint16_t object; /* number of the object it is in */
};

struct names {
	const uint8_t *text;
	struct arena *arena;
	struct names_slot *slots;
	size_t n_slots; /* a power of two */
	size_t n;
	struct hash_key key; /* of the large table */
	bool full;           /* the arena refused: nothing more is compared */
	struct names_slot small[NAMES_SLOTS];
};

/* For a text of at most 65,536 bytes. */
void names_init(struct names *names, const uint8_t *text, struct arena *arena);

/* Adds `raw`, a name within the text as sent, to object number `object`; true if the object had it before. Names that
 * differ in their escapes alone are the same. */
bool names_add(struct names *names, uint16_t object, struct bytes raw, bool escaped);

#endif
