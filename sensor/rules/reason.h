/* reason: why something in a rule was refused, in words for its author. The caller adds the place. */
#ifndef STORMGLASS_RULES_REASON_H
#define STORMGLASS_RULES_REASON_H

#include <stdbool.h>

struct reason {
	char text[320];
};

/* Always false, so that a parser can say `return reason_is(...)`. */
__attribute__((format(printf, 2, 3)))
bool reason_is(struct reason *reason, const char *format, ...);

#endif
