#include "sensor/input/dialer.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAUSE_LEAST_MS = 1000, PAUSE_MOST_MS = 30000, ANSWER_MS = 10000 };

#define SCHEME "tcp://"

bool dialer_init(struct dialer *dialer, const char *name, bool once, struct errors *errors)
{
	*dialer = (struct dialer){ .fd = -1, .once = once, .pause_ms = PAUSE_LEAST_MS, .asked_ms = INT64_MIN / 2 };
	if (strlen(name) >= sizeof dialer->name || !endpoint_parse(&dialer->endpoint, name + strlen(SCHEME), NULL)) {
		errors_add(errors, NULL, 0, "-r %s: tcp://host:port is wanted; an IPv6 address goes in brackets", name);
		return false;
	}
	snprintf(dialer->name, sizeof dialer->name, "%s", name);
	return true;
}

void dialer_fini(struct dialer *dialer)
{
	if (dialer->addresses)
		freeaddrinfo(dialer->addresses);
	if (dialer->fd >= 0)
		close(dialer->fd);
}

static void dialer_rest(struct dialer *dialer, int64_t now_ms)
{
	dialer->state = dialer->once ? DIALER_OVER : DIALER_RESTS;
	dialer->next_ms = now_ms + dialer->pause_ms;
	dialer->pause_ms = 2 * dialer->pause_ms < PAUSE_MOST_MS ? 2 * dialer->pause_ms : PAUSE_MOST_MS;
}

/* After the last address it rests; before, the next one is tried at once. */
static enum dialer_status dialer_failed(struct dialer *dialer, int error, int64_t now_ms)
{
	if (dialer->fd >= 0)
		close(dialer->fd);
	dialer->fd = -1;
	dialer->error = error;
	if (dialer->at && (dialer->at = dialer->at->ai_next) != NULL) {
		dialer->state = DIALER_RESTS;
		dialer->next_ms = now_ms;
		return DIALER_WAITS;
	}
	dialer_rest(dialer, now_ms);
	return DIALER_FAILED;
}

/* True: dialer->at is an address to be tried. */
static bool dialer_resolve(struct dialer *dialer, int64_t now_ms)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;

	if (dialer->at)
		return true;
	if (now_ms - dialer->asked_ms >= PAUSE_MOST_MS) {
		int error = getaddrinfo(dialer->endpoint.host, dialer->endpoint.port, &hints, &addresses);

		dialer->asked_ms = now_ms;
		if (error == 0) {
			if (dialer->addresses)
				freeaddrinfo(dialer->addresses);
			dialer->addresses = addresses;
		} else if (!dialer->addresses) {
			dialer->error = error == EAI_SYSTEM ? errno : error;
		}
	}
	dialer->at = dialer->addresses;
	return dialer->at != NULL;
}

static enum dialer_status dialer_answered(struct dialer *dialer, int *fd)
{
	*fd = dialer->fd;
	dialer->fd = -1;
	dialer->state = DIALER_TALKS;
	return DIALER_ANSWERED;
}

static enum dialer_status dialer_call(struct dialer *dialer, int64_t now_ms, int *fd)
{
	if (!dialer_resolve(dialer, now_ms))
		return dialer_failed(dialer, dialer->error, now_ms);
	const struct addrinfo *at = dialer->at;

	dialer->fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (dialer->fd < 0)
		return dialer_failed(dialer, errno, now_ms);
	if (connect(dialer->fd, at->ai_addr, at->ai_addrlen) == 0)
		return dialer_answered(dialer, fd);
	if (errno != EINPROGRESS)
		return dialer_failed(dialer, errno, now_ms);
	dialer->state = DIALER_CALLS;
	dialer->next_ms = now_ms + ANSWER_MS;
	return DIALER_WAITS;
}

static enum dialer_status dialer_listen(struct dialer *dialer, int64_t now_ms, int *fd)
{
	struct pollfd answer = { .fd = dialer->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&answer, 1, 0) <= 0)
		return now_ms < dialer->next_ms ? DIALER_WAITS : dialer_failed(dialer, ETIMEDOUT, now_ms);
	if (getsockopt(dialer->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	return error ? dialer_failed(dialer, error, now_ms) : dialer_answered(dialer, fd);
}

enum dialer_status dialer_step(struct dialer *dialer, int64_t now_ms, int *fd)
{
	if (dialer->state == DIALER_RESTS && now_ms >= dialer->next_ms)
		return dialer_call(dialer, now_ms, fd);
	return dialer->state == DIALER_CALLS ? dialer_listen(dialer, now_ms, fd) : DIALER_WAITS;
}

void dialer_ended(struct dialer *dialer, int64_t now_ms, bool good)
{
	if (good) {
		dialer->pause_ms = PAUSE_LEAST_MS;
		dialer->at = NULL; /* from the first address on */
	} else if (dialer->at) {
		dialer->at = dialer->at->ai_next;
	}
	dialer_rest(dialer, now_ms);
}

const char *dialer_why(const struct dialer *dialer)
{
	return dialer->error < 0 ? gai_strerror(dialer->error) : strerror(dialer->error);
}
