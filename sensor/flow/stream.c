#include "sensor/flow/stream.h"

#include <assert.h>

#include "sensor/flow/queue.h"

enum {
	RECENT_LEN = 4096 - 16,
	REACH = 1 << 30,         /* the largest window (RFC 7323 2.3): nothing beyond it can be the sender's */
};

struct recent {
	uint64_t offset;
	uint32_t len;
	uint8_t data[RECENT_LEN];
};

void stream_memory_init(struct stream_memory *memory, size_t memcap, const struct stream_limits *limits, struct budget *parent)
{
	*memory = (struct stream_memory){ .limits = *limits };
	budget_init(&memory->budget, memcap, parent);
	budget_init(&memory->recent_budget, memcap / 4, &memory->budget);
	pool_init(&memory->recent, sizeof(struct recent), 16, &memory->recent_budget);
	pool_init(&memory->tails, sizeof(struct tail) + STREAM_TAIL_FIRST, 16, &memory->budget);
	pool_init(&memory->record_tails, sizeof(struct tail) + STREAM_TAIL_RECORD, 1, &memory->budget);
}

void stream_memory_fini(struct stream_memory *memory)
{
	pool_fini(&memory->recent);
	pool_fini(&memory->tails);
	pool_fini(&memory->record_tails);
}

/* NULL: of a length that is not worth one. */
static struct pool *tail_pool(struct stream_memory *memory, size_t cap)
{
	return cap == STREAM_TAIL_FIRST ? &memory->tails : cap == STREAM_TAIL_RECORD ? &memory->record_tails : NULL;
}

struct tail *stream_tail_new(struct stream_memory *memory, size_t cap)
{
	struct pool *pool = tail_pool(memory, cap);
	struct tail *tail = pool ? pool_take(pool) : budget_alloc(&memory->budget, sizeof *tail + cap);

	if (tail) {
		tail->cap = (uint32_t)cap;
		tail->len = tail->need = 0;
	}
	return tail;
}

void stream_tail_free(struct stream_memory *memory, struct tail *tail)
{
	struct pool *pool = tail ? tail_pool(memory, tail->cap) : NULL;

	if (pool)
		pool_give(pool, tail);
	else if (tail)
		budget_free(&memory->budget, tail, sizeof *tail + tail->cap);
}

int64_t stream_offset(const struct stream *stream, uint32_t seq)
{
	/* `seen` is anybody's to move, `next` may run ahead of it over what is skipped */
	uint64_t near = stream->next < stream->seen ? stream->next : stream->seen;
	uint32_t distance = seq - (stream->base + (uint32_t)near);

	return (int64_t)near + (int32_t)distance;
}

void stream_begin(struct stream *stream, uint32_t base)
{
	stream->base = base;
	stream->started = true;
	stream->has_syn = true;
}

bool stream_is_blank(const struct stream *stream)
{
	return !stream->has_syn && stream->next == 0 && !stream->queue;
}

static void stream_start(struct stream *stream, const struct packet *packet)
{
	stream->base = packet->tcp_seq + (packet->tcp_flags & TCP_SYN ? 1 : 0);
	stream->started = true;
	stream->has_fin = false;
	stream->seen = stream->acked = 0;
}

static uint64_t stream_fin(const struct stream *stream)
{
	int64_t offset = stream_offset(stream, stream->fin);

	return offset < 0 ? 0 : (uint64_t)offset;
}

/* ---- the copy of what was delivered ---- */

static void recent_free(struct stream *stream, struct stream_memory *memory)
{
	pool_give(&memory->recent, stream->recent);
	stream->recent = NULL;
}

static void recent_add(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data)
{
	struct recent *recent = stream->recent;

	if (stream->loose || (stream->has_acks && stream->acked >= offset + data.len))
		return;
	if (!recent) {
		recent = stream->recent = pool_take(&memory->recent);
		if (!recent) {
			memory->n_compare_refused++;
			return;
		}
		recent->len = 0;
		recent->offset = offset;
	}
	if (recent->offset + recent->len != offset || data.len > RECENT_LEN - recent->len) {
		size_t keep = data.len < RECENT_LEN ? data.len : RECENT_LEN;

		offset += data.len - keep;
		data = bytes_tail(data, data.len - keep);
		recent->offset = offset;
		recent->len = 0;
	}
	memcpy(recent->data + recent->len, data.data, data.len);
	recent->len += (uint32_t)data.len;
}

