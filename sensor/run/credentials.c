#include "sensor/run/credentials.h"

#include <stdlib.h>

#include "dissectors/token/carriers.h"
#include "sensor/detect/facts.h"
#include "sensor/output/eve.h"
#include "sensor/model/tls.h"
#include "sensor/run/marks.h"

enum {
	SCRATCH_BLOCK = 16384,
	SCRATCH_CAP = 4 << 20,
	PORT_HTTPS = 443,
	PORT_HTTPS_ALT = 8443,
};

bool credentials_init(struct credentials *credentials, const struct config *config, const struct decode *decode,
    const struct rules *rules, struct stats *stats, const struct nh_key *hash_key, struct budget *parent,
    size_t memcap)
{
	*credentials = (struct credentials){ .config = config, .decode = decode, .rules = rules, .stats = stats };
	credentials->hash_key = *hash_key;
	credentials->cache = token_cache_new(memcap, parent);
	credentials->seen = first_seen_new((size_t)config->first_seen);
	credentials->alerted = first_seen_new((size_t)config->first_seen);
	budget_init(&credentials->budget, SCRATCH_CAP, parent);
	arena_init(&credentials->scratch, SCRATCH_BLOCK, &credentials->budget);
	arena_init(&credentials->undone, SCRATCH_BLOCK, &credentials->budget);
	credentials->judged = calloc(RULES_MAX, sizeof *credentials->judged); /* rules may be loaded anew: room for any number */
	credentials->narrowed = calloc(RULES_MAX, sizeof *credentials->narrowed);
	return credentials->cache && credentials->seen && credentials->alerted && credentials->judged && credentials->narrowed;
}

void credentials_reload(struct credentials *credentials, const struct rules *rules)
{
	credentials->rules = rules;
	token_cache_clear(credentials->cache);
}

void credentials_fini(struct credentials *credentials)
{
	token_cache_free(credentials->cache);
	first_seen_free(credentials->seen);
	first_seen_free(credentials->alerted);
	free(credentials->judged);
	free(credentials->narrowed);
	arena_fini(&credentials->scratch);
	arena_fini(&credentials->undone);
}

bool credentials_alert_is_new(struct credentials *credentials, struct hash128 token_id, const struct address *client,
    const struct rule *rule)
{
	struct mark mark = { token_id, *client, rule->gid, rule->sid };

	return first_seen_add(credentials->alerted, first_seen_mark(credentials->alerted, mark_bytes(&mark))) ||
	    credentials->config->alert == CONFIG_ALERT_EACH;
}

bool credentials_use_is_due(struct credentials *credentials, struct hash128 token_id, const struct address *client)
{
	struct mark mark = { token_id, *client, 0, 0 };

	return credentials->config->token == CONFIG_TOKEN_EACH ||
	    first_seen_add(credentials->seen, first_seen_mark(credentials->seen, mark_bytes(&mark)));
}

static bool alert_is_due(struct credentials *credentials, struct hash128 token_id, const struct address *client, uint16_t index)
{
	const struct rule *rule = rules_get(credentials->rules, index);
	struct mark mark = { token_id, *client, rule->gid, rule->sid };

	return credentials->config->alert == CONFIG_ALERT_EACH ||
	    !first_seen_has(credentials->alerted, first_seen_mark(credentials->alerted, mark_bytes(&mark)));
}

static void count_kind(struct stats *stats, enum credential_kind kind)
{
	stats->token.seen++;
	if (kind == CREDENTIAL_JWS)
		stats->token.jws++;
	else if (kind == CREDENTIAL_JWE)
		stats->token.jwe++;
	else if (kind == CREDENTIAL_OPAQUE)
		stats->token.opaque++;
	else
		stats->token.other++;
}

/* ---- one credential ---- */

