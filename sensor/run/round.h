/* round: some packets on their way through the threads: the reader fills a lane for each worker, each worker adds to its lane
 * what is to be said, the collector writes it, and the round comes back to the reader. Every worker sees every round, in order,
 * so the collector knows that nothing older is still to come. */
#ifndef STORMGLASS_RUN_ROUND_H
#define STORMGLASS_RUN_ROUND_H

#include "sensor/input/buffers.h"
#include "sensor/model/stats.h"
#include "sensor/run/item.h"
#include "sensor/run/report.h"

/* Bytes of such datagrams in one round; from half of it on the round is sent on its way. */
enum { ROUND_JOINED_CAP = 4 << 20 };

struct lane {
	struct item *items;
	size_t n;
	struct report_list out;  /* the worker's; it takes them back when it next meets this round */
	struct stats stats;      /* the worker's counters, if asked for */
};

struct round {
	struct buffer *buffer;   /* held: where the frames lie; NULL: nowhere yet */
	struct budget budget;
	struct arena joined;     /* datagrams that were put together of fragments */
	const char *input;       /* name of the input they come from */
	int64_t clock_ns;
	uint64_t reached;        /* every packet before this one is in this round or in one before; no item's number is beyond it */
	struct stats reader;     /* the reader's counters, if asked for */
	bool wants_stats;
	bool is_last;            /* the input is over behind it */
	bool failed;             /* said by the collector: EVE cannot be written */
	unsigned n_lanes;
	size_t cap;              /* items a lane */
	struct lane lanes[];
};

/* NULL: out of memory. */
struct round *round_new(unsigned n_lanes, size_t cap);
void round_free(struct round *round); /* its reports must have been taken back */

/* Empty again, for the reader; reports stay until their workers take them. */
void round_reset(struct round *round);
bool round_is_empty(const struct round *round);

#endif
