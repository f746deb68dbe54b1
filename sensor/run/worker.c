#include "sensor/run/worker.h"

#include <assert.h>
#include <stdlib.h>

#include "sensor/flow/connection.h"
#include "sensor/flow/defrag.h"
#include "sensor/flow/label.h"
#include "sensor/flow/layers.h"
#include "sensor/flow/suspicion.h"
#include "sensor/run/reporter.h"
#include "sensor/run/undecoded.h"
#include "sensor/run/waiters.h"

enum {
	OUTBOX_BLOCK = 32768,
	OUTBOX_CAP = 8 << 20,
	QUEUE_SEGMENTS = 512,
	ODD_PER_SECOND = 16,       /* anomalies of fragments: anybody can send those */
	PREFETCH = 8,  /* packets whose flows are fetched ahead */
};

struct worker {
	const struct config *config;
	struct key_material *material; /* NULL: TLS is not decrypted */
	unsigned index;            /* of all workers */
	const struct rules *rules;
	struct stats stats;
	uint64_t number;           /* of the packet at hand */
	bool by_packet;            /* it is being worked on, not what the time brings to an end */
	int64_t clock_ns;
	struct report_list *out;   /* of the call at hand */
	unsigned n_odd;            /* fragments told of in this second */
	struct budget budget;
	struct budget outbox_budget;
	struct budget layers_budget;
	struct flow_table *flows;
	struct stream_memory streams;
	struct layers_memory layers;
	struct labeller *labeller; /* NULL: labels are off */
	struct reports_memory reports;
	struct transactions transactions;
	struct credentials credentials;
	struct reporter reporter;
	struct tls_env tls;
	struct waiters waiters;
	uint64_t n_news;           /* of secrets, that were heard */
	struct arena arena;        /* of the outbox */
	struct outbox outbox;
};

/* A worker's part of what the run may use. */
static size_t part(int64_t whole, unsigned n_workers)
{
	return (size_t)whole / n_workers;
}

static void memory_init(struct worker *worker, const struct config *config, unsigned n)
{
	uint32_t queue_len = config->tcp_queue < UINT32_MAX ? (uint32_t)config->tcp_queue : UINT32_MAX;
	struct stream_limits limits = { .queue_len = queue_len, .queue_n = QUEUE_SEGMENTS, .hole_acked_ns = config->hole_acked_ns,
		.hole_ns = config->hole_ns, .policy = (enum overlap_policy)config->tcp_policy,
		.urgent = (enum urgent_policy)config->tcp_urgent, .checksum = (enum checksum_policy)config->tcp_checksum };

	budget_init(&worker->budget, part(config->memcap, n), NULL);
	budget_init(&worker->outbox_budget, OUTBOX_CAP, &worker->budget);
	budget_init(&worker->layers_budget, part(config->flow_memcap, n), &worker->budget);
	stream_memory_init(&worker->streams, part(config->tcp_memcap, n), &limits, &worker->budget);
	layers_memory_init(&worker->layers, &worker->streams, &worker->layers_budget);
	reports_memory_init(&worker->reports, part(config->tx_memcap, n), &worker->budget);
	worker->transactions.memory = &worker->reports;
	arena_init(&worker->arena, OUTBOX_BLOCK, &worker->outbox_budget);
	worker->outbox.arena = &worker->arena;
	budget_init(&worker->tls.budget, part(config->tls_memcap, n), &worker->budget);
	waiters_init(&worker->waiters, &worker->tls.budget);
}

static void tls_init(struct worker *worker, const struct config *config)
{
	struct tls_env *tls = &worker->tls;

	if (worker->material) {
		tls->crypto = worker->material->crypto;
		tls->secrets = worker->material->secrets;
		tls->keys = worker->material->keys;
	}
	tls->wait_len = (size_t)config->tls_wait_size;
	tls->wait_ns = config->tls_wait_ns;
	tls->search = config->tls_search < UINT32_MAX ? (uint32_t)config->tls_search : UINT32_MAX;
	tls->trials = TLS_TRIALS;
	tls->worker = worker->index;
	tls->wants_events = config->tls || rules_are_about(worker->rules, RECORD_TLS);
	worker->outbox.tls = tls;
}

struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules,
    const struct worker_shared *shared, unsigned index)
{
	unsigned n_workers = shared->n_workers;
	struct flow_timeouts timeouts = { { config->new_ns, config->established_ns, config->closed_ns } };
	struct worker *worker = calloc(1, sizeof *worker);

	if (!worker)
		return NULL;
	worker->config = config;
	worker->rules = rules;
	worker->material = shared->material;
	worker->index = index;
	memory_init(worker, config, n_workers);
	tls_init(worker, config);
	worker->outbox.reveal_weak = config->hash == CONFIG_HASH_PLAIN;
	worker->flows = flow_table_new(part(config->flow_memcap, n_workers), part(config->flow_max, n_workers), &timeouts,
	    &worker->budget);
	worker->labeller = config->labels ? labeller_new(&worker->budget, shared->labels) : NULL;
	bool ok = credentials_init(&worker->credentials, config, decode, rules, &worker->stats, shared->hash_key, &worker->budget,
	    part(config->token_memcap, n_workers));

	ok &= reporter_init(&worker->reporter, config, rules, &worker->credentials, &worker->reports, &worker->stats);
	if (!ok || !worker->flows || (config->labels && !worker->labeller)) {
		worker_free(worker);
		return NULL;
	}
	flow_table_share_key(worker->flows, shared->hash_key);
	return worker;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	credentials_fini(&worker->credentials);
	reporter_fini(&worker->reporter);
	labeller_free(worker->labeller);
	arena_fini(&worker->arena);
	reports_memory_fini(&worker->reports);
	layers_memory_fini(&worker->layers);
	waiters_fini(&worker->waiters);
	stream_memory_fini(&worker->streams);
	flow_table_free(worker->flows);
	assert(worker->budget.used == 0);
	free(worker);
}

/* ---- reports ---- */

/* Something to be said of the packet at hand or, outside of packets, of a flow whose time is over. */
static void say(struct worker *worker, struct report *report)
{
	if (!report)
		return;
	report->key = (struct report_key){ worker->number, worker->by_packet, report->flow.flow_id };
	report_list_add(worker->out, report);
}

static void report(struct worker *worker, struct transaction *transaction)
{
	const struct flow *flow = transaction->flow;
	struct report *report = transaction_take(&worker->transactions, transaction);

	if (reporter_transaction(&worker->reporter, report, flow))
		say(worker, report);
	else
		report_free(&worker->reports, report);
}

static void request(struct worker *worker, const struct level *level, const struct http_message *message)
{
	struct flow *flow = level->flow;
	const struct record *connection = level_facts(level);
	struct transaction *transaction = NULL;

	credentials_find(&worker->credentials, flow, message);
	worker->stats.app_layer.http_tx++;
	if (!flow->seen_http) {
		flow->seen_http = true;
		worker->stats.app_layer.http_flows++;
	}
	if (worker->labeller && !flow->labelled)
		labeller_http(worker->labeller, flow, message);
	if (worker->config->http)
		transaction = transaction_open(&worker->transactions, flow, connection, message);
	size_t n = rules_candidates(worker->rules, message->record, worker->reporter.candidates, rules_count(worker->rules));

	credentials_of_request(&worker->credentials, &worker->transactions, flow, connection, message, &transaction);
	if (n && !transaction)
		transaction = transaction_open(&worker->transactions, flow, connection, message);
	if (!transaction)
		return;
	struct report *said = &transaction->report;

	said->emit = worker->config->http;
	said->rules = n ? arena_alloc(&said->arena, n * sizeof *said->rules) : NULL;
	if (said->rules) {
		memcpy(said->rules, worker->reporter.candidates, n * sizeof *said->rules);
		said->n_rules = (uint16_t)n;
	}
	if (transaction_count(flow) > TRANSACTIONS_PER_FLOW) {
		worker->transactions.n_forced++;
		report(worker, flow->transactions);
	}
}

static void response(struct worker *worker, struct flow *flow, const struct http_message *message)
{
	struct transaction *transaction = transaction_find(flow, message->tx);

	if (!message->is_end) {
		worker->stats.app_layer.http_responses++;
		if (worker->labeller && !flow->labelled)
			labeller_http(worker->labeller, flow, message);
		if (!flow->seen_http) {
			flow->seen_http = true;
			worker->stats.app_layer.http_flows++;
		}
	}
	if (!transaction) {
		if (!message->is_end && worker->config->http && flow->streams[flow->client].n_packets == 0)
			say(worker, reporter_response(&worker->reporter, flow, message));
		return;
	}
	transaction_answer(transaction, message);
	/* an http event waits for the length of the body */
	if (message->is_end || !transaction->report.emit)
		report(worker, transaction);
}

