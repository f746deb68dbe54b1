#include "sensor/detect/token_cache.h"

#include <stdlib.h>

struct token_cache {
	struct token **buckets;
	size_t n_buckets; /* power of two */
	size_t n_tokens;
	struct token *newest, *oldest;
	struct budget budget;
	uint64_t n_evicted;
};

struct token_cache *token_cache_new(size_t memcap, struct budget *parent)
{
	struct token_cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		return NULL;
	cache->n_buckets = 1024;
	cache->buckets = calloc(cache->n_buckets, sizeof *cache->buckets);
	if (!cache->buckets) {
		free(cache);
		return NULL;
	}
	budget_init(&cache->budget, memcap, parent);
	return cache;
}

static size_t token_len(size_t n_candidates, size_t rendered_len)
{
	return sizeof(struct token) + n_candidates * sizeof(uint16_t) + rendered_len;
}

struct bytes token_rendered(const struct token *token)
{
	return bytes_of(token->candidates + token->n_candidates, token->rendered_len);
}

/* ---- age ---- */

static void age_unlink(struct token_cache *cache, struct token *token)
{
	*(token->newer ? &token->newer->older : &cache->newest) = token->older;
	*(token->older ? &token->older->newer : &cache->oldest) = token->newer;
}

static void age_link(struct token_cache *cache, struct token *token)
{
	token->newer = NULL;
	token->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = token;
	cache->newest = token;
}

static struct token **bucket_of(const struct token_cache *cache, struct hash128 id)
{
	return &cache->buckets[id.lo & (cache->n_buckets - 1)];
}

static void evict(struct token_cache *cache, struct token *token)
{
	struct token **place = bucket_of(cache, token->id);

	while (*place != token)
		place = &(*place)->hash_next;
	*place = token->hash_next;
	age_unlink(cache, token);
	cache->n_tokens--;
	budget_free(&cache->budget, token, token_len(token->n_candidates, token->rendered_len));
}

void token_cache_free(struct token_cache *cache)
{
	if (!cache)
		return;
	while (cache->oldest)
		evict(cache, cache->oldest);
	free(cache->buckets);
	free(cache);
}

static void cache_grow(struct token_cache *cache)
{
	size_t n = cache->n_buckets * 4;
	struct token **buckets = calloc(n, sizeof *buckets);

	if (!buckets)
		return;
	free(cache->buckets);
	cache->buckets = buckets;
	cache->n_buckets = n;
	for (struct token *token = cache->newest; token; token = token->older) {
		struct token **bucket = bucket_of(cache, token->id);

		token->hash_next = *bucket;
		*bucket = token;
	}
}

/* ---- use ---- */

const struct token *token_cache_find(struct token_cache *cache, struct hash128 id)
{
	struct token *token = *bucket_of(cache, id);

	while (token && (token->id.lo != id.lo || token->id.hi != id.hi))
		token = token->hash_next;
	if (token)
		token->used = true; /* its place among the ages is found when it would have to go */
	return token;
}

/* A second chance: what was used since it was last the oldest becomes the newest. */
static bool spare(struct token_cache *cache, struct token *token)
{
	if (!token->used)
		return false;
	token->used = false;
	age_unlink(cache, token);
	age_link(cache, token);
	return true;
}

static void take_time(const struct record *record, size_t field, int64_t *time, bool *has)
{
	*has = record_has(record, field);
	*time = *has ? record->values[field].number : 0;
}

const struct token *token_cache_add(struct token_cache *cache, struct hash128 id, const struct record *record,
    const uint16_t *candidates, size_t n_candidates)
{
	size_t len = token_len(n_candidates, record->rendered.len);
	struct token *token = budget_alloc(&cache->budget, len);

	while (!token && cache->oldest) {
		if (spare(cache, cache->oldest))
			continue;
		evict(cache, cache->oldest);
		cache->n_evicted++;
		token = budget_alloc(&cache->budget, len);
	}
	if (!token)
		return NULL;
	*token = (struct token){ .id = id, .n_candidates = (uint16_t)n_candidates, .rendered_len = (uint32_t)record->rendered.len };
	if (n_candidates)
		memcpy(token->candidates, candidates, n_candidates * sizeof *candidates);
	if (record->rendered.len)
		memcpy(token->candidates + n_candidates, record->rendered.data, record->rendered.len);
	take_time(record, JWT_EXP, &token->exp, &token->has_exp);
	take_time(record, JWT_NBF, &token->nbf, &token->has_nbf);
	take_time(record, JWT_IAT, &token->iat, &token->has_iat);
	if (++cache->n_tokens > cache->n_buckets)
		cache_grow(cache);
	age_link(cache, token);
	struct token **bucket = bucket_of(cache, id);

	token->hash_next = *bucket;
	*bucket = token;
	return token;
}

size_t token_cache_count(const struct token_cache *cache)
{
	return cache->n_tokens;
}

size_t token_cache_memuse(const struct token_cache *cache)
{
	return cache->budget.used + cache->n_buckets * sizeof *cache->buckets;
}

uint64_t token_cache_n_evicted(const struct token_cache *cache)
{
	return cache->n_evicted;
}