struct sighting {
	struct credential *credential;
	const struct flow *flow;
	const struct record *connection; /* tls_record of what carried it; NULL: nothing did */
	const struct http_message *message;
	const struct token *token;
	struct record *fresh;      /* the whole record where it was decoded just now */
	struct record *use;
	uint16_t *candidates;
	size_t n_candidates;
};

static const struct token *judge(struct credentials *credentials, struct hash128 id, struct sighting *sighting)
{
	credential_classify(sighting->credential);
	struct record *record = decode_credential(credentials->decode, sighting->credential, &credentials->scratch);

	if (!record) {
		credentials->stats->token.refused++;
		return NULL;
	}
	credentials->stats->token.decoded++;
	record->rendered = eve_render(record, &credentials->scratch);
	size_t n = rules_candidates(credentials->rules, record, credentials->judged, rules_count(credentials->rules));

	sighting->fresh = record;
	return token_cache_add(credentials->cache, id, sighting->credential->kind, record, credentials->judged, n);
}

/* How it came to be seen. HTTP in the clear where everybody expects TLS has been decrypted on its way here. */
static struct bytes decrypted_by(const struct sighting *sighting)
{
	const struct flow *flow = sighting->flow;
	uint16_t port = flow->key.port[!flow->client];

	if (sighting->connection)
		return record_get(sighting->connection, TLS_DECRYPTED);
	return bytes_text(flow->mirrored || port == PORT_HTTPS || port == PORT_HTTPS_ALT ? "mirror" : "none");
}

static void record_use_of(struct credentials *credentials, struct sighting *sighting)
{
	const struct credential *credential = sighting->credential;
	struct record *use = sighting->use = record_new(&use_record, &credentials->scratch);

	if (!use)
		return;
	record_text(use, USE_CARRIER, bytes_text(credential->carrier));
	if (credential->scheme_name) {
		record_text(use, USE_SCHEME, bytes_text(credential->scheme_name));
	} else {
		uint8_t *lower = arena_alloc(&credentials->scratch, credential->scheme.len);

		for (size_t i = 0; lower && i < credential->scheme.len; i++)
			lower[i] = bytes_lower(credential->scheme.data[i]);
		record_text(use, USE_SCHEME, bytes_of(lower ? lower : (const uint8_t *)"", lower ? credential->scheme.len : 0));
	}
	if (sighting->message->damaged)
		record_flag(use, USE_GAP, true);
	record_text(use, USE_DECRYPTED, decrypted_by(sighting));
	if (sighting->token->bound && sighting->connection)
		facts_of_binding(use, sighting->fresh ? sighting->fresh : decode_credential(credentials->decode, credential, &credentials->scratch),
		    sighting->connection);
	facts_of_time(use, sighting->token, sighting->message->time_ns);
}

/* Of the rules that the token's bytes allow, those that this use allows too and that were not reported yet. */
static void narrow(struct credentials *credentials, struct hash128 id, const struct address *client, struct sighting *sighting)
{
	const struct token *token = sighting->token;
	size_t n = rules_narrow(credentials->rules, sighting->use, token->candidates, token->n_candidates, sighting->candidates);

	for (size_t i = 0; i < n; i++)
		if (alert_is_due(credentials, id, client, sighting->candidates[i]))
			sighting->candidates[sighting->n_candidates++] = sighting->candidates[i];
}

static void keep(struct credentials *credentials, struct transaction *transaction, struct hash128 id,
    const struct sighting *sighting, bool emit)
{
	struct arena *arena = &transaction->report.arena;
	struct use *use = arena_alloc(arena, sizeof *use);

	if (!use) {
		credentials->stats->token.refused++;
		return;
	}
	*use = (struct use){ .token_id = id, .emit = emit };
	use->record = record_copy(sighting->use, arena);
	use->rendered = arena_copy(arena, token_rendered(sighting->token));
	if (sighting->n_candidates) {
		use->token = sighting->fresh ? record_copy(sighting->fresh, arena) :
		    decode_credential(credentials->decode, sighting->credential, arena);
		use->rules = arena_alloc(arena, sighting->n_candidates * sizeof *use->rules);
	}
	if (!use->record || !use->rendered.data || (sighting->n_candidates && (!use->token || !use->rules))) {
		credentials->stats->token.refused++;
		return;
	}
	if (sighting->n_candidates) {
		memcpy(use->rules, sighting->candidates, sighting->n_candidates * sizeof *use->rules);
		use->n_rules = (uint16_t)sighting->n_candidates;
		use->token->rendered = use->rendered;
	}
	*transaction->report.last_use = use;
	transaction->report.last_use = &use->next;
}

