#include "dissectors/app/tls_wait.h"

#include "dissectors/app/tls_keys.h"
#include "dissectors/app/tls_open.h"

static struct progress ok(size_t used)
{
	return (struct progress){ .used = used };
}

/* ---- counting ---- */

/* A record passes unopened. */
static void count_record(struct tls *tls, struct tls_side *side, uint8_t type)
{
	if (type == TLS_CHANGE_CIPHER_SPEC && tls->answered && !tls_is_13(tls))
		tls_open_protect(tls, side);
	else
		side->n_counted += side->is_protected || type == TLS_APPLICATION_DATA;
}

/* Passes over `data` by record headers; returns how many bytes behind it are of no interest either. */
static uint64_t count(struct tls *tls, struct tls_side *side, struct bytes data)
{
	struct protected_record record;
	size_t len;

	for (;;) {
		size_t pass_len = side->pass_left < data.len ? side->pass_left : data.len;

		side->pass_left -= (uint32_t)pass_len;
		data = bytes_tail(data, pass_len);
		if (!data.len)
			return side->pass_left;
		side->header[side->header_len++] = data.data[0];
		data = bytes_tail(data, 1);
		if (side->header_len < TLS_RECORD_HEADER)
			continue;
		if (tls_record_parse(bytes_of(side->header, TLS_RECORD_HEADER), &record, &len) != TLS_NO) {
			side->pass_left = (uint32_t)(len - TLS_RECORD_HEADER);
			count_record(tls, side, side->header[0]);
			side->header_len = 0;
		} else { /* lost: any later record may be the next */
			memmove(side->header, side->header + 1, --side->header_len);
		}
	}
}

static struct progress count_on(struct tls_turn *turn, const struct chunk *in)
{
	struct tls_side *side = turn->side;
	uint64_t gap = in->gap < side->pass_left ? in->gap : side->pass_left;

	side->pass_left -= (uint32_t)gap;
	if (in->gap > gap) {
		side->header_len = 0;
		side->lost += in->gap - gap;
	}
	uint64_t skip = count(turn->tls, side, in->data);

	side->pass_left = 0; /* the engine passes it */
	return (struct progress){ .used = in->data.len, .skip = skip };
}

/* ---- waiting ---- */

static void wait_ends(struct tls_turn *turn)
{
	turn->env->waits_no_more = true;
	turn->env->counts.waiting--;
}

/* What waits is let go. Its records are counted, for a secret that may come still later. */
static void stop_holding(struct tls_turn *turn, uint64_t *counter)
{
	struct tls *tls = turn->tls;
	struct tls_hold *hold = &tls->hold;

	if (!tls->counted)
		++*counter;
	tls->counted = true;
	for (unsigned n = 0; n < 2; n++) {
		struct tls_side *side = &tls->side[n];

		side->pass_left = 0;
		side->header_len = 0;
		(void)count(tls, side, bytes_of(hold->side[n].data ? hold->side[n].data + hold->side[n].from : (const uint8_t *)"",
		    hold->side[n].len - hold->side[n].from));
	}
	tls_hold_drop(hold, &turn->env->budget);
	tls->mode = TLS_COUNTING;
	tls->draining = false;
	tls_open_tell(turn);
}

/* A secret came for a connection of which nothing was held any more: it goes on with the next record that can be opened. */
static void resume_counted(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;

	for (unsigned n = 0; n < 2; n++) {
		struct tls_side *side = &tls->side[n];

		side->out_of_step = side->is_protected || side->n_counted;
		side->lost += side->n_counted ? 1 : 0;
	}
	tls->mode = TLS_OPEN;
	turn->env->counts.waited++;
	wait_ends(turn);
}

static void hold(struct tls_turn *turn, const struct chunk *chunk)
{
	struct tls *tls = turn->tls;
	bool known = tls->draining;

	if (tls_hold_add(&tls->hold, chunk, turn->env->wait_len, &turn->env->budget))
		return;
	stop_holding(turn, &turn->env->counts.cap);
	struct progress progress = count_on(turn, chunk);

	turn->side->pass_left = (uint32_t)progress.skip;
	if (known)
		resume_counted(turn);
}

void tls_wait_begin(struct tls_turn *turn, const struct chunk *rest)
{
	struct tls *tls = turn->tls;

	tls->mode = TLS_WAITING;
	turn->env->counts.waiting++;
	turn->env->waits_for = (struct session_key){ .kind = SESSION_BY_RANDOM, .len = RANDOM_LEN };
	memcpy(turn->env->waits_for.bytes, tls->client_random, RANDOM_LEN);
	hold(turn, rest);
}

/* Works off one chunk of what waited. False: its secret is still missing. */
static bool drain_chunk(struct tls_turn *turn, struct bytes data, bool *again)
{
	struct tls_hold *held = &turn->tls->hold;
	enum tls_next next;
	size_t used, need, at = 0;

	do {
		next = tls_open_next(turn, bytes_tail(data, at), &used, &need);
		at += used;
	} while (next == TLS_NEXT_RECORD);
	tls_hold_use(held, turn->n, at);
	if (next == TLS_NEXT_ROOM || next == TLS_NEXT_WAIT)
		tls_hold_put_back(held);
	*again = next == TLS_NEXT_ROOM;
	if (next == TLS_NEXT_PASS || next == TLS_NEXT_BAD)
		turn->tls->mode = TLS_DONE;
	return next != TLS_NEXT_WAIT;
}

/* Everything that waited is through: what follows goes its straight way again, as soon as no record is begun. */
static void drained(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct tls_hold *held = &tls->hold;

	tls_hold_compact(held);
	if (held->side[0].len || held->side[1].len)
		return;
	tls_hold_drop(held, &turn->env->budget);
	tls->draining = false;
	tls->mode = TLS_OPEN;
	turn->env->counts.waited++;
	wait_ends(turn);
}

static struct progress drain(struct tls_turn *turn, size_t used)
{
	struct tls *tls = turn->tls;
	struct tls_mark mark;
	struct bytes data;
	bool again = false;

	while (!again && !turn->out->plain.there && tls->mode == TLS_WAITING && tls_hold_next(&tls->hold, &mark, &data)) {
		turn->n = mark.side;
		turn->side = &tls->side[mark.side];
		turn->time_ns = mark.time_ns;
		turn->number = mark.number;
		tls_open_lose(turn, mark.gap);
		tls->draining = drain_chunk(turn, data, &again);
		tls_open_hand_out(turn);
		if (!tls->draining)
			return ok(used);
	}
	if (tls->mode == TLS_DONE) {
		wait_ends(turn);
		return (struct progress){ .status = STATUS_OVER, .used = used };
	}
	if (turn->out->plain.there || again)
		turn->out->plain.again = true;
	else
		drained(turn);
	return ok(used);
}

struct progress tls_wait_on(struct tls_turn *turn, const struct chunk *in)
{
	struct tls *tls = turn->tls;

	if (in->data.len || in->gap)
		hold(turn, in);
	if (tls->mode != TLS_WAITING) /* a cap */
		return ok(in->data.len);
	if (!tls->draining && in->wakes && turn->env->now_ns - tls->hold.since_ns > turn->env->wait_ns) {
		stop_holding(turn, &turn->env->counts.expired);
		return ok(in->data.len);
	}
	return tls->draining || in->wakes ? drain(turn, in->data.len) : ok(in->data.len);
}

struct progress tls_wait_count(struct tls_turn *turn, const struct chunk *in)
{
	struct progress progress = count_on(turn, in);

	if (in->wakes && tls_keys_are_there(turn)) /* else it was woken because it waited long enough */
		resume_counted(turn);
	return progress;
}
