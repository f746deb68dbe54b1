#include "sensor/input/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "sensor/input/live_socket.h"

/* Frames after which sockets that had nothing are asked again: asking costs a call into the kernel. */
enum { LOOK_EVERY = 32, NEWS_LEN = 64, SECOND_NS = 1000000000 };

/* A socket and the frame it has ready. */
struct slot {
	struct live_socket *socket;
	struct frame frame;
	bool held;  /* frame is filled */
	bool first; /* of its interface: what concerns the interface is counted for this one */
	bool down, dead, dead_told;
};

struct live {
	struct slot *slots;
	size_t n_slots;
	struct slot *last;      /* whose frame was handed out; NULL: none is */
	const char *error;
	int epoll;
	uint32_t n_turns;
	int64_t start_ns;       /* frames before it were not dealt out yet: each socket may have them */
	struct live_stats stats;
	char news[NEWS_LEN], told[NEWS_LEN];
};

/* ---- opening ---- */

static bool slot_open(struct live *live, const struct live_config *config, const char *name, struct slot *first,
    struct errors *errors)
{
	struct slot *slot = &live->slots[live->n_slots];
	struct epoll_event event = { .events = EPOLLIN };

	slot->socket = live_socket_open(config, name, errors);
	if (!slot->socket)
		return false;
	live->n_slots++;
	slot->first = first == NULL;
	if (config->fanout > 1 && !live_socket_join(slot->socket, first ? first->socket : slot->socket, errors))
		return false;
	if (epoll_ctl(live->epoll, EPOLL_CTL_ADD, live_socket_fd(slot->socket), &event) != 0) {
		errors_add(errors, name, 0, "%s", strerror(errno));
		return false;
	}
	return true;
}

static bool interface_open(struct live *live, const struct live_config *config, const char *name, struct errors *errors)
{
	struct slot *first = NULL;

	for (unsigned i = 0; i < config->fanout || i == 0; i++) {
		if (!slot_open(live, config, name, first, errors))
			return false;
		if (!first)
			first = &live->slots[live->n_slots - 1];
	}
	return true;
}

static int64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

struct live *live_open(const struct live_config *config, struct errors *errors)
{
	struct live *live = calloc(1, sizeof *live);
	bool ok = live != NULL;

	if (!ok)
		return NULL;
	live->epoll = epoll_create1(EPOLL_CLOEXEC);
	live->slots = calloc(config->n_interfaces * (config->fanout > 1 ? config->fanout : 1), sizeof *live->slots);
	ok = live->slots && live->epoll >= 0;
	for (size_t i = 0; ok && i < config->n_interfaces; i++)
		ok = interface_open(live, config, config->interfaces[i], errors);
	if (!ok) {
		live_close(live);
		return NULL;
	}
	if (config->fanout > 1)
		live->start_ns = wall_ns();
	return live;
}

/* ---- reading ---- */

static void slot_told(struct live *live, struct slot *slot, bool down)
{
	if (slot->down == down || !slot->first)
		return;
	slot->down = down;
	live->stats.n_down += down;
	snprintf(live->news, sizeof live->news, "%s: %s", live_socket_name(slot->socket), down ? "down" : "up again");
}

/* Asks a socket for its next frame. */
static void slot_fill(struct live *live, struct slot *slot)
{
	enum live_socket_status status;

	while ((status = live_socket_next(slot->socket, &slot->frame)) == LIVE_SOCKET_FRAME &&
	    slot->frame.time_ns < live->start_ns)
		live->stats.received--; /* the kernel counted it, or will have when it is asked */
	slot->held = status == LIVE_SOCKET_FRAME;
	if (status != LIVE_SOCKET_DEAD) {
		slot_told(live, slot, status == LIVE_SOCKET_DOWN);
	} else {
		slot->dead = true;
		epoll_ctl(live->epoll, EPOLL_CTL_DEL, live_socket_fd(slot->socket), NULL);
	}
}

/* The slot with the earliest frame; NULL: there is none. With `all` those are asked too that had none. */
static struct slot *earliest(struct live *live, bool all)
{
	struct slot *first = NULL;

	for (size_t i = 0; i < live->n_slots; i++) {
		struct slot *slot = &live->slots[i];

		if (!slot->held && !slot->dead && (all || slot == live->last))
			slot_fill(live, slot);
		if (slot->held && (!first || slot->frame.time_ns < first->frame.time_ns))
			first = slot;
	}
	live->last = NULL;
	return first;
}

static bool all_dead(const struct live *live)
{
	for (size_t i = 0; i < live->n_slots; i++)
		if (!live->slots[i].dead)
			return false;
	return true;
}

/* An interface's socket that was given up and not told of, those of one interface told of as one; NULL: none. */
static const struct live_socket *newly_dead(struct live *live)
{
	const struct live_socket *found = NULL;

	for (size_t i = 0; i < live->n_slots; i++) {
		struct slot *slot = &live->slots[i];

		if (!slot->dead || slot->dead_told)
			continue;
		if (!found)
			found = slot->socket;
		slot->dead_told = live_socket_name(slot->socket) == live_socket_name(found);
	}
	return found;
}

static struct slot *next_slot(struct live *live)
{
	bool all = live->last == NULL || ++live->n_turns % LOOK_EVERY == 0;
	struct slot *slot = earliest(live, all);

	return slot || all ? slot : earliest(live, true);
}

enum live_status live_next(struct live *live, struct frame *frame, int timeout_ms)
{
	struct slot *slot = next_slot(live);
	const struct live_socket *dead;
	struct epoll_event event;

	if (!slot && timeout_ms && !all_dead(live)) {
		epoll_wait(live->epoll, &event, 1, timeout_ms);
		slot = next_slot(live);
	}
	if (!slot && (dead = newly_dead(live))) {
		live->error = live_socket_error(dead);
		return LIVE_BAD;
	}
	if (!slot)
		return all_dead(live) ? LIVE_END : LIVE_NOTHING_YET;
	uint64_t number = frame->number;

	*frame = slot->frame;
	frame->number = number;
	slot->held = false;
	live->last = slot;
	return LIVE_FRAME;
}

int live_fd(const struct live *live)
{
	return live->epoll;
}

const char *live_news(struct live *live)
{
	if (!*live->news)
		return NULL;
	snprintf(live->told, sizeof live->told, "%s", live->news);
	*live->news = '\0';
	return live->told;
}

const char *live_error(const struct live *live)
{
	return live->error;
}

const struct live_stats *live_stats(struct live *live)
{
	for (size_t i = 0; i < live->n_slots; i++) {
		uint64_t ifdropped = live->stats.ifdropped;

		live_socket_count(live->slots[i].socket, &live->stats);
		if (!live->slots[i].first)
			live->stats.ifdropped = ifdropped;
	}
	return &live->stats;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	for (size_t i = 0; i < live->n_slots; i++)
		live_socket_close(live->slots[i].socket);
	if (live->epoll >= 0)
		close(live->epoll);
	free(live->slots);
	free(live);
}
