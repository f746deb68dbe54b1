/* HTTP/2 (RFC 9113): the walk of each direction through its frames.
 *
 *           preface, or frames that fit each other
 *   AT_START -------------------------------------> AT_FRAME <-+
 *                                                    |  |  |   |
 *                HEADERS, PUSH_PROMISE: IN_BLOCK ----+  |  |   +-- its end
 *                DATA that someone wants: IN_CONTENT ---+  |   |
 *                all that can be passed by: IN_PAYLOAD ----+---+
 *
 *   any of them -- bytes are lost, and more than of a payload --> LOST -- frames that fit each other --> AT_FRAME
 *
 * What a block says of its stream is http2_exchange.c, what DATA brings http2_data.c, everything else http2_control.c. */
#include "dissectors/app/http2_chain.h"
#include "dissectors/app/http2_control.h"
#include "dissectors/app/http2_data.h"
#include "dissectors/app/http2_exchange.h"

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum { PREFACE_LEN = sizeof preface - 1, BLOCKS_A_TURN = 16, STREAMS_ONE_SIDED = 64 };

enum then {
	THEN_AGAIN,
	THEN_WAIT,  /* the rest is too short: keep it */
	THEN_SKIP,  /* all used, and `skip` more to come that nobody wants */
	THEN_PAUSE, /* the outbox is full */
};

static struct bytes turn_rest(const struct http2_turn *turn)
{
	return bytes_tail(turn->in->data, turn->at);
}

static enum then turn_to(struct http2_turn *turn, enum http2_phase phase)
{
	turn->side->phase = (uint8_t)phase;
	turn->side->held = 0;
	turn->side->block = (struct http2_block){ 0 };
	return THEN_AGAIN;
}

/* Keeps what is left until it is `need` bytes; at the stream's end there is none. */
static enum then turn_wait(struct http2_turn *turn, size_t need)
{
	turn->need = need;
	if (turn->in->is_last) {
		turn->at = turn->in->data.len;
		turn_to(turn, HTTP2_GONE);
	}
	return THEN_WAIT;
}

/* `len` bytes from here on are nobody's. */
static enum then turn_pass(struct http2_turn *turn, uint32_t len)
{
	turn_to(turn, HTTP2_IN_PAYLOAD);
	turn->side->left = len;
	turn->side->content = turn->side->stream = 0;
	turn->side->ends = false;
	return THEN_AGAIN;
}

/* SETTINGS of this side may not have been seen: nobody knows what they allow the other one. */
static void settings_unseen(struct http2_turn *turn)
{
	struct http2_side *other = &turn->h2->side[!turn->in->dir];

	hpack_settings(&other->hpack, UINT32_MAX);
	other->frame_len = HTTP2_FRAME_LEN_MOST;
}

/* Nobody knows where the next frame begins, and what was said in between. */
static enum then turn_lost(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;

	hpack_lost(&side->hpack);
	settings_unseen(turn);
	http2_data_lost(turn->h2, turn->in->dir);
	side->uncertain = true;
	side->orphan = true;
	side->left = side->content = side->stream = 0;
	side->ends = false;
	return turn_to(turn, HTTP2_LOST);
}

/* ---- where frames begin ---- */

/* What came before was not seen. Where the other side allowed nothing yet that we know of, nor is that known. */
static void side_joins(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	struct budget *budget = side->hpack.budget;

	settings_unseen(turn);
	side->uncertain = true;
	side->orphan = true;
	if (turn->h2->side[!turn->in->dir].settings_seen) {
		hpack_lost(&side->hpack);
		return;
	}
	side->frame_len = HTTP2_FRAME_LEN_MOST;
	hpack_fini(&side->hpack);
	hpack_init(&side->hpack, budget, false);
}

/* SETTINGS begin what a server sends. But gRPC sends them at any time, and of a client something else was seen before its own. */
static bool server_may_begin(const struct http2_turn *turn)
{
	const struct http2_side *client = &turn->h2->side[TO_SERVER];

	return turn->in->dir == TO_CLIENT && (client->phase == HTTP2_AT_START || client->from_start);
}

static enum then turn_start(struct http2_turn *turn)
{
	struct bytes rest = turn_rest(turn);
	struct http2_chain chain;
	size_t len = rest.len < PREFACE_LEN ? rest.len : PREFACE_LEN;

