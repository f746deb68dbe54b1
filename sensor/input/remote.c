#include "sensor/input/remote.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sensor/input/dialer.h"
#include "sensor/input/listener.h"

enum {
	BURST = 256,   /* frames of one connection before the next has its turn */
	ACCEPTED = 16, /* connections before those that are there have theirs */
	PEERS = INPUTS_CLIENTS + REMOTE_DIALERS,
};

struct peer {
	struct capture *capture;
	struct dialer *dialer;     /* NULL: it called */
	char name[DIALER_NAME_LEN];
	uint64_t number;           /* of all connections; a younger one's is higher */
	int fd;                    /* the capture's */
	bool ready;                /* there may be something to read */
};

struct remote {
	struct dialer dialers[REMOTE_DIALERS];
	struct listener listeners[REMOTE_LISTENERS];
	size_t n_dialers, n_listeners, n_told;   /* n_told: of the listeners, those whose port was told */
	struct peer peers[PEERS];
	size_t n_peers, at, n_callers, clients;  /* n_callers: peers that called, at most `clients` */
	unsigned burst;
	bool once, over;                         /* over: peers[at] ended at the last call */
	uint64_t serial, last;                   /* last: the connection that the serial stands for */
	char name[DIALER_NAME_LEN];
	char text[REMOTE_TEXT_LEN];
	bool has_text;
	struct inputs_counts *counts;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct remote *remote_new(size_t clients, bool once, struct inputs_counts *counts)
{
	struct remote *remote = calloc(1, sizeof *remote);

	if (!remote)
		return NULL;
	remote->clients = clients < 1 ? 1 : clients < INPUTS_CLIENTS ? clients : INPUTS_CLIENTS;
	remote->once = once;
	remote->counts = counts;
	return remote;
}

void remote_free(struct remote *remote)
{
	if (!remote)
		return;
	for (size_t i = 0; i < remote->n_peers; i++)
		capture_close(remote->peers[i].capture);
	for (size_t i = 0; i < remote->n_dialers; i++)
		dialer_fini(&remote->dialers[i]);
	for (size_t i = 0; i < remote->n_listeners; i++)
		listener_close(&remote->listeners[i]);
	free(remote);
}

bool remote_dial(struct remote *remote, const char *name, struct errors *errors)
{
	if (remote->n_dialers == REMOTE_DIALERS) {
		errors_add(errors, NULL, 0, "-r %s: more than %d connections", name, REMOTE_DIALERS);
		return false;
	}
	if (!dialer_init(&remote->dialers[remote->n_dialers], name, remote->once, errors))
		return false;
	remote->n_dialers++;
	return true;
}

bool remote_listen(struct remote *remote, const char *where, struct errors *errors)
{
	if (remote->n_listeners == REMOTE_LISTENERS) {
		errors_add(errors, NULL, 0, "--listen-pcap %s: more than %d ports", where, REMOTE_LISTENERS);
		return false;
	}
	if (!listener_open(&remote->listeners[remote->n_listeners], where, errors))
		return false;
	remote->n_listeners++;
	return true;
}

/* ---- connections come and go ---- */

/* A minute of silence, then four questions a quarter of a minute apart. */
static void keep_alive(int fd)
{
	const int on = 1, idle_s = 60, again_s = 15, n = 4;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &again_s, sizeof again_s);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &n, sizeof n);
}

static void peer_drop(struct remote *remote, size_t i)
{
	struct peer *peer = &remote->peers[i];

	if (peer->dialer) {
		dialer_ended(peer->dialer, now_ms(), capture_known(peer->capture));
		remote->counts->redials += peer->dialer->state == DIALER_RESTS;
	}
	remote->n_callers -= !peer->dialer;
	capture_close(peer->capture);
	remote->peers[i] = remote->peers[--remote->n_peers];
}

