/* keywords: the field tables of sensor/model seen from a rule. No other list exists: a keyword is a field. */
#ifndef STORMGLASS_RULES_KEYWORDS_H
#define STORMGLASS_RULES_KEYWORDS_H

#include "sensor/model/record.h"

struct keyword {
	const struct record_type *type;
	size_t field;
};

bool keywords_find(struct bytes name, struct keyword *keyword);

static inline const struct field *keywords_field(struct keyword keyword)
{
	return &keyword.type->fields[keyword.field];
}

/* What the author may have meant: the name among the fields that is nearest to `name`, or *best where that is nearer
 * still; *distance is how near. NULL: nothing comes close. */
const char *keywords_nearest(struct bytes name, const char *best, size_t distance);

#endif
