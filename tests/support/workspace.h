/* workspace: the memory of one test, which must be given back to the last byte. */
#ifndef STORMGLASS_TESTS_SUPPORT_WORKSPACE_H
#define STORMGLASS_TESTS_SUPPORT_WORKSPACE_H

#include "sensor/model/record.h"

struct workspace {
	struct budget budget;
	struct arena arena;
};

/* The arena may hold `cap` bytes, in blocks of `block`. */
void workspace_init(struct workspace *workspace, size_t cap, size_t block);
void workspace_fini(struct workspace *workspace); /* asserts that nothing is left charged */

/* An empty token record. What was in the arena before is gone. */
struct record *workspace_token(struct workspace *workspace);

#endif
