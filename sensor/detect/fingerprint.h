/* fingerprint: what stands for a credential outside the process. SHA-256 of a secret nobody can guess; where somebody could,
 * and for subjects, a hash under the sensor's own key. */
#ifndef STORMGLASS_DETECT_FINGERPRINT_H
#define STORMGLASS_DETECT_FINGERPRINT_H

#include "sensor/base/arena.h"
#include "sensor/base/errors.h"
#include "sensor/base/hash.h"

struct fingerprint;

/* The key is HMAC-SHA-256(content of `key_file`) or, with NULL, of this machine's id (machine-id(5)) under the sensor's name:
 * the same on every run of one machine, different on any other. Without a machine id the key is random. */
struct fingerprint *fingerprint_new(const char *key_file, struct errors *errors);
/* The same key for another thread; NULL: out of memory. */
struct fingerprint *fingerprint_copy(const struct fingerprint *fingerprint);
void fingerprint_free(struct fingerprint *fingerprint);
bool fingerprint_is_stable(const struct fingerprint *fingerprint);

/* Hex text in `arena`; empty with NULL data when the arena refuses. */
struct bytes fingerprint_sha256(struct fingerprint *fingerprint, struct bytes secret, struct arena *arena);
struct bytes fingerprint_keyed(struct fingerprint *fingerprint, struct bytes secret, struct arena *arena);
struct bytes fingerprint_subject(const struct fingerprint *fingerprint, struct bytes subject, struct arena *arena);

#endif
