/* websocket_gather: the content of a message that comes in pieces: memory that grows with what comes, never with what was
 * announced. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_GATHER_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_GATHER_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

/* Zeroed at first. */
struct websocket_gather {
	uint8_t *data;
	size_t len, cap;
};

/* Makes room for `len` bytes in all, at least. False: the budget refuses. */
bool websocket_gather_reserve(struct websocket_gather *gather, size_t len, struct budget *budget);

void websocket_gather_drop(struct websocket_gather *gather, struct budget *budget);

static inline struct bytes websocket_gather_all(const struct websocket_gather *gather)
{
	return gather->len ? bytes_of(gather->data, gather->len) : bytes_of("", 0);
}

#endif
