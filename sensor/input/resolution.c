#include "sensor/input/resolution.h"

struct resolution resolution_of(uint8_t tsresol, int64_t tsoffset_s)
{
	struct resolution resolution = { .divide = 1, .multiply = 1, .offset_s = tsoffset_s };
	unsigned v = tsresol & 0x7f;

	if (tsresol & 0x80) {
		resolution.multiply = 1000000000;
		resolution.shift = v;
	} else if (v > 9 + 19) {
		resolution.multiply = 0; /* 2^64 ticks are less than a nanosecond */
	} else {
		for (; v < 9; v++)
			resolution.multiply *= 10;
		for (; v > 9; v--)
			resolution.divide *= 10;
	}
	return resolution;
}

/* ISO C knows no 128 bits; both compilers do. 2^64 ticks times 10^9 need 94. */
__extension__ struct wide {
	__int128 ns;
};

int64_t resolution_ns(const struct resolution *resolution, uint64_t ticks)
{
	struct wide wide = { .ns = resolution->divide == 1 ? ticks : ticks / resolution->divide };

	wide.ns = wide.ns * resolution->multiply >> resolution->shift;
	if (resolution->offset_s != 0) {
		struct wide offset = { .ns = resolution->offset_s };

		wide.ns += offset.ns * 1000000000;
	}
	if (wide.ns > INT64_MAX)
		return INT64_MAX;
	return wide.ns < INT64_MIN ? INT64_MIN : (int64_t)wide.ns;
}
