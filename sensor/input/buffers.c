#include "sensor/input/buffers.h"

#include <pthread.h>
#include <stdlib.h>

#include "sensor/base/pages.h"

struct buffers {
	pthread_mutex_t lock;
	pthread_cond_t released;
	struct buffer *free;
	uint8_t *memory; /* of all */
	unsigned n;
	struct buffer all[];
};

struct buffers *buffers_new(unsigned n_max)
{
	struct buffers *buffers = calloc(1, sizeof *buffers + n_max * sizeof *buffers->all);

	if (!buffers)
		return NULL;
	buffers->n = n_max;
	buffers->memory = pages_alloc((size_t)n_max * BUFFER_LEN);
	if (!buffers->memory) {
		free(buffers);
		return NULL;
	}
	pthread_mutex_init(&buffers->lock, NULL);
	pthread_cond_init(&buffers->released, NULL);
	for (unsigned i = n_max; i-- > 0;) {
		buffers->all[i] = (struct buffer){ buffers->free, 0, buffers->memory + (size_t)i * BUFFER_LEN };
		buffers->free = &buffers->all[i];
	}
	return buffers;
}

void buffers_free(struct buffers *buffers)
{
	if (!buffers)
		return;
	pages_free(buffers->memory, (size_t)buffers->n * BUFFER_LEN);
	pthread_cond_destroy(&buffers->released);
	pthread_mutex_destroy(&buffers->lock);
	free(buffers);
}

struct buffer *buffers_take(struct buffers *buffers)
{
	pthread_mutex_lock(&buffers->lock);
	while (!buffers->free)
		pthread_cond_wait(&buffers->released, &buffers->lock);
	struct buffer *buffer = buffers->free;

	buffers->free = buffer->next;
	buffer->n_holders = 1;
	pthread_mutex_unlock(&buffers->lock);
	return buffer;
}

void buffers_hold(struct buffers *buffers, struct buffer *buffer)
{
	pthread_mutex_lock(&buffers->lock);
	buffer->n_holders++;
	pthread_mutex_unlock(&buffers->lock);
}

void buffers_release(struct buffers *buffers, struct buffer *buffer)
{
	if (!buffer)
		return;
	pthread_mutex_lock(&buffers->lock);
	if (--buffer->n_holders == 0) {
		buffer->next = buffers->free;
		buffers->free = buffer;
		pthread_cond_signal(&buffers->released);
	}
	pthread_mutex_unlock(&buffers->lock);
}

bool buffers_is_shared(struct buffers *buffers, const struct buffer *buffer)
{
	pthread_mutex_lock(&buffers->lock);
	bool shared = buffer->n_holders > 1;

	pthread_mutex_unlock(&buffers->lock);
	return shared;
}
