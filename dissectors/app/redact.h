/* redact: takes credentials out of a URL before anyone may show it (RFC 9700 4.3, CWE-598). Pure but for the arena. */
#ifndef STORMGLASS_DISSECTORS_APP_REDACT_H
#define STORMGLASS_DISSECTORS_APP_REDACT_H

#include "sensor/base/arena.h"

/* What is hidden. NULL in its place: all that is known, and no more. */
struct redact {
	bool reveal_weak;        /* names that many a harmless parameter has too (key, token, code ...) do not count */
	const char *const *more; /* names that count besides; borrowed */
	size_t n_more;
};

/* `url` with "REDACTED" in the place of
 *   - the value of each query, fragment or matrix parameter, or member of JSON, that carries a credential (the table in redact.c;
 *     names compared without case, through any depth of percent-encoding, so also within an encoded inner URL; "token[0]" and
 *     "user[token]" are "token"). A value ends where the most tolerant recipient would have it end: what is encoded once more than its
 *     "=" belongs to it, and so does a ';' in a query,
 *   - whatever looks like a JWT, "eyJ...." and on,
 *   - userinfo before an authority's "@".
 * `url` itself when there is nothing of that kind; "REDACTED" alone when the arena refuses. */
struct bytes redact_url(struct bytes url, const struct redact *how, struct arena *arena);

/* Of what is no URL only what looks like a JWT is taken out. */
struct bytes redact_text(struct bytes text, struct arena *arena);

/* Is this parameter's value a credential? */
bool redact_is_secret(struct bytes name);

#endif
