#include "dissectors/app/tls_keys.h"

enum { DECRYPTION_TRIALS = 512 };

bool tls_keys_are_hopeless(const struct tls_env *env)
{
	bool none = !env->secrets || (secrets_are_none(env->secrets) && !env->may_come);

	return !env->crypto || (none && (!env->keys || private_keys_count(env->keys) == 0));
}

static struct session_key key_of(enum session_kind kind, struct bytes b)
{
	struct session_key key = { .kind = (uint8_t)kind, .len = (uint8_t)(b.len < sizeof key.bytes ? b.len : sizeof key.bytes) };

	memcpy(key.bytes, b.data, key.len);
	return key;
}

static bool find(const struct tls_turn *turn, enum session_kind kind, struct bytes b, enum secret_label label, struct secret *secret)
{
	const struct tls_env *env = turn->env;
	struct session_key key = key_of(kind, b);

	return env->secrets && b.len && secrets_find(env->secrets, &key, label, env->number, secret);
}

bool tls_keys_are_there(const struct tls_turn *turn)
{
	struct secret secret;
	bool found = false;

	for (unsigned label = 0; label < SECRET_LABELS && !found; label++)
		found = find(turn, SESSION_BY_RANDOM, bytes_of(turn->tls->client_random, RANDOM_LEN), (enum secret_label)label, &secret);
	secrets_wipe(&secret, sizeof secret);
	return found;
}

/* ---- before TLS 1.3 ---- */

static bool master_is(struct tls *tls, const struct secret *secret)
{
	if (secret->len != MASTER_LEN)
		return false;
	memcpy(tls->master, secret->bytes, MASTER_LEN);
	tls->origin = (uint8_t)secret->origin;
	tls->has_master = true;
	return true;
}

static bool master_of_premaster(struct tls *tls, struct bytes premaster, enum secret_origin origin)
{
	struct bytes transcript = bytes_of(tls->flight.data, tls->flight.end_of_key_exchange);

	if (!tls->suite || (tls->extended_master && (tls->flight.cut || !transcript.len)))
		return false;
	tls->has_master = tls->extended_master ?
	    key_schedule_extended_master(tls->version, tls->suite, premaster, transcript, tls->master) :
	    key_schedule_master(tls->version, tls->suite, premaster, tls->client_random, tls->server_random, tls->master);
	tls->origin = (uint8_t)origin;
	return tls->has_master;
}

/* A decryption costs as much as hundreds of tries to open a record, and anybody can ask for it: there are so many in a second.
 * Without a certificate every key is tried, twice. */
static bool decrypt_premaster(struct tls_env *env, struct bytes certificate, struct bytes encrypted, uint16_t offered_version,
    uint8_t premaster[MASTER_LEN])
{
	uint64_t cost = DECRYPTION_TRIALS * (certificate.len ? 1 : 2 * (uint64_t)private_keys_count(env->keys));

	if (env->trials < cost || !private_keys_decrypt(env->keys, certificate, encrypted, offered_version, premaster))
		return false;
	env->trials -= (uint32_t)cost;
	return true;
}

/* The certificate comes first in a Certificate message: see tls_certificate.h. */
static bool master_by_private_key(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct bytes encrypted = tls_flight_part(&tls->flight, tls->premaster);
	struct bytes certificate = tls_flight_part(&tls->flight, tls->certificate);
	uint8_t premaster[MASTER_LEN];

	if (!turn->env->keys || !private_keys_count(turn->env->keys) || !encrypted.len ||
	    !decrypt_premaster(turn->env, certificate, encrypted, tls->offered_version, premaster))
		return false;
	bool ok = master_of_premaster(tls, bytes_of(premaster, sizeof premaster), SECRET_OF_RSA);

	secrets_wipe(premaster, sizeof premaster);
	return ok;
}

static bool master_of_session(struct tls_turn *turn, struct secret *secret)
{
	struct tls *tls = turn->tls;

	if (!tls->abbreviated)
		return find(turn, SESSION_BY_ID, bytes_of(tls->session_id, tls->session_id_len), SECRET_MASTER, secret);
	/* The connection that made the session may be another worker's, who is not there yet. */
	if (turn->env->secrets && !turn->env->ending) {
		secrets_reach(turn->env->secrets, turn->env->worker, turn->env->number);
		secrets_await(turn->env->secrets, turn->env->worker, turn->env->number);
	}
	bool by_ticket = tls->ticket.len && turn->env->secrets &&
	    secrets_find(turn->env->secrets, &tls->ticket, SECRET_MASTER, turn->env->number, secret);

	return by_ticket || find(turn, SESSION_BY_ID, bytes_of(tls->session_id, tls->session_id_len), SECRET_MASTER, secret);
}

static bool master_find(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct bytes random = bytes_of(tls->client_random, tls->has_random ? RANDOM_LEN : 0);
	struct bytes encrypted = bytes_head(tls_flight_part(&tls->flight, tls->premaster), 8);
	struct secret secret = { 0 };

	if (tls->has_master)
		return true;
	if (find(turn, SESSION_BY_RANDOM, random, SECRET_MASTER, &secret))
		(void)master_is(tls, &secret);
	else if (find(turn, SESSION_BY_RANDOM, random, SECRET_PREMASTER, &secret) ||
	    find(turn, SESSION_BY_ENCRYPTED, encrypted, SECRET_PREMASTER, &secret))
		(void)master_of_premaster(tls, bytes_of(secret.bytes, secret.len), secret.origin);
	else if (!master_by_private_key(turn) && master_of_session(turn, &secret))
		(void)master_is(tls, &secret);
	secrets_wipe(&secret, sizeof secret);
	return tls->has_master;
}

