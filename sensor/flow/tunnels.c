#include "sensor/flow/tunnels.h"

#include <assert.h>
#include <string.h>

enum { SLOTS_LEAST = 256, SLAB_N = 64, TUNNEL_WORDS = sizeof(struct tunnel) / sizeof(uint64_t) };

struct tunnels_entry {
	struct tunnel tunnel; /* first: a pointer to it is one to the entry */
	struct tunnels_entry *next;
	uint64_t hash;
	uint64_t n_flows;
};

void tunnels_init(struct tunnels *tunnels, struct nh_key *hash_key, struct budget *budget)
{
	*tunnels = (struct tunnels){ .hash_key = hash_key, .budget = budget };
	pool_init(&tunnels->pool, sizeof(struct tunnels_entry), SLAB_N, budget);
}

void tunnels_fini(struct tunnels *tunnels)
{
	budget_free(tunnels->budget, tunnels->slots, tunnels->n_slots * sizeof(*tunnels->slots));
	tunnels->slots = NULL;
	pool_fini(&tunnels->pool);
}

static uint64_t tunnels_hash(const struct tunnels *tunnels, const struct tunnel *tunnel)
{
	uint64_t words[TUNNEL_WORDS];

	static_assert(sizeof words == sizeof *tunnel && TUNNEL_WORDS % 2 == 0 && TUNNEL_WORDS <= (int)NH_FIXED_WORDS,
	    "a tunnel is an even number of words");
	memcpy(words, tunnel, sizeof words);
	return nh_words(tunnels->hash_key, words, TUNNEL_WORDS);
}

/* More chains where they have grown long; without memory they stay as they are. */
static void tunnels_widen(struct tunnels *tunnels)
{
	size_t n_slots = tunnels->n_slots ? tunnels->n_slots * 2 : SLOTS_LEAST;
	struct tunnels_entry **slots = budget_alloc(tunnels->budget, n_slots * sizeof(*slots));

	if (!slots)
		return;
	memset(slots, 0, n_slots * sizeof(*slots));
	for (size_t i = 0; i < tunnels->n_slots; i++) {
		for (struct tunnels_entry *entry = tunnels->slots[i], *next; entry; entry = next) {
			struct tunnels_entry **slot = &slots[entry->hash & (n_slots - 1)];

			next = entry->next;
			entry->next = *slot;
			*slot = entry;
		}
	}
	budget_free(tunnels->budget, tunnels->slots, tunnels->n_slots * sizeof(*slots));
	tunnels->slots = slots;
	tunnels->n_slots = n_slots;
}

static const struct tunnel *tunnels_add(struct tunnels *tunnels, const struct tunnel *tunnel, uint64_t hash)
{
	if (tunnels->n >= tunnels->n_slots * 2)
		tunnels_widen(tunnels);
	struct tunnels_entry *entry = tunnels->slots && tunnels->n < TUNNELS_MAX && tunnels->n < tunnels->n_slots * 8
	    ? pool_take(&tunnels->pool) : NULL;

	if (!entry) {
		tunnels->n_refused++;
		return NULL;
	}
	struct tunnels_entry **slot = &tunnels->slots[hash & (tunnels->n_slots - 1)];

	*entry = (struct tunnels_entry){ *tunnel, *slot, hash, 1 };
	*slot = entry;
	tunnels->n++;
	return &entry->tunnel;
}

const struct tunnel *tunnels_take(struct tunnels *tunnels, const struct tunnel *tunnel)
{
	uint64_t hash = tunnels_hash(tunnels, tunnel);

	if (tunnels->slots) {
		struct tunnels_entry *entry = tunnels->slots[hash & (tunnels->n_slots - 1)];

		for (; entry; entry = entry->next) {
			if (entry->hash == hash && memcmp(&entry->tunnel, tunnel, sizeof *tunnel) == 0) {
				entry->n_flows++;
				return &entry->tunnel;
			}
		}
	}
	return tunnels_add(tunnels, tunnel, hash);
}

void tunnels_drop(struct tunnels *tunnels, const struct tunnel *tunnel)
{
	struct tunnels_entry *entry = (struct tunnels_entry *)(uintptr_t)tunnel;

	if (!entry || --entry->n_flows)
		return;
	struct tunnels_entry **at = &tunnels->slots[entry->hash & (tunnels->n_slots - 1)];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	tunnels->n--;
	pool_give(&tunnels->pool, entry);
}
