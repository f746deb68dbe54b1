/* numbers: a condition on a number: N, >N, >=N, <N, <=N, N-M (inclusive), N<>M (between, exclusive, as in Suricata),
 * several of them separated by commas (any), or each with '!' before it (none). */
#ifndef STORMGLASS_RULES_NUMBERS_H
#define STORMGLASS_RULES_NUMBERS_H

#include "sensor/base/arena.h"
#include "sensor/rules/reason.h"

enum { NUMBERS_MAX = 64 };

struct number_span {
	int64_t low, high; /* both within */
};

struct numbers {
	const struct number_span *spans;
	size_t n;
	bool negated; /* none of the spans */
};

bool numbers_parse(struct bytes text, struct arena *arena, struct numbers *numbers, struct reason *reason);
bool numbers_hold(const struct numbers *numbers, int64_t number);

#endif
