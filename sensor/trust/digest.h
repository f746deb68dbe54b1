/* digest: base64 and the SHA digests by which keys and certificates are named. */
#ifndef STORMGLASS_TRUST_DIGEST_H
#define STORMGLASS_TRUST_DIGEST_H

#include "sensor/base/arena.h"

enum { DIGEST_SHA1_LEN = 20, DIGEST_SHA256_LEN = 32, DIGEST_TEXT_LEN = 43 };

/* Decodes base64 or base64url (RFC 4648 4 and 5), padded or not; bits after the last byte do not matter. Returns the
 * number of bytes, or SIZE_MAX when `text` is neither or there are more than `cap`. */
size_t digest_base64(struct bytes text, uint8_t *out, size_t cap);

/* Unpadded base64url; `out` holds at least 4 * ((len + 2) / 3) bytes. Returns the length. */
size_t digest_base64url(struct bytes raw, uint8_t *out);

void digest_sha1(struct bytes data, uint8_t out[DIGEST_SHA1_LEN]);
void digest_sha256(struct bytes data, uint8_t out[DIGEST_SHA256_LEN]);

/* A digest of `len` bytes however it is spelt: hex in either case, base64, base64url, padded or not. False for
 * anything else. */
bool digest_parse(struct bytes text, uint8_t *out, size_t len);

/* Its first byte alone. False where the text's length or beginning already shows that it is none; true does not yet
 * say that it is one. */
bool digest_first(struct bytes text, size_t len, uint8_t *first);

#endif
