/* http2_exchange: what header blocks, ends and resets say of a stream: requests, responses, trailers, pushed requests, and their
 * places among the transactions (RFC 9113 8). */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_EXCHANGE_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_EXCHANGE_H

#include "dissectors/app/http2_state.h"

/* No frame leads to more messages than this, those of WebSockets aside. */
enum { HTTP2_MESSAGES_A_FRAME = 2 };

/* The block of a HEADERS or PUSH_PROMISE frame; `damaged`: it was cut off. */
void http2_exchange_block(struct http2_turn *turn, const struct http2_frame *frame, const struct http2_block_content *content,
    bool damaged);

/* Likewise one that could not be read: its stream counts. */
void http2_exchange_unread(struct http2_turn *turn, const struct http2_frame *frame);

/* The sender's half of the stream ended; `record` as in http_message with is_end. */
void http2_exchange_end(struct http2_turn *turn, struct http2_stream *stream, enum direction dir, struct record *record);

/* RST_STREAM. */
void http2_exchange_reset(struct http2_turn *turn, uint32_t id, uint32_t code);

/* The connection is over: content that was kept is handed on as it is. */
void http2_exchange_finish(struct http2 *h2, struct outbox *out);

#endif
