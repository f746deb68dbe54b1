#include "sensor/run/worker.h"

#include <assert.h>
#include <stdlib.h>

#include "dissectors/net/net.h"
#include "sensor/flow/connection.h"
#include "sensor/flow/label.h"
#include "sensor/flow/layers.h"
#include "sensor/flow/suspicion.h"
#include "sensor/output/stats_text.h"

enum {
	OUTBOX_BLOCK = 32768,
	OUTBOX_CAP = 8 << 20,
	QUEUE_SEGMENTS = 512,
	STATS_MAX = 16384,
};

struct worker {
	const struct config *config;
	const struct rules *rules;
	struct eve *eve;
	struct stats stats;
	int64_t clock_ns, stats_due_ns;
	struct budget budget;
	struct budget outbox_budget;
	struct budget layers_budget;
	struct flow_table *flows;
	struct stream_memory streams;
	struct layers_memory layers;
	struct labeller *labeller; /* NULL: labels are off */
	struct transactions_memory transactions;
	struct credentials credentials;
	struct reporter reporter;
	struct arena arena;        /* of the outbox */
	struct outbox outbox;
};

struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules, struct eve *eve,
    const struct alert_log *log)
{
	struct flow_timeouts timeouts = { { config->new_ns, config->established_ns, config->closed_ns } };
	uint32_t queue_len = config->tcp_queue < UINT32_MAX ? (uint32_t)config->tcp_queue : UINT32_MAX;
	struct stream_limits limits = { .queue_len = queue_len, .queue_n = QUEUE_SEGMENTS, .hole_acked_ns = config->hole_acked_ns,
		.hole_ns = config->hole_ns, .policy = (enum overlap_policy)config->tcp_policy,
		.urgent = (enum urgent_policy)config->tcp_urgent, .checksum = (enum checksum_policy)config->tcp_checksum };
	struct worker *worker = calloc(1, sizeof *worker);

	if (!worker)
		return NULL;
	worker->config = config;
	worker->rules = rules;
	worker->eve = eve;
	worker->stats.detect.rules_loaded = rules_count(rules);
	budget_init(&worker->budget, (size_t)config->memcap, NULL);
	budget_init(&worker->outbox_budget, OUTBOX_CAP, &worker->budget);
	budget_init(&worker->layers_budget, (size_t)config->flow_memcap, &worker->budget);
	worker->flows = flow_table_new((size_t)config->flow_memcap, (size_t)config->flow_max, &timeouts, &worker->budget);
	stream_memory_init(&worker->streams, (size_t)config->tcp_memcap, &limits, &worker->budget);
	layers_memory_init(&worker->layers, &worker->streams, &worker->layers_budget);
	transactions_memory_init(&worker->transactions, (size_t)config->tx_memcap, &worker->budget);
	arena_init(&worker->arena, OUTBOX_BLOCK, &worker->outbox_budget);
	worker->outbox.arena = &worker->arena;
	worker->outbox.reveal_weak = config->hash == CONFIG_HASH_PLAIN;
	worker->labeller = config->labels ? labeller_new(&worker->budget) : NULL;
	bool ok = credentials_init(&worker->credentials, config, decode, rules, &worker->stats, &worker->budget);

	ok &= reporter_init(&worker->reporter, config, rules, eve, log, &worker->credentials, &worker->stats);
	if (!ok || !worker->flows || (config->labels && !worker->labeller)) {
		worker_free(worker);
		return NULL;
	}
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
	transactions_memory_fini(&worker->transactions);
	layers_memory_fini(&worker->layers);
	stream_memory_fini(&worker->streams);
	flow_table_free(worker->flows);
	assert(worker->budget.used == 0);
	free(worker);
}

static void emit_stats(struct worker *worker)
{
	struct json text;

	json_init(&text, STATS_MAX);
	stats_text(&text, worker_stats(worker));
	if (!text.full)
		eve_stats(worker->eve, worker->clock_ns, bytes_of(text.text, text.len));
	json_fini(&text);
}

/* ---- transactions ---- */

static void report(struct worker *worker, struct transaction *transaction)
{
	reporter_transaction(&worker->reporter, transaction);
	transaction_close(&worker->transactions, transaction);
}

