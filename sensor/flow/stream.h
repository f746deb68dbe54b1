/* stream: TCP reassembly of one direction (RFC 9293 3.4, 3.10.7.4), independent of acknowledgements.
 *
 * Positions are 64-bit offsets from the first sequence number seen. Bytes are handed out as soon as they are in order;
 * what comes early waits in a queue; a hole that will not be filled becomes the gap of the next chunk. What a dissector does
 * not want (a body) is neither kept nor waited for. Of a byte that was handed out the first copy has won; of those that still
 * wait, the overlap policy decides. A copy that differs is noticed as long as the other is held: queued, or delivered and not
 * yet acknowledged. A segment that something speaks against waits too: any other copy of its bytes is preferred. */
#ifndef STORMGLASS_FLOW_STREAM_H
#define STORMGLASS_FLOW_STREAM_H

#include "sensor/base/pool.h"
#include "sensor/flow/overlap.h"
#include "sensor/model/chunk.h"

struct segment;
struct recent;

/* Bytes that a dissector did not consume yet. */
struct tail {
	int64_t time_ns;         /* of the packet that brought the last of them */
	uint64_t number;
	uint32_t len, cap;
	uint32_t need;           /* so many of them the dissector wants before it is called again; 0: any more */
	uint8_t data[];
};

struct stream {
	uint64_t next;           /* offset of the byte wanted next */
	uint64_t seen;           /* end of the furthest segment seen */
	uint64_t acked;          /* what the peer acknowledged */
	uint64_t n_bytes;        /* frame bytes, for the flow's counters */
	struct segment *queue;   /* early segments, ascending, disjoint */
	struct recent *recent;   /* copy of the last delivered bytes */
	struct tail *tail;
	uint32_t base;           /* sequence number of offset 0 */
	uint32_t fin;            /* sequence number of the FIN; valid with has_fin */
	uint32_t time_echoed;    /* latest of this sender's timestamps that the peer echoed; 0: none yet */
	uint32_t n_packets;
	uint32_t queue_len;      /* bytes */
	uint32_t offered;        /* prefix of tail that was offered to the dissector */
	uint32_t cut;            /* bytes right before `next` that a snap length cut off */
	uint16_t n_queue;
	bool started : 1;        /* base is set */
	bool has_syn : 1, has_fin : 1, ended : 1;
	bool has_acks : 1;       /* the peer's acknowledgements are in the capture */
	bool loose : 1;          /* nobody reads this stream: no queue is kept */
	bool last_fed : 1;       /* the dissector was told that the stream is over */
	bool skip_all : 1;       /* nothing of it is wanted any more */
	bool hole_filled : 1;    /* queued bytes became in-order by the packet at hand */
	bool has_times : 1;      /* its SYN offered timestamps */
	bool window_shut : 1;    /* the peer advertised a window of 0 last */
	bool urgent_seen : 1;
	bool sum_good : 1;       /* a checksum of this sender was found right ... */
	bool sum_good_data : 1;  /* ... and of a segment with data */
	bool sum_ignored : 1;    /* wrong ones were acknowledged: they say nothing here */
};

/* What speaks against a segment: its receiver may drop it, or never see it. From the least to the most. */
enum suspicion {
	SUSPICION_NONE,
	SUSPICION_SYN,           /* data on a SYN: only who knows the cookie takes it (RFC 7413) */
	SUSPICION_ACK,           /* it acknowledges what was never sent, or nothing at all (RFC 9293 3.10.7.4, RFC 5961 5.2) */
	SUSPICION_WINDOW,        /* the window was shut */
	SUSPICION_PARTIAL,       /* a wrong checksum as cards leave it */
	SUSPICION_TTL,           /* few hops to live, and far fewer than the sender's others */
	SUSPICION_TIME,          /* a timestamp from before what the peer echoed (PAWS, RFC 7323 5.3) */
	SUSPICION_CHECKSUM,
	SUSPICION_DROP,          /* it is not to be taken at all */
};

enum urgent_policy { URGENT_INLINE, URGENT_OOB, URGENT_DROP };
enum checksum_policy { CHECKSUM_AUTO, CHECKSUM_YES, CHECKSUM_NO };