	if (turn->h2->side[!turn->in->dir].phase != HTTP2_AT_START)
		turn->h2->streams.cap = HTTP2_STREAMS_CAP; /* streams close where both directions are seen */
	if (turn->in->dir == TO_SERVER && memcmp(rest.data, preface, len) == 0) {
		if (len < PREFACE_LEN)
			return turn_wait(turn, PREFACE_LEN);
		turn->at += PREFACE_LEN;
		turn->side->from_start = true;
		http2_turn_settle(turn, true);
		return turn_to(turn, HTTP2_AT_FRAME);
	}
	switch (http2_chain_look(&chain, turn->in->dir, rest, true)) {
	case HTTP2_PARTIAL:
		return turn_wait(turn, chain.need);
	case HTTP2_FITS:
		turn->side->from_start = chain.begins && server_may_begin(turn);
		break;
	case HTTP2_NO:
		break;
	}
	if (!turn->side->from_start)
		side_joins(turn);
	return turn_to(turn, turn->side->from_start ? HTTP2_AT_FRAME : HTTP2_LOST);
}

/* Are there frames here that only the other side would send? */
static bool is_of_other(const struct http2_turn *turn)
{
	struct http2_chain chain;
	size_t at;

	if (turn->h2->settled || http2_chain_find(&chain, (enum direction)!turn->in->dir, turn_rest(turn), &at) != HTTP2_FITS)
		return false;
	return chain.from_client || chain.from_server;
}

static enum then turn_find(struct http2_turn *turn)
{
	struct http2_chain chain;
	size_t at;

	turn->side->searched = true;
	enum http2_fit fit = http2_chain_find(&chain, turn->in->dir, turn_rest(turn), &at);

	if (fit != HTTP2_FITS && is_of_other(turn)) {
		http2_turn_settle(turn, false);
		return THEN_PAUSE;
	}
	turn->at += at;
	if (fit != HTTP2_FITS)
		return turn_wait(turn, fit == HTTP2_PARTIAL ? chain.need : 0);
	if (chain.from_client || chain.from_server)
		http2_turn_settle(turn, true);
	return turn_to(turn, HTTP2_AT_FRAME);
}

/* ---- frames ---- */

static enum then turn_data(struct http2_turn *turn, const struct http2_frame *frame)
{
	struct bytes payload = bytes_tail(turn_rest(turn), HTTP2_FRAME_HEADER);
	bool padded = frame->flags & HTTP2_PADDED && frame->len;

	if (padded && !payload.len)
		return turn_wait(turn, HTTP2_FRAME_HEADER + 1);
	turn->at += (size_t)HTTP2_FRAME_HEADER + padded;
	turn_to(turn, HTTP2_IN_PAYLOAD);
	http2_data_begin(turn, frame, padded ? payload.data[0] : 0);
	return THEN_AGAIN;
}

static enum then turn_control(struct http2_turn *turn, const struct http2_frame *frame)
{
	struct bytes payload = bytes_tail(turn_rest(turn), HTTP2_FRAME_HEADER);
	size_t wants = http2_control_wants(frame);

	if (payload.len < wants)
		return turn_wait(turn, HTTP2_FRAME_HEADER + wants);
	turn->at += HTTP2_FRAME_HEADER + wants;
	turn_pass(turn, frame->len - (uint32_t)wants);
	http2_control_take(turn, frame, bytes_head(payload, wants));
	return THEN_AGAIN;
}

/* A block's further frames are looked at with its first one. */
static enum then turn_continuation(struct http2_turn *turn, const struct http2_frame *frame)
{
	if (!turn->side->orphan)
		http2_turn_tell(turn, HTTP2_BAD_CONTINUATION);
	turn->side->orphan = !(frame->flags & HTTP2_END_HEADERS);
	turn->at += HTTP2_FRAME_HEADER;
	return turn_pass(turn, frame->len);
}

/* Where frames were found again, is this none? Then other bytes were taken for frames. */
static bool is_misread(const struct http2_side *side, const struct http2_frame *frame, enum direction dir)
{
	struct http2_frame usual = *frame;

	usual.len = HTTP2_FRAME_LEN;
	return frame->len > side->frame_len || (frame->len > HTTP2_FRAME_LEN && !http2_frame_is_sane(&usual, dir));
}

