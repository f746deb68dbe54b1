#include "sensor/base/hash.h"

#include <stdlib.h>
#include <sys/random.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

struct hash_key hash_key_random(void)
{
	struct hash_key key;

	if (getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key)
		abort(); /* a kernel without randomness cannot run this program safely */
	return key;
}

static inline uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 = rotl(s->v2, 32);
}

static inline uint64_t load_le64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

static inline struct sip sip_absorb(struct hash_key key, struct bytes b, uint64_t wide)
{
	struct sip s = {
		key.k0 ^ 0x736f6d6570736575u,
		key.k1 ^ 0x646f72616e646f6du ^ wide,
		key.k0 ^ 0x6c7967656e657261u,
		key.k1 ^ 0x7465646279746573u,
	};
	uint64_t last = (uint64_t)b.len << 56;
	size_t at = 0;

	for (; b.len - at >= 8; at += 8) {
		uint64_t m = load_le64(b.data + at);

		s.v3 ^= m;
		sip_round(&s);
		s.v0 ^= m;
	}
	for (size_t i = 0; at + i < b.len; i++)
		last |= (uint64_t)b.data[at + i] << (8 * i);
	s.v3 ^= last;
	sip_round(&s);
	s.v0 ^= last;
	return s;
}

static inline uint64_t sip_squeeze(struct sip *s)
{
	sip_round(s);
	sip_round(s);
	sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t hash64(struct hash_key key, struct bytes b)
{
	struct sip s = sip_absorb(key, b, 0);

	s.v2 ^= 0xff;
	return sip_squeeze(&s);
}

struct hash128 hash128(struct hash_key key, struct bytes b)
{
	struct sip s = sip_absorb(key, b, 0xee);
	struct hash128 h;

	s.v2 ^= 0xee;
	h.lo = sip_squeeze(&s);
	s.v1 ^= 0xdd;
	h.hi = sip_squeeze(&s);
	return h;
}
