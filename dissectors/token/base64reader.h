/* base64reader: a reader over the bytes that a base64 text stands for (RFC 4648 4 and 5), without decoding them anywhere.
 *
 * As with struct reader, after an overrun every read yields 0 and `over` stays set. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_BASE64READER_H
#define STORMGLASS_DISSECTORS_TOKEN_BASE64READER_H

#include "sensor/base/bytes.h"

struct base64reader {
	const uint8_t *text;
	size_t at, end; /* in bytes of what the text stands for */
	bool over;
};

/* Over all of `text`, of which '=' at the end is left out. False where anything else is no base64, or a character is left
 * over: then there is nothing to read. */
bool base64reader_init(struct base64reader *r, struct bytes text);

size_t base64reader_left(const struct base64reader *r);
uint8_t base64reader_u8(struct base64reader *r);
void base64reader_skip(struct base64reader *r, size_t len);

/* A number seven bits a byte, lowest first (protocol buffers: varint). Longer than 64 bits: over. */
uint64_t base64reader_varint(struct base64reader *r);

/* The next `len` bytes into `out`; zeros where there are fewer. */
void base64reader_copy(struct base64reader *r, uint8_t *out, size_t len);

/* A reader over the next `len` bytes, which are stepped over; empty, and both are over, where there are fewer. */
struct base64reader base64reader_part(struct base64reader *r, uint64_t len);

#endif
