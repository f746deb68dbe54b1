#include "sensor/run/engine.h"

#include "dissectors/token/kinds.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/run/intake.h"
#include "sensor/run/ring.h"
#include "sensor/run/worker.h"

enum {
	ROUNDS = 6,              /* on their way at a time */
	LANE_INLINE = 64,        /* items a round, few enough to stay in the cache */
	LANE_THREADED = 512,
	ROUNDS_FREE = 3,         /* the reader, once it waits, waits for so many: few wakings */
	ROUNDS_DONE = 2,         /* the collector likewise */
	BUFFERS_SPARE = 2,       /* one that is being filled, one to copy its rest to */
};

/* A worker with what is its own, and its thread. */
struct post {
	struct engine *engine;
	unsigned lane;
	struct decode decode;
	struct rules *rules;     /* a view; NULL with one worker */
	struct worker *worker;
	struct ring *in, *done;  /* rounds */
	pthread_t thread;
	bool runs;
};

struct engine {
	struct intake intake;
	struct collector *collector;
	struct eve *eve;
	struct buffers *buffers;
	struct round *rounds[ROUNDS];
	struct round *round;     /* being filled */
	struct item aside;
	struct ring *free;       /* rounds */
	const char *input;
	uint64_t n_frames;
	uint64_t n_taken;        /* frames that are in a round, or none of ours: all of n_frames but for the one at hand */
	struct key_material *material;
	bool failed;
	struct stats total;
	struct label_source *labels;
	pthread_t collecting;
	bool collects;
	unsigned n_posts;
	struct post posts[];
};

static bool is_threaded(const struct engine *engine)
{
	return engine->n_posts > 1;
}

/* ---- the three stages ---- */

/* Says to other workers how far this one is, so that one at packet N may wait until all others have done what is before N
 * (secrets_await), which it does only after having said that it is at N itself. Nobody waits for ever:
 *
 * Of those who wait, look at whoever waits for the least N. Another worker that waits too has said that it is at its own
 * packet, which is N or beyond, so nobody waits for it. One that does not wait comes to the end of its rounds: the round with
 * the item N has been pushed to all workers by a reader who does not block on the way (a ring has room for all rounds there
 * are), whether or not its lane has an item for them; behind it they are at round->reached, and no item's number is beyond
 * that. Nor does anybody block between two rounds but to wait for the next one. So whoever waits for the least goes on, and
 * then the next.
 *
 * After the last round all say that they are through before they end their flows. */
static void say_reached(const struct post *post, uint64_t number)
{
	if (post->engine->material)
		secrets_reach(post->engine->material->secrets, post->lane, number);
}

static void work(struct post *post, struct round *round)
{
	struct lane *lane = &round->lanes[post->lane];

	worker_take(post->worker, lane->items, lane->n, &lane->out);
	say_reached(post, round->is_last ? UINT64_MAX : round->reached);
	if (round->is_last)
		worker_finish(post->worker, &lane->out);
	if (round->wants_stats)
		lane->stats = *worker_stats(post->worker);
}

static void collect(struct engine *engine, struct round *round)
{
	const struct report_list *lists[ENGINE_WORKERS_MAX];
	struct stats total = round->reader;

	for (unsigned i = 0; i < round->n_lanes; i++)
		lists[i] = &round->lanes[i].out;
	eve_set_pcap_filename(engine->eve, round->input);
	collector_take(engine->collector, lists);
	if (!round->wants_stats)
		return;
	for (unsigned i = 0; i < round->n_lanes; i++)
		stats_add(&total, &round->lanes[i].stats);
	collector_tell_stats(engine->collector, &total, round->clock_ns, round->is_last);
}

static void round_done(struct engine *engine, struct round *round)
{
	buffers_release(engine->buffers, round->buffer);
	round->failed = eve_errno(engine->eve) != 0;
	round_reset(round);
}

/* ---- threads ---- */

static void *work_on(void *context)
{
	struct post *post = context;
	bool is_last;

	do {
		struct round *round = ring_pop_now(post->in);

		if (!round) {
			ring_nudge(post->done);
			round = ring_pop(post->in);
		}
		is_last = round->is_last;
		worker_release(post->worker, &round->lanes[post->lane].out);
		work(post, round);
		ring_push(post->done, round);
	} while (!is_last);
	ring_nudge(post->done);
	return NULL;
}

