/* ring: hands pointers from one thread to another, in order, a bounded number at a time. Who finds it full or empty waits. */
#ifndef STORMGLASS_RUN_RING_H
#define STORMGLASS_RUN_RING_H

struct ring;

struct ring *ring_new(unsigned n);
void ring_free(struct ring *ring); /* NULL is fine */
void ring_push(struct ring *ring, void *item);
void *ring_pop(struct ring *ring);

#endif
