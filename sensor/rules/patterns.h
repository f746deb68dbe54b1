/* patterns: pcre:"/re/flags" through PCRE2, with limits on time and memory that hold for any subject. */
#ifndef STORMGLASS_RULES_PATTERNS_H
#define STORMGLASS_RULES_PATTERNS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "sensor/base/bytes.h"
#include "sensor/rules/reason.h"

/* One for a rule set. A rule set is therefore matched by one thread at a time; workers load their own. */
struct patterns {
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_code **codes; /* all that were compiled, to be freed */
	size_t n, cap;
};

bool patterns_init(struct patterns *patterns);
void patterns_fini(struct patterns *patterns);

/* `text` is /re/flags; *relative is set by flag R. NULL and the reason where it is none. Owned by `patterns`. */
const pcre2_code *patterns_compile(struct patterns *patterns, struct bytes text, bool *relative, struct reason *reason);

enum patterns_result { PATTERNS_NO, PATTERNS_YES, PATTERNS_LIMIT };

/* *end is where the match ends. PATTERNS_LIMIT: given up before it was decided. */
enum patterns_result patterns_match(const struct patterns *patterns, const pcre2_code *code, struct bytes subject,
	size_t *end);

#endif
