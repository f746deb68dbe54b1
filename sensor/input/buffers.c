#include "sensor/input/buffers.h"

#include <pthread.h>
#include <stdlib.h>

struct buffers {
	pthread_mutex_t lock;
	pthread_cond_t released;
	struct buffer *free;
	unsigned n_made, n_max;
	struct buffer all[];
};

struct buffers *buffers_new(unsigned n_max)
{
	struct buffers *buffers = calloc(1, sizeof *buffers + n_max * sizeof *buffers->all);

	if (!buffers)
		return NULL;
	buffers->n_max = n_max;
	pthread_mutex_init(&buffers->lock, NULL);
	pthread_cond_init(&buffers->released, NULL);
	return buffers;
}

void buffers_free(struct buffers *buffers)
{
	if (!buffers)
		return;
	for (unsigned i = 0; i < buffers->n_made; i++)
		pages_free(buffers->all[i].memory, BUFFER_LEN);
	pthread_cond_destroy(&buffers->released);
	pthread_mutex_destroy(&buffers->lock);
	free(buffers);
}

static struct buffer *buffer_make(struct buffers *buffers)
{
	uint8_t *memory = buffers->n_made < buffers->n_max ? pages_alloc(BUFFER_LEN) : NULL;

	if (!memory)
		return NULL;
	buffers->all[buffers->n_made].memory = memory;
	return &buffers->all[buffers->n_made++];
}

struct buffer *buffers_take(struct buffers *buffers)
{
	struct buffer *buffer;

	pthread_mutex_lock(&buffers->lock);
	if (!buffers->free && (buffer = buffer_make(buffers))) {
		buffer->next = NULL;
		buffers->free = buffer;
	}
	while (!buffers->free && buffers->n_made)
		pthread_cond_wait(&buffers->released, &buffers->lock);
	buffer = buffers->free;
	if (buffer) {
		buffers->free = buffer->next;
		buffer->n_holders = 1;
	}
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
