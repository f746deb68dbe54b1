/* top: the most frequent of any number of keys, in little memory (Metwally, Agrawal, El Abbadi: "Efficient computation
 * of frequent and top-k elements in data streams", 2005). A key that is not among the kept takes the place of the
 * rarest and its count, so what is frequent stays and no count is too low. */
#ifndef STORMGLASS_DOCTOR_TOP_H
#define STORMGLASS_DOCTOR_TOP_H

#include "sensor/model/packet.h"

enum { TOP_KEPT = 32 };

struct top_key {
	uint64_t high, low;
};

struct top_entry {
	struct top_key key;
	uint64_t n;
};

struct top {
	struct top_entry entries[TOP_KEPT];
	unsigned n_entries;
	bool crowded; /* there were more keys than places: counts may be too high */
};

void top_add(struct top *top, struct top_key key, uint64_t n);

/* The most frequent first; keys of the same count in their own order. */
void top_sort(struct top *top);

static inline struct top_key top_number(uint64_t number)
{
	return (struct top_key){ 0, number };
}

struct top_key top_address(const struct address *address);
struct address top_to_address(struct top_key key);

#endif
