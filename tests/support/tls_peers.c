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
	uint8_t *more = realloc(kept->data, kept->len + len + 1);

	must(more != NULL);
	memcpy(more + kept->len, data, len);
	kept->data = more;
	kept->len += len;
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
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"test key", -1, -1, 0) &&
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
	if (strstr(spec->cipher, "PSK")) {
		SSL_CTX_set_psk_client_callback(context, tell_client);
		SSL_CTX_set_psk_server_callback(context, tell_server);
	}
	return context;
}

/* Carries what one has written to the other. */
static size_t carry(struct tls_peers *peers, enum tls_peer from)
{
	uint8_t data[4096];
	size_t all = 0;

	for (int n; (n = BIO_read(SSL_get_wbio(peers->ssl[from]), data, sizeof data)) > 0; all += (size_t)n) {
		keep(&peers->sent[from], data, (size_t)n);
		must(BIO_write(SSL_get_rbio(peers->ssl[!from]), data, n) == n);
	}
	return all;
}

static bool connect_peers(struct tls_peers *peers)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (int who = 0; who < 2; who++) {
			int got = SSL_do_handshake(peers->ssl[who]);
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

bool tls_peers_init(struct tls_peers *peers, const struct tls_identities *identities, const struct tls_peers_spec *spec)
{
	memset(peers, 0, sizeof *peers);
	for (int who = 0; who < 2; who++) {
		peers->contexts[who] = make_context(spec);
		peers->ssl[who] = SSL_new(peers->contexts[who]);
		must(peers->ssl[who] != NULL);
		SSL_set_app_data(peers->ssl[who], peers);
		SSL_set_bio(peers->ssl[who], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	}
	for (size_t i = 0; i < 3; i++)
		must(SSL_use_certificate(peers->ssl[1], identities->certificates[i]) &&
		    SSL_use_PrivateKey(peers->ssl[1], identities->keys[i]));
	SSL_CTX_set_keylog_callback(peers->contexts[0], take_keylog);
	SSL_set_msg_callback(peers->ssl[0], take_message);
	SSL_set_msg_callback_arg(peers->ssl[0], peers);
	SSL_set_connect_state(peers->ssl[0]);
	SSL_set_accept_state(peers->ssl[1]);
	if (!connect_peers(peers))
		return false;
	listen_once(peers, TLS_PEER_CLIENT);
	return true;
}

void tls_peers_fini(struct tls_peers *peers)
{
	for (int who = 0; who < 2; who++) {
		SSL_free(peers->ssl[who]);
		SSL_CTX_free(peers->contexts[who]);
		free(peers->sent[who].data);
	}
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
}

void tls_peers_update(struct tls_peers *peers, enum tls_peer who)
{
	must(SSL_key_update(peers->ssl[who], SSL_KEY_UPDATE_NOT_REQUESTED) && SSL_do_handshake(peers->ssl[who]) == 1);
	must(carry(peers, who) > 0);
	listen_once(peers, (enum tls_peer)!who);
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
