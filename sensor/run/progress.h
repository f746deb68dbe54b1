/* progress: a bar on a terminal for an input that takes longer than a second; never in a pipe. */
#ifndef STORMGLASS_RUN_PROGRESS_H
#define STORMGLASS_RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress_bar {
	const char *name;
	uint64_t size;       /* 0: not known, no bar */
	int64_t started_ms, shown_ms;
	uint32_t n_frames;   /* since the clock was looked at */
	bool terminal, shown;
};

void progress_begin(struct progress_bar *bar, const char *name, uint64_t size);
/* Cheap: looks at the clock once in some thousand calls. True when it is time to call progress_show. */
static inline bool progress_due(struct progress_bar *bar)
{
	return bar->terminal && ++bar->n_frames % 8192 == 0;
}
void progress_show(struct progress_bar *bar, uint64_t offset);
void progress_end(struct progress_bar *bar);

#endif