static void request(struct worker *worker, struct flow *flow, const struct http_message *message)
{
	struct transaction *transaction = NULL;

	worker->stats.app_layer.http_tx++;
	if (!flow->seen_http) {
		flow->seen_http = true;
		worker->stats.app_layer.http_flows++;
	}
	if (worker->labeller && !flow->labelled)
		labeller_http(worker->labeller, flow, message);
	if (worker->config->http)
		transaction = transaction_open(&worker->transactions, flow, message);
	credentials_of_request(&worker->credentials, &worker->transactions, flow, message, &transaction);
	size_t n = rules_candidates(worker->rules, message->record, worker->reporter.candidates, rules_count(worker->rules));

	if (n && !transaction)
		transaction = transaction_open(&worker->transactions, flow, message);
	if (!transaction)
		return;
	transaction->wants_http = worker->config->http;
	transaction->candidates = n ? arena_alloc(&transaction->arena, n * sizeof *transaction->candidates) : NULL;
	if (transaction->candidates) {
		memcpy(transaction->candidates, worker->reporter.candidates, n * sizeof *transaction->candidates);
		transaction->n_candidates = (uint16_t)n;
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
			reporter_response(&worker->reporter, flow, message);
		return;
	}
	transaction_answer(transaction, message);
	/* an http event waits for the length of the body */
	if (message->is_end || !transaction->wants_http)
		report(worker, transaction);
}

static void drain(struct worker *worker, struct flow *flow, enum direction dir, int64_t time_ns, uint64_t number)
{
	struct outbox *out = &worker->outbox;

	if (!out->n_messages && !out->n_anomalies && !out->child)
		return;
	for (size_t i = 0; i < out->n_messages; i++) {
		const struct http_message *message = &out->messages[i];

		if (message->dir == TO_CLIENT)
			response(worker, flow, message);
		else if (!message->is_end)
			request(worker, flow, message);
	}
	for (size_t i = 0; i < out->n_anomalies; i++)
		reporter_anomaly(&worker->reporter, flow, out->anomalies[i], dir, time_ns, number, &worker->arena);
	arena_reset(&worker->arena);
	out->n_messages = out->n_anomalies = 0;
	out->child = NULL;
}

/* ---- streams ---- */

static void work_off(struct worker *worker, struct flow *flow, unsigned side, struct chunk *chunk)
{
	enum layers_turn turn;

	flow->last_chunk_ns = chunk->time_ns;
	flow->last_chunk_number = chunk->number;
	do {
		turn = layers_step(flow, side, &worker->layers, chunk, &worker->outbox);
		drain(worker, flow, flow_direction(flow, side), chunk->time_ns, chunk->number);
	} while (layers_settle(flow, side, &worker->layers, chunk, turn));
}

static void pull_all(struct worker *worker, struct flow *flow, unsigned side, bool flush)
{
	struct segment *held;
	struct chunk chunk;

	while (stream_pull(&flow->streams[side], &worker->streams, worker->clock_ns, flush, &chunk, &held)) {
		work_off(worker, flow, side, &chunk);
		stream_drop(&worker->streams, held);
	}
}

static void end_stream(struct worker *worker, struct flow *flow, unsigned side)
{
	layers_end_stream(flow, side, &worker->layers, &worker->outbox);
	drain(worker, flow, flow_direction(flow, side), flow->last_chunk_ns, flow->last_chunk_number);
}

/* Everything a flow still has to say is said; its memory but its own struct goes back. */
static void flow_end(struct worker *worker, struct flow *flow)
{
	for (unsigned i = 0; i < 2; i++) {
		unsigned side = flow_side(flow, i ? TO_CLIENT : TO_SERVER);

		pull_all(worker, flow, side, true);
		end_stream(worker, flow, side);
	}
	layers_end(flow, &worker->layers, &worker->outbox);
	drain(worker, flow, TO_CLIENT, flow->last_chunk_ns, flow->last_chunk_number);
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
	flow_table_release(worker->flows, flow);
}

/* ---- packets ---- */

static void count_packet(struct stats *stats, const struct packet *packet, enum net_status status)
{
	stats->decoder.pkts++;
	stats->decoder.bytes += packet->wire_len;
	stats->decoder.vlan += packet->n_vlan > 0;
	stats->decoder.ipv4 += packet->ip_version == 4;
	stats->decoder.ipv6 += packet->ip_version == 6;
	stats->decoder.fragments += packet->fragment;
	switch (status) {
	case NET_OK:
		stats->decoder.tcp += packet->ip_proto == IP_PROTO_TCP;
		stats->decoder.udp += packet->ip_proto == IP_PROTO_UDP;
		stats->decoder.truncated += packet->truncated;
		break;
	case NET_NOT_IP:
		stats->decoder.unknown_network++;
		break;
	case NET_UNKNOWN_LINK:
		stats->decoder.unknown_link++;
		break;
	case NET_SHORT:
		stats->decoder.short_frame++;
		break;
	case NET_BAD_HEADER:
		stats->decoder.bad_header++;
		break;
	default:
		stats->decoder.too_deep++;
		break;
	}
}

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
	struct stream_input input;

	stream_push_suspect(&flow->streams[side], &worker->streams, packet, suspicion, &input);
	if (packet->tcp_flags & TCP_ACK)
		stream_acked(&flow->streams[!side], &worker->streams, packet->tcp_ack);
	if (flow->streams[!side].queue) /* what it acknowledges was said before what it says */
		pull_all(worker, flow, !side, false);
	if (input.now.data.len)
		work_off(worker, flow, side, &input.now);
	if (input.differs && !suspicion_explains(flow, side, packet, &worker->streams))
		outbox_anomaly(&worker->outbox, "stream.overlap_disagrees");
	if (input.insertion)
		outbox_anomaly(&worker->outbox, "stream.insertion");
	if (input.urgent)
		outbox_anomaly(&worker->outbox, "stream.urgent_data");
	drain(worker, flow, flow_direction(flow, side), packet->time_ns, packet->number);
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

