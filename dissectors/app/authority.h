/* authority: who a request goes to: [ userinfo "@" ] host [ ":" port ], RFC 3986 3.2, for every HTTP version. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_AUTHORITY_H
#define STORMGLASS_DISSECTORS_APP_AUTHORITY_H

#include "sensor/model/http.h"

struct authority {
	struct bytes host; /* an IPv6 literal keeps its brackets */
	int port;          /* -1: none */
};

struct authority authority_of(struct bytes text);

/* Does a second one name another place? Not where it has no host, nor by a port that only one of them tells. */
bool authority_differs(const struct authority *authority, const struct authority *second);

/* Sets what there is of HTTP_HOSTNAME and HTTP_PORT. */
void authority_record(const struct authority *authority, struct record *record);

#endif
