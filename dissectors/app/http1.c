/* HTTP/1.0 and 1.1 (RFC 9110, RFC 9112), and what is left of HTTP/0.9.
 *
 * Each direction walks on its own:
 *
 *           start line            end of body
 *   RESYNC -----------> HEAD -> BODY -> END -+-> HEAD ...      (DOUBT between HEAD and BODY: is there a body?)
 *     ^  ^               |       |           +-> CHILD: another protocol goes on here
 *     |  +--- gap, junk -+-------+
 *     +------ DROP <- HEAD over its cap
 *
 * Content that may carry tokens is kept on the way through BODY (body.h); of all other only the length is.
 *
 * Interim responses (1xx but 101) answer nothing and are not reported. A state is small: a million flows hold one each. */
#include "dissectors/app/http1_kept.h"
#include "dissectors/app/http1_pairs.h"
#include "dissectors/app/http1_record.h"

enum { HELD_CAP = 2048 };

enum phase { PHASE_HEAD, PHASE_DROP, PHASE_RESYNC, PHASE_DOUBT, PHASE_BODY, PHASE_END, PHASE_CHILD, PHASE_GONE };

enum child { CHILD_NONE, CHILD_ANY, CHILD_WEBSOCKET, CHILD_HTTP2, CHILD_HTTP2_ANEW /* what it answers first was not seen */ };

static const char *const child_names[] = {
	[CHILD_ANY] = "", [CHILD_WEBSOCKET] = "websocket", [CHILD_HTTP2] = "h2c", [CHILD_HTTP2_ANEW] = "http2"
};

struct side {
	struct http1_body body;
	struct body *kept; /* its content; NULL: nobody wants it */
	uint32_t searched; /* so many bytes of what is held hold no end of what we wait for. Ours, not chunk->seen, which
			    * also counts bytes that were offered while we were looking for something else */
	uint8_t phase;
	uint8_t child;     /* request: what takes over if the server agrees; response: what takes over after END */
	bool met : 1;       /* a message was seen */
	bool in_head : 1;   /* the held bytes start with a good start line */
	bool found : 1;     /* ... that RESYNC found */
	bool uncertain : 1; /* a gap since the last head */
	bool zero_nine : 1; /* request: the first one was HTTP/0.9, or nearly */
	bool undecided : 1; /* request: what is held is HTTP/0.9 or not, as what follows will say ... */
	bool answered : 1;  /* ... or the server, which did not wait for it */
};

struct http1_state {
	struct side side[2];
	struct http1_pairs pairs;
};

/* One call of feed. */
struct turn {
	struct http1_state *state;
	struct side *side;
	const struct chunk *in;
	struct outbox *out;
	size_t at; /* bytes used */
};

static struct bytes turn_rest(const struct turn *turn)
{
	return bytes_tail(turn->in->data, turn->at);
}

static enum http1_then turn_to(struct turn *turn, enum phase phase)
{
	turn->side->phase = (uint8_t)phase;
	turn->side->searched = 0;
	turn->side->in_head = false;
	turn->side->found = false;
	turn->side->undecided = false;
	turn->side->answered = false;
	return HTTP1_AGAIN;
}

/* Keeps what is left for the next call; at the stream's end there is none. */
static enum http1_then turn_wait(struct turn *turn)
{
	if (turn->in->is_last) {
		turn->at = turn->in->data.len;
		turn->side->searched = 0;
		return HTTP1_WAIT;
	}
	turn->side->searched = (uint32_t)(turn->in->data.len - turn->at);
	return HTTP1_WAIT;
}

/* The transaction that the youngest message of a direction belongs to. */
static uint64_t state_tx(const struct http1_state *state, enum direction dir)
{
	return (dir == TO_SERVER ? state->pairs.n_requests : state->pairs.n_responses) - 1;
}

static void turn_emit_end(struct http1_state *state, enum direction dir, const struct chunk *in, struct outbox *out)
{
	struct side *side = &state->side[dir];
	struct body *kept = side->kept;

	side->kept = NULL;
	if ((dir == TO_SERVER && side->body.len == 0 && !kept) || outbox_message_full(out)) {
		body_free(kept);
		return;
	}
	struct http_message *message = &out->messages[out->n_messages++];

	*message = (struct http_message){
		.dir = dir,
		.is_end = true,
		.tx = state_tx(state, dir),
		.body_len = side->body.len,
		.time_ns = in ? in->time_ns : 0,
		.number = in ? in->number : 0,
	};
	if (kept)
		body_finish(kept, message, out->arena);
}

