/* Reports: their order, and memory that comes back. */
#include "sensor/run/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

struct fixture {
	struct budget budget;
	struct reports_memory memory;
	struct report_list list;
};

static void begin(struct fixture *f, size_t memcap)
{
	budget_init(&f->budget, SIZE_MAX, NULL);
	reports_memory_init(&f->memory, memcap, &f->budget);
	report_list_init(&f->list);
}

static struct report *add(struct fixture *f, uint64_t number, bool by_packet, uint64_t flow_id, uint64_t tx)
{
	struct report *report = report_new(&f->memory, REPORT_RESPONSE);

	assert_non_null(report);
	report->key = (struct report_key){ number, by_packet, flow_id };
	report->tx = tx;
	report_list_add(&f->list, report);
	return report;
}

static void end(struct fixture *f)
{
	struct report *next;

	for (struct report *report = f->list.first; report; report = next) {
		next = report->next;
		report_free(&f->memory, report);
	}
	reports_memory_fini(&f->memory);
	assert_int_equal(f->budget.used, 0);
}

static void order(void **state)
{
	/* each before the next */
	static const struct report keys[] = {
		{ .key = { 1, false, 5 } }, { .key = { 1, false, 6 } }, { .key = { 1, true, 1 } }, { .key = { 2, false, 0 } },
		{ .key = { UINT64_MAX, false, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
			assert_int_equal(report_before(&keys[i], &keys[k]), i < k);
	/* what one packet did keeps its order, whatever the flow */
	const struct report a = { .key = { 1, true, 9 } }, b = { .key = { 1, true, 3 } };

	assert_false(report_before(&a, &b) || report_before(&b, &a));
}

/* Only what came since is sorted, by flow; of one flow nothing changes places; what is added then is the last. */
static void sorts_the_end(void **state)
{
	for (unsigned n = 0; n < 40; n++) {
		struct fixture f;
		uint64_t seed = n, last_flow = 0, last_tx = 0;

		(void)state;
		begin(&f, 1 << 20);
		add(&f, 7, true, 99, 0);
		struct report **from = f.list.last;

		for (unsigned i = 0; i < n; i++) {
			seed = seed * 6364136223846793005u + 1;
			add(&f, 8, false, seed >> 61, i);
		}
		report_list_sort(&f.list, from);
		struct report *last = add(&f, 8, true, 0, 0);

		assert_int_equal(f.list.first->key.flow_id, 99);
		struct report *report = f.list.first->next;

		for (unsigned i = 0; i < n; i++, report = report->next) {
			assert_true(report->key.flow_id > last_flow || (report->key.flow_id == last_flow && report->tx >= last_tx));
			last_flow = report->key.flow_id;
			last_tx = report->tx;
		}
		assert_ptr_equal(report, last);
		assert_null(last->next);
		end(&f);
	}
}

static void memory(void **state)
{
	struct fixture f;
	unsigned n = 0;

	(void)state;
	begin(&f, 200000);
	for (struct report *report; (report = report_new(&f.memory, REPORT_ANOMALY)); n++) {
		assert_int_equal(report->kind, REPORT_ANOMALY);
		assert_null(report->uses);
		memset(report->arena.place, 0xa5, report->arena.place_len); /* a sanitizer looks on */
		report_list_add(&f.list, report);
	}
	assert_in_range(n, 10, 48);
	assert_int_equal(f.memory.n_refused, 1);
	assert_true(f.budget.peak <= 200000);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(sorts_the_end),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