static void drain(struct worker *worker, const struct level *level, enum direction dir, int64_t time_ns, uint64_t number)
{
	struct outbox *out = &worker->outbox;
	struct flow *flow = level->flow;

	if (!out->n_messages && !out->n_anomalies && !out->child && !out->connection)
		return;
	for (size_t i = 0; i < out->n_messages; i++) {
		const struct http_message *message = &out->messages[i];

		if (message->dir == TO_CLIENT)
			response(worker, flow, message);
		else if (!message->is_end)
			request(worker, level, message);
	}
	if (out->connection)
		say(worker, reporter_connection(&worker->reporter, flow, out->connection, time_ns, number));
	for (size_t i = 0; i < out->n_anomalies; i++)
		say(worker, reporter_anomaly(&worker->reporter, flow, out->anomalies[i], dir, time_ns, number));
	arena_reset(&worker->arena);
	out->n_messages = out->n_anomalies = 0;
	out->child = NULL;
	out->connection = NULL;
}

/* What a TLS connection said of waiting. */
static void note_waiting(struct worker *worker, const struct level *level)
{
	struct tls_env *tls = &worker->tls;
	struct level above;

	if ((!tls->waits_for.len && !tls->waits_no_more) || !level_above(level, &above))
		return;
	if (tls->waits_no_more)
		waiters_remove(&worker->waiters, above.upper);
	else
		waiters_add(&worker->waiters, &tls->waits_for, level->flow, above.upper, worker->clock_ns);
	tls->waits_for.len = 0;
	tls->waits_no_more = false;
}

/* ---- streams ---- */

static void end_above(struct worker *worker, const struct level *level);

static void work_off(struct worker *worker, const struct level *level, unsigned side, struct chunk *chunk)
{
	struct flow *flow = level->flow;
	struct level above;
	enum layers_turn turn;

	flow->last_chunk_ns = chunk->time_ns;
	flow->last_chunk_number = chunk->number;
	do {
		turn = layers_step(level, side, &worker->layers, chunk, &worker->outbox);
		struct outbox_plain plain = worker->outbox.plain;

		note_waiting(worker, level);
		drain(worker, level, flow_direction(flow, side), chunk->time_ns, chunk->number);
		if (plain.there && level_above(level, &above)) {
			layers_enter(&above, plain.chunk.side, &plain.chunk);
			work_off(worker, &above, plain.chunk.side, &plain.chunk);
		}
		if (turn == LAYERS_GIVE_UP || turn == LAYERS_OVER)
			end_above(worker, level);
	} while (layers_settle(level, side, &worker->layers, chunk, turn));
}

static void pull_all(struct worker *worker, struct flow *flow, unsigned side, bool flush)
{
	struct segment *held;
	struct chunk chunk;

	const struct level level = level_of(flow);

	while (stream_pull(&flow->streams[side], &worker->streams, worker->clock_ns, flush, &chunk, &held)) {
		work_off(worker, &level, side, &chunk);
		stream_drop(&worker->streams, held);
	}
}

/* The direction is over, on this level and those above. */
static void level_end_stream(struct worker *worker, const struct level *level, unsigned side)
{
	const struct flow *flow = level->flow;
	struct level above;

	layers_end_stream(level, side, &worker->layers, &worker->outbox);
	struct outbox_plain plain = worker->outbox.plain;

	note_waiting(worker, level);
	drain(worker, level, flow_direction(flow, side), flow->last_chunk_ns, flow->last_chunk_number);
	if (!level_above(level, &above))
		return;
	if (plain.there) {
		layers_enter(&above, plain.chunk.side, &plain.chunk);
		work_off(worker, &above, plain.chunk.side, &plain.chunk);
	}
	level_end_stream(worker, &above, side);
}

/* Secrets came for a connection that waits, or it has waited long enough. */
static void wake(struct worker *worker, const struct waiter *waiter)
{
	struct flow *flow = waiter->flow;
	const struct upper *upper = waiter->upper;
	struct level level = level_of(flow), above;
	struct chunk nothing = { .data = bytes_of("", 0), .time_ns = flow->last_chunk_ns, .number = flow->last_chunk_number };

	while (level_above(&level, &above) && above.upper != upper)
		level = above;
	work_off(worker, &level, 0, &nothing);
}

