/* TLS, SSL 3.0 to TLS 1.3: the walk of each direction through its records. What is protected is opened with what secrets there are; what is
 * opened goes on as content. The handshake is tls_handshake.c, secrets are tls_keys.c, what comes after lost bytes is tls_search.c. */
#include "dissectors/app/tls_facts.h"
#include "dissectors/app/tls_handshake.h"
#include "dissectors/app/tls_search.h"

enum {
	REFUSED_MAX = 16,       /* records in a row that nothing opens: then it is given up */
	PARTIAL_MAX = 64,       /* the same where an epoch's secret is missing */
	REFUSED_EARLY_MAX = 200, /* the same of early data, which its server may refuse, too (RFC 8446 4.2.10) */
	SEARCHED_MAX = 8,       /* the same after bytes were lost */
	ROOM_SLACK = 32,        /* what protection_open may write behind the content, which may be followed by what it inflates to */
};

/* What became of a record. */
enum next {
	NEXT_RECORD,  /* it was taken: on to what follows */
	NEXT_MORE,    /* it is not there yet */
	NEXT_ROOM,    /* content is to be handed out first */
	NEXT_WAIT,    /* for a secret that is not there yet: it was not taken */
	NEXT_PASS,    /* it is none: content follows in the clear */
	NEXT_OVER,    /* there is nothing more to be seen */
	NEXT_BAD,     /* it breaks the protocol */
};

/* ---- what is said ---- */

static void tell(struct tls_turn *turn)
{
	if (turn->tls->told)
		return;
	turn->tls->told = turn->tell = true;
}

/* Why a connection is not decrypted, or no further: the first reason counts. */
static enum next end_for(struct tls_turn *turn, uint64_t *counter)
{
	if (!turn->tls->counted)
		++*counter;
	turn->tls->counted = true;
	turn->tls->mode = TLS_DONE;
	tell(turn);
	return NEXT_OVER;
}

/* The content of a record that does not open is missing: what follows does not go on from what came before. */
static void content_refused(struct tls_side *side, const struct protected_record *record)
{
	size_t overhead = protection_overhead(side->protection), len = record->fragment.len;

	if (record->type == TLS_APPLICATION_DATA)
		side->content_gap += len > overhead ? len - overhead : 1;
}

static enum next refused(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls_side *side = turn->side;
	bool early = turn->tls->early_offered && side->epoch <= TLS_EPOCH_EARLY;

	if (tls_keys_are_partial(turn)) /* it is no proof against the keys there are */
		return ++side->n_refused < PARTIAL_MAX ? NEXT_RECORD : end_for(turn, &turn->env->counts.no_secret);
	turn->env->counts.bad_records++;
	if (side->protection && side->epoch == TLS_EPOCH_TRAFFIC && !side->out_of_step) {
		side->seq++;
		content_refused(side, record);
	}
	if (!turn->tls->bad_mac_told && !early) {
		turn->tls->bad_mac_told = true;
		outbox_anomaly(turn->out, "tls.bad_record_mac");
	}
	/* With a MAC over ciphertext, nothing vouches for a chaining block that comes from a refused record. */
	bool chained = side->protection && !protection_is_seekable(side->protection);
	unsigned most = early && turn->n == turn->tls->client ? REFUSED_EARLY_MAX : REFUSED_MAX;

	return !chained && ++side->n_refused < most ? NEXT_RECORD : end_for(turn, &turn->env->counts.bad_mac);
}

static enum next secret_missing(struct tls_turn *turn)
{
	return turn->env->may_come && turn->tls->has_random ? NEXT_WAIT : end_for(turn, &turn->env->counts.no_secret);
}

/* ---- records ---- */

static void begin_protected(struct tls *tls, struct tls_side *side)
{
	protection_free(side->protection);
	tls_inflate_free(side->inflate);
	side->protection = NULL;
	side->inflate = NULL;
	side->seq = side->n_counted = 0;
	side->is_protected = true;
	tls_gather_drop(&side->gather, &tls->env->budget);
}

