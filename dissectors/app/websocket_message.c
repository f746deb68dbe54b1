#include "dissectors/app/websocket_message.h"

#include "dissectors/app/websocket.h"
#include "dissectors/app/websocket_text.h"

enum {
	LEAST_LEN = 16,      /* a shorter message holds no credential, nor a name and a value */
	SINK_LEN = 4096,     /* limits are looked at whenever so much was inflated for nothing, however it was cut */
	UNMASK_LEN = 1024,   /* of compressed bytes at once */
	SCRATCH_LEN = 1024,
};

bool websocket_message_had_enough(const struct websocket_message *message)
{
	return message->n_text >= WEBSOCKET_TEXT_CAP;
}

void websocket_message_fini(struct websocket_message *message, struct budget *budget)
{
	websocket_gather_drop(&message->gather, budget);
	websocket_inflate_free(message->inflate);
	message->inflate = NULL;
}

/* ---- telling ---- */

/* Counts what is looked at, and takes off what would be too much. */
static bool look(struct websocket_message *message, struct bytes *content)
{
	uint32_t *n = message->is_binary ? &message->n_binary : &message->n_text;
	uint32_t cap = message->is_binary ? WEBSOCKET_BINARY_CAP : WEBSOCKET_TEXT_CAP;
	bool whole = content->len <= cap - *n;

	*content = bytes_head(*content, cap - *n);
	*n += (uint32_t)content->len;
	return whole;
}

static bool may_tell(const struct websocket_message *message, struct bytes content, bool is_json)
{
	return message->is_binary && !is_json ? websocket_text_has_token(content) : websocket_text_may_tell(content);
}

/* Lasting: as long as the outbox's views. True: it is in the outbox. */
static bool tell(struct websocket_message *message, struct bytes content, bool lasting, bool cut, struct websocket_turn *turn)
{
	struct outbox *out = turn->out;

	cut |= !look(message, &content);
	struct bytes json = websocket_text_json(content);

	if (!may_tell(message, content, json.len) || outbox_message_full(out))
		return false;
	if (json.len)
		content = json;
	if (!lasting)
		content = arena_copy(out->arena, content);
	if (!content.data)
		return false;
	out->messages[out->n_messages++] = (struct http_message){
		.dir = turn->in->dir,
		.is_text = true,
		.tx = turn->tx,
		.content = content,
		.content_type = json.len ? HTTP_CONTENT_JSON : HTTP_CONTENT_TEXT,
		.content_cut = cut,
		.time_ns = turn->in->time_ns,
		.number = turn->in->number,
	};
	return true;
}

/* What was gathered is told, and the rest passed over. */
static void tell_gathered(struct websocket_message *message, bool cut, struct websocket_turn *turn)
{
	if (message->mode != WEBSOCKET_SINK && message->gather.len)
		(void)tell(message, websocket_gather_all(&message->gather), false, cut, turn);
	websocket_gather_drop(&message->gather, turn->budget);
	message->mode = WEBSOCKET_PASS;
}

/* ---- as they were sent ---- */

/* Memory of the outbox's, for what may turn out to be of no use: then it serves again. */
static uint8_t *scratch_of(struct websocket_turn *turn, size_t len)
{
	if (turn->scratch_len < len) {
		size_t scratch_len = len < SCRATCH_LEN ? SCRATCH_LEN : len;

		turn->scratch = arena_alloc(turn->out->arena, scratch_len);
		turn->scratch_len = turn->scratch ? scratch_len : 0;
	}
	return turn->scratch;
}

/* A message that is there as a whole needs no memory, or just some of the outbox's to be unmasked in. */
static void keep_whole(struct websocket_message *message, const struct websocket_frame *frame, struct bytes payload,
    struct websocket_turn *turn)
{
	struct bytes content = bytes_head(payload, WEBSOCKET_MESSAGE_CAP);
	bool cut = content.len < payload.len;

	message->mode = WEBSOCKET_PASS;
	if (!frame->masked) {
		(void)tell(message, content, !turn->fleeting, cut, turn);
		return;
	}
	uint8_t *room = scratch_of(turn, content.len);

	if (!room)
		return;
	websocket_frame_unmask(frame, 0, content, room);
	if (tell(message, bytes_of(room, content.len), true, cut, turn)) {
		turn->scratch = NULL;
		turn->scratch_len = 0;
	}
}

static void keep(struct websocket_message *message, const struct websocket_frame *frame, uint64_t at,
    struct bytes piece, struct websocket_turn *turn)
{
	struct websocket_gather *gather = &message->gather;

	if (frame->fin && frame->opcode != WEBSOCKET_CONTINUATION && piece.len == frame->len) {
		keep_whole(message, frame, piece, turn);
		return;
	}
	struct bytes part = bytes_head(piece, WEBSOCKET_MESSAGE_CAP - gather->len);

	if (!websocket_gather_reserve(gather, gather->len + part.len, turn->budget)) {
		websocket_gather_drop(gather, turn->budget);
		message->mode = WEBSOCKET_PASS;
		return;
	}
	websocket_frame_unmask(frame, at, part, gather->data + gather->len);
	gather->len += part.len;
	if (part.len < piece.len)
		tell_gathered(message, true, turn);
}

/* ---- inflated ---- */

static void miss(struct websocket_message *message)
{
	if (message->inflate)
		websocket_inflate_lose(message->inflate);
	message->missed = true;
}

static void inflate_fails(struct websocket_message *message, enum websocket_inflated how, struct websocket_turn *turn)
{
	tell_gathered(message, true, turn);
	if (how == WEBSOCKET_INFLATE_BAD && !message->missed)
		turn->odd |= WEBSOCKET_BAD_DEFLATE;
	miss(message);
}

