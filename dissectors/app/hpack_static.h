/* hpack_static: the static table of RFC 7541 Appendix A. */
#ifndef STORMGLASS_DISSECTORS_APP_HPACK_STATIC_H
#define STORMGLASS_DISSECTORS_APP_HPACK_STATIC_H

#include "sensor/model/http.h"

enum { HPACK_STATIC_N = 61 };

/* By index, 1 to HPACK_STATIC_N. */
extern const struct http_header hpack_static_table[HPACK_STATIC_N + 1];

#endif
