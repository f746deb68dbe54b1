#include "dissectors/app/hpack.h"
#include "dissectors/app/hpack_huffman.h"
#include "dissectors/app/hpack_static.h"
#include "dissectors/app/hpack_table.h"

enum {
	DYNAMIC_FIRST = HPACK_STATIC_N + 1, /* index of the newest entry */
	UPDATES_CAP = 2,                    /* at a block's start: the smallest size since the last one, and the last, 4.2 */
	HEADERS_FIRST = 16,
	TEXTS_FIRST = 512,
};

/* One block on its way through. */
struct walk {
	struct hpack *hpack;
	struct hpack_fields *fields;
	struct arena *arena;
	struct reader block;
	uint8_t *texts, *texts_end; /* room in the arena */
	uint8_t *kept;              /* what is in it up to here belongs to fields; what is behind, to the present one */
	size_t headers_cap;
	size_t len;                 /* of the fields' names and values */
	size_t indexed;             /* those that came out of the table, whole fields */
	size_t inserted;            /* bytes of names and values that went into the table */
	unsigned n_updates;
	bool begun;                 /* a field was seen: no size update may follow */
	bool stopped;               /* no more fields are collected */
	enum hpack_status status;
};

/* ---- the table ---- */

void hpack_init(struct hpack *hpack, struct budget *budget, bool from_start)
{
	uint32_t limit = from_start ? HPACK_TABLE_DEFAULT : UINT32_MAX;

	*hpack = (struct hpack){ .budget = budget, .limit = limit, .allowed = limit, .max = limit, .older = !from_start };
}

void hpack_fini(struct hpack *hpack)
{
	hpack_table_free(hpack->table, hpack->budget);
	hpack->table = NULL;
}

void hpack_settings(struct hpack *hpack, uint32_t limit)
{
	hpack->limit = limit;
	if (limit > hpack->allowed)
		hpack->allowed = limit;
}

static void hpack_forget(struct hpack *hpack)
{
	(void)hpack_table_shrink(hpack->table, 0);
	hpack->older = true;
}

void hpack_lost(struct hpack *hpack)
{
	hpack_forget(hpack);
	hpack->max = hpack->allowed; /* a size update may have been lost */
}

/* The encoder does not keep to the rules, or to other ones than were seen: nothing is known of its table any more. */
static void hpack_distrust(struct hpack *hpack)
{
	hpack->allowed = UINT32_MAX;
	hpack_lost(hpack);
}

/* What is kept of the encoder's table. Where a name is unknown an entry counts too little, and what the encoder has evicted may
 * be kept: it does no harm, for an encoder never refers to it. */
static uint32_t hpack_room(const struct hpack *hpack)
{
	return hpack->max < HPACK_TABLE_CAP ? hpack->max : HPACK_TABLE_CAP;
}

/* Evicts what has no place beside `len` bytes, RFC 7541 4.3, 4.4. If the encoder had to evict what is known, or has no room for
 * more, all that is older is gone. */
static void hpack_evict(struct hpack *hpack, uint32_t len)
{
	if (hpack_table_shrink(hpack->table, hpack_room(hpack) - len))
		hpack->older = hpack->max > HPACK_TABLE_CAP;
	uint64_t used = (uint64_t)len + (hpack->table ? hpack->table->size : 0);

	if (used + HPACK_ENTRY_OVERHEAD > hpack->max)
		hpack->older = false;
}

/* False: the budget refused, and the table is lost. `name.data` NULL: unknown. */
static bool hpack_insert(struct hpack *hpack, struct bytes name, struct bytes value)
{
	size_t len = name.len + value.len + HPACK_ENTRY_OVERHEAD;

	/* 4.4: what is too large empties the table and is not in it. An encoder that has more room than is kept here has it. */
	if (len > hpack_room(hpack)) {
		(void)hpack_table_shrink(hpack->table, 0);
		hpack->older = len <= hpack->max;
		return true;
	}
	hpack_evict(hpack, (uint32_t)len);
	if (hpack_table_add(&hpack->table, hpack->budget, name, value))
		return true;
	hpack_forget(hpack);
	return false;
}

/* Dynamic table size update, 6.3. False: it is larger than we know to be allowed. Entries have their places all the same. */
static bool hpack_resize(struct hpack *hpack, uint32_t size)
{
	bool good = size <= hpack->allowed;

	if (!good) {
		hpack->allowed = UINT32_MAX;
		hpack->older = true;
	} else if (size <= hpack->limit) {
		hpack->allowed = hpack->limit; /* the encoder knows of it */
	}
	hpack->max = size;
	hpack_evict(hpack, 0);
	return good;
}

