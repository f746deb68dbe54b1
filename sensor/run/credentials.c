#include "sensor/run/credentials.h"

#include <stdlib.h>

#include "sensor/detect/facts.h"
#include "sensor/output/eve.h"
#include "sensor/model/tls.h"
#include "sensor/run/marks.h"

enum {
	SCRATCH_BLOCK = 16384,
	SCRATCH_CAP = 8 << 20,
	WRAPPED_CAP = 2, /* credentials within credentials */
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
	arena_init(&credentials->cut, SCRATCH_BLOCK, &credentials->budget);
	credentials->more = (struct carriers_more){
		(const char *const *)config->token_headers.items, (const char *const *)config->token_cookies.items,
		(const char *const *)config->token_parameters.items,
		config->token_headers.n, config->token_cookies.n, config->token_parameters.n,
	};
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
	arena_fini(&credentials->cut);
}

bool credentials_alert_is_new(struct credentials *credentials, const struct use *use, const struct address *client,
    const struct rule *rule)
{
	struct mark mark = { use->token_id, *client, rule->gid, rule->sid, use->issued };

	return first_seen_add(credentials->alerted, first_seen_mark(credentials->alerted, mark_bytes(&mark))) ||
	    credentials->config->alert == CONFIG_ALERT_EACH;
}

bool credentials_use_is_due(struct credentials *credentials, const struct use *use, const struct address *client)
{
	struct mark mark = { use->token_id, *client, 0, 0, use->issued };

	return credentials->config->token == CONFIG_TOKEN_EACH ||
	    first_seen_add(credentials->seen, first_seen_mark(credentials->seen, mark_bytes(&mark)));
}

static void count_kind(struct stats *stats, enum credential_kind kind)
{
	stats->token.seen++;
	if (kind == CREDENTIAL_JWS || kind == CREDENTIAL_JWS_JSON)
		stats->token.jws++;
	else if (kind == CREDENTIAL_SAML)
		stats->token.saml++;
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
	struct hash128 id;
	const struct address *client;
	const struct flow *flow;
	const struct record *connection; /* tls_record of what carried it; NULL: nothing did */
	const struct http_message *message;
	const struct token *token;
	struct record *fresh;      /* the whole record where it was decoded just now */
	struct record *use;
	uint16_t *candidates;
	size_t n_candidates;
};

static const struct token *judge(struct credentials *credentials, struct sighting *sighting)
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
	return token_cache_add(credentials->cache, sighting->id, sighting->credential->kind, record, credentials->judged, n);
}

