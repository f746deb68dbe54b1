#include "dissectors/app/content_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t field(const struct record *record, size_t field)
{
	return record_has(record, field) ? record->values[field].number : -1;
}

static void test_ranges(void **state)
{
	static const struct {
		const char *value;
		int64_t start, end, size;
	} cases[] = {
		{ "bytes 0-99/1000", 0, 99, 1000 },
		{ "BYTES 5-6/*", 5, 6, -1 },
		{ "bytes */1000", -1, -1, 1000 },
		{ "bytes 999999999999999998-999999999999999999/1", 999999999999999998, 999999999999999999, 1 },
		{ "bytes 5/10", -1, -1, 10 },
		{ "bytes 5-/10", -1, -1, 10 },
		{ "bytes -5/10", -1, -1, -1 },
		{ "bytes", -1, -1, -1 },
		{ "bytes ", -1, -1, -1 },
		{ "items 0-9/10", -1, -1, -1 },
		{ "", -1, -1, -1 },
	};
	struct budget budget;
	struct arena arena;

	(void)state;
	budget_init(&budget, 65536, NULL);
	arena_init(&arena, 4096, &budget);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct record *record = record_new(&http_record, &arena);

		content_range_record(record, bytes_text(cases[i].value));
		if (!bytes_is(record_get(record, HTTP_RANGE_RAW), cases[i].value) || field(record, HTTP_RANGE_START) != cases[i].start ||
		    field(record, HTTP_RANGE_END) != cases[i].end || field(record, HTTP_RANGE_SIZE) != cases[i].size)
			fail_msg("%s: %lld-%lld/%lld", cases[i].value, (long long)field(record, HTTP_RANGE_START),
			    (long long)field(record, HTTP_RANGE_END), (long long)field(record, HTTP_RANGE_SIZE));
	}
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ranges) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
