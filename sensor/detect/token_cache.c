#include "sensor/detect/token_cache.h"

#include <stdalign.h>
#include <stdlib.h>

#include "sensor/base/pages.h"

enum { CHUNK_LEN_FIRST = 64 * 1024, CHUNKS_LEAST = 8, BUCKETS_FIRST = 1024 };

struct chunk {
	struct chunk *next; /* newer */
	size_t len, used;   /* of data */
	alignas(struct token) uint8_t data[];
};

struct token_cache {
	struct token **buckets;
	size_t n_buckets; /* power of two */
	size_t n_tokens;
	struct chunk *oldest, *newest;
	size_t chunk_len; /* of the next one */
	struct budget budget;
	uint64_t n_evicted;
};

struct token_cache *token_cache_new(size_t memcap, struct budget *parent)
{
	struct token_cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		return NULL;
	cache->n_buckets = BUCKETS_FIRST;
	cache->buckets = pages_alloc(cache->n_buckets * sizeof *cache->buckets);
	if (!cache->buckets) {
		free(cache);
		return NULL;
	}
	budget_init(&cache->budget, memcap, parent);
	cache->chunk_len = memcap / CHUNKS_LEAST < CHUNK_LEN_FIRST ? memcap / CHUNKS_LEAST : CHUNK_LEN_FIRST;
	return cache;
}

static size_t token_len(size_t n_candidates, size_t rendered_len)
{
	const size_t align = alignof(struct token);

	return (sizeof(struct token) + n_candidates * sizeof(uint16_t) + rendered_len + align - 1) & ~(align - 1);
}

struct bytes token_rendered(const struct token *token)
{
	return bytes_of(token->candidates + token->n_candidates, token->rendered_len);
}

/* ---- the index ---- */

static struct token **bucket_of(const struct token_cache *cache, struct hash128 id)
{
	return &cache->buckets[id.lo & (cache->n_buckets - 1)];
}

static void index_put(struct token_cache *cache, struct token *token)
{
	struct token **bucket = bucket_of(cache, token->id);

	token->hash_next = *bucket;
	*bucket = token;
}

static void index_remove(struct token_cache *cache, struct token *token)
{
	struct token **place = bucket_of(cache, token->id);

	while (*place != token)
		place = &(*place)->hash_next;
	*place = token->hash_next;
}

static void index_grow(struct token_cache *cache)
{
	size_t n_old = cache->n_buckets, n = n_old * 4;
	struct token **old = cache->buckets, **buckets = pages_alloc(n * sizeof *buckets);

	if (!buckets)
		return;
	cache->buckets = buckets;
	cache->n_buckets = n;
	for (size_t i = 0; i < n_old; i++)
		for (struct token *token = old[i], *next; token; token = next) {
			next = token->hash_next;
			index_put(cache, token);
		}
	pages_free(old, n_old * sizeof *old);
}

/* ---- chunks ---- */

static void chunk_link(struct token_cache *cache, struct chunk *chunk)
{
	chunk->next = NULL;
	*(cache->newest ? &cache->newest->next : &cache->oldest) = chunk;
	cache->newest = chunk;
}

static struct chunk *chunk_take_oldest(struct token_cache *cache)
{
	struct chunk *chunk = cache->oldest;

	cache->oldest = chunk->next;
	if (!cache->oldest)
		cache->newest = NULL;
	return chunk;
}

static void chunk_free(struct token_cache *cache, struct chunk *chunk)
{
	size_t len = sizeof *chunk + chunk->len;

	pages_free(chunk, len);
	budget_release(&cache->budget, len);
}

/* A new chunk with room for `len`, the newest; false when there is no memory for one. Chunks grow with the cache: the whole, with
 * its head, makes whole huge pages in the end. */
static bool chunk_add(struct token_cache *cache, size_t len)
{
	size_t whole = cache->chunk_len > sizeof(struct chunk) + len ? cache->chunk_len : sizeof(struct chunk) + len;

	if (!budget_charge(&cache->budget, whole))
		return false;
	struct chunk *chunk = pages_alloc(whole);

	if (!chunk) {
		budget_release(&cache->budget, whole);
		return false;
	}
	*chunk = (struct chunk){ .len = whole - sizeof *chunk };
	chunk_link(cache, chunk);
	if (cache->chunk_len < PAGES_HUGE && cache->chunk_len * 2 <= cache->budget.cap / CHUNKS_LEAST)
		cache->chunk_len *= 2;
	return true;
}

static bool chunk_has_room(const struct chunk *chunk, size_t len)
{
	return chunk && chunk->len - chunk->used >= len;
}

