/* token_cache: distinct credentials that were decoded and judged before, found by a keyed hash of their bytes. It keeps what
 * every use needs: times, the rules that could still match, the record as EVE text. Bounded; what was not used goes first.
 *
 * Tokens lie one behind the other in chunks, oldest chunk first. When there is no more memory the oldest chunk is cleared: those
 * of its tokens that were used since they were put there move together and stay, as the newest. */
#ifndef STORMGLASS_DETECT_TOKEN_CACHE_H
#define STORMGLASS_DETECT_TOKEN_CACHE_H

#include "sensor/base/budget.h"
#include "sensor/base/hash.h"
#include "sensor/model/token.h"

struct token {
	struct token *hash_next;
	struct hash128 id;
	int64_t exp, nbf, iat;
	bool has_exp, has_nbf, has_iat;
	bool bound;              /* to a client certificate (RFC 8705) */
	bool wraps;              /* another token, which is told of too (carriers_inner) */
	bool used;               /* since it was put where it lies */
	uint8_t kind;            /* enum credential_kind */
	uint16_t n_candidates;
	uint32_t rendered_len;
	/* then: uint16_t candidates[n_candidates], char rendered[rendered_len] */
	uint16_t candidates[];
};

struct token_cache;

struct token_cache *token_cache_new(size_t memcap, struct budget *parent);
void token_cache_free(struct token_cache *cache);
void token_cache_clear(struct token_cache *cache); /* forgets all */

/* A token will be asked for: fetches ahead its place and, once that is at hand, the token. */
void token_cache_prefetch_place(const struct token_cache *cache, struct hash128 id);
void token_cache_prefetch_token(const struct token_cache *cache, struct hash128 id);

/* NULL: not known. Found is used: it does not go before those that were not. Borrowed until the next add. */
const struct token *token_cache_find(struct token_cache *cache, struct hash128 id);

/* Keeps the essence of `record`; NULL when even an empty cache would refuse it. */
const struct token *token_cache_add(struct token_cache *cache, struct hash128 id, unsigned kind, const struct record *record,
    const uint16_t *candidates, size_t n_candidates);

struct bytes token_rendered(const struct token *token);
size_t token_cache_count(const struct token_cache *cache);
size_t token_cache_memuse(const struct token_cache *cache);
uint64_t token_cache_n_evicted(const struct token_cache *cache);

#endif
