/* rule_parse: the text of one rule into a program. */
#ifndef STORMGLASS_RULES_RULE_PARSE_H
#define STORMGLASS_RULES_RULE_PARSE_H

#include "sensor/rules/program.h"

/* Where a rule stands. */
struct rule_place {
	const char *file; /* as long as the rule set */
	unsigned line;
};

enum rule_parse_result { RULE_PARSED, RULE_SKIPPED /* its `requires` does not hold here */, RULE_WRONG };

/* `text` is the rule in one line. */
enum rule_parse_result rule_parse(struct rules *rules, struct bytes text, struct rule_place place,
	struct program **program, struct reason *reason);

#endif
