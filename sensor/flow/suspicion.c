#include "sensor/flow/suspicion.h"

#include "sensor/flow/checksum.h"
#include "sensor/flow/layers.h"

enum {
	FEW_HOPS = 32,    /* none is as far away as that who is still to be reached ... */
	FEWER_HOPS = 5,   /* ... and a change of route is seldom as much */
};

enum { EDGES = TCP_SYN | TCP_FIN | TCP_RST };

/* ---- checksums ---- */

/* Wrong, from a sender that can do right. Where none was right yet, a card computes them later, or the capture was edited. */
static bool sum_is_damning(const struct stream *stream, const struct stream_memory *memory)
{
	return memory->limits.checksum == CHECKSUM_YES || (stream->sum_good && !stream->sum_ignored);
}

static enum suspicion judge_sum(struct stream *stream, const struct packet *packet, struct stream_memory *memory)
{
	if (memory->limits.checksum == CHECKSUM_NO)
		return SUSPICION_NONE;
	enum checksum checksum = checksum_of(packet);

	if (checksum == CHECKSUM_RIGHT && !stream->sum_good_data) {
		stream->sum_good = true;
		stream->sum_good_data = packet->payload.len != 0;
	}
	if (checksum != CHECKSUM_WRONG && checksum != CHECKSUM_PARTIAL)
		return SUSPICION_NONE;
	memory->n_invalid_checksum++;
	if (!sum_is_damning(stream, memory))
		return SUSPICION_NONE;
	if (memory->limits.checksum == CHECKSUM_YES)
		return SUSPICION_DROP;
	if (checksum == CHECKSUM_PARTIAL)
		return packet->tcp_flags & EDGES ? SUSPICION_NONE : SUSPICION_PARTIAL;
	return packet->tcp_flags & EDGES ? SUSPICION_DROP : SUSPICION_CHECKSUM;
}

/* ---- the other grounds ---- */

static bool has_few_hops(const struct flow *flow, unsigned side, const struct packet *packet)
{
	return packet->ttl <= FEW_HOPS && packet->ttl + FEWER_HOPS <= flow->ttl[side];
}

/* The peer echoes the timestamp that it compares new ones with. What it acknowledged already it may have read before. */
static bool is_stale(const struct flow *flow, unsigned side, const struct packet *packet, uint64_t end)
{
	const struct stream *stream = &flow->streams[side];

	return packet->tcp_has_times && stream->time_echoed && (int32_t)(packet->tcp_time - stream->time_echoed) < 0 &&
	    stream->has_times && flow->streams[!side].has_times && end > stream->acked;
}

/* What was never sent cannot be acknowledged, as far as the other direction's start is known; and a segment without any
 * acknowledgement is not heeded. */
static bool acks_nothing(const struct flow *flow, unsigned side, const struct packet *packet)
{
	const struct stream *other = &flow->streams[!side];

	if (!(packet->tcp_flags & TCP_ACK))
		return other->started;
	if (!other->started || !other->has_syn)
		return false;
	int64_t offset = stream_offset(other, packet->tcp_ack);

	return offset < 0 || (uint64_t)offset > other->seen + 1;
}

/* Of data that ends at offset `end`, which is beyond what was read. */
static enum suspicion judge_data(const struct flow *flow, unsigned side, const struct packet *packet, int64_t end,
    struct stream_memory *memory)
{
	const struct stream *stream = &flow->streams[side];

	if (packet->tcp_flags & TCP_SYN)
		return SUSPICION_SYN;
	if (!stream->started)
		return SUSPICION_NONE;
	if (is_stale(flow, side, packet, (uint64_t)end)) {
		memory->n_stale++;
		return SUSPICION_TIME;
	}
	if (has_few_hops(flow, side, packet))
		return SUSPICION_TTL;
	if (stream->window_shut && end > (int64_t)stream->acked)
		return SUSPICION_WINDOW;
	return acks_nothing(flow, side, packet) ? SUSPICION_ACK : SUSPICION_NONE;
}

