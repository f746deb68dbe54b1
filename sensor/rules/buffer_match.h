/* buffer_match: does a text satisfy a buffer. */
#ifndef STORMGLASS_RULES_BUFFER_MATCH_H
#define STORMGLASS_RULES_BUFFER_MATCH_H

#include "sensor/rules/buffer.h"

/* What matching works in. One thread at a time. */
struct scratch {
	struct patterns patterns;
	uint8_t *transformed; /* BUFFER_TRANSFORMED bytes */
};

bool buffer_match(const struct buffer *buffer, struct bytes text, const struct scratch *scratch);

#endif
