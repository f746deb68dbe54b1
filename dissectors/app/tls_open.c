#include "dissectors/app/tls_open.h"

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

/* ---- what is said ---- */

void tls_open_tell(struct tls_turn *turn)
{
	if (turn->tls->told)
		return;
	turn->tls->told = turn->tell = true;
}

/* Why a connection is not decrypted, or no further: the first reason counts. */
static enum tls_next end_for(struct tls_turn *turn, uint64_t *counter)
{
	if (!turn->tls->counted)
		++*counter;
	turn->tls->counted = true;
	turn->tls->mode = TLS_DONE;
	tls_open_tell(turn);
	return TLS_NEXT_OVER;
}

/* The content of a record that does not open is missing: what follows does not go on from what came before. */
static void content_refused(struct tls_side *side, const struct protected_record *record)
{
	size_t overhead = protection_overhead(side->protection), len = record->fragment.len;

	if (record->type == TLS_APPLICATION_DATA)
		side->content_gap += len > overhead ? len - overhead : 1;
}

static enum tls_next refused(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls_side *side = turn->side;
	bool early = turn->tls->early_offered && side->epoch <= TLS_EPOCH_EARLY;

	if (tls_keys_are_partial(turn)) /* it is no proof against the keys there are */
		return ++side->n_refused < PARTIAL_MAX ? TLS_NEXT_RECORD : end_for(turn, &turn->env->counts.no_secret);
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

	return !chained && ++side->n_refused < most ? TLS_NEXT_RECORD : end_for(turn, &turn->env->counts.bad_mac);
}

static enum tls_next secret_missing(struct tls_turn *turn)
{
	return turn->env->may_come && turn->tls->has_random ? TLS_NEXT_WAIT : end_for(turn, &turn->env->counts.no_secret);
}

/* ---- records ---- */

void tls_open_protect(struct tls *tls, struct tls_side *side)
{
	protection_free(side->protection);
	tls_inflate_free(side->inflate);
	side->protection = NULL;
	side->inflate = NULL;
	side->seq = side->n_counted = 0;
	side->is_protected = true;
	tls_gather_drop(&side->gather, &tls->env->budget);
}

/* From here on the side's records are protected with what the handshake agreed on. Before the ServerHello it means nothing: TLS
 * 1.3's middlebox compatibility (RFC 8446 D.4). */
static enum tls_next change_cipher_spec(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct tls_side *side = turn->side;

	if (tls_is_13(tls) || (!tls->answered && !tls->flight.end_of_key_exchange))
		return TLS_NEXT_RECORD;
	if (turn->n != tls->client && !tls->flight.end_of_key_exchange && !tls->certificate.len)
		tls->abbreviated = true;
	tls_open_protect(tls, side);
	return TLS_NEXT_RECORD;
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
	tls_open_tell(turn);
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

static enum tls_next opened(struct tls_turn *turn, struct tls_opened *opened, uint16_t record_version)
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
		return TLS_NEXT_RECORD;
	case TLS_HANDSHAKE:
		tls_handshake_take(turn, bytes_of(out, opened->len), record_version);
		return TLS_NEXT_RECORD;
	case TLS_CHANGE_CIPHER_SPEC:
		return change_cipher_spec(turn);
	default: /* alerts, heartbeats */
		return TLS_NEXT_RECORD;
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

static enum tls_next unopened(struct tls_turn *turn, const struct protected_record *record, bool missing)
{
	struct tls *tls = turn->tls;

	if (missing)
		return secret_missing(turn);
	if (!tls->has_random)
		return ++turn->side->n_searched < SEARCHED_MAX ? TLS_NEXT_RECORD : end_for(turn, &turn->env->counts.no_secret);
	if (turn->side->joined) /* step_in counts */
		return TLS_NEXT_RECORD;
	if (tls->answered && (!tls->suite || (!tls_is_13(tls) && !turn->side->protection)))
		return end_for(turn, &turn->env->counts.unsupported);
	return refused(turn, record);
}

static enum tls_next take_protected(struct tls_turn *turn, const struct protected_record *record)
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

/* Where nothing will be decrypted and nobody asks, a handshake is not looked into: its ClientHello is kept, for what may follow
 * in the clear. */
static enum tls_next pass_handshake(struct tls_turn *turn, const struct protected_record *record)
{
	struct tls *tls = turn->tls;
	struct tls_gather gather = { 0 };
	struct bytes fragment = record->fragment;
	struct tls_message message;

	if (record->type == TLS_APPLICATION_DATA)
		return end_for(turn, &turn->env->counts.no_secret);
	if (record->type != TLS_HANDSHAKE || tls->client_hello.len || !fragment.len || fragment.data[0] != TLS_CLIENT_HELLO)
		return TLS_NEXT_RECORD;
	tls->client = (uint8_t)turn->n;
	tls->client_known = true;
	tls->hello_record_version = record->version;
	if (tls_gather_next(&gather, &fragment, &turn->env->budget, &message) == TLS_GATHERED)
		tls->client_hello = tls_flight_add(&tls->flight, message.body, &turn->env->budget);
	tls_gather_drop(&gather, &turn->env->budget);
	return TLS_NEXT_RECORD;
}

/* Of TLS 1.3 a handshake in the clear, by who has gone over to protected records: anybody may have sent it. */
static bool is_unvouched(const struct tls_turn *turn, const struct protected_record *record)
{
	return record->type == TLS_HANDSHAKE && tls_is_13(turn->tls) && turn->tls->answered && turn->side->is_protected;
}

static enum tls_next take_record(struct tls_turn *turn, const struct protected_record *record)
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
	return TLS_NEXT_RECORD;
}