static void tick(struct worker *worker, int64_t time_ns)
{
	struct flow *flow;
	struct transaction *transaction;

	if (time_ns > worker->clock_ns)
		worker->clock_ns = time_ns;
	while ((flow = flow_table_expire(worker->flows, worker->clock_ns)))
		flow_retire(worker, flow);
	while ((transaction = transaction_overdue(&worker->transactions, worker->clock_ns - worker->config->response_ns)))
		report(worker, transaction);
	if (worker->config->stats && worker->config->stats_ns && worker->clock_ns >= worker->stats_due_ns) {
		if (worker->stats_due_ns)
			emit_stats(worker);
		worker->stats_due_ns = worker->clock_ns + worker->config->stats_ns;
	}
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

static struct flow_lookup flow_of(struct worker *worker, const struct packet *packet)
{
	struct flow_lookup lookup = flow_table_get(worker->flows, packet);
	bool old_tcp = lookup.flow && !lookup.is_new && packet->ip_proto == IP_PROTO_TCP;

	if (old_tcp && connection_begins_anew(lookup.flow, lookup.side, packet) &&
	    suspicion_believes(lookup.flow, lookup.side, packet, &worker->streams)) {
		struct connection_start start = connection_start_of(lookup.flow);

		flow_table_remove(worker->flows, lookup.flow);
		flow_retire(worker, lookup.flow);
		lookup = flow_table_get(worker->flows, packet);
		if (lookup.flow && (packet->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
			connection_adopt(lookup.flow, &start);
	}
	if (lookup.flow && lookup.is_new)
		flow_begins(worker, packet);
	return lookup;
}

static void packet_in(struct worker *worker, const struct packet *packet)
{
	struct flow_lookup lookup = flow_of(worker, packet);
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
	if (!flow->labelled && worker->labeller && packet->payload.len && !flow->layers.dissector)
		labeller_packet(worker->labeller, flow, packet, lookup.side);
}

/* Before 1970 or after 2116 is a mistake of the capture; within, no sum of a time and a timeout overflows. */
static int64_t believable(int64_t time_ns)
{
	const int64_t max = INT64_C(1) << 62;

	return time_ns < 0 ? 0 : time_ns < max ? time_ns : max;
}

void worker_frame(struct worker *worker, const struct frame *frame)
{
	struct packet packet;
	enum net_status status = net_dissect(frame, &packet);

	packet.time_ns = believable(frame->time_ns);
	count_packet(&worker->stats, &packet, status);
	tick(worker, packet.time_ns);
	if (status == NET_OK && !packet.fragment && (packet.ip_proto == IP_PROTO_TCP || packet.ip_proto == IP_PROTO_UDP))
		packet_in(worker, &packet);
}

void worker_finish(struct worker *worker)
{
	struct flow *flow;

	while ((flow = flow_table_drain(worker->flows)))
		flow_retire(worker, flow);
	if (worker->config->stats)
		emit_stats(worker);
}

const struct stats *worker_stats(struct worker *worker)
{
	struct stats *stats = &worker->stats;
	const struct stream_memory *streams = &worker->streams;

	stats->flow.active = flow_table_count(worker->flows);
	stats->flow.evicted = flow_table_n_evicted(worker->flows);
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
	stats->app_layer.tx_refused = worker->transactions.n_refused;
	stats->app_layer.tx_forced = worker->transactions.n_forced;
	stats->token.distinct = token_cache_count(worker->credentials.cache);
	stats->token.evicted = token_cache_n_evicted(worker->credentials.cache);
	stats->token.memuse = token_cache_memuse(worker->credentials.cache);
	stats->output.lines = eve_n_lines(worker->eve);
	stats->output.dropped = eve_n_dropped(worker->eve);
	return stats;
}
