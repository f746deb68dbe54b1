/* listener: a TCP port on which captures are taken. On loopback unless an address is given: whoever reaches it can feed the
 * sensor what he likes. */
#ifndef STORMGLASS_INPUT_LISTENER_H
#define STORMGLASS_INPUT_LISTENER_H

#include "sensor/base/errors.h"
#include "sensor/input/endpoint.h"

struct listener {
	char name[ENDPOINT_TEXT_LEN]; /* what it was bound to */
	int fd;
};

/* `where` is "[address:]port", the address numeric; port 0 is one that is free. */
bool listener_open(struct listener *listener, const char *where, struct errors *errors);
void listener_close(struct listener *listener);

/* The next connection and whose it is, non-blocking; -1: none waits. */
int listener_accept(const struct listener *listener, char name[ENDPOINT_TEXT_LEN]);

#endif
