#include "dissectors/app/http2_chain.h"

enum { LINKS = 4, LINKS_WEAK = 3, FIELDS = 4, STATIC_ENTRIES = 61, ERROR_MOST = 13, SETTING_MOST = 0x10 };

/* What one frame says. */
struct link {
	bool fits;
	bool strong; /* its payload was looked at, and is as it has to be */
	bool sure;   /* ... and long enough to need no other */
};

/* A setting of RFC 9113 6.5.2, RFC 8441, RFC 9218, or one that is sent so that nobody relies on it not being there. */
static bool is_setting(uint16_t id, uint32_t value)
{
	switch (id) {
	case 0x2: /* ENABLE_PUSH */
	case 0x8: /* ENABLE_CONNECT_PROTOCOL */
	case 0x9: /* NO_RFC7540_PRIORITIES */
		return value <= 1;
	case 0x4: /* INITIAL_WINDOW_SIZE */
		return value <= INT32_MAX;
	case 0x5: /* MAX_FRAME_SIZE */
		return value >= HTTP2_FRAME_LEN && value <= HTTP2_FRAME_LEN_MOST;
	case 0x1:
	case 0x3:
	case 0x6:
		return true;
	default:
		return (id & 0x0f0f) == 0x0a0a;
	}
}

static struct link link_settings(const struct http2_frame *frame, struct bytes payload)
{
	struct reader r = reader_of(payload);
	unsigned known = 0;

	while (reader_left(&r) >= 6) {
		uint16_t id = read_be16(&r);

		if (!is_setting(id, read_be32(&r)))
			return (struct link){ 0 };
		known++;
	}
	return (struct link){ .fits = true, .strong = known > 0 || (frame->flags & HTTP2_ACK), .sure = known > 0 };
}

/* Passes by changes of the table's size (001xxxxx, RFC 7541 6.3), which stand before all fields. */
static uint8_t first_field(struct reader *r)
{
	uint8_t b = read_u8(r);

	for (unsigned n = 0; n < 2 && !r->over && b >> 5 == 1; n++) {
		bool more = (b & 0x1f) == 0x1f;

		while (more && !r->over)
			more = read_u8(r) & 0x80;
		b = read_u8(r);
	}
	return b;
}

/* The entry that a field begins with refers to (RFC 7541 6.1, 6.2); 0: a name that is spelt out. */
static unsigned entry_of(uint8_t b)
{
	return b & 0x80 ? b & 0x7f : b & 0x40 ? b & 0x3f : b & 0x0f;
}

/* Passes by a value that is spelt out, RFC 7541 5.2; a long one ends the look. */
static void pass_value(struct reader *r)
{
	uint8_t len = read_u8(r) & 0x7f;

	read_skip(r, len < 0x7f ? len : SIZE_MAX);
}

/* Pseudo-header fields come first (RFC 9113 8.3), whether from the static table, from the dynamic one or spelt out. Trailers have
 * none, and end the stream. */
static struct link link_block(struct http2_chain *chain, const struct http2_frame *frame, enum direction dir, struct bytes block)
{
	struct reader r = reader_of(block);
	bool is_request = frame->type == HTTP2_FRAME_PUSH_PROMISE || dir == TO_SERVER, ends = frame->flags & HTTP2_END_STREAM;
	uint8_t b = first_field(&r);

	for (unsigned i = 0; i < FIELDS && !r.over; i++, b = read_u8(&r)) {
		unsigned entry = entry_of(b), most = b & 0x80 ? 0x7f : b & 0x40 ? 0x3f : 0x0f;
		bool request = entry >= 1 && entry <= 7, response = entry >= 8 && entry <= 14;

		if ((b & 0x80 && !entry) || (request && !is_request) || (response && is_request))
			return (struct link){ 0 };
		chain->from_client |= (request || response) && dir == TO_SERVER;
		chain->from_server |= (request || response) && dir == TO_CLIENT;
		if ((request || response) && b >= 0x40) /* below, any other bytes are that as easily */
			return (struct link){ .fits = true, .strong = true };
		if (i == 0 && entry && entry <= STATIC_ENTRIES && entry != most && !request && !response && !ends)
			return (struct link){ 0 };
		if (entry == most || (!(b & 0x80) && !entry))
			break;
		if (!(b & 0x80))
			pass_value(&r);
	}
	return (struct link){ .fits = true };
}

static struct link link_headers(struct http2_chain *chain, const struct http2_frame *frame, enum direction dir, struct bytes payload)
{
	struct bytes block;
	int weight;

	if (!http2_frame_content(frame, payload, &block, &weight))
		return (struct link){ 0 };
	if (frame->type == HTTP2_FRAME_PUSH_PROMISE) {
		struct reader r = reader_of(block);
		uint32_t promised = read_be32(&r);

		if (!r.over && (promised == 0 || promised % 2))
			return (struct link){ 0 };
		block = read_rest(&r);
		chain->from_server = true;
	} else if (frame->stream % 2 == 0) {
		chain->from_server = true;
	}
	chain->from_client |= weight >= 0;
	return link_block(chain, frame, dir, block);
}

