/* protection against a real TLS client and server: every suite that libssl offers, in every version it offers it in, with
 * encrypt-then-MAC and without; key schedules from the premaster on, extended master secrets, KeyUpdate, padding. */
#include "sensor/secrets/key_schedule.h"
#include "tests/support/opener.h"
#include "tests/support/tls_peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22, APPLICATION_DATA = 23, SPOKEN_CAP = 1 << 17 };

struct kit {
	struct crypto *crypto;
	struct hkdf hkdf;
	struct tls_identities identities;
};

/* What each says, in this order; so long that records are full, and more than one. */
static const size_t lens[] = { 20, 1, 300, 16384, 20000, 5 };

static void speak(struct tls_peers *peers, enum tls_peer who, uint8_t *spoken, size_t *len)
{
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		for (size_t j = 0; j < lens[i]; j++)
			spoken[*len + j] = (uint8_t)(i * 31 + j * 7 + (j >> 8));
		tls_peers_say(peers, who, bytes_of(spoken + *len, lens[i]));
		*len += lens[i];
	}
}

static bool next_record(struct reader *r, struct protected_record *record)
{
	if (reader_left(r) == 0)
		return false;
	record->type = read_u8(r);
	record->version = read_be16(r);
	record->fragment = read_bytes(r, read_be16(r));
	assert_false(r->over);
	return true;
}

/* The application data in all records is what was said. */
static void expect_spoken(const struct opener *opener, const uint8_t *spoken, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < opener->n; i++) {
		const struct opened *o = &opener->records[i];

		if (o->type != APPLICATION_DATA)
			continue;
		assert_true(o->len <= len - at);
		assert_memory_equal(o->content, spoken + at, o->len);
		at += o->len;
	}
	assert_int_equal(at, len);
}

/* The first record of application data that is not empty. */
static size_t first_data(const struct opener *opener)
{
	for (size_t i = 0; i < opener->n; i++)
		if (opener->records[i].type == APPLICATION_DATA && opener->records[i].len > 0)
			return i;
	fail();
	return 0;
}

static void check_direction(struct opener *opener, const struct tls_kept *sent, const uint8_t *spoken, size_t len)
{
	struct reader r = reader_of(bytes_of(sent->data, sent->len));
	struct protected_record record;
	bool encrypted = false;

	while (next_record(&r, &record)) {
		if (encrypted)
			opener_add(opener, &record);
		encrypted = encrypted || record.type == CHANGE_CIPHER_SPEC;
	}
	opener_open_all(opener);
	assert_int_equal(opener->records[0].type, HANDSHAKE); /* Finished */
	assert_int_equal(opener->records[0].content[0], 20);
	expect_spoken(opener, spoken, len);
	opener_check(opener);
}

static void derive(const struct tls_peers *peers, uint16_t version, const struct suite *suite, struct direction_keys keys[2])
{
	uint8_t master[MASTER_LEN], client[RANDOM_LEN], server[RANDOM_LEN];

	assert_int_equal(SSL_SESSION_get_master_key(SSL_get_session(peers->ssl[0]), master, sizeof master), MASTER_LEN);
	SSL_get_client_random(peers->ssl[0], client, sizeof client);
	SSL_get_server_random(peers->ssl[0], server, sizeof server);
	assert_true(key_schedule_block(version, suite, master, client, server, &keys[0], &keys[1]));
}

/* False: they could not agree. */
static bool check_suite(struct kit *kit, const struct tls_peers_spec *spec, const struct suite *suite)
{
	static uint8_t spoken[2][SPOKEN_CAP];
	size_t len[2] = { 0 };
	struct direction_keys keys[2];
	struct tls_peers peers;

	if (!tls_peers_init(&peers, &kit->identities, spec)) {
		tls_peers_fini(&peers);
		return false;
	}
	speak(&peers, TLS_PEER_CLIENT, spoken[0], &len[0]);
	speak(&peers, TLS_PEER_SERVER, spoken[1], &len[1]);
	derive(&peers, spec->version, suite, keys);
	for (int who = 0; who < 2; who++) {
		struct opener opener;

		opener_init(&opener, kit->crypto, spec->version, suite,
		    suite->kind == SUITE_BLOCK && !spec->no_encrypt_then_mac, &keys[who]);
		check_direction(&opener, &peers.tape.sent[who], spoken[who], len[who]);
		if (who == TLS_PEER_CLIENT)
			opener_abuse(&opener, first_data(&opener));
		opener_fini(&opener);
	}
	tls_peers_fini(&peers);
	return true;
}

