/* conversations: who talks to whom, in TCP and UDP, and what is odd about it. A table of fixed size: when it is full,
 * the one that was silent for longest, roughly, ends early. What a conversation was is added to the tally when it ends.
 *
 * VLANs and tunnels are no part of a conversation's key: that the directions differ in them is what is looked for. */
#ifndef STORMGLASS_DOCTOR_CONVERSATIONS_H
#define STORMGLASS_DOCTOR_CONVERSATIONS_H

#include "sensor/base/budget.h"
#include "sensor/doctor/tally.h"

struct conversations;

/* Room for `max` at a time. NULL: the budget or the machine refuses. */
struct conversations *conversations_new(size_t max, struct budget *budget);
void conversations_free(struct conversations *conversations);

/* TCP and UDP only, no fragments, no copies of packets. */
void conversations_packet(struct conversations *conversations, const struct packet *packet, struct tally *tally);

/* Ends all, in the order of their places. */
void conversations_end(struct conversations *conversations, struct tally *tally);

#endif
