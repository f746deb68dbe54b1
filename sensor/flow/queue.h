/* queue: segments of a stream that came early, or that something speaks against, until they are handed out. Ascending and
 * disjoint; bounded by the stream's limits and charged to its budget. Private to this folder. */
#ifndef STORMGLASS_FLOW_QUEUE_H
#define STORMGLASS_FLOW_QUEUE_H

#include "sensor/flow/stream.h"

struct segment {
	struct segment *next;
	uint64_t offset;
	struct span came;        /* the whole segment that this is a piece of: what an overlap policy goes by */
	int64_t time_ns;
	uint64_t number;
	uint32_t len;
	uint32_t cap;            /* bytes of data[] */
	uint8_t suspicion;       /* enum suspicion: a copy without any takes its place */
	bool is_urgent;          /* out of band: in its place, not to be handed out */
	uint8_t data[];
};

/* A segment on its way in. */
struct arrival {
	uint64_t offset;
	struct bytes data;
	struct span came;
	enum suspicion suspicion;
};

/* Do two ranges of bytes differ where they overlap? */
bool range_differs(uint64_t a, struct bytes x, uint64_t b, struct bytes y);

/* Would `len` more bytes go beyond the limits? */
bool queue_refuses(const struct stream *stream, const struct stream_memory *memory, size_t len);

/* Half full: time to stop waiting for what is missing. */
bool queue_is_pressed(const struct stream *stream, const struct stream_memory *memory);

/* Puts in what the queue does not hold yet; where it does, the policy decides whose bytes stay. Returns whether they differ. */
bool queue_insert(struct stream *stream, struct stream_memory *memory, const struct arrival *arrival);

/* An urgent byte that is read out of band: nothing is to be handed out at this offset. False: refused. */
bool queue_insert_urgent(struct stream *stream, struct stream_memory *memory, uint64_t offset);

/* Segments under suspicion give way to these bytes. Returns whether they differ. */
bool queue_yield(struct stream *stream, struct stream_memory *memory, uint64_t offset, struct bytes data);

/* Would handing out these bytes instead of what the queue has at their place make a difference? */
bool queue_differs(const struct stream *stream, uint64_t offset, struct bytes data);

/* Takes out the first; the caller gives it back with stream_drop. */
struct segment *queue_take(struct stream *stream);

#endif
