#include "sensor/run/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 40, FIRST_MS = 1000, EVERY_MS = 200 };

/* The wall's clock: a person waits by it, nothing else here does. */
static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress_bar *bar, const char *name, uint64_t size)
{
	*bar = (struct progress_bar){ .name = name, .size = size };
	bar->terminal = bar->size && isatty(STDERR_FILENO);
	bar->started_ms = now_ms();
}

void progress_show(struct progress_bar *bar, uint64_t offset)
{
	char line[BAR_WIDTH + 1];
	int64_t now = now_ms();

	if (now - bar->started_ms < FIRST_MS || now - bar->shown_ms < EVERY_MS)
		return;
	uint64_t done = offset < bar->size ? offset : bar->size;
	unsigned filled = (unsigned)(done * BAR_WIDTH / bar->size);

	for (unsigned i = 0; i < BAR_WIDTH; i++)
		line[i] = i < filled ? '#' : '.';
	line[BAR_WIDTH] = '\0';
	double seconds = (double)(now - bar->started_ms) / 1000;

	fprintf(stderr, "\r%s [%s] %3u%% %.0f MB/s ", bar->name, line, (unsigned)(done * 100 / bar->size), (double)done / 1e6 / seconds);
	bar->shown_ms = now;
	bar->shown = true;
}

void progress_end(struct progress_bar *bar)
{
	if (bar->shown)
		fputs("\r\033[K", stderr);
}
