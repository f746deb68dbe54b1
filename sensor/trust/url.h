/* url: a URL cut into its parts (RFC 3986 3), as sent: nothing decoded, nothing folded. */
#ifndef STORMGLASS_TRUST_URL_H
#define STORMGLASS_TRUST_URL_H

#include "sensor/base/bytes.h"

/* scheme "://" [ userinfo "@" ] host [ ":" port ] path [ "?" query ] [ "#" fragment ] */
struct url {
	struct bytes scheme; /* empty where there is no "://"; what follows is then read as host and path */
	struct bytes userinfo, host, port;
	struct bytes path;   /* with its first slash */
	bool has_scheme, has_userinfo, has_port, has_query, has_fragment;
};

/* The first "://"; NULL: there is none. */
const uint8_t *url_mark(struct bytes text);

struct url url_split(struct bytes text);

/* Is the host an address rather than a name: dotted decimal, any other form whose last label is a number, or [IPv6]? */
bool url_host_is_address(struct bytes host);

#endif