static void *collect_on(void *context)
{
	struct engine *engine = context;
	bool is_last;

	do {
		struct round *round = NULL;

		for (unsigned i = 0; i < engine->n_posts; i++)
			round = ring_pop_of(engine->posts[i].done, ROUNDS_DONE); /* the same from each */
		is_last = round->is_last;
		collect(engine, round);
		round_done(engine, round);
		ring_push(engine->free, round);
	} while (!is_last);
	return NULL;
}

/* ---- the reader's side ---- */

/* What the reader counted, with what others counted for it. */
static const struct stats *reader_stats(struct engine *engine)
{
	struct stats *stats = &engine->intake.stats;
	struct secrets_counts counts = { 0 };

	if (engine->material)
		secrets_count(engine->material->secrets, &counts);
	stats->tls.sessions = counts.sessions;
	stats->tls.sessions_evicted = counts.evicted;
	return intake_stats(&engine->intake);
}

/* Sends the round on its way; the next one to fill is another. */
static void dispatch(struct engine *engine)
{
	struct round *round = engine->round;

	round->input = engine->input;
	round->clock_ns = engine->intake.clock_ns;
	round->reached = engine->n_taken + 1;
	if (round->wants_stats)
		round->reader = *reader_stats(engine);
	if (!is_threaded(engine)) {
		work(&engine->posts[0], round);
		collect(engine, round);
		worker_release(engine->posts[0].worker, &round->lanes[0].out);
		round_done(engine, round);
	} else {
		for (unsigned i = 0; i < engine->n_posts; i++)
			ring_push(engine->posts[i].in, round);
		round = engine->round = ring_pop_of(engine->free, ROUNDS_FREE);
	}
	engine->failed |= round->failed;
}

void engine_flush(struct engine *engine)
{
	if (!round_is_empty(engine->round))
		dispatch(engine);
}

struct buffers *engine_buffers(struct engine *engine)
{
	return engine->buffers;
}

void engine_input(struct engine *engine, const char *name)
{
	engine_flush(engine);
	engine->input = name;
}

static void enter_buffer(struct engine *engine, struct buffer *buffer)
{
	if (engine->round->buffer == buffer)
		return;
	if (engine->round->buffer)
		dispatch(engine);
	if (buffer)
		buffers_hold(engine->buffers, buffer);
	engine->round->buffer = buffer;
}

/* Every worker hears of something that happened before packet `n_taken` + 1. */
static void broadcast(struct engine *engine, enum item_kind kind)
{
	for (unsigned i = 0; i < engine->n_posts; i++) {
		struct lane *lane = &engine->round->lanes[i];
		struct item *item = &lane->items[lane->n++];

		item->kind = kind;
		item->number = engine->n_taken + 1;
		item->clock_ns = engine->intake.clock_ns;
	}
}

/* Every worker hears that another second began. Counters are told at a round's end. */
static void tick(struct engine *engine, struct intake_news news)
{
	struct buffer *buffer = engine->round->buffer;

	if (!news.tick)
		return;
	broadcast(engine, ITEM_TICK);
	if (!news.stats)
		return;
	engine->round->wants_stats = true;
	dispatch(engine);
	enter_buffer(engine, buffer);
}

/* The lane of a packet. The table's index takes the low bits of the hash. */
static unsigned lane_of(const struct engine *engine, const struct flow_route *route)
{
	return (unsigned)((route->hash >> 32) * engine->n_posts >> 32);
}

static bool is_full(const struct lane *lane, size_t cap)
{
	return lane->n + 2 > cap; /* a packet may bring a tick */
}

/* One worker's packets are dissected where they will lie; of several workers it is known only afterwards whose a packet is. */
static void packet(struct engine *engine, const struct frame *frame)
{
	struct lane *lane = &engine->round->lanes[0];
	struct item *item = is_threaded(engine) ? &engine->aside : &lane->items[lane->n];

	engine->n_taken = engine->n_frames;
	if (!intake_packet(&engine->intake, frame, &engine->round->joined, item))
		return;
	if (is_threaded(engine)) {
		if (item->kind == ITEM_PACKET)
			lane = &engine->round->lanes[lane_of(engine, &item->route)];
		item_copy(&lane->items[lane->n], item);
	}
	lane->n++;
	if (is_full(lane, engine->round->cap) || engine->round->budget.used > ROUND_JOINED_CAP / 2)
		dispatch(engine);
}

