#include "sensor/run/content.h"

#include "dissectors/app/redact.h"
#include "dissectors/app/tls_certificates.h"

enum { OUTBOX_BLOCK = 32768, OUTBOX_CAP = 8 << 20 };

static void tls_init(struct tls_env *tls, const struct config *config, const struct key_material *material)
{
	if (material) {
		tls->crypto = tls->hkdf.crypto = material->crypto;
		tls->secrets = material->secrets;
		tls->keys = material->keys;
	}
	tls->wait_len = (size_t)config->tls_wait_size;
	tls->wait_ns = config->tls_wait_ns;
	tls->search = config->tls_search < UINT32_MAX ? (uint32_t)config->tls_search : UINT32_MAX;
	tls->trials = TLS_TRIALS;
}

void content_init(struct content *content, const struct content_setup *setup, struct budget *budget, unsigned n_workers)
{
	const struct config *config = setup->config;

	content->messages = setup->messages;
	content->material = setup->material;
	content->streams = setup->streams;
	budget_init(&content->outbox_budget, OUTBOX_CAP, budget);
	budget_init(&content->layers_budget, (size_t)config->flow_memcap / n_workers, budget);
	layers_memory_init(&content->layers, content->streams, &content->layers_budget);
	arena_init(&content->arena, OUTBOX_BLOCK, &content->outbox_budget);
	content->outbox.arena = &content->arena;
	content->redact = (struct redact){ config->hash == CONFIG_HASH_PLAIN, (const char *const *)config->token_parameters.items,
		config->token_parameters.n };
	content->outbox.redact = &content->redact;
	content->outbox.tls = &content->tls;
	budget_init(&content->bodies_budget, (size_t)config->tx_memcap / n_workers, budget);
	content->bodies.cap = (size_t)config->body_size;
	content->bodies.budget = &content->bodies_budget;
	budget_init(&content->lasting_budget, (size_t)config->tx_memcap / n_workers / 2, &content->bodies_budget);
	content->bodies.lasting = &content->lasting_budget;
	content->outbox.bodies = &content->bodies;
	tls_init(&content->tls, config, content->material);
	content->tls.worker = setup->index;
	budget_init(&content->tls.budget, (size_t)config->tls_memcap / n_workers, budget);
	content->tls.certificates = tls_certificates_new(budget);
	waiters_init(&content->waiters, &content->tls.budget);
}

void content_fini(struct content *content)
{
	arena_fini(&content->arena);
	layers_memory_fini(&content->layers);
	waiters_fini(&content->waiters);
	hkdf_fini(&content->tls.hkdf);
	tls_certificates_free(content->tls.certificates);
}

void content_at(struct content *content, uint64_t number, int64_t now_ns)
{
	content->tls.number = number;
	content->tls.now_ns = now_ns;
	content->tls.may_come = content->material && key_material_may_come(content->material, number);
}

/* What a TLS connection said of waiting. */
static void note_waiting(struct content *content, const struct level *level)
{
	struct tls_env *tls = &content->tls;
	struct level above;

	if (!level_above(level, &above))
		return;
	if (tls->waits_no_more)
		waiters_remove(&content->waiters, above.upper);
	else
		waiters_add(&content->waiters, &tls->waits_for, level->flow, above.upper, content->tls.now_ns);
	tls->waits_for.len = 0;
	tls->waits_no_more = false;
}

/* What this level's dissector had to say, by what came in this direction. */
static inline void take_words(struct content *content, const struct level *level, enum direction dir, int64_t time_ns,
    uint64_t number)
{
	if (content->tls.waits_for.len || content->tls.waits_no_more)
		note_waiting(content, level);
	if (messages_are_in(&content->outbox))
		messages_take(content->messages, level, &content->outbox, dir, time_ns, number);
	else
		arena_reset(&content->arena); /* what was read and is not told must not add up */
}

/* The level's dissector is about to go. */
static void end_above(struct content *content, const struct level *level);

/* The content that this level has just handed out. False: nobody reads it any more. */
static bool feed_above(struct content *content, const struct level *level)
{
	struct level above;
	struct chunk chunk;

	if (!level_above(level, &above))
		return false;
	layers_enter(&above, &content->outbox.plain, &chunk);
	content_feed(content, &above, chunk.side, &chunk);
	return layers_listen(above.layers) && !(above.streams[0].skip_all && above.streams[1].skip_all);
}

void content_feed(struct content *content, const struct level *level, unsigned side, struct chunk *chunk)
{
	struct flow *flow = level->flow;
	enum layers_turn turn;

	flow->last_chunk_ns = chunk->time_ns;
	flow->last_chunk_number = chunk->number;
	if (layers_gather(level, side, chunk))
		return;
	do {
		turn = layers_step(level, side, &content->layers, chunk, &content->outbox);
		take_words(content, level, flow_direction(flow, side), chunk->time_ns, chunk->number);
		if (content->outbox.plain.there && !feed_above(content, level) && turn != LAYERS_GIVE_UP)
			turn = LAYERS_OVER;
		if (turn == LAYERS_GIVE_UP || turn == LAYERS_OVER)
			end_above(content, level);
	} while (layers_settle(level, side, &content->layers, chunk, turn));
}

