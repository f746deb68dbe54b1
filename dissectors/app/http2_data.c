#include "dissectors/app/http2_data.h"

#include "dissectors/app/http2_exchange.h"

static bool is_wanted(const struct http2_stream *stream, enum direction dir)
{
	return stream->websocket || (stream->body[dir] && !body_is_full(stream->body[dir]));
}

void http2_data_begin(struct http2_turn *turn, const struct http2_frame *frame, uint8_t padding)
{
	struct http2_side *side = turn->side;
	enum direction dir = turn->in->dir;
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, frame->stream);
	bool ends = frame->flags & HTTP2_END_STREAM;

	side->left = frame->len - (frame->flags & HTTP2_PADDED ? 1 : 0);
	if (padding > side->left)
		http2_turn_tell(turn, HTTP2_BAD_FRAME);
	side->content = padding < side->left ? side->left - padding : 0;
	if (!side->content && !ends)
		http2_turn_tell(turn, http2_rate_count(&turn->h2->rate, HTTP2_RATE_EMPTY, turn->in->time_ns));
	if (stream && http2_stream_ended(stream, dir))
		stream = NULL;
	side->stream = stream ? frame->stream : 0;
	side->ends = stream && ends;
	side->phase = stream && side->content && is_wanted(stream, dir) ? HTTP2_IN_CONTENT : HTTP2_IN_PAYLOAD;
	if (stream && side->phase == HTTP2_IN_PAYLOAD)
		stream->len[dir] += side->content;
	if (!side->left)
		http2_data_done(turn);
}

/* Nobody wants the rest of the content, which counts all the same. */
static void pass_by(struct http2_side *side, struct http2_stream *stream, enum direction dir)
{
	if (stream)
		stream->len[dir] += side->content;
	side->content = 0;
	side->phase = HTTP2_IN_PAYLOAD;
}

/* How much of it was used. */
static size_t feed_websocket(struct http2_turn *turn, struct http2_stream *stream, struct bytes piece)
{
	struct chunk chunk = *turn->in;

	chunk.data = piece;
	chunk.gap = stream->lost[chunk.dir];
	chunk.seen = 0;
	chunk.is_last = false;
	stream->lost[chunk.dir] = 0;
	struct progress progress = websocket_feed(stream->websocket, &chunk, stream->upgraded ? UINT64_MAX : stream->tx, turn->out);

	if (progress.status == STATUS_OK)
		return progress.used < piece.len ? progress.used : piece.len;
	websocket_free(stream->websocket);
	stream->websocket = NULL;
	return piece.len;
}

bool http2_data_take(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	enum direction dir = turn->in->dir;
	struct bytes piece = bytes_head(bytes_tail(turn->in->data, turn->at), side->content);
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, side->stream);

	if (!stream || !is_wanted(stream, dir)) {
		pass_by(side, stream, dir);
		return true;
	}
	size_t used = piece.len;

	if (stream->websocket)
		used = feed_websocket(turn, stream, piece);
	else
		body_add(stream->body[dir], piece);
	stream->len[dir] += used;
	turn->at += used;
	side->content -= (uint32_t)used;
	side->left -= (uint32_t)used;
	if (!side->content)
		side->phase = HTTP2_IN_PAYLOAD;
	if (!side->left)
		http2_data_done(turn);
	return used == piece.len;
}

static void stream_loses(struct http2_stream *stream, enum direction dir, uint32_t len)
{
	uint32_t before = stream->lost[dir];

	stream->lost[dir] = len < HTTP2_STREAM_LOST - before ? before + len : HTTP2_STREAM_LOST;
	if (stream->body[dir])
		body_gap(stream->body[dir]);
}

void http2_data_lose(struct http2_turn *turn, uint32_t len)
{
	struct http2_side *side = turn->side;
	enum direction dir = turn->in->dir;
	uint32_t of_content = len < side->content ? len : side->content;

	if (side->phase == HTTP2_IN_CONTENT && of_content) {
		struct http2_stream *stream = http2_streams_find(&turn->h2->streams, side->stream);

		if (stream) {
			stream->len[dir] += of_content;
			stream_loses(stream, dir, of_content);
		}
		side->content -= of_content;
	}
	side->left -= len;
	if (!side->content)
		side->phase = HTTP2_IN_PAYLOAD;
	if (!side->left)
		http2_data_done(turn);
}

void http2_data_done(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	struct http2_stream *stream = side->ends ? http2_streams_find(&turn->h2->streams, side->stream) : NULL;

	side->phase = HTTP2_AT_FRAME;
	side->left = side->content = side->stream = 0;
	side->ends = false;
	if (stream)
		http2_exchange_end(turn, stream, turn->in->dir, NULL);
}

void http2_data_lost(struct http2 *h2, enum direction dir)
{
	struct http2_stream *stream;
	uint32_t at = 0;

	while ((stream = http2_streams_next(&h2->streams, &at)))
		stream_loses(stream, dir, HTTP2_STREAM_LOST);
}
