/* doctor: looks at packets as they come from a mirror port, and counts what a person would want to know of the mirror:
 * what is missing, what is there twice, what cannot be read. Bounded memory; the order of packets and their times
 * decide, nothing else. */
#ifndef STORMGLASS_DOCTOR_DOCTOR_H
#define STORMGLASS_DOCTOR_DOCTOR_H

#include "sensor/base/budget.h"
#include "sensor/doctor/tally.h"

enum {
	DOCTOR_CONVERSATIONS = 100000,	   /* remembered at a time */
	DOCTOR_MEMCAP = 128 * 1024 * 1024, /* enough for them */
};

struct doctor;

/* `budget` outlives it. NULL: the budget or the machine refuses. */
struct doctor *doctor_new(size_t max_conversations, struct budget *budget);
void doctor_free(struct doctor *doctor); /* NULL is fine */

/* Another input begins. */
void doctor_input(struct doctor *doctor);

/* A frame, and what net_dissect made of it. */
void doctor_packet(
    struct doctor *doctor, const struct frame *frame, const struct packet *packet, enum net_status status);

/* What a live capture lost: packets that the kernel or the interface's driver dropped, of those that passed by. */
void doctor_drops(struct doctor *doctor, uint64_t n_received, uint64_t n_dropped);

/* Ends what is open. The tally lives until doctor_free. */
const struct tally *doctor_end(struct doctor *doctor);

#endif
