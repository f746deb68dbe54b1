/* hpack_huffman: the code of RFC 7541 Appendix B, which QPACK uses too, decoded. */
#ifndef STORMGLASS_DISSECTORS_APP_HPACK_HUFFMAN_H
#define STORMGLASS_DISSECTORS_APP_HPACK_HUFFMAN_H

#include "sensor/base/bytes.h"

enum { HPACK_HUFFMAN_SLACK = 8 }; /* bytes behind the text that are written too */

/* Room that decoding `len` bytes takes: no code is shorter than five bits. */
static inline size_t hpack_huffman_room(size_t len)
{
	return len * 8 / 5 + HPACK_HUFFMAN_SLACK;
}

/* Decodes the whole of `in` into `out`, where hpack_huffman_room(in.len) bytes fit; *n becomes how many it is. False: EOS is in
 * it, or what is left at the end is longer than 7 bits or not the beginning of EOS (RFC 7541 5.2). */
bool hpack_huffman_decode(struct bytes in, uint8_t *out, size_t *n);

#endif