/* Nothing more of the body will be seen, although it did not end: what was kept is of use all the same. */
static void turn_cut(struct http1_state *state, enum direction dir, const struct chunk *in, struct outbox *out)
{
	if (!state->side[dir].kept)
		return;
	body_gap(state->side[dir].kept);
	turn_emit_end(state, dir, in, out);
}

static enum http1_then turn_end(struct turn *turn)
{
	turn_emit_end(turn->state, turn->in->dir, turn->in, turn->out);
	if (turn->in->dir == TO_CLIENT && turn->side->child)
		return turn_to(turn, PHASE_CHILD);
	return turn_to(turn, PHASE_HEAD);
}

static enum child child_of(struct bytes upgrade)
{
	while (upgrade.len) {
		const uint8_t *comma = memchr(upgrade.data, ',', upgrade.len);
		size_t len = comma ? (size_t)(comma - upgrade.data) : upgrade.len;
		struct bytes token = bytes_head(upgrade, len);

		while (token.len && token.data[0] == ' ')
			token = bytes_tail(token, 1);
		while (token.len && token.data[token.len - 1] == ' ')
			token.len--;
		if (bytes_equal_fold(token, bytes_text("websocket")))
			return CHILD_WEBSOCKET;
		if (bytes_equal_fold(token, bytes_text("h2c")))
			return CHILD_HTTP2;
		upgrade = bytes_tail(upgrade, len + 1);
	}
	return CHILD_NONE;
}

static void request_counts(struct turn *turn, struct bytes method)
{
	http1_pairs_request(&turn->state->pairs, method, turn->side->uncertain);
	turn->side->uncertain = false;
}

static void response_counts(struct turn *turn)
{
	http1_pairs_response(&turn->state->pairs, turn->side->uncertain);
	turn->side->uncertain = false;
}

static struct http1_body request_begins(struct turn *turn, const struct http1_head *head)
{
	bool first = !turn->side->met;

	request_counts(turn, head->start.method);
	turn->side->child = (uint8_t)child_of(head->known[HTTP1_UPGRADE]);
	if (bytes_is(head->start.method, "CONNECT"))
		turn->side->child = CHILD_ANY;
	if (head->start.version.len == 0)
		turn->side->zero_nine = first;
	if (head->zero_nine)
		return (struct http1_body){ .part = HTTP1_BODY_UNKNOWN };
	return http1_body_of(&head->framing, TO_SERVER);
}

/* RFC 9112 6.3, rules 1 and 2. */
static struct http1_body response_begins(struct turn *turn, const struct http1_head *head)
{
	struct http1_state *state = turn->state;
	struct side *side = turn->side, *request = &state->side[TO_SERVER];
	unsigned status = head->start.status;

	response_counts(turn);
	uint64_t tx = state_tx(state, TO_CLIENT);

	side->child = CHILD_NONE;
	if (status == 101) {
		side->child = (uint8_t)child_of(head->known[HTTP1_UPGRADE]);
		if (!side->child)
			side->child = CHILD_ANY;
		if (side->child == CHILD_HTTP2 && !state->pairs.n_requests)
			side->child = CHILD_HTTP2_ANEW;
	} else if (status / 100 == 2 && http1_pairs_is_connect(&state->pairs, tx)) {
		side->child = CHILD_ANY;
	} else if (tx + 1 == state->pairs.n_requests) {
		request->child = CHILD_NONE; /* declined */
	}
	if (side->child || status == 204 || status == 304 || http1_pairs_is_head(&state->pairs, tx))
		return (struct http1_body){ .part = HTTP1_BODY_NONE };
	return http1_body_of(&head->framing, TO_CLIENT);
}

static bool head_is_interim(const struct turn *turn, const struct http1_head *head)
{
	return turn->in->dir == TO_CLIENT && head->start.status / 100 == 1 && head->start.status != 101;
}

static bool head_is_upgrade(const struct turn *turn, const struct http1_head *head)
{
	return turn->in->dir == TO_CLIENT && turn->side->child >= CHILD_HTTP2 && head->start.status == 101;
}

