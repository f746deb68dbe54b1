/* authparam: the parameters of an Authorization value: name=value, joined by commas (RFC 9110 11.2). Read leniently: blanks
 * anywhere, a comma too many, a quote that never ends, values that are no tokens. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_AUTHPARAM_H
#define STORMGLASS_DISSECTORS_TOKEN_AUTHPARAM_H

#include "sensor/base/arena.h"

struct authparam {
	struct bytes name;  /* may be empty */
	struct bytes value; /* between its quotes, with its escapes */
	bool escaped;       /* value holds quoted-pairs (RFC 9110 5.6.4) */
};

/* Takes the next parameter from *left; false at the end. */
bool authparam_next(struct bytes *left, struct authparam *param);

/* Names are compared without case. */
bool authparam_is(const struct authparam *param, const char *name);

/* The value as it is meant; where it has escapes, in `arena`: empty where that refuses. */
struct bytes authparam_text(const struct authparam *param, struct arena *arena);

#endif