void content_pull(struct content *content, struct flow *flow, unsigned side, bool flush)
{
	const struct level level = level_of(flow);
	struct segment *held;
	struct chunk chunk;

	while (stream_pull(&flow->streams[side], content->streams, content->tls.now_ns, flush, &chunk, &held)) {
		content_feed(content, &level, side, &chunk);
		stream_drop(content->streams, held);
	}
}

/* The direction is over, on this level and those above. */
static void level_end_stream(struct content *content, const struct level *level, unsigned side)
{
	const struct flow *flow = level->flow;
	struct level above;

	layers_end_stream(level, side, &content->layers, &content->outbox);
	take_words(content, level, flow_direction(flow, side), flow->last_chunk_ns, flow->last_chunk_number);
	if (!level_above(level, &above))
		return;
	if (content->outbox.plain.there)
		(void)feed_above(content, level);
	level_end_stream(content, &above, side);
}

/* Secrets came for a connection that waits, or it has waited long enough. */
static void wake(struct content *content, const struct waiter *waiter)
{
	struct flow *flow = waiter->flow;
	const struct upper *upper = waiter->upper;
	struct level level = level_of(flow), above;
	struct chunk nothing = { .data = bytes_of("", 0), .time_ns = flow->last_chunk_ns, .number = flow->last_chunk_number,
		.wakes = true };

	while (level_above(&level, &above) && above.upper != upper)
		level = above;
	content_feed(content, &level, 0, &nothing);
}

void content_end_stream(struct content *content, struct flow *flow, unsigned side)
{
	const struct level level = level_of(flow);

	level_end_stream(content, &level, side);
}

/* What the levels from this one up still have to say. */
static void level_end(struct content *content, const struct level *level)
{
	const struct flow *flow = level->flow;
	struct level above;

	if (level_above(level, &above)) {
		level_end(content, &above);
		waiters_remove(&content->waiters, above.upper);
	}
	layers_finish(level, &content->outbox);
	take_words(content, level, TO_CLIENT, flow->last_chunk_ns, flow->last_chunk_number);
}

static void end_above(struct content *content, const struct level *level)
{
	struct level above;

	if (!level_above(level, &above))
		return;
	for (unsigned i = 0; i < 2; i++)
		level_end_stream(content, &above, flow_side(level->flow, i ? TO_CLIENT : TO_SERVER));
	level_end(content, &above);
	waiters_remove(&content->waiters, above.upper);
}

void content_end(struct content *content, struct flow *flow)
{
	const struct level level = level_of(flow);

	for (unsigned i = 0; i < 2; i++) {
		unsigned side = flow_side(flow, i ? TO_CLIENT : TO_SERVER);

		content_pull(content, flow, side, true);
		content_end_stream(content, flow, side);
	}
	level_end(content, &level);
	layers_drop(&level, &content->layers);
}

bool content_waits(const struct flow *flow)
{
	struct level level = level_of((struct flow *)(uintptr_t)flow), above;

	for (; level_above(&level, &above); level = above) {
		const struct waiter *waiter = above.upper->waiter;

		if (waiter && waiter->since_ns != INT64_MAX)
			return true;
	}
	return false;
}

void content_secrets(struct content *content)
{
	struct session_key key;

	while (content->tls.secrets && secrets_news(content->tls.secrets, &content->n_news, content->tls.number, &key)) {
		struct waiter *waiter;

		while (key.kind == SESSION_BY_RANDOM && (waiter = waiters_next(&content->waiters, &key, content->n_news)))
			wake(content, waiter);
	}
}

void content_tick(struct content *content)
{
	struct waiter *waiter;

	content->tls.trials = TLS_TRIALS;
	while ((waiter = waiters_overdue(&content->waiters, content->tls.now_ns - content->tls.wait_ns)))
		wake(content, waiter);
}

void content_last(struct content *content)
{
	content->tls.number = UINT64_MAX - 1;
	content->tls.ending = true;
}

void content_stats(const struct content *content, struct stats *stats)
{
	const struct tls_counts *counts = &content->tls.counts;

	stats->tls.flows = counts->flows;
	stats->tls.decrypted = counts->decrypted;
	stats->tls.mirrored = counts->mirrored;
	stats->tls.no_secret = counts->no_secret;
	stats->tls.unsupported = counts->unsupported;
	stats->tls.bad_mac = counts->bad_mac;
	stats->tls.gap = counts->gap;
	stats->tls.cap = counts->cap;
	stats->tls.waiting = counts->waiting;
	stats->tls.waited = counts->waited;
	stats->tls.expired = counts->expired;
	stats->tls.resynchronised = counts->resynchronised;
	stats->tls.records = counts->records;
	stats->tls.bad_records = counts->bad_records;
	stats->tls.memuse = content->tls.budget.used;
	stats->app_layer.given_up = content->layers.n_given_up;
	stats->app_layer.bodies = content->bodies.counts.kept;
	stats->app_layer.bodies_cut = content->bodies.counts.cut;
	stats->app_layer.bodies_refused = content->bodies.counts.refused;
}
