/* http2_control: frames that carry no message: SETTINGS, RST_STREAM, PING, GOAWAY, PRIORITY and those that nobody knows. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_CONTROL_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_CONTROL_H

#include "dissectors/app/http2_state.h"

/* How many bytes of the payload's beginning are worth waiting for. */
size_t http2_control_wants(const struct http2_frame *frame);

/* Takes such a frame, of whose payload so many bytes are there. */
void http2_control_take(struct http2_turn *turn, const struct http2_frame *frame, struct bytes payload);

#endif
