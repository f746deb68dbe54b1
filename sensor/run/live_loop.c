#include "sensor/run/live_loop.h"

#include <poll.h>
#include <time.h>

#include "sensor/input/kept.h"
#include "sensor/run/signals.h"

enum {
	FRAMES_BETWEEN = 1024, /* looks at the clock and at signals */
	WAIT_MS = 100,
	FLUSH_MS = 250,        /* an event is at most so old when it is written */
	COUNT_MS = 1000,       /* between questions to the kernel for its counters */
	IDLE_MS = 1000,        /* without packets the wall's clock moves time on ... */
	IDLE_BEHIND_MS = 1000, /* ... staying behind, so that no packet that is still in the kernel comes late */
	END_MS = 3000,         /* for reading what came before the end was asked for */
	MS_NS = 1000000,
};

/* Times by the monotonic clock, but for end_ns. */
struct turn {
	int64_t flushed_ms, counted_ms, busy_ms; /* last */
	int64_t end_ms;                          /* when it was asked for; 0: not yet */
	int64_t end_ns;                          /* the same by the packets' clock */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct live *live_loop_open(const struct config *config, const struct options *options, struct errors *errors)
{
	struct live_config live = { .interfaces = (const char *const *)options->interfaces.items,
		.n_interfaces = options->interfaces.n, .promiscuous = config->live_promiscuous,
		.fanout = (unsigned)config->live_fanout, .ring_len = (uint64_t)config->live_ring,
		.snaplen = (uint32_t)config->live_snaplen, .wait_ms = (uint32_t)(config->live_wait_ns / MS_NS),
		.filter = options->filter ? filter_text(options->filter) : NULL };

	if (config->live_fanout > LIVE_FANOUT_MAX)
		errors_add(errors, NULL, 0, "live.fanout: at most %d", LIVE_FANOUT_MAX);
	if (config->live_ring < 1 << 20 || config->live_ring > INT32_MAX)
		errors_add(errors, NULL, 0, "live.ring-size: from 1mb to below 2gb");
	if (config->live_snaplen < 64 || config->live_snaplen > 262144)
		errors_add(errors, NULL, 0, "live.snaplen: from 64 to 262144");
	if (live.wait_ms < 1 || live.wait_ms > IDLE_BEHIND_MS / 2)
		errors_add(errors, NULL, 0, "live.block-wait: from 1ms to %dms", IDLE_BEHIND_MS / 2);
	return errors->n ? NULL : live_open(&live, errors);
}

static void tell(struct errors *errors)
{
	if (errors->n)
		fprintf(stderr, "stormglass: %s", errors->text ? errors->text : "out of memory\n");
	fflush(stderr);
	errors_fini(errors);
}

/* ---- what may be asked for ---- */

static void reopen(struct live_loop *loop)
{
	struct errors errors = { 0 };

	engine_pause(loop->engine);
	eve_file_reopen(loop->file, loop->eve, &errors);
	if (errors.n)
		errors_add(&errors, NULL, 0, "EVE goes on in the file it had");
	tell(&errors);
}

/* Rules and trust of the same arguments anew: all of them, or none when there is a mistake anywhere. */
static void reload(struct live_loop *loop)
{
	struct errors errors = { 0 };
	struct assets next = { 0 };
	struct decode decode = *loop->decode;

	assets_load(&next, loop->config, loop->options, &errors);
	decode.trust = next.trust;
	if (!errors.n && !engine_reload(loop->engine, &decode, next.rules))
		errors_add(&errors, NULL, 0, "out of memory");
	if (errors.n) {
		errors_add(&errors, NULL, 0, "not reloaded: the rules and the trust before stay");
	} else {
		struct assets before = *loop->assets;

		*loop->assets = next;
		*loop->decode = decode;
		next = before;
		fprintf(stderr, "stormglass: reloaded: %zu rules, %zu issuers, %zu keys\n", rules_count(loop->assets->rules),
		    trust_n_issuers(loop->assets->trust), trust_n_keys(loop->assets->trust));
	}
	assets_free(&next);
	tell(&errors);
}

static void do_asked(struct live_loop *loop, struct turn *turn)
{
	unsigned asked = signals_take(loop->signals);

	if (asked & SIGNALS_REOPEN)
		reopen(loop);
	if (asked & SIGNALS_RELOAD)
		reload(loop);
	if (asked & SIGNALS_END && turn->end_ms)
		turn->end_ms -= END_MS; /* asked again: at once */
	if (asked & SIGNALS_END && !turn->end_ms) {
		turn->end_ms = clock_ns(CLOCK_MONOTONIC) / MS_NS;
		turn->end_ns = clock_ns(CLOCK_REALTIME);
	}
}

/* ---- the loop ---- */

/* Between packets, and when there are none. */
static void look_around(struct live_loop *loop, struct turn *turn, bool busy)
{
	int64_t now_ms = clock_ns(CLOCK_MONOTONIC) / MS_NS;
	const char *news;

	do_asked(loop, turn);
	keylogs_look(loop->keylogs, loop->engine);
	if (busy || !turn->busy_ms)
		turn->busy_ms = now_ms;
	if (now_ms - turn->counted_ms >= COUNT_MS) {
		engine_capture(loop->engine, live_stats(loop->live));
		turn->counted_ms = now_ms;
	}
	if (now_ms - turn->busy_ms >= IDLE_MS)
		engine_clock(loop->engine, clock_ns(CLOCK_REALTIME) - (int64_t)IDLE_BEHIND_MS * MS_NS);
	if (now_ms - turn->flushed_ms >= FLUSH_MS) {
		engine_pause(loop->engine);
		eve_flush(loop->eve);
		turn->flushed_ms = now_ms;
	}
	while ((news = live_news(loop->live)))
		fprintf(stderr, "stormglass: %s\n", news);
}

static void wait_a_little(struct live_loop *loop)
{
	struct pollfd fds[] = { { .fd = live_fd(loop->live), .events = POLLIN }, { .fd = loop->signals, .events = POLLIN } };

	poll(fds, 2, WAIT_MS);
}

/* Is all read that came before the end was asked for? A block that the kernel still holds comes within
 * live.block-wait. */
static bool is_over(const struct live_loop *loop, const struct turn *turn, bool idle)
{
	int64_t waited_ms = clock_ns(CLOCK_MONOTONIC) / MS_NS - turn->end_ms;

	return waited_ms >= END_MS || (idle && waited_ms > 2 * loop->config->live_wait_ns / MS_NS + WAIT_MS);
}

bool live_loop_run(struct live_loop *loop)
{
	struct frame frame = { 0 };
	struct turn turn = { 0 };
	enum live_status status;
	struct kept kept = { .buffers = engine_buffers(loop->engine) };
	uint32_t n = 0; /* frames since it looked around */

	look_around(loop, &turn, false);
	while ((status = live_next(loop->live, &frame, 0)) != LIVE_END) {
		if (status == LIVE_FRAME && turn.end_ns && frame.time_ns > turn.end_ns)
			break;
		if (status == LIVE_FRAME) {
			if (!engine_frame(loop->engine, &frame, kept_frame(&kept, &frame)))
				break;
			if (++n < FRAMES_BETWEEN)
				continue;
		} else if (status == LIVE_BAD) {
			fprintf(stderr, "stormglass: %s\n", live_error(loop->live));
		}
		look_around(loop, &turn, n > 0);
		n = 0;
		if (turn.end_ms && is_over(loop, &turn, status == LIVE_NOTHING_YET))
			break;
		if (status == LIVE_NOTHING_YET)
			wait_a_little(loop);
	}
	engine_capture(loop->engine, live_stats(loop->live));
	kept_end(&kept);
	return status != LIVE_END;
}
