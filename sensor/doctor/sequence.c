#include "sensor/doctor/sequence.h"

enum {
	REORDERED_NS = 3000000, /* as Wireshark has it: a retransmission takes longer */
	FAR = 1 << 26,		/* further than this no window goes in practice: another connection, or forged */
	STRANGE_AGREE = 2,	/* so many far segments in a row are the truth */
};

static int32_t distance(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

/* Bytes of [start, end) that the receiver says it has. */
static uint32_t acked_of(const struct sequence *sequence, const struct sequence_hole *hole)
{
	if (!sequence->is_acked || distance(hole->start, sequence->acked) <= 0)
		return 0;
	return distance(hole->end, sequence->acked) >= 0 ? hole->end - hole->start : sequence->acked - hole->start;
}

static void settle(struct sequence *sequence, const struct sequence_hole *hole)
{
	struct sequence_sums *sums = &sequence->sums;
	uint32_t acked = acked_of(sequence, hole), rest = hole->end - hole->start - acked;

	if (acked) {
		sums->lost_places++;
		sums->lost_bytes += acked;
	}
	if (rest) {
		sums->missing_places++;
		sums->missing_bytes += rest;
	}
}

static void hole_remove(struct sequence *sequence, unsigned i)
{
	for (sequence->n_holes--; i < sequence->n_holes; i++)
		sequence->holes[i] = sequence->holes[i + 1];
}

static void hole_open(struct sequence *sequence, uint32_t start, uint32_t end, int64_t time_ns)
{
	if (sequence->n_holes == SEQUENCE_HOLES) { /* the oldest is the least likely to be filled */
		settle(sequence, &sequence->holes[0]);
		hole_remove(sequence, 0);
	}
	sequence->holes[sequence->n_holes++] = (struct sequence_hole){ start, end, time_ns };
}

/* Takes [start, end) out of the holes. The time the youngest of them was opened, or -1: it lies in none. */
static int64_t fill(struct sequence *sequence, uint32_t start, uint32_t end)
{
	int64_t opened_ns = -1;

	for (unsigned i = 0; i < sequence->n_holes; i++) {
		struct sequence_hole *hole = &sequence->holes[i];

		if (distance(hole->end, start) >= 0 || distance(end, hole->start) >= 0)
			continue;
		if (hole->opened_ns > opened_ns)
			opened_ns = hole->opened_ns;
		bool head = distance(hole->start, start) > 0, tail = distance(end, hole->end) > 0;

		if (!head && !tail) {
			hole_remove(sequence, i--);
		} else if (head && tail) {
			uint32_t old_end = hole->end;

			hole->end = start;
			if (sequence->n_holes < SEQUENCE_HOLES)
				hole_open(sequence, end, old_end, hole->opened_ns);
			else
				settle(sequence, &(struct sequence_hole){ end, old_end, 0 });
			return opened_ns;
		} else if (head) {
			hole->end = start;
		} else {
			hole->start = end;
		}
	}
	return opened_ns;
}

static void begin(struct sequence *sequence, uint32_t seq, uint32_t len)
{
	sequence->started = true;
	sequence->first = seq;
	sequence->next = seq + len;
	sequence->is_acked = false;
	sequence->n_strange = 0;
}

/* Bytes below `next`. */
static void old_bytes(struct sequence *sequence, uint32_t seq, uint32_t end, bool has_data, int64_t time_ns)
{
	uint32_t until = distance(end, sequence->next) > 0 ? end : sequence->next;

	if (distance(seq, sequence->first) > 0) { /* sent before what was seen first */
		sequence->first = seq;
		sequence->sums.reordered += has_data;
		return;
	}
	int64_t opened_ns = fill(sequence, seq, until);

	if (!has_data || (end - seq == 1 && end == sequence->next)) /* a keep-alive (RFC 9293 3.8.4) */
		return;
	if (opened_ns >= 0 && time_ns - opened_ns <= REORDERED_NS)
		sequence->sums.reordered++;
	else
		sequence->sums.retransmitted++;
}

void sequence_segment(struct sequence *sequence, uint32_t seq, uint32_t len, bool has_data, int64_t time_ns)
{
	uint32_t end = seq + len;

	sequence->sums.segments += has_data;
	if (!sequence->started) {
		begin(sequence, seq, len);
		return;
	}
	int32_t ahead = distance(sequence->next, seq);

	if (ahead > FAR || ahead < -FAR) {
		if (++sequence->n_strange >= STRANGE_AGREE) {
			sequence_end(sequence);
			begin(sequence, seq, len);
		}
		return;
	}
	sequence->n_strange = 0;
	if (ahead > 0)
		hole_open(sequence, sequence->next, seq, time_ns);
	else if (ahead < 0)
		old_bytes(sequence, seq, end, has_data, time_ns);
	if (distance(sequence->next, end) > 0)
		sequence->next = end;
}

void sequence_ack(struct sequence *sequence, uint32_t ack, int64_t time_ns)
{
	if (!sequence->started)
		return;
	int32_t ahead = distance(sequence->next, ack);

	if (ahead > FAR || ahead < -FAR)
		return;
	if (!sequence->is_acked || distance(sequence->acked, ack) > 0)
		sequence->acked = ack;
	sequence->is_acked = true;
	if (ahead >
	    0) { /* the receiver has more than was seen; it may still come, where the directions take different ways */
		hole_open(sequence, sequence->next, ack, time_ns);
		sequence->next = ack;
	}
}

void sequence_end(struct sequence *sequence)
{
	for (unsigned i = 0; i < sequence->n_holes; i++)
		settle(sequence, &sequence->holes[i]);
	sequence->n_holes = 0;
}