static void turn_keep(struct turn *turn, const struct http1_head *head)
{
	struct side *side = turn->side;

	side->kept = http1_kept_open(head, turn->in->dir, &side->body, turn->out->bodies);
	side->body.keep = side->kept != NULL;
}

/* Keeps the content that follows, if it is wanted. True: that of the answer is. */
static bool head_keep(struct turn *turn, const struct http1_head *head)
{
	struct http1_pairs *pairs = &turn->state->pairs;

	if (turn->in->dir == TO_CLIENT) {
		if (http1_pairs_is_wanted(pairs, state_tx(turn->state, TO_CLIENT)))
			turn_keep(turn, head);
		return false;
	}
	unsigned wanted = http1_kept_wanted(head);

	if (wanted & BODY_OF_REQUEST)
		turn_keep(turn, head);
	if (wanted & BODY_OF_RESPONSE)
		http1_pairs_want(pairs);
	return wanted & BODY_OF_RESPONSE;
}

static void head_emit(struct turn *turn, struct http1_head *head)
{
	const struct chunk *in = turn->in;
	bool answer_follows = turn->out->bodies && head_keep(turn, head);
	bool is_websocket = turn->out->bodies && turn->side->child == CHILD_WEBSOCKET;

	head->redact = turn->out->redact;
	struct record *record = http1_record_new(head, in->dir, turn->out->arena);

	if (!record || head->no_memory) {
		head->odd |= HTTP1_MEMORY;
		body_free(turn->side->kept);
		turn->side->kept = NULL;
		turn->side->body.keep = false;
		return;
	}
	turn->out->messages[turn->out->n_messages++] = (struct http_message){
		.dir = in->dir,
		.tx = state_tx(turn->state, in->dir),
		.record = record,
		.target = head->start.target,
		.headers = head->headers,
		.n_headers = head->n_headers,
		.content_follows = turn->side->kept != NULL,
		.answer_follows = answer_follows || (is_websocket && in->dir == TO_SERVER),
		.text_follows = is_websocket && in->dir == TO_CLIENT,
		.damaged = head->truncated,
		.time_ns = in->time_ns,
		.number = in->number,
	};
}

static enum http1_then head_done(struct turn *turn, struct http1_head *head)
{
	struct side *side = turn->side;

	turn->at += head->len;
	if (head->truncated)
		head->odd |= HTTP1_TRUNCATED_HEAD;
	if (head_is_interim(turn, head)) {
		http1_odd_tell(head->odd, turn->out);
		side->met = true;
		return turn_to(turn, PHASE_HEAD);
	}
	side->body = turn->in->dir == TO_SERVER ? request_begins(turn, head) : response_begins(turn, head);
	side->met = true;
	if (head_is_upgrade(turn, head)) { /* nor does it: the answer comes as HTTP/2 (RFC 7540 3.2) */
		http1_odd_tell(head->odd, turn->out);
		return turn_to(turn, PHASE_CHILD);
	}
	head_emit(turn, head);
	http1_odd_tell(head->odd, turn->out);
	if (head->truncated)
		return turn_to(turn, PHASE_GONE);
	if (side->body.part == HTTP1_BODY_UNKNOWN)
		return turn_to(turn, PHASE_RESYNC);
	if (side->body.part == HTTP1_BODY_NONE)
		return turn_to(turn, PHASE_END);
	/* Where no request is in the capture, nobody knows whether this answers a HEAD. */
	bool in_doubt = turn->in->dir == TO_CLIENT && turn->state->pairs.n_requests == 0;

	return turn_to(turn, in_doubt ? PHASE_DOUBT : PHASE_BODY);
}

enum { PREFACE_LEN = 24 };

/* How much of what HTTP/2 begins with is here, RFC 9113 3.4; 0: it is something else. */
static size_t preface_len(struct bytes rest)
{
	struct bytes preface = bytes_text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	struct bytes here = bytes_head(rest, PREFACE_LEN);

	return bytes_equal(here, bytes_head(preface, here.len)) ? here.len : 0;
}

/* No client sends this before the server has agreed to an upgrade. Without, there are servers that know it at a request's place
 * too, behind other requests. */
