#include "sensor/flow/queue.h"

bool range_differs(uint64_t a, struct bytes x, uint64_t b, struct bytes y)
{
	uint64_t from = a > b ? a : b;
	uint64_t to = a + x.len < b + y.len ? a + x.len : b + y.len;

	return from < to && memcmp(x.data + (from - a), y.data + (from - b), (size_t)(to - from)) != 0;
}

void stream_drop(struct stream_memory *memory, struct segment *held)
{
	if (held)
		budget_free(&memory->budget, held, sizeof *held + held->cap);
}

struct segment *queue_take(struct stream *stream)
{
	struct segment *head = stream->queue;

	stream->queue = head->next;
	stream->queue_len -= head->len;
	stream->n_queue--;
	return head;
}

bool queue_refuses(const struct stream *stream, const struct stream_memory *memory, size_t len)
{
	return stream->n_queue >= memory->limits.queue_n || len > memory->limits.queue_len ||
	    stream->queue_len > memory->limits.queue_len - len;
}

bool queue_is_pressed(const struct stream *stream, const struct stream_memory *memory)
{
	return stream->n_queue >= memory->limits.queue_n / 2 || stream->queue_len >= memory->limits.queue_len / 2;
}

static bool queue_put(struct stream *stream, struct stream_memory *memory, struct segment **place, const struct arrival *piece)
{
	size_t len = piece->data.len;
	struct segment *segment = NULL;

	if (!queue_refuses(stream, memory, len))
		segment = budget_alloc(&memory->budget, sizeof *segment + len);
	if (!segment) {
		memory->n_queue_refused++;
		return false;
	}
	*segment = (struct segment){
		.next = *place,
		.offset = piece->offset,
		.came = piece->came,
		.time_ns = memory->now_ns,
		.number = memory->now_number,
		.len = (uint32_t)len,
		.cap = (uint32_t)len,
		.suspicion = (uint8_t)piece->suspicion,
	};
	memcpy(segment->data, piece->data.data, len);
	*place = segment;
	stream->queue_len += segment->len;
	stream->n_queue++;
	return true;
}

/* Bytes that both have: `at` keeps its own, or takes the new ones. Returns whether they differ. */
static bool segment_meets(struct segment *at, struct stream_memory *memory, const struct arrival *piece)
{
	size_t covered = (size_t)(at->offset + at->len - piece->offset);
	size_t len = covered < piece->data.len ? covered : piece->data.len;
	uint8_t *mine = at->data + (piece->offset - at->offset);

	if (at->is_urgent)
		return false;
	memory->n_overlap++;
	if (memcmp(mine, piece->data.data, len) == 0)
		return false;
	if (!piece->suspicion && overlap_later_wins(memory->limits.policy, piece->came, at->came))
		memcpy(mine, piece->data.data, len);
	return true;
}

bool queue_insert(struct stream *stream, struct stream_memory *memory, const struct arrival *arrival)
{
	struct segment **place = &stream->queue;
	struct arrival rest = *arrival;
	bool differs = false;

	while (rest.data.len) {
		struct segment *at = *place;

		if (at && at->offset + at->len <= rest.offset) {
			place = &at->next;
			continue;
		}
		size_t before = rest.data.len;

		if (at && at->offset < rest.offset + rest.data.len)
			before = at->offset > rest.offset ? (size_t)(at->offset - rest.offset) : 0;
		if (before) {
			struct arrival piece = rest;

			piece.data = bytes_head(rest.data, before);
			if (!queue_put(stream, memory, place, &piece))
				return differs;
			place = &(*place)->next;
			rest.offset += before;
			rest.data = bytes_tail(rest.data, before);
		}
		if (rest.data.len) { /* `at` covers the next byte */
			size_t covered = (size_t)(at->offset + at->len - rest.offset);

			differs |= segment_meets(at, memory, &rest);
			rest.offset += covered < rest.data.len ? covered : rest.data.len;
			rest.data = bytes_tail(rest.data, covered);
		}
	}
	return differs;
}

bool queue_differs(const struct stream *stream, uint64_t offset, struct bytes data)
{
	for (const struct segment *s = stream->queue; s && s->offset < offset + data.len; s = s->next)
		if (s->is_urgent || range_differs(offset, data, s->offset, bytes_of(s->data, s->len)))
			return true;
	return false;
}

bool queue_insert_urgent(struct stream *stream, struct stream_memory *memory, uint64_t offset)
{
	struct arrival byte = { offset, bytes_of("", 1), { offset, offset + 1 }, SUSPICION_NONE };
	struct segment **place = &stream->queue;

	while (*place && (*place)->offset + (*place)->len <= offset)
		place = &(*place)->next;
	if (*place && (*place)->offset <= offset)
		return (*place)->is_urgent;
	if (!queue_put(stream, memory, place, &byte))
		return false;
	(*place)->is_urgent = true;
	return true;
}

/* Cuts from `at` what lies at and behind `from`, up to `to`, and, where that is its middle, what follows too. */
static void segment_cut(struct stream *stream, struct segment *at, uint64_t from, uint64_t to)
{
	uint64_t end = at->offset + at->len;
	uint32_t left = at->offset < from ? (uint32_t)(from - at->offset) : (uint32_t)(end - to);

	if (at->offset >= from) {
		memmove(at->data, at->data + (at->len - left), left);
		at->offset = to;
	}
	stream->queue_len -= at->len - left;
	at->len = left;
}

bool queue_yield(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data)
{
	struct segment **place = &stream->queue;
	uint64_t end = offset + data.len;
	bool differs = false;

	while (*place && (*place)->offset < end) {
		struct segment *at = *place;
		uint64_t at_end = at->offset + at->len;

		if (!at->suspicion || at_end <= offset) {
			place = &at->next;
			continue;
		}
		differs |= range_differs(offset, data, at->offset, bytes_of(at->data, at->len));
		if (at->offset >= offset && at_end <= end) {
			*place = at->next;
			stream->queue_len -= at->len;
			stream->n_queue--;
			stream_drop(memory, at);
			continue;
		}
		segment_cut(stream, at, offset, end);
		place = &at->next;
	}
	return differs;
}
