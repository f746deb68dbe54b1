/* carriers_cookies: credentials in the cookies of a message. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CARRIERS_COOKIES_H
#define STORMGLASS_DISSECTORS_TOKEN_CARRIERS_COOKIES_H

#include "dissectors/token/finds.h"

/* Header field number `i` is the first of those that follow each other and hold cookies: Cookie, which HTTP/2 may split at will
 * (RFC 9113 8.2.3), or Set-Cookie. Returns the number of the last one. */
size_t carriers_cookies_find(struct finds *finds, const struct http_message *message, size_t i);

#endif
