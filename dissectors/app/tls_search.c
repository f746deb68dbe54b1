#include "dissectors/app/tls_search.h"

enum {
	RECORD_LEAST = TLS_RECORD_HEADER + 17, /* TLS 1.3: content type and tag */
	COUNTED_HANDSHAKE = 64,  /* records of those counted that may have been the handshake's */
	GENERATIONS = 4,         /* KeyUpdates that may be among what was missed */
	SESSIONS = 64,
	SESSION_FEW = 64,        /* every session is tried with so few numbers before any with more */
	SESSION_TRIALS = 1 << 18,
	TRIAL_LEN = 1024,        /* so many bytes of a record cost as much as its trial does */
	FINISHED_LEN = 16,       /* before TLS 1.3 (RFC 5246 7.4.9) */
	KEY_UPDATE_LEN = 5,
};

static const uint16_t suites_13[] = { 0x1301, 0x1302, 0x1303, 0x1304, 0x1305 };

/* Numbers from `from` to below `to`. */
struct span {
	uint64_t from, to;
};

static bool open_one(struct tls_turn *turn, struct protection *protection, uint64_t seq, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened)
{
	uint32_t cost = 1 + (uint32_t)record->fragment.len / TRIAL_LEN, *left = &turn->env->trials;

	if (protection_open(protection, seq, record, &opened->type, out, &opened->len))
		return true;
	*left -= cost < *left ? cost : *left;
	return false;
}

/* The first number is tried whatever others have cost: what one connection wastes must not keep others from their next epoch. */
static bool open_span(struct tls_turn *turn, struct protection *protection, struct span span, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened, uint64_t *seq)
{
	for (*seq = span.from; *seq < span.to && (*seq == span.from || turn->env->trials); ++*seq)
		if (open_one(turn, protection, *seq, record, out, opened))
			return true;
	return false;
}

/* The suite of the ServerHello; where that is not known (early data, a lost one), the n-th of all. */
static const struct suite *suite_to_try(const struct tls *tls, size_t n)
{
	if (tls->suite)
		return n == 0 ? tls->suite : NULL;
	return !tls->answered && n < sizeof suites_13 / sizeof *suites_13 ? suite_find(suites_13[n]) : NULL;
}

/* One epoch, under each suite it may have. */
static bool search_epoch(struct tls_turn *turn, enum tls_epoch epoch, struct span span, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened, bool *missing)
{
	const struct suite *suite;
	struct secret secret = { 0 };
	bool found = false, known = false;
	uint64_t seq = 0;

	for (size_t n = 0; !found && (suite = suite_to_try(turn->tls, n)); n++) {
		struct protection *protection;
		enum tls_found what = tls_keys_of_epoch(turn, epoch, suite, &secret, &protection);

		known |= what != TLS_MISSING;
		found = what == TLS_FOUND && open_span(turn, protection, span, record, out, opened, &seq);
		if (found) {
			turn->tls->suite = suite;
			turn->tls->version = TLS_13; /* the ServerHello may be lost, or still to come */
			tls_keys_adopt(turn, protection, epoch, &secret);
			turn->side->seq = seq + 1;
		} else {
			protection_free(protection);
		}
	}
	*missing = !known;
	secrets_wipe(&secret, sizeof secret);
	return found;
}

/* Nothing of the last epoch was opened yet: what its generations are made of is known nevertheless. */
static void begin_generations(struct tls_turn *turn)
{
	struct tls_side *side = turn->side;
	struct protection *first;
	struct secret secret = { 0 };

	if (turn->tls->suite && tls_keys_of_epoch(turn, TLS_EPOCH_TRAFFIC, turn->tls->suite, &secret, &first) == TLS_FOUND) {
		protection_free(first);
		side->generation = secret.generation;
		side->secret_len = (uint8_t)secret.len;
		memcpy(side->secret, secret.bytes, side->secret_len);
	}
	secrets_wipe(&secret, sizeof secret);
}

/* What follows a KeyUpdate, and further ones. */
static bool search_generations(struct tls_turn *turn, unsigned n_generations, struct span span, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened)
{
	struct tls_side before = *turn->side;
	struct secret secret = { 0 };
	bool found = false;
	uint64_t seq = 0;

	if (!turn->side->secret_len && turn->side->out_of_step)
		begin_generations(turn);
	for (unsigned i = 0; i < n_generations && !found && turn->side->secret_len; i++) {
		struct protection *next = tls_keys_next(turn, &secret);

		found = next && open_span(turn, next, span, record, out, opened, &seq);
		turn->side->generation = secret.generation;
		memcpy(turn->side->secret, secret.bytes, turn->side->secret_len);
		if (found) {
			tls_keys_adopt(turn, next, TLS_EPOCH_TRAFFIC, &secret);
			turn->side->seq = seq + 1;
		} else {
			protection_free(next);
		}
	}
	if (!found) {
		turn->side->generation = before.generation;
		turn->side->secret_len = before.secret_len;
		memcpy(turn->side->secret, before.secret, sizeof before.secret);
	}
	secrets_wipe(&before, sizeof before);
	secrets_wipe(&secret, sizeof secret);
	return found;
}

static enum tls_epoch epoch_after(const struct tls_turn *turn)
{
	const struct tls *tls = turn->tls;
	bool client = turn->n == tls->client;

	if (turn->side->epoch == TLS_EPOCH_CLEAR && client && tls->early_offered)
		return TLS_EPOCH_EARLY;
	return turn->side->epoch < TLS_EPOCH_HANDSHAKE ? TLS_EPOCH_HANDSHAKE : TLS_EPOCH_TRAFFIC;
}

