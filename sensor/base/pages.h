/* pages: large memory straight from the kernel, on huge pages where it has them. Tables and slabs are visited at random, and each
 * small page of theirs costs a fault when it is first touched and a miss of the TLB whenever it is next touched. */
#ifndef STORMGLASS_BASE_PAGES_H
#define STORMGLASS_BASE_PAGES_H

#include <stddef.h>

enum { PAGES_HUGE = 2 << 20 };

/* Zeroed memory, or NULL. From PAGES_HUGE on it is aligned to PAGES_HUGE and takes up room only where it is touched. */
void *pages_alloc(size_t len);
void pages_free(void *memory, size_t len); /* the same `len`; NULL is fine */

#endif
