#include "dissectors/app/http2_exchange.h"

#include "dissectors/app/http2_record.h"

/* A header block on its way to becoming a message. */
struct block {
	uint32_t id;
	bool ends;
	int weight;
	struct http2_head head;
};

/* ---- transactions ---- */

static uint64_t tx_of(const struct http2_stream *stream)
{
	return stream->upgraded ? UINT64_MAX : stream->tx;
}

/* Who opens streams of this number? */
static struct http2_side *opener_of(struct http2 *h2, uint32_t id)
{
	return &h2->side[id % 2 ? TO_SERVER : TO_CLIENT];
}

/* May this stream, of which nothing is known, be one that was opened unseen? Else it is one that closed. */
static bool may_be_unseen(struct http2 *h2, uint32_t id)
{
	const struct http2_side *opener = opener_of(h2, id);

	return id > opener->last_id || (id >= opener->unseen_from && id < opener->unseen_to);
}

static void count_opened(struct http2 *h2, uint32_t id)
{
	struct http2_side *opener = opener_of(h2, id);

	if (id <= opener->last_id)
		return;
	if (opener->uncertain) {
		if (!opener->unseen_to)
			opener->unseen_from = opener->last_id + 1;
		opener->unseen_to = id;
		opener->uncertain = false;
	}
	opener->last_id = id;
}

/* A stream with the next transaction. Where memory is refused, `*without`. */
static struct http2_stream *stream_new(struct http2_turn *turn, uint32_t id, struct http2_stream *without)
{
	struct http2_stream *stream = http2_streams_add(&turn->h2->streams, id);

	if (!stream) {
		*without = (struct http2_stream){ 0 };
		stream = without;
		http2_turn_tell(turn, HTTP2_MEMORY);
	}
	stream->tx = turn->h2->n_tx++;
	return stream;
}

/* ---- messages ---- */

static struct http_message *message_new(struct http2_turn *turn, const struct http2_stream *stream, enum direction dir)
{
	struct outbox *out = turn->out;

	if (outbox_message_full(out))
		return NULL;
	struct http_message *message = &out->messages[out->n_messages++];

	*message = (struct http_message){
		.dir = dir,
		.tx = tx_of(stream),
		.time_ns = turn->in->time_ns,
		.number = turn->in->number,
	};
	return message;
}

static void emit_head(struct http2_turn *turn, const struct http2_stream *stream, struct block *block, enum http2_kind kind)
{
	const struct http2_record_of of = { block->id, block->weight, turn->out->redact };
	struct http2_head *head = &block->head;
	struct record *record = http2_record_new(head, kind, &of, turn->out->arena);
	struct http_message *message = record ? message_new(turn, stream, kind == HTTP2_REQUEST ? TO_SERVER : TO_CLIENT) : NULL;

	http2_head_judge(head, kind);
	if (!record || head->no_memory)
		head->odd |= HTTP2_MEMORY;
	http2_turn_tell(turn, head->odd);
	if (!message)
		return;
	message->record = record;
	message->target = http2_head_get(head, HTTP2_PATH);
	message->headers = head->headers;
	message->n_headers = head->n_headers;
	message->damaged = head->damaged;
	message->content_follows = stream->body[message->dir] != NULL;
	message->answer_follows = kind == HTTP2_REQUEST && (stream->wants_answer || stream->is_websocket);
	message->text_follows = kind == HTTP2_RESPONSE && stream->websocket;
}

static void emit_end(struct http2_turn *turn, struct http2_stream *stream, enum direction dir, struct record *record)
{
	if (stream->is_open || (dir == TO_SERVER && !stream->len[dir] && !stream->body[dir]))
		return;
	struct http_message *message = message_new(turn, stream, dir);

	if (!message)
		return;
	message->is_end = true;
	message->record = record;
	message->body_len = stream->len[dir];
	if (stream->body[dir]) {
		body_finish(stream->body[dir], message, turn->out->arena);
		stream->body[dir] = NULL;
	}
}

