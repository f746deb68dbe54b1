#include "sensor/flow/tail.h"

void tail_free(struct stream *stream, struct stream_memory *memory)
{
	stream_tail_free(memory, stream->tail);
	stream->tail = NULL;
	stream->offered = 0;
}

bool tail_reserve(struct stream *stream, struct stream_memory *memory, size_t len)
{
	struct tail *old = stream->tail;
	size_t cap = old ? old->cap : STREAM_TAIL_FIRST;

	while (cap < len)
		cap *= 2;
	if (old && cap == old->cap)
		return true;
	if (len > TAIL_CAP)
		return false;
	struct tail *tail = stream_tail_new(memory, cap);

	if (!tail)
		return false;
	if (old) {
		tail->len = old->len;
		memcpy(tail->data, old->data, old->len);
		stream_tail_free(memory, old);
	}
	stream->tail = tail;
	return true;
}

bool tail_holds(const struct stream *stream, struct bytes data)
{
	const struct tail *tail = stream->tail;

	return tail && data.data >= tail->data && data.data <= tail->data + tail->cap;
}

bool tail_keep(struct stream *stream, struct stream_memory *memory, struct bytes rest)
{
	struct tail *tail = stream->tail;

	if (tail_holds(stream, rest)) {
		if (rest.data != tail->data) /* a head that trickles in by the byte stays where it is */
			memmove(tail->data, rest.data, rest.len);
		tail->len = (uint32_t)rest.len;
	} else {
		if (tail)
			tail->len = 0;
		if (!tail_reserve(stream, memory, rest.len))
			return false;
		memcpy(stream->tail->data, rest.data, rest.len);
		stream->tail->len = (uint32_t)rest.len;
	}
	stream->offered = (uint32_t)rest.len;
	return true;
}

bool tail_join(struct stream *stream, struct stream_memory *memory, struct chunk *chunk)
{
	struct tail *tail = stream->tail;

	if (!tail || !tail->len || chunk->gap) {
		if (tail) {
			chunk->gap += tail->len;
			tail->len = 0;
		}
		stream->offered = 0;
		return true;
	}
	if (!tail_reserve(stream, memory, tail->len + chunk->data.len))
		return false;
	tail = stream->tail;
	memcpy(tail->data + tail->len, chunk->data.data, chunk->data.len);
	tail->len += (uint32_t)chunk->data.len;
	chunk->data = bytes_of(tail->data, tail->len);
	chunk->seen = stream->offered;
	return true;
}