static bool is_issued(const struct sighting *sighting)
{
	return sighting->message->dir == TO_CLIENT;
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

/* In lower case. */
static struct bytes scheme_of(struct credentials *credentials, const struct credential *credential)
{
	if (credential->scheme_name)
		return bytes_text(credential->scheme_name);
	uint8_t *lower = arena_alloc(&credentials->scratch, credential->scheme.len);

	for (size_t i = 0; lower && i < credential->scheme.len; i++)
		lower[i] = bytes_lower(credential->scheme.data[i]);
	return lower ? bytes_of(lower, credential->scheme.len) : bytes_text("");
}

/* In these two fields a value without a scheme is worth telling. */
static bool tells_scheme(const struct credential *credential)
{
	return credential->scheme.len || strcmp(credential->carrier, "authorization") == 0 ||
	    strcmp(credential->carrier, "proxy-authorization") == 0;
}

static void record_use_of(struct credentials *credentials, struct sighting *sighting)
{
	const struct credential *credential = sighting->credential;
	struct record *use = sighting->use = record_new(&use_record, &credentials->scratch);

	if (!use)
		return;
	record_text(use, USE_CARRIER, bytes_text(credential->carrier));
	if (credential->name.len)
		record_text(use, USE_NAME, credential->name);
	if (tells_scheme(credential))
		record_text(use, USE_SCHEME, scheme_of(credentials, credential));
	if (sighting->message->damaged)
		record_flag(use, USE_GAP, true);
	record_text(use, USE_DECRYPTED, decrypted_by(sighting));
	if (sighting->token->bound && sighting->connection)
		facts_of_binding(use, sighting->fresh ? sighting->fresh : decode_credential(credentials->decode, credential, &credentials->scratch),
		    sighting->connection);
	facts_of_time(use, sighting->token, sighting->message->time_ns);
}

static bool alert_is_due(struct credentials *credentials, const struct sighting *sighting, uint16_t index)
{
	const struct rule *rule = rules_get(credentials->rules, index);
	struct mark mark = { sighting->id, *sighting->client, rule->gid, rule->sid, is_issued(sighting) };

	return credentials->config->alert == CONFIG_ALERT_EACH ||
	    !first_seen_has(credentials->alerted, first_seen_mark(credentials->alerted, mark_bytes(&mark)));
}

/* Of the rules that the token's bytes allow, those that this use allows too and that were not reported yet. */
static void narrow(struct credentials *credentials, struct sighting *sighting)
{
	const struct token *token = sighting->token;
	size_t n = rules_narrow(credentials->rules, sighting->use, token->candidates, token->n_candidates, sighting->candidates);

	for (size_t i = 0; i < n; i++)
		if (alert_is_due(credentials, sighting, sighting->candidates[i]))
			sighting->candidates[sighting->n_candidates++] = sighting->candidates[i];
}

static void keep(struct credentials *credentials, struct transaction *transaction, const struct sighting *sighting, bool emit)
{
	struct arena *arena = &transaction->report.arena;
	struct use *use = arena_alloc(arena, sizeof *use);

	if (!use) {
		credentials->stats->token.refused++;
		return;
	}
	*use = (struct use){ .token_id = sighting->id, .emit = emit, .issued = is_issued(sighting) };
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

/* Looks the token up, or decodes it; tells what there is to be told of its use. NULL: there was no room to decode it. */
static const struct token *credential_used(struct credentials *credentials, struct transactions *transactions, struct flow *flow,
    const struct record *connection, const struct http_message *message, struct found *found, struct transaction **transaction)
{
	struct sighting sighting = { .credential = &found->credential, .id = found->id, .client = &flow->key.addr[flow->client],
		.flow = flow, .connection = connection, .message = message, .candidates = credentials->narrowed };

	arena_reset(&credentials->scratch);
	sighting.token = token_cache_find(credentials->cache, found->id);
	if (sighting.token)
		found->credential.kind = (enum credential_kind)sighting.token->kind;
	else
		sighting.token = judge(credentials, &sighting);
	count_kind(credentials->stats, found->credential.kind);
	if (!sighting.token)
		return NULL;
	/* Whether it is the first is decided when it is reported; here, only whether it could be. */
	bool emit = credentials->config->token == CONFIG_TOKEN_EACH ||
	    (credentials->config->token == CONFIG_TOKEN_FIRST && !first_seen_has(credentials->seen, found->first_use));

	if (!emit && !sighting.token->n_candidates)
		return sighting.token; /* most uses: the token is known, and no rule could match it */
	record_use_of(credentials, &sighting);
	if (!sighting.use)
		return sighting.token;
	narrow(credentials, &sighting);
	if (!emit && !sighting.n_candidates)
		return sighting.token;
	if (!*transaction)
		*transaction = transaction_open(transactions, flow, connection, message);
	if (*transaction)
		keep(credentials, *transaction, &sighting, emit);
	return sighting.token;
}

/* The kind, as far as the scheme says it, keeps apart what is the same secret under another scheme; and what it is called, whether
 * its hash may be shown. */
static void fetch_ahead(const struct credentials *credentials, const struct flow *flow, const struct http_message *message,
    struct found *found)
{
	const struct credential *credential = &found->credential;

	found->id = nh_bytes(&credentials->hash_key, (unsigned)credential->kind << 1 | credential->weak, credential->secret);
	struct mark mark = { found->id, flow->key.addr[flow->client], 0, 0, message->dir == TO_CLIENT };

	token_cache_prefetch_place(credentials->cache, found->id);
	found->first_use = first_seen_mark(credentials->seen, mark_bytes(&mark));
	token_cache_prefetch_token(credentials->cache, found->id);
}

void credentials_find(struct credentials *credentials, const struct flow *flow, const struct http_message *message)
{
	struct credential cut[CREDENTIALS_PER_MESSAGE];

	arena_reset(&credentials->cut);
	size_t n = carriers_find(message, &credentials->more, &credentials->cut, cut, CREDENTIALS_PER_MESSAGE);

	if (n > CREDENTIALS_PER_MESSAGE) {
		credentials->stats->token.refused += n - CREDENTIALS_PER_MESSAGE;
		n = CREDENTIALS_PER_MESSAGE;
	}
	for (size_t i = 0; i < n; i++) {
		credentials->found[i].credential = cut[i];
		fetch_ahead(credentials, flow, message, &credentials->found[i]);
	}
	credentials->n_found = n;
}

void credentials_of_message(struct credentials *credentials, struct transactions *transactions, struct flow *flow,
    const struct record *connection, const struct http_message *message, struct transaction **transaction)
{
	for (size_t i = 0; i < credentials->n_found; i++) {
		struct found *found = &credentials->found[i];

		for (unsigned depth = 0;; depth++) {
			const struct token *token =
			    credential_used(credentials, transactions, flow, connection, message, found, transaction);
			struct credential outer = found->credential;

			if (!token || !token->wraps || depth == WRAPPED_CAP ||
			    !carriers_inner(&outer, &credentials->cut, &found->credential))
				break;
			fetch_ahead(credentials, flow, message, found);
		}
	}
	credentials->n_found = 0;
}
