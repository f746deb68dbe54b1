#include "dissectors/app/http2_control.h"

#include "dissectors/app/http2_exchange.h"

enum { SETTINGS_LEN_MOST = 64 * 6, SETTING_TABLE_SIZE = 0x1, SETTING_FRAME_SIZE = 0x5 };

enum error { NO_ERROR = 0x0, REFUSED_STREAM = 0x7, CANCEL = 0x8 };

size_t http2_control_wants(const struct http2_frame *frame)
{
	switch (frame->type) {
	case HTTP2_FRAME_SETTINGS:
		return frame->len < SETTINGS_LEN_MOST ? frame->len : SETTINGS_LEN_MOST;
	case HTTP2_FRAME_RST_STREAM:
		return frame->len < 4 ? frame->len : 4;
	case HTTP2_FRAME_GOAWAY:
		return frame->len < 8 ? frame->len : 8;
	default:
		return 0;
	}
}

static void count(struct http2_turn *turn, enum http2_rate_kind kind)
{
	http2_turn_tell(turn, http2_rate_count(&turn->h2->rate, kind, turn->in->time_ns));
}

/* What a receiver allows concerns the other direction. */
static void take_settings(struct http2_turn *turn, const struct http2_frame *frame, struct bytes payload)
{
	struct http2_side *other = &turn->h2->side[!turn->in->dir];
	struct reader r = reader_of(payload);

	if (frame->flags & HTTP2_ACK)
		return;
	count(turn, HTTP2_RATE_SETTINGS);
	if (frame->len > SETTINGS_LEN_MOST)
		http2_turn_tell(turn, HTTP2_SETTINGS_FLOOD);
	turn->side->settings_seen = true;
	while (reader_left(&r) >= 6) {
		uint16_t id = read_be16(&r);
		uint32_t value = read_be32(&r);

		if (id == SETTING_TABLE_SIZE)
			hpack_settings(&other->hpack, value);
		else if (id == SETTING_FRAME_SIZE && value > other->frame_len && value <= HTTP2_FRAME_LEN_MOST)
			other->frame_len = value; /* never less: it holds once the sender has seen it */
	}
}

static void take_reset(struct http2_turn *turn, const struct http2_frame *frame, uint32_t code)
{
	if (turn->in->dir == TO_SERVER)
		count(turn, HTTP2_RATE_RESET);
	else if (code != NO_ERROR && code != REFUSED_STREAM && code != CANCEL)
		count(turn, HTTP2_RATE_MADE);
	http2_exchange_reset(turn, frame->stream, code);
}

void http2_control_take(struct http2_turn *turn, const struct http2_frame *frame, struct bytes payload)
{
	struct reader r = reader_of(payload);

	switch (frame->type) {
	case HTTP2_FRAME_SETTINGS:
		take_settings(turn, frame, payload);
		break;
	case HTTP2_FRAME_RST_STREAM:
		take_reset(turn, frame, read_be32(&r));
		break;
	case HTTP2_FRAME_GOAWAY:
		read_skip(&r, 4);
		if (read_be32(&r) != NO_ERROR)
			http2_turn_tell(turn, HTTP2_GOAWAY_ERROR);
		break;
	case HTTP2_FRAME_PING:
		if (!(frame->flags & HTTP2_ACK))
			count(turn, HTTP2_RATE_PING);
		break;
	case HTTP2_FRAME_PRIORITY:
	case HTTP2_FRAME_PRIORITY_UPDATE:
		count(turn, HTTP2_RATE_PRIORITY);
		break;
	default:
		break;
	}
}