/* Moves a token that may stay up to its chunk's start. */
static void token_move(struct token_cache *cache, struct chunk *chunk, struct token *token, size_t len)
{
	struct token *to = (struct token *)(void *)(chunk->data + chunk->used);

	index_remove(cache, token);
	memmove(to, token, len);
	to->used = false;
	index_put(cache, to);
	chunk->used += len;
}

/* A second chance for what was used: it stays, and its chunk becomes the newest. */
static void chunk_clear_oldest(struct token_cache *cache)
{
	struct chunk *chunk = chunk_take_oldest(cache);
	size_t end = chunk->used;

	chunk->used = 0;
	for (size_t at = 0, len; at < end; at += len) {
		struct token *token = (struct token *)(void *)(chunk->data + at);

		len = token_len(token->n_candidates, token->rendered_len);
		if (token->used) {
			token_move(cache, chunk, token, len);
			continue;
		}
		index_remove(cache, token);
		cache->n_tokens--;
		cache->n_evicted++;
	}
	if (chunk->used)
		chunk_link(cache, chunk);
	else
		chunk_free(cache, chunk);
}

void token_cache_clear(struct token_cache *cache)
{
	while (cache->oldest)
		chunk_free(cache, chunk_take_oldest(cache));
	memset(cache->buckets, 0, cache->n_buckets * sizeof *cache->buckets);
	cache->n_tokens = 0;
}

void token_cache_free(struct token_cache *cache)
{
	if (!cache)
		return;
	token_cache_clear(cache);
	pages_free(cache->buckets, cache->n_buckets * sizeof *cache->buckets);
	free(cache);
}

/* ---- use ---- */

void token_cache_prefetch_place(const struct token_cache *cache, struct hash128 id)
{
	__builtin_prefetch(bucket_of(cache, id));
}

void token_cache_prefetch_token(const struct token_cache *cache, struct hash128 id)
{
	const struct token *token = *bucket_of(cache, id);

	if (!token)
		return;
	__builtin_prefetch(token);
	__builtin_prefetch(token->candidates); /* its last byte may lie in the next line */
}

const struct token *token_cache_find(struct token_cache *cache, struct hash128 id)
{
	struct token *token = *bucket_of(cache, id);

	while (token && (token->id.lo != id.lo || token->id.hi != id.hi))
		token = token->hash_next;
	if (token)
		token->used = true;
	return token;
}

/* Room for a token at the end of the newest chunk, whatever has to go for it. */
static struct token *token_place(struct token_cache *cache, size_t len)
{
	if (len > cache->budget.cap)
		return NULL;
	while (!chunk_has_room(cache->newest, len) && !chunk_add(cache, len)) {
		if (!cache->oldest)
			return NULL;
		chunk_clear_oldest(cache);
	}
	struct token *token = (struct token *)(void *)(cache->newest->data + cache->newest->used);

	cache->newest->used += len;
	return token;
}

static void take_time(const struct record *record, size_t of_jwt, size_t of_saml, int64_t *time, bool *has)
{
	size_t field = record_has(record, of_jwt) ? of_jwt : of_saml;

	*has = record_has(record, field);
	*time = *has ? record->values[field].number : 0;
}

const struct token *token_cache_add(struct token_cache *cache, struct hash128 id, unsigned kind, const struct record *record,
    const uint16_t *candidates, size_t n_candidates)
{
	struct token *token = token_place(cache, token_len(n_candidates, record->rendered.len));

	if (!token)
		return NULL;
	*token = (struct token){ .id = id, .kind = (uint8_t)kind, .n_candidates = (uint16_t)n_candidates,
		.rendered_len = (uint32_t)record->rendered.len };
	if (n_candidates)
		memcpy(token->candidates, candidates, n_candidates * sizeof *candidates);
	if (record->rendered.len)
		memcpy(token->candidates + n_candidates, record->rendered.data, record->rendered.len);
	take_time(record, JWT_EXP, SAML_EXP, &token->exp, &token->has_exp);
	take_time(record, JWT_NBF, SAML_NBF, &token->nbf, &token->has_nbf);
	take_time(record, JWT_IAT, SAML_IAT, &token->iat, &token->has_iat);
	token->bound = record_has(record, JWT_CNF_X5T_S256);
	token->wraps = record_has(record, JWT_ACTORTOKEN) || record_has(record, JWT_NESTED);
	index_put(cache, token);
	if (++cache->n_tokens > cache->n_buckets)
		index_grow(cache);
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