static enum then turn_frame(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	struct http2_frame frame;
	enum direction dir = turn->in->dir;

	if (!http2_frame_parse(turn_rest(turn), &frame)) {
		side->held = 0;
		return turn_wait(turn, HTTP2_FRAME_HEADER);
	}
	if (side->searched && is_misread(side, &frame, dir))
		return turn_lost(turn);
	if (frame.len > side->frame_len)
		http2_turn_tell(turn, HTTP2_BAD_FRAME); /* there are servers that take it */
	side->held = HTTP2_FRAME_HEADER + frame.len;
	uint32_t odd = http2_frame_odd(&frame, dir);

	if (frame.type == HTTP2_FRAME_CONTINUATION)
		return turn_continuation(turn, &frame);
	side->orphan = false;
	http2_turn_tell(turn, odd);
	bool begins_block = frame.type == HTTP2_FRAME_HEADERS || frame.type == HTTP2_FRAME_PUSH_PROMISE;

	if (odd & HTTP2_BAD_FRAME || (odd && !begins_block)) { /* a block changes the table, whatever it stands on */
		turn->at += HTTP2_FRAME_HEADER;
		return turn_pass(turn, frame.len);
	}
	if (begins_block)
		return turn_to(turn, HTTP2_IN_BLOCK);
	return frame.type == HTTP2_FRAME_DATA ? turn_data(turn, &frame) : turn_control(turn, &frame);
}

/* ---- header blocks ---- */

static enum then block_read(struct http2_turn *turn, const struct http2_frame *frame, struct bytes rest, bool damaged)
{
	struct http2_block_content content;
	size_t len = turn->side->block.len;

	if (!http2_block_join(&turn->side->block, rest, &content, turn->out->arena) || content.no_memory) {
		http2_turn_tell(turn, content.no_memory ? HTTP2_MEMORY : HTTP2_BAD_FRAME);
		http2_exchange_unread(turn, frame);
	} else {
		if (damaged)
			http2_turn_tell(turn, HTTP2_TRUNCATED_HEAD);
		if (turn->side->block.n > HTTP2_BLOCK_CONTINUATIONS)
			http2_turn_tell(turn, HTTP2_CONTINUATION_FLOOD);
		http2_exchange_block(turn, frame, &content, damaged);
	}
	turn->at += len < rest.len ? len : rest.len;
	turn_to(turn, damaged ? HTTP2_GONE : HTTP2_AT_FRAME);
	return turn->reversed ? THEN_PAUSE : THEN_AGAIN;
}

/* Its stream counts, and its frames go by. */
static enum then block_drop(struct http2_turn *turn, const struct http2_frame *frame, uint32_t odd)
{
	uint32_t len = turn->side->block.len;

	turn->side->orphan = !turn->side->block.whole;
	http2_turn_tell(turn, odd);
	http2_exchange_unread(turn, frame);
	return turn_pass(turn, len);
}

static enum then turn_block(struct http2_turn *turn)
{
	struct bytes rest = turn_rest(turn);
	struct http2_frame frame;
	size_t need;

	(void)http2_frame_parse(rest, &frame);
	switch (http2_block_scan(&turn->side->block, rest, &need)) {
	case HTTP2_BLOCK_WHOLE:
		return block_read(turn, &frame, rest, false);
	case HTTP2_BLOCK_BROKEN:
		return block_drop(turn, &frame, HTTP2_BAD_CONTINUATION);
	case HTTP2_BLOCK_LONG:
		return block_drop(turn, &frame, turn->side->block.n ? HTTP2_CONTINUATION_FLOOD : HTTP2_HEADER_LIST_TOO_LONG);
	case HTTP2_BLOCK_PARTIAL:
		break;
	}
	turn->side->held = turn->side->block.len;
	return turn->in->is_last ? block_read(turn, &frame, rest, true) : turn_wait(turn, need);
}

/* ---- payload ---- */