static enum http1_then head_is_preface(struct turn *turn, size_t len)
{
	if (len < PREFACE_LEN && !turn->in->is_last) {
		turn->side->searched = 0;
		return HTTP1_WAIT;
	}
	if (turn->side->child != CHILD_HTTP2)
		turn->side->child = CHILD_HTTP2_ANEW;
	return turn_to(turn, PHASE_CHILD);
}

/* What stands at a message's place does not start one. */
static enum http1_then head_is_none(struct turn *turn)
{
	struct http1_state *state = turn->state;
	struct side *side = turn->side;

	if (side->found) { /* never: RESYNC is stricter than HEAD. But if it were not, we would not stand still. */
		turn->at++;
		return turn_to(turn, PHASE_RESYNC);
	}
	size_t preface = turn->in->dir == TO_SERVER ? preface_len(turn_rest(turn)) : 0;

	if (preface && side->met && (!side->child || (side->child == CHILD_HTTP2 && preface == PREFACE_LEN)))
		return head_is_preface(turn, preface);
	if (turn->in->dir == TO_SERVER && side->child) {
		/* A client goes on once the server agreed, which is seen on the other side. Where there is no other side
		 * in the capture, enough bytes say the same. */
		if (turn_rest(turn).len > HELD_CAP || turn->in->is_last)
			return turn_to(turn, PHASE_CHILD);
		side->searched = 0; /* judged again as a whole */
		return HTTP1_WAIT;
	}
	if (turn->in->dir == TO_CLIENT && state->side[TO_SERVER].zero_nine && state->pairs.n_responses < state->pairs.n_requests) {
		response_counts(turn);
		side->met = true;
		side->body = (struct http1_body){ .part = HTTP1_BODY_TO_END };
		return turn_to(turn, PHASE_BODY);
	}
	if (side->met)
		http1_odd_tell(HTTP1_BAD_START, turn->out);
	return turn_to(turn, PHASE_RESYNC);
}

static enum http1_then head_too_long(struct turn *turn)
{
	http1_odd_tell(HTTP1_HEADER_TOO_LONG, turn->out);
	if (turn->side->in_head && turn->in->dir == TO_SERVER)
		request_counts(turn, bytes_of("", 0));
	else if (turn->side->in_head)
		response_counts(turn);
	turn->side->met = true;
	return turn_to(turn, PHASE_DROP);
}

/* Is it worth parsing? AGAIN: yes. */
static enum http1_then head_look(struct turn *turn, struct bytes rest)
{
	struct bytes capped = bytes_head(rest, HTTP1_HEAD_CAP);
	size_t searched = turn->side->searched < capped.len ? turn->side->searched : capped.len;

	if (turn->side->in_head) {
		if (turn->in->is_last || http1_head_end(capped, searched))
			return HTTP1_AGAIN;
	} else if (memchr(capped.data + searched, '\n', capped.len - searched)) {
		return HTTP1_AGAIN;
	} else if (!http1_start_viable(turn->in->dir, capped)) {
		return HTTP1_LOST;
	}
	return rest.len > HTTP1_HEAD_CAP ? HTTP1_SKIP : HTTP1_WAIT;
}

static enum http1_place head_place(const struct turn *turn)
{
	if (turn->side->met || turn->state->pairs.n_requests)
		return HTTP1_LATER;
	return turn->side->answered ? HTTP1_ANSWERED : HTTP1_FIRST;
}

static enum http1_then turn_head(struct turn *turn)
{
	struct side *side = turn->side;
	struct bytes rest = turn_rest(turn);
	struct http1_head head;

	while (!side->searched && rest.len && (rest.data[0] == '\r' || rest.data[0] == '\n')) { /* RFC 9112 2.2 */
		turn->at++;
		rest = turn_rest(turn);
	}
	if (rest.len == 0)
		return turn_wait(turn);
	/* A first look parses at once: most heads come whole. From the second look on the end is searched first, from where
	 * the last look left off. */
	if (side->searched) {
		enum http1_then then = head_look(turn, rest);

		if (then == HTTP1_LOST)
			return head_is_none(turn);
		if (then == HTTP1_SKIP)
			return head_too_long(turn);
		if (then == HTTP1_WAIT)
			return turn_wait(turn);
	}
	switch (http1_head_parse(&head, turn->in->dir, rest, head_place(turn), turn->in->is_last, turn->out->arena)) {
	case HTTP1_FITS:
		return head_done(turn, &head);
	case HTTP1_NO:
		return head_is_none(turn);
	case HTTP1_PARTIAL:
		break;
	}
	side->undecided = head.undecided;
	if (head.undecided) {
		side->searched = 0; /* judged again as a whole */
		return HTTP1_WAIT;
	}
	side->in_head = head.start.version.len || head.start.method.len;
	if (!side->in_head && !http1_start_viable(turn->in->dir, rest))
		return head_is_none(turn);
	return rest.len > HTTP1_HEAD_CAP ? head_too_long(turn) : turn_wait(turn);
}

