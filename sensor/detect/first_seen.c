#include "sensor/detect/first_seen.h"

#include <stdlib.h>

#include "sensor/base/hash.h"
#include "sensor/base/pages.h"

/* Open addressing, linear probing, at most half full; 0 is the empty place. */
struct generation {
	uint64_t *marks;
	size_t n_places; /* power of two */
	size_t n;
};

struct first_seen {
	struct generation young, old;
	size_t cap;
	struct hash_key key;
	uint64_t n_forgotten;
};

enum { PLACES_FIRST = 1024 };

static bool generation_init(struct generation *generation, size_t n_places)
{
	*generation = (struct generation){ .marks = pages_alloc(n_places * sizeof(uint64_t)), .n_places = n_places };
	return generation->marks != NULL;
}

static void generation_fini(struct generation *generation)
{
	pages_free(generation->marks, generation->n_places * sizeof *generation->marks);
}

struct first_seen *first_seen_new(size_t cap)
{
	struct first_seen *set = calloc(1, sizeof *set);

	if (!set || !generation_init(&set->young, PLACES_FIRST)) {
		free(set);
		return NULL;
	}
	set->cap = cap;
	set->key = hash_key_random();
	return set;
}

void first_seen_free(struct first_seen *set)
{
	if (!set)
		return;
	generation_fini(&set->young);
	generation_fini(&set->old);
	free(set);
}

static uint64_t *generation_place(const struct generation *generation, uint64_t mark)
{
	size_t at = mark & (generation->n_places - 1);

	while (generation->marks[at] && generation->marks[at] != mark)
		at = (at + 1) & (generation->n_places - 1);
	return &generation->marks[at];
}

static bool generation_has(const struct generation *generation, uint64_t mark)
{
	return generation->marks && *generation_place(generation, mark);
}

/* By leaps while it is small: every growth fetches the whole table, and touches memory that is new. */
static void generation_grow(struct generation *generation)
{
	size_t times = generation->n_places * sizeof *generation->marks < PAGES_HUGE ? 8 : 2;
	struct generation grown;

	if (!generation_init(&grown, generation->n_places * times))
		return;
	for (size_t i = 0; i < generation->n_places; i++)
		if (generation->marks[i])
			*generation_place(&grown, generation->marks[i]) = generation->marks[i];
	grown.n = generation->n;
	generation_fini(generation);
	*generation = grown;
}

uint64_t first_seen_mark(const struct first_seen *set, struct bytes what)
{
	uint64_t mark = hash64(set->key, what) | 1;

	__builtin_prefetch(&set->young.marks[mark & (set->young.n_places - 1)]);
	return mark;
}

bool first_seen_has(const struct first_seen *set, uint64_t mark)
{
	return generation_has(&set->young, mark) || generation_has(&set->old, mark);
}

bool first_seen_add(struct first_seen *set, uint64_t mark)
{
	if (generation_has(&set->young, mark))
		return false;
	bool known = generation_has(&set->old, mark);

	if (set->young.n * 2 >= set->young.n_places && set->young.n < set->cap)
		generation_grow(&set->young);
	if (set->young.n >= set->cap || set->young.n * 2 >= set->young.n_places) {
		struct generation fresh;

		if (!generation_init(&fresh, set->young.n_places))
			return !known;
		generation_fini(&set->old);
		set->old = set->young;
		set->young = fresh;
		set->n_forgotten++;
	}
	*generation_place(&set->young, mark) = mark;
	set->young.n++;
	return !known;
}

uint64_t first_seen_n_forgotten(const struct first_seen *set)
{
	return set->n_forgotten;
}
