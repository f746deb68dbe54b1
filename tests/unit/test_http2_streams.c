/* Open streams of a connection, beside a simple list of them. */
#include "dissectors/app/http2_streams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/script.h"

enum { IDS = 6000 };

struct rig {
	struct budget budget;
	struct http2_streams streams;
	bool open[IDS];
	unsigned n;
};

static void rig_begin(struct rig *rig, size_t memory, uint32_t cap)
{
	*rig = (struct rig){ 0 };
	budget_init(&rig->budget, memory, NULL);
	rig->streams = (struct http2_streams){ .budget = &rig->budget, .cap = cap };
}

static void rig_end(struct rig *rig)
{
	http2_streams_fini(&rig->streams);
	assert_int_equal(rig->budget.used, 0);
}

static struct http2_stream *add(struct rig *rig, uint32_t id)
{
	struct http2_stream *stream = http2_streams_add(&rig->streams, id);

	if (stream)
		stream->tx = id * 7;
	return stream;
}

static void test_model(void **state)
{
	struct rig *rig = malloc(sizeof *rig);
	uint64_t seed = 7;

	(void)state;
	assert_non_null(rig);
	rig_begin(rig, 1 << 20, HTTP2_STREAMS_CAP);
	for (unsigned round = 0; round < 200000; round++) {
		uint32_t id = 1 + (uint32_t)(script_next(&seed) >> 20) % (round < 100000 ? 300 : IDS - 1);
		struct http2_stream *stream = http2_streams_find(&rig->streams, id);

		assert_int_equal(stream != NULL, rig->open[id]);
		if (stream) {
			assert_int_equal(stream->tx, id * 7);
			http2_streams_remove(&rig->streams, stream);
		} else if (rig->n < 400) { /* far from full: nothing is forgotten */
			assert_non_null(add(rig, id));
		} else {
			continue;
		}
		rig->open[id] = !stream;
		rig->n += stream ? -1u : 1u;
		assert_int_equal(rig->streams.n, rig->n);
	}
	uint32_t at = 0;
	unsigned n = 0;

	while (http2_streams_next(&rig->streams, &at))
		n++;
	assert_int_equal(n, rig->n);
	rig_end(rig);
	free(rig);
}

/* Streams that come one after the other and never close. */
static void test_full(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1 << 20, 64);
	for (uint32_t id = 1; id < 2000; id += 2)
		assert_non_null(add(&rig, id));
	assert_int_equal(rig.streams.n_places, 64);
	assert_int_equal(rig.streams.n, 64);
	for (uint32_t id = 1; id < 2000; id += 2)
		assert_int_equal(http2_streams_find(&rig.streams, id) != NULL, id > 2000 - 2 * 64);
	rig_end(&rig);
	rig_begin(&rig, 1 << 20, HTTP2_STREAMS_CAP);
	for (uint32_t id = 1; id < 2 * HTTP2_STREAMS_CAP; id += 2)
		assert_non_null(add(&rig, id));
	assert_int_equal(rig.streams.n, HTTP2_STREAMS_CAP);
	rig_end(&rig);
}

/* Numbers that were chosen to lie at one place. */
static void test_chosen(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1 << 20, HTTP2_STREAMS_CAP);
	for (uint32_t i = 1; i <= 10000; i++)
		assert_non_null(add(&rig, i * 2 * HTTP2_STREAMS_CAP + 1));
	assert_true(rig.streams.n_places <= 256);
	assert_non_null(http2_streams_find(&rig.streams, 10000u * 2 * HTTP2_STREAMS_CAP + 1));
	rig_end(&rig);
}

static void test_refused(void **state)
{
	struct rig rig;
	struct http2_streams none = { .cap = 64 };

	(void)state;
	rig_begin(&rig, 100, HTTP2_STREAMS_CAP);
	assert_null(add(&rig, 1));
	assert_null(http2_streams_find(&rig.streams, 1));
	rig_end(&rig);
	rig_begin(&rig, HTTP2_STREAMS_FIRST * (sizeof(struct http2_stream) + 4), HTTP2_STREAMS_CAP); /* not to grow */
	for (uint32_t id = 1; id < 200; id += 2)
		assert_non_null(add(&rig, id));
	assert_int_equal(rig.streams.n, HTTP2_STREAMS_FIRST);
	assert_non_null(http2_streams_find(&rig.streams, 199));
	rig_end(&rig);
	assert_non_null(http2_streams_add(&none, 1)); /* without a budget */
	http2_streams_fini(&none);
}

static void test_small(void **state)
{
	struct rig rig;

	(void)state;
	assert_true(sizeof(struct http2_stream) <= 64); /* a cache line */
	rig_begin(&rig, 1 << 20, 64);
	assert_null(http2_streams_find(&rig.streams, 1));
	assert_null(http2_streams_find(&rig.streams, 0));
	assert_non_null(add(&rig, 1));
	assert_null(http2_streams_find(&rig.streams, 0)); /* as free places have it */
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
