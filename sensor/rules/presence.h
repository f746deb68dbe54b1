/* presence: which fields of a record a rule needs set, and which unset, as bits: most rules ask for something that most
 * records do not have, so this alone rules them out. */
#ifndef STORMGLASS_RULES_PRESENCE_H
#define STORMGLASS_RULES_PRESENCE_H

#include "sensor/rules/conditions.h"

enum { PRESENCE_FIELDS = 64 }; /* fields of a record that have a bit; the others are left to the conditions */

struct presence {
	uint64_t set, unset;
};

/* What conditions on records of this kind ask, as long as a response may still set fields. */
struct presence presence_asked(const struct condition *conditions, size_t n, enum record_kind kind);

/* Which of the fields in `fields` are set. */
uint64_t presence_of(const struct record *record, uint64_t fields);

/* Are `present` fields as asked? */
static inline bool presence_holds(struct presence asked, uint64_t present)
{
	return ((asked.set & ~present) | (asked.unset & present)) == 0;
}

#endif
