#include "sensor/run/report.h"

#include <assert.h>
#include <stdalign.h>

enum { PLACE_LEN = 4096 - 16 - REPORT_HEAD_LEN, ARENA_BLOCK = 4096, POOL_SLAB = 16 };

/* A report with the memory that most need, so that one costs no allocation. */
struct slot {
	union {
		struct report report;
		alignas(max_align_t) uint8_t head[REPORT_HEAD_LEN];
	};
	alignas(max_align_t) uint8_t place[PLACE_LEN];
};

static_assert(sizeof(struct report) <= REPORT_HEAD_LEN, "a report fits its slot's head");

void reports_memory_init(struct reports_memory *memory, size_t memcap, struct budget *parent)
{
	*memory = (struct reports_memory){ 0 };
	budget_init(&memory->budget, memcap, parent);
	pool_init(&memory->pool, sizeof(struct slot), POOL_SLAB, &memory->budget);
}

void reports_memory_fini(struct reports_memory *memory)
{
	pool_fini(&memory->pool);
}

struct report *report_new(struct reports_memory *memory, enum report_kind kind)
{
	struct slot *slot = pool_take(&memory->pool);

	if (!slot) {
		memory->n_refused++;
		return NULL;
	}
	memset(slot->head, 0, sizeof slot->head);
	slot->report.kind = kind;
	slot->report.last_use = &slot->report.uses;
	arena_init(&slot->report.arena, ARENA_BLOCK, &memory->budget);
	arena_lend(&slot->report.arena, slot->place, sizeof slot->place);
	return &slot->report;
}

void report_free(struct reports_memory *memory, struct report *report)
{
	arena_fini(&report->arena);
	pool_give(&memory->pool, report);
}

void report_list_init(struct report_list *list)
{
	list->first = NULL;
	list->last = &list->first;
}

void report_list_add(struct report_list *list, struct report *report)
{
	report->next = NULL;
	*list->last = report;
	list->last = &report->next;
}

bool report_before(const struct report *a, const struct report *b)
{
	if (a->key.number != b->key.number)
		return a->key.number < b->key.number;
	if (a->key.by_packet != b->key.by_packet)
		return b->key.by_packet;
	return !a->key.by_packet && a->key.flow_id < b->key.flow_id;
}

/* ---- merge sort, stable ---- */

static struct report *merge(struct report *a, struct report *b)
{
	struct report *first, **last = &first;

	while (a && b) {
		struct report **least = report_before(b, a) ? &b : &a;

		*last = *least;
		last = &(*least)->next;
		*least = (*least)->next;
	}
	*last = a ? a : b;
	return first;
}

/* The first `n` of `list`, ordered; *rest is what follows them. */
static struct report *sort(struct report *list, size_t n, struct report **rest)
{
	if (n == 1) {
		*rest = list->next;
		list->next = NULL;
		return list;
	}
	struct report *behind;
	struct report *front = sort(list, n / 2, &behind);

	return merge(front, sort(behind, n - n / 2, rest));
}

void report_list_sort(struct report_list *list, struct report **from)
{
	struct report *rest = NULL;
	size_t n = 0;

	for (const struct report *report = *from; report; report = report->next)
		n++;
	if (n < 2)
		return;
	*from = sort(*from, n, &rest);
	while (*from)
		from = &(*from)->next;
	list->last = from;
}
