/* TLS, SSL 3.0 to TLS 1.3: the walk of each direction through its records. What becomes of a record is tls_open.c, a handshake
 * tls_handshake.c, secrets are tls_keys.c, what comes after lost bytes is tls_search.c, what waits tls_wait.c. */
#include "dissectors/app/tls_facts.h"
#include "dissectors/app/tls_keys.h"
#include "dissectors/app/tls_open.h"
#include "dissectors/app/tls_probe.h"
#include "dissectors/app/tls_wait.h"

static struct progress ok(size_t used)
{
	return (struct progress){ .used = used };
}

/* A broker decrypted what follows: it is content as it is. */
static struct progress pass(struct tls_turn *turn, const struct chunk *in, size_t from)
{
	struct tls *tls = turn->tls;

	if (tls->mode != TLS_PASSING) {
		tls->mode = TLS_PASSING;
		tls->counted = true;
		turn->env->counts.mirrored++;
		tls_facts_stale(tls);
		tls_open_tell(turn);
	}
	if (in->data.len == from && !in->gap)
		return ok(in->data.len);
	turn->out->plain.there = true;
	turn->out->plain.expects = NULL; /* what was agreed on was agreed with the broker, or with nobody */
	turn->out->plain.chunk = *in;
	turn->out->plain.chunk.data = bytes_tail(in->data, from);
	if (from)
		turn->out->plain.chunk.gap = 0;
	return ok(in->data.len);
}

/* ---- the walk ---- */

static struct progress read_on(struct tls_turn *turn, const struct chunk *in)
{
	size_t used = 0, need = 0, at = 0;
	struct chunk rest = *in;
	enum tls_next next;

	tls_open_lose(turn, in->gap);
	do {
		next = tls_open_next(turn, bytes_tail(in->data, at), &used, &need);
		at += used;
	} while (next == TLS_NEXT_RECORD);
	if (next == TLS_NEXT_PASS && !turn->room_used)
		return pass(turn, in, at);
	tls_open_hand_out(turn);
	switch (next) {
	case TLS_NEXT_WAIT:
		rest.data = bytes_tail(in->data, at);
		rest.gap = 0;
		tls_wait_begin(turn, &rest);
		return ok(in->data.len);
	case TLS_NEXT_MORE:
		return (struct progress){ .status = at < in->data.len ? STATUS_MORE : STATUS_OK, .used = at, .need = need };
	case TLS_NEXT_OVER:
	case TLS_NEXT_BAD:
		return (struct progress){ .status = STATUS_OVER, .used = at };
	default:
		return ok(at);
	}
}

static struct progress walk(struct tls_turn *turn, const struct chunk *in)
{
	switch ((enum tls_mode)turn->tls->mode) {
	case TLS_WAITING:
		return tls_wait_on(turn, in);
	case TLS_COUNTING:
		return tls_wait_count(turn, in);
	case TLS_PASSING:
		return pass(turn, in, 0);
	case TLS_DONE:
		return (struct progress){ .status = STATUS_OVER };
	default:
		return read_on(turn, in);
	}
}

static struct progress tls_feed(void *state, const struct chunk *in, struct outbox *out)
{
	struct tls *tls = state;
	struct tls_turn turn = { .tls = tls, .env = out->tls, .out = out, .side = &tls->side[in->side & 1], .n = in->side & 1,
		.time_ns = in->time_ns, .number = in->number };

	struct chunk chunk = *in;

	if (!out->tls)
		return (struct progress){ .status = STATUS_OVER };
	if (!tls->env) { /* it begins here, whatever was before it */
		chunk.gap = 0;
		tls->env = out->tls;
		tls->env->counts.flows++;
		tls->client = (uint8_t)(in->dir == TO_SERVER ? in->side & 1 : !(in->side & 1));
	}
	if (!out->plain.room) {
		outbox_anomaly(out, "tls.too_deep");
		return (struct progress){ .status = STATUS_FULL };
	}
	struct progress progress = walk(&turn, &chunk);

	if (turn.tell && turn.env->wants_events)
		out->connection = tls_facts_of(tls);
	return progress;
}

/* ---- beginning and end ---- */

/* It ended before it was given up. */
static void count_unread(struct tls *tls)
{
	bool searched = !tls->has_random && (tls->side[0].n_searched || tls->side[1].n_searched);

	if (tls->mode == TLS_WAITING || searched)
		tls->env->counts.no_secret++;
	else if (tls->bad_mac_told)
		tls->env->counts.bad_mac++;
}

static void tls_finish(void *state, struct outbox *out)
{
	struct tls *tls = state;

	if (!tls->env)
		return;
	if (!tls->counted && !tls->decrypted)
		count_unread(tls);
	if (!tls->told && tls->env->wants_events && (tls->client_hello.len || tls->answered))
		out->connection = tls_facts_of(tls);
	tls->told = true;
}

static void tls_release(void *state)
{
	struct tls *tls = state;

	if (!tls->env)
		return;
	if (tls->mode == TLS_WAITING || tls->mode == TLS_COUNTING)
		tls->env->counts.waiting--;
	for (unsigned n = 0; n < 2; n++) {
		protection_free(tls->side[n].protection);
		tls_inflate_free(tls->side[n].inflate);
		tls_gather_drop(&tls->side[n].gather, &tls->env->budget);
	}
	tls_facts_drop(tls);
	tls_flight_drop(&tls->flight, &tls->env->budget);
	tls_hold_drop(&tls->hold, &tls->env->budget);
	secrets_wipe(tls, sizeof *tls);
}

static const struct record *tls_facts(void *state)
{
	return tls_facts_of(state);
}

const struct dissector tls_dissector = {
	.name = "tls",
	.app_proto = "tls",
	.state_size = sizeof(struct tls),
	.decrypts = true,
	.probe = tls_probe,
	.feed = tls_feed,
	.finish = tls_finish,
	.release = tls_release,
	.facts = tls_facts,
};