/* From here on the side's records are protected with what the handshake agreed on. Before the ServerHello it means nothing: TLS 1.3's
 * middlebox compatibility (RFC 8446 D.4). */
static enum next change_cipher_spec(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct tls_side *side = turn->side;

	if (tls_is_13(tls) || (!tls->answered && !tls->flight.end_of_key_exchange))
		return NEXT_RECORD;
	if (turn->n != tls->client && !tls->flight.end_of_key_exchange && !tls->certificate.len)
		tls->abbreviated = true;
	begin_protected(tls, side);
	return NEXT_RECORD;
}

static void content(struct tls_turn *turn, size_t len)
{
	struct tls *tls = turn->tls;

	if (!turn->room_used) {
		turn->room_gap = turn->side->content_gap;
		turn->side->content_gap = 0;
	}
	turn->room_used += len;
	if (tls->decrypted)
		return;
	tls->decrypted = true;
	turn->env->counts.decrypted++;
	tls_facts_stale(tls);
	tell(turn);
}

/* How much content the lost bytes were: exact where every record is longer than its content by the same. */
static void content_lost(struct tls_turn *turn, const struct tls_opened *opened)
{
	struct tls_side *side = turn->side;
	size_t each = protection_overhead(side->protection);
	uint64_t overhead = (each + TLS_RECORD_HEADER) * opened->n_missed + opened->other_missed;

	if (side->lost && !opened->none_missed && !(each && side->lost == overhead))
		side->content_gap += side->lost > overhead ? side->lost - overhead : 1;
	side->lost = side->n_counted = 0;
	side->out_of_step = side->joined = false;
	side->n_searched = 0;
}

/* What was opened may still be compressed; the stream of that knows no gaps. */
static bool inflated(struct tls_turn *turn, struct tls_opened *opened, uint8_t *out)
{
	struct tls_side *side = turn->side;
	uint8_t *plain = out + opened->len;

	if (!turn->tls->compressed || tls_is_13(turn->tls))
		return true;
	if (!side->inflate)
		side->inflate = tls_inflate_new(&turn->env->budget);
	if (side->out_of_step || !side->inflate || !tls_inflate_record(side->inflate, bytes_of(out, opened->len), plain, &opened->len))
		return false;
	memmove(out, plain, opened->len);
	return true;
}

static enum next opened(struct tls_turn *turn, struct tls_opened *opened, uint16_t record_version)
{
	struct tls_side *side = turn->side;
	uint8_t *out = turn->out->plain.room + turn->room_used;

	turn->env->counts.records++;
	side->n_refused = 0;
	if (!inflated(turn, opened, out))
		return end_for(turn, &turn->env->counts.unsupported);
	if (side->out_of_step) {
		turn->env->counts.resynchronised++;
		content_lost(turn, opened);
	}
	if (!turn->tls->remembered && !tls_is_13(turn->tls)) {
		turn->tls->remembered = true;
		tls_keys_remember(turn);
	}
	switch (opened->type) {
	case TLS_APPLICATION_DATA:
		if (opened->len)
			content(turn, opened->len);
		return NEXT_RECORD;
	case TLS_HANDSHAKE:
		tls_handshake_take(turn, bytes_of(out, opened->len), record_version);
		return NEXT_RECORD;
	case TLS_CHANGE_CIPHER_SPEC:
		return change_cipher_spec(turn);
	default: /* alerts, heartbeats */
		return NEXT_RECORD;
	}
}

/* TLS 1.3, or a record before any ServerHello. */
static bool open_13(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened, bool *missing)
{
	struct tls_side *side = turn->side;

	*missing = false;
	if (!turn->tls->has_random)
		return tls_search_session(turn, record, out, opened);
	if (side->out_of_step)
		return tls_search_number(turn, record, out, opened, missing);
	if (side->protection && protection_open(side->protection, side->seq, record, &opened->type, out, &opened->len)) {
		side->seq++;
		return true;
	}
	return tls_search_epochs(turn, record, out, opened, missing);
}

