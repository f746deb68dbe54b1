/* facts: what one use of a token adds to what its bytes decided. By packet time, never the wall's. */
#ifndef STORMGLASS_DETECT_FACTS_H
#define STORMGLASS_DETECT_FACTS_H

#include "sensor/detect/token_cache.h"

/* Sets the time facts of a use record. exp is the first second of invalidity (RFC 7519 4.1.4). */
void facts_of_time(struct record *use, const struct token *token, int64_t time_ns);

/* Sets whether the client certificate of the connection (tls_record; NULL: none) is the one that the token (token_record) is
 * bound to, where both are known (RFC 8705 3). */
void facts_of_binding(struct record *use, const struct record *token, const struct record *connection);

#endif
