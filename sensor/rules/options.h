/* options: what may stand between a rule's parentheses beside the keywords of fields. */
#ifndef STORMGLASS_RULES_OPTIONS_H
#define STORMGLASS_RULES_OPTIONS_H

#include "sensor/rules/draft.h"

/* One option; `value` is NULL where it has none. */
bool options_apply(struct draft *draft, struct bytes name, const struct bytes *value);

/* After the last one: is everything there that a rule needs. */
bool options_check(struct draft *draft);

/* Does the value of `requires` hold here: only "keyword NAME" can. */
bool options_meet(struct bytes requirements);

#endif