static bool open_12(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened, bool *missing)
{
	struct tls_side *side = turn->side;

	*missing = false;
	if (!side->protection) {
		*missing = tls_keys_of_master(turn) == TLS_MISSING;
		if (!side->protection)
			return false;
	}
	if (side->out_of_step)
		return tls_search_number(turn, record, out, opened, missing);
	bool ok = protection_open(side->protection, side->seq, record, &opened->type, out, &opened->len);

	side->seq += ok;
	return ok;
}

static enum next unopened(struct tls_turn *turn, const struct protected_record *record, bool missing)
{
	struct tls *tls = turn->tls;

	if (missing)
		return secret_missing(turn);
	if (!tls->has_random)
		return ++turn->side->n_searched < SEARCHED_MAX ? NEXT_RECORD : end_for(turn, &turn->env->counts.no_secret);
	if (turn->side->joined) /* step_in counts */
		return NEXT_RECORD;
	if (tls->answered && (!tls->suite || (!tls_is_13(tls) && !turn->side->protection)))
		return end_for(turn, &turn->env->counts.unsupported);
	return refused(turn, record);
}

static enum next take_protected(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls *tls = turn->tls;
	struct tls_opened opened_as = { .n_missed = 0 };
	bool missing, ok;

	turn->side->is_protected = true;
	if (tls_keys_are_hopeless(turn->env))
		return end_for(turn, &turn->env->counts.no_secret);
	if (tls->answered && !tls->suite)
		return end_for(turn, &turn->env->counts.unsupported);
	uint8_t *out = turn->out->plain.room + turn->room_used;

	ok = tls_is_13(tls) || !tls->version ? open_13(turn, record, out, &opened_as, &missing) :
	    open_12(turn, record, out, &opened_as, &missing);
	return ok ? opened(turn, &opened_as, record->version) : unopened(turn, record, missing);
}

static bool is_protected(const struct tls_turn *turn, const struct protected_record *record)
{
	if (tls_is_13(turn->tls) || !turn->tls->version)
		return record->type == TLS_APPLICATION_DATA;
	return turn->side->is_protected;
}

/* Where nothing will be decrypted and nobody asks, a handshake is not looked into: its ClientHello is kept, for what may follow in the
 * clear. */
static enum next pass_handshake(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls *tls = turn->tls;
	struct tls_gather gather = { 0 };
	struct bytes fragment = record->fragment;
	struct tls_message message;

	if (record->type == TLS_APPLICATION_DATA)
		return end_for(turn, &turn->env->counts.no_secret);
	if (record->type != TLS_HANDSHAKE || tls->client_hello.len || !fragment.len || fragment.data[0] != TLS_CLIENT_HELLO)
		return NEXT_RECORD;
	tls->client = (uint8_t)turn->n;
	tls->client_known = true;
	tls->hello_record_version = record->version;
	if (tls_gather_next(&gather, &fragment, &turn->env->budget, &message) == TLS_GATHERED)
		tls->client_hello = tls_flight_add(&tls->flight, message.body, &turn->env->budget);
	tls_gather_drop(&gather, &turn->env->budget);
	return NEXT_RECORD;
}

/* Of TLS 1.3 a handshake in the clear, by who has gone over to protected records: anybody may have sent it. */
static bool is_unvouched(const struct tls_turn *turn, const struct protected_record *record)
{
	return record->type == TLS_HANDSHAKE && tls_is_13(turn->tls) && turn->tls->answered && turn->side->is_protected;
}

