/* tls_inflate: the content of records of a connection that compresses them (RFC 3749): one stream of deflate a direction, flushed
 * at the end of each record, whose content is never more than 2^14 bytes. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_INFLATE_H
#define STORMGLASS_DISSECTORS_APP_TLS_INFLATE_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

struct tls_inflate;

/* NULL: out of memory. */
struct tls_inflate *tls_inflate_new(struct budget *budget);
void tls_inflate_free(struct tls_inflate *inflate); /* NULL is fine */

/* What a record's content was before it was compressed, in `out`, which has room for 2^14 bytes. False: it is not deflate, or
 * more. */
bool tls_inflate_record(struct tls_inflate *state, struct bytes content, uint8_t *out, size_t *len);

#endif
