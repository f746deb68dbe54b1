/* websocket_message: the message of one direction of a WebSocket, out of the payloads of its frames: unmasked, inflated, gathered
 * as far as it is looked at, and told if it could hold a credential. What is not looked at costs nothing but its length, unless
 * it is compressed: then it is inflated for what later messages refer to. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_MESSAGE_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_MESSAGE_H

#include "dissectors/app/websocket_frame.h"
#include "dissectors/app/websocket_gather.h"
#include "dissectors/app/websocket_inflate.h"

enum {
	WEBSOCKET_BINARY_CAP = 256 * 1024, /* of binary messages of one direction that are looked at */
};

enum websocket_mode {
	WEBSOCKET_BETWEEN,   /* there is no message */
	WEBSOCKET_PASS,      /* this one is not looked at */
	WEBSOCKET_KEEP,
	WEBSOCKET_INFLATE,
	WEBSOCKET_SINK,      /* inflated and not looked at */
};

/* Zeroed at first. */
struct websocket_message {
	struct websocket_gather gather;    /* what there is of it; of a sink its last few bytes */
	struct websocket_inflate *inflate; /* made when the first compressed message comes */
	uint32_t n_text, n_binary;         /* bytes of such messages that were looked at */
	uint8_t mode;
	bool is_binary : 1;
	bool missed : 1;                   /* compressed messages were lost: others may not inflate */
	bool inflates_no_more : 1;
};

/* One call of feed. */
struct websocket_turn {
	const struct chunk *in;
	struct budget *budget;
	struct outbox *out;
	uint64_t tx;
	bool fleeting;       /* views into what is fed do not last as long as the outbox's */
	uint8_t *scratch;    /* in the outbox's arena, of no use to anybody */
	size_t scratch_len;
	unsigned odd;        /* what was found to be wrong */
};

/* A message begins with this frame. */
void websocket_message_begin(struct websocket_message *message, const struct websocket_frame *frame, struct websocket_turn *turn);

/* The next bytes of payload, those that begin `at` bytes into the frame. Tells at most one message. */
void websocket_message_add(struct websocket_message *message, const struct websocket_frame *frame, uint64_t at,
    struct bytes piece, struct websocket_turn *turn);

/* It is complete. Tells at most one message. */
void websocket_message_end(struct websocket_message *message, struct websocket_turn *turn);

/* Bytes of it were lost: what came before them is told, the rest is passed over. */
void websocket_message_break(struct websocket_message *message, struct websocket_turn *turn);

/* What was lost is not even known: the same, and the next frame is of another message. */
void websocket_message_lose(struct websocket_message *message, struct websocket_turn *turn);

/* May the rest of it be skipped unseen? */
static inline bool websocket_message_passes(const struct websocket_message *message)
{
	return message->mode <= WEBSOCKET_PASS;
}

/* Has enough been looked at? */
bool websocket_message_had_enough(const struct websocket_message *message);

/* Gives all memory back. */
void websocket_message_fini(struct websocket_message *message, struct budget *budget);

#endif
