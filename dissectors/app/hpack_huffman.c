#include "dissectors/app/hpack_huffman.h"

/* The code is canonical: of two symbols the one with the longer code, and of equally long ones the greater, has the greater
 * code. Codes are 5 to 30 bits long. All characters of tokens, and most others of headers, have one of 5 to 8 bits; longer ones
 * begin with seven ones:
 *
 *   bits   codes, aligned to 8 bits
 *   5      00 ... 4F    0 1 2 a c e i o s t
 *   6      50 ... B7    blank % - . / 3 4 5 6 7 8 9 = A _ b d f g h l m n p r u
 *   7      B8 ... F7    : B C D E F G H I J K L M N O P Q R S T U V W Y j k q v w x y z
 *   8      F8 ... FD    & * , ; X Z
 *   10-30  FE, FF       the others: rare ones */

#define X2(...) __VA_ARGS__, __VA_ARGS__
#define X4(...) X2(X2(__VA_ARGS__))
#define X8(...) X2(X4(__VA_ARGS__))
#define X16(...) X2(X8(__VA_ARGS__))
#define X32(...) X2(X16(__VA_ARGS__))
#define X64(...) X2(X32(__VA_ARGS__))
#define X128(...) X2(X64(__VA_ARGS__))

/* By the next 8 bits: the symbol that they begin with, and the length of its code. 0: a rare one. */
#define BITS5(c) X8((c) << 8 | 5),
#define BITS6(c) X4((c) << 8 | 6),
#define BITS7(c) X2((c) << 8 | 7),
#define BITS8(c) (c) << 8 | 8,

static const uint16_t firsts[256] = {
	BITS5('0') BITS5('1') BITS5('2') BITS5('a') BITS5('c') BITS5('e') BITS5('i') BITS5('o')
	BITS5('s') BITS5('t')
	BITS6(' ') BITS6('%') BITS6('-') BITS6('.') BITS6('/') BITS6('3') BITS6('4') BITS6('5')
	BITS6('6') BITS6('7') BITS6('8') BITS6('9') BITS6('=') BITS6('A') BITS6('_') BITS6('b')
	BITS6('d') BITS6('f') BITS6('g') BITS6('h') BITS6('l') BITS6('m') BITS6('n') BITS6('p')
	BITS6('r') BITS6('u')
	BITS7(':') BITS7('B') BITS7('C') BITS7('D') BITS7('E') BITS7('F') BITS7('G') BITS7('H')
	BITS7('I') BITS7('J') BITS7('K') BITS7('L') BITS7('M') BITS7('N') BITS7('O') BITS7('P')
	BITS7('Q') BITS7('R') BITS7('S') BITS7('T') BITS7('U') BITS7('V') BITS7('W') BITS7('Y')
	BITS7('j') BITS7('k') BITS7('q') BITS7('v') BITS7('w') BITS7('x') BITS7('y') BITS7('z')
	BITS8('&') BITS8('*') BITS8(',') BITS8(';') BITS8('X') BITS8('Z')
	X2(0),
};

/* By the next 14 bits: how many symbols that are not rare they begin with, at most 2, and how many bits these are. All symbols
 * whose codes are equally long have the same row, in which the length of the second one rises. */
#define ONE(len) (1 << 6 | (len))
#define TWO(len) (2 << 6 | (len))
#define AFTER5 \
	X128(TWO(10)), X32(TWO(10)), X128(TWO(11)), X64(TWO(11)), X16(TWO(11)), X128(TWO(12)), X8(TWO(13)), X4(TWO(13)), \
	X4(ONE(5))
#define AFTER6 \
	X64(TWO(11)), X16(TWO(11)), X64(TWO(12)), X32(TWO(12)), X8(TWO(12)), X64(TWO(13)), X4(TWO(14)), X2(TWO(14)), \
	X2(ONE(6))
#define AFTER7 X32(TWO(12)), X8(TWO(12)), X32(TWO(13)), X16(TWO(13)), X4(TWO(13)), X32(TWO(14)), X4(ONE(7))
#define AFTER8 X16(TWO(13)), X4(TWO(13)), X16(TWO(14)), X8(TWO(14)), X2(TWO(14)), X16(ONE(8)), X2(ONE(8))

static const uint8_t pairs[1 << 14] = {
	X8(AFTER5), X2(AFTER5),
	X16(AFTER6), X8(AFTER6), X2(AFTER6),
	X32(AFTER7),
	X4(AFTER8), X2(AFTER8),
	X128(0),
};

/* Rare symbols, in the order of their codes. */
static const uint8_t rare[] = {
	33, 34, 40, 41, 63, 39, 43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94, 125, 60, 96, 123, 92, 195, 208, 128, 130, 131,
	162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230, 129, 132, 133, 134, 136,
	146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1, 135, 137,
	138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191,
	197, 231, 239, 9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201, 202,
	205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247,
	248, 250, 251, 252, 253, 254, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28,
	29, 30, 31, 127, 220, 249, 10, 13, 22,
};

/* Their codes by length: the first one, and what follows the last one, aligned to 32 bits; the first one's place in `rare`. What
 * is behind all of them is EOS. */