/* The last byte of what ends a stream is not skipped, so that the end is told when it arrives and not with the next frame. */
static enum then turn_payload(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	struct bytes rest = turn_rest(turn);
	uint32_t len = rest.len < side->left ? (uint32_t)rest.len : side->left;

	turn->at += len;
	side->left -= len;
	if (side->left && side->ends) {
		turn->skip = side->left - 1;
		side->left = 1;
		return THEN_SKIP;
	}
	turn->skip = side->left;
	bool skips = side->left;

	http2_data_done(turn);
	return skips ? THEN_SKIP : THEN_AGAIN;
}

static enum then turn_content(struct http2_turn *turn)
{
	if (!turn_rest(turn).len) {
		turn->need = 0;
		return THEN_WAIT;
	}
	return http2_data_take(turn) ? THEN_AGAIN : THEN_PAUSE;
}

/* ---- gaps ---- */

/* What was lost is less than the rest of the frames at hand: the next one is where it would have been. */
static bool gap_within_held(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	uint64_t gap = turn->in->gap;
	bool in_block = side->phase == HTTP2_IN_BLOCK;

	if (!side->held || gap > side->held || (side->phase != HTTP2_AT_FRAME && !in_block))
		return false;
	if (in_block) {
		hpack_lost(&side->hpack);
		side->orphan = !side->block.whole;
		side->uncertain = true;
	} else {
		settings_unseen(turn);
	}
	turn_pass(turn, side->held - (uint32_t)gap);
	return true;
}

static void turn_gap(struct http2_turn *turn)
{
	struct http2_side *side = turn->side;
	uint64_t gap = turn->in->gap;

	switch ((enum http2_phase)side->phase) {
	case HTTP2_AT_START:
		side_joins(turn);
		turn_to(turn, HTTP2_LOST);
		return;
	case HTTP2_LOST:
	case HTTP2_GONE:
		return;
	case HTTP2_IN_PAYLOAD:
	case HTTP2_IN_CONTENT: {
		uint32_t len = gap < side->left ? (uint32_t)gap : side->left;

		gap -= len;
		http2_data_lose(turn, len);
		break;
	}
	case HTTP2_AT_FRAME:
	case HTTP2_IN_BLOCK:
		if (gap_within_held(turn))
			return;
		break;
	}
	if (gap)
		turn_lost(turn);
}

/* ---- the dissector ---- */

static enum then turn_step(struct http2_turn *turn)
{
	if (!turn_rest(turn).len && !(turn->side->phase == HTTP2_IN_PAYLOAD))
		return turn_wait(turn, 0);
	switch ((enum http2_phase)turn->side->phase) {
	case HTTP2_AT_START:
		return turn_start(turn);
	case HTTP2_AT_FRAME:
		return turn_frame(turn);
	case HTTP2_IN_BLOCK:
		return turn_block(turn);
	case HTTP2_IN_PAYLOAD:
		return turn_payload(turn);
	case HTTP2_IN_CONTENT:
		return turn_content(turn);
	case HTTP2_LOST:
		return turn_find(turn);
	case HTTP2_GONE:
		break;
	}
	turn->at = turn->in->data.len;
	turn->skip = DISSECTOR_SKIP_ALL;
	return THEN_SKIP;
}

/* Is it time to let the engine drain the outbox? So that anomalies stay with the message that has them, and what blocks expand to
 * stays within what an arena holds, not much is begun behind them. */
static bool turn_pauses(const struct http2_turn *turn)
{
	if (turn->at == turn->in->data.len)
		return false;
	return turn->out->n_messages + HTTP2_MESSAGES_A_FRAME > OUTBOX_MESSAGES || turn->n_blocks >= BLOCKS_A_TURN ||
	       (turn->at > 0 && turn->out->n_anomalies);
}

static void begin(struct http2 *h2, const struct outbox *out, bool upgraded)
{
	struct budget *budget = out->bodies ? out->bodies->budget : NULL;

	h2->begun = true;
	h2->streams.budget = budget;
	h2->streams.cap = STREAMS_ONE_SIDED;
	for (int dir = TO_SERVER; dir <= TO_CLIENT; dir++) {
		hpack_init(&h2->side[dir].hpack, budget, true);
		h2->side[dir].frame_len = HTTP2_FRAME_LEN;
	}
	if (!upgraded)
		return;
	hpack_settings(&h2->side[TO_CLIENT].hpack, UINT32_MAX); /* HTTP2-Settings may have allowed for more */
	h2->side[TO_CLIENT].frame_len = HTTP2_FRAME_LEN_MOST;
	struct http2_stream *stream = http2_streams_add(&h2->streams, 1);

	h2->side[TO_SERVER].last_id = 1;
	h2->settled = true;
	if (stream)
		*stream = (struct http2_stream){ .upgraded = true, .requested = true, .ended = 1u << TO_SERVER };
}

