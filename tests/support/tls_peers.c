#include "tests/support/tls_peers.h"

#include "tests/support/hex.h"

#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLIENT_KEY_EXCHANGE = 16, RECORD_HANDSHAKE = 22 };

static void must(bool ok)
{
	if (ok)
		return;
	ERR_print_errors_fp(stderr);
	abort();
}

static void keep(struct tls_kept *kept, const void *data, size_t len)
{
	tls_kept_add(kept, bytes_of(data, len));
}

static EVP_PKEY *make_dsa(void)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *parameters = NULL, *key = NULL;

	must(EVP_PKEY_paramgen_init(context) > 0 && EVP_PKEY_CTX_set_dsa_paramgen_bits(context, 1024) > 0 &&
	    EVP_PKEY_CTX_set_dsa_paramgen_q_bits(context, 160) > 0 && EVP_PKEY_paramgen(context, &parameters) > 0);
	EVP_PKEY_CTX_free(context);
	context = EVP_PKEY_CTX_new(parameters, NULL);
	must(EVP_PKEY_keygen_init(context) > 0 && EVP_PKEY_keygen(context, &key) > 0);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(parameters);
	return key;
}

static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);

	must(X509_set_version(certificate, 2) && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
	    X509_gmtime_adj(X509_getm_notBefore(certificate), 0) && X509_gmtime_adj(X509_getm_notAfter(certificate), 86400) &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)TLS_PEERS_NAME, -1, -1, 0) &&
	    X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
	    X509_sign(certificate, key, EVP_sha256()));
	return certificate;
}

void tls_identities_init(struct tls_identities *identities)
{
	identities->keys[0] = EVP_RSA_gen(2048);
	identities->keys[1] = EVP_EC_gen("P-256");
	identities->keys[2] = make_dsa();
	for (size_t i = 0; i < 3; i++) {
		must(identities->keys[i] != NULL);
		identities->certificates[i] = make_certificate(identities->keys[i]);
	}
}

void tls_identities_fini(struct tls_identities *identities)
{
	for (size_t i = 0; i < 3; i++) {
		X509_free(identities->certificates[i]);
		EVP_PKEY_free(identities->keys[i]);
	}
}

static void take_keylog(const SSL *ssl, const char *line)
{
	struct tls_peers *peers = SSL_get_app_data(ssl);

	keep(&peers->keylog, line, strlen(line));
	keep(&peers->keylog, "\n", 1);
}

static void take_message(int is_written, int version, int type, const void *data, size_t len, SSL *ssl, void *place)
{
	struct tls_peers *peers = place;

	(void)is_written;
	(void)version;
	(void)ssl;
	if (type != RECORD_HANDSHAKE || peers->key_exchange > 0)
		return;
	if (len > 0 && *(const uint8_t *)data == CLIENT_KEY_EXCHANGE)
		peers->key_exchange = peers->transcript.len;
	keep(&peers->transcript, data, len);
}

static unsigned tell_client(SSL *ssl, const char *hint, char *identity, unsigned identity_cap, unsigned char *key, unsigned cap)
{
	(void)ssl;
	(void)hint;
	snprintf(identity, identity_cap, "someone");
	memset(key, 0x5a, cap < 32 ? cap : 32);
	return 32;
}

static unsigned tell_server(SSL *ssl, const char *identity, unsigned char *key, unsigned cap)
{
	(void)ssl;
	(void)identity;
	memset(key, 0x5a, cap < 32 ? cap : 32);
	return 32;
}

static int accept_any(int is_fine, X509_STORE_CTX *store)
{
	(void)is_fine;
	(void)store;
	return 1;
}

