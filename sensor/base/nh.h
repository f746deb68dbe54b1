/* nh: universal hashing under a secret key, for tables that strangers choose the keys of and whose hashes nobody sees.
 *
 * NH (Black, Halevi, Krawczyk, Krovetz, Rogaway: "UMAC: Fast and Secure Message Authentication", 1999; RFC 4418) over words of
 * 64 bits: two equally long inputs collide with a probability of 2^-64 a lane, whoever chose them, as long as no hash is shown.
 * A word costs half a multiplication, a tenth of SipHash. Where a hash leaves the process, hash.h is the one to take. */
#ifndef STORMGLASS_BASE_NH_H
#define STORMGLASS_BASE_NH_H

#include "sensor/base/hash.h"

enum {
	NH_BLOCK = 1024,                   /* bytes that are compressed at a time */
	NH_LANE_SHIFT = 2,                 /* the second lane's key begins so many words later (Toeplitz, RFC 4418 5.2) */
	NH_WORDS = NH_BLOCK / 8 + NH_LANE_SHIFT,
	NH_FIXED_WORDS = 8,                /* of nh_words */
};

__extension__ typedef unsigned __int128 uint128; /* gcc and clang have it on every machine of 64 bits */

struct nh_key {
	struct hash_key seal;
	uint64_t words[NH_WORDS];
};

/* A key from the kernel's random source. */
void nh_key_random(struct nh_key *key);

/* 128 bits of any number of bytes: NH of each block, sealed with SipHash over the blocks' hashes, the length and `domain`, which
 * keeps equal bytes of different kinds apart. */
struct hash128 nh_bytes(const struct nh_key *key, uint64_t domain, struct bytes b);

/* 64 bits of an even number of words, at most NH_FIXED_WORDS. Every bit may serve as an index. */
static inline uint64_t nh_words(const struct nh_key *key, const uint64_t *words, size_t n)
{
	uint128 sum = key->seal.k0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint128)(words[i] + key->words[i]) * (words[i + 1] + key->words[i + 1]);
	uint64_t h = (uint64_t)sum ^ (uint64_t)(sum >> 64);

	/* the middle bits of a product are its best: spread them (the finalizer of MurmurHash3) */
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

#endif