bool engine_frame(struct engine *engine, struct frame *frame, struct buffer *buffer)
{
	frame->number = ++engine->n_frames;
	enter_buffer(engine, buffer);
	tick(engine, intake_clock(&engine->intake, frame));
	packet(engine, frame);
	if (!buffer)
		engine_flush(engine);
	return !engine->failed;
}

/* ---- while it runs ---- */

void engine_pass_by(struct engine *engine)
{
	engine->n_taken = ++engine->n_frames;
}

uint64_t engine_next_number(const struct engine *engine)
{
	return engine->n_frames + 1;
}

/* A round of its own end: what is said about it is written before what is said about the next packet. */
void engine_secrets(struct engine *engine)
{
	broadcast(engine, ITEM_SECRETS);
	dispatch(engine);
}

void engine_keylogs(struct engine *engine, const struct keylog_counts *counts)
{
	engine->intake.stats.tls.keylog_secrets = counts->secrets;
	engine->intake.stats.tls.keylog_junk = counts->junk;
}

void engine_capture(struct engine *engine, const struct live_stats *capture)
{
	struct stats *stats = &engine->intake.stats;

	stats->capture.kernel_packets = capture->received;
	stats->capture.kernel_drops = capture->dropped;
	stats->capture.kernel_ifdrops = capture->ifdropped;
	stats->capture.interface_down = capture->n_down;
}

void engine_clock(struct engine *engine, int64_t now_ns)
{
	const struct frame silence = { .time_ns = now_ns };

	tick(engine, intake_clock(&engine->intake, &silence));
	engine_flush(engine);
}

void engine_pause(struct engine *engine)
{
	void *rounds[ROUNDS];

	engine_flush(engine);
	if (!is_threaded(engine))
		return;
	for (unsigned i = 0; i < ROUNDS - 1; i++) /* all but the one that is being filled */
		rounds[i] = ring_pop(engine->free);
	for (unsigned i = 0; i < ROUNDS - 1; i++)
		ring_push(engine->free, rounds[i]);
}

bool engine_reload(struct engine *engine, const struct decode *decode, const struct rules *rules)
{
	struct rules *views[ENGINE_WORKERS_MAX];
	unsigned n = 0;

	while (n < engine->n_posts && (views[n] = rules_view(rules)))
		n++;
	if (n < engine->n_posts) {
		while (n)
			rules_free(views[--n]);
		return false;
	}
	engine_pause(engine);
	for (unsigned i = 0; i < engine->n_posts; i++) {
		struct post *post = &engine->posts[i];

		post->decode.trust = decode->trust;
		worker_reload(post->worker, views[i]);
		rules_free(post->rules);
		post->rules = views[i];
	}
	collector_reload(engine->collector, rules);
	return true;
}

/* ---- beginning and end ---- */

static bool post_init(struct post *post, struct engine *engine, const struct config *config, const struct decode *decode,
    const struct rules *rules)
{
	post->engine = engine;
	post->decode = *decode;
	post->decode.fingerprint = fingerprint_copy(decode->fingerprint);
	post->rules = rules_view(rules);
	post->in = ring_new(ROUNDS);
	post->done = ring_new(ROUNDS);
	if (!post->decode.fingerprint || !post->rules || !post->in || !post->done)
		return false;
	struct worker_shared shared = { engine->n_posts, &engine->intake.hash_key, engine->labels, engine->material };

	post->worker = worker_new(config, &post->decode, post->rules, &shared, post->lane);
	return post->worker != NULL;
}

/* For top(1) and gdb(1); the kernel keeps 15 characters. */
static void name_thread(pthread_t thread, const char *what, unsigned n)
{
	char name[32];

	snprintf(name, sizeof name, "%.8s %u", what, n % 1000);
	(void)pthread_setname_np(thread, name);
}

static bool start(struct engine *engine)
{
	for (unsigned i = 0; i < engine->n_posts; i++) {
		struct post *post = &engine->posts[i];

		post->runs = pthread_create(&post->thread, NULL, work_on, post) == 0;
		if (!post->runs)
			return false;
		name_thread(post->thread, "worker", i);
	}
	engine->collects = pthread_create(&engine->collecting, NULL, collect_on, engine) == 0;
	if (engine->collects)
		name_thread(engine->collecting, "collector", 0);
	return engine->collects;
}

