#include "dissectors/app/websocket_frame.h"

enum { FIN = 0x80, RSV1 = 0x40, RSV2_RSV3 = 0x30, OPCODE = 0x0f, MASK = 0x80, LEN = 0x7f, LEN_U16 = 126, LEN_U64 = 127 };

enum { CONTROL_CAP = 125 };

static const char *const codes[WEBSOCKET_ODDITIES] = {
	"websocket.bad_opcode",      "websocket.bad_control",      "websocket.bad_length",    "websocket.wide_length",
	"websocket.reserved_bits",   "websocket.unmasked_client",  "websocket.masked_server", "websocket.bad_continuation",
	"websocket.bad_deflate",     "websocket.inflate_cap",
};

void websocket_odd_tell(unsigned odd, struct outbox *out)
{
	for (size_t i = 0; odd >> i; i++)
		if (odd >> i & 1)
			outbox_anomaly(out, codes[i]);
}

size_t websocket_frame_parse(struct bytes data, struct websocket_frame *frame)
{
	struct reader r = reader_of(data);
	uint8_t first = read_u8(&r), second = read_u8(&r);
	uint64_t least = 0;

	*frame = (struct websocket_frame){
		.len = second & LEN,
		.opcode = first & OPCODE,
		.fin = first & FIN,
		.compressed = first & RSV1,
		.reserved = first & RSV2_RSV3,
		.masked = second & MASK,
	};
	if ((second & LEN) == LEN_U16) {
		frame->len = read_be16(&r);
		least = LEN_U16;
	} else if ((second & LEN) == LEN_U64) {
		frame->len = read_be64(&r);
		least = UINT16_MAX + 1;
	}
	frame->wide = frame->len < least;
	if (frame->masked) {
		struct bytes key = read_bytes(&r, sizeof frame->key);

		if (key.len)
			memcpy(frame->key, key.data, key.len);
	}
	return r.over ? 0 : (size_t)(r.at - data.data);
}

static bool opcode_is_known(uint8_t opcode)
{
	return opcode <= WEBSOCKET_BINARY || (opcode >= WEBSOCKET_CLOSE && opcode <= WEBSOCKET_PONG);
}

unsigned websocket_frame_odd(const struct websocket_frame *frame, enum direction dir)
{
	bool begins = frame->opcode == WEBSOCKET_TEXT || frame->opcode == WEBSOCKET_BINARY;
	unsigned odd = 0;

	if (!opcode_is_known(frame->opcode))
		odd |= WEBSOCKET_BAD_OPCODE;
	else if (websocket_frame_is_control(frame) && (!frame->fin || frame->len > CONTROL_CAP))
		odd |= WEBSOCKET_BAD_CONTROL;
	if (frame->len >> 63)
		odd |= WEBSOCKET_BAD_LENGTH;
	if (frame->wide)
		odd |= WEBSOCKET_WIDE_LENGTH;
	if (frame->reserved || (frame->compressed && !begins))
		odd |= WEBSOCKET_RESERVED_BITS;
	if (dir == TO_SERVER && !frame->masked)
		odd |= WEBSOCKET_UNMASKED_CLIENT;
	if (dir == TO_CLIENT && frame->masked)
		odd |= WEBSOCKET_MASKED_SERVER;
	return odd;
}

void websocket_frame_unmask(const struct websocket_frame *frame, uint64_t at, struct bytes data, uint8_t *out)
{
	uint8_t key[8];
	uint64_t mask, words[2];
	size_t i = 0;

	for (size_t j = 0; j < sizeof key; j++)
		key[j] = frame->key[(at + j) & 3];
	memcpy(&mask, key, sizeof mask);
	for (; data.len - i >= sizeof words; i += sizeof words) {
		memcpy(words, data.data + i, sizeof words);
		words[0] ^= mask;
		words[1] ^= mask;
		memcpy(out + i, words, sizeof words);
	}
	for (; i < data.len; i++)
		out[i] = data.data[i] ^ key[i & 7];
}