/* May the request of this stream still come, whose answer came first? One direction may be seen before the other: where bytes are
 * missing, what follows them waits for them for a while. Then it is to have the same transaction. */
static bool is_awaited(struct http2 *h2, uint32_t id)
{
	const struct http2_side *opener = opener_of(h2, id);

	return opener->phase != HTTP2_AT_START && id > opener->last_id;
}

void http2_exchange_end(struct http2_turn *turn, struct http2_stream *stream, enum direction dir, struct record *record)
{
	struct http2 *h2 = turn->h2;

	if (http2_stream_ended(stream, dir))
		return;
	stream->ended |= (uint8_t)(1u << dir);
	if (dir == TO_SERVER && stream->has_length && !stream->lost[dir] && stream->length != stream->len[dir])
		http2_turn_tell(turn, HTTP2_LENGTH_MISMATCH);
	emit_end(turn, stream, dir, record);
	if (http2_stream_ended(stream, (enum direction)!dir) &&
	    (stream->requested || !is_awaited(h2, http2_streams_id(&h2->streams, stream))))
		http2_streams_remove(&h2->streams, stream);
}

/* ---- content ---- */

static struct body *body_of(const struct http2_turn *turn, enum direction dir, const struct block *block)
{
	const struct http2_head *head = &block->head;

	if (!turn->out->bodies || block->ends)
		return NULL;
	return body_open(turn->out->bodies, &(struct body_head){
		.dir = dir,
		.content_type = http2_head_get(head, HTTP2_CONTENT_TYPE),
		.content_encoding = http2_head_get(head, HTTP2_CONTENT_ENCODING),
		.length = head->has_length ? head->length : UINT64_MAX,
	});
}

/* Never NULL: that would say that nobody looked. */
static struct bytes action_of(const struct http2_head *head)
{
	return http2_head_get(head, http2_head_has(head, HTTP2_ACTION) ? HTTP2_ACTION : HTTP2_SOAP_ACTION);
}

static void request_content(const struct http2_turn *turn, struct http2_stream *stream, const struct block *block)
{
	const struct http2_head *head = &block->head;
	const struct body_request request = {
		.method = http2_head_get(head, HTTP2_METHOD),
		.target = http2_head_get(head, HTTP2_PATH),
		.content_type = http2_head_get(head, HTTP2_CONTENT_TYPE),
		.action = action_of(head),
	};
	unsigned wanted = turn->out->bodies ? body_wanted(&request) : 0;

	stream->wants_answer = wanted & BODY_OF_RESPONSE;
	if (wanted & BODY_OF_REQUEST && !stream->body[TO_SERVER])
		stream->body[TO_SERVER] = body_of(turn, TO_SERVER, block);
}

/* ---- what a block is ---- */

/* Is anything known of it? */
static bool says_something(const struct http2_head *head)
{
	return head->has || head->n_headers;
}

static void request(struct http2_turn *turn, struct http2_stream *stream, struct block *block)
{
	struct http2_stream without;
	const struct http2_head *head = &block->head;

	if (!stream)
		stream = stream_new(turn, block->id, &without);
	count_opened(turn->h2, block->id);
	stream->requested = true;
	stream->ended &= (uint8_t)~(1u << TO_SERVER);
	stream->has_length = head->has_length;
	stream->length = head->length;
	stream->is_websocket = bytes_is(http2_head_get(head, HTTP2_METHOD), "CONNECT") &&
			       bytes_is(http2_head_get(head, HTTP2_PROTOCOL), "websocket");
	if (stream != &without)
		request_content(turn, stream, block);
	if (says_something(head))
		emit_head(turn, stream, block, HTTP2_REQUEST);
	if (block->ends && stream != &without)
		http2_exchange_end(turn, stream, TO_SERVER, NULL);
}