static bool recent_differs(const struct stream *stream, uint64_t offset, struct bytes data)
{
	const struct recent *recent = stream->recent;

	return recent && range_differs(offset, data, recent->offset, bytes_of(recent->data, recent->len));
}

/* ---- packets in ---- */

/* Bytes lost between what was handed out and `offset`. */
static uint64_t gap_before(struct stream *stream, struct stream_memory *memory, uint64_t offset)
{
	uint64_t gap = offset - stream->next + stream->cut;

	stream->cut = 0;
	if (gap) {
		memory->n_gap++;
		memory->n_gap_bytes += gap;
	}
	return gap;
}

static void deliver(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data,
    struct stream_input *input)
{
	input->now.data = data;
	input->now.gap = gap_before(stream, memory, offset);
	recent_add(stream, memory, offset, data);
	stream->next = offset + data.len;
	stream->hole_filled = true;
}

/* In order up to where the queue has another copy, which the policy judges. */
static void push_in_order(struct stream *stream, struct stream_memory *memory, const struct arrival *arrival,
    struct stream_input *input)
{
	struct arrival rest = *arrival;
	size_t free = rest.data.len;

	if (queue_differs(stream, rest.offset, rest.data))
		free = stream->queue->offset > rest.offset ? (size_t)(stream->queue->offset - rest.offset) : 0;
	if (free) {
		deliver(stream, memory, rest.offset, bytes_head(rest.data, free), input);
		rest.offset += free;
		rest.data = bytes_tail(rest.data, free);
	}
	if (rest.data.len) {
		input->differs |= queue_insert(stream, memory, &rest);
		stream->hole_filled = true;
	}
}

/* Not even a repetition: a byte of any value right before the next one, or none, asks whether the peer is still there (RFC 9293
 * 3.8.4). */
static bool is_keepalive(const struct stream *stream, uint64_t offset, size_t len)
{
	return len <= 1 && offset + 1 == stream->next;
}

/* Passes what was handed out already. */
static void push_old(struct stream *stream, struct arrival *arrival, struct stream_input *input)
{
	uint64_t old = stream->next - arrival->offset;
	struct bytes head = bytes_head(arrival->data, old < SIZE_MAX ? (size_t)old : SIZE_MAX);

	input->differs = !is_keepalive(stream, arrival->offset, arrival->data.len) && recent_differs(stream, arrival->offset, head);
	arrival->data = bytes_tail(arrival->data, head.len);
	arrival->offset += head.len;
}

/* Into the queue, or past it: bytes that nothing speaks against make those give way that something does. */
static void push_new(struct stream *stream, struct stream_memory *memory, const struct arrival *arrival, struct stream_input *input)
{
	if (!arrival->suspicion && stream->queue)
		input->insertion = queue_yield(stream, memory, arrival->offset, arrival->data);
	if (!arrival->suspicion && arrival->offset == stream->next) {
		push_in_order(stream, memory, arrival, input);
	} else {
		memory->n_out_of_order += arrival->offset > stream->next;
		memory->n_suspect += arrival->suspicion != SUSPICION_NONE;
		*(arrival->suspicion ? &input->insertion : &input->differs) |= queue_insert(stream, memory, arrival);
	}
	memory->n_insertion += input->insertion;
}

static void push_data(struct stream *stream, struct stream_memory *memory, struct arrival *arrival, struct stream_input *input)
{
	if (arrival->offset < stream->next)
		push_old(stream, arrival, input);
	if (!arrival->data.len)
		; /* all of it was */
	else if (stream->loose || (!stream->queue && !arrival->suspicion && arrival->offset == stream->next))
		deliver(stream, memory, arrival->offset, arrival->data, input);
	else
		push_new(stream, memory, arrival, input);
	memory->n_overlap_differs += input->differs;
}

/* The urgent pointer counts to the byte behind the urgent one (RFC 6093 2.1): hosts that read it out of band lack that byte. */
static void push_urgent(struct stream *stream, struct stream_memory *memory, const struct packet *packet, uint64_t offset,
    struct stream_input *input)
{
	uint64_t at = offset + packet->tcp_urgent - 1;

	if (!packet->payload.len || packet->tcp_urgent == 0)
		return;
	memory->n_urgent++;
	input->urgent = !stream->urgent_seen;
	stream->urgent_seen = true;
	if (memory->limits.urgent == URGENT_OOB && !stream->loose && packet->tcp_urgent <= packet->payload.len && at >= stream->next)
		(void)queue_insert_urgent(stream, memory, at); /* refused: it stays in line */
}

