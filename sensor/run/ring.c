#include "sensor/run/ring.h"

#include <pthread.h>
#include <stdlib.h>

/* What is handed over is a round, a thousand packets: a lock costs nothing that could be measured. */
struct ring {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	unsigned n, first, n_held;
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
	if (ring->n_held == 1)
		pthread_cond_signal(&ring->moved);
	pthread_mutex_unlock(&ring->lock);
}

void *ring_pop(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	while (ring->n_held == 0)
		pthread_cond_wait(&ring->moved, &ring->lock);
	void *item = ring->items[ring->first];

	ring->first = (ring->first + 1) % ring->n;
	if (ring->n_held-- == ring->n)
		pthread_cond_signal(&ring->moved);
	pthread_mutex_unlock(&ring->lock);
	return item;
}
