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
	NAMES_FEW = 64,    /* names in the small table */
	NAMES_HEADS = 128, /* its heads: it is filled by half */
	NAMES_SHORT = 128, /* bytes of a name in it */
};

/* A name of the small table; two that differ mostly differ in their first eight bytes. */
struct names_short {
	uint64_t word; /* bytes_word */
	uint16_t at;   /* of the raw name in the text */
	uint16_t len;
	uint16_t object; /* number of the object it is in */
};

/* One of the large table. */
struct names_slot {
	uint32_t hash;
	uint16_t at; /* 0: free, no name starts there */
	uint16_t len;
	uint16_t object;
};

struct names {
	const uint8_t *text;
	struct arena *arena;
	size_t n;
	bool small;                /* the small table is in use */
	bool full;                 /* the arena refused: nothing more is compared */
	struct names_slot *slots;  /* the large table */
	size_t n_slots;            /* a power of two */
	struct hash_key key;
	uint64_t taken[NAMES_HEADS / 64];
	uint8_t heads[NAMES_HEADS]; /* by hash: index in few, where bit n of taken is set */
	struct names_short few[NAMES_FEW];
};

/* For a text of at most 65,536 bytes. */
void names_init(struct names *names, const uint8_t *text, struct arena *arena);

/* Adds `raw`, a name within the text as sent, to object number `object`; true if the object had it before. Names that
 * differ in their escapes alone are the same. `word` is bytes_word(raw). */
bool names_add(struct names *names, uint16_t object, struct bytes raw, uint64_t word, bool escaped);

#endif