struct stream_limits {
	uint32_t queue_len;      /* bytes a stream may queue */
	uint16_t queue_n;        /* segments it may queue */
	int64_t hole_acked_ns;   /* wait for a hole that the receiver has acknowledged: the capture may be out of order */
	int64_t hole_ns;         /* wait for any hole where the receiver's acknowledgements are not in the capture */
	enum overlap_policy policy;
	enum urgent_policy urgent;
	enum checksum_policy checksum;
};

/* Shared by the streams of one worker. */
struct stream_memory {
	struct stream_limits limits;
	struct budget budget;    /* queues and tails */
	struct budget recent_budget;
	struct pool recent;
	struct pool tails;       /* of STREAM_TAIL_FIRST */
	struct pool record_tails; /* of STREAM_TAIL_RECORD */
	int64_t now_ns;          /* of the packet at hand */
	uint64_t now_number;
	uint64_t n_overlap, n_overlap_differs, n_gap, n_gap_bytes, n_queue_refused, n_out_of_order, n_retransmitted,
	    n_compare_refused;
	uint64_t n_suspect, n_suspect_dropped, n_insertion, n_invalid_checksum, n_duplicate, n_keepalive, n_urgent, n_stale,
	    n_out_of_window;
};

void stream_memory_init(struct stream_memory *memory, size_t memcap, const struct stream_limits *limits, struct budget *parent);
void stream_memory_fini(struct stream_memory *memory);

enum { STREAM_TAIL_FIRST = 4096, STREAM_TAIL_RECORD = 32768 /* a TLS record, as one growth after the other has it */ };

/* An empty tail with room for `cap` bytes; NULL when the budget refuses. */
struct tail *stream_tail_new(struct stream_memory *memory, size_t cap);
void stream_tail_free(struct stream_memory *memory, struct tail *tail); /* NULL is fine */

/* What one packet brought. */
struct stream_input {
	struct chunk now;        /* in-order bytes of this packet; now.data.len == 0: none */
	bool differs;            /* it repeats bytes with another content */
	bool insertion;          /* ... of which either is under suspicion */
	bool urgent;             /* it has urgent data, the first of its stream */
};

/* The stream's first byte has sequence number `base`, says a SYN. For a stream that no packet has started yet. */
void stream_begin(struct stream *stream, uint32_t base);

/* Where a sequence number lies in a started stream: the reading nearest to what is wanted next. Negative: before its start. */
int64_t stream_offset(const struct stream *stream, uint32_t seq);

/* Takes a TCP segment of this direction. `input->now` borrows from the packet and must be worked off, as far as it goes,
 * before stream_pull. */
void stream_push_suspect(struct stream *stream, struct stream_memory *memory, const struct packet *packet,
	enum suspicion suspicion, struct stream_input *input);

static inline void stream_push(struct stream *stream, struct stream_memory *memory, const struct packet *packet,
	struct stream_input *input)
{
	stream_push_suspect(stream, memory, packet, SUSPICION_NONE, input);
}

/* The acknowledgement that the other direction's packet carries for this stream. */
void stream_acked(struct stream *stream, struct stream_memory *memory, uint32_t ack);

/* The next chunk out of the queue that is in order, or that has to be taken over a gap by now (`flush`: at once). Its data is
 * owned by *held, to be given back with stream_drop once the chunk is worked off. */
bool stream_pull(struct stream *stream, struct stream_memory *memory, int64_t now_ns, bool flush, struct chunk *chunk,
	struct segment **held);
void stream_drop(struct stream_memory *memory, struct segment *held);

/* The dissector does not want the next `len` bytes after those handed out; UINT64_MAX: none any more. */
void stream_skip(struct stream *stream, struct stream_memory *memory, uint64_t len);

/* All up to the FIN was handed out. */
bool stream_at_fin(const struct stream *stream);

/* ... and the receiver acknowledged the FIN: one that it does not heed is not the end (see connection.h). */
bool stream_at_end(const struct stream *stream);

/* Neither a byte nor a SYN came yet: a SYN still decides where the stream starts. */
bool stream_is_blank(const struct stream *stream);

/* Gives everything back. */
void stream_end(struct stream *stream, struct stream_memory *memory);

#endif
