#include "dissectors/app/tls_facts.h"

#include "dissectors/app/tls_certificates.h"
#include "dissectors/app/tls_fingerprint.h"
#include "dissectors/app/tls_hello.h"
#include "sensor/model/tls.h"

enum { ARENA_BLOCK = 2048 };

struct tls_facts {
	struct arena arena;
	struct record *record;
};

void tls_facts_drop(struct tls *tls)
{
	if (!tls->facts)
		return;
	arena_fini(&tls->facts->arena);
	budget_free(&tls->env->budget, tls->facts, sizeof *tls->facts);
	tls->facts = NULL;
}

void tls_facts_stale(struct tls *tls)
{
	tls_facts_drop(tls);
}

/* Suricata's words. */
static const char *version_text(uint16_t version)
{
	switch (version) {
	case TLS_SSL30:
		return "SSLv3";
	case TLS_10:
		return "TLSv1";
	case TLS_11:
		return "TLS 1.1";
	case TLS_12:
		return "TLS 1.2";
	case TLS_13:
		return "TLS 1.3";
	default:
		return NULL;
	}
}

static const char *decrypted_text(const struct tls *tls)
{
	static const char *const origins[] = { [SECRET_OF_KEYLOG] = "keylog", [SECRET_OF_DSB] = "dsb", [SECRET_OF_RSA] = "rsa" };

	if (tls->mode == TLS_PASSING)
		return "mirror";
	return tls->decrypted ? origins[tls->origin] : "none";
}

static void set(struct record *record, enum tls_field field, struct bytes text)
{
	if (text.len)
		record_text(record, field, text);
}

static void set_alpns(struct record *record, enum tls_field field, const struct bytes *alpns, size_t n, struct arena *arena)
{
	struct bytes *copy = n ? arena_alloc(arena, n * sizeof *copy) : NULL;

	if (!copy)
		return;
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_copy(arena, alpns[i]);
	record_texts(record, field, copy, n);
}

static void of_client_hello(const struct tls *tls, struct record *record, struct arena *arena)
{
	struct bytes body = tls_flight_part(&tls->flight, tls->client_hello);
	struct tls_client_hello hello;

	if (!body.len || !(tls->v2 ? tls_client_hello_parse_v2(&hello, body) : tls_client_hello_parse(&hello, body)))
		return;
	hello.record_version = tls->hello_record_version;
	set(record, TLS_SNI, arena_copy(arena, hello.sni));
	set_alpns(record, TLS_CLIENT_ALPNS, hello.alpns, hello.n_alpns, arena);
	struct bytes ja3 = tls_ja3_string(&hello, arena);

	set(record, TLS_JA3_STRING, ja3);
	set(record, TLS_JA3_HASH, ja3.len ? tls_ja3_hash(ja3, arena) : ja3);
	set(record, TLS_JA4, tls_ja4(&hello, arena));
}

static void of_server_hello(const struct tls *tls, struct record *record, struct arena *arena)
{
	struct bytes body = tls_flight_part(&tls->flight, tls->server_hello);
	struct bytes extensions = tls_flight_part(&tls->flight, tls->extensions);
	struct tls_server_hello hello;
	struct bytes alpn;
	bool early;

	if (!body.len || !tls_server_hello_parse(&hello, body))
		return;
	struct bytes ja3s = tls_ja3s_string(&hello, arena);

	set(record, TLS_JA3S_STRING, ja3s);
	set(record, TLS_JA3S_HASH, ja3s.len ? tls_ja3_hash(ja3s, arena) : ja3s);
	if (extensions.len && tls_encrypted_extensions_parse(extensions, &alpn, &early))
		hello.alpn = alpn;
	if (hello.alpn.len)
		set_alpns(record, TLS_SERVER_ALPNS, &hello.alpn, 1, arena);
	if (tls->abbreviated || (tls_is_13(tls) && hello.psk))
		record_flag(record, TLS_SESSION_RESUMED, true);
}

static void of_certificates(const struct tls *tls, struct record *record, struct arena *arena)
{
	struct bytes server = tls_flight_part(&tls->flight, tls->certificate);
	struct bytes client = tls_flight_part(&tls->flight, tls->client_certificate);
	struct tls_certificates *known = tls->env->certificates;
	struct tls_certificate certificate = { 0 };

	if (server.len && tls_certificates_read(known, &certificate, server, arena)) {
		set(record, TLS_SUBJECT, certificate.subject);
		set(record, TLS_ISSUERDN, certificate.issuer);
		set(record, TLS_SERIAL, certificate.serial);
		set(record, TLS_FINGERPRINT, certificate.fingerprint);
		set(record, TLS_NOTBEFORE, certificate.not_before);
		set(record, TLS_NOTAFTER, certificate.not_after);
	}
	certificate = (struct tls_certificate){ 0 };
	if (client.len && tls_certificates_read(known, &certificate, client, arena)) {
		set(record, TLS_CLIENT_SUBJECT, certificate.subject);
		set(record, TLS_CLIENT_ISSUERDN, certificate.issuer);
		set(record, TLS_CLIENT_SERIAL, certificate.serial);
		set(record, TLS_CLIENT_FINGERPRINT, certificate.fingerprint);
		set(record, TLS_CLIENT_NOTBEFORE, certificate.not_before);
		set(record, TLS_CLIENT_NOTAFTER, certificate.not_after);
		set(record, TLS_CLIENT_X5T_S256, certificate.x5t_s256);
	}
}

const struct record *tls_facts_of(struct tls *tls)
{
	if (tls->facts)
		return tls->facts->record;
	struct tls_facts *facts = budget_alloc(&tls->env->budget, sizeof *facts);

	if (!facts)
		return NULL;
	tls->facts = facts;
	arena_init(&facts->arena, ARENA_BLOCK, &tls->env->budget);
	struct record *record = facts->record = record_new(&tls_record, &facts->arena);

	if (!record)
		return NULL;
	const char *version = tls->answered ? version_text(tls->version) : NULL;
	const char *suite = tls->answered ? suite_name(tls->suite_id) : NULL;

	if (version)
		record_text(record, TLS_VERSION, bytes_text(version));
	if (suite)
		record_text(record, TLS_CIPHER, bytes_text(suite));
	of_client_hello(tls, record, &facts->arena);
	of_server_hello(tls, record, &facts->arena);
	of_certificates(tls, record, &facts->arena);
	record_text(record, TLS_DECRYPTED, bytes_text(decrypted_text(tls)));
	return record;
}