static enum next take_record(struct tls_turn *turn, const struct protected_record *record)
{
	if (!turn->env->wants_events && tls_keys_are_hopeless(turn->env))
		return pass_handshake(turn, record);
	if (is_protected(turn, record))
		return take_protected(turn, record);
	bool unknown = !turn->tls->version && turn->side->is_protected; /* its ServerHello is missing: it may be protected */

	if (is_unvouched(turn, record))
		turn->env->counts.bad_records++;
	else if (record->type == TLS_HANDSHAKE && !unknown)
		tls_handshake_take(turn, record->fragment, record->version);
	else if (record->type == TLS_CHANGE_CIPHER_SPEC)
		return change_cipher_spec(turn);
	return NEXT_RECORD;
}

static enum next not_a_record(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct tls *tls = turn->tls;
	struct bytes body;
	enum tls_fit fit = tls->client_known ? TLS_NO : tls_record_parse_v2(rest, &body, need);

	if (fit == TLS_PARTIAL)
		return NEXT_MORE;
	if (fit == TLS_FITS) {
		*used = *need;
		tls_handshake_take_v2(turn, body);
		return NEXT_RECORD;
	}
	if (tls->side[0].is_protected || tls->side[1].is_protected || tls->decrypted) {
		outbox_anomaly(turn->out, "tls.bad_record");
		(void)end_for(turn, &turn->env->counts.gap);
		return NEXT_BAD;
	}
	return NEXT_PASS;
}

/* After lost bytes, before TLS 1.3: is the record protected by what a ChangeCipherSpec began that was among them? */
static bool begins_unseen(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls *tls = turn->tls;
	struct tls_side *side = turn->side;
	uint8_t type;
	size_t len;

	if (tls_is_13(tls) || !tls->answered || side->is_protected)
		return false;
	if (record->type == TLS_APPLICATION_DATA)
		return true;
	if (record->type != TLS_HANDSHAKE || tls_keys_are_hopeless(turn->env) || tls_keys_of_master(turn) != TLS_FOUND)
		return false;
	bool opens = protection_open(side->protection, 0, record, &type, turn->out->plain.room + turn->room_used, &len);

	protection_free(side->protection);
	side->protection = NULL;
	return opens;
}

/* After lost bytes: what may be a record is tried, and if it is none, what comes behind its first byte. */
static enum next step_in(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct tls_side *side = turn->side;
	struct protected_record record;
	size_t at = tls_record_find(rest, !side->is_protected), len = 0;

	if (turn->room_used) /* what is lost goes before what comes next */
		return NEXT_ROOM;
	if (at) {
		side->lost += at;
		*used = at;
		return NEXT_RECORD;
	}
	if (tls_record_parse(rest, &record, &len) != TLS_FITS) {
		*need = len;
		return NEXT_MORE;
	}
	*used = len;
	if (begins_unseen(turn, &record))
		begin_protected(turn->tls, side);
	bool by_tag = is_protected(turn, &record);

	if (by_tag && !side->protection && turn->tls->version && !tls_is_13(turn->tls))
		(void)tls_keys_of_master(turn);
	if (by_tag && side->protection && !protection_is_seekable(side->protection))
		return end_for(turn, &turn->env->counts.gap);
	enum next next = take_record(turn, &record);

	if (next == NEXT_WAIT)
		*used = 0;
	if (!by_tag) {
		side->out_of_step = side->joined = false;
		side->lost = 0;
	}
	if (next != NEXT_RECORD || !side->out_of_step)
		return next;
	side->n_refused = 0;
	side->lost++;
	*used = 1;
	return ++side->n_searched < SEARCHED_MAX ? NEXT_RECORD : end_for(turn, &turn->env->counts.gap);
}