static void end_stream(struct worker *worker, struct flow *flow, unsigned side)
{
	const struct level level = level_of(flow);

	level_end_stream(worker, &level, side);
}

/* What the levels from this one up still have to say. */
static void level_end(struct worker *worker, const struct level *level)
{
	const struct flow *flow = level->flow;
	struct level above;

	if (level_above(level, &above)) {
		level_end(worker, &above);
		waiters_remove(&worker->waiters, above.upper);
	}
	layers_finish(level, &worker->outbox);
	drain(worker, level, TO_CLIENT, flow->last_chunk_ns, flow->last_chunk_number);
}

/* The level's dissector is about to go. */
static void end_above(struct worker *worker, const struct level *level)
{
	struct level above;

	if (!level_above(level, &above))
		return;
	for (unsigned i = 0; i < 2; i++)
		level_end_stream(worker, &above, flow_side(level->flow, i ? TO_CLIENT : TO_SERVER));
	level_end(worker, &above);
	waiters_remove(&worker->waiters, above.upper);
}

/* Everything a flow still has to say is said; its memory but its own struct goes back. */
static void flow_end(struct worker *worker, struct flow *flow)
{
	for (unsigned i = 0; i < 2; i++) {
		unsigned side = flow_side(flow, i ? TO_CLIENT : TO_SERVER);

		pull_all(worker, flow, side, true);
		end_stream(worker, flow, side);
	}
	const struct level level = level_of(flow);

	level_end(worker, &level);
	layers_drop(&level, &worker->layers);
	while (flow->transactions)
		report(worker, flow->transactions);
	for (unsigned side = 0; side < 2; side++)
		stream_end(&flow->streams[side], &worker->streams);
	if (worker->labeller)
		labeller_end(worker->labeller, flow);
}

static void flow_retire(struct worker *worker, struct flow *flow)
{
	flow_end(worker, flow);
	undecoded_count(&worker->stats, flow);
	flow_table_release(worker->flows, flow);
}

/* ---- packets ---- */

static enum flow_state tcp_state(struct flow *flow, unsigned side, const struct packet *packet)
{
	const struct stream *streams = flow->streams;
	bool syn = packet->tcp_flags & TCP_SYN;

	/* Who sends on after its own RST did not send it, or its peer refused it. */
	if (syn || (packet->payload.len && side == flow->reset_side))
		flow->was_reset = false;
	if (flow->was_reset || connection_is_over(flow))
		return FLOW_CLOSED;
	if (packet->payload.len || (!syn && streams[0].started && streams[1].started))
		return FLOW_ESTABLISHED;
	return flow->state == FLOW_CLOSED ? FLOW_NEW : (enum flow_state)flow->state;
}

static void tcp_close(struct worker *worker, struct flow *flow)
{
	flow_end(worker, flow);
	flow_table_set_state(worker->flows, flow, FLOW_CLOSED);
}

/* Whether a RST was heeded shows in what follows: its receiver may know better, for instance by a signature (RFC 2385, RFC 5925).
 * The flow is kept for as long as a closed one, and ends then. What a RST carries is never data (RFC 9293 3.5.3). */
static void tcp_reset(struct worker *worker, struct flow *flow, unsigned side, const struct packet *packet)
{
	worker->stats.tcp.rst++;
	if (!connection_reset_fits(flow, side, packet))
		return;
	flow->was_reset = true;
	flow->reset_side = (uint8_t)(side & 1);
	flow_table_set_state(worker->flows, flow, FLOW_CLOSED);
}

static void tcp_segment(struct worker *worker, struct flow *flow, unsigned side, const struct packet *packet,
    enum suspicion suspicion)
{
	const struct level level = level_of(flow);
	struct stream_input input;

