/* tokentext: compact JWS and JWE (RFC 7515 7.1, RFC 7516 7.1) wherever they stand in a text that is something else. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_TOKENTEXT_H
#define STORMGLASS_DISSECTORS_TOKEN_TOKENTEXT_H

#include "sensor/base/arena.h"
#include "sensor/base/scan.h"

/* Could one stand in it? */
static inline bool tokentext_may(struct bytes text)
{
	return scan_jwt(text.data, text.data + text.len) < text.data + text.len;
}

/* The next token of *rest, which becomes what stands behind it. False: there is none left, or `arena` refused to hold one.
 * A token begins with "eyJ", its first part decodes to a JSON object with a member "alg", and it has three parts, or five where a
 * member "enc" says so; what follows with a further dot is not taken with it. Dots may be percent-encoded: then the token is in
 * `arena`, else it is a view. `cut`: the text went on, so that what reaches its end is not whole and does not count.
 * Over all calls the work is linear in the text. */
bool tokentext_next(struct bytes *rest, bool cut, struct arena *arena, struct bytes *token);

#endif
