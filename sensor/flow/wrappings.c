#include "sensor/flow/wrappings.h"

#include <assert.h>
#include <string.h>

enum { SLOTS_LEAST = 256, SLAB_N = 64, WRAPPING_WORDS = sizeof(struct wrapping) / sizeof(uint64_t) };

struct wrappings_entry {
	struct wrapping wrapping; /* first: a pointer to it is one to the entry */
	struct wrappings_entry *next;
	uint64_t hash;
	uint64_t n_flows;
};

void wrappings_init(struct wrappings *wrappings, struct nh_key *hash_key, struct budget *budget)
{
	*wrappings = (struct wrappings){ .hash_key = hash_key, .budget = budget };
	pool_init(&wrappings->pool, sizeof(struct wrappings_entry), SLAB_N, budget);
}

void wrappings_fini(struct wrappings *wrappings)
{
	budget_free(wrappings->budget, wrappings->slots, wrappings->n_slots * sizeof(*wrappings->slots));
	wrappings->slots = NULL;
	pool_fini(&wrappings->pool);
}

static uint64_t wrappings_hash(const struct wrappings *wrappings, const struct wrapping *wrapping)
{
	uint64_t words[WRAPPING_WORDS];

	static_assert(sizeof words == sizeof *wrapping && WRAPPING_WORDS % 2 == 0 && WRAPPING_WORDS <= (int)NH_FIXED_WORDS,
	    "a wrapping is an even number of words");
	memcpy(words, wrapping, sizeof words);
	return nh_words(wrappings->hash_key, words, WRAPPING_WORDS);
}

/* More chains where they have grown long; without memory they stay as they are. */
static void wrappings_widen(struct wrappings *wrappings)
{
	size_t n_slots = wrappings->n_slots ? wrappings->n_slots * 2 : SLOTS_LEAST;
	struct wrappings_entry **slots = budget_alloc(wrappings->budget, n_slots * sizeof(*slots));

	if (!slots)
		return;
	memset(slots, 0, n_slots * sizeof(*slots));
	for (size_t i = 0; i < wrappings->n_slots; i++) {
		for (struct wrappings_entry *entry = wrappings->slots[i], *next; entry; entry = next) {
			struct wrappings_entry **slot = &slots[entry->hash & (n_slots - 1)];

			next = entry->next;
			entry->next = *slot;
			*slot = entry;
		}
	}
	budget_free(wrappings->budget, wrappings->slots, wrappings->n_slots * sizeof(*slots));
	wrappings->slots = slots;
	wrappings->n_slots = n_slots;
}

static const struct wrapping *wrappings_add(struct wrappings *wrappings, const struct wrapping *wrapping, uint64_t hash)
{
	if (wrappings->n >= wrappings->n_slots * 2)
		wrappings_widen(wrappings);
	struct wrappings_entry *entry = wrappings->slots && wrappings->n < WRAPPINGS_MAX && wrappings->n < wrappings->n_slots * 8
	    ? pool_take(&wrappings->pool) : NULL;

	if (!entry) {
		wrappings->n_refused++;
		return NULL;
	}
	struct wrappings_entry **slot = &wrappings->slots[hash & (wrappings->n_slots - 1)];

	*entry = (struct wrappings_entry){ *wrapping, *slot, hash, 1 };
	*slot = entry;
	wrappings->n++;
	return &entry->wrapping;
}

const struct wrapping *wrappings_take(struct wrappings *wrappings, const struct wrapping *wrapping)
{
	uint64_t hash = wrappings_hash(wrappings, wrapping);

	if (wrappings->slots) {
		struct wrappings_entry *entry = wrappings->slots[hash & (wrappings->n_slots - 1)];

		for (; entry; entry = entry->next) {
			if (entry->hash == hash && memcmp(&entry->wrapping, wrapping, sizeof *wrapping) == 0) {
				entry->n_flows++;
				return &entry->wrapping;
			}
		}
	}
	return wrappings_add(wrappings, wrapping, hash);
}

void wrappings_drop(struct wrappings *wrappings, const struct wrapping *wrapping)
{
	struct wrappings_entry *entry = (struct wrappings_entry *)(uintptr_t)wrapping;

	if (!entry || --entry->n_flows)
		return;
	struct wrappings_entry **at = &wrappings->slots[entry->hash & (wrappings->n_slots - 1)];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	wrappings->n--;
	pool_give(&wrappings->pool, entry);
}
