#include "dissectors/app/hpack_table.h"

enum { ENTRIES_FIRST = 8, TEXTS_FIRST = 256 };

static size_t table_len(uint32_t entries_cap, uint32_t texts_cap)
{
	return sizeof(struct hpack_table) + entries_cap * sizeof(struct hpack_entry) + texts_cap;
}

static uint8_t *table_texts(struct hpack_table *table)
{
	return (uint8_t *)(table->entries + table->entries_cap);
}

static uint32_t table_texts_len(const struct hpack_table *table)
{
	return table->n ? table->texts_at - hpack_table_entry(table, table->n - 1)->at : 0;
}

void hpack_table_texts(const struct hpack_table *table, const struct hpack_entry *entry, uint32_t len, uint8_t *out)
{
	const uint8_t *texts = (const uint8_t *)(table->entries + table->entries_cap);
	uint32_t at = entry->at & (table->texts_cap - 1), till_end = table->texts_cap - at;

	if (len <= till_end) {
		memcpy(out, texts + at, len);
		return;
	}
	memcpy(out, texts + at, till_end);
	memcpy(out + till_end, texts, len - till_end);
}

static void table_put(struct hpack_table *table, struct bytes text)
{
	uint8_t *texts = table_texts(table);
	uint32_t len = (uint32_t)text.len, at = table->texts_at & (table->texts_cap - 1), till_end = table->texts_cap - at;

	table->texts_at += len;
	if (len <= till_end) {
		memcpy(texts + at, text.data, len);
		return;
	}
	memcpy(texts + at, text.data, till_end);
	memcpy(texts, text.data + till_end, len - till_end);
}

/* What `from` holds, laid out from the beginning in `to`, which is larger and empty. */
static void table_move(struct hpack_table *to, const struct hpack_table *from)
{
	for (uint32_t i = from->n; i-- > 0;) {
		const struct hpack_entry *old = hpack_table_entry(from, i);
		struct hpack_entry *entry = &to->entries[to->next++];

		*entry = *old;
		entry->at = to->texts_at;
		hpack_table_texts(from, old, hpack_entry_len(old), table_texts(to) + entry->at);
		to->texts_at += hpack_entry_len(old);
	}
	to->n = from->n;
	to->size = from->size;
}

/* Room for one more entry with `len` bytes of texts. */
static bool table_grow(struct hpack_table **table, struct budget *budget, uint32_t len)
{
	const struct hpack_table *old = *table;
	uint32_t entries_cap = old ? old->entries_cap : ENTRIES_FIRST, texts_cap = old ? old->texts_cap : TEXTS_FIRST;
	uint32_t texts_len = len + (old ? table_texts_len(old) : 0);

	while (old && entries_cap <= old->n)
		entries_cap *= 2;
	while (texts_cap < texts_len)
		texts_cap *= 2;
	if (old && entries_cap == old->entries_cap && texts_cap == old->texts_cap)
		return true;
	struct hpack_table *grown = budget_alloc(budget, table_len(entries_cap, texts_cap));

	if (!grown)
		return false;
	*grown = (struct hpack_table){ .entries_cap = entries_cap, .texts_cap = texts_cap };
	if (old)
		table_move(grown, old);
	hpack_table_free(*table, budget);
	*table = grown;
	return true;
}

bool hpack_table_add(struct hpack_table **table, struct budget *budget, struct bytes name, struct bytes value)
{
	if (!table_grow(table, budget, (uint32_t)(name.len + value.len)))
		return false;
	struct hpack_table *t = *table;
	struct hpack_entry *entry = &t->entries[t->next++ & (t->entries_cap - 1)];

	entry->at = t->texts_at;
	entry->name_len = name.data ? (uint16_t)name.len : HPACK_NAME_UNKNOWN;
	entry->value_len = (uint16_t)value.len;
	if (name.len)
		table_put(t, name);
	if (value.len)
		table_put(t, value);
	t->n++;
	t->size += (uint32_t)(name.len + value.len) + HPACK_ENTRY_OVERHEAD;
	return true;
}

bool hpack_table_shrink(struct hpack_table *table, uint32_t size)
{
	if (!table || table->size <= size)
		return false;
	while (table->size > size)
		table->size -= hpack_entry_len(hpack_table_entry(table, --table->n)) + HPACK_ENTRY_OVERHEAD;
	return true;
}

void hpack_table_free(struct hpack_table *table, struct budget *budget)
{
	if (table)
		budget_free(budget, table, table_len(table->entries_cap, table->texts_cap));
}
