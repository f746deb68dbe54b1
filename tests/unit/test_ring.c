/* What crosses threads: rings keep order and bounds, buffers stay until nobody holds them. */
#include "sensor/input/buffers.h"
#include "sensor/run/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { N = 100000 };

static void *push_all(void *ring)
{
	for (uintptr_t i = 1; i <= N; i++)
		ring_push(ring, (void *)i);
	return NULL;
}

static void in_order(void **state)
{
	(void)state;
	for (unsigned len = 1; len <= 8; len *= 2) {
		struct ring *ring = ring_new(len);
		pthread_t thread;

		assert_non_null(ring);
		assert_int_equal(pthread_create(&thread, NULL, push_all, ring), 0);
		for (uintptr_t i = 1; i <= N; i++)
			assert_ptr_equal(ring_pop(ring), (void *)i);
		pthread_join(thread, NULL);
		ring_free(ring);
	}
	ring_free(NULL);
}

/* Pushes three, and says that there is no more; then a fourth, of which nobody who waits for two is told before the nudge. */
static void *push_and_nudge(void *context)
{
	struct ring *ring = context;

	for (uintptr_t i = 1; i <= 3; i++)
		ring_push(ring, (void *)i);
	ring_nudge(ring);
	ring_push(ring, (void *)4);
	ring_nudge(ring);
	ring_nudge(ring);
	return NULL;
}

/* Who waits for several gets them all in order, those too that a nudge is for; over and over, for it is a matter of timing. */
static void few_wakings(void **state)
{
	struct ring *ring = ring_new(4);

	(void)state;
	assert_non_null(ring);
	assert_null(ring_pop_now(ring));
	ring_nudge(ring); /* there is nothing, and nobody */
	for (unsigned n = 0; n < 2000; n++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, push_and_nudge, ring), 0);
		for (uintptr_t i = 1; i <= 4; i++)
			assert_ptr_equal(ring_pop_of(ring, 1 + n % 8), (void *)i); /* more than it holds: as many as it holds */
		pthread_join(thread, NULL);
		assert_null(ring_pop_now(ring));
	}
	ring_push(ring, (void *)5);
	assert_ptr_equal(ring_pop_now(ring), (void *)5);
	ring_free(ring);
}

struct lending {
	struct buffers *buffers;
	struct ring *ring;
};

static void *give_back(void *context)
{
	struct lending *lending = context;
	struct buffer *buffer;

	while ((buffer = ring_pop(lending->ring))) {
		if (buffer->memory[0] != buffer->memory[BUFFER_LEN - 1])
			return buffer;
		buffers_release(lending->buffers, buffer);
	}
	return NULL;
}

/* A buffer comes back to its filler only when its holder let go: what it holds is whole until then. */
static void held(void **state)
{
	struct lending lending = { buffers_new(3), ring_new(2) };
	pthread_t thread;
	void *wrong;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, give_back, &lending), 0);
	for (unsigned i = 0; i < 20000; i++) {
		struct buffer *buffer = buffers_take(lending.buffers);

		assert_non_null(buffer);
		assert_false(buffers_is_shared(lending.buffers, buffer));
		buffer->memory[0] = buffer->memory[BUFFER_LEN - 1] = (uint8_t)i;
		buffers_hold(lending.buffers, buffer);
		assert_true(buffers_is_shared(lending.buffers, buffer));
		ring_push(lending.ring, buffer);
		buffers_release(lending.buffers, buffer);
	}
	ring_push(lending.ring, NULL);
	pthread_join(thread, &wrong);
	assert_null(wrong);
	buffers_free(lending.buffers);
	ring_free(lending.ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(few_wakings),
		cmocka_unit_test(held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
