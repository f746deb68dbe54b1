#include "sensor/doctor/top.h"

#include <stdlib.h>

void top_add(struct top *top, struct top_key key, uint64_t n)
{
	struct top_entry *entries = top->entries;
	unsigned rarest = 0;

	for (unsigned i = 0; i < top->n_entries; i++) {
		if (entries[i].key.low == key.low && entries[i].key.high == key.high) {
			entries[i].n += n;
			return;
		}
		if (entries[i].n < entries[rarest].n)
			rarest = i;
	}
	if (top->n_entries < TOP_KEPT) {
		entries[top->n_entries++] = (struct top_entry){ key, n };
		return;
	}
	top->crowded = true;
	entries[rarest].key = key;
	entries[rarest].n += n;
}

static int compare(const void *a, const void *b)
{
	const struct top_entry *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	if (x->key.high != y->key.high)
		return x->key.high < y->key.high ? -1 : 1;
	return (x->key.low > y->key.low) - (x->key.low < y->key.low);
}

void top_sort(struct top *top)
{
	qsort(top->entries, top->n_entries, sizeof *top->entries, compare);
}

struct top_key top_address(const struct address *address)
{
	struct top_key key;

	memcpy(&key.high, address->b, 8);
	memcpy(&key.low, address->b + 8, 8);
	key.high = be64toh(key.high);
	key.low = be64toh(key.low);
	return key;
}

struct address top_to_address(struct top_key key)
{
	struct address address;

	key.high = htobe64(key.high);
	key.low = htobe64(key.low);
	memcpy(address.b, &key.high, 8);
	memcpy(address.b + 8, &key.low, 8);
	return address;
}