/* In how many versions and modes. */
static unsigned check_everywhere(struct kit *kit, const SSL_CIPHER *cipher)
{
	const struct suite *suite = suite_find(SSL_CIPHER_get_protocol_id(cipher));
	bool late = strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.2") == 0;
	unsigned n = 0;

	assert_non_null(suite);
	for (uint16_t version = late ? TLS_12 : TLS_10; version <= TLS_12; version++) {
		for (int old = suite->kind == SUITE_BLOCK ? 0 : 1; old < 2; old++) {
			struct tls_peers_spec spec = { .cipher = SSL_CIPHER_get_name(cipher), .version = version,
				.no_encrypt_then_mac = old };

			if (!check_suite(kit, &spec, suite))
				fail_msg("%s in %04x: no connection", spec.cipher, version);
			n++;
		}
	}
	return n;
}

static void test_every_suite_before_13(void **state)
{
	SSL_CTX *context = SSL_CTX_new(TLS_method());
	unsigned n = 0;

	assert_true(SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"));
	STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context);

	for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
		const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);

		if (strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.3") == 0 || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_srp)
			continue; /* SRP differs in how it comes by a premaster only */
		n += check_everywhere(*state, cipher);
	}
	assert_true(n > 150);
	SSL_CTX_free(context);
}

