#include "dissectors/app/hpack_table.h"
#include "dissectors/app/hpack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED = 62, ROUNDS = 20000, ENTRIES_MAX = 65536 / HPACK_ENTRY_OVERHEAD };

static unsigned seed = SEED;

static unsigned any(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

/* "name=value" of an entry; "?=value" where its name is unknown. */
static void expect(const struct hpack_table *table, uint32_t i, const char *want)
{
	const struct hpack_entry *entry = hpack_table_entry(table, i);
	uint32_t name_len = hpack_entry_name_len(entry), len = hpack_entry_len(entry);
	uint8_t *texts = malloc(len ? len : 1); /* exact, so that a sanitizer sees a write past its end */
	char said[256];

	assert_non_null(texts);
	hpack_table_texts(table, entry, len, texts);
	snprintf(said, sizeof said, "%.*s=%.*s", entry->name_len == HPACK_NAME_UNKNOWN ? 1 : (int)name_len,
	    entry->name_len == HPACK_NAME_UNKNOWN ? "?" : (const char *)texts, (int)(len - name_len),
	    (const char *)texts + name_len);
	assert_string_equal(said, want);
	free(texts);
}

static void add(struct hpack_table **table, struct budget *budget, const char *name, const char *value)
{
	assert_true(hpack_table_add(table, budget, name ? bytes_text(name) : bytes_of(NULL, 0), bytes_text(value)));
}

static void test_newest_first(void **state)
{
	struct hpack_table *table = NULL;
	struct budget budget;

	(void)state;
	budget_init(&budget, SIZE_MAX, NULL);
	add(&table, &budget, "a", "one");
	add(&table, &budget, "bb", "");
	add(&table, &budget, "", "three");
	add(&table, &budget, "", "");
	assert_int_equal(table->n, 4);
	expect(table, 0, "=");
	expect(table, 1, "=three");
	expect(table, 2, "bb=");
	expect(table, 3, "a=one");
	hpack_table_free(table, &budget);
	assert_int_equal(budget.used, 0);
}

/* RFC 7541 4.1; of a name that is unknown nothing counts. */
static void test_size(void **state)
{
	struct hpack_table *table = NULL;
	struct budget budget;

	(void)state;
	budget_init(&budget, SIZE_MAX, NULL);
	add(&table, &budget, "custom-key", "custom-header");
	assert_int_equal(table->size, 55);
	add(&table, &budget, NULL, "value");
	assert_int_equal(table->size, 55 + 37);
	expect(table, 0, "?=value");
	expect(table, 1, "custom-key=custom-header");

	assert_false(hpack_table_shrink(table, 55 + 37));
	assert_int_equal(table->n, 2);
	assert_true(hpack_table_shrink(table, 55 + 36));
	assert_int_equal(table->n, 1);
	assert_int_equal(table->size, 37);
	expect(table, 0, "?=value");
	assert_true(hpack_table_shrink(table, 0));
	assert_int_equal(table->n, 0);
	assert_int_equal(table->size, 0);
	assert_false(hpack_table_shrink(table, 0));
	assert_false(hpack_table_shrink(NULL, 0));
	hpack_table_free(table, &budget);
	hpack_table_free(NULL, &budget);
	assert_int_equal(budget.used, 0);
}

/* A connection that uses a few entries has a few hundred bytes; the largest table has what it may hold, and not much beside. */
static void test_memory(void **state)
{
	struct hpack_table *table = NULL;
	struct budget budget;
	uint8_t *large = calloc(1, HPACK_TABLE_CAP);

	(void)state;
	assert_non_null(large);
	budget_init(&budget, SIZE_MAX, NULL);
	add(&table, &budget, "user-agent", "test/1.0");
	assert_true(budget.used <= 400);
	for (uint32_t i = 1; i < ENTRIES_MAX; i++)
		add(&table, &budget, "", "");
	for (uint32_t i = 0; i < 3 * ENTRIES_MAX; i++) {
		hpack_table_shrink(table, HPACK_TABLE_CAP - 40);
		add(&table, &budget, "a", "1234567");
	}
	assert_int_equal(table->size, HPACK_TABLE_CAP - 16);
	hpack_table_shrink(table, 0);
	assert_true(hpack_table_add(&table, &budget, bytes_of(large, 0), bytes_of(large, HPACK_TABLE_CAP - HPACK_ENTRY_OVERHEAD)));
	assert_true(budget.used <= HPACK_TABLE_CAP + 8 * ENTRIES_MAX + 64);
	hpack_table_free(table, &budget);
	free(large);
}

/* Refused: nothing has changed, and it goes on when there is memory again. */
static void test_refused(void **state)
{
	struct hpack_table *table = NULL;
	struct budget budget;

	(void)state;
	budget_init(&budget, 0, NULL);
	assert_false(hpack_table_add(&table, &budget, bytes_text("name"), bytes_text("value")));
	assert_null(table);
	budget.cap = 400;
	add(&table, &budget, "name", "value");
	char large[300];

	memset(large, 'x', sizeof large);
	assert_false(hpack_table_add(&table, &budget, bytes_of(large, 1), bytes_of(large, 299)));
	assert_int_equal(table->n, 1);
	assert_int_equal(table->size, 41);
	expect(table, 0, "name=value");
	budget.cap = SIZE_MAX;
	assert_true(hpack_table_add(&table, &budget, bytes_of(large, 1), bytes_of(large, 299)));
	expect(table, 1, "name=value");
	hpack_table_free(table, &budget);
	assert_int_equal(budget.used, 0);
}

/* ---- against a list that is moved for every entry ---- */

struct model {
	struct {
		uint8_t name_len, value_len;
		bool unknown;
		uint8_t texts[128];
	} entries[ENTRIES_MAX + 1]; /* newest first */
	size_t n;
	uint32_t size;
};

static void model_add(struct model *model, struct hpack_table **table, struct budget *budget)
{
	uint8_t name_len = (uint8_t)any(40), value_len = (uint8_t)any(any(4) ? 20 : 80);
	bool unknown = any(10) == 0;

	memmove(model->entries + 1, model->entries, model->n * sizeof *model->entries);
	if (unknown)
		name_len = 0;
	model->entries[0].name_len = name_len;
	model->entries[0].value_len = value_len;
	model->entries[0].unknown = unknown;
	for (size_t i = 0; i < (size_t)name_len + value_len; i++)
		model->entries[0].texts[i] = (uint8_t)any(256);
	model->n++;
	model->size += 32u + name_len + value_len;
	const uint8_t *texts = model->entries[0].texts;

	assert_true(hpack_table_add(table, budget, bytes_of(unknown ? NULL : texts, name_len), bytes_of(texts + name_len, value_len)));
}

static void model_shrink(struct model *model, struct hpack_table *table, uint32_t size)
{
	bool any_dropped = model->size > size;

	while (model->size > size) {
		model->n--;
		model->size -= 32u + model->entries[model->n].name_len + model->entries[model->n].value_len;
	}
	assert_int_equal(hpack_table_shrink(table, size), any_dropped);
}

static void model_compare(const struct model *model, const struct hpack_table *table)
{
	assert_int_equal(table->n, model->n);
	assert_int_equal(table->size, model->size);
	for (uint32_t i = 0; i < model->n; i++) {
		const struct hpack_entry *entry = hpack_table_entry(table, i);
		uint8_t texts[128];

		assert_int_equal(entry->name_len, model->entries[i].unknown ? HPACK_NAME_UNKNOWN : model->entries[i].name_len);
		assert_int_equal(entry->value_len, model->entries[i].value_len);
		hpack_table_texts(table, entry, hpack_entry_len(entry), texts);
		assert_memory_equal(texts, model->entries[i].texts, hpack_entry_len(entry));
	}
}

static void test_model(void **state)
{
	struct model *model = calloc(1, sizeof *model);
	struct hpack_table *table = NULL;
	struct budget budget;
	uint32_t cap = 100;

	(void)state;
	assert_non_null(model);
	budget_init(&budget, SIZE_MAX, NULL);
	for (unsigned round = 0; round < ROUNDS; round++) {
		if (round == 1000) { /* a connection of many years: its counters come around */
			model_shrink(model, table, 0);
			table->texts_at = UINT32_MAX - 500;
			table->next = UINT32_MAX - 5;
		}
		if (any(200) == 0)
			cap = any(any(3) ? 600 : 6000) + 200;
		if (any(500) == 0)
			model_shrink(model, table, 0);
		model_shrink(model, table, cap - 152);
		model_add(model, &table, &budget);
		if (round % 16 == 0)
			model_compare(model, table);
	}
	hpack_table_free(table, &budget);
	assert_int_equal(budget.used, 0);
	free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_first),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