static enum http1_then turn_drop(struct turn *turn)
{
	struct bytes rest = turn_rest(turn);
	size_t end = http1_head_end(rest, 0);

	if (end) {
		turn->at += end;
		return turn_to(turn, PHASE_RESYNC);
	}
	turn->at += rest.len > 2 ? rest.len - 2 : 0;
	return turn_wait(turn);
}

static enum http1_then turn_resync(struct turn *turn)
{
	size_t at, searched = turn->side->searched;
	enum http1_fit fit = http1_start_find(turn->in->dir, turn_rest(turn), HTTP1_HEAD_CAP, &searched, &at);

	turn->at += at;
	if (fit != HTTP1_FITS) {
		turn_wait(turn);
		turn->side->searched = (uint32_t)searched;
		return HTTP1_WAIT;
	}
	turn_to(turn, PHASE_HEAD);
	turn->side->found = true;
	return HTTP1_AGAIN;
}

/* A response whose request was not seen: when the next one stands in its body's place, it has none. */
static enum http1_then turn_doubt(struct turn *turn)
{
	switch (http1_start_is_status(turn_rest(turn))) {
	case HTTP1_FITS:
		turn->side->body = (struct http1_body){ .part = HTTP1_BODY_NONE };
		return turn_to(turn, PHASE_END);
	case HTTP1_PARTIAL:
		if (!turn->in->is_last)
			return turn_wait(turn);
		break;
	case HTTP1_NO:
		break;
	}
	return turn_to(turn, PHASE_BODY);
}

/* What a step through the body used, if it is content. */
static void body_keep(struct side *side, struct bytes used, bool is_content)
{
	if (is_content)
		body_add(side->kept, used);
	side->body.keep = !body_is_full(side->kept);
}

static enum http1_then turn_body(struct turn *turn, uint64_t *skip)
{
	struct side *side = turn->side;
	const struct chunk *in = turn->in;
	struct bytes rest = turn_rest(turn);
	struct http1_step step = http1_body_step(&side->body, rest);

	if (side->kept)
		body_keep(side, bytes_head(rest, step.used), step.content);
	turn->at += step.used;
	http1_odd_tell(step.odd, turn->out);
	*skip = step.skip;
	switch (step.then) {
	case HTTP1_DONE:
		return turn_to(turn, PHASE_END);
	case HTTP1_LOST:
		turn_cut(turn->state, in->dir, in, turn->out);
		return turn_to(turn, PHASE_RESYNC);
	case HTTP1_WAIT:
		if (in->is_last)
			turn_cut(turn->state, in->dir, in, turn->out);
		return turn_wait(turn);
	case HTTP1_SKIP:
		if (in->is_last && side->body.part == HTTP1_BODY_TO_END)
			return turn_to(turn, PHASE_END);
		if (in->is_last)
			turn_cut(turn->state, in->dir, in, turn->out);
		return HTTP1_SKIP;
	case HTTP1_AGAIN:
		break;
	}
	return HTTP1_AGAIN;
}

static enum http1_then turn_step(struct turn *turn, uint64_t *skip)
{
	switch ((enum phase)turn->side->phase) {
	case PHASE_HEAD:
		return turn_head(turn);
	case PHASE_DROP:
		return turn_drop(turn);
	case PHASE_RESYNC:
		return turn_resync(turn);
	case PHASE_DOUBT:
		return turn_doubt(turn);
	case PHASE_BODY:
		return turn_body(turn, skip);
	case PHASE_END:
		return turn_end(turn);
	case PHASE_CHILD:
		turn->out->child = child_names[turn->side->child];
		turn_to(turn, PHASE_GONE);
		return HTTP1_SKIP;
	case PHASE_GONE:
		break;
	}
	turn->at = turn->in->data.len;
	*skip = DISSECTOR_SKIP_ALL;
	return HTTP1_SKIP;
}

