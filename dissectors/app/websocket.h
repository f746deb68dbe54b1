/* websocket: the two directions of a WebSocket (RFC 6455), over HTTP/1.1 after its upgrade or in a stream of HTTP/2 (RFC 8441).
 * Messages that could hold a credential become http_messages with is_text, as far as a cap, permessage-deflate undone (RFC
 * 7692); all else is passed over by its length. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_H

#include "dissectors/app/dissector.h"

enum {
	WEBSOCKET_MESSAGE_CAP = 64 * 1024, /* of a message, of which the beginning is looked at */
	WEBSOCKET_TEXT_CAP = 1024 * 1024,  /* of text in one direction: tokens travel early */
};

struct websocket;

/* NULL: refused. */
struct websocket *websocket_new(struct budget *budget);
void websocket_free(struct websocket *websocket); /* NULL is fine */

/* Takes in-order bytes of one direction as feed of a dissector does (chunk->gap: lost before). Consumes them all, unless the
 * outbox is full of messages: then OK with what was used, and it is to be called again with the rest, before which nothing is
 * lost any more. Messages bear tx `tx`. Of a chunk that is_last the message that was not complete is told too, cut.
 * It skips nothing (all is to be fed, needed or not) but DISSECTOR_SKIP_ALL: this direction is of no more interest; to feed on
 * does no harm. OVER: nor is the other one. */
struct progress websocket_feed(struct websocket *websocket, const struct chunk *in, uint64_t tx, struct outbox *out);

#endif
