#include "sensor/input/endpoint.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

static bool port_parse(char port[6], const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned number = 0;

	if (len == 0 || len > 5 || text[len])
		return false;
	for (const char *at = text; *at; at++)
		number = number * 10 + (unsigned)(*at - '0');
	snprintf(port, 6, "%u", number & 0xffff);
	return number <= 65535;
}

bool endpoint_parse(struct endpoint *endpoint, const char *text, const char *host)
{
	const char *colon = strrchr(text, ':'), *from = text, *to = colon;

	if (!colon)
		to = from;
	if (*from == '[') {
		to = strchr(++from, ']');
		if (!to || to + 1 != colon)
			return false;
	} else if (colon && strchr(text, ':') != colon) {
		return false; /* IPv6 without brackets: which colon is the port's? */
	}
	if (!colon && !host)
		return false;
	if (colon)
		host = from;
	size_t len = colon ? (size_t)(to - from) : strlen(host);

	if (len == 0 || len >= sizeof endpoint->host)
		return false;
	memcpy(endpoint->host, host, len);
	endpoint->host[len] = '\0';
	return port_parse(endpoint->port, colon ? colon + 1 : text);
}

void endpoint_text(char text[ENDPOINT_TEXT_LEN], const struct sockaddr *address, socklen_t len)
{
	char host[48] = "?", port[8] = "?";

	(void)getnameinfo(address, len, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(text, ENDPOINT_TEXT_LEN, strchr(host, ':') ? "tcp://[%s]:%s" : "tcp://%s:%s", host, port);
}
