/* websocket_frame: the header of a frame, what can be wrong with it, and its mask (RFC 6455 5.2, 5.3):
 *
 *   F R R R opcode:4 | M len:7 | len u16 where len is 126, u64 where it is 127 | key u32 where M | payload
 *   i 1 2 3
 *   n */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_FRAME_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_FRAME_H

#include "dissectors/app/dissector.h"

enum { WEBSOCKET_HEADER_CAP = 14 };

enum websocket_opcode {
	WEBSOCKET_CONTINUATION = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

struct websocket_frame {
	uint64_t len;         /* of the payload */
	uint8_t key[4];       /* zeros where there is no mask */
	uint8_t opcode;
	bool fin : 1;
	bool compressed : 1;  /* RSV1 (RFC 7692 6): of a message's first frame */
	bool reserved : 1;    /* RSV2, RSV3: nobody knows what they mean */
	bool masked : 1;
	bool wide : 1;        /* its length would fit into fewer bytes */
};

/* What can be wrong, in one direction of a connection. */
enum {
	WEBSOCKET_BAD_OPCODE = 1,
	WEBSOCKET_BAD_CONTROL = 2,       /* a control frame that is fragmented, or longer than 125 bytes */
	WEBSOCKET_BAD_LENGTH = 4,        /* 2^63 or more */
	WEBSOCKET_NO_HEADER = 7,         /* any of those: where the next frame begins, nobody can tell */
	WEBSOCKET_WIDE_LENGTH = 8,
	WEBSOCKET_RESERVED_BITS = 16,
	WEBSOCKET_UNMASKED_CLIENT = 32,
	WEBSOCKET_MASKED_SERVER = 64,
	WEBSOCKET_BAD_CONTINUATION = 128, /* of nothing; or a new message within another */
	WEBSOCKET_BAD_DEFLATE = 256,
	WEBSOCKET_INFLATE_CAP = 512,      /* it inflates to far more than messages do */
	WEBSOCKET_ODDITIES = 10           /* so many */
};

/* The header that `data` starts with; its length, or 0: it goes on beyond data. */
size_t websocket_frame_parse(struct bytes data, struct websocket_frame *frame);

/* What is wrong with a header of this direction: bits. */
unsigned websocket_frame_odd(const struct websocket_frame *frame, enum direction dir);

static inline bool websocket_frame_is_control(const struct websocket_frame *frame)
{
	return frame->opcode >= WEBSOCKET_CLOSE;
}

/* Undoes the mask of a part of the payload that begins `at` bytes into it. `out` has room for as much. */
void websocket_frame_unmask(const struct websocket_frame *frame, uint64_t at, struct bytes data, uint8_t *out);

/* The anomalies of these bits. */
void websocket_odd_tell(unsigned odd, struct outbox *out);

#endif
