/* hpack_table: the newest entries of a dynamic table (RFC 7541 2.3.2), as far as they are known.
 *
 *   entries, a ring          texts, a ring of bytes: name and value of an entry after each other
 *   ... | oldest | ... | newest | ...      ... | name value | name value | ...
 *
 * All of it is one piece of memory, that doubles when either ring is full. No entry is larger than HPACK_TABLE_CAP. */
#ifndef STORMGLASS_DISSECTORS_APP_HPACK_TABLE_H
#define STORMGLASS_DISSECTORS_APP_HPACK_TABLE_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

enum {
	HPACK_ENTRY_OVERHEAD = 32,       /* RFC 7541 4.1 */
	HPACK_NAME_UNKNOWN = UINT16_MAX, /* longer than any name in a table of HPACK_TABLE_CAP */
};

struct hpack_entry {
	uint32_t at;        /* of its texts, counted on through all texts; the ring's place is this modulo its size */
	uint16_t name_len;  /* or HPACK_NAME_UNKNOWN */
	uint16_t value_len;
};

/* Both capacities are powers of two. */
struct hpack_table {
	uint32_t entries_cap, texts_cap;
	uint32_t next;      /* the entry that will be made; the newest is one before it */
	uint32_t n;
	uint32_t texts_at;  /* where its texts will be */
	uint32_t size;      /* of all entries by RFC 7541 4.1; a name that is unknown counts nothing */
	struct hpack_entry entries[];
};

/* Adds an entry. The caller has seen to it that table and entry together are HPACK_TABLE_CAP at most. `name.data` NULL: unknown.
 * `*table` is made or moved where there is no room; false: the budget refused, nothing has changed. */
bool hpack_table_add(struct hpack_table **table, struct budget *budget, struct bytes name, struct bytes value);

/* Drops the oldest until the size is `size` or less. Returns whether any was dropped. NULL has no entries. */
bool hpack_table_shrink(struct hpack_table *table, uint32_t size);

void hpack_table_free(struct hpack_table *table, struct budget *budget); /* NULL is fine */

/* Entry `i`, 0 the newest; i < n. */
static inline const struct hpack_entry *hpack_table_entry(const struct hpack_table *table, uint32_t i)
{
	return &table->entries[(table->next - 1 - i) & (table->entries_cap - 1)];
}

static inline uint32_t hpack_entry_name_len(const struct hpack_entry *entry)
{
	return entry->name_len == HPACK_NAME_UNKNOWN ? 0 : entry->name_len;
}

static inline uint32_t hpack_entry_len(const struct hpack_entry *entry)
{
	return hpack_entry_name_len(entry) + entry->value_len;
}

/* Writes the first `len` bytes of its texts to `out`: its name, then its value. */
void hpack_table_texts(const struct hpack_table *table, const struct hpack_entry *entry, uint32_t len, uint8_t *out);

#endif
