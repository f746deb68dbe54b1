/* dialer: one end to be called, tcp://host:port, and called again when its connection ends or is refused: after 1, 2, 4 ...
 * 30 s, each time at the next of its addresses. A name is asked for at the start, and again, which may take as long as the
 * resolver takes, when none of its addresses answered. Never blocks otherwise. */
#ifndef STORMGLASS_INPUT_DIALER_H
#define STORMGLASS_INPUT_DIALER_H

#include <netdb.h>

#include "sensor/base/errors.h"
#include "sensor/input/endpoint.h"

enum { DIALER_NAME_LEN = 300 };

enum dialer_state {
	DIALER_RESTS,    /* until next_ms */
	DIALER_CALLS,    /* until next_ms; `fd` becomes writable when there is an answer */
	DIALER_TALKS,    /* `fd` was handed over */
	DIALER_OVER,     /* not called again */
};

struct dialer {
	char name[DIALER_NAME_LEN]; /* as it was given */
	struct endpoint endpoint;
	struct addrinfo *addresses, *at;
	enum dialer_state state;
	int fd;
	bool once;                  /* not called again */
	bool told;                  /* for its owner: that it does not answer was said */
	int64_t next_ms, asked_ms;
	int64_t pause_ms;
	int error;                  /* of the last call: errno, or below zero an EAI_ code */
};

enum dialer_status { DIALER_WAITS, DIALER_ANSWERED, DIALER_FAILED };

/* False: `name` is no tcp:// with a host and a port. */
bool dialer_init(struct dialer *dialer, const char *name, bool once, struct errors *errors);
void dialer_fini(struct dialer *dialer);

/* What there is to do by `now_ms`; call it again at next_ms or when `fd` is writable. ANSWERED: *fd is the caller's, who says
 * dialer_ended in the end. FAILED: dialer_why says why; it will be tried again unless `once`. */
enum dialer_status dialer_step(struct dialer *dialer, int64_t now_ms, int *fd);

/* The connection is over; `good`: it was of use, so that the next pause is short again. */
void dialer_ended(struct dialer *dialer, int64_t now_ms, bool good);

const char *dialer_why(const struct dialer *dialer);

#endif