/* TLS 1.3 changes keys without saying so outside: what the handshake's keys do not open is the next ones'. */
static void check_direction_13(struct kit *kit, const struct tls_peers *peers, enum tls_peer who, const struct suite *suite,
    const uint8_t *spoken, size_t len)
{
	const char *labels[2][2] = { { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0" },
		{ "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0" } };
	struct reader r = reader_of(bytes_of(peers->tape.sent[who].data, peers->tape.sent[who].len));
	struct protected_record record;
	struct opener openers[2];
	size_t phase = 0;

	for (size_t i = 0; i < 2; i++) {
		struct direction_keys keys;
		uint8_t secret[64];

		assert_true(key_schedule_traffic(&kit->hkdf, suite, bytes_of(secret, tls_peers_secret(peers, labels[who][i], secret)),
		    &keys));
		opener_init(&openers[i], kit->crypto, TLS_13, suite, true, &keys);
	}
	while (next_record(&r, &record)) {
		if (record.type != APPLICATION_DATA)
			continue;
		if (phase == 0 && !opener_try(&openers[0], 0, openers[0].n, &record))
			phase = 1;
		opener_add(&openers[phase], &record);
	}
	for (size_t i = 0; i < 2; i++) {
		opener_open_all(&openers[i]);
		opener_check(&openers[i]);
	}
	assert_int_equal(openers[0].records[openers[0].n - 1].type, HANDSHAKE);
	expect_spoken(&openers[1], spoken, len);
	opener_abuse(&openers[1], first_data(&openers[1]));
	opener_fini(&openers[0]);
	opener_fini(&openers[1]);
}

static void test_every_suite_of_13(void **state)
{
	static uint8_t spoken[2][SPOKEN_CAP];
	struct kit *kit = *state;

	for (uint16_t id = 0x1301; id <= 0x1305; id++)
		for (size_t padding = 0; padding <= 512; padding += 512) {
			const struct suite *suite = suite_find(id);
			struct tls_peers_spec spec = { .cipher = suite->name, .version = TLS_13, .padding = padding };
			struct tls_peers peers;
			size_t len[2] = { 0 };

			assert_true(tls_peers_init(&peers, &kit->identities, &spec));
			speak(&peers, TLS_PEER_CLIENT, spoken[0], &len[0]);
			speak(&peers, TLS_PEER_SERVER, spoken[1], &len[1]);
			check_direction_13(kit, &peers, TLS_PEER_CLIENT, suite, spoken[0], len[0]);
			check_direction_13(kit, &peers, TLS_PEER_SERVER, suite, spoken[1], len[1]);
			tls_peers_fini(&peers);
		}
}

/* Each generation's keys by the secret before; sequence numbers begin anew. */
static void check_generations(struct kit *kit, const struct tls_peers *peers, const struct suite *suite, struct bytes stream,
    int want)
{
	struct reader r = reader_of(stream);
	struct protected_record record;
	struct direction_keys keys;
	struct opener opener;
	uint8_t secret[64];
	size_t len = tls_peers_secret(peers, "CLIENT_TRAFFIC_SECRET_0", secret), seq = 0;
	int generations = 0;

	assert_true(key_schedule_traffic(&kit->hkdf, suite, bytes_of(secret, len), &keys));
	opener_init(&opener, kit->crypto, TLS_13, suite, false, &keys);
	while (next_record(&r, &record)) {
		if (!opener_try(&opener, 0, seq, &record)) {
			assert_true(key_schedule_update(&kit->hkdf, suite, secret, len));
			assert_true(key_schedule_traffic(&kit->hkdf, suite, bytes_of(secret, len), &opener.keys));
			generations++;
			seq = 0;
			assert_true(opener_try(&opener, 0, seq, &record));
		}
		seq++;
	}
	assert_int_equal(generations, want);
	opener_fini(&opener);
}

static void test_key_updates(void **state)
{
	struct kit *kit = *state;

	for (uint16_t id = 0x1301; id <= 0x1303; id++) {
		const struct suite *suite = suite_find(id);
		struct tls_peers_spec spec = { .cipher = suite->name, .version = TLS_13 };
		struct tls_peers peers;

		assert_true(tls_peers_init(&peers, &kit->identities, &spec));
		size_t before = peers.tape.sent[0].len;

		for (int i = 0; i < 3; i++) {
			tls_peers_say(&peers, TLS_PEER_CLIENT, bytes_text("before"));
			tls_peers_update(&peers, TLS_PEER_CLIENT);
			tls_peers_say(&peers, TLS_PEER_CLIENT, bytes_text("after"));
		}
		check_generations(kit, &peers, suite, bytes_of(peers.tape.sent[0].data + before, peers.tape.sent[0].len - before), 3);
		tls_peers_fini(&peers);
	}
}

static void check_master(struct kit *kit, const struct tls_peers_spec *spec, uint16_t id)
{
	uint8_t premaster[48], want[MASTER_LEN], master[MASTER_LEN], client[RANDOM_LEN], server[RANDOM_LEN];
	struct tls_peers peers;

	assert_true(tls_peers_init(&peers, &kit->identities, spec));
	(void)tls_peers_premaster(&peers, kit->identities.keys[0], premaster);
	SSL_SESSION_get_master_key(SSL_get_session(peers.ssl[0]), want, sizeof want);
	SSL_get_client_random(peers.ssl[0], client, sizeof client);
	SSL_get_server_random(peers.ssl[0], server, sizeof server);
	if (spec->no_extended_master)
		assert_true(key_schedule_master(spec->version, suite_find(id), bytes_of(premaster, 48), client, server, master));
	else
		assert_true(key_schedule_extended_master(spec->version, suite_find(id), bytes_of(premaster, 48),
		    bytes_of(peers.transcript.data, peers.transcript.len), master));
	assert_memory_equal(master, want, MASTER_LEN);
	tls_peers_fini(&peers);
}

static void test_masters_from_premasters(void **state)
{
	for (int old = 0; old < 2; old++) {
		for (uint16_t version = TLS_10; version <= TLS_12; version++)
			check_master(*state, &(struct tls_peers_spec){ .cipher = "AES128-SHA", .version = version,
				.no_extended_master = old }, 0x002f);
		check_master(*state, &(struct tls_peers_spec){ .cipher = "AES256-GCM-SHA384", .version = TLS_12,
			.no_extended_master = old }, 0x009d);
	}
}

static int set_up(void **state)
{
	struct kit *kit = calloc(1, sizeof *kit);

	kit->crypto = crypto_new();
	kit->hkdf.crypto = kit->crypto;
	tls_identities_init(&kit->identities);
	*state = kit;
	return kit->crypto == NULL;
}

static int tear_down(void **state)
{
	struct kit *kit = *state;

	tls_identities_fini(&kit->identities);
	hkdf_fini(&kit->hkdf);
	crypto_free(kit->crypto);
	free(kit);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_suite_before_13),
		cmocka_unit_test(test_every_suite_of_13),
		cmocka_unit_test(test_key_updates),
		cmocka_unit_test(test_masters_from_premasters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
