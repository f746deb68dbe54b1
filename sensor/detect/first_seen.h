/* first_seen: has this been seen before? A bounded set of 64-bit keyed fingerprints in two generations: when the younger is
 * full the older is forgotten, so the set never holds fewer than the latest `cap` distinct ones. */
#ifndef STORMGLASS_DETECT_FIRST_SEEN_H
#define STORMGLASS_DETECT_FIRST_SEEN_H

#include "sensor/base/bytes.h"

struct first_seen;

struct first_seen *first_seen_new(size_t cap);
void first_seen_free(struct first_seen *set);

/* The fingerprint of `what` in this set. Its place is fetched ahead: a set is large, and what is asked for is rarely at hand. */
uint64_t first_seen_mark(const struct first_seen *set, struct bytes what);

/* Adds it; true if it was not there. */
bool first_seen_add(struct first_seen *set, uint64_t mark);
bool first_seen_has(const struct first_seen *set, uint64_t mark);
uint64_t first_seen_n_forgotten(const struct first_seen *set); /* generations */

#endif