/* An index beyond the static table: its entry, or NULL. *bad: there can be none. */
static const struct hpack_entry *hpack_entry_at(const struct hpack *hpack, uint32_t index, bool *bad)
{
	uint32_t i = index - DYNAMIC_FIRST;

	if (hpack->table && i < hpack->table->n)
		return hpack_table_entry(hpack->table, i);
	*bad = !hpack->older || i >= hpack->max / HPACK_ENTRY_OVERHEAD;
	return NULL;
}

/* ---- fields ---- */

/* Room for `len` bytes behind the present texts; NULL: the arena refuses. */
static inline uint8_t *walk_room(struct walk *walk, size_t len)
{
	if (walk->texts && (size_t)(walk->texts_end - walk->texts) >= len)
		return walk->texts;
	size_t chunk = len > TEXTS_FIRST ? len : TEXTS_FIRST;
	uint8_t *texts = arena_alloc(walk->arena, chunk);

	if (!texts) {
		walk->stopped = true;
		walk->status = HPACK_MEMORY;
		return NULL;
	}
	walk->texts = walk->kept = texts;
	walk->texts_end = texts + chunk;
	return texts;
}

static bool walk_grow(struct walk *walk)
{
	struct hpack_fields *fields = walk->fields;
	size_t cap = walk->headers_cap ? walk->headers_cap * 2 : HEADERS_FIRST;
	struct http_header *grown = arena_alloc(walk->arena, cap * sizeof *grown);

	if (!grown) {
		walk->stopped = true;
		walk->status = HPACK_MEMORY;
		return false;
	}
	if (fields->n)
		memcpy(grown, fields->headers, fields->n * sizeof *grown);
	fields->headers = grown;
	walk->headers_cap = cap;
	return true;
}

/* Is a field of `len` bytes to be collected? Then there is room for it in the list. */
static inline bool walk_wants(struct walk *walk, size_t len)
{
	if (walk->stopped)
		return false;
	if (walk->fields->n == HPACK_HEADERS_CAP || len > HPACK_LIST_CAP - walk->len) {
		walk->stopped = true;
		walk->status = HPACK_FULL;
		return false;
	}
	return walk->fields->n < walk->headers_cap || walk_grow(walk);
}

/* `walk_wants` said yes. */
static inline void walk_collect(struct walk *walk, struct bytes name, struct bytes value)
{
	struct http_header *header = &walk->fields->headers[walk->fields->n++];

	header->name = name;
	header->value = value;
	walk->len += name.len + value.len;
	walk->kept = walk->texts;
}

/* ---- primitives, RFC 7541 5 ---- */

