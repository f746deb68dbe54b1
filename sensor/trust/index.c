#include "sensor/trust/index.h"

#include "sensor/trust/digest.h"

#include <endian.h>
#include <stdlib.h>

static int compare_names(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

static uint64_t head_of(struct bytes name)
{
	uint64_t head = 0;

	if (name.len)
		memcpy(&head, name.data, name.len < sizeof head ? name.len : sizeof head);
	return be64toh(head);
}

static int compare_entries(const void *one, const void *other)
{
	const struct index_entry *a = one, *b = other;
	int order = compare_names(a->name, b->name);

	if (order)
		return order;
	return a->number < b->number ? -1 : a->number > b->number;
}

bool index_add(struct index *index, struct bytes name, uint32_t number)
{
	if (name.len == 0)
		return true;
	if (index->n == index->cap) {
		size_t cap = index->cap ? 2 * index->cap : 64;
		struct index_entry *grown = realloc(index->entries, cap * sizeof *grown);

		if (!grown)
			return false;
		index->entries = grown;
		index->cap = cap;
	}
	index->entries[index->n++] = (struct index_entry){ name, head_of(name), number };
	index->lengths |= UINT64_C(1) << (name.len < 63 ? name.len : 63);
	index->firsts[name.data[0] / 64] |= UINT64_C(1) << name.data[0] % 64;
	return true;
}

void index_sort(struct index *index)
{
	if (index->n)
		qsort(index->entries, index->n, sizeof *index->entries, compare_entries);
}

static bool is_before(const struct index_entry *entry, uint64_t head, struct bytes name)
{
	return entry->head != head ? entry->head < head : compare_names(entry->name, name) < 0;
}

/* The first entry whose name is not below `name`. */
static size_t lower_bound(const struct index *index, struct bytes name)
{
	uint64_t head = head_of(name);
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(&index->entries[middle], head, name))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_length(const struct index *index, size_t len)
{
	return index->lengths >> (len < 63 ? len : 63) & 1;
}

static bool has_first(const struct index *index, uint8_t first)
{
	return index->firsts[first / 64] >> first % 64 & 1;
}

struct index_hits index_find(const struct index *index, struct bytes name)
{
	size_t first, n = 0;

	if (!has_length(index, name.len) || !has_first(index, name.data[0]))
		return (struct index_hits){ NULL, 0 };
	first = lower_bound(index, name);
	while (first + n < index->n && bytes_equal(index->entries[first + n].name, name))
		n++;
	return n ? (struct index_hits){ index->entries + first, n } : (struct index_hits){ NULL, 0 };
}

struct index_hits index_find_digest(const struct index *index, struct bytes text, size_t len)
{
	uint8_t digest[DIGEST_SHA256_LEN], first;

	if (!has_length(index, len) || !digest_first(text, len, &first) || !has_first(index, first) ||
	    !digest_parse(text, digest, len))
		return (struct index_hits){ NULL, 0 };
	return index_find(index, bytes_of(digest, len));
}

void index_fini(struct index *index)
{
	free(index->entries);
	*index = (struct index){ 0 };
}