/* The last epoch's secret decides whether it is worth waiting: all of a session's come within moments. */
static bool search_from(struct tls_turn *turn, struct span span, const struct protected_record *record, uint8_t *out,
    struct tls_opened *opened, bool *missing)
{
	*missing = false;
	for (enum tls_epoch epoch = epoch_after(turn); epoch <= TLS_EPOCH_TRAFFIC; epoch++)
		if ((turn->side->epoch < TLS_EPOCH_TRAFFIC || !turn->side->secret_len) &&
		    search_epoch(turn, epoch, span, record, out, opened, missing))
			return true;
	return false;
}

bool tls_search_epochs(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened,
    bool *missing)
{
	const struct span first = { 0, 1 };

	opened->n_missed = 0;
	return search_from(turn, first, record, out, opened, missing) ||
	    search_generations(turn, 1, first, record, out, opened);
}

/* How many records the lost bytes may have been, and those that were counted for sure. */
static struct span span_of(const struct tls_turn *turn)
{
	const struct tls_side *side = turn->side;
	uint64_t least = side->lost / (TLS_RECORD_HEADER + TLS_FRAGMENT_CAP), most = side->lost / RECORD_LEAST + 1;
	uint64_t early = tls_is_13(turn->tls) && side->n_counted ? COUNTED_HANDSHAKE : 0;
	uint64_t counted = side->n_counted;
	struct span span = { least + counted - (counted < early ? counted : early), most + counted };

	if (side->joined)
		span = (struct span){ 0, turn->env->search };
	if (span.to - span.from > turn->env->search)
		span.to = span.from + turn->env->search;
	return span;
}

/* What is known of the records missed: how many there were, and that some were no content. */
static void missed(const struct tls_turn *turn, const struct tls_side *before, struct tls_opened *opened)
{
	const struct tls_side *side = turn->side;
	bool early = turn->tls->early_offered && turn->n == turn->tls->client;
	uint64_t n_updates = before->secret_len ? (uint64_t)(side->generation - before->generation) : 0;

	if (side->epoch != before->epoch) {
		opened->n_missed = side->seq - 1;
		opened->none_missed = !early && side->seq == 1;
	} else if (n_updates) {
		opened->n_missed = side->seq - 1 + n_updates;
		opened->other_missed = n_updates * KEY_UPDATE_LEN;
	} else {
		opened->n_missed = side->seq - 1 - before->seq;
	}
	if (side->epoch == TLS_EPOCH_HANDSHAKE && !early)
		opened->none_missed = true;
}

bool tls_search_number(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened,
    bool *missing)
{
	struct tls_side *side = turn->side;
	struct span span = span_of(turn), on = { side->seq + span.from, side->seq + span.to };
	const struct tls_side before = { .epoch = side->epoch, .seq = side->seq, .generation = side->generation,
		.secret_len = side->secret_len };
	uint64_t seq;

	*missing = false;
	if (side->protection && open_span(turn, side->protection, on, record, out, opened, &seq)) {
		side->seq = seq + 1;
		missed(turn, &before, opened);
		if (!tls_is_13(turn->tls) && !before.seq) { /* Finished is the first record */
			opened->other_missed = seq ? FINISHED_LEN : 0;
			opened->none_missed = seq <= 1;
		}
		return true;
	}
	if (turn->tls->version && !tls_is_13(turn->tls))
		return false;
	if (!side->n_counted)
		span.from = 0;
	bool found = search_from(turn, span, record, out, opened, missing) ||
	    search_generations(turn, GENERATIONS, span, record, out, opened);

	if (found)
		missed(turn, &before, opened);
	return found;
}

/* ---- without a handshake ---- */

static bool try_session(struct tls_turn *turn, bool from_client, struct span span, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened)
{
	struct tls *tls = turn->tls;
	bool missing;

	tls->client = (uint8_t)(from_client ? turn->n : !turn->n);
	return search_epoch(turn, TLS_EPOCH_TRAFFIC, span, record, out, opened, &missing);
}

static bool try_sessions(struct tls_turn *turn, struct span span, uint32_t trials_left, const struct protected_record *record,
    uint8_t *out, struct tls_opened *opened)
{
	struct tls *tls = turn->tls;
	bool is_client = turn->n == tls->client;
	struct session_key key;
	uint64_t at = SECRETS_NEWEST;

	for (size_t n = 0; n < SESSIONS && turn->env->trials > trials_left &&
	    secrets_recent(turn->env->secrets, &at, SECRET_CLIENT_TRAFFIC, turn->env->number, &key); n++) {
		memcpy(tls->client_random, key.bytes, RANDOM_LEN);
		tls->has_random = true;
		for (unsigned other = 0; other < (tls->client_known ? 1u : 2u); other++)
			if (try_session(turn, is_client != (other != 0), span, record, out, opened))
				return true;
	}
	tls->has_random = false;
	return false;
}

bool tls_search_session(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened)
{
	struct tls *tls = turn->tls;
	uint32_t trials = turn->env->trials, trials_left = trials > SESSION_TRIALS ? trials - SESSION_TRIALS : 0;
	const struct span few = { 0, SESSION_FEW }, more = { SESSION_FEW, turn->env->search };
	uint8_t client = tls->client;
	uint16_t version = tls->version;

	if (!turn->env->secrets || record->type != TLS_APPLICATION_DATA || record->version != TLS_12)
		return false;
	tls->version = TLS_13;
	opened->n_missed = 0;
	if (try_sessions(turn, few, trials_left, record, out, opened) || try_sessions(turn, more, trials_left, record, out, opened)) {
		struct tls_side *other = &tls->side[!turn->n];

		tls->client_known = true;
		other->joined = other->out_of_step = !other->protection; /* nobody knows how many records there were before */
		return true;
	}
	tls->client = client;
	tls->version = version;
	return false;
}