/* ---- what a segment shows of its sender, and of its peer ---- */

static void note_sender(struct flow *flow, unsigned side, const struct packet *packet)
{
	struct stream *stream = &flow->streams[side], *other = &flow->streams[!side];

	if (packet->ttl > flow->ttl[side])
		flow->ttl[side] = packet->ttl;
	if (packet->tcp_flags & TCP_SYN)
		stream->has_times = packet->tcp_has_times;
	if (!(packet->tcp_flags & TCP_ACK))
		return;
	if (!packet->tcp_window || other->window_shut)
		other->window_shut = !packet->tcp_window && !(packet->tcp_flags & EDGES);
	if (packet->tcp_has_times && (!other->time_echoed || (int32_t)(packet->tcp_time_echo - other->time_echoed) > 0))
		other->time_echoed = packet->tcp_time_echo;
}

/* Does anybody read bytes up to `end`? What is skipped, or has been read, cannot be put in anyone's mouth. */
static bool is_read(const struct flow *flow, const struct stream *stream, int64_t end)
{
	return end > (int64_t)stream->next && !stream->skip_all && !stream->ended && layers_listen(&flow->layers);
}

enum suspicion suspicion_of(struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory)
{
	struct stream *stream = &flow->streams[side];
	enum suspicion suspicion = SUSPICION_NONE;
	int64_t end = packet->payload.len && stream->started ? stream_offset(stream, packet->tcp_seq) : 0;

	end += (int64_t)packet->payload.len;
	bool reads = packet->payload.len && is_read(flow, stream, end);

	if (reads || packet->tcp_flags & EDGES)
		suspicion = judge_sum(stream, packet, memory);
	if (packet->payload.len && packet->tcp_flags & TCP_URG && memory->limits.urgent == URGENT_DROP) {
		memory->n_urgent++;
		suspicion = SUSPICION_DROP;
	}
	if (suspicion == SUSPICION_NONE && reads && !stream->loose)
		suspicion = judge_data(flow, side, packet, end, memory);
	if (suspicion < SUSPICION_TTL)
		note_sender(flow, side, packet);
	return suspicion;
}

bool suspicion_believes(const struct flow *flow, unsigned side, const struct packet *packet, const struct stream_memory *memory)
{
	const struct stream *stream = &flow->streams[side];

	if (has_few_hops(flow, side, packet))
		return false;
	return memory->limits.checksum == CHECKSUM_NO || !sum_is_damning(stream, memory) || checksum_of(packet) != CHECKSUM_WRONG;
}

bool suspicion_explains(const struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory)
{
	if (memory->limits.checksum == CHECKSUM_NO || !sum_is_damning(&flow->streams[side], memory) ||
	    checksum_of(packet) != CHECKSUM_WRONG)
		return false;
	memory->n_invalid_checksum++;
	return true;
}

/* Equal for equal packets; who makes others equal gains nothing, for only what brings nothing new is a duplicate. */
static inline uint32_t fingerprint(const struct packet *packet)
{
	return ((uint32_t)packet->tcp_sum << 16 | packet->ip_id) + packet->tcp_seq * UINT32_C(0x9e3779b1) +
	    (packet->tcp_ack ^ packet->tcp_window) * UINT32_C(0x85ebca6b) + packet->tcp_flags;
}

bool suspicion_is_duplicate(struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory)
{
	const struct stream *stream = &flow->streams[side];
	uint32_t print = fingerprint(packet);

	if (flow->last_print[side] != print) {
		flow->last_print[side] = print;
		return false;
	}
	if (!stream->started || packet->tcp_flags & TCP_RST)
		return false;
	uint32_t first = packet->tcp_seq + (packet->tcp_flags & TCP_SYN ? 1 : 0);

	if (stream_offset(stream, first) + (int64_t)packet->payload_len > (int64_t)stream->next)
		return false;
	memory->n_duplicate++;
	return true;
}
