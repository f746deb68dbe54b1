/* http2_frame: the header of a frame, and what its type says of its length, its flags and its stream (RFC 9113 4.1, 6). Pure.
 *
 *   | length u24 | type u8 | flags u8 | reserved 1 bit, stream 31 bits | payload |
 *
 *   payload of DATA, HEADERS, PUSH_PROMISE:  [ pad length u8 ] [ dependency u32, weight u8 ] [ promised u32 ] ... [ padding ] */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_FRAME_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_FRAME_H

#include "dissectors/app/http2_odd.h"

enum http2_frame_type {
	HTTP2_FRAME_DATA = 0x0,
	HTTP2_FRAME_HEADERS = 0x1,
	HTTP2_FRAME_PRIORITY = 0x2,
	HTTP2_FRAME_RST_STREAM = 0x3,
	HTTP2_FRAME_SETTINGS = 0x4,
	HTTP2_FRAME_PUSH_PROMISE = 0x5,
	HTTP2_FRAME_PING = 0x6,
	HTTP2_FRAME_GOAWAY = 0x7,
	HTTP2_FRAME_WINDOW_UPDATE = 0x8,
	HTTP2_FRAME_CONTINUATION = 0x9,
	HTTP2_FRAME_ALTSVC = 0xa,           /* RFC 7838 4 */
	HTTP2_FRAME_ORIGIN = 0xc,           /* RFC 8336 2 */
	HTTP2_FRAME_PRIORITY_UPDATE = 0x10, /* RFC 9218 7.1 */
};

enum {
	HTTP2_END_STREAM = 0x01,
	HTTP2_ACK = 0x01,
	HTTP2_END_HEADERS = 0x04,
	HTTP2_PADDED = 0x08,
	HTTP2_PRIORITISED = 0x20,
};

enum {
	HTTP2_FRAME_HEADER = 9,
	HTTP2_FRAME_LEN = 16384,        /* of payload, where the receiver did not allow for more */
	HTTP2_FRAME_LEN_MOST = (1 << 24) - 1,
};

struct http2_frame {
	uint32_t len; /* of the payload */
	uint32_t stream;
	uint8_t type, flags;
	bool reserved; /* the bit that is to be ignored is set */
};

/* False: there is too little to tell. */
static inline bool http2_frame_parse(struct bytes data, struct http2_frame *frame)
{
	struct reader r = reader_of(data);
	uint32_t len_type = read_be32(&r);
	uint8_t flags = read_u8(&r);
	uint32_t stream = read_be32(&r);

	*frame = (struct http2_frame){ len_type >> 8, stream & 0x7fffffff, (uint8_t)len_type, flags, stream >> 31 };
	return !r.over;
}

/* What is wrong with a frame that a sender in direction `dir` sends: http2_odd bits. Nothing is, with types that nobody knows. */
uint32_t http2_frame_odd(const struct http2_frame *frame, enum direction dir);

/* Is this what a frame looks like, to someone who has to find one? Stricter than the protocol: known types and flags, nothing
 * reserved, usual lengths, no stream beyond the first sixteen million, nothing empty that need not be sent. */
bool http2_frame_is_sane(const struct http2_frame *frame, enum direction dir);

/* Takes the padding off, and for HEADERS the priority, whose weight goes to *weight (-1: there is none). `payload` may be cut
 * off behind its first bytes: what is there of the content. False: the padding is longer than the frame. */
bool http2_frame_content(const struct http2_frame *frame, struct bytes payload, struct bytes *content, int *weight);

/* The name of an error code, RFC 9113 7; NULL: none of those that are known. */
const char *http2_frame_error(uint32_t code);

#endif
