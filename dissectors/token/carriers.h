/* carriers: where in a message credentials hide, one table, and how each is cut out. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CARRIERS_H
#define STORMGLASS_DISSECTORS_TOKEN_CARRIERS_H

#include "dissectors/token/credential.h"
#include "sensor/base/arena.h"

/* More names than the table has, from the configuration; borrowed. Compared without case, cookies with. */
struct carriers_more {
	const char *const *headers, *const *cookies, *const *parameters; /* parameters: of queries, forms and JSON */
	size_t n_headers, n_cookies, n_parameters;
};

/* Fills up to `cap` credentials found in a message: a request's or response's head, the content of a body or a WebSocket's
 * message; returns how many there are, which may be more than cap. What is cut out are views into the message, or text in `arena`
 * where an encoding had to be undone; where the arena refuses, a credential is left out. `more` may be NULL.
 *
 * First come those of listed places (places.c, `more`): header fields in their order, then the request's target. Then those that
 * are only seen, wherever they stand, to be compact tokens (tokentext.h), in that order too, and none whose secret is there
 * already. The same secret in two listed places is two credentials.
 *
 * Words for `carrier`: of requests authorization, proxy-authorization, header, cookie, query, path, referer, form, json, xml, text,
 * websocket; of responses response-header, set-cookie, location, response-form, response-json, response-xml, response-text,
 * response-websocket. `name` is that of the header field in lower case, else as sent but for its encoding, at most 64 bytes; it is
 * empty where there is none, where the carrier says it all, and where a token stands in its place.
 *
 * A kind that the secret's shape tells is left untold, so that one secret is one token wherever it travels. */
size_t carriers_find(const struct http_message *message, const struct carriers_more *more, struct arena *arena,
    struct credential *out, size_t cap);

/* The credential within a credential: the actor token of an S2S wrapper (claim "actortoken"), a nested JWT (RFC 7519 5.2). False:
 * none. `outer` is classified. */
bool carriers_inner(const struct credential *outer, struct arena *arena, struct credential *inner);

#endif
