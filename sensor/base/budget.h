/* budget: bytes in use under a cap, and under the caps of its parents. Every growth charges one.
 * A refusal is counted and is as normal as a refusal by malloc: the caller drops one unit and goes on. */
#ifndef STORMGLASS_BASE_BUDGET_H
#define STORMGLASS_BASE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget {
	size_t used;
	size_t cap;
	size_t peak;
	uint64_t n_refused;
	struct budget *parent; /* NULL at the top */
};

void budget_init(struct budget *budget, size_t cap, struct budget *parent);

/* Charges `len` bytes here and in every parent, or nowhere and returns false. */
bool budget_charge(struct budget *budget, size_t len);
bool budget_has_room(const struct budget *budget, size_t len); /* would it? */
void budget_release(struct budget *budget, size_t len);

/* malloc and free with the charge; NULL when the cap or the machine refuses. `len` must be the same in both. */
void *budget_alloc(struct budget *budget, size_t len);
void budget_free(struct budget *budget, void *memory, size_t len);

#endif
