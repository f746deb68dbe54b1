/* hostname: is one host name made to be taken for another? */
#ifndef STORMGLASS_TRUST_HOSTNAME_H
#define STORMGLASS_TRUST_HOSTNAME_H

#include "sensor/base/bytes.h"

enum { HOSTNAME_LEN = 253 };

/* A host made comparable: lower case, and every letter beyond ASCII, written out or in punycode (RFC 3492), as
 * HOSTNAME_ALIEN. */
enum { HOSTNAME_ALIEN = 0xff };

struct hostname {
	uint8_t text[HOSTNAME_LEN];
	size_t len;      /* 0: empty, too long, or not to be read */
	uint8_t starts[HOSTNAME_LEN + 1]; /* where its labels begin, empty ones too */
	size_t n_labels; /* at least 1 */
	unsigned aliens; /* letters beyond ASCII */
	uint8_t skeleton[HOSTNAME_LEN]; /* letters that are read alike made one: 0 o, 1 i l, 3 e, 5 s, rn m, vv w */
	size_t skeleton_len;
};

/* A host that others may be taken for. */
struct hostname_known {
	struct hostname name;
	bool end; /* and every host under it: the tenants' own */
};

struct hostname hostname_of(struct bytes host);

/* Is it `known`, or a host under it? */
bool hostname_is(const struct hostname *host, const struct hostname_known *known);

/* Does it imitate `known`: as a run of labels in front of another domain (known.evil.example), with digits or letters
 * that look alike, with letters beyond ASCII, or, where `known` is too long for that to be chance, with one letter
 * wrong? */
bool hostname_imitates(const struct hostname *host, const struct hostname_known *known);

#endif