/* The server takes what the client offers first. */
static int choose_alpn(SSL *ssl, const unsigned char **chosen, unsigned char *len, const unsigned char *offered,
    unsigned offered_len,
    void *place)
{
	(void)ssl;
	(void)place;
	must(offered_len > 1);
	*chosen = offered + 1;
	*len = offered[0];
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *make_context(const struct tls_peers_spec *spec)
{
	SSL_CTX *context = SSL_CTX_new(TLS_method());
	char list[128];

	must(context != NULL);
	snprintf(list, sizeof list, "%s:@SECLEVEL=0", spec->cipher);
	if (spec->version == TLS1_3_VERSION)
		must(SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") && SSL_CTX_set_ciphersuites(context, spec->cipher));
	else
		must(SSL_CTX_set_cipher_list(context, list));
	must(SSL_CTX_set_min_proto_version(context, spec->version) && SSL_CTX_set_max_proto_version(context, spec->version));
	SSL_CTX_set_dh_auto(context, 1);
	if (spec->no_encrypt_then_mac)
		SSL_CTX_set_options(context, SSL_OP_NO_ENCRYPT_THEN_MAC);
	if (spec->no_extended_master)
		SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	if (spec->padding > 0)
		must(SSL_CTX_set_block_padding(context, spec->padding));
	SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_ANTI_REPLAY);
	if (spec->no_tickets)
		SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	must(SSL_CTX_set_session_id_context(context, (const uint8_t *)"test", 4) && SSL_CTX_set_max_early_data(context, 16384));
	SSL_CTX_set_alpn_select_cb(context, choose_alpn, NULL);
	if (strstr(spec->cipher, "PSK")) {
		SSL_CTX_set_psk_client_callback(context, tell_client);
		SSL_CTX_set_psk_server_callback(context, tell_server);
	}
	return context;
}

/* Carries what one has written to the other. */
static size_t carry(struct tls_peers *peers, enum tls_peer from)
{
	struct tls_kept flight = { .len = 0 };
	uint8_t data[4096];

	for (int n; (n = BIO_read(SSL_get_wbio(peers->ssl[from]), data, sizeof data)) > 0;) {
		keep(&flight, data, (size_t)n);
		must(BIO_write(SSL_get_rbio(peers->ssl[!from]), data, n) == n);
	}
	if (flight.len)
		tls_tape_add(&peers->tape, from, bytes_of(flight.data, flight.len));
	free(flight.data);
	return flight.len;
}

/* One's next move in a handshake. A server that takes early data reads that first. */
static int shake(struct tls_peers *peers, int who, const struct tls_peers_spec *spec)
{
	SSL *ssl = peers->ssl[who];
	uint8_t early[1024];
	size_t len;

	if (who == TLS_PEER_SERVER && spec->early && !spec->refuse_early && !peers->early_is_read) {
		int got = SSL_read_early_data(ssl, early, sizeof early, &len);

		if (got == SSL_READ_EARLY_DATA_ERROR)
			return -1;
		peers->early_is_read = got == SSL_READ_EARLY_DATA_FINISH;
		must(got == SSL_READ_EARLY_DATA_FINISH || len == strlen(spec->early));
		if (!peers->early_is_read)
			return shake(peers, who, spec);
	}
	return SSL_do_handshake(ssl);
}

static void speak_early(struct tls_peers *peers, const struct tls_peers_spec *spec)
{
	size_t len;

	must(SSL_write_early_data(peers->ssl[0], spec->early, strlen(spec->early), &len) == 1 && len == strlen(spec->early));
	if (!spec->refuse_early)
		keep(&peers->said[0], spec->early, len);
	(void)carry(peers, TLS_PEER_CLIENT);
}

static bool connect_peers(struct tls_peers *peers, const struct tls_peers_spec *spec)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (int who = 0; who < 2; who++) {
			int got = shake(peers, who, spec);
			bool waits = got <= 0 && SSL_get_error(peers->ssl[who], got) == SSL_ERROR_WANT_READ;

			if (got <= 0 && !waits) {
				ERR_clear_error();
				return false;
			}
			moved = carry(peers, (enum tls_peer)who) > 0 || moved;
		}
	}
	return SSL_is_init_finished(peers->ssl[0]) && SSL_is_init_finished(peers->ssl[1]);
}

