/* The stats object: since the start, since the event before, and without what depends on the number of workers. */
#include "sensor/output/stats_text.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static json_t *text(const struct stats *stats, const struct stats_span *span)
{
	struct json json;

	json_init(&json, 32768);
	stats_text(&json, stats, span);
	assert_false(json.full);
	json_t *object = json_loadb(json.text, json.len, JSON_REJECT_DUPLICATES, NULL);

	assert_true(json_is_object(object));
	json_fini(&json);
	return object;
}

static json_int_t get(const json_t *object, const char *group, const char *name)
{
	const json_t *value = json_object_get(json_object_get(object, group), name);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void spans(void **state)
{
	struct stats before = { 0 }, now = { 0 };
	struct stats_span span = { &before, 8, 16, false, false };

	(void)state;
	before.decoder.pkts = 100;
	now.decoder.pkts = 140;
	before.flow.active = 9;
	now.flow.active = 3;
	now.flow.memuse = 4096;
	json_t *object = text(&now, &span);
	const json_t *interval = json_object_get(object, "interval");

	assert_int_equal(json_integer_value(json_object_get(object, "uptime")), 16);
	assert_int_equal(json_integer_value(json_object_get(interval, "seconds")), 8);
	assert_int_equal(get(object, "decoder", "pkts"), 140);
	assert_int_equal(get(interval, "decoder", "pkts"), 40);
	assert_int_equal(get(object, "flow", "active"), 3);
	assert_int_equal(get(interval, "flow", "active"), -1); /* may fall: no growth of it is told */
	assert_int_equal(get(object, "flow", "memuse"), -1);
	assert_int_equal(get(object, "capture", "kernel_drops"), -1);
	json_decref(object);
	span.local = span.live = true;
	object = text(&now, &span);
	assert_int_equal(get(object, "flow", "memuse"), 4096);
	assert_int_equal(get(object, "capture", "kernel_drops"), 0);
	json_decref(object);
}

static void adds(void **state)
{
	struct stats sum = { 0 }, part = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof part / sizeof(uint64_t); i++)
		((uint64_t *)(void *)&part)[i] = i + 1;
	stats_add(&sum, &part);
	stats_add(&sum, &part);
	for (size_t i = 0; i < sizeof part / sizeof(uint64_t); i++) /* every counter of the struct is in the table */
		assert_int_equal(((uint64_t *)(void *)&sum)[i], 2 * (i + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans),
		cmocka_unit_test(adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
