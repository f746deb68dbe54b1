/* Each direction walks on its own:
 *
 *           +--- control frames, what is not looked at: skipped ---+
 *           v                                                      |
 *   HEAD ------> PAYLOAD ------> HEAD ...  ------> Close, enough seen: GONE
 *     ^            |
 *     |            +--- gap within: the message is cut, the frame's end is known still
 *     +-- SEARCH <-+--- gap beyond, or no header where one must be
 *
 * Everything that is fed is consumed: what is needed later is kept here. */
#include "dissectors/app/websocket.h"

#include "dissectors/app/websocket_message.h"
#include "dissectors/app/websocket_search.h"

enum phase { PHASE_HEAD, PHASE_PAYLOAD, PHASE_SEARCH, PHASE_GONE };

struct side {
	struct websocket_message message;
	struct websocket_search search; /* while there is something to be read in it, that comes first */
	struct websocket_frame frame;
	uint64_t left;                  /* bytes of the frame's payload that did not come yet */
	uint64_t gap;                   /* lost behind what is still to be read in `search` */
	uint16_t told;                  /* what was odd already */
	uint8_t phase;
	uint8_t header_len;
	uint8_t header[WEBSOCKET_HEADER_CAP]; /* of one that is not complete */
	bool lost;                      /* frames were searched for: what is odd may be our own mistake */
};

struct websocket {
	struct side side[2];
	struct budget *budget;
	int64_t time_ns;                /* of what was fed last */
	uint64_t number;
};

struct websocket *websocket_new(struct budget *budget)
{
	struct websocket *websocket = budget_alloc(budget, sizeof *websocket);

	if (websocket)
		*websocket = (struct websocket){ .budget = budget };
	return websocket;
}

/* Nothing of this direction is of interest any more. */
static void side_goes(struct side *side, struct budget *budget)
{
	websocket_message_fini(&side->message, budget);
	websocket_search_drop(&side->search, budget);
	side->phase = PHASE_GONE;
}

void websocket_free(struct websocket *websocket)
{
	if (!websocket)
		return;
	for (int dir = 0; dir < 2; dir++)
		side_goes(&websocket->side[dir], websocket->budget);
	budget_free(websocket->budget, websocket, sizeof *websocket);
}

/* ---- one call of feed ---- */

struct walk {
	struct side *side;
	struct websocket_turn turn;
	struct bytes rest; /* of what is fed */
};

/* Is there something to be read first? */
static bool side_has_found(const struct side *side)
{
	return side->phase != PHASE_SEARCH && side->search.at < side->search.len;
}

static struct bytes walk_ahead(const struct walk *walk)
{
	const struct websocket_search *search = &walk->side->search;

	if (side_has_found(walk->side))
		return bytes_of(search->data + search->at, search->len - search->at);
	return walk->rest;
}

/* What was ahead stays where it is. */
static void walk_pass(struct walk *walk, size_t len)
{
	if (side_has_found(walk->side))
		walk->side->search.at += (uint32_t)len;
	else
		walk->rest = bytes_tail(walk->rest, len);
}

/* After a loss what is odd may be our own mistake. */
static void walk_odd(struct walk *walk, unsigned odd)
{
	if (!walk->side->lost)
		walk->turn.odd |= odd;
}

static void walk_goes(struct walk *walk)
{
	websocket_message_break(&walk->side->message, &walk->turn);
	side_goes(walk->side, walk->turn.budget);
}

/* Where the next frame begins is not known any more. */
static void walk_loses(struct walk *walk, bool by_gap)
{
	struct side *side = walk->side;

	websocket_message_lose(&side->message, &walk->turn);
	side->lost = true;
	side->header_len = 0;
	side->phase = PHASE_SEARCH;
	websocket_search_begin(&side->search, by_gap);
}

/* ---- frames ---- */

static void payload_ends(struct walk *walk)
{
	struct side *side = walk->side;

	side->phase = PHASE_HEAD;
	if (side->frame.fin && !websocket_frame_is_control(&side->frame))
		websocket_message_end(&side->message, &walk->turn);
}

