/* coding_memory: malloc and free for libraries, over a budget. */
#ifndef STORMGLASS_DISSECTORS_APP_CODING_MEMORY_H
#define STORMGLASS_DISSECTORS_APP_CODING_MEMORY_H

#include "sensor/base/budget.h"

/* `budget` is a struct budget: the form in which libraries hand on what is their caller's. NULL: it refuses. */
void *coding_memory_alloc(void *budget, size_t len);
void coding_memory_free(void *budget, void *memory); /* NULL is fine */

#endif
