#include "sensor/base/budget.h"

#include <assert.h>
#include <stdlib.h>

void budget_init(struct budget *budget, size_t cap, struct budget *parent)
{
	*budget = (struct budget){ .cap = cap, .parent = parent };
}

bool budget_has_room(const struct budget *budget, size_t len)
{
	for (const struct budget *b = budget; b; b = b->parent)
		if (len > b->cap || b->used > b->cap - len)
			return false;
	return true;
}

bool budget_charge(struct budget *budget, size_t len)
{
	for (struct budget *b = budget; b; b = b->parent) {
		if (len > b->cap || b->used > b->cap - len) {
			b->n_refused++;
			return false;
		}
	}
	for (struct budget *b = budget; b; b = b->parent) {
		b->used += len;
		if (b->used > b->peak)
			b->peak = b->used;
	}
	return true;
}

void budget_release(struct budget *budget, size_t len)
{
	for (struct budget *b = budget; b; b = b->parent) {
		assert(b->used >= len);
		b->used -= len;
	}
}

void *budget_alloc(struct budget *budget, size_t len)
{
	if (!budget_charge(budget, len))
		return NULL;
	void *memory = malloc(len);

	if (!memory)
		budget_release(budget, len);
	return memory;
}

void budget_free(struct budget *budget, void *memory, size_t len)
{
	if (!memory)
		return;
	free(memory);
	budget_release(budget, len);
}