static void response(struct http2_turn *turn, struct http2_stream *stream, struct block *block)
{
	struct http2_stream without;
	const struct http2_head *head = &block->head;

	if (head->status / 100 == 1) { /* interim: it answers nothing */
		http2_turn_tell(turn, head->odd);
		return;
	}
	if (!stream) {
		stream = stream_new(turn, block->id, &without);
		stream->ended = 1u << TO_SERVER; /* nobody knows, and nobody asks */
	}
	stream->answered = true;
	stream->unsure = !head->status && head->desync;
	if (stream->is_websocket && head->status / 100 == 2 && stream != &without && !stream->websocket)
		stream->websocket = websocket_new(turn->out->bodies ? body_env_lasting(turn->out->bodies) : turn->h2->streams.budget);
	if (stream->wants_answer && stream != &without && !stream->body[TO_CLIENT])
		stream->body[TO_CLIENT] = body_of(turn, TO_CLIENT, block);
	emit_head(turn, stream, block, HTTP2_RESPONSE);
	if (stream->is_websocket && head->status / 100 == 2) { /* as in HTTP/1.1, it ends with the head, whenever the stream does */
		emit_end(turn, stream, TO_CLIENT, NULL);
		stream->is_open = true;
	}
	if (stream == &without) {
		if (block->ends)
			emit_end(turn, stream, TO_CLIENT, NULL);
		return;
	}
	if (block->ends)
		http2_exchange_end(turn, stream, TO_CLIENT, NULL);
}

static void trailers(struct http2_turn *turn, struct http2_stream *stream, struct block *block)
{
	enum direction dir = turn->in->dir;

	http2_head_judge(&block->head, HTTP2_TRAILERS);
	http2_turn_tell(turn, block->head.odd);
	if (!stream || !block->ends)
		return;
	struct record *record = dir == TO_CLIENT ? http2_record_of_trailers(&block->head, turn->out->arena) : NULL;

	http2_exchange_end(turn, stream, dir, record);
}

static bool has_request_pseudo(const struct http2_head *head)
{
	return http2_head_has(head, HTTP2_METHOD) || http2_head_has(head, HTTP2_PATH) || http2_head_has(head, HTTP2_AUTHORITY);
}

/* Could these be trailers of a request that was not seen? A request has a scheme, which encoders take from the static table. */
static bool may_be_trailers(const struct http2_side *side, const struct block *block)
{
	return side->uncertain && block->ends && !has_request_pseudo(&block->head) && !http2_head_has(&block->head, HTTP2_SCHEME);
}

/* Is this a head that the other side would send? */
static bool is_of_other(struct http2_turn *turn, const struct block *block)
{
	bool status = http2_head_has(&block->head, HTTP2_STATUS), request = has_request_pseudo(&block->head);

	if (!turn->h2->settled && status != request)
		http2_turn_settle(turn, status == (turn->in->dir == TO_CLIENT));
	return turn->reversed;
}

static void from_client(struct http2_turn *turn, struct block *block)
{
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, block->id);
	bool is_new = block->id > turn->side->last_id;

	if (block->id % 2 == 0) /* said already */
		return;
	if (stream && stream->requested) {
		trailers(turn, stream, block);
	} else if (stream || (is_new && !may_be_trailers(turn->side, block)) || has_request_pseudo(&block->head)) {
		if (!stream && !may_be_unseen(turn->h2, block->id)) {
			if (turn->side->searched) /* content that is frames itself, a capture maybe, was taken for them */
				return;
			http2_turn_tell(turn, HTTP2_BAD_STREAM_ID);
		}
		request(turn, stream, block);
	}
}

static void from_server(struct http2_turn *turn, struct block *block)
{
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, block->id);
	bool has_status = http2_head_has(&block->head, HTTP2_STATUS);

	if (stream && stream->answered && !(stream->unsure && has_status))
		trailers(turn, stream, block);
	else if (stream || (may_be_unseen(turn->h2, block->id) && (has_status || block->head.desync)))
		response(turn, stream, block);
}