/* So that a server's tickets of TLS 1.3 are out of the way. */
static void listen_once(struct tls_peers *peers, enum tls_peer who)
{
	uint8_t byte;

	must(SSL_read(peers->ssl[who], &byte, 1) <= 0);
	ERR_clear_error();
}

static void set_up_client(struct tls_peers *peers, const struct tls_identities *identities, const struct tls_peers_spec *spec)
{
	SSL *ssl = peers->ssl[0];
	uint8_t alpn[64];

	if (spec->client_certificate || spec->authenticates_later)
		must(SSL_use_certificate(ssl, identities->certificates[0]) && SSL_use_PrivateKey(ssl, identities->keys[0]));
	if (spec->authenticates_later)
		SSL_set_post_handshake_auth(ssl, 1);
	if (spec->sni)
		must(SSL_set_tlsext_host_name(ssl, spec->sni));
	if (spec->alpn) {
		alpn[0] = (uint8_t)strlen(spec->alpn);
		must(alpn[0] < sizeof alpn);
		memcpy(alpn + 1, spec->alpn, alpn[0]);
		must(SSL_set_alpn_protos(ssl, alpn, alpn[0] + 1u) == 0);
	}
	if (spec->resumes) {
		SSL_SESSION *session = SSL_get1_session(spec->resumes->ssl[0]);

		must(SSL_set_session(ssl, session));
		SSL_SESSION_free(session);
	}
	SSL_set_msg_callback(ssl, take_message);
	SSL_set_msg_callback_arg(ssl, peers);
	SSL_set_connect_state(ssl);
}

static void set_up_server(struct tls_peers *peers, const struct tls_identities *identities, const struct tls_peers_spec *spec)
{
	SSL *ssl = peers->ssl[1];

	for (size_t i = 0; i < 3; i++)
		must(SSL_use_certificate(ssl, identities->certificates[i]) && SSL_use_PrivateKey(ssl, identities->keys[i]));
	if (spec->client_certificate)
		SSL_set_verify(ssl, SSL_VERIFY_PEER, accept_any);
	if (spec->refuse_early)
		must(SSL_set_max_early_data(ssl, 0));
	SSL_set_accept_state(ssl);
}

static void make_peer(struct tls_peers *peers, int who, const struct tls_peers_spec *spec)
{
	if (spec->resumes) {
		peers->contexts[who] = spec->resumes->contexts[who];
		must(SSL_CTX_up_ref(peers->contexts[who]));
	} else {
		peers->contexts[who] = make_context(spec);
	}
	SSL_CTX_set_keylog_callback(peers->contexts[0], take_keylog);
	SSL *ssl = peers->ssl[who] = SSL_new(peers->contexts[who]);

	must(ssl != NULL);
	SSL_set_app_data(ssl, peers);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	if (spec->groups[who])
		must(SSL_set1_groups_list(ssl, spec->groups[who]));
	if (spec->fragment)
		must(SSL_set_max_send_fragment(ssl, (long)spec->fragment));
}

bool tls_peers_init(struct tls_peers *peers, const struct tls_identities *identities, const struct tls_peers_spec *spec)
{
	memset(peers, 0, sizeof *peers);
	for (int who = 0; who < 2; who++)
		make_peer(peers, who, spec);
	set_up_client(peers, identities, spec);
	set_up_server(peers, identities, spec);
	if (spec->early)
		speak_early(peers, spec);
	if (!connect_peers(peers, spec))
		return false;
	listen_once(peers, TLS_PEER_CLIENT);
	return true;
}

void tls_peers_fini(struct tls_peers *peers)
{
	for (int who = 0; who < 2; who++) {
		SSL_free(peers->ssl[who]);
		SSL_CTX_free(peers->contexts[who]);
		free(peers->said[who].data);
	}
	tls_tape_fini(&peers->tape);
	free(peers->transcript.data);
	free(peers->keylog.data);
	memset(peers, 0, sizeof *peers);
}