/* An integer whose prefix, all of it in `mask`, is in `first`. False: cut off, or greater than 32 bits. */
static inline bool walk_integer(struct walk *walk, uint8_t first, uint8_t mask, uint32_t *value)
{
	uint64_t sum = first & mask;

	*value = (uint32_t)sum;
	if (sum < mask)
		return true;
	for (unsigned shift = 0; shift < 63; shift += 7) {
		uint8_t byte = read_u8(&walk->block);

		sum += (uint64_t)(byte & 0x7F) << shift;
		walk->fields->lax |= shift > 28;
		if (walk->block.over || sum > UINT32_MAX)
			return false;
		*value = (uint32_t)sum;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* A string, decoded behind the present texts. Without data: the arena refused. False: it is bad. */
static bool walk_string(struct walk *walk, struct bytes *string)
{
	uint8_t first = read_u8(&walk->block);
	bool coded = first & 0x80;
	uint32_t len;

	if (!walk_integer(walk, first, 0x7F, &len))
		return false;
	struct bytes sent = read_bytes(&walk->block, len);
	uint8_t *text = walk->block.over ? NULL : walk_room(walk, coded ? hpack_huffman_room(len) : len);
	size_t n = len;

	*string = bytes_of(NULL, 0);
	if (!text)
		return !walk->block.over;
	if (coded && !hpack_huffman_decode(sent, text, &n))
		return false;
	if (!coded)
		memcpy(text, sent.data, len);
	walk->texts = text + n;
	*string = bytes_of(text, n);
	return true;
}

/* ---- representations, RFC 7541 6 ---- */

/* Name and value of a dynamic entry, or its name alone, copied behind the present texts. */
static bool walk_copy(struct walk *walk, const struct hpack_entry *entry, bool with_value, struct bytes *name,
		      struct bytes *value)
{
	uint32_t name_len = hpack_entry_name_len(entry), len = with_value ? hpack_entry_len(entry) : name_len;
	uint8_t *texts = walk_room(walk, len);

	if (!texts)
		return false;
	hpack_table_texts(walk->hpack->table, entry, len, texts);
	walk->texts = texts + len;
	*name = bytes_of(texts, name_len);
	*value = bytes_of(texts + name_len, len - name_len);
	return true;
}

/* Who has one entry repeated over and over makes much out of little. What else the block says is of interest all the same. */
static bool walk_repeats(struct walk *walk, size_t len)
{
	uint32_t max = walk->hpack->max;
	size_t cap = max < HPACK_INDEXED_CAP / 2 ? 2 * max : HPACK_INDEXED_CAP;

	if (!walk->indexed || walk->indexed + len <= cap) {
		walk->indexed += len;
		return false;
	}
	if (walk->status == HPACK_OK)
		walk->status = HPACK_FULL;
	return true;
}

/* 6.1 */
static bool walk_indexed(struct walk *walk, uint8_t first)
{
	struct bytes name, value;
	uint32_t index;
	bool bad = false;

	if (!walk_integer(walk, first, 0x7F, &index) || index == 0)
		return false;
	if (index < DYNAMIC_FIRST) {
		const struct http_header *header = &hpack_static_table[index];

		if (walk_wants(walk, header->name.len + header->value.len))
			walk_collect(walk, header->name, header->value);
		return true;
	}
	const struct hpack_entry *entry = hpack_entry_at(walk->hpack, index, &bad);

	walk->fields->n_unknown += !bad && (!entry || entry->name_len == HPACK_NAME_UNKNOWN);
	uint32_t len = entry ? hpack_entry_len(entry) : 0;

	if (entry && !walk_repeats(walk, len) && walk_wants(walk, len) && walk_copy(walk, entry, true, &name, &value))
		walk_collect(walk, name, value);
	return !bad;
}

/* The name of a literal: by index, or as a string after 0. Without data: unknown, not needed, or the arena refused. */
static bool walk_name(struct walk *walk, uint8_t first, bool indexing, struct bytes *name)
{
	struct bytes value;
	uint32_t index;
	bool bad = false;

	*name = bytes_of(NULL, 0);
	if (!walk_integer(walk, first, indexing ? 0x3F : 0x0F, &index))
		return false;
	if (index == 0)
		return walk_string(walk, name);
	if (index < DYNAMIC_FIRST) {
		*name = hpack_static_table[index].name;
		return true;
	}
	const struct hpack_entry *entry = hpack_entry_at(walk->hpack, index, &bad);
	bool known = entry && entry->name_len != HPACK_NAME_UNKNOWN;

	walk->fields->n_unknown += !bad && !known;
	if (known && (!walk->stopped || (indexing && walk->inserted <= HPACK_LIST_CAP)))
		(void)walk_copy(walk, entry, false, name, &value);
	return !bad;
}

/* A block of two bytes each for large entries could make much work: what inserts more than a cap is not followed any more. */
static void walk_insert(struct walk *walk, struct bytes name, struct bytes value)
{
	walk->inserted += name.len + value.len;
	if (!value.data || walk->inserted > HPACK_LIST_CAP)
		hpack_forget(walk->hpack);
	else if (!hpack_insert(walk->hpack, name, value))
		walk->status = HPACK_MEMORY;
}

/* 6.2 */
static bool walk_literal(struct walk *walk, uint8_t first)
{
	bool indexing = first & 0x40;
	struct bytes name, value;

	if (!walk_name(walk, first, indexing, &name) || !walk_string(walk, &value))
		return false;
	walk->fields->never_indexed |= !indexing && first & 0x10;
	if (indexing)
		walk_insert(walk, name, value);
	if (value.data && walk_wants(walk, name.len + value.len))
		walk_collect(walk, name.data ? name : bytes_of("", 0), value);
	return true;
}

/* 6.3, at the start only: 4.2. There are servers that take it anywhere, and nobody takes it for something else. */
static bool walk_update(struct walk *walk, uint8_t first)
{
	bool in_place = !walk->begun && walk->n_updates++ < UPDATES_CAP;
	uint32_t size;

	if (!walk_integer(walk, first, 0x1F, &size))
		return false;
	walk->fields->resized = true;
	walk->fields->lax |= !hpack_resize(walk->hpack, size) || !in_place;
	return true;
}

static bool walk_next(struct walk *walk)
{
	uint8_t first = read_u8(&walk->block);

	if ((first & 0xE0) == 0x20)
		return walk_update(walk, first);
	walk->begun = true;
	walk->texts = walk->kept;
	return first & 0x80 ? walk_indexed(walk, first) : walk_literal(walk, first);
}

enum hpack_status hpack_decode(struct hpack *hpack, struct bytes block, struct hpack_fields *fields, struct arena *arena)
{
	struct walk walk = { .hpack = hpack, .fields = fields, .arena = arena, .block = reader_of(block) };

	*fields = (struct hpack_fields){ 0 };
	while (reader_left(&walk.block) > 0) {
		if (!walk_next(&walk)) {
			hpack_distrust(hpack);
			return HPACK_BAD;
		}
	}
	return walk.status;
}
