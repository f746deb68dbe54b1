#include "dissectors/app/hpack_huffman.h"

/* The code is canonical: of two symbols the one with the longer code, and of equally long ones the greater, has the greater code. So
 * the symbols in the order of their codes, and the first code of each length, say all of it. */
static const uint8_t symbols[256] = {
	48, 49, 50, 97, 99, 101, 105, 111, 115, 116, 32, 37, 45, 46, 47, 51,
	52, 53, 54, 55, 56, 57, 61, 65, 95, 98, 100, 102, 103, 104, 108, 109,
	110, 112, 114, 117, 58, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76,
	77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 89, 106, 107, 113, 118,
	119, 120, 121, 122, 38, 42, 44, 59, 88, 90, 33, 34, 40, 41, 63, 39,
	43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94, 125, 60, 96, 123, 92,
	195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177,
	179, 209, 216, 217, 227, 229, 230, 129, 132, 133, 134, 136, 146, 154, 156, 160,
	163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232,
	233, 1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157,
	158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239, 9, 142,
	144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193,
	200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204, 211,
	212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254,
	2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20,
	21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249, 10, 13, 22,
};

/* Of each length: where its codes end, aligned to the left of 32 bits; how long they are; what a code less this is of a symbol's place. */
static const struct length {
	uint32_t end;
	uint8_t len;
	int32_t base;
} lengths[] = {
	{ 0x50000000, 5, 0x0 - 0 },
	{ 0xB8000000, 6, 0x14 - 10 },
	{ 0xF8000000, 7, 0x5C - 36 },
	{ 0xFE000000, 8, 0xF8 - 68 },
	{ 0xFF400000, 10, 0x3F8 - 74 },
	{ 0xFFA00000, 11, 0x7FA - 79 },
	{ 0xFFC00000, 12, 0xFFA - 82 },
	{ 0xFFF00000, 13, 0x1FF8 - 84 },
	{ 0xFFF80000, 14, 0x3FFC - 90 },
	{ 0xFFFE0000, 15, 0x7FFC - 92 },
	{ 0xFFFE6000, 19, 0x7FFF0 - 95 },
	{ 0xFFFEE000, 20, 0xFFFE6 - 98 },
	{ 0xFFFF4800, 21, 0x1FFFDC - 106 },
	{ 0xFFFFB000, 22, 0x3FFFD2 - 119 },
	{ 0xFFFFEA00, 23, 0x7FFFD8 - 145 },
	{ 0xFFFFF600, 24, 0xFFFFEA - 174 },
	{ 0xFFFFF800, 25, 0x1FFFFEC - 186 },
	{ 0xFFFFFBC0, 26, 0x3FFFFE0 - 190 },
	{ 0xFFFFFE20, 27, 0x7FFFFDE - 205 },
	{ 0xFFFFFFF0, 28, 0xFFFFFE2 - 224 },
	{ 0xFFFFFFFC, 30, 0x3FFFFFFC - 253 },
};

enum { N_LENGTHS = sizeof lengths / sizeof *lengths };

/* The code that 32 bits begin with: its length, and its symbol. 0: none, or EOS. */
static unsigned huffman_symbol(uint32_t bits, uint8_t *symbol)
{
	size_t i = 0;

	while (i < N_LENGTHS && bits >= lengths[i].end)
		i++;
	if (i == N_LENGTHS)
		return 0;
	*symbol = symbols[(int64_t)(bits >> (32 - lengths[i].len)) - lengths[i].base];
	return lengths[i].len;
}

/* Is what is left after the last symbol, `n` bits at the top of `bits`, padding? */
static bool huffman_ends(uint64_t bits, unsigned n)
{
	return n < 8 && (n == 0 || bits >> (64 - n) == (1u << n) - 1);
}

bool hpack_huffman_decode(struct bytes in, uint8_t *out, size_t *n)
{
	uint64_t bits = 0; /* at the top; ones behind them, so that what is cut off looks like EOS */
	unsigned n_bits = 0;
	size_t at = 0, len = 0;

	for (;;) {
		while (n_bits <= 56 && at < in.len) {
			bits |= (uint64_t)in.data[at++] << (56 - n_bits);
			n_bits += 8;
		}
		uint64_t window = n_bits < 64 ? bits | ~UINT64_C(0) >> n_bits : bits;
		unsigned step = huffman_symbol((uint32_t)(window >> 32), out + len);

		if (step == 0 || step > n_bits)
			break;
		bits <<= step;
		n_bits -= step;
		len++;
	}
	*n = len;
	return at == in.len && huffman_ends(bits, n_bits);
}
