#include "sensor/run/worker.h"

#include <assert.h>
#include <stdlib.h>

#include "dissectors/app/protocol.h"
#include "sensor/flow/connection.h"
#include "sensor/flow/defrag.h"
#include "sensor/flow/suspicion.h"
#include "sensor/run/content.h"
#include "sensor/run/lingering.h"
#include "sensor/run/undecoded.h"

enum {
	QUEUE_SEGMENTS = 512,
	ODD_PER_SECOND = 16,       /* anomalies of fragments: anybody can send those */
	PREFETCH = 8,  /* packets whose flows are fetched ahead */
};

struct worker {
	const struct config *config;
	struct stats stats;
	int64_t clock_ns;
	unsigned n_odd;            /* fragments told of in this second */
	struct budget budget;
	struct flow_table *flows;
	struct stream_memory streams;
	struct labeller *labeller; /* NULL: labels are off */
	struct messages messages;
	struct content content;
	struct lingering lingering;
};

/* A worker's part of what the run may use. */
static size_t part(int64_t whole, unsigned n_workers)
{
	return (size_t)whole / n_workers;
}

static void streams_init(struct worker *worker, const struct config *config, unsigned n)
{
	uint32_t queue_len = config->tcp_queue < UINT32_MAX ? (uint32_t)config->tcp_queue : UINT32_MAX;
	struct stream_limits limits = { .queue_len = queue_len, .queue_n = QUEUE_SEGMENTS, .hole_acked_ns = config->hole_acked_ns,
		.hole_ns = config->hole_ns, .policy = (enum overlap_policy)config->tcp_policy,
		.urgent = (enum urgent_policy)config->tcp_urgent, .checksum = (enum checksum_policy)config->tcp_checksum };

	stream_memory_init(&worker->streams, part(config->tcp_memcap, n), &limits, &worker->budget);
}

/* Events tell of TLS connections that are not decrypted, too. */
static bool tls_is_asked_for(const struct config *config, const struct rules *rules)
{
	return config->tls || rules_are_about(rules, RECORD_TLS);
}

struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules,
    const struct worker_shared *shared, unsigned index)
{
	unsigned n = shared->n_workers;
	struct flow_timeouts timeouts = { { config->new_ns, config->established_ns, config->closed_ns } };
	struct worker *worker = calloc(1, sizeof *worker);

	if (!worker)
		return NULL;
	worker->config = config;
	budget_init(&worker->budget, part(config->memcap, n), NULL);
	streams_init(worker, config, n);
	worker->labeller = config->labels ? labeller_new(&worker->budget, shared->labels) : NULL;
	struct messages_setup messages = { config, decode, rules, &worker->stats, worker->labeller, shared->hash_key };
	struct content_setup content = { config, shared->material, &worker->messages, &worker->streams, index };
	bool ok = messages_init(&worker->messages, &messages, &worker->budget, part(config->tx_memcap, n), part(config->token_memcap, n));

	content_init(&worker->content, &content, &worker->budget, n);
	worker->content.tls.wants_events = tls_is_asked_for(config, rules);
	worker->flows = flow_table_new(part(config->flow_memcap, n), part(config->flow_max, n), &timeouts, &worker->budget);
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
	content_fini(&worker->content);
	messages_fini(&worker->messages);
	labeller_free(worker->labeller);
	stream_memory_fini(&worker->streams);
	flow_table_free(worker->flows);
	assert(worker->budget.used == 0);
	free(worker);
}

/* Everything a flow still has to say is said; its memory but its own struct goes back. */
static void flow_end(struct worker *worker, struct flow *flow)
{
	content_end(&worker->content, flow);
	messages_end(&worker->messages, flow);
	for (unsigned side = 0; side < 2; side++)
		stream_end(&flow->streams[side], &worker->streams);
	if (worker->labeller)
		labeller_end(worker->labeller, flow);
}

/* A flow that was taken out of the table ends. */
static void flow_retire(struct worker *worker, struct flow *flow)
{
	flow_end(worker, flow);
	undecoded_count(&worker->stats, flow);
	flow_table_release(worker->flows, flow);
}

/* The same, when its time is over: not while its content may yet be read. */
static void flow_expire(struct worker *worker, struct flow *flow)
{
	struct flow *expelled;

	if (!content_waits(flow)) {
		flow_retire(worker, flow);
		return;
	}
	lingering_add(&worker->lingering, flow);
	while ((expelled = lingering_expel(&worker->lingering, false)))
		flow_retire(worker, expelled);
}