static void walk_payload(struct walk *walk)
{
	struct side *side = walk->side;
	struct bytes piece = walk_ahead(walk);
	uint64_t at = side->frame.len - side->left;

	if (piece.len > side->left)
		piece.len = (size_t)side->left;
	walk->turn.fleeting = side_has_found(side);
	walk_pass(walk, piece.len);
	side->left -= piece.len;
	if (!websocket_frame_is_control(&side->frame))
		websocket_message_add(&side->message, &side->frame, at, piece, &walk->turn);
	if (!side->left)
		payload_ends(walk);
}

static void data_begins(struct walk *walk)
{
	struct side *side = walk->side;
	struct websocket_message *message = &side->message;
	bool within = message->mode != WEBSOCKET_BETWEEN, goes_on = side->frame.opcode == WEBSOCKET_CONTINUATION;

	if (within != goes_on)
		walk_odd(walk, WEBSOCKET_BAD_CONTINUATION);
	if (!goes_on) {
		websocket_message_break(message, &walk->turn);
		websocket_message_begin(message, &side->frame, &walk->turn);
	} else if (!within) {
		message->mode = WEBSOCKET_PASS;
	} else if (side->frame.reserved || side->frame.compressed) { /* it is not what it seems */
		websocket_message_break(message, &walk->turn);
	}
}

static void frame_begins(struct walk *walk)
{
	struct side *side = walk->side;
	unsigned odd = websocket_frame_odd(&side->frame, walk->turn.in->dir), fatal = odd & WEBSOCKET_NO_HEADER;

	walk_odd(walk, fatal ? fatal : odd); /* of what is no header the other bits say nothing */
	if (fatal || (odd && side->lost)) {
		walk_loses(walk, false);
		return;
	}
	if (side->frame.opcode == WEBSOCKET_CLOSE) { /* the last frame, 5.5.1 */
		walk_goes(walk);
		return;
	}
	if (!websocket_frame_is_control(&side->frame))
		data_begins(walk);
	side->left = side->frame.len;
	side->phase = PHASE_PAYLOAD;
	if (!side->left)
		payload_ends(walk);
}

static void walk_head(struct walk *walk)
{
	struct side *side = walk->side;
	struct bytes ahead = walk_ahead(walk);
	size_t used = side->header_len ? 0 : websocket_frame_parse(ahead, &side->frame);
	bool whole = used != 0;

	while (!whole && used < ahead.len) {
		side->header[side->header_len++] = ahead.data[used++];
		whole = websocket_frame_parse(bytes_of(side->header, side->header_len), &side->frame);
	}
	walk_pass(walk, used);
	if (!whole)
		return;
	side->header_len = 0;
	frame_begins(walk);
}

/* ---- loss ---- */

static void walk_gap(struct walk *walk)
{
	struct side *side = walk->side;
	uint64_t gap = side->gap;

	side->gap = 0;
	if (side->phase != PHASE_PAYLOAD || gap > side->left) {
		walk_loses(walk, true);
		return;
	}
	if (!websocket_frame_is_control(&side->frame))
		websocket_message_break(&side->message, &walk->turn);
	side->left -= gap;
	if (!side->left)
		payload_ends(walk);
}

static void walk_search(struct walk *walk)
{
	struct side *side = walk->side;

	switch (websocket_search_take(&side->search, &walk->rest, walk->turn.in->dir, walk->turn.budget)) {
	case WEBSOCKET_FOUND:
		side->phase = PHASE_HEAD;
		break;
	case WEBSOCKET_FOUND_NEVER:
		side_goes(side, walk->turn.budget);
		break;
	case WEBSOCKET_FOUND_NOT_YET:
		break;
	}
}

/* Nothing follows. */
static void walk_end(struct walk *walk)
{
	struct side *side = walk->side;

	if (side->phase == PHASE_SEARCH && websocket_search_end(&side->search, walk->turn.in->dir))
		side->phase = PHASE_HEAD;
	else
		walk_goes(walk);
}

/* ---- */

