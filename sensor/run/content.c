#include "sensor/run/content.h"

#include <stdlib.h>

enum { OUTBOX_BLOCK = 32768, OUTBOX_CAP = 8 << 20, WAKES_FIRST = 64 };

static void tls_init(struct tls_env *tls, const struct config *config, const struct key_material *material)
{
	if (material) {
		tls->crypto = material->crypto;
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
	content->outbox.reveal_weak = config->hash == CONFIG_HASH_PLAIN;
	content->outbox.tls = &content->tls;
	tls_init(&content->tls, config, content->material);
	content->tls.worker = setup->index;
	budget_init(&content->tls.budget, (size_t)config->tls_memcap / n_workers, budget);
	waiters_init(&content->waiters, &content->tls.budget);
}

void content_fini(struct content *content)
{
	arena_fini(&content->arena);
	layers_memory_fini(&content->layers);
	waiters_fini(&content->waiters);
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

	if ((!tls->waits_for.len && !tls->waits_no_more) || !level_above(level, &above))
		return;
	if (tls->waits_no_more)
		waiters_remove(&content->waiters, above.upper);
	else
		waiters_add(&content->waiters, &tls->waits_for, level->flow, above.upper, content->tls.now_ns);
	tls->waits_for.len = 0;
	tls->waits_no_more = false;
}

/* The level's dissector is about to go. */
static void end_above(struct content *content, const struct level *level);

void content_feed(struct content *content, const struct level *level, unsigned side, struct chunk *chunk)
{
	struct flow *flow = level->flow;
	struct level above;
	enum layers_turn turn;

	flow->last_chunk_ns = chunk->time_ns;
	flow->last_chunk_number = chunk->number;
	do {
		turn = layers_step(level, side, &content->layers, chunk, &content->outbox);
		struct outbox_plain plain = content->outbox.plain;

		note_waiting(content, level);
		messages_take(content->messages, level, &content->outbox, flow_direction(flow, side), chunk->time_ns, chunk->number);
		if (plain.there && level_above(level, &above)) {
			layers_enter(&above, plain.chunk.side, &plain.chunk);
			content_feed(content, &above, plain.chunk.side, &plain.chunk);
		}
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
	struct outbox_plain plain = content->outbox.plain;

	note_waiting(content, level);
	messages_take(content->messages, level, &content->outbox, flow_direction(flow, side), flow->last_chunk_ns, flow->last_chunk_number);
	if (!level_above(level, &above))
		return;
	if (plain.there) {
		layers_enter(&above, plain.chunk.side, &plain.chunk);
		content_feed(content, &above, plain.chunk.side, &plain.chunk);
	}
	level_end_stream(content, &above, side);
}

/* An empty chunk, for a dissector that waits. */
static void feed_nothing(struct content *content, const struct level *level)
{
	const struct flow *flow = level->flow;
	struct chunk nothing = { .data = bytes_of("", 0), .time_ns = flow->last_chunk_ns, .number = flow->last_chunk_number };

	content_feed(content, level, 0, &nothing);
}

/* A connection has waited long enough. */
static void wake(struct content *content, const struct waiter *waiter)
{
	struct flow *flow = waiter->flow;
	const struct upper *upper = waiter->upper;
	struct level level = level_of(flow), above;

	while (level_above(&level, &above) && above.upper != upper)
		level = above;
	feed_nothing(content, &level);
}

/* ---- secrets that came ---- */

/* Flows that wait for them, and for which. */
struct wakes {
	struct wake {
		struct flow *flow;
		uint64_t flow_id;
		size_t n;
		struct session_key key;
	} *items;
	size_t n, cap;
};

/* On whatever level of the flow that is waited for. */
static void wake_for(struct content *content, struct flow *flow, const struct session_key *key)
{
	struct level level = level_of(flow), above;

	for (; level_above(&level, &above); level = above) {
		const struct waiter *waiter = above.upper->waiter;

		if (waiter && memcmp(&waiter->key, key, sizeof *key) == 0)
			feed_nothing(content, &level);
		if (!level_above(&level, &above))
			return;
	}
}

static bool wakes_add(struct wakes *wakes, struct flow *flow, const struct session_key *key, struct budget *budget)
{
	if (wakes->n == wakes->cap) {
		size_t cap = wakes->cap ? wakes->cap * 2 : WAKES_FIRST;
		struct wake *items = budget_alloc(budget, cap * sizeof *items);

		if (!items)
			return false;
		if (wakes->n)
			memcpy(items, wakes->items, wakes->n * sizeof *items);
		budget_free(budget, wakes->items, wakes->cap * sizeof *items);
		wakes->items = items;
		wakes->cap = cap;
	}
	wakes->items[wakes->n] = (struct wake){ flow, flow_facts_of(flow).flow_id, wakes->n, *key };
	wakes->n++;
	return true;
}

static int wake_order(const void *a, const void *b)
{
	const struct wake *first = a, *second = b;

	if (first->flow_id != second->flow_id)
		return first->flow_id < second->flow_id ? -1 : 1;
	return first->n < second->n ? -1 : 1;
}

/* In the order of what is said about them then: which use of a token is its first must not depend on the number of workers. */
static void wakes_do(struct content *content, struct wakes *wakes)
{
	if (wakes->n)
		qsort(wakes->items, wakes->n, sizeof *wakes->items, wake_order);
	for (size_t i = 0; i < wakes->n; i++)
		wake_for(content, wakes->items[i].flow, &wakes->items[i].key);
	budget_free(&content->layers_budget, wakes->items, wakes->cap * sizeof *wakes->items);
}

bool content_waits(struct flow *flow)
{
	struct level level = level_of(flow), above;
	bool waits = false;

	for (; !waits && level_above(&level, &above); level = above)
		waits = above.upper->waiter != NULL;
	return waits;
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
	messages_take(content->messages, level, &content->outbox, TO_CLIENT, flow->last_chunk_ns, flow->last_chunk_number);
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

void content_secrets(struct content *content)
{
	struct wakes wakes = { 0 };
	struct session_key key;

	while (content->tls.secrets && secrets_news(content->tls.secrets, &content->n_news, content->tls.number, &key)) {
		struct waiter *waiter;

		while (key.kind == SESSION_BY_RANDOM && (waiter = waiters_next(&content->waiters, &key, content->n_news)))
			if (!wakes_add(&wakes, waiter->flow, &key, &content->layers_budget))
				wake(content, waiter);
	}
	wakes_do(content, &wakes);
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
}