static struct progress feed(struct http2 *h2, const struct chunk *in, struct outbox *out)
{
	struct http2_turn turn = { .h2 = h2, .side = &h2->side[in->dir], .in = in, .out = out };
	enum then then = THEN_AGAIN;

	if (in->gap)
		turn_gap(&turn);
	while (then == THEN_AGAIN) {
		if (turn_pauses(&turn))
			return (struct progress){ .status = STATUS_OK, .used = turn.at };
		then = turn_step(&turn);
	}
	if (turn.reversed) {
		out->reversed = !in->is_last; /* then it is too late */
		return (struct progress){ .status = STATUS_OK, .used = in->is_last ? in->data.len : 0 };
	}
	bool waits = then == THEN_WAIT && turn.at < in->data.len;

	if (waits)
		return (struct progress){ .status = STATUS_MORE, .used = turn.at, .need = turn.need };
	return (struct progress){ .status = STATUS_OK, .used = turn.at, .skip = turn.skip };
}

static struct progress http2_feed(void *memory, const struct chunk *in, struct outbox *out)
{
	struct http2 *h2 = memory;
	struct chunk chunk = *in;

	if (!h2->begun) {
		begin(h2, out, false);
		if (!in->is_last) { /* what the other direction has waiting was undecided, and came before */
			out->other_first = true;
			return (struct progress){ .status = STATUS_OK };
		}
	}
	if (h2->side[!in->dir].phase == HTTP2_AT_START && h2->side[in->dir].phase == HTTP2_AT_START)
		chunk.gap = 0; /* it begins here, whatever was before it */
	return feed(h2, &chunk, out);
}

static struct progress http2_feed_upgraded(void *memory, const struct chunk *in, struct outbox *out)
{
	struct http2 *h2 = memory;

	if (!h2->begun)
		begin(h2, out, true);
	return feed(h2, in, out);
}

static void http2_finish(void *memory, struct outbox *out)
{
	struct http2 *h2 = memory;

	http2_exchange_finish(h2, out);
	h2->side[TO_SERVER].phase = h2->side[TO_CLIENT].phase = HTTP2_GONE;
}

static void http2_release(void *memory)
{
	struct http2 *h2 = memory;

	hpack_fini(&h2->side[TO_SERVER].hpack);
	hpack_fini(&h2->side[TO_CLIENT].hpack);
	http2_streams_fini(&h2->streams);
}

static enum verdict http2_probe(const struct chunk *first)
{
	struct http2_chain chain;
	size_t len = first->data.len < PREFACE_LEN ? first->data.len : PREFACE_LEN;

	if (first->dir == TO_SERVER && len && memcmp(first->data.data, preface, len) == 0)
		return len == PREFACE_LEN ? VERDICT_YES : first->is_last ? VERDICT_NO : VERDICT_MAYBE;
	switch (http2_chain_look(&chain, first->dir, first->data, first->is_last)) {
	case HTTP2_FITS:
		return chain.from_client || chain.from_server ? VERDICT_YES : VERDICT_EITHER;
	case HTTP2_PARTIAL:
		return VERDICT_MAYBE;
	case HTTP2_NO:
		break;
	}
	return VERDICT_NO;
}

static enum verdict http2_probe_nothing(const struct chunk *first)
{
	(void)first;
	return VERDICT_NO;
}

const struct dissector http2_dissector = {
	.name = "http2",
	.app_proto = "http2",
	.state_size = sizeof(struct http2),
	.probe = http2_probe,
	.feed = http2_feed,
	.finish = http2_finish,
	.release = http2_release,
};

/* What HTTP/1.1 was upgraded to: never recognised, only named. */
const struct dissector h2c_dissector = {
	.name = "h2c",
	.app_proto = "http2",
	.state_size = sizeof(struct http2),
	.probe = http2_probe_nothing,
	.feed = http2_feed_upgraded,
	.finish = http2_finish,
	.release = http2_release,
};
