/* lingering: flows that are over while TLS within them still waits for a secret. They are in no table any more, so that their
 * addresses may be used anew, and end when they wait no longer. One worker's. */
#ifndef STORMGLASS_RUN_LINGERING_H
#define STORMGLASS_RUN_LINGERING_H

#include "sensor/flow/flow.h"

enum { LINGERING_MAX = 65536 };

struct lingering {
	struct flow *first, *last; /* by flow->next, in the order they came */
	size_t n;
};

void lingering_add(struct lingering *lingering, struct flow *flow);

/* The first for which `waits` is false, taken out; NULL: there is none. */
struct flow *lingering_take(struct lingering *lingering, bool (*waits)(const struct flow *flow));

/* The first of more than LINGERING_MAX, or with `all` of any, taken out; NULL: there is none. */
struct flow *lingering_expel(struct lingering *lingering, bool all);

#endif
