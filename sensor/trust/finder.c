#include "sensor/trust/finder.h"

#include <stdlib.h>

static int compare_entries(const void *one, const void *other)
{
	const struct finder_entry *a = one, *b = other;

	if (a->want.bytes.host_end != b->want.bytes.host_end)
		return a->want.bytes.host_end < b->want.bytes.host_end ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static bool list_add(struct finder_list *list, struct finder_entry entry)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 64;
		struct finder_entry *grown = realloc(list->entries, cap * sizeof *grown);

		if (!grown)
			return false;
		list->entries = grown;
		list->cap = cap;
	}
	list->entries[list->n++] = entry;
	return true;
}

bool finder_add(struct finder *finder, const struct grammar *grammar, uint32_t number)
{
	struct finder_entry entry = {
		.want = sketch_want_of(grammar),
		.grammar = grammar,
		.rank = (uint32_t)(finder->by_host_end.n + finder->others.n),
		.number = number,
	};
	bool whole = entry.want.mask.host_end == UINT64_MAX;

	return list_add(whole ? &finder->by_host_end : &finder->others, entry);
}

void finder_sort(struct finder *finder)
{
	struct finder_list *list = &finder->by_host_end;

	if (list->n)
		qsort(list->entries, list->n, sizeof *list->entries, compare_entries);
}

/* The first entry whose host end is not below `host_end`. Halves without a branch that a processor could guess
 * wrong. */
static size_t lower_bound(const struct finder_list *list, uint64_t host_end)
{
	size_t at = 0, n = list->n;

	while (n > 1) {
		size_t half = n / 2;

		at += list->entries[at + half - 1].want.bytes.host_end < host_end ? half : 0;
		n -= half;
	}
	return at + (n && list->entries[at].want.bytes.host_end < host_end);
}

const struct finder_entry *finder_find(
    const struct finder *finder, struct bytes text, bool fold, struct bytes *tenant)
{
	const struct finder_list *list = &finder->by_host_end;
	const struct finder_entry *found = NULL;
	struct sketch sketch = sketch_of(text);

	for (size_t i = lower_bound(list, sketch.host_end); !found && i < list->n; i++) {
		const struct finder_entry *entry = &list->entries[i];

		if (entry->want.bytes.host_end != sketch.host_end)
			break;
		if (sketch_fits(sketch, &entry->want) && grammar_match(entry->grammar, text, fold, tenant))
			found = entry;
	}
	for (size_t i = 0; i < finder->others.n; i++) {
		const struct finder_entry *entry = &finder->others.entries[i];

		if (found && entry->rank > found->rank)
			break;
		if (sketch_fits(sketch, &entry->want) && grammar_match(entry->grammar, text, fold, tenant))
			return entry;
	}
	return found;
}

void finder_fini(struct finder *finder)
{
	free(finder->by_host_end.entries);
	free(finder->others.entries);
	*finder = (struct finder){ 0 };
}
