#include "sensor/input/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static int bound(const struct addrinfo *address)
{
	const int on = 1;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

bool listener_open(struct listener *listener, const char *where, struct errors *errors)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	struct sockaddr_storage name;
	socklen_t len = sizeof name;
	struct endpoint endpoint;
	struct addrinfo *address;

	listener->fd = -1;
	if (!endpoint_parse(&endpoint, where, "127.0.0.1") || getaddrinfo(endpoint.host, endpoint.port, &hints, &address) != 0) {
		errors_add(errors, NULL, 0, "--listen-pcap %s: [address:]port is wanted, the address a numeric one", where);
		return false;
	}
	listener->fd = bound(address);
	int error = errno;

	freeaddrinfo(address);
	if (listener->fd < 0 || getsockname(listener->fd, (struct sockaddr *)&name, &len) != 0) {
		errors_add(errors, NULL, 0, "--listen-pcap %s: %s", where, strerror(error));
		return false;
	}
	endpoint_text(listener->name, (struct sockaddr *)&name, len);
	return true;
}

void listener_close(struct listener *listener)
{
	if (listener->fd >= 0)
		close(listener->fd);
}

int listener_accept(const struct listener *listener, char name[ENDPOINT_TEXT_LEN])
{
	struct sockaddr_storage address;
	socklen_t len = sizeof address;
	int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		endpoint_text(name, (struct sockaddr *)&address, len);
	return fd;
}