enum tls_found tls_keys_of_master(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct direction_keys client, server;
	bool unsupported = false;

	if (!tls->suite)
		return TLS_UNSUPPORTED;
	if (!master_find(turn))
		return TLS_MISSING;
	if (!key_schedule_block(tls->version, tls->suite, tls->master, tls->client_random, tls->server_random, &client, &server))
		return TLS_UNSUPPORTED;
	turn->side->protection = protection_new(turn->env->crypto, tls->version, tls->suite, tls->encrypt_then_mac,
	    turn->n == tls->client ? &client : &server, &turn->env->budget, &unsupported);
	secrets_wipe(&client, sizeof client);
	secrets_wipe(&server, sizeof server);
	turn->side->epoch = TLS_EPOCH_TRAFFIC;
	return turn->side->protection ? TLS_FOUND : TLS_UNSUPPORTED;
}

/* ---- sessions ---- */

void tls_keys_remember(struct tls_turn *turn)
{
	struct tls *tls = turn->tls;
	struct secret secret = { .label = SECRET_MASTER, .origin = (enum secret_origin)tls->origin, .len = MASTER_LEN };
	struct session_key by_id = key_of(SESSION_BY_ID, bytes_of(tls->session_id, tls->session_id_len));

	if (!turn->env->secrets || !tls->has_master || turn->env->ending)
		return;
	memcpy(secret.bytes, tls->master, MASTER_LEN);
	if (by_id.len)
		(void)secrets_add(turn->env->secrets, &by_id, &secret, turn->env->number);
	if (tls->new_ticket.len)
		(void)secrets_add(turn->env->secrets, &tls->new_ticket, &secret, turn->env->number);
	secrets_wipe(&secret, sizeof secret);
}

/* ---- TLS 1.3 ---- */

static enum secret_label label_of(const struct tls_turn *turn, enum tls_epoch epoch)
{
	bool client = turn->n == turn->tls->client;

	if (epoch == TLS_EPOCH_EARLY)
		return SECRET_CLIENT_EARLY;
	if (epoch == TLS_EPOCH_HANDSHAKE)
		return client ? SECRET_CLIENT_HANDSHAKE : SECRET_SERVER_HANDSHAKE;
	return client ? SECRET_CLIENT_TRAFFIC : SECRET_SERVER_TRAFFIC;
}

static struct protection *protection_of(struct tls_turn *turn, const struct suite *suite, const struct secret *secret)
{
	struct direction_keys keys;
	struct protection *protection = NULL;
	bool unsupported = false;

	if (key_schedule_traffic(&turn->env->hkdf, suite, bytes_of(secret->bytes, secret->len), &keys))
		protection = protection_new(turn->env->crypto, TLS_13, suite, false, &keys, &turn->env->budget, &unsupported);
	secrets_wipe(&keys, sizeof keys);
	return protection;
}

enum tls_found tls_keys_of_epoch(struct tls_turn *turn, enum tls_epoch epoch, const struct suite *suite, struct secret *secret,
    struct protection **protection)
{
	struct tls *tls = turn->tls;
	size_t secret_len = strcmp(suite->prf, "SHA384") == 0 ? 48 : 32;

	*protection = NULL;
	if (!tls->has_random || !find(turn, SESSION_BY_RANDOM, bytes_of(tls->client_random, RANDOM_LEN), label_of(turn, epoch), secret) ||
	    secret->len != secret_len)
		return TLS_MISSING;
	*protection = protection_of(turn, suite, secret);
	return *protection ? TLS_FOUND : TLS_UNSUPPORTED;
}

static bool is_missing(const struct tls_turn *turn, enum tls_epoch epoch)
{
	struct secret secret = { 0 };
	bool found = find(turn, SESSION_BY_RANDOM, bytes_of(turn->tls->client_random, RANDOM_LEN), label_of(turn, epoch), &secret);

	secrets_wipe(&secret, sizeof secret);
	return !found;
}

bool tls_keys_are_partial(const struct tls_turn *turn)
{
	const struct tls *tls = turn->tls;
	bool early = tls->early_offered && turn->n == tls->client && turn->side->epoch < TLS_EPOCH_EARLY;

	if (!tls_is_13(tls) || turn->side->epoch >= TLS_EPOCH_HANDSHAKE)
		return false;
	return is_missing(turn, TLS_EPOCH_HANDSHAKE) || (early && is_missing(turn, TLS_EPOCH_EARLY));
}

struct protection *tls_keys_next(struct tls_turn *turn, struct secret *secret)
{
	const struct tls_side *side = turn->side;

	*secret = (struct secret){ .len = side->secret_len, .generation = (uint16_t)(side->generation + 1),
		.origin = (enum secret_origin)turn->tls->origin };
	memcpy(secret->bytes, side->secret, side->secret_len);
	if (!turn->tls->suite || !side->secret_len ||
	    !key_schedule_update(&turn->env->hkdf, turn->tls->suite, secret->bytes, secret->len))
		return NULL;
	return protection_of(turn, turn->tls->suite, secret);
}

void tls_keys_adopt(struct tls_turn *turn, struct protection *protection, enum tls_epoch epoch, const struct secret *secret)
{
	struct tls_side *side = turn->side;

	protection_free(side->protection);
	side->protection = protection;
	side->epoch = (uint8_t)epoch;
	side->generation = secret->generation;
	side->seq = 0;
	turn->tls->origin = (uint8_t)secret->origin;
	side->secret_len = (uint8_t)(epoch == TLS_EPOCH_TRAFFIC && secret->len <= sizeof side->secret ? secret->len : 0);
	memcpy(side->secret, secret->bytes, side->secret_len);
}