/* Notes how far the stream came, and where it says it ends. */
static void push_edges(struct stream *stream, const struct packet *packet, uint64_t end)
{
	if (end > stream->seen)
		stream->seen = end;
	/* It goes on: that was not its end. But a FIN takes up one number: what acknowledges the peer's FIN has the next. */
	if (stream->has_fin && end > stream_fin(stream) + !packet->payload_len && stream->acked <= stream_fin(stream))
		stream->has_fin = false;
	if (packet->tcp_flags & TCP_FIN && end >= stream->next && (!stream->has_fin || end < stream_fin(stream))) {
		stream->has_fin = true;
		stream->fin = stream->base + (uint32_t)end;
	}
}

/* What the snap length cut off will not come any more. */
static void push_cut(struct stream *stream, uint64_t held_end, uint64_t end)
{
	if (held_end >= end || held_end > stream->next || end <= stream->next)
		return;
	uint64_t cut = stream->cut + (end - stream->next);

	stream->cut = cut < UINT32_MAX ? (uint32_t)cut : UINT32_MAX;
	stream->next = end;
}

/* The offset of the packet's first byte, in a stream that is started by now. */
static int64_t push_start(struct stream *stream, const struct packet *packet)
{
	bool syn = packet->tcp_flags & TCP_SYN;

	if (!stream->started || (syn && stream_is_blank(stream)))
		stream_start(stream, packet);
	if (syn)
		stream->has_syn = true;
	return stream_offset(stream, packet->tcp_seq + (syn ? 1 : 0));
}

void stream_push_suspect(struct stream *stream, struct stream_memory *memory, const struct packet *packet,
    enum suspicion suspicion, struct stream_input *input)
{
	int64_t start = push_start(stream, packet);
	size_t wire_len = packet->payload_len > packet->payload.len ? packet->payload_len : packet->payload.len;
	size_t before = start < 0 ? (size_t)-start : 0; /* from before the capture, or a keep-alive before the first byte */

	memory->now_ns = packet->time_ns;
	memory->now_number = packet->number;
	stream->hole_filled = false;
	*input = (struct stream_input){ .now = { .time_ns = packet->time_ns, .number = packet->number } };
	if (start > (int64_t)(stream->next > stream->acked ? stream->next : stream->acked) + REACH) {
		memory->n_out_of_window++;
		return;
	}
	if (before && before >= packet->payload.len)
		return;
	struct bytes data = bytes_tail(packet->payload, before);
	uint64_t offset = before ? 0 : (uint64_t)start, end = offset + wire_len - before;

	if (is_keepalive(stream, offset, wire_len))
		memory->n_keepalive++;
	else if (data.len)
		memory->n_retransmitted += offset < stream->seen; /* not what is merely skipped */
	if (suspicion < SUSPICION_CHECKSUM)
		push_edges(stream, packet, end);
	if (stream->ended || (stream->skip_all && end <= stream->next))
		return;
	if (stream->skip_all) {
		stream->next = end;
		return;
	}
	if (packet->tcp_flags & TCP_URG && !before)
		push_urgent(stream, memory, packet, offset, input);
	if (data.len)
		push_data(stream, memory, &(struct arrival){ offset, data, { offset, offset + data.len }, suspicion }, input);
	push_cut(stream, offset + data.len, end);
}

void stream_acked(struct stream *stream, struct stream_memory *memory, uint32_t ack)
{
	if (!stream->started)
		return;
	int64_t offset = stream_offset(stream, ack);

	stream->has_acks = true;
	if (offset <= 0 || (uint64_t)offset <= stream->acked)
		return;
	stream->acked = (uint64_t)offset;
	if (stream->recent && stream->acked >= stream->recent->offset + stream->recent->len)
		recent_free(stream, memory);
}

/* ---- chunks out ---- */

/* A forged segment far ahead must not make us jump: where acknowledgements are seen, only they give up a hole. A capture may have
 * them before the segments that they acknowledge, so there is a wait, which ends early only where the queue runs full. */
static bool hole_given_up(const struct stream *stream, const struct stream_memory *memory, int64_t now_ns)
{
	int64_t waited = now_ns - stream->queue->time_ns;

	if (stream->has_acks)
		return stream->acked >= stream->queue->offset + 1 &&
		    (waited >= memory->limits.hole_acked_ns || queue_is_pressed(stream, memory));
	return waited >= memory->limits.hole_ns || queue_refuses(stream, memory, 1);
}

enum decision { DECISION_WAIT, DECISION_TAKE, DECISION_DROP };

