/* hash: SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), 64 and 128 bits, under a secret key.
 * For tables that strangers choose the keys of. No output may depend on the key. */
#ifndef STORMGLASS_BASE_HASH_H
#define STORMGLASS_BASE_HASH_H

#include "sensor/base/bytes.h"

struct hash_key {
	uint64_t k0, k1;
};

struct hash128 {
	uint64_t lo, hi;
};

/* A key from the kernel's random source. */
struct hash_key hash_key_random(void);

uint64_t hash64(struct hash_key key, struct bytes b);
struct hash128 hash128(struct hash_key key, struct bytes b);

#endif