static bool engine_init(struct engine *engine, const struct config *config, const struct decode *decode, const struct rules *rules,
    const struct alert_log *log)
{
	unsigned n_rounds = is_threaded(engine) ? ROUNDS : 1;

	if (!intake_init(&engine->intake, config))
		return false;
	engine->collector = collector_new(config, rules, engine->eve, log, engine->n_posts);
	engine->buffers = buffers_new(n_rounds + BUFFERS_SPARE);
	engine->free = ring_new(ROUNDS);
	engine->labels = label_source_new(engine->n_posts);
	if (!engine->collector || !engine->buffers || !engine->free || !engine->labels)
		return false;
	for (unsigned i = 0; i < engine->n_posts; i++) {
		engine->posts[i].lane = i;
		if (!post_init(&engine->posts[i], engine, config, decode, rules))
			return false;
	}
	for (unsigned i = 0; i < n_rounds; i++) {
		engine->rounds[i] = round_new(engine->n_posts, is_threaded(engine) ? LANE_THREADED : LANE_INLINE);
		if (!engine->rounds[i])
			return false;
		ring_push(engine->free, engine->rounds[i]);
	}
	engine->round = ring_pop(engine->free);
	return !is_threaded(engine) || start(engine);
}

struct engine *engine_new(const struct config *config, const struct decode *decode, const struct rules *rules, struct eve *eve,
    const struct alert_log *log, struct key_material *material, unsigned n_workers)
{
	assert(n_workers > 0 && n_workers <= ENGINE_WORKERS_MAX);
	struct engine *engine = calloc(1, sizeof *engine + n_workers * sizeof *engine->posts);

	if (!engine)
		return NULL;
	engine->n_posts = n_workers;
	engine->eve = eve;
	engine->material = material;
	kinds_start();
	if (engine_init(engine, config, decode, rules, log))
		return engine;
	engine_free(engine);
	return NULL;
}

/* Sends the last round, and waits for the threads that run: those that could be started. */
static void join(struct engine *engine)
{
	for (unsigned i = 0; i < engine->n_posts; i++)
		if (engine->posts[i].runs)
			ring_push(engine->posts[i].in, engine->round);
	for (unsigned i = 0; i < engine->n_posts; i++)
		if (engine->posts[i].runs)
			pthread_join(engine->posts[i].thread, NULL);
	if (engine->collects)
		pthread_join(engine->collecting, NULL);
	for (unsigned i = 0; i < engine->n_posts; i++)
		engine->posts[i].runs = false;
	engine->collects = false;
}

void engine_finish(struct engine *engine)
{
	engine->round->is_last = true;
	engine->round->wants_stats = true;
	engine->round->input = engine->input;
	engine->round->clock_ns = engine->intake.clock_ns;
	engine->round->reader = *reader_stats(engine);
	if (is_threaded(engine))
		join(engine);
	else
		dispatch(engine);
}

const struct stats *engine_stats(struct engine *engine)
{
	engine->total = *reader_stats(engine);
	for (unsigned i = 0; i < engine->n_posts; i++)
		stats_add(&engine->total, worker_stats(engine->posts[i].worker));
	stats_add(&engine->total, collector_stats(engine->collector));
	return &engine->total;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	if (engine->posts[0].runs) { /* not all threads could be started */
		engine->round->is_last = true;
		join(engine);
	}
	for (unsigned i = 0; i < ROUNDS; i++)
		for (unsigned k = 0; engine->rounds[i] && k < engine->n_posts; k++)
			worker_release(engine->posts[k].worker, &engine->rounds[i]->lanes[k].out);
	for (unsigned i = 0; i < engine->n_posts; i++) {
		struct post *post = &engine->posts[i];

		worker_free(post->worker);
		rules_free(post->rules);
		fingerprint_free(post->decode.fingerprint);
		ring_free(post->in);
		ring_free(post->done);
	}
	for (unsigned i = 0; i < ROUNDS; i++)
		round_free(engine->rounds[i]);
	label_source_free(engine->labels);
	intake_fini(&engine->intake);
	collector_free(engine->collector);
	buffers_free(engine->buffers);
	ring_free(engine->free);
	free(engine);
}