/* The record that `rest` starts with. *used is what was taken of it, *need what is wanted of it at least. */
static enum next next_record(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct outbox_plain *plain = &turn->out->plain;
	struct protected_record record;
	size_t len = 0;

	*used = *need = 0;
	if (!rest.len)
		return NEXT_MORE;
	if (plain->room_len - turn->room_used < 2 * TLS_FRAGMENT_CAP + ROOM_SLACK)
		return NEXT_ROOM;
	if (turn->room_used && turn->side->content_gap) /* what is lost from here on goes behind what is in the room */
		return NEXT_ROOM;
	if (turn->side->out_of_step)
		return step_in(turn, rest, used, need);
	enum tls_fit fit = tls_record_parse(rest, &record, &len);

	if (fit == TLS_NO)
		return not_a_record(turn, rest, used, need);
	if (fit == TLS_PARTIAL) {
		*need = len;
		return NEXT_MORE;
	}
	*used = len;
	enum next next = take_record(turn, &record);

	if (next == NEXT_WAIT)
		*used = 0;
	return next;
}

/* ---- lost bytes ---- */

static void lose(struct tls_turn *turn, uint64_t len)
{
	struct tls_side *side = turn->side;

	if (len) {
		side->lost += len;
		side->out_of_step = true;
		turn->tls->flight.cut = true;
		tls_gather_drop(&side->gather, &turn->env->budget);
	}
}

/* ---- handing out ---- */

static void hand_out(struct tls_turn *turn)
{
	struct outbox_plain *plain = &turn->out->plain;

	if (!turn->room_used)
		return;
	plain->there = true;
	plain->expects = turn->tls->expects;
	plain->chunk = (struct chunk){ .data = bytes_of(plain->room, turn->room_used), .gap = turn->room_gap,
		.dir = tls_direction(turn->tls, turn->n), .side = (uint8_t)turn->n, .time_ns = turn->time_ns, .number = turn->number };
	turn->room_used = 0;
}

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
		tell(turn);
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

/* ---- counting ---- */

