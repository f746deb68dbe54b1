#include "sensor/run/round.h"

#include <stdlib.h>

struct round *round_new(unsigned n_lanes, size_t cap)
{
	struct round *round = calloc(1, sizeof *round + n_lanes * sizeof *round->lanes);

	if (!round)
		return NULL;
	round->n_lanes = n_lanes;
	round->cap = cap;
	for (unsigned i = 0; i < n_lanes; i++) {
		report_list_init(&round->lanes[i].out);
		round->lanes[i].items = calloc(cap, sizeof *round->lanes[i].items);
		if (!round->lanes[i].items) {
			round_free(round);
			return NULL;
		}
	}
	return round;
}

void round_free(struct round *round)
{
	if (!round)
		return;
	for (unsigned i = 0; i < round->n_lanes; i++)
		free(round->lanes[i].items);
	free(round);
}

void round_reset(struct round *round)
{
	round->buffer = NULL;
	round->wants_stats = round->is_last = false;
	for (unsigned i = 0; i < round->n_lanes; i++)
		round->lanes[i].n = 0;
}

bool round_is_empty(const struct round *round)
{
	for (unsigned i = 0; i < round->n_lanes; i++)
		if (round->lanes[i].n)
			return false;
	return true;
}
