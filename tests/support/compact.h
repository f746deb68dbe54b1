/* compact: makes compact tokens for tests. */
#ifndef STORMGLASS_TESTS_SUPPORT_COMPACT_H
#define STORMGLASS_TESTS_SUPPORT_COMPACT_H

#include "sensor/base/bytes.h"

/* Writes the base64url text of `in` (RFC 4648 5, no padding), (4 * len + 2) / 3 characters and no NUL; returns how many. */
size_t compact_encode(struct bytes in, char *out);

/* The same of bytes written down in hexadecimal digits (hex.h), NUL-ended; the caller frees it. */
char *compact_hex(const char *hex);

/* "header.payload.signature" of two JSON texts and a signature as it shall stand, NUL-ended; the caller frees it. */
char *compact_token(const char *header, const char *payload, const char *signature);

#endif
