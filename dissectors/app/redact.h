/* redact: takes credentials out of a URL before anyone may show it (RFC 9700 4.3, CWE-598). Pure but for the arena. */
#ifndef STORMGLASS_DISSECTORS_APP_REDACT_H
#define STORMGLASS_DISSECTORS_APP_REDACT_H

#include "sensor/base/arena.h"

/* `url` with "REDACTED" in the place of
 *   - the value of each query, fragment or matrix parameter that carries a credential (the table in redact.c; names
 *     compared without case, through any depth of percent-encoding, so also within an encoded inner URL),
 *   - whatever looks like a JWT, "eyJ...." and on,
 *   - userinfo before an authority's "@".
 * With `reveal_weak`, names that many a harmless parameter has too (key, token, code ...) do not count as such.
 * `url` itself when there is nothing of that kind; "REDACTED" alone when the arena refuses. */
struct bytes redact_url(struct bytes url, bool reveal_weak, struct arena *arena);

/* Is this parameter's value a credential? */
bool redact_is_secret(struct bytes name);

#endif