static bool within_limits(struct websocket_message *message, struct websocket_turn *turn)
{
	enum websocket_inflate_limit limit = websocket_inflate_limit(message->inflate);

	if (limit == WEBSOCKET_INFLATE_WITHIN)
		return true;
	if (limit == WEBSOCKET_INFLATE_BOMB)
		turn->odd |= WEBSOCKET_INFLATE_CAP;
	websocket_inflate_free(message->inflate);
	message->inflate = NULL;
	message->inflates_no_more = true;
	return false;
}

/* The room is full: of what is kept there may be more; what is inflated for nothing goes over itself. False: no more of it. */
static bool inflate_goes_on(struct websocket_message *message, struct websocket_turn *turn)
{
	if (message->mode == WEBSOCKET_SINK) {
		message->gather.len = 0;
		if (within_limits(message, turn))
			return true;
		tell_gathered(message, true, turn);
		return false;
	}
	if (message->gather.len <= WEBSOCKET_MESSAGE_CAP)
		return true;
	(void)tell(message, bytes_head(websocket_gather_all(&message->gather), WEBSOCKET_MESSAGE_CAP), false, true, turn);
	message->mode = WEBSOCKET_SINK;
	message->gather.len = 0;
	return true;
}

/* One byte more than is told, to know whether there is more. */
static size_t inflate_room(const struct websocket_message *message)
{
	size_t most = message->mode == WEBSOCKET_SINK ? SINK_LEN : WEBSOCKET_MESSAGE_CAP + 1;

	return message->gather.cap < most ? message->gather.cap : most;
}

static void inflate_part(struct websocket_message *message, struct bytes part, struct websocket_turn *turn)
{
	enum websocket_inflated then = WEBSOCKET_INFLATE_MORE;
	struct websocket_gather *gather = &message->gather;

	while (then == WEBSOCKET_INFLATE_MORE) {
		size_t least = message->mode == WEBSOCKET_SINK ? SINK_LEN : gather->len + 1;

		then = WEBSOCKET_INFLATE_REFUSED;
		if (websocket_gather_reserve(gather, least, turn->budget))
			then = websocket_inflate_step(message->inflate, &part, gather->data, &gather->len, inflate_room(message));
		if (then == WEBSOCKET_INFLATE_MORE && gather->len == inflate_room(message) && !inflate_goes_on(message, turn))
			return;
	}
	if (then != WEBSOCKET_INFLATED)
		inflate_fails(message, then, turn);
}

static void inflate_piece(struct websocket_message *message, const struct websocket_frame *frame, uint64_t at,
    struct bytes piece, struct websocket_turn *turn)
{
	uint8_t room[UNMASK_LEN];

	while (piece.len && message->mode >= WEBSOCKET_INFLATE) {
		struct bytes part = frame->masked ? bytes_head(piece, sizeof room) : piece;

		piece = bytes_tail(piece, part.len);
		if (frame->masked) {
			websocket_frame_unmask(frame, at, part, room);
			at += part.len;
			part.data = room;
		}
		inflate_part(message, part, turn);
	}
}

static void inflate_end(struct websocket_message *message, struct websocket_turn *turn)
{
	enum websocket_inflated how = websocket_inflate_end(message->inflate);

	if (how != WEBSOCKET_INFLATED) {
		inflate_fails(message, how, turn);
		return;
	}
	(void)within_limits(message, turn);
	tell_gathered(message, false, turn);
}

/* ---- */

static enum websocket_mode mode_of(struct websocket_message *message, const struct websocket_frame *frame, struct budget *budget)
{
	bool spent = message->is_binary && message->n_binary >= WEBSOCKET_BINARY_CAP;

	if (!frame->compressed)
		return frame->reserved || spent || (frame->fin && frame->len < LEAST_LEN) ? WEBSOCKET_PASS : WEBSOCKET_KEEP;
	if (!frame->reserved && !message->inflates_no_more && !message->inflate)
		message->inflate = websocket_inflate_new(budget);
	if (frame->reserved || !message->inflate) {
		miss(message);
		return WEBSOCKET_PASS;
	}
	return spent ? WEBSOCKET_SINK : WEBSOCKET_INFLATE;
}

void websocket_message_begin(struct websocket_message *message, const struct websocket_frame *frame, struct websocket_turn *turn)
{
	message->is_binary = frame->opcode == WEBSOCKET_BINARY;
	message->mode = (uint8_t)mode_of(message, frame, turn->budget);
}

void websocket_message_add(struct websocket_message *message, const struct websocket_frame *frame, uint64_t at,
    struct bytes piece, struct websocket_turn *turn)
{
	if (message->mode == WEBSOCKET_KEEP)
		keep(message, frame, at, piece, turn);
	else if (message->mode >= WEBSOCKET_INFLATE)
		inflate_piece(message, frame, at, piece, turn);
}

void websocket_message_end(struct websocket_message *message, struct websocket_turn *turn)
{
	if (message->mode >= WEBSOCKET_INFLATE)
		inflate_end(message, turn);
	else if (message->mode == WEBSOCKET_KEEP)
		tell_gathered(message, false, turn);
	message->mode = WEBSOCKET_BETWEEN;
}

void websocket_message_break(struct websocket_message *message, struct websocket_turn *turn)
{
	if (message->mode >= WEBSOCKET_INFLATE)
		miss(message);
	if (message->mode > WEBSOCKET_PASS)
		tell_gathered(message, true, turn);
}

void websocket_message_lose(struct websocket_message *message, struct websocket_turn *turn)
{
	websocket_message_break(message, turn);
	miss(message);
	message->mode = WEBSOCKET_BETWEEN;
}
