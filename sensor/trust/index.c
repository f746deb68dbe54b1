#include "sensor/trust/index.h"

#include <stdlib.h>

static int compare_names(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
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
	index->entries[index->n++] = (struct index_entry){ name, number };
	return true;
}

void index_sort(struct index *index)
{
	if (index->n)
		qsort(index->entries, index->n, sizeof *index->entries, compare_entries);
}

/* The first entry whose name is not below `name`. */
static size_t lower_bound(const struct index *index, struct bytes name)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(index->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct index_hits index_find(const struct index *index, struct bytes name)
{
	size_t first = lower_bound(index, name), n = 0;

	if (name.len == 0 || first == index->n)
		return (struct index_hits){ NULL, 0 };
	while (first + n < index->n && bytes_equal(index->entries[first + n].name, name))
		n++;
	return (struct index_hits){ index->entries + first, n };
}

void index_fini(struct index *index)
{
	free(index->entries);
	*index = (struct index){ 0 };
}
