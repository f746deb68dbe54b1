#include "sensor/run/lingering.h"

void lingering_add(struct lingering *lingering, struct flow *flow)
{
	flow->prev = lingering->last;
	flow->next = NULL;
	*(lingering->last ? &lingering->last->next : &lingering->first) = flow;
	lingering->last = flow;
	lingering->n++;
}

static struct flow *take(struct lingering *lingering, struct flow *flow)
{
	*(flow->prev ? &flow->prev->next : &lingering->first) = flow->next;
	*(flow->next ? &flow->next->prev : &lingering->last) = flow->prev;
	flow->prev = flow->next = NULL;
	lingering->n--;
	return flow;
}

struct flow *lingering_take(struct lingering *lingering, bool (*waits)(const struct flow *flow))
{
	struct flow *flow = lingering->first;

	while (flow && waits(flow))
		flow = flow->next;
	return flow ? take(lingering, flow) : NULL;
}

struct flow *lingering_expel(struct lingering *lingering, bool all)
{
	return lingering->n > (all ? 0 : LINGERING_MAX) ? take(lingering, lingering->first) : NULL;
}