void tls_peers_say(struct tls_peers *peers, enum tls_peer who, struct bytes what)
{
	uint8_t *heard = malloc(what.len + 1);
	size_t len = 0;

	must(heard && SSL_write(peers->ssl[who], what.data, (int)what.len) == (int)what.len && carry(peers, who) > 0);
	while (len < what.len) {
		int n = SSL_read(peers->ssl[!who], heard + len, (int)(what.len - len));

		must(n > 0);
		len += (size_t)n;
	}
	must(memcmp(heard, what.data, what.len) == 0);
	free(heard);
	keep(&peers->said[who], what.data, what.len);
}

void tls_peers_update(struct tls_peers *peers, enum tls_peer who)
{
	must(SSL_key_update(peers->ssl[who], SSL_KEY_UPDATE_NOT_REQUESTED) && SSL_do_handshake(peers->ssl[who]) == 1);
	must(carry(peers, who) > 0);
	listen_once(peers, (enum tls_peer)!who);
}

void tls_peers_renegotiate(struct tls_peers *peers)
{
	const struct tls_peers_spec none = { .cipher = NULL };

	must(SSL_renegotiate(peers->ssl[0]) && SSL_do_handshake(peers->ssl[0]) <= 0 && carry(peers, TLS_PEER_CLIENT) > 0);
	listen_once(peers, TLS_PEER_SERVER);
	(void)carry(peers, TLS_PEER_SERVER);
	must(connect_peers(peers, &none));
	must(!SSL_renegotiate_pending(peers->ssl[0]));
}

void tls_peers_authenticate(struct tls_peers *peers)
{
	SSL_set_verify(peers->ssl[1], SSL_VERIFY_PEER, accept_any);
	must(SSL_verify_client_post_handshake(peers->ssl[1]) && SSL_do_handshake(peers->ssl[1]) == 1);
	must(carry(peers, TLS_PEER_SERVER) > 0);
	listen_once(peers, TLS_PEER_CLIENT);
	must(carry(peers, TLS_PEER_CLIENT) > 0);
	listen_once(peers, TLS_PEER_SERVER);
	(void)carry(peers, TLS_PEER_SERVER);
	listen_once(peers, TLS_PEER_CLIENT);
	must(SSL_get0_peer_certificate(peers->ssl[1]) != NULL);
}

void tls_peers_close(struct tls_peers *peers, enum tls_peer who)
{
	must(SSL_shutdown(peers->ssl[who]) >= 0 && carry(peers, who) > 0);
}

/* What the server's RSA key makes of ClientKeyExchange: type 1, length 3, length 2, the encrypted premaster. */
struct bytes tls_peers_premaster(const struct tls_peers *peers, EVP_PKEY *key, uint8_t premaster[48])
{
	struct reader r = reader_of(bytes_of(peers->transcript.data, peers->transcript.len));
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	uint8_t room[256];
	size_t len = sizeof room;

	read_skip(&r, peers->key_exchange + 4);
	struct bytes encrypted = read_bytes(&r, read_be16(&r));

	must(!r.over && EVP_PKEY_decrypt_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0);
	must(EVP_PKEY_decrypt(context, room, &len, encrypted.data, encrypted.len) > 0 && len == 48);
	memcpy(premaster, room, 48);
	EVP_PKEY_CTX_free(context);
	return encrypted;
}

/* label, client random, secret */
size_t tls_peers_secret(const struct tls_peers *peers, const char *label, uint8_t secret[64])
{
	char *text = strndup((const char *)peers->keylog.data, peers->keylog.len), *rest = text, *line;
	size_t len = 0;

	while ((line = strsep(&rest, "\n"))) {
		char *hex = strrchr(line, ' ');

		if (strncmp(line, label, strlen(label)) != 0 || line[strlen(label)] != ' ' || !hex)
			continue;
		for (char *c = hex; *c; c++)
			*c = (char)bytes_lower((uint8_t)*c);
		uint8_t *bytes = hex_bytes(hex, &len);

		must(len <= 64);
		memcpy(secret, bytes, len);
		free(bytes);
	}
	free(text);
	return len;
}
