#include "sensor/run/ring.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* What is handed over is a round, a thousand packets: a lock costs nothing that could be measured. */
struct ring {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	unsigned n, first, n_held;
	unsigned wanted; /* so many has who pops and waits; 0: nobody does */
	void *items[];
};

struct ring *ring_new(unsigned n)
{
	struct ring *ring = calloc(1, sizeof *ring + n * sizeof *ring->items);

	if (!ring)
		return NULL;
	ring->n = n;
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->moved, NULL);
	return ring;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	pthread_cond_destroy(&ring->moved);
	pthread_mutex_destroy(&ring->lock);
	free(ring);
}

void ring_push(struct ring *ring, void *item)
{
	pthread_mutex_lock(&ring->lock);
	while (ring->n_held == ring->n)
		pthread_cond_wait(&ring->moved, &ring->lock);
	ring->items[(ring->first + ring->n_held++) % ring->n] = item;
	bool wake = ring->n_held == ring->wanted;

	pthread_mutex_unlock(&ring->lock);
	if (wake)
		pthread_cond_signal(&ring->moved);
}

void ring_nudge(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	bool wake = ring->n_held > 0 && ring->n_held < ring->wanted;

	if (wake)
		ring->wanted = 1;
	pthread_mutex_unlock(&ring->lock);
	if (wake)
		pthread_cond_signal(&ring->moved);
}

void *ring_pop_of(struct ring *ring, unsigned least)
{
	pthread_mutex_lock(&ring->lock);
	if (ring->n_held == 0) {
		ring->wanted = least < ring->n ? least : ring->n;
		while (ring->n_held < ring->wanted)
			pthread_cond_wait(&ring->moved, &ring->lock);
		ring->wanted = 0;
	}
	void *item = ring->items[ring->first];

	ring->first = (ring->first + 1) % ring->n;
	bool wake = ring->n_held-- == ring->n;

	pthread_mutex_unlock(&ring->lock);
	if (wake)
		pthread_cond_signal(&ring->moved);
	return item;
}

void *ring_pop(struct ring *ring)
{
	return ring_pop_of(ring, 1);
}

void *ring_pop_now(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	bool any = ring->n_held > 0;

	pthread_mutex_unlock(&ring->lock);
	return any ? ring_pop(ring) : NULL; /* nobody else takes it */
}
