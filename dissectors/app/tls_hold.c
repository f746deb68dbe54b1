#include "dissectors/app/tls_hold.h"

enum { DATA_FIRST = 4096, MARKS_FIRST = 16 };

/* A larger place for what is at *memory; false: there is none. */
static bool grow(void **memory, uint32_t *cap, uint32_t used, size_t wanted, size_t size, uint32_t first, struct budget *budget)
{
	size_t next = *cap ? *cap : first;

	while (next < wanted)
		next *= 2;
	if (next == *cap)
		return true;
	void *larger = next < UINT32_MAX ? budget_alloc(budget, next * size) : NULL;

	if (!larger)
		return false;
	if (used)
		memcpy(larger, *memory, used * size);
	budget_free(budget, *memory, *cap * size);
	*memory = larger;
	*cap = (uint32_t)next;
	return true;
}

bool tls_hold_add(struct tls_hold *hold, const struct chunk *chunk, size_t len_cap, struct budget *budget)
{
	unsigned side = chunk->side & 1;
	uint32_t len = hold->side[side].len;
	size_t all = (size_t)hold->side[0].len + hold->side[1].len + chunk->data.len;
	void *data = hold->side[side].data, *marks = hold->marks;

	if (all > len_cap || hold->n_marks >= len_cap)
		return false;
	bool ok = grow(&data, &hold->side[side].cap, len, len + chunk->data.len, 1, DATA_FIRST, budget);

	hold->side[side].data = data;
	ok = ok && grow(&marks, &hold->marks_cap, hold->n_marks, hold->n_marks + 1u, sizeof *hold->marks, MARKS_FIRST, budget);
	hold->marks = marks;
	if (!ok)
		return false;
	if (tls_hold_is_empty(hold))
		hold->since_ns = chunk->time_ns;
	if (chunk->data.len)
		memcpy(hold->side[side].data + len, chunk->data.data, chunk->data.len);
	hold->side[side].len += (uint32_t)chunk->data.len;
	hold->marks[hold->n_marks++] = (struct tls_mark){ (uint8_t)side, (uint32_t)chunk->data.len, chunk->gap, chunk->time_ns,
		chunk->number };
	return true;
}

bool tls_hold_is_empty(const struct tls_hold *hold)
{
	return hold->n_marks == 0;
}

struct bytes tls_hold_rest(const struct tls_hold *hold, unsigned side)
{
	if (!hold->side[side].data)
		return bytes_of("", 0);
	return bytes_of(hold->side[side].data + hold->side[side].from, hold->side[side].to - hold->side[side].from);
}

bool tls_hold_next(struct tls_hold *hold, struct tls_mark *mark, struct bytes *data)
{
	if (hold->at == hold->n_marks)
		return false;
	*mark = hold->marks[hold->at++];
	if (mark->gap) { /* what was begun before it will not be completed */
		mark->gap += hold->side[mark->side].to - hold->side[mark->side].from;
		hold->side[mark->side].from = hold->side[mark->side].to;
	}
	hold->side[mark->side].to += mark->len;
	*data = tls_hold_rest(hold, mark->side);
	return true;
}

void tls_hold_use(struct tls_hold *hold, unsigned side, size_t len)
{
	hold->side[side].from += (uint32_t)len;
}

void tls_hold_put_back(struct tls_hold *hold)
{
	struct tls_mark *mark = &hold->marks[--hold->at];

	mark->len = 0;
	mark->gap = 0;
}

void tls_hold_compact(struct tls_hold *hold)
{
	for (unsigned side = 0; side < 2; side++) {
		struct bytes rest = tls_hold_rest(hold, side);

		if (rest.len)
			memmove(hold->side[side].data, rest.data, rest.len);
		hold->side[side].from = 0;
		hold->side[side].to = hold->side[side].len = (uint32_t)rest.len;
	}
	hold->at = hold->n_marks = 0;
}

void tls_hold_drop(struct tls_hold *hold, struct budget *budget)
{
	for (unsigned side = 0; side < 2; side++)
		budget_free(budget, hold->side[side].data, hold->side[side].cap);
	budget_free(budget, hold->marks, hold->marks_cap * sizeof *hold->marks);
	*hold = (struct tls_hold){ 0 };
}
