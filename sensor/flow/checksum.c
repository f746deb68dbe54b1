#include "sensor/flow/checksum.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { LONGEST = 1500, HEADERS_LEN = 20 };

/* a + b, and one more where that overflows: the ones' complement sum. */
static inline uint64_t sum_add(uint64_t a, uint64_t b)
{
	uint64_t sum = a + b;

	return sum + (sum < b);
}

static inline uint64_t word_at(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

#ifdef __x86_64__
enum { BLOCK = 64 };

/* Of whole blocks, at most 2^10 of them: words of 16 bits made signed, so that one instruction adds two of them; what each lost by
 * that is added in the end. */
__attribute__((target("avx2"))) static uint64_t sum_blocks(const uint8_t *at, size_t n)
{
	const __m256i flip = _mm256_set1_epi16(INT16_MIN), ones = _mm256_set1_epi16(1);
	__m256i sum = _mm256_setzero_si256(), more = sum;
	const int64_t lost = (int64_t)n * BLOCK / 2 * -(int64_t)INT16_MIN;

	for (; n; n--, at += BLOCK) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)at);
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(at + BLOCK / 2));

		sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_xor_si256(a, flip), ones));
		more = _mm256_add_epi32(more, _mm256_madd_epi16(_mm256_xor_si256(b, flip), ones));
	}
	sum = _mm256_add_epi32(sum, more);
	__m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	__m128i two = _mm_add_epi32(four, _mm_srli_si128(four, 8));

	return (uint64_t)(lost + _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_srli_si128(two, 4))));
}
#endif

/* The sum does not mind the width nor the order of the bytes, as long as they are even (RFC 1071 2): words as they lie in memory. */
static uint64_t sum_of(struct bytes b)
{
	uint64_t sum = 0;

#ifdef __x86_64__
	if (b.len >= (size_t)2 * BLOCK && b.len <= (size_t)BLOCK << 10 && __builtin_cpu_supports("avx2")) {
		sum = sum_blocks(b.data, b.len / BLOCK);
		b = bytes_tail(b, b.len / BLOCK * BLOCK);
	}
#endif
	const uint8_t *at = b.data, *end = b.data + b.len;

	for (; end - at >= 8; at += 8)
		sum = sum_add(sum, word_at(at));
	return sum_add(sum, htole64(bytes_word(bytes_of(at, (size_t)(end - at)))));
}

static uint16_t fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)sum;
}

/* The last four of eight bytes. */
static inline uint64_t last_half(uint64_t word)
{
	return le64toh(word) >> 32;
}

/* IPv4: source 4 | destination 4 | 0, protocol u8 | length u16; IPv6: source 16 | destination 16 | length u32 | 0, protocol */
static uint64_t pseudo_header(const struct packet *packet)
{
	uint64_t sum = word_at(packet->src.b + 8);

	if (packet->ip_version == 4) /* both begin with the same 12 bytes, which are none of theirs */
		return sum_add(last_half(sum) + last_half(word_at(packet->dst.b + 8)),
		    htobe32((uint32_t)packet->transport.len) + (uint64_t)htobe16(IP_PROTO_TCP));
	sum = sum_add(sum, word_at(packet->src.b));
	sum = sum_add(sum, word_at(packet->dst.b));
	sum = sum_add(sum, word_at(packet->dst.b + 8));
	return sum_add(sum, htobe32((uint32_t)packet->transport.len) + (uint64_t)htobe16(IP_PROTO_TCP));
}

static bool header_is_right(const struct packet *packet)
{
	struct bytes header = packet->network;

	if (packet->ip_version != 4)
		return true;
	size_t len = header.len >= 20 ? (header.data[0] & 0x0fu) * 4u : 0;

	if (len != 20)
		return fold(sum_of(bytes_head(header, len))) == UINT16_MAX;
	return fold(sum_add(sum_add(word_at(header.data), word_at(header.data + 8)), last_half(word_at(header.data + 12)))) == UINT16_MAX;
}

/* Longer than what wires carry, in one frame: what was put together of fragments is longer than its last frame. */
static bool was_merged(const struct packet *packet)
{
	return packet->transport.len > LONGEST && packet->wire_len >= packet->transport.len + HEADERS_LEN;
}

enum checksum checksum_of(const struct packet *packet)
{
	if (packet->payload_len != packet->payload.len || packet->transport.len < packet->payload.len)
		return CHECKSUM_UNKNOWN;
	uint64_t pseudo = pseudo_header(packet);
	bool right = header_is_right(packet);

	if (right && fold(sum_add(pseudo, sum_of(packet->transport))) == UINT16_MAX)
		return CHECKSUM_RIGHT;
	if (was_merged(packet))
		return CHECKSUM_UNKNOWN;
	return right && fold(pseudo) == htobe16(packet->tcp_sum) ? CHECKSUM_PARTIAL : CHECKSUM_WRONG;
}
