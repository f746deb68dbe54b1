#include "tests/support/workspace.h"

#include "sensor/model/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

void workspace_init(struct workspace *workspace, size_t cap, size_t block)
{
	budget_init(&workspace->budget, cap, NULL);
	arena_init(&workspace->arena, block, &workspace->budget);
}

void workspace_fini(struct workspace *workspace)
{
	arena_fini(&workspace->arena);
	assert_int_equal(workspace->budget.used, 0);
}

struct record *workspace_token(struct workspace *workspace)
{
	arena_reset(&workspace->arena);
	struct record *record = record_new(&token_record, &workspace->arena);

	assert_non_null(record);
	return record;
}