/* Tells at most one message. False: there is nothing to be read. */
static bool walk_step(struct walk *walk)
{
	struct side *side = walk->side;
	bool has_found = side_has_found(side);

	if (side->search.len && side->phase != PHASE_SEARCH && !has_found)
		websocket_search_drop(&side->search, walk->turn.budget);
	if (websocket_message_had_enough(&side->message))
		side_goes(side, walk->turn.budget);
	else if (side->gap && !has_found)
		walk_gap(walk);
	else if (!walk_ahead(walk).len && !walk->turn.in->is_last)
		return false;
	else if (!walk_ahead(walk).len)
		walk_end(walk);
	else if (side->phase == PHASE_SEARCH)
		walk_search(walk);
	else if (side->phase == PHASE_HEAD)
		walk_head(walk);
	else
		walk_payload(walk);
	return true;
}

/* What is odd is told once of each direction. */
static void walk_tell_odd(struct walk *walk)
{
	unsigned news = walk->turn.odd & ~(unsigned)walk->side->told;

	walk->side->told |= (uint16_t)news;
	websocket_odd_tell(news, walk->turn.out);
	walk->turn.odd = 0;
}

struct progress websocket_feed(struct websocket *websocket, const struct chunk *in, uint64_t tx, struct outbox *out)
{
	struct side *side = &websocket->side[in->dir], *other = &websocket->side[!in->dir];
	struct walk walk = { .side = side, .rest = in->data,
		.turn = { .in = in, .budget = websocket->budget, .out = out, .tx = tx } };

	websocket->time_ns = in->time_ns;
	websocket->number = in->number;
	side->gap = side->gap < UINT64_MAX - in->gap ? side->gap + in->gap : UINT64_MAX;
	while (side->phase != PHASE_GONE && !outbox_message_full(out) && walk_step(&walk))
		walk_tell_odd(&walk);
	if (side->phase != PHASE_GONE)
		return (struct progress){ .status = STATUS_OK, .used = in->data.len - walk.rest.len };
	return (struct progress){ .status = other->phase == PHASE_GONE ? STATUS_OVER : STATUS_OK, .used = in->data.len,
		.skip = DISSECTOR_SKIP_ALL };
}

/* ---- as a dissector ---- */

struct websocket_state {
	struct websocket *websocket; /* NULL: nothing came yet */
};

/* What follows of a payload that nobody looks at is the engine's to skip. */
static uint64_t side_skip(struct side *side)
{
	bool is_control = websocket_frame_is_control(&side->frame);

	if (side->phase != PHASE_PAYLOAD || side_has_found(side) || side->gap)
		return 0;
	if (!is_control && !websocket_message_passes(&side->message))
		return 0;
	side->phase = PHASE_HEAD;
	if (side->frame.fin && !is_control)
		side->message.mode = WEBSOCKET_BETWEEN;
	return side->left;
}

static struct progress state_feed(void *memory, const struct chunk *in, struct outbox *out)
{
	struct websocket_state *state = memory;

	if (!out->bodies)
		return (struct progress){ .status = STATUS_OVER, .used = in->data.len };
	if (!state->websocket)
		state->websocket = websocket_new(body_env_lasting(out->bodies));
	if (!state->websocket)
		return (struct progress){ .status = STATUS_FULL };
	/* One less than its first: the transaction of the request that opened it. */
	struct progress progress = websocket_feed(state->websocket, in, UINT64_MAX, out);

	if (progress.status == STATUS_OK && progress.used == in->data.len && !progress.skip)
		progress.skip = side_skip(&state->websocket->side[in->dir]);
	return progress;
}

static void state_finish(void *memory, struct outbox *out)
{
	struct websocket_state *state = memory;

	for (int dir = TO_SERVER; state->websocket && dir <= TO_CLIENT; dir++) {
		struct chunk last = { .data = bytes_of("", 0), .dir = (enum direction)dir, .is_last = true,
			.time_ns = state->websocket->time_ns, .number = state->websocket->number };

		(void)websocket_feed(state->websocket, &last, UINT64_MAX, out);
	}
}

static void state_release(void *memory)
{
	struct websocket_state *state = memory;

	websocket_free(state->websocket);
	state->websocket = NULL;
}

/* What a stream of frames begins with, many others begin with too. It is known by the upgrade before it. */
static enum verdict never(const struct chunk *first)
{
	(void)first;
	return VERDICT_NO;
}

const struct dissector websocket_dissector = {
	.name = "websocket",
	.app_proto = "websocket",
	.state_size = sizeof(struct websocket_state),
	.probe = never,
	.feed = state_feed,
	.finish = state_finish,
	.release = state_release,
};