static enum tls_next not_a_record(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct tls *tls = turn->tls;
	struct bytes body;
	enum tls_fit fit = tls->client_known ? TLS_NO : tls_record_parse_v2(rest, &body, need);

	if (fit == TLS_PARTIAL)
		return TLS_NEXT_MORE;
	if (fit == TLS_FITS) {
		*used = *need;
		tls_handshake_take_v2(turn, body);
		return TLS_NEXT_RECORD;
	}
	if (tls->side[0].is_protected || tls->side[1].is_protected || tls->decrypted) {
		outbox_anomaly(turn->out, "tls.bad_record");
		(void)end_for(turn, &turn->env->counts.gap);
		return TLS_NEXT_BAD;
	}
	return TLS_NEXT_PASS;
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

/* What stands `at` bytes behind the lost ones is tried as the next record. It is not where `side->out_of_step` stays. */
static enum tls_next try_record(struct tls_turn *turn, const struct protected_record *record, size_t at)
{
	struct tls_side *side = turn->side;

	if (begins_unseen(turn, record))
		tls_open_protect(turn->tls, side);
	bool by_tag = is_protected(turn, record);

	if (by_tag && !side->protection && turn->tls->version && !tls_is_13(turn->tls))
		(void)tls_keys_of_master(turn);
	if (by_tag && side->protection && !protection_is_seekable(side->protection))
		return end_for(turn, &turn->env->counts.gap);
	side->lost += at;
	enum tls_next next = take_record(turn, record);

	if (!by_tag) {
		side->out_of_step = side->joined = false;
		side->lost = 0;
	}
	if (next == TLS_NEXT_RECORD && side->out_of_step) {
		side->n_refused = 0;
		side->lost -= at;
	}
	return next;
}

/* Only a tag vouches for where a record starts. Where there is none, at least the next one's header must follow. */
static bool is_likely(const struct tls_turn *turn, const struct protected_record *record, struct bytes behind)
{
	struct protected_record next;
	size_t len;

	return is_protected(turn, record) || record->type == TLS_APPLICATION_DATA || !behind.len ||
	    tls_record_parse(behind, &next, &len) != TLS_NO;
}

/* After lost bytes: whatever may be a record is tried. One that is not whole is kept, and what stands behind its beginning is tried all
 * the same: ciphertext may look like a header, and then its record will never be whole. */
static enum tls_next step_in(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct tls_side *side = turn->side;
	bool in_clear = !side->is_protected;
	struct protected_record record;
	size_t keep = rest.len, len = 0;

	if (turn->room_used) /* what is lost goes before what comes next */
		return TLS_NEXT_ROOM;
	for (size_t at = tls_record_find(rest, in_clear); at < rest.len; at += 1 + tls_record_find(bytes_tail(rest, at + 1), in_clear)) {
		struct bytes from = bytes_tail(rest, at);

		if (tls_record_parse(from, &record, &len) != TLS_FITS) {
			keep = at < keep ? at : keep;
			continue;
		}
		if (!is_likely(turn, &record, bytes_tail(from, len)))
			continue;
		enum tls_next next = try_record(turn, &record, at);

		*used = next == TLS_NEXT_WAIT ? at : at + len;
		if (next != TLS_NEXT_RECORD || !side->out_of_step)
			return next;
		if (++side->n_searched == SEARCHED_MAX)
			return end_for(turn, &turn->env->counts.gap);
	}
	side->lost += keep;
	*used = keep;
	*need = 0; /* any more: another record than the one that is kept may be whole then */
	return TLS_NEXT_MORE;
}

/* The record that `rest` starts with. *used is what was taken of it, *need what is wanted of it at least. */
enum tls_next tls_open_next(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need)
{
	struct outbox_plain *plain = &turn->out->plain;
	struct protected_record record;
	size_t len = 0;

	*used = *need = 0;
	if (!rest.len)
		return TLS_NEXT_MORE;
	if (plain->room_len - turn->room_used < 2 * TLS_FRAGMENT_CAP + ROOM_SLACK)
		return TLS_NEXT_ROOM;
	if (turn->room_used && turn->side->content_gap) /* what is lost from here on goes behind what is in the room */
		return TLS_NEXT_ROOM;
	if (turn->side->out_of_step)
		return step_in(turn, rest, used, need);
	enum tls_fit fit = tls_record_parse(rest, &record, &len);

	if (fit == TLS_NO)
		return not_a_record(turn, rest, used, need);
	if (fit == TLS_PARTIAL) {
		*need = len;
		return TLS_NEXT_MORE;
	}
	*used = len;
	enum tls_next next = take_record(turn, &record);

	if (next == TLS_NEXT_WAIT)
		*used = 0;
	return next;
}

/* ---- lost bytes ---- */

void tls_open_lose(struct tls_turn *turn, uint64_t len)
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

void tls_open_hand_out(struct tls_turn *turn)
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