static void promise(struct http2_turn *turn, struct block *block)
{
	if (block->id % 2 || !block->id || http2_streams_find(&turn->h2->streams, block->id)) {
		http2_turn_tell(turn, HTTP2_BAD_STREAM_ID);
		return;
	}
	block->ends = true;
	request(turn, NULL, block);
}

/* Where the block breaks the rules or a cap, what stands before is there. */
static void decode(struct http2_turn *turn, struct bytes fields, struct block *block, bool damaged)
{
	static const uint32_t odds[] = {
		[HPACK_BAD] = HTTP2_BAD_HPACK,
		[HPACK_FULL] = HTTP2_HEADER_LIST_TOO_LONG,
		[HPACK_MEMORY] = HTTP2_MEMORY,
	};
	struct hpack_fields decoded = { 0 };
	enum hpack_status status = hpack_decode(&turn->side->hpack, fields, &decoded, turn->out->arena);

	http2_head_sort(&block->head, &decoded, turn->out->arena);
	block->head.damaged = damaged || status != HPACK_OK;
	if (status != HPACK_OK && !(damaged && status == HPACK_BAD))
		http2_turn_tell(turn, odds[status]);
	if (decoded.lax)
		http2_turn_tell(turn, HTTP2_BAD_HPACK);
}

void http2_exchange_block(struct http2_turn *turn, const struct http2_frame *frame, const struct http2_block_content *content,
    bool damaged)
{
	struct block block;

	block.id = frame->type == HTTP2_FRAME_PUSH_PROMISE ? content->promised : frame->stream;
	block.ends = frame->type == HTTP2_FRAME_HEADERS && (frame->flags & HTTP2_END_STREAM) && !damaged;
	block.weight = content->weight;
	turn->n_blocks++;
	decode(turn, content->fields, &block, damaged);
	if (frame->type == HTTP2_FRAME_PUSH_PROMISE && turn->in->dir == TO_CLIENT)
		promise(turn, &block);
	else if (is_of_other(turn, &block))
		return;
	else if (frame->type == HTTP2_FRAME_HEADERS && turn->in->dir == TO_SERVER)
		from_client(turn, &block);
	else if (frame->type == HTTP2_FRAME_HEADERS)
		from_server(turn, &block);
}

void http2_exchange_unread(struct http2_turn *turn, const struct http2_frame *frame)
{
	struct block block = { .id = frame->stream, .ends = frame->flags & HTTP2_END_STREAM, .weight = -1, .head.damaged = true };

	hpack_lost(&turn->side->hpack);
	if (frame->type != HTTP2_FRAME_HEADERS)
		return;
	if (turn->in->dir == TO_SERVER) {
		from_client(turn, &block);
		return;
	}
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, frame->stream);

	if (stream)
		stream->answered = true;
	if (stream && block.ends)
		http2_exchange_end(turn, stream, TO_CLIENT, NULL);
}

/* ---- the end ---- */

void http2_exchange_reset(struct http2_turn *turn, uint32_t id, uint32_t code)
{
	struct http2_stream *stream = http2_streams_find(&turn->h2->streams, id);
	enum direction dir = turn->in->dir;

	if (!stream)
		return;
	if (!http2_stream_ended(stream, TO_SERVER))
		emit_end(turn, stream, TO_SERVER, NULL);
	if (!http2_stream_ended(stream, TO_CLIENT))
		emit_end(turn, stream, TO_CLIENT, http2_record_of_reset(dir, code, turn->out->arena));
	http2_streams_remove(&turn->h2->streams, stream);
}

void http2_exchange_finish(struct http2 *h2, struct outbox *out)
{
	const struct chunk none = { .data = bytes_of("", 0) };
	struct http2_turn turn = { .h2 = h2, .in = &none, .out = out };
	struct http2_stream *stream;
	uint32_t at = 0;

	while ((stream = http2_streams_next(&h2->streams, &at)))
		for (int dir = TO_SERVER; dir <= TO_CLIENT; dir++)
			if (stream->body[dir]) {
				body_gap(stream->body[dir]);
				emit_end(&turn, stream, (enum direction)dir, NULL);
			}
}