/* For one more caller; if need be by the oldest that has said nothing. False: all have. */
static bool make_room(struct remote *remote)
{
	size_t oldest = remote->n_peers;

	if (remote->n_callers < remote->clients)
		return true;
	for (size_t i = 0; i < remote->n_peers; i++) {
		const struct peer *peer = &remote->peers[i];

		if (!peer->dialer && !capture_known(peer->capture) &&
		    (oldest == remote->n_peers || peer->number < remote->peers[oldest].number))
			oldest = i;
	}
	if (oldest == remote->n_peers)
		return false;
	peer_drop(remote, oldest);
	remote->counts->refused++;
	return true;
}

/* False: there is no room; `fd` is closed. */
static bool peer_add(struct remote *remote, int fd, const char *name, struct dialer *dialer)
{
	if (!dialer && !make_room(remote)) {
		remote->counts->refused++;
		close(fd);
		return false;
	}
	struct capture *capture = capture_open_source(fd, name, CAPTURE_SOCKET, NULL);

	if (!capture)
		return false;
	struct peer *peer = &remote->peers[remote->n_peers++];

	keep_alive(fd);
	remote->n_callers += !dialer;
	*peer = (struct peer){ .capture = capture, .dialer = dialer, .fd = fd, .number = ++remote->counts->connections };
	snprintf(peer->name, sizeof peer->name, "%s", name);
	return true;
}

static void accept_all(struct remote *remote, const struct listener *listener)
{
	char name[ENDPOINT_TEXT_LEN];
	int fd;

	for (int i = 0; i < ACCEPTED && (fd = listener_accept(listener, name)) >= 0; i++)
		(void)peer_add(remote, fd, name, NULL);
}

/* True: something is to be told, and whether it is an end (of an input that never began). */
static bool dialer_go(struct remote *remote, struct dialer *dialer, bool *end)
{
	bool first = !dialer->told;
	int fd = -1;

	switch (dialer_step(dialer, now_ms(), &fd)) {
	case DIALER_ANSWERED:
		dialer->told = false;
		if (!peer_add(remote, fd, dialer->name, dialer))
			dialer_ended(dialer, now_ms(), false);
		return false;
	case DIALER_FAILED:
		*end = dialer->once;
		dialer->told = true;
		snprintf(remote->text, sizeof remote->text, "%s: %s%s", dialer->name, dialer_why(dialer),
		    dialer->once ? "" : "; it is tried again");
		if (*end)
			snprintf(remote->name, sizeof remote->name, "%s", dialer->name);
		return *end || first;
	default:
		return false;
	}
}

/* ---- waiting ---- */

static int patience(const struct remote *remote, int timeout_ms)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < remote->n_dialers; i++) {
		const struct dialer *dialer = &remote->dialers[i];

		if ((dialer->state == DIALER_RESTS || dialer->state == DIALER_CALLS) && dialer->next_ms < now + timeout_ms)
			timeout_ms = dialer->next_ms > now ? (int)(dialer->next_ms - now) : 0;
	}
	return timeout_ms;
}

/* Waits until somebody can be read, calls, or answers. */
static void remote_poll(struct remote *remote, int timeout_ms)
{
	struct pollfd fds[REMOTE_LISTENERS + PEERS + REMOTE_DIALERS];
	size_t n_listeners = remote->n_listeners, n_peers = remote->n_peers;
	nfds_t n = 0;

	for (size_t i = 0; i < n_listeners; i++)
		fds[n++] = (struct pollfd){ .fd = remote->listeners[i].fd, .events = POLLIN };
	for (size_t i = 0; i < n_peers; i++)
		fds[n++] = (struct pollfd){ .fd = remote->peers[i].ready ? -1 : remote->peers[i].fd, .events = POLLIN };
	for (size_t i = 0; i < remote->n_dialers; i++)
		if (remote->dialers[i].state == DIALER_CALLS)
			fds[n++] = (struct pollfd){ .fd = remote->dialers[i].fd, .events = POLLOUT };
	if (poll(fds, n, patience(remote, timeout_ms)) <= 0)
		return;
	for (size_t i = 0; i < n_peers; i++)
		remote->peers[i].ready |= fds[n_listeners + i].revents != 0;
	for (size_t i = 0; i < n_listeners; i++)
		if (fds[i].revents)
			accept_all(remote, &remote->listeners[i]);
}

