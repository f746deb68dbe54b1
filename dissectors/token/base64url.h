/* base64url: RFC 4648 5 without padding, as RFC 7515 2 wants it. Decodes leniently, as tolerant receivers do, and tells
 * in what way the spelling is not the only right one. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_BASE64URL_H
#define STORMGLASS_DISSECTORS_TOKEN_BASE64URL_H

#include "sensor/base/bytes.h"

enum {
	BASE64URL_PADDING = 1,   /* '='; skipped wherever it stands */
	BASE64URL_ALPHABET = 2,  /* '+' or '/', read as '-' and '_'; or any other byte, skipped */
	BASE64URL_SPACE = 4,     /* blank, tab, CR or LF; skipped */
	BASE64URL_BITS = 8,      /* bits that are not zero after the last whole byte */
	BASE64URL_LENGTH = 16,   /* one character beyond a multiple of four: it says nothing, dropped */
	BASE64URL_CUT = 32,      /* more than `cap` bytes: the rest was not looked at */
};

/* Room that decoding `len` characters can take. */
static inline size_t base64url_room(size_t len)
{
	return len / 4 * 3 + 3;
}

/* Decodes into `out`, at most `cap` bytes; returns how many. Sets bits in *flags, clears none. */
size_t base64url_decode(struct bytes in, uint8_t *out, size_t cap, uint32_t *flags);

/* The flags alone. */
uint32_t base64url_check(struct bytes in);

/* The six bits that a tolerant decoder reads from `c`, or -1 where it reads nothing. */
int base64url_value(uint8_t c);

#endif
