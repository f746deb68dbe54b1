#include "sensor/base/nh.h"

#include <stdlib.h>
#include <sys/random.h>

/* getrandom() gives up to 256 bytes at once or none, whatever signals come. */
enum { RANDOM_AT_ONCE = 256 };

void nh_key_random(struct nh_key *key)
{
	uint8_t *at = (uint8_t *)key, *end = at + sizeof *key;

	while (at < end) {
		size_t len = (size_t)(end - at) < RANDOM_AT_ONCE ? (size_t)(end - at) : RANDOM_AT_ONCE;

		if (getrandom(at, len, 0) != (ssize_t)len)
			abort(); /* a kernel without randomness cannot run this program safely */
		at += len;
	}
}

struct lanes {
	uint128 first, second;
};

static inline uint64_t load_le64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

static inline struct lanes lanes_pair(struct lanes lanes, const uint64_t *key, uint64_t a, uint64_t b)
{
	lanes.first += (uint128)(a + key[0]) * (b + key[1]);
	lanes.second += (uint128)(a + key[NH_LANE_SHIFT]) * (b + key[NH_LANE_SHIFT + 1]);
	return lanes;
}

/* A whole block, or the last bytes, which zeros fill up: the length, sealed with them, tells them apart. */
static struct lanes block(const struct nh_key *key, const uint8_t *data, size_t len)
{
	const uint64_t *words = key->words;
	struct lanes lanes = { 0, 0 };
	uint8_t rest[16] = { 0 };
	size_t at = 0;

	for (; len - at >= 16; at += 16, words += 2)
		lanes = lanes_pair(lanes, words, load_le64(data + at), load_le64(data + at + 8));
	if (at < len) {
		memcpy(rest, data + at, len - at);
		lanes = lanes_pair(lanes, words, load_le64(rest), load_le64(rest + 8));
	}
	return lanes;
}

/* What a block adds to the hash of those before it. */
static struct hash128 seal(const struct nh_key *key, struct hash128 before, struct lanes lanes)
{
	const uint64_t words[] = {
		before.lo,
		before.hi,
		(uint64_t)lanes.first,
		(uint64_t)(lanes.first >> 64),
		(uint64_t)lanes.second,
		(uint64_t)(lanes.second >> 64),
	};

	return hash128(key->seal, bytes_of(words, sizeof words));
}

struct hash128 nh_bytes(const struct nh_key *key, uint64_t domain, struct bytes b)
{
	struct hash128 h = { domain, b.len };
	size_t at = 0;

	do {
		size_t len = b.len - at < NH_BLOCK ? b.len - at : NH_BLOCK;

		h = seal(key, h, block(key, b.data + at, len));
		at += len;
	} while (at < b.len);
	return h;
}
