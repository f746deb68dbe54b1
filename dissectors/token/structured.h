/* structured: the pieces that values of structured fields are made of (RFC 9651 4.2): keys, items, parameters. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_STRUCTURED_H
#define STORMGLASS_DISSECTORS_TOKEN_STRUCTURED_H

#include "sensor/base/arena.h"

struct structured_item {
	struct bytes raw; /* of a string what is between its quotes; a number, token, byte sequence ... as it is written */
	bool escaped;     /* raw holds escapes */
};

/* Each takes something from *left, behind blanks. False where it is not that: *left is where that was seen. */
bool structured_take(struct bytes *left, char c);
bool structured_key(struct bytes *left, struct bytes *key);
bool structured_item(struct bytes *left, struct structured_item *item);

/* ;key=item or ;key, for which the item is "?1". False: no parameter follows. */
bool structured_parameter(struct bytes *left, struct bytes *key, struct structured_item *item);

/* The item without escapes, in `arena`; NULL data where that refuses. */
struct bytes structured_text(const struct structured_item *item, struct arena *arena);

#endif
