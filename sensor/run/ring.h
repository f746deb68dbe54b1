/* ring: hands pointers from one thread to another, in order, a bounded number at a time. Who finds it full or empty waits.
 *
 * To wake a thread costs as much as hundreds of packets. Who can do with few wakings waits for several pointers at once; then
 * who pushes says by a nudge that there will be no more for now. */
#ifndef STORMGLASS_RUN_RING_H
#define STORMGLASS_RUN_RING_H

struct ring;

struct ring *ring_new(unsigned n);
void ring_free(struct ring *ring); /* NULL is fine */
void ring_push(struct ring *ring, void *item);
void *ring_pop(struct ring *ring);
void *ring_pop_of(struct ring *ring, unsigned least); /* as ring_pop, but who must wait waits for `least`, 1 or more, or a nudge */
void *ring_pop_now(struct ring *ring);                /* NULL: there is nothing at the moment */
void ring_nudge(struct ring *ring);                   /* wakes who waits for more than there is, if there is anything */

#endif
