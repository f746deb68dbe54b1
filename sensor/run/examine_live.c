#include "sensor/run/examine_live.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "sensor/input/live.h"
#include "sensor/run/privileges.h"
#include "sensor/run/signals.h"

enum { RING_LEN = 64 << 20, SNAPLEN = 262144, BLOCK_WAIT_MS = 50, FRAMES_BETWEEN = 256, AFTER_MS = 3 * BLOCK_WAIT_MS };

struct look {
	struct live *live;
	int signals;
	int64_t end_ms; /* by the machine's clock: nobody else's goes on when no packets come */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct live *open_as_nobody(const char *interface, struct errors *errors)
{
	const struct live_config config = { .interfaces = &interface, .n_interfaces = 1, .fanout = 1, .ring_len = RING_LEN,
		.snaplen = SNAPLEN, .wait_ms = BLOCK_WAIT_MS, .promiscuous = true };
	struct privileges privileges = { 0 };

	if (!privileges_find(&privileges, NULL, false, errors))
		return NULL;
	struct live *live = live_open(&config, errors);

	if (live && privileges_drop(&privileges, errors))
		return live;
	live_close(live);
	return NULL;
}

/* Is the time over, or was the end asked for? News are told on the way. */
static bool is_over(struct look *look)
{
	const char *news;

	while ((news = live_news(look->live)))
		fprintf(stderr, "stormglass: %s\n", news);
	if (signals_take(look->signals) & SIGNALS_END)
		look->end_ms = now_ms();
	return now_ms() >= look->end_ms + AFTER_MS; /* what the kernel still holds comes in a moment */
}

static void wait_a_little(const struct look *look)
{
	struct pollfd fds[] = { { .fd = live_fd(look->live), .events = POLLIN }, { .fd = look->signals, .events = POLLIN } };

	poll(fds, 2, BLOCK_WAIT_MS);
}

static void watch(struct look *look, struct doctor *doctor)
{
	struct frame frame = { 0 };
	enum live_status status;

	for (unsigned n = 1; (status = live_next(look->live, &frame, 0)) != LIVE_END; n++) {
		if (status == LIVE_FRAME) {
			struct packet packet;

			frame.number++;
			doctor_packet(doctor, &frame, &packet, net_dissect(&frame, &packet));
			if (n % FRAMES_BETWEEN != 0)
				continue;
		} else if (status == LIVE_BAD) {
			fprintf(stderr, "stormglass: %s\n", live_error(look->live));
		}
		if (is_over(look))
			break;
		if (status == LIVE_NOTHING_YET)
			wait_a_little(look);
	}
	const struct live_stats *stats = live_stats(look->live);

	doctor_drops(doctor, stats->received, stats->dropped + stats->ifdropped);
}

bool examine_live(struct doctor *doctor, const char *interface, unsigned seconds, struct errors *errors)
{
	struct look look = { .live = open_as_nobody(interface, errors), .end_ms = now_ms() + (int64_t)seconds * 1000 };

	if (!look.live)
		return false;
	look.signals = signals_open();
	if (look.signals < 0)
		errors_add(errors, NULL, 0, "signals: %s", strerror(errno));
	else
		watch(&look, doctor);
	live_close(look.live);
	signals_close(look.signals);
	return look.signals >= 0;
}