static void credential_used(struct credentials *credentials, struct transactions *transactions, struct flow *flow,
    const struct record *connection, const struct http_message *message, struct found *found, struct transaction **transaction)
{
	struct credential *credential = &found->credential;
	const struct address *client = &flow->key.addr[flow->client];
	struct hash128 id = found->id;
	struct sighting sighting = { .credential = credential, .flow = flow, .connection = connection, .message = message,
		.candidates = credentials->narrowed };

	arena_reset(&credentials->scratch);
	sighting.token = token_cache_find(credentials->cache, id);
	if (sighting.token)
		credential->kind = (enum credential_kind)sighting.token->kind;
	else
		sighting.token = judge(credentials, id, &sighting);
	count_kind(credentials->stats, credential->kind);
	if (!sighting.token)
		return;
	/* Whether it is the first is decided when it is reported; here, only whether it could be. */
	bool emit = credentials->config->token == CONFIG_TOKEN_EACH ||
	    (credentials->config->token == CONFIG_TOKEN_FIRST && !first_seen_has(credentials->seen, found->first_use));

	if (!emit && !sighting.token->n_candidates)
		return; /* most uses: the token is known, and no rule could match it */
	record_use_of(credentials, &sighting);
	if (!sighting.use)
		return;
	narrow(credentials, id, client, &sighting);
	if (!emit && !sighting.n_candidates)
		return;
	if (!*transaction)
		*transaction = transaction_open(transactions, flow, connection, message);
	if (*transaction)
		keep(credentials, *transaction, id, &sighting, emit);
}

/* The kind, as far as the scheme says it, keeps apart what is the same secret under another scheme. */
static void fetch_ahead(const struct credentials *credentials, const struct flow *flow, struct found *found)
{
	const struct credential *credential = &found->credential;

	found->id = nh_bytes(&credentials->hash_key, credential->kind, credential->secret);
	struct mark mark = { found->id, flow->key.addr[flow->client], 0, 0 };

	token_cache_prefetch_place(credentials->cache, found->id);
	found->first_use = first_seen_mark(credentials->seen, mark_bytes(&mark));
	token_cache_prefetch_token(credentials->cache, found->id);
}

void credentials_find(struct credentials *credentials, const struct flow *flow, const struct http_message *message)
{
	struct credential cut[CREDENTIALS_PER_REQUEST];

	arena_reset(&credentials->undone);
	size_t n = carriers_find(message, NULL, &credentials->undone, cut, CREDENTIALS_PER_REQUEST);

	if (n > CREDENTIALS_PER_REQUEST) {
		credentials->stats->token.refused += n - CREDENTIALS_PER_REQUEST;
		n = CREDENTIALS_PER_REQUEST;
	}
	for (size_t i = 0; i < n; i++) {
		credentials->found[i].credential = cut[i];
		fetch_ahead(credentials, flow, &credentials->found[i]);
	}
	credentials->n_found = n;
}

void credentials_of_request(struct credentials *credentials, struct transactions *transactions, struct flow *flow,
    const struct record *connection, const struct http_message *message, struct transaction **transaction)
{
	for (size_t i = 0; i < credentials->n_found; i++)
		credential_used(credentials, transactions, flow, connection, message, &credentials->found[i], transaction);
}