/* Those that waited, and wait no more. */
static void linger_no_more(struct worker *worker)
{
	struct flow *flow;

	while ((flow = lingering_take(&worker->lingering, content_waits)))
		flow_retire(worker, flow);
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

/* What waits for a secret is kept for as long as a closed flow, and ends then: keys of short connections come after their end. */
static void tcp_close(struct worker *worker, struct flow *flow)
{
	if (!content_waits(flow))
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

static void tcp_content(struct worker *worker, struct flow *flow, unsigned side, struct chunk *chunk)
{
	const struct level level = level_of(flow);

	content_feed(&worker->content, &level, side, chunk);
}

/* What is odd about a segment, whatever it carries. */
static void tcp_odd(struct worker *worker, struct flow *flow, unsigned side, const struct packet *packet,
    const struct stream_input *input)
{
	const struct level level = level_of(flow);
	struct outbox *out = &worker->content.outbox;

	if (input->differs && !suspicion_explains(flow, side, packet, &worker->streams))
		outbox_anomaly(out, "stream.overlap_disagrees");
	if (input->insertion)
		outbox_anomaly(out, "stream.insertion");
	if (input->urgent)
		outbox_anomaly(out, "stream.urgent_data");
	messages_take(&worker->messages, &level, out, flow_direction(flow, side), packet->time_ns, packet->number);
}

static void tcp_segment(struct worker *worker, struct flow *flow, unsigned side, const struct packet *packet,
    enum suspicion suspicion)
{
	struct stream_input input;

	stream_push_suspect(&flow->streams[side], &worker->streams, packet, suspicion, &input);
	if (packet->tcp_flags & TCP_ACK)
		stream_acked(&flow->streams[!side], &worker->streams, packet->tcp_ack);
	if (flow->streams[!side].queue) /* what it acknowledges was said before what it says */
		content_pull(&worker->content, flow, !side, false);
	if (input.now.data.len)
		tcp_content(worker, flow, side, &input.now);
	if (input.differs || input.insertion || input.urgent)
		tcp_odd(worker, flow, side, packet, &input);
	for (unsigned s = 0; s < 2; s++) {
		if (flow->streams[s].queue)
			content_pull(&worker->content, flow, s, false);
		if (!flow->streams[s].last_fed && stream_at_end(&flow->streams[s]))
			content_end_stream(&worker->content, flow, s);
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
	struct report **from = messages_mark(&worker->messages);
	struct flow *flow;

	while ((flow = flow_table_expire(worker->flows, worker->clock_ns)))
		flow_expire(worker, flow);
	content_tick(&worker->content);
	linger_no_more(worker);
	messages_overdue(&worker->messages, worker->clock_ns - worker->config->response_ns);
	messages_settle(&worker->messages, from);
	worker->n_odd = 0;
}

static void secrets_came(struct worker *worker)
{
	struct report **from = messages_mark(&worker->messages);

	content_secrets(&worker->content);
	linger_no_more(worker);
	messages_settle(&worker->messages, from);
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
		flow_expire(worker, lookup.flow);
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
	bool is_tls = dissector ? dissector->decrypts : flow->looks_like == PROTOCOL_TLS;

	return is_tls ? worker->content.tls.wants_events : !dissector;
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
		struct report *report = worker->n_odd++ < ODD_PER_SECOND ? reporter_anomaly(&worker->messages.reporter, &none,
		    defrag_odd_word((enum defrag_odd)i), TO_SERVER, item->packet.time_ns, item->number) : NULL;

		if (report)
			report->flow.fragment = true;
		else
			worker->stats.app_layer.anomalies_suppressed++;
		messages_say(&worker->messages, report);
	}
}

static void item_in(struct worker *worker, const struct item *item)
{
	worker->messages.number = item->number;
	if (item->clock_ns > worker->clock_ns)
		worker->clock_ns = item->clock_ns;
	content_at(&worker->content, item->number, worker->clock_ns);
	flow_table_clock(worker->flows, worker->clock_ns);
	worker->messages.by_packet = item->kind == ITEM_PACKET || item->kind == ITEM_ODD;
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
	worker->messages.out = out;
	for (size_t i = 0; i < n; i++) {
		fetch_ahead(worker, items, n, i);
		item_in(worker, &items[i]);
	}
}

void worker_finish(struct worker *worker, struct report_list *out)
{
	struct report **from = out->last;
	struct flow *flow;

	worker->messages.out = out;
	worker->messages.number = UINT64_MAX;
	worker->messages.by_packet = false;
	content_last(&worker->content);
	while ((flow = flow_table_drain(worker->flows)) || (flow = lingering_expel(&worker->lingering, true)))
		flow_retire(worker, flow);
	messages_settle(&worker->messages, from);
}

void worker_reload(struct worker *worker, const struct rules *rules)
{
	worker->content.tls.wants_events = tls_is_asked_for(worker->config, rules);
	messages_reload(&worker->messages, rules);
}

void worker_release(struct worker *worker, struct report_list *spent)
{
	messages_release(&worker->messages, spent);
}

const struct stats *worker_stats(struct worker *worker)
{
	struct stats *stats = &worker->stats;
	const struct stream_memory *streams = &worker->streams;

	stats->flow.active = flow_table_count(worker->flows);
	stats->flow.evicted = flow_table_n_evicted(worker->flows);
	stats->flow.wrappings_refused = flow_table_n_wrappings_refused(worker->flows);
	stats->flow.memuse = flow_table_memuse(worker->flows) + worker->content.layers_budget.used;
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
	content_stats(&worker->content, stats);
	stats->app_layer.tx_refused = worker->messages.reports.n_refused;
	stats->app_layer.tx_forced = worker->messages.transactions.n_forced;
	stats->token.distinct = token_cache_count(worker->messages.credentials.cache);
	stats->token.evicted = token_cache_n_evicted(worker->messages.credentials.cache);
	stats->token.memuse = token_cache_memuse(worker->messages.credentials.cache);
	return stats;
}
