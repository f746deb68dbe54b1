#include "dissectors/app/tls_handshake.h"

#include "dissectors/app/tls_certificate.h"
#include "dissectors/app/tls_facts.h"
#include "dissectors/app/tls_hello.h"

enum { COMPRESSION_DEFLATE = 1 }; /* RFC 3749 2 */

static void broken(struct tls_turn *turn)
{
	outbox_anomaly(turn->out, "tls.bad_handshake");
}

/* ---- hellos ---- */

/* A handshake begins, the first or another one (renegotiation). The protection of either side goes on until its next
 * ChangeCipherSpec. */
static void begin(struct tls *tls)
{
	if (!tls->retry)
		tls_flight_drop(&tls->flight, &tls->env->budget);
	tls->client_hello = tls->server_hello = tls->certificate = tls->client_certificate = tls->extensions = tls->premaster =
	    (struct tls_part){ 0 };
	tls->has_master = tls->answered = tls->abbreviated = tls->remembered = false;
	tls->new_ticket.len = 0;
	tls->extended_master = tls->encrypt_then_mac = false;
	tls->session_id_len = 0;
	tls_facts_stale(tls);
}

static void client_hello(struct tls_turn *turn, const struct tls_client_hello *hello)
{
	struct tls *tls = turn->tls;

	tls->client = (uint8_t)(turn->n & 1);
	tls->client_known = true;
	memcpy(tls->client_random, hello->random, RANDOM_LEN);
	tls->has_random = true;
	tls->early_offered = hello->early_data;
	tls->offered_version = hello->legacy_version;
	tls->ticket.len = 0;
	if (hello->ticket.len)
		tls->ticket = session_key_of_ticket(hello->ticket);
	tls->client_session_id_len = (uint8_t)(hello->session_id.len <= sizeof tls->client_session_id ? hello->session_id.len : 0);
	memcpy(tls->client_session_id, hello->session_id.data, tls->client_session_id_len);
}

static void take_client_hello(struct tls_turn *turn, const struct tls_message *message, uint16_t record_version)
{
	struct tls *tls = turn->tls;
	struct tls_client_hello hello;

	if (!tls_client_hello_parse(&hello, message->body)) {
		broken(turn);
		return;
	}
	begin(tls);
	client_hello(turn, &hello);
	tls->v2 = false;
	tls->hello_record_version = record_version;
	struct tls_part part = tls_flight_add(&tls->flight, message->whole, &tls->env->budget);

	tls->client_hello = tls_flight_within(part, message->whole, message->body);
}

void tls_handshake_take_v2(struct tls_turn *turn, struct bytes body)
{
	struct tls *tls = turn->tls;
	struct tls_client_hello hello;

	if (!tls_client_hello_parse_v2(&hello, body)) {
		broken(turn);
		return;
	}
	begin(tls);
	client_hello(turn, &hello);
	tls->v2 = true;
	tls->client_hello = tls_flight_add(&tls->flight, body, &tls->env->budget);
}

/* RFC 7301 6, and what was registered since. */
static const char *dissector_of_alpn(struct bytes alpn)
{
	if (bytes_is(alpn, "http/1.1") || bytes_is(alpn, "http/1.0"))
		return "http1";
	return bytes_is(alpn, "h2") ? "http2" : NULL;
}

static void take_server_hello(struct tls_turn *turn, const struct tls_message *message)
{
	struct tls *tls = turn->tls;
	struct tls_server_hello hello;

	if (!tls_server_hello_parse(&hello, message->body)) {
		broken(turn);
		return;
	}
	struct tls_part part = tls_flight_add(&tls->flight, message->whole, &tls->env->budget);

	tls->client = (uint8_t)((turn->n ^ 1) & 1);
	tls->client_known = true;
	tls->retry = hello.retry;
	tls->version = hello.version;
	tls->suite_id = hello.suite;
	tls->suite = suite_find(hello.suite);
	if (hello.retry)
		return;
	tls->server_hello = tls_flight_within(part, message->whole, message->body);
	tls->answered = true;
	memcpy(tls->server_random, hello.random, RANDOM_LEN);
	tls->expects = dissector_of_alpn(hello.alpn);
	tls->extended_master = hello.extended_master;
	tls->encrypt_then_mac = hello.encrypt_then_mac;
	tls->session_id_len = (uint8_t)(hello.session_id.len <= sizeof tls->session_id ? hello.session_id.len : 0);
	memcpy(tls->session_id, hello.session_id.data, tls->session_id_len);
	if (tls->suite && tls->suite->tls13 != tls_is_13(tls))
		tls->suite = NULL;
	/* Nobody has agreed on compression since CRIME (2012). */
	tls->compressed = hello.compression == COMPRESSION_DEFLATE;
	if (hello.compression != 0)
		outbox_anomaly(turn->out, "tls.compression");
	if (hello.compression != 0 && !tls->compressed)
		tls->suite = NULL;
}

/* ---- the others ---- */

