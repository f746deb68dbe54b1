#include "sensor/flow/stream.h"

#include <assert.h>

enum { RECENT_LEN = 4096 - 16, SEGMENTS_IMPATIENT = 8 };

struct segment {
	struct segment *next;
	uint64_t offset;
	int64_t time_ns;
	uint64_t number;
	uint32_t len;
	uint8_t data[];
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
}

void stream_memory_fini(struct stream_memory *memory)
{
	pool_fini(&memory->recent);
	pool_fini(&memory->tails);
}

struct tail *stream_tail_new(struct stream_memory *memory, size_t cap)
{
	struct tail *tail = cap == STREAM_TAIL_FIRST ? pool_take(&memory->tails) :
	    budget_alloc(&memory->budget, sizeof *tail + cap);

	if (tail) {
		tail->cap = (uint32_t)cap;
		tail->len = 0;
	}
	return tail;
}

void stream_tail_free(struct stream_memory *memory, struct tail *tail)
{
	if (tail && tail->cap == STREAM_TAIL_FIRST)
		pool_give(&memory->tails, tail);
	else if (tail)
		budget_free(&memory->budget, tail, sizeof *tail + tail->cap);
}

int64_t stream_offset(const struct stream *stream, uint32_t seq)
{
	uint32_t distance = seq - (stream->base + (uint32_t)stream->seen);

	return (int64_t)stream->seen + (int32_t)distance;
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

/* Do two ranges of bytes differ where they overlap? */
static bool range_differs(uint64_t a, struct bytes x, uint64_t b, struct bytes y)
{
	uint64_t from = a > b ? a : b;
	uint64_t to = a + x.len < b + y.len ? a + x.len : b + y.len;

	return from < to && memcmp(x.data + (from - a), y.data + (from - b), (size_t)(to - from)) != 0;
}

static bool recent_differs(const struct stream *stream, uint64_t offset, struct bytes data)
{
	const struct recent *recent = stream->recent;

	return recent && range_differs(offset, data, recent->offset, bytes_of(recent->data, recent->len));
}

/* ---- the queue of early segments ---- */

void stream_drop(struct stream_memory *memory, struct segment *held)
{
	if (held)
		budget_free(&memory->budget, held, sizeof *held + held->len);
}

static struct segment *queue_take(struct stream *stream)
{
	struct segment *head = stream->queue;

	stream->queue = head->next;
	stream->queue_len -= head->len;
	stream->n_queue--;
	return head;
}

static bool queue_refuses(const struct stream *stream, const struct stream_memory *memory, size_t len)
{
	return stream->n_queue >= memory->limits.queue_n || len > memory->limits.queue_len ||
	    stream->queue_len > memory->limits.queue_len - len;
}

static bool queue_put(struct stream *stream, struct stream_memory *memory, struct segment **place, uint64_t offset,
    struct bytes data)
{
	struct segment *segment = NULL;

	if (!queue_refuses(stream, memory, data.len))
		segment = budget_alloc(&memory->budget, sizeof *segment + data.len);
	if (!segment) {
		memory->n_queue_refused++;
		return false;
	}
	segment->offset = offset;
	segment->len = (uint32_t)data.len;
	segment->time_ns = memory->now_ns;
	segment->number = memory->now_number;
	memcpy(segment->data, data.data, data.len);
	segment->next = *place;
	*place = segment;
	stream->queue_len += segment->len;
	stream->n_queue++;
	return true;
}

/* Puts in what the queue does not hold yet. Returns whether a byte that it holds is different. */
static bool queue_insert(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data)
{
	struct segment **place = &stream->queue;
	bool differs = false;

	while (data.len) {
		struct segment *at = *place;

		if (at && at->offset + at->len <= offset) {
			place = &at->next;
			continue;
		}
		size_t before = data.len;

		if (at && at->offset < offset + data.len)
			before = at->offset > offset ? (size_t)(at->offset - offset) : 0;
		if (before) {
			if (!queue_put(stream, memory, place, offset, bytes_head(data, before)))
				return differs;
			place = &(*place)->next;
		}
		offset += before;
		data = bytes_tail(data, before);
		if (data.len) { /* `at` covers the next byte */
			size_t covered = (size_t)(at->offset + at->len - offset);

			memory->n_overlap++;
			differs |= range_differs(offset, data, at->offset, bytes_of(at->data, at->len));
			offset += covered < data.len ? covered : data.len;
			data = bytes_tail(data, covered);
		}
	}
	return differs;
}

static bool queue_differs(const struct stream *stream, uint64_t offset, struct bytes data)
{
	for (const struct segment *s = stream->queue; s && s->offset < offset + data.len; s = s->next)
		if (range_differs(offset, data, s->offset, bytes_of(s->data, s->len)))
			return true;
	return false;
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

static void push_data(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data,
    struct stream_input *input)
{
	if (offset < stream->next) {
		size_t old = offset + data.len < stream->next ? data.len : (size_t)(stream->next - offset);

		input->differs = recent_differs(stream, offset, bytes_head(data, old));
		data = bytes_tail(data, old);
		offset += old;
		if (!data.len)
			return;
	}
	if (offset == stream->next || stream->loose) {
		if (!stream->queue || !queue_differs(stream, offset, data)) {
			deliver(stream, memory, offset, data, input);
			return;
		}
	} else {
		memory->n_out_of_order++;
	}
	input->differs |= queue_insert(stream, memory, offset, data);
	stream->hole_filled = stream->queue && stream->queue->offset <= stream->next;
}

void stream_push(struct stream *stream, struct stream_memory *memory, const struct packet *packet, struct stream_input *input)
{
	struct bytes data = packet->payload;

	memory->now_ns = packet->time_ns;
	memory->now_number = packet->number;
	stream->hole_filled = false;
	input->now = (struct chunk){ .time_ns = packet->time_ns, .number = packet->number };
	input->differs = false;
	if (!stream->started || (packet->tcp_flags & TCP_SYN && stream_is_blank(stream)))
		stream_start(stream, packet);
	if (packet->tcp_flags & TCP_SYN)
		stream->has_syn = true;
	int64_t offset = stream_offset(stream, packet->tcp_seq + (packet->tcp_flags & TCP_SYN ? 1 : 0));

	size_t wire_len = packet->payload_len > data.len ? packet->payload_len : data.len;

	if (offset < 0) { /* from before the capture, or a keep-alive before the first byte */
		if ((uint64_t)-offset >= data.len)
			return;
		data = bytes_tail(data, (size_t)-offset);
		wire_len -= (size_t)-offset;
		offset = 0;
	}
	uint64_t end = (uint64_t)offset + wire_len;

	memory->n_retransmitted += data.len && (uint64_t)offset < stream->seen; /* not what is merely skipped */
	if (end > stream->seen)
		stream->seen = end;
	if (stream->has_fin && end > stream->fin && stream->acked <= stream->fin)
		stream->has_fin = false; /* it goes on: that was not its end */
	if (packet->tcp_flags & TCP_FIN && !stream->has_fin && end >= stream->next) {
		stream->has_fin = true;
		stream->fin = end;
	}
	if (stream->skip_all || stream->ended)
		return;
	if (data.len) {
		push_data(stream, memory, (uint64_t)offset, data, input);
		memory->n_overlap_differs += input->differs;
	}
	/* What the snap length cut off will not come any more. */
	if ((uint64_t)offset + data.len < end && (uint64_t)offset + data.len <= stream->next && end > stream->next) {
		uint64_t cut = stream->cut + (end - stream->next);

		stream->cut = cut < UINT32_MAX ? (uint32_t)cut : UINT32_MAX;
		stream->next = end;
	}
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

/* A forged segment far ahead must not make us jump: where acknowledgements are seen, only they give up a hole. */
static bool hole_given_up(const struct stream *stream, const struct stream_memory *memory, int64_t now_ns)
{
	int64_t waited = now_ns - stream->queue->time_ns;

	if (stream->has_acks)
		return stream->acked >= stream->queue->offset + 1 &&
		    (waited >= memory->limits.hole_acked_ns || stream->n_queue >= SEGMENTS_IMPATIENT);
	return waited >= memory->limits.hole_ns || queue_refuses(stream, memory, 1);
}

bool stream_pull(struct stream *stream, struct stream_memory *memory, int64_t now_ns, bool flush, struct chunk *chunk,
    struct segment **held)
{
	*held = NULL;
	while (stream->queue && (stream->queue->offset + stream->queue->len <= stream->next || stream->skip_all))
		stream_drop(memory, queue_take(stream));
	if (!stream->queue)
		return false;
	uint64_t gap = 0;

	if (stream->queue->offset > stream->next) {
		if (!flush && !stream->loose && !hole_given_up(stream, memory, now_ns))
			return false;
		stream->hole_filled = false;
	}
	if (stream->queue->offset > stream->next || stream->cut) {
		gap = gap_before(stream, memory, stream->queue->offset > stream->next ? stream->queue->offset : stream->next);
		if (stream->queue->offset > stream->next)
			stream->next = stream->queue->offset;
	}
	struct segment *head = *held = queue_take(stream);
	struct bytes data = bytes_tail(bytes_of(head->data, head->len), (size_t)(stream->next - head->offset));

	*chunk = (struct chunk){
		.data = data,
		.gap = gap,
		.time_ns = stream->hole_filled ? memory->now_ns : head->time_ns,
		.number = stream->hole_filled ? memory->now_number : head->number,
	};
	recent_add(stream, memory, stream->next, data);
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
	return stream->has_fin && !stream->queue && (stream->skip_all || stream->next >= stream->fin);
}

bool stream_at_end(const struct stream *stream)
{
	return stream_at_fin(stream) && stream->acked > stream->fin;
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
