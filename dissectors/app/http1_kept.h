/* http1_kept: which content of HTTP/1.x is kept (body.h), as a head tells it. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_KEPT_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_KEPT_H

#include "dissectors/app/body.h"
#include "dissectors/app/http1_head.h"

/* body_wanted of a request's head. */
unsigned http1_kept_wanted(const struct http1_head *head);

/* Begins to keep what follows this head in direction `dir`, framed as `body` says. NULL: there is nothing, or body_open says
 * no. */
struct body *http1_kept_open(const struct http1_head *head, enum direction dir, const struct http1_body *body,
    struct body_env *env);

#endif