	stream_push_suspect(&flow->streams[side], &worker->streams, packet, suspicion, &input);
	if (packet->tcp_flags & TCP_ACK)
		stream_acked(&flow->streams[!side], &worker->streams, packet->tcp_ack);
	if (flow->streams[!side].queue) /* what it acknowledges was said before what it says */
		pull_all(worker, flow, !side, false);
	if (input.now.data.len)
		work_off(worker, &level, side, &input.now);
	if (input.differs && !suspicion_explains(flow, side, packet, &worker->streams))
		outbox_anomaly(&worker->outbox, "stream.overlap_disagrees");
	if (input.insertion)
		outbox_anomaly(&worker->outbox, "stream.insertion");
	if (input.urgent)
		outbox_anomaly(&worker->outbox, "stream.urgent_data");
	drain(worker, &level, flow_direction(flow, side), packet->time_ns, packet->number);
	for (unsigned s = 0; s < 2; s++) {
		if (flow->streams[s].queue)
			pull_all(worker, flow, s, false);
		if (!flow->streams[s].last_fed && stream_at_end(&flow->streams[s]))
			end_stream(worker, flow, s);
	}
	if (stream_at_end(&flow->streams[0]) && stream_at_end(&flow->streams[1]))
		tcp_close(worker, flow);
	else
		flow_table_set_state(worker->flows, flow, tcp_state(flow, side, packet));
}

static void tcp_packet(struct worker *worker, struct flow *flow, unsigned side, const struct packet *packet)
{
	if (suspicion_is_duplicate(flow, side, packet, &worker->streams))
		return;
	enum suspicion suspicion = suspicion_of(flow, side, packet, &worker->streams);

	if (suspicion == SUSPICION_DROP)
		return;
	if (flow->streams[side].ended)
		worker->stats.tcp.rst += (packet->tcp_flags & TCP_RST) != 0;
	else if (packet->tcp_flags & TCP_RST)
		tcp_reset(worker, flow, side, packet);
	else if (!connection_is_foreign_syn(flow, side, packet))
		tcp_segment(worker, flow, side, packet, suspicion);
}

/* Makes room where a cap is reached. */
static void evict(struct worker *worker)
{
	struct flow *flow;

	while ((flow = flow_table_evict(worker->flows)))
		flow_retire(worker, flow);
}

/* Another second began: what waited long enough ends. */
static void tick(struct worker *worker)
{
	struct report **from = worker->out->last;
	struct flow *flow;
	struct transaction *transaction;
	struct waiter *waiter;

	while ((flow = flow_table_expire(worker->flows, worker->clock_ns)))
		flow_retire(worker, flow);
	worker->tls.trials = TLS_TRIALS;
	while ((waiter = waiters_overdue(&worker->waiters, worker->clock_ns - worker->config->tls_wait_ns)))
		wake(worker, waiter);
	while ((transaction = transaction_overdue(&worker->transactions, worker->clock_ns - worker->config->response_ns)))
		report(worker, transaction);
	report_list_sort(worker->out, from);
	worker->n_odd = 0;
}

/* Secrets were added that are known from worker->number on. What is said of it is to be sorted as in tick(). */
static void secrets_came(struct worker *worker)
{
	struct report **from = worker->out->last;
	struct session_key key;

	while (worker->tls.secrets && secrets_news(worker->tls.secrets, &worker->n_news, worker->number, &key)) {
		struct waiter *next = key.kind == SESSION_BY_RANDOM ? waiters_find(&worker->waiters, &key, NULL) : NULL;

		while (next) {
			struct waiter *waiter = next;

			next = waiters_find(&worker->waiters, &key, waiter);
			wake(worker, waiter);
		}
	}
	report_list_sort(worker->out, from);
}

static void flow_begins(struct worker *worker, const struct packet *packet)
{
	bool tcp = packet->ip_proto == IP_PROTO_TCP;

	worker->stats.flow.total++;
	worker->stats.flow.tcp += tcp;
	worker->stats.flow.udp += packet->ip_proto == IP_PROTO_UDP;
	worker->stats.tcp.sessions += tcp;
	worker->stats.tcp.midstream_pickups += tcp && !(packet->tcp_flags & TCP_SYN);
}

static struct flow_lookup flow_of(struct worker *worker, const struct item *item)
{
	const struct packet *packet = &item->packet;
	struct flow_lookup lookup = flow_table_find(worker->flows, packet, &item->route);
	bool old_tcp = lookup.flow && !lookup.is_new && packet->ip_proto == IP_PROTO_TCP;

