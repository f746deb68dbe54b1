#include "sensor/run/rejudge.h"

#include <stdlib.h>

/* What depends on the number of rules, or on what they and trust say. */
struct places {
	struct token_cache *cache;
	uint16_t *judged, *narrowed, *candidates;
};

static void places_free(struct places *places)
{
	token_cache_free(places->cache);
	free(places->judged);
	free(places->narrowed);
	free(places->candidates);
}

static bool places_new(struct places *places, const struct credentials *credentials, const struct rules *rules)
{
	size_t n = rules_count(rules) + 1;

	places->cache = token_cache_new((size_t)credentials->config->token_memcap, token_cache_parent(credentials->cache));
	places->judged = calloc(n, sizeof *places->judged);
	places->narrowed = calloc(n, sizeof *places->narrowed);
	places->candidates = calloc(n, sizeof *places->candidates);
	if (places->cache && places->judged && places->narrowed && places->candidates)
		return true;
	places_free(places);
	return false;
}

/* Those found, in the transaction's memory; none where it has no more. */
static uint16_t keep(struct transaction *transaction, const uint16_t *found, size_t n, uint16_t **candidates)
{
	*candidates = n ? arena_alloc(&transaction->arena, n * sizeof **candidates) : NULL;
	if (!*candidates)
		return 0;
	memcpy(*candidates, found, n * sizeof **candidates);
	return (uint16_t)n;
}

static void rejudge_waiting(struct transaction *transaction, const struct rules *rules, uint16_t *room)
{
	size_t cap = rules_count(rules), n = rules_candidates(rules, transaction->http, room, cap);

	transaction->n_candidates = keep(transaction, room, n, &transaction->candidates);
	for (struct use *use = transaction->uses; use; use = use->next) {
		n = use->token ? rules_candidates(rules, use->token, room, cap) : 0;
		n = rules_narrow(rules, use->record, room, n, room);
		use->n_candidates = keep(transaction, room, n, &use->candidates);
	}
}

bool rejudge(struct credentials *credentials, struct reporter *reporter, struct transactions_memory *transactions,
    const struct decode *decode, const struct rules *rules)
{
	struct places now = { 0 };

	if (!places_new(&now, credentials, rules))
		return false;
	struct places before = { credentials->cache, credentials->judged, credentials->narrowed, reporter->candidates };

	credentials->n_evicted_before += token_cache_n_evicted(credentials->cache);
	credentials->decode = decode;
	credentials->rules = reporter->rules = rules;
	credentials->cache = now.cache;
	credentials->judged = now.judged;
	credentials->narrowed = now.narrowed;
	reporter->candidates = now.candidates;
	for (struct transaction *waits = transactions->oldest; waits; waits = waits->newer)
		rejudge_waiting(waits, rules, reporter->candidates);
	places_free(&before);
	return true;
}
