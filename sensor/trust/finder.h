/* finder: many grammars, and the first of them that a text fits, without trying them all.
 *
 * Grammars whose host ends in eight bytes or more of their own stand sorted by these; the others are passed over one by
 * one. Either way a grammar is tried only where the text's sketch admits it, and the first in order wins. */
#ifndef STORMGLASS_TRUST_FINDER_H
#define STORMGLASS_TRUST_FINDER_H

#include "sensor/trust/sketch.h"

struct finder_entry {
	struct sketch_want want;
	const struct grammar *grammar;
	uint32_t rank;   /* in the order of finder_add */
	uint32_t number; /* the caller's */
};

struct finder_list {
	struct finder_entry *entries;
	size_t n, cap;
};

struct finder {
	struct finder_list by_host_end; /* sorted by the host's end, then by rank */
	struct finder_list others;      /* by rank */
};

/* Adds a grammar, which must stay where it is, behind those already there. False when memory is short. */
bool finder_add(struct finder *finder, const struct grammar *grammar, uint32_t number);

/* To be called between the last finder_add and the first finder_find. */
void finder_sort(struct finder *finder);

/* The first grammar that all of `text` fits, as grammar_match judges it; NULL: none. */
const struct finder_entry *finder_find(
    const struct finder *finder, struct bytes text, bool fold, struct bytes *tenant);

void finder_fini(struct finder *finder);

#endif
