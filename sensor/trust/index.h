/* index: names to numbers, sorted once at set-up and then searched. A sorted array has no worst case a stranger could
 * aim at, so it needs no secret key, and equal names come out in the order of their numbers. */
#ifndef STORMGLASS_TRUST_INDEX_H
#define STORMGLASS_TRUST_INDEX_H

#include "sensor/base/bytes.h"

struct index_entry {
	struct bytes name; /* borrowed */
	uint64_t head;     /* its first eight bytes as a number, in the order of names */
	uint32_t number;
};

struct index {
	struct index_entry *entries;
	size_t n, cap;
	uint64_t lengths;   /* bit n: some name has n bytes; bit 63: 63 or more */
	uint64_t firsts[4]; /* bit n: some name begins with byte n */
};

/* The entries of one name. */
struct index_hits {
	const struct index_entry *entries;
	size_t n;
};

/* Adds an entry; an empty name is left out. False when memory is short. */
bool index_add(struct index *index, struct bytes name, uint32_t number);

/* To be called between the last index_add and the first index_find. */
void index_sort(struct index *index);
struct index_hits index_find(const struct index *index, struct bytes name);

/* Those of a digest of `len` bytes, at least one, which `text` spells in one way or another: see digest_parse. */
struct index_hits index_find_digest(const struct index *index, struct bytes text, size_t len);

void index_fini(struct index *index);

#endif
