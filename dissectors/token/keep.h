/* keep: text that becomes a field of a record, copied into the arena that the record lives in: what it was cut from goes. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_KEEP_H
#define STORMGLASS_DISSECTORS_TOKEN_KEEP_H

#include "sensor/model/token.h"

enum { KEEP_TEXT_LEN = 8192 }; /* bytes of a text that are kept: more than is ever written */

/* The field stays unset where the arena refuses, and where it was set before: the first of a name counts. */
static inline void keep_text(struct record *record, enum token_field field, struct bytes text, struct arena *arena)
{
	struct bytes kept;

	if (record_has(record, field))
		return;
	kept = arena_copy(arena, bytes_head(text, KEEP_TEXT_LEN));
	if (kept.data)
		record_text(record, field, kept);
}

#endif