/* A record passes unopened. */
static void count_record(struct tls *tls, struct tls_side *side, uint8_t type)
{
	if (type == TLS_CHANGE_CIPHER_SPEC && tls->answered && !tls_is_13(tls))
		begin_protected(tls, side);
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
	tell(turn);
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

static void begin_waiting(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;

	tls->mode = TLS_WAITING;
	turn->env->counts.waiting++;
	turn->env->waits_for = (struct session_key){ .kind = SESSION_BY_RANDOM, .len = RANDOM_LEN };
	memcpy(turn->env->waits_for.bytes, tls->client_random, RANDOM_LEN);
}

/* Works off one chunk of what waited. False: its secret is still missing. */
static bool drain_chunk(struct tls_turn *turn, struct bytes data, bool *again)
{
	struct tls_hold *held = &turn->tls->hold;
	enum next next;
	size_t used, need, at = 0;

	do {
		next = next_record(turn, bytes_tail(data, at), &used, &need);
		at += used;
	} while (next == NEXT_RECORD);
	tls_hold_use(held, turn->n, at);
	if (next == NEXT_ROOM || next == NEXT_WAIT)
		tls_hold_put_back(held);
	*again = next == NEXT_ROOM;
	if (next == NEXT_PASS || next == NEXT_BAD)
		turn->tls->mode = TLS_DONE;
	return next != NEXT_WAIT;
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
		lose(turn, mark.gap);
		tls->draining = drain_chunk(turn, data, &again);
		hand_out(turn);
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

static struct progress wait_on(struct tls_turn *turn, const struct chunk *in)
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

/* ---- the walk ---- */

static struct progress read_on(struct tls_turn *turn, const struct chunk *in)
{
	size_t used = 0, need = 0, at = 0;
	enum next next;

	lose(turn, in->gap);
	do {
		next = next_record(turn, bytes_tail(in->data, at), &used, &need);
		at += used;
	} while (next == NEXT_RECORD);
	if (next == NEXT_PASS && !turn->room_used)
		return pass(turn, in, at);
	hand_out(turn);
	switch (next) {
	case NEXT_WAIT:
		begin_waiting(turn);
		struct chunk rest = *in;

		rest.data = bytes_tail(in->data, at);
		rest.gap = 0;
		hold(turn, &rest);
		return ok(in->data.len);
	case NEXT_MORE:
		return (struct progress){ .status = at < in->data.len ? STATUS_MORE : STATUS_OK, .used = at, .need = need };
	case NEXT_OVER:
	case NEXT_BAD:
		return (struct progress){ .status = STATUS_OVER, .used = at };
	default:
		return ok(at);
	}
}

static struct progress walk(struct tls_turn *turn, const struct chunk *in)
{
	struct progress progress;

	switch ((enum tls_mode)turn->tls->mode) {
	case TLS_WAITING:
		return wait_on(turn, in);
	case TLS_COUNTING:
		progress = count_on(turn, in);
		if (in->wakes && tls_keys_are_there(turn)) /* else it was woken because it waited long enough */
			resume_counted(turn);
		return progress;
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

/* A handshake message that is sent in the clear, and by whom. */
static enum verdict probe_message(struct bytes fragment, enum direction dir)
{
	struct reader r = reader_of(fragment);
	uint8_t type = read_u8(&r);
	uint32_t len = (uint32_t)read_u8(&r) << 16;

	len |= read_be16(&r);
	if (r.over)
		return fragment.len ? VERDICT_MAYBE : VERDICT_NO;
	if (len > TLS_MESSAGE_CAP)
		return VERDICT_NO;
	switch (type) {
	case TLS_CLIENT_HELLO:
	case TLS_CLIENT_KEY_EXCHANGE:
		return dir == TO_SERVER ? VERDICT_YES : VERDICT_NO;
	case TLS_SERVER_HELLO:
	case TLS_SERVER_HELLO_DONE:
		return dir == TO_CLIENT ? VERDICT_YES : VERDICT_NO;
	case TLS_CERTIFICATE:
		return VERDICT_EITHER;
	default:
		return VERDICT_NO;
	}
}

/* Midstream: three bytes and a length would be little, were there not the next record's. */
static enum verdict probe_protected(struct bytes data, size_t len)
{
	struct protected_record next;
	size_t next_len;

	if (data.len > len && tls_record_parse(bytes_tail(data, len), &next, &next_len) == TLS_NO)
		return VERDICT_NO;
	return len > TLS_RECORD_HEADER + 16 ? VERDICT_EITHER : VERDICT_NO;
}

static enum verdict tls_probe(const struct chunk *first)
{
	struct protected_record record = { 0 };
	struct bytes body;
	size_t len;
	enum tls_fit fit = tls_record_parse(first->data, &record, &len);

	if (fit == TLS_NO) {
		fit = first->dir == TO_SERVER ? tls_record_parse_v2(first->data, &body, &len) : TLS_NO;
		return fit == TLS_FITS ? VERDICT_YES : fit == TLS_PARTIAL ? VERDICT_MAYBE : VERDICT_NO;
	}
	if (first->data.len < TLS_RECORD_HEADER + TLS_MESSAGE_HEADER && fit == TLS_PARTIAL)
		return first->is_last ? VERDICT_NO : VERDICT_MAYBE;
	if (first->data.data[0] == TLS_HANDSHAKE)
		return probe_message(bytes_tail(bytes_head(first->data, len), TLS_RECORD_HEADER), first->dir);
	return first->data.data[0] == TLS_APPLICATION_DATA ? probe_protected(first->data, len) : VERDICT_NO;
}

static void tls_finish(void *state, struct outbox *out)
{
	struct tls *tls = state;

	if (!tls->env)
		return;
	if (!tls->counted && !tls->decrypted && tls->mode == TLS_WAITING)
		tls->env->counts.no_secret++;
	else if (tls->bad_mac_told && !tls->decrypted && !tls->counted) /* it ended before it was given up */
		tls->env->counts.bad_mac++;
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