static const struct length {
	uint32_t first, end;
	uint8_t len, place;
} lengths[] = {
	{ 0xFE000000, 0xFF400000, 10, 0 },
	{ 0xFF400000, 0xFFA00000, 11, 5 },
	{ 0xFFA00000, 0xFFC00000, 12, 8 },
	{ 0xFFC00000, 0xFFF00000, 13, 10 },
	{ 0xFFF00000, 0xFFF80000, 14, 16 },
	{ 0xFFF80000, 0xFFFE0000, 15, 18 },
	{ 0xFFFE0000, 0xFFFE6000, 19, 21 },
	{ 0xFFFE6000, 0xFFFEE000, 20, 24 },
	{ 0xFFFEE000, 0xFFFF4800, 21, 32 },
	{ 0xFFFF4800, 0xFFFFB000, 22, 45 },
	{ 0xFFFFB000, 0xFFFFEA00, 23, 71 },
	{ 0xFFFFEA00, 0xFFFFF600, 24, 100 },
	{ 0xFFFFF600, 0xFFFFF800, 25, 112 },
	{ 0xFFFFF800, 0xFFFFFBC0, 26, 116 },
	{ 0xFFFFFBC0, 0xFFFFFE20, 27, 131 },
	{ 0xFFFFFE20, 0xFFFFFFF0, 28, 150 },
	{ 0xFFFFFFF0, 0xFFFFFFFC, 30, 179 },
};

enum {
	N_LENGTHS = sizeof lengths / sizeof *lengths,
	LENGTH_MAX = 30,
	PAIR_BITS = 14,
	LAST_LEN = 24, /* fewer than 8 bytes that are left, and two words of ones */
};

/* Code that is read. */
struct coded {
	const uint8_t *at, *end;
	uint64_t bits; /* what was read and not used yet, at the top: `n` modulo 64 bits */
	unsigned n;
};

/* Reads on, until 56 bits or more are there; 8 bytes must be. A byte that does not fit as a whole is read again next time. */
static inline void coded_fill(struct coded *coded)
{
	uint64_t word;

	memcpy(&word, coded->at, sizeof word);
	coded->bits |= be64toh(word) >> (coded->n & 63);
	coded->at += (~coded->n & 63) / 8;
	coded->n = (coded->n & 63) | 56;
}

/* The next two symbols, or one if the second one's code is not within 14 bits. False: none, for it is a rare one. Two bytes are
 * written in any case. What costs time is the way from `bits` to the next `bits`; the symbols are looked up beside it. */
static inline bool coded_pair(struct coded *coded, uint8_t **out)
{
	unsigned pair = pairs[coded->bits >> (64 - PAIR_BITS)], first = firsts[coded->bits >> 56];

	if (first == 0)
		return false;
	(*out)[0] = (uint8_t)(first >> 8);
	(*out)[1] = (uint8_t)(firsts[coded->bits << (first & 63) >> 56] >> 8);
	*out += pair >> 6;
	coded->bits <<= pair & 63;
	coded->n -= pair; /* modulo 64 */
	return true;
}

/* A rare symbol, if all of it was read. False: EOS. */
static inline bool coded_rare(struct coded *coded, uint8_t **out)
{
	uint32_t bits = (uint32_t)(coded->bits >> 32);
	const struct length *length = lengths;

	coded->n &= 63;
	if (coded->n < LENGTH_MAX)
		return true;
	if (bits >= lengths[N_LENGTHS - 1].end)
		return false;
	while (bits >= length->end)
		length++;
	*(*out)++ = rare[length->place + ((bits - length->first) >> (32 - length->len))];
	coded->bits <<= length->len;
	coded->n -= length->len;
	return true;
}

/* Decodes while there are 8 bytes to read, or until EOS. Returns the end of what it wrote. */
static uint8_t *coded_run(struct coded *state, uint8_t *out)
{
	struct coded coded = *state; /* in registers: `out` might point to it */

	while (coded.end - coded.at >= 8) {
		coded_fill(&coded); /* for four times 14 bits */
		if (coded_pair(&coded, &out) && coded_pair(&coded, &out) &&
		    coded_pair(&coded, &out) && coded_pair(&coded, &out))
			continue;
		if (!coded_rare(&coded, &out))
			break;
	}
	*state = coded;
	return out;
}

bool hpack_huffman_decode(struct bytes in, uint8_t *out, size_t *n)
{
	struct coded coded = { .at = in.data, .end = in.data + in.len };
	uint8_t *end = coded_run(&coded, out), last[LAST_LEN];
	ptrdiff_t left = coded.end - coded.at;

	if (left >= 8) /* EOS */
		return false;
	/* Ones behind the end are EOS, or make a symbol of what is no padding: one that is longer than what was left. */
	uint64_t word = htole64(bytes_word(bytes_of(coded.at, (size_t)left)) | ~UINT64_C(0) << (8 * left));

	memset(last, 0xFF, sizeof last);
	memcpy(last, &word, sizeof word);
	coded.at = last;
	coded.end = last + sizeof last;
	*n = (size_t)(coded_run(&coded, end) - out);
	left = 8 * (left - (coded.at - last)) + (coded.n & 63); /* bits */
	return left >= 0 && left < 8;
}
