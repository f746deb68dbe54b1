/* sequence: what is there and what is missing of the bytes of one direction of a TCP connection (RFC 9293 3.4), told
 *from sequence numbers and from what the receiver acknowledged. Nothing is put together; only holes are remembered.
 *
 *	first seen                  next
 *	  |=========|.....|==========|        hole: bytes that were passed over
 *
 * A hole that is filled soon was a matter of order, one that is filled late a loss of the network that the sender
 *repaired. One that is never filled though the receiver acknowledged what lies in it was lost on the way here, and
 *nowhere else. */
#ifndef STORMGLASS_DOCTOR_SEQUENCE_H
#define STORMGLASS_DOCTOR_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

enum { SEQUENCE_HOLES = 6 };

struct sequence_hole {
	uint32_t start, end;
	int64_t opened_ns;
};

/* What one direction came to. */
struct sequence_sums {
	uint32_t segments;	/* with data, exact duplicates not counted */
	uint32_t retransmitted; /* of them: bytes that were seen before, or that fill a hole late */
	uint32_t reordered;	/* of them: fill a hole soon */
	uint32_t lost_places;	/* holes that the receiver acknowledged ... */
	uint64_t lost_bytes;
	uint32_t missing_places; /* ... and those of which no acknowledgment was seen */
	uint64_t missing_bytes;
};

struct sequence {
	uint32_t first, next, acked;
	bool started, is_acked;
	uint8_t n_holes, n_strange;
	struct sequence_hole holes[SEQUENCE_HOLES];
	struct sequence_sums sums;
};

/* A segment of this direction: `len` bytes of sequence space on the wire, SYN and FIN included. */
void sequence_segment(struct sequence *sequence, uint32_t seq, uint32_t len, bool has_data, int64_t time_ns);

/* An acknowledgment by the receiver, which is the other direction's. */
void sequence_ack(struct sequence *sequence, uint32_t ack, int64_t time_ns);

/* The end of the connection, or of the capture: settles the open holes. */
void sequence_end(struct sequence *sequence);

#endif
