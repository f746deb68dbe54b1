/* numericdate: a JSON number as seconds since 1970 (RFC 7519 2), exact: no floating point is involved. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_NUMERICDATE_H
#define STORMGLASS_DISSECTORS_TOKEN_NUMERICDATE_H

#include "sensor/base/bytes.h"

#define NUMERICDATE_MAX (INT64_C(1) << 53) /* beyond it receivers that read doubles disagree */

/* The floor of the JSON number `raw`; false where it is beyond +-2^53. *plain: it is written as digits alone. */
bool numericdate_read(struct bytes raw, int64_t *seconds, bool *plain);

#endif