/* `payload` is what can be seen of it. */
static struct link link_of(struct http2_chain *chain, const struct http2_frame *frame, enum direction dir, struct bytes payload)
{
	struct reader r = reader_of(payload);
	uint32_t first = read_be32(&r), second = read_be32(&r);
	bool one = payload.len >= 4, two = payload.len >= 8;

	switch (frame->type) {
	case HTTP2_FRAME_HEADERS:
	case HTTP2_FRAME_PUSH_PROMISE:
		return link_headers(chain, frame, dir, payload);
	case HTTP2_FRAME_SETTINGS:
		return link_settings(frame, payload);
	case HTTP2_FRAME_WINDOW_UPDATE:
		return (struct link){ .fits = !one || (first && first <= INT32_MAX), .strong = one };
	case HTTP2_FRAME_RST_STREAM:
		return (struct link){ .fits = !one || first <= ERROR_MOST, .strong = one };
	case HTTP2_FRAME_GOAWAY:
		return (struct link){ .fits = !two || second <= ERROR_MOST, .strong = two };
	case HTTP2_FRAME_PRIORITY:
		return (struct link){ .fits = !one || (first & INT32_MAX) != frame->stream, .strong = one };
	case HTTP2_FRAME_PRIORITY_UPDATE:
		chain->from_client = true;
		return (struct link){ .fits = dir == TO_SERVER && (!one || (first && first <= INT32_MAX)), .strong = one };
	case HTTP2_FRAME_ALTSVC:
	case HTTP2_FRAME_ORIGIN:
		chain->from_server = true;
		return (struct link){ .fits = dir == TO_CLIENT };
	case HTTP2_FRAME_DATA:
		chain->from_server |= frame->stream % 2 == 0;
		return (struct link){ .fits = true };
	default:
		return (struct link){ .fits = true, .strong = frame->type == HTTP2_FRAME_PING };
	}
}

/* Header blocks are not interrupted (RFC 9113 6.10). Before the first frame there may be anything. */
static bool follows(const struct http2_frame *last, bool is_first, const struct http2_frame *next)
{
	bool block = last->type == HTTP2_FRAME_HEADERS || last->type == HTTP2_FRAME_PUSH_PROMISE ||
		     last->type == HTTP2_FRAME_CONTINUATION;
	bool goes_on = block && !(last->flags & HTTP2_END_HEADERS);

	if (is_first)
		return true;
	return (next->type == HTTP2_FRAME_CONTINUATION) == goes_on && (!goes_on || next->stream == last->stream);
}

/* A header that is not whole: can it become one? The length is small, so its first byte is 0. */
static bool is_viable(struct bytes data)
{
	return data.len == 0 || (data.data[0] == 0 && (data.len < 4 || data.data[3] <= HTTP2_FRAME_PRIORITY_UPDATE));
}

enum http2_fit http2_chain_look(struct http2_chain *chain, enum direction dir, struct bytes data, bool alone)
{
	struct http2_frame frame, last = { 0 };
	unsigned n = 0, n_alike = 0;
	bool strong = false, sure = false;
	size_t at = 0;

	*chain = (struct http2_chain){ 0 };
	for (; n < LINKS && http2_frame_parse(bytes_tail(data, at), &frame); n++, last = frame) {
		if (!http2_frame_is_sane(&frame, dir) || !follows(&last, n == 0, &frame))
			return HTTP2_NO;
		struct link link = link_of(chain, &frame, dir, bytes_head(bytes_tail(data, at + HTTP2_FRAME_HEADER), frame.len));

		if (!link.fits || (chain->from_client && dir == TO_CLIENT) || (chain->from_server && dir == TO_SERVER))
			return HTTP2_NO;
		if (n == 0)
			chain->begins = frame.type == HTTP2_FRAME_SETTINGS && !(frame.flags & HTTP2_ACK);
		at += HTTP2_FRAME_HEADER + frame.len;
		n_alike += frame.type == HTTP2_FRAME_DATA && frame.stream % 2 && (n == 0 || frame.stream == last.stream);
		strong |= link.strong;
		sure |= link.sure && at <= data.len;
	}
	if ((n > 1 && strong) || (n >= LINKS_WEAK && n_alike == n) || sure || (alone && n == 1 && strong && at == data.len))
		return HTTP2_FITS;
	chain->need = at + HTTP2_FRAME_HEADER;
	return is_viable(bytes_tail(data, at < data.len ? at : data.len)) ? HTTP2_PARTIAL : HTTP2_NO;
}

enum http2_fit http2_chain_find(struct http2_chain *chain, enum direction dir, struct bytes data, size_t *at)
{
	for (size_t from = 0; from < data.len; from++) {
		const uint8_t *zero = memchr(data.data + from, 0, data.len - from);

		if (!zero)
			break;
		from = (size_t)(zero - data.data);
		enum http2_fit fit = http2_chain_look(chain, dir, bytes_tail(data, from), true);

		if (fit != HTTP2_NO) {
			*at = from;
			return fit;
		}
	}
	*at = data.len;
	return HTTP2_NO;
}
