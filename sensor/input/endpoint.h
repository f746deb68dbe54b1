/* endpoint: a host and a port, as people write them: "host:port", "10.0.0.1:port", "[2001:db8::1]:port". */
#ifndef STORMGLASS_INPUT_ENDPOINT_H
#define STORMGLASS_INPUT_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ENDPOINT_TEXT_LEN = 64 };

struct endpoint {
	char host[256];
	char port[6];
};

/* Where `host` is given a lone port is enough. False: it is none. */
bool endpoint_parse(struct endpoint *endpoint, const char *text, const char *host);

/* "tcp://10.0.0.1:4711", "tcp://[2001:db8::1]:4711". */
void endpoint_text(char text[ENDPOINT_TEXT_LEN], const struct sockaddr *address, socklen_t len);

#endif