/* The first of the queue is wanted next, and under suspicion. What the receiver acknowledged it has read. Where nobody
 * acknowledges it, the weaker grounds do not keep a conversation from being read. */
static enum decision suspect_decision(const struct stream *stream, const struct stream_memory *memory, int64_t now_ns, bool flush)
{
	const struct segment *head = stream->queue;

	if (stream->has_acks) {
		if (stream->acked >= head->offset + head->len)
			return DECISION_TAKE;
		if (!flush)
			return DECISION_WAIT;
		return head->suspicion >= SUSPICION_ACK && head->suspicion <= SUSPICION_PARTIAL ? DECISION_TAKE : DECISION_DROP;
	}
	bool over = flush || now_ns - head->time_ns >= memory->limits.hole_ns || queue_is_pressed(stream, memory);

	if (!over && !(head->suspicion == SUSPICION_SYN && head->next))
		return DECISION_WAIT;
	return head->suspicion == SUSPICION_CHECKSUM && stream->sum_good_data ? DECISION_DROP : DECISION_TAKE;
}

/* What a hole before it lacks is told with the chunk that follows. */
static void pass_urgent(struct stream *stream, uint64_t offset)
{
	uint64_t cut = stream->cut + (offset - stream->next);

	stream->cut = cut < UINT32_MAX ? (uint32_t)cut : UINT32_MAX;
	stream->next = offset + 1;
}

/* The queue begins with what can be handed out now, or with a hole before it that is given up. */
static bool queue_is_due(struct stream *stream, struct stream_memory *memory, int64_t now_ns, bool flush)
{
	while (stream->queue) {
		const struct segment *head = stream->queue;

		if (head->offset + head->len <= stream->next || stream->skip_all) {
			stream_drop(memory, queue_take(stream));
			continue;
		}
		if (head->offset > stream->next) {
			if (!flush && !stream->loose && !hole_given_up(stream, memory, now_ns))
				return false;
			stream->hole_filled = false;
		}
		if (head->is_urgent) {
			pass_urgent(stream, head->offset);
			continue;
		}
		if (!head->suspicion || stream->loose)
			return true;
		enum decision decision = suspect_decision(stream, memory, now_ns, flush);

		if (decision == DECISION_WAIT)
			return false;
		if (decision == DECISION_TAKE) {
			stream->sum_ignored |= head->suspicion == SUSPICION_CHECKSUM || head->suspicion == SUSPICION_PARTIAL;
			return true;
		}
		memory->n_suspect_dropped++;
		stream_drop(memory, queue_take(stream));
	}
	return false;
}

bool stream_pull(struct stream *stream, struct stream_memory *memory, int64_t now_ns, bool flush, struct chunk *chunk,
    struct segment **held)
{
	*held = NULL;
	if (!queue_is_due(stream, memory, now_ns, flush))
		return false;
	struct segment *head = *held = queue_take(stream);
	uint64_t start = head->offset > stream->next ? head->offset : stream->next;
	struct bytes data = bytes_tail(bytes_of(head->data, head->len), (size_t)(start - head->offset));

	*chunk = (struct chunk){
		.data = data,
		.gap = gap_before(stream, memory, start),
		.time_ns = stream->hole_filled ? memory->now_ns : head->time_ns,
		.number = stream->hole_filled ? memory->now_number : head->number,
	};
	stream->next = start;
	recent_add(stream, memory, start, data);
	stream->next += data.len;
	return true;
}

void stream_skip(struct stream *stream, struct stream_memory *memory, uint64_t len)
{
	if (len > UINT64_MAX - stream->next) {
		stream->skip_all = true;
		recent_free(stream, memory);
		return;
	}
	uint64_t target = stream->next - stream->cut + len;

	if (target < stream->next) {
		stream->cut = (uint32_t)(stream->next - target);
		return;
	}
	stream->next = target;
	stream->cut = 0;
}

bool stream_at_fin(const struct stream *stream)
{
	return stream->has_fin && !stream->queue && (stream->skip_all || stream->next >= stream_fin(stream));
}

bool stream_at_end(const struct stream *stream)
{
	return stream_at_fin(stream) && stream->acked > stream_fin(stream);
}

void stream_end(struct stream *stream, struct stream_memory *memory)
{
	while (stream->queue)
		stream_drop(memory, queue_take(stream));
	recent_free(stream, memory);
	stream_tail_free(memory, stream->tail);
	stream->tail = NULL;
	stream->ended = true;
}