static void turn_gap(struct turn *turn)
{
	struct side *side = turn->side;
	uint64_t gap = turn->in->gap;

	if (side->phase == PHASE_END)
		turn_end(turn);
	if (side->phase == PHASE_DOUBT && !side->searched) /* what is held began like a status line, not like a body */
		turn_to(turn, PHASE_BODY);
	if (side->phase == PHASE_BODY) {
		if (side->kept)
			body_gap(side->kept);
		enum http1_then then = http1_body_gap(&side->body, &gap);

		if (then == HTTP1_DONE)
			turn_end(turn);
		else if (then == HTTP1_AGAIN)
			return;
		turn_cut(turn->state, turn->in->dir, turn->in, turn->out);
	}
	if (!gap || side->phase == PHASE_GONE || side->phase == PHASE_CHILD)
		return;
	side->uncertain = true;
	turn_to(turn, PHASE_RESYNC);
}

/* Is it time to let the engine drain the outbox? A head may need two places, its own and its body's end. So that anomalies
 * stay with the message that has them, and are never more than an outbox holds, nothing else is begun behind them; nor behind
 * content, which fills the arena. */
static bool turn_pauses(const struct turn *turn)
{
	const struct outbox *out = turn->out;

	if (turn->side->phase == PHASE_END || turn->side->phase == PHASE_CHILD || turn->at == turn->in->data.len)
		return false;
	return out->n_messages + 2 > OUTBOX_MESSAGES ||
	       (turn->at > 0 && (out->n_anomalies || (out->n_messages && out->messages[out->n_messages - 1].content.len)));
}

static struct progress http1_feed(void *memory, const struct chunk *in, struct outbox *out)
{
	struct http1_state *state = memory;
	struct turn turn = { .state = state, .side = &state->side[in->dir], .in = in, .out = out };
	enum http1_then then = HTTP1_AGAIN;
	uint64_t skip = 0;

	if (in->dir == TO_CLIENT && in->data.len && state->side[TO_SERVER].undecided) {
		state->side[TO_SERVER].undecided = false;
		state->side[TO_SERVER].answered = true;
		out->other_first = true;
		return (struct progress){ .status = STATUS_OK };
	}
	if (in->gap)
		turn_gap(&turn);
	while (then == HTTP1_AGAIN) {
		if (turn_pauses(&turn))
			return (struct progress){ .status = STATUS_OK, .used = turn.at };
		then = turn_step(&turn, &skip);
	}
	bool waits = then == HTTP1_WAIT && turn.at < in->data.len;

	return (struct progress){ .status = waits ? STATUS_MORE : STATUS_OK, .used = turn.at, .skip = skip };
}

static void http1_finish(void *memory, struct outbox *out)
{
	struct http1_state *state = memory;

	for (int dir = TO_SERVER; dir <= TO_CLIENT; dir++) {
		struct side *side = &state->side[dir];
		bool in_body = side->phase == PHASE_BODY || side->phase == PHASE_DOUBT;
		bool ended = side->phase == PHASE_END || (in_body && side->body.part == HTTP1_BODY_TO_END);

		if (ended)
			turn_emit_end(state, (enum direction)dir, NULL, out);
		turn_cut(state, (enum direction)dir, NULL, out);
		side->phase = PHASE_GONE;
	}
}

static void http1_release(void *memory)
{
	struct http1_state *state = memory;

	for (int dir = TO_SERVER; dir <= TO_CLIENT; dir++)
		body_free(state->side[dir].kept);
}

static enum verdict http1_probe(const struct chunk *first)
{
	switch (http1_start_probe(first->dir, first->data)) {
	case HTTP1_FITS:
		return VERDICT_YES;
	case HTTP1_PARTIAL:
		return VERDICT_MAYBE;
	case HTTP1_NO:
		break;
	}
	return VERDICT_NO;
}

const struct dissector http1_dissector = {
	.name = "http1",
	.app_proto = "http",
	.state_size = sizeof(struct http1_state),
	.probe = http1_probe,
	.feed = http1_feed,
	.finish = http1_finish,
	.release = http1_release,
};
