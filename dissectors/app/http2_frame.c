#include "dissectors/app/http2_frame.h"

enum place { ON_CONNECTION, ON_STREAM, ON_EITHER };

enum { STREAM_USUAL = 1 << 24 };

/* By type. */
static const struct kind {
	bool known;
	uint8_t place;
	uint8_t flags; /* those that mean something */
	uint8_t least; /* bytes of payload; `exact`: no others */
	bool exact;
} kinds[HTTP2_FRAME_PRIORITY_UPDATE + 1] = {
	[HTTP2_FRAME_DATA] = { true, ON_STREAM, HTTP2_END_STREAM | HTTP2_PADDED, 0, false },
	[HTTP2_FRAME_HEADERS] = { true, ON_STREAM, HTTP2_END_STREAM | HTTP2_END_HEADERS | HTTP2_PADDED | HTTP2_PRIORITISED, 0,
				  false },
	[HTTP2_FRAME_PRIORITY] = { true, ON_STREAM, 0, 5, true },
	[HTTP2_FRAME_RST_STREAM] = { true, ON_STREAM, 0, 4, true },
	[HTTP2_FRAME_SETTINGS] = { true, ON_CONNECTION, HTTP2_ACK, 0, false },
	[HTTP2_FRAME_PUSH_PROMISE] = { true, ON_STREAM, HTTP2_END_HEADERS | HTTP2_PADDED, 4, false },
	[HTTP2_FRAME_PING] = { true, ON_CONNECTION, HTTP2_ACK, 8, true },
	[HTTP2_FRAME_GOAWAY] = { true, ON_CONNECTION, 0, 8, false },
	[HTTP2_FRAME_WINDOW_UPDATE] = { true, ON_EITHER, 0, 4, true },
	[HTTP2_FRAME_CONTINUATION] = { true, ON_STREAM, HTTP2_END_HEADERS, 0, false },
	[HTTP2_FRAME_ALTSVC] = { true, ON_EITHER, 0, 2, false },
	[HTTP2_FRAME_ORIGIN] = { true, ON_CONNECTION, 0, 0, false },
	[HTTP2_FRAME_PRIORITY_UPDATE] = { true, ON_CONNECTION, 0, 4, false },
};

static const struct kind *kind_of(const struct http2_frame *frame)
{
	return frame->type < sizeof kinds / sizeof kinds[0] && kinds[frame->type].known ? &kinds[frame->type] : NULL;
}

static bool is_on_its_place(const struct kind *kind, const struct http2_frame *frame)
{
	return kind->place == ON_EITHER || (kind->place == ON_STREAM) == (frame->stream != 0);
}

/* A stream of the server's own, an even one, has no frames of the client but those that say that it does not want them. */
static bool is_senders(const struct http2_frame *frame, enum direction dir)
{
	bool opens = frame->type == HTTP2_FRAME_HEADERS || frame->type == HTTP2_FRAME_DATA ||
		     frame->type == HTTP2_FRAME_CONTINUATION;

	return dir == TO_CLIENT ? frame->type != HTTP2_FRAME_PUSH_PROMISE || frame->stream % 2 == 1 :
				  frame->type != HTTP2_FRAME_PUSH_PROMISE && (!opens || frame->stream % 2 == 1);
}

static bool is_long_enough(const struct kind *kind, const struct http2_frame *frame)
{
	bool padded = frame->flags & kind->flags & HTTP2_PADDED, prioritised = frame->flags & kind->flags & HTTP2_PRIORITISED;
	uint32_t least = kind->least + (padded ? 1u : 0u) + (prioritised ? 5u : 0u);

	if (frame->type == HTTP2_FRAME_SETTINGS)
		return frame->len % 6 == 0 && (!(frame->flags & HTTP2_ACK) || frame->len == 0);
	return kind->exact ? frame->len == least : frame->len >= least;
}

uint32_t http2_frame_odd(const struct http2_frame *frame, enum direction dir)
{
	const struct kind *kind = kind_of(frame);
	uint32_t odd = 0;

	if (!kind)
		return 0;
	if (!is_on_its_place(kind, frame) || !is_senders(frame, dir))
		odd |= HTTP2_BAD_STREAM_ID;
	if (!is_long_enough(kind, frame))
		odd |= HTTP2_BAD_FRAME;
	return odd;
}

/* What carries nothing and ends nothing. */
static bool is_idle(const struct http2_frame *frame)
{
	switch (frame->type) {
	case HTTP2_FRAME_DATA:
		return frame->len == 0 && !(frame->flags & HTTP2_END_STREAM);
	case HTTP2_FRAME_HEADERS:
	case HTTP2_FRAME_CONTINUATION:
		return frame->len == 0;
	default:
		return false;
	}
}

bool http2_frame_is_sane(const struct http2_frame *frame, enum direction dir)
{
	const struct kind *kind = kind_of(frame);

	return kind && !frame->reserved && !(frame->flags & ~kind->flags) && frame->len <= HTTP2_FRAME_LEN &&
	       frame->stream < STREAM_USUAL && !http2_frame_odd(frame, dir) && !is_idle(frame);
}

bool http2_frame_content(const struct http2_frame *frame, struct bytes payload, struct bytes *content, int *weight)
{
	struct reader r = reader_of(payload);
	size_t before = 0, padding = 0;

	*weight = -1;
	if (frame->flags & HTTP2_PADDED) {
		padding = read_u8(&r);
		before++;
	}
	if (frame->type == HTTP2_FRAME_HEADERS && (frame->flags & HTTP2_PRIORITISED)) {
		read_skip(&r, 4);
		*weight = read_u8(&r);
		before += 5;
	}
	*content = bytes_of(payload.data, 0);
	if (before + padding > frame->len)
		return false;
	if (r.over)
		*weight = -1;
	*content = bytes_head(bytes_tail(payload, before), frame->len - before - padding);
	return true;
}

const char *http2_frame_error(uint32_t code)
{
	static const char *const names[] = {
		"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
		"FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
		"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
	};

	return code < sizeof names / sizeof names[0] ? names[code] : NULL;
}
