/* websocket_talk: what two ends of a WebSocket say, frame by frame, and with losses; fed whole or cut up. The client's frames are
 * masked, each with another key. Whatever goes wrong ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_WEBSOCKET_TALK_H
#define STORMGLASS_TESTS_SUPPORT_WEBSOCKET_TALK_H

#include "tests/support/script.h"

#include <zlib.h>

enum { TALK_FIN = 0x80, TALK_RSV1 = 0x40, TALK_TEXT = 0x81, TALK_BINARY = 0x82, TALK_DEFLATED = 0xc1 };

struct talk_step {
	enum direction dir;
	uint8_t *data;
	size_t len;
	uint64_t lost;  /* instead of data */
	bool is_last;
};

/* Zeroed at first. */
struct talk {
	struct talk_step *steps;
	size_t n, cap;
	uint32_t key;   /* of the frame that was masked last */
};

void talk_fini(struct talk *talk);

void talk_raw(struct talk *talk, enum direction dir, struct bytes data);
void talk_lose(struct talk *talk, enum direction dir, uint64_t len);
void talk_last(struct talk *talk, enum direction dir);

/* A frame: its first byte (FIN, RSV1 and the opcode), and the payload, which is masked. */
void talk_frame(struct talk *talk, enum direction dir, uint8_t first, struct bytes payload);
void talk_say(struct talk *talk, enum direction dir, uint8_t first, const char *payload);

/* The same, but the `lost` bytes behind the first `before` of it are lost. */
void talk_frame_lossy(struct talk *talk, enum direction dir, uint8_t first, struct bytes payload, size_t before, size_t lost);

/* A header as it is in words: the length in 0, 2 or 8 bytes, masked by `key` unless that is NULL; its length. */
size_t talk_header(uint8_t *out, uint8_t first, uint64_t len, unsigned width, const uint8_t key[4]);

/* Compresses messages as an end does; `bits`: its window, `keep`: from message to message. */
struct talk_deflater {
	z_stream stream;
	bool keep;
};

void talk_deflater_init(struct talk_deflater *deflater, int bits, bool keep);
void talk_deflater_fini(struct talk_deflater *deflater);
struct bytes talk_deflate(struct talk_deflater *deflater, struct bytes message); /* the caller's to free */

/* A compressed text message in `n` frames of about the same length. */
void talk_deflated(struct talk *talk, enum direction dir, struct talk_deflater *deflater, struct bytes message, unsigned n);

/* Feeds it. */
void talk_play(const struct talk *talk, struct feeder *feeder, script_cut *cut, void *with);

#endif
