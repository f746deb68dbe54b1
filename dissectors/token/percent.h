/* percent: percent-encoding undone (RFC 3986 2.1). */
#ifndef STORMGLASS_DISSECTORS_TOKEN_PERCENT_H
#define STORMGLASS_DISSECTORS_TOKEN_PERCENT_H

#include "sensor/base/arena.h"

/* In `arena`; a '%' that begins no escape stays. NULL data where the arena refuses. */
struct bytes percent_decode(struct bytes text, struct arena *arena);

#endif
