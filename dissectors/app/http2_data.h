/* http2_data: DATA frames: content that is kept or goes into a WebSocket is handed on, all other is counted by its length. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_DATA_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_DATA_H

#include "dissectors/app/http2_state.h"

/* A DATA frame begins; its header was used, and the byte that tells how long its padding is, if it has any. The side is in it
 * from here on, or behind it if nothing is left. */
void http2_data_begin(struct http2_turn *turn, const struct http2_frame *frame, uint8_t padding);

/* Takes what is there of content that someone wants. False: the outbox is full. */
bool http2_data_take(struct http2_turn *turn);

/* `len` bytes of what is left of the frame were lost. */
void http2_data_lose(struct http2_turn *turn, uint32_t len);

/* All of the frame is there or was passed by. */
void http2_data_done(struct http2_turn *turn);

/* More was lost than can be counted: whatever stream it belonged to. */
void http2_data_lost(struct http2 *h2, enum direction dir);

#endif