	if (old_tcp && connection_begins_anew(lookup.flow, lookup.side, packet) &&
	    suspicion_believes(lookup.flow, lookup.side, packet, &worker->streams)) {
		struct connection_start start = connection_start_of(lookup.flow);

		flow_table_remove(worker->flows, lookup.flow);
		flow_retire(worker, lookup.flow);
		lookup = flow_table_find(worker->flows, packet, &item->route);
		if (lookup.flow && (packet->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
			connection_adopt(lookup.flow, &start);
	}
	if (lookup.flow && lookup.is_new)
		flow_begins(worker, packet);
	return lookup;
}

/* What is read is labelled by its requests, and of what TLS hides there are events only when somebody asks. */
static bool wants_label(const struct worker *worker, const struct flow *flow)
{
	const struct dissector *dissector = flow->layers.dissector;

	return !dissector || (dissector->decrypts && worker->tls.wants_events);
}

static void packet_in(struct worker *worker, const struct item *item)
{
	const struct packet *packet = &item->packet;

	evict(worker);
	struct flow_lookup lookup = flow_of(worker, item);
	struct flow *flow = lookup.flow;

	if (!flow) {
		worker->stats.flow.refused++;
		return;
	}
	struct stream *stream = &flow->streams[lookup.side];

	stream->n_packets++;
	stream->n_bytes += packet->wire_len;
	if (packet->ip_proto == IP_PROTO_TCP) {
		worker->stats.tcp.syn += (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
		worker->stats.tcp.synack += (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
		tcp_packet(worker, flow, lookup.side, packet);
	}
	undecoded_look(flow, packet);
	if (!flow->labelled && worker->labeller && packet->payload.len && wants_label(worker, flow))
		labeller_packet(worker->labeller, flow, packet, lookup.side);
}

/* What is odd about a fragment: it has no flow, and is told as if it were one of its own. */
static void odd(struct worker *worker, const struct item *item)
{
	struct flow none = { .client = (uint8_t)(item->route.side & 1), .start_ns = item->packet.time_ns };

	flow_key_of(&item->packet, &none.key);
	none.streams[item->route.side].n_packets = 1;
	none.streams[item->route.side].n_bytes = item->packet.wire_len;
	for (unsigned i = 0; i < DEFRAG_ODDS; i++) {
		if (!(item->odd & 1u << i))
			continue;
		struct report *report = worker->n_odd++ < ODD_PER_SECOND ? reporter_anomaly(&worker->reporter, &none,
		    defrag_odd_word((enum defrag_odd)i), TO_SERVER, item->packet.time_ns, item->number) : NULL;

		if (report)
			report->flow.fragment = true;
		else
			worker->stats.app_layer.anomalies_suppressed++;
		say(worker, report);
	}
}

static void item_in(struct worker *worker, const struct item *item)
{
	worker->number = item->number;
	if (item->clock_ns > worker->clock_ns)
		worker->clock_ns = item->clock_ns;
	worker->tls.number = item->number;
	worker->tls.now_ns = worker->clock_ns;
	worker->tls.may_come = worker->material && key_material_may_come(worker->material, item->number);
	flow_table_clock(worker->flows, worker->clock_ns);
	worker->by_packet = item->kind == ITEM_PACKET || item->kind == ITEM_ODD;
	switch (item->kind) {
	case ITEM_PACKET:
		packet_in(worker, item);
		break;
	case ITEM_ODD:
		odd(worker, item);
		break;
	case ITEM_TICK:
		tick(worker);
		break;
	case ITEM_SECRETS:
		secrets_came(worker);
		break;
	}
}

/* A flow is rarely in the cache when its packet comes: its place is fetched two steps ahead, the flow one. */
static void fetch_ahead(const struct worker *worker, const struct item *items, size_t n, size_t at)
{
	if (at + 2 * PREFETCH < n && items[at + 2 * PREFETCH].kind == ITEM_PACKET)
		flow_table_prefetch_place(worker->flows, &items[at + 2 * PREFETCH].route);
	if (at + PREFETCH < n && items[at + PREFETCH].kind == ITEM_PACKET)
		flow_table_prefetch_flow(worker->flows, &items[at + PREFETCH].route);
}

void worker_take(struct worker *worker, const struct item *items, size_t n, struct report_list *out)
{
	worker->out = out;
	for (size_t i = 0; i < n; i++) {
		fetch_ahead(worker, items, n, i);
		item_in(worker, &items[i]);
	}
}

void worker_finish(struct worker *worker, struct report_list *out)
{
	struct report **from = out->last;
	struct flow *flow;

	worker->out = out;
	worker->number = UINT64_MAX;
	worker->by_packet = false;
	worker->tls.number = UINT64_MAX - 1;
	worker->tls.ending = true;
	while ((flow = flow_table_drain(worker->flows)))
		flow_retire(worker, flow);
	report_list_sort(out, from);
}

/* Those of `found`, in the report's memory; none where it has no more. */
static uint16_t keep(struct report *report, const uint16_t *found, size_t n, uint16_t **rules)
{
	*rules = n ? arena_alloc(&report->arena, n * sizeof **rules) : NULL;
	if (!*rules)
		return 0;
	memcpy(*rules, found, n * sizeof **rules);
	return (uint16_t)n;
}

/* The rules that are left for what waits are found anew: of a token, where its record was kept; else the old rules had nothing
 * against it. */
static void rejudge(struct worker *worker, struct report *report)
{
	uint16_t *room = worker->reporter.candidates;
	size_t cap = rules_count(worker->rules), n = rules_candidates(worker->rules, report->record, room, cap);

	report->n_rules = keep(report, room, n, &report->rules);
	for (struct use *use = report->uses; use; use = use->next) {
		n = use->token ? rules_candidates(worker->rules, use->token, room, cap) : 0;
		n = rules_narrow(worker->rules, use->record, room, n, room);
		use->n_rules = keep(report, room, n, &use->rules);
	}
}

void worker_reload(struct worker *worker, const struct rules *rules)
{
	worker->rules = rules;
	worker->tls.wants_events = worker->config->tls || rules_are_about(rules, RECORD_TLS);
	credentials_reload(&worker->credentials, rules);
	reporter_reload(&worker->reporter, rules);
	for (struct transaction *waits = worker->transactions.oldest; waits; waits = waits->newer)
		rejudge(worker, &waits->report);
}

void worker_release(struct worker *worker, struct report_list *spent)
{
	struct report *next;

	for (struct report *report = spent->first; report; report = next) {
		next = report->next;
		report_free(&worker->reports, report);
	}
	report_list_init(spent);
}

static void tls_stats(struct stats *stats, const struct tls_counts *counts)
{
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
}

const struct stats *worker_stats(struct worker *worker)
{
	struct stats *stats = &worker->stats;
	const struct stream_memory *streams = &worker->streams;

	stats->flow.active = flow_table_count(worker->flows);
	stats->flow.evicted = flow_table_n_evicted(worker->flows);
	stats->flow.wrappings_refused = flow_table_n_wrappings_refused(worker->flows);
	stats->flow.memuse = flow_table_memuse(worker->flows) + worker->layers_budget.used;
	stats->flow.labelled = worker->labeller ? labeller_n_asked(worker->labeller) : 0;
	stats->flow.label_service = worker->labeller ? labeller_n_service(worker->labeller) : 0;
	stats->tcp.out_of_order = streams->n_out_of_order;
	stats->tcp.retransmission = streams->n_retransmitted;
	stats->tcp.overlap = streams->n_overlap;
	stats->tcp.overlap_diff_data = streams->n_overlap_differs;
	stats->tcp.gap = streams->n_gap;
	stats->tcp.gap_bytes = streams->n_gap_bytes;
	stats->tcp.queue_refused = streams->n_queue_refused;
	stats->tcp.invalid_checksum = streams->n_invalid_checksum;
	stats->tcp.urg = streams->n_urgent;
	stats->tcp.duplicate = streams->n_duplicate;
	stats->tcp.keepalive = streams->n_keepalive;
	stats->tcp.out_of_window = streams->n_out_of_window;
	stats->tcp.paws = streams->n_stale;
	stats->tcp.suspect = streams->n_suspect;
	stats->tcp.suspect_dropped = streams->n_suspect_dropped;
	stats->tcp.insertion = streams->n_insertion;
	stats->tcp.memuse = streams->budget.used;
	stats->app_layer.given_up = worker->layers.n_given_up;
	stats->app_layer.tx_refused = worker->reports.n_refused;
	stats->app_layer.tx_forced = worker->transactions.n_forced;
	tls_stats(stats, &worker->tls.counts);
	stats->tls.memuse = worker->tls.budget.used;
	stats->token.distinct = token_cache_count(worker->credentials.cache);
	stats->token.evicted = token_cache_n_evicted(worker->credentials.cache);
	stats->token.memuse = token_cache_memuse(worker->credentials.cache);
	return stats;
}
