/* resolution: what the time stamps of a pcapng interface count, and the way from there to nanoseconds. */
#ifndef STORMGLASS_INPUT_RESOLUTION_H
#define STORMGLASS_INPUT_RESOLUTION_H

#include <stdint.h>

struct resolution {
	uint64_t divide;     /* ns = ticks / divide * multiply / 2^shift + offset_s * 10^9 */
	uint64_t multiply;
	unsigned shift;
	int64_t offset_s;
};

/* if_tsresol: 10^-v, or with the top bit 2^-v seconds a tick. */
struct resolution resolution_of(uint8_t tsresol, int64_t tsoffset_s);

/* Nanoseconds since 1970, rounded down; what int64_t cannot hold becomes its nearest value. */
int64_t resolution_ns(const struct resolution *resolution, uint64_t ticks);

#endif