static bool is_over(const struct remote *remote)
{
	for (size_t i = 0; i < remote->n_dialers; i++)
		if (remote->dialers[i].state != DIALER_OVER)
			return false;
	if (remote->n_listeners && !(remote->once && remote->counts->connections))
		return false;
	return remote->n_peers == 0;
}

/* ---- reading ---- */

static void take_name(struct remote *remote, const struct peer *peer)
{
	if (peer->number == remote->last)
		return;
	remote->last = peer->number;
	remote->serial++;
	snprintf(remote->name, sizeof remote->name, "%s", peer->name);
}

static enum inputs_status peer_end(struct remote *remote, const struct peer *peer, enum capture_status status)
{
	take_name(remote, peer);
	remote->has_text = status == CAPTURE_BAD;
	remote->counts->damaged += status == CAPTURE_BAD;
	snprintf(remote->text, sizeof remote->text, "%s", capture_error(peer->capture));
	remote->over = true;
	return INPUTS_END;
}

static enum inputs_status peer_gave(struct remote *remote, const struct peer *peer, enum capture_status got)
{
	if (got != CAPTURE_FRAME && got != CAPTURE_SECRETS)
		return peer_end(remote, peer, got);
	take_name(remote, peer);
	return got == CAPTURE_FRAME ? INPUTS_FRAME : INPUTS_SECRETS;
}

/* From whoever can be read, in turns. False: nobody can. */
static bool read_one(struct remote *remote, struct frame *frame, enum inputs_status *status)
{
	for (size_t i = 0; i < remote->n_peers; i++) {
		struct peer *peer = &remote->peers[remote->at = remote->at < remote->n_peers ? remote->at : 0];

		if (peer->ready) {
			enum capture_status got = capture_next(peer->capture, frame);

			if (got != CAPTURE_MORE) {
				*status = peer_gave(remote, peer, got);
				return true;
			}
			peer->ready = false;
		}
		remote->at++;
		remote->burst = 0;
	}
	return false;
}

/* What is to be told before anything is read. */
static bool tell(struct remote *remote, enum inputs_status *status)
{
	bool end = false;

	if (remote->n_told < remote->n_listeners) {
		snprintf(remote->text, sizeof remote->text, "listening on %s for captures", remote->listeners[remote->n_told++].name);
		*status = INPUTS_NOTICE;
		return remote->has_text = true;
	}
	for (size_t i = 0; i < remote->n_dialers; i++) {
		if (dialer_go(remote, &remote->dialers[i], &end)) {
			*status = end ? INPUTS_END : INPUTS_NOTICE;
			remote->counts->damaged += end;
			remote->serial += end;
			remote->last = 0;
			return remote->has_text = true;
		}
	}
	return false;
}

enum inputs_status remote_next(struct remote *remote, struct frame *frame, int timeout_ms)
{
	enum inputs_status status;

	if (remote->over)
		peer_drop(remote, remote->at);
	remote->over = false;
	if (++remote->burst > BURST) {
		remote->burst = 0;
		remote->at++;
		if (tell(remote, &status))
			return status;
		remote_poll(remote, 0);
	}
	for (int turn = 0; turn < 2; turn++) {
		if (read_one(remote, frame, &status))
			return status;
		if (tell(remote, &status))
			return status;
		if (is_over(remote))
			return INPUTS_DONE;
		if (turn == 0)
			remote_poll(remote, timeout_ms);
	}
	return INPUTS_WAIT;
}

const struct capture *remote_capture(const struct remote *remote)
{
	return remote->at < remote->n_peers ? remote->peers[remote->at].capture : NULL;
}

const char *remote_name(const struct remote *remote)
{
	return remote->name;
}

uint64_t remote_serial(const struct remote *remote)
{
	return remote->serial;
}

const char *remote_text(const struct remote *remote)
{
	return remote->has_text ? remote->text : NULL;
}