static void take_certificate(struct tls_turn *turn, const struct tls_message *message)
{
	struct tls *tls = turn->tls;
	struct bytes leaf;

	if (!tls_certificate_leaf(message->body, tls_is_13(tls), &leaf)) {
		broken(turn);
		return;
	}
	/* Of TLS 1.3 only the leaf is of use. */
	bool whole = !tls_is_13(tls);
	struct tls_part part = tls_flight_add(&tls->flight, whole ? message->whole : leaf, &tls->env->budget);

	if (whole)
		part = tls_flight_within(part, message->whole, leaf);
	*(turn->n == tls->client ? &tls->client_certificate : &tls->certificate) = part;
	if (tls->facts && leaf.len)
		tls_facts_stale(tls);
}

/*	RSA: EncryptedPreMasterSecret, with a length u16 in front but in SSL 3.0                                     (RFC 5246 7.4.7.1) */
static void take_key_exchange(struct tls_turn *turn, const struct tls_message *message)
{
	struct tls *tls = turn->tls;
	struct tls_part part = tls_flight_add(&tls->flight, message->whole, &tls->env->budget);
	struct reader r = reader_of(message->body);

	tls->flight.end_of_key_exchange = tls->flight.len;
	if (!tls->suite || !tls->suite->rsa)
		return;
	struct bytes encrypted = tls->version == TLS_SSL30 ? read_rest(&r) : read_bytes(&r, read_be16(&r));

	tls->premaster = tls_flight_within(part, message->whole, encrypted);
}

static void take_encrypted_extensions(struct tls_turn *turn, const struct tls_message *message)
{
	struct tls *tls = turn->tls;
	struct tls_part part = tls_flight_add(&tls->flight, message->whole, &tls->env->budget);
	struct bytes alpn;
	bool early;

	tls->extensions = tls_flight_within(part, message->whole, message->body);
	if (tls_encrypted_extensions_parse(message->body, &alpn, &early))
		tls->expects = dissector_of_alpn(alpn);
	else
		broken(turn);
}

/*	lifetime u32 | ticket length u16 | ticket                                                                       (RFC 5077 3.3) */
static void take_ticket(struct tls_turn *turn, const struct tls_message *message)
{
	struct tls *tls = turn->tls;
	struct reader r = reader_of(message->body);

	read_skip(&r, 4);
	struct bytes ticket = read_bytes(&r, read_be16(&r));

	if (tls_is_13(tls) || r.over || !ticket.len)
		return;
	tls->new_ticket = session_key_of_ticket(ticket);
	tls->remembered = false; /* it comes behind the client's first protected record */
}

/* The side's keys are used up: the next record is of the next epoch. */
static void epoch_ends(struct tls_turn *turn, enum tls_epoch epoch)
{
	struct tls_side *side = turn->side;

	if (!tls_is_13(turn->tls) || side->epoch != epoch)
		return;
	protection_free(side->protection);
	side->protection = NULL;
	side->seq = 0;
}

static void take_key_update(struct tls_turn *turn)
{
	struct secret secret = { 0 };
	struct protection *next = tls_is_13(turn->tls) && turn->side->epoch == TLS_EPOCH_TRAFFIC ? tls_keys_next(turn, &secret) : NULL;

	if (next)
		tls_keys_adopt(turn, next, TLS_EPOCH_TRAFFIC, &secret);
	secrets_wipe(&secret, sizeof secret);
}

static void take_message(struct tls_turn *turn, const struct tls_message *message, uint16_t record_version)
{
	struct tls *tls = turn->tls;
	bool clear = !tls_is_13(tls) || turn->side->epoch == TLS_EPOCH_CLEAR;

	switch (message->type) {
	case TLS_CLIENT_HELLO:
		take_client_hello(turn, message, record_version);
		return;
	case TLS_SERVER_HELLO:
		take_server_hello(turn, message);
		return;
	case TLS_CERTIFICATE:
		take_certificate(turn, message);
		return;
	case TLS_CLIENT_KEY_EXCHANGE:
		take_key_exchange(turn, message);
		return;
	case TLS_NEW_SESSION_TICKET:
		take_ticket(turn, message);
		return;
	case TLS_ENCRYPTED_EXTENSIONS:
		take_encrypted_extensions(turn, message);
		return;
	case TLS_END_OF_EARLY_DATA:
		epoch_ends(turn, TLS_EPOCH_EARLY);
		return;
	case TLS_FINISHED:
		epoch_ends(turn, TLS_EPOCH_HANDSHAKE);
		return;
	case TLS_KEY_UPDATE:
		take_key_update(turn);
		return;
	case TLS_HELLO_REQUEST: /* is no part of the transcript */
		return;
	default:
		if (clear && !tls->flight.end_of_key_exchange && !tls_keys_are_hopeless(tls->env))
			(void)tls_flight_add(&tls->flight, message->whole, &tls->env->budget);
		return;
	}
}

void tls_handshake_take(struct tls_turn *turn, struct bytes fragment, uint16_t record_version)
{
	struct budget *budget = &turn->env->budget;
	struct tls_gather *gather = &turn->side->gather;
	struct tls_message message;
	enum tls_gathered gathered;

	while ((gathered = tls_gather_next(gather, &fragment, budget, &message)) != TLS_GATHER_MORE) {
		if (gathered == TLS_GATHERED && message.type == TLS_KEY_UPDATE && fragment.len) {
			broken(turn); /* it ends its record (RFC 8446 5.1): thousands in one would cost as many derivations */
		} else if (gathered == TLS_GATHERED) {
			take_message(turn, &message, record_version);
		} else {
			turn->tls->flight.cut = true;
			broken(turn);
		}
	}
}
