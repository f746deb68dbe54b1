/* sketch: sixteen bytes of an iss by which nearly every grammar is ruled out without being tried.
 *
 *     https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0
 *                              line.com/9188040
 *                              host end|path
 *
 * Case is lost on purpose, so one sketch serves matches that ignore it. */
#ifndef STORMGLASS_TRUST_SKETCH_H
#define STORMGLASS_TRUST_SKETCH_H

#include "sensor/trust/grammar.h"

struct sketch {
	uint64_t host_end; /* the eight bytes before the first slash after "://", or as many as there are */
	uint64_t path;     /* the eight from that slash on */
};

/* What every text that fits a grammar shows in its sketch: `bytes` where `mask` is set. */
struct sketch_want {
	struct sketch bytes, mask;
};

struct sketch sketch_of(struct bytes text);
struct sketch_want sketch_want_of(const struct grammar *grammar);

static inline bool sketch_fits(struct sketch sketch, const struct sketch_want *want)
{
	return (((sketch.host_end ^ want->bytes.host_end) & want->mask.host_end) |
		((sketch.path ^ want->bytes.path) & want->mask.path)) == 0;
}

#endif
