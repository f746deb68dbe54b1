/* TLS connections of real peers, decrypted with every kind of secret: content must be what was said, to the byte. */
#include "tests/support/tls_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <cmocka.h>

enum { LONG_LEN = 40000 };

static const struct tls_engine_spec plainly = { .memcap = 0 };

/* A few words each, and more than records and segments hold. */
static void converse(struct tls_peers *peers)
{
	static uint8_t text[LONG_LEN];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)('a' + i % 26);
	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("GET / HTTP/1.1\r\n\r\n"));
	tls_peers_say(peers, TLS_PEER_SERVER, bytes_text("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n"));
	tls_peers_say(peers, TLS_PEER_SERVER, bytes_of(text, sizeof text));
	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_of(text, 17000));
	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("bye"));
}

static struct bytes said(const struct tls_peers *peers, unsigned side)
{
	return peers->said[side].len ? bytes_of(peers->said[side].data, peers->said[side].len) : bytes_of("", 0);
}

/* What the play of this conversation gives, however it is cut. `lines` NULL: by private key alone. */
static void expect_decrypted(const struct tls_kit *kit, const struct tls_engine_spec *spec, const struct tls_peers *peers,
    const char *lines, const char *facts)
{
	static const size_t cuts[] = { 0, 1, 7, 1400, 1 << 20 };

	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct tls_tape cut = tls_tape_cut(&peers->tape, cuts[i]);
		struct tls_play play;

		tls_play_all(&play, kit, spec, &cut, lines);
		tls_tape_fini(&cut);
		if (facts && !strstr(play.engine.facts.text, facts))
			fail_msg("no %s in %s", facts, play.engine.facts.text);
		tls_play_expect_clean(&play, said(peers, 0), said(peers, 1));
	}
}

static char *keylog_of(const struct tls_peers *peers)
{
	return strndup((const char *)peers->keylog.data, peers->keylog.len);
}

static void check_by_keylog(const struct tls_kit *kit, const struct tls_peers *peers, const char *facts)
{
	char *lines = keylog_of(peers);

	expect_decrypted(kit, &plainly, peers, lines, facts);
	free(lines);
}

static void check(const struct tls_kit *kit, const struct tls_peers_spec *spec, const char *facts)
{
	struct tls_peers peers;

	assert_true(tls_peers_init(&peers, &kit->identities, spec));
	converse(&peers);
	tls_peers_close(&peers, TLS_PEER_CLIENT);
	tls_peers_close(&peers, TLS_PEER_SERVER);
	check_by_keylog(kit, &peers, facts);
	tls_peers_fini(&peers);
}

/* ---- TLS 1.3 ---- */

static const char *const suites_13[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
	"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256" };

#define SUITE_13 "TLS_AES_128_GCM_SHA256"

static void test_suites_of_13(void **state)
{
	for (size_t i = 0; i < sizeof suites_13 / sizeof suites_13[0]; i++)
		check(*state, &(struct tls_peers_spec){ .cipher = suites_13[i], .version = TLS_13 }, suites_13[i]);
}

static void test_retry(void **state)
{
	check(*state, &(struct tls_peers_spec){ .cipher = "TLS_AES_256_GCM_SHA384", .version = TLS_13,
	    .groups = { "X25519:P-384", "P-384" },
		.sni = "a.test" }, "tls.sni=a.test|tls.version=TLS 1.3");
}

/* ... of the server, whose Certificate goes over several records; the client's too. */
static void test_messages_over_records(void **state)
{
	check(*state, &(struct tls_peers_spec){ .cipher = SUITE_13, .version = TLS_13, .fragment = 512,
	    .client_certificate = true },
	    "tls.client_subject=CN=stormglass TEST");
	check(*state, &(struct tls_peers_spec){ .cipher = "AES128-SHA", .version = TLS_12, .fragment = 512,
	    .client_certificate = true },
	    "tls.client_subject=CN=stormglass TEST");
}

static void test_padding(void **state)
{
	check(*state, &(struct tls_peers_spec){ .cipher = SUITE_13, .version = TLS_13, .padding = 512 }, NULL);
	check(*state, &(struct tls_peers_spec){ .cipher = SUITE_13, .version = TLS_13, .padding = 16384 }, NULL);
}

static void test_facts(void **state)
{
	check(*state, &(struct tls_peers_spec){ .cipher = SUITE_13, .version = TLS_13, .alpn = "h2" },
	    "tls.server_alpns=h2|tls.decrypted=keylog|");
	check(*state, &(struct tls_peers_spec){ .cipher = SUITE_13, .version = TLS_13 }, "tls.cert_subject=CN=stormglass TEST|");
}

static void test_key_updates(void **state)
{
	struct tls_peers_spec spec = { .cipher = SUITE_13, .version = TLS_13 };
	struct tls_peers peers;
	struct tls_kit *kit = *state;

	assert_true(tls_peers_init(&peers, &kit->identities, &spec));
	for (unsigned i = 0; i < 5; i++) {
		tls_peers_say(&peers, i & 1, bytes_text("before"));
		tls_peers_update(&peers, i & 1);
		tls_peers_update(&peers, i & 1);
		tls_peers_update(&peers, !(i & 1));
		converse(&peers);
	}
	check_by_keylog(kit, &peers, NULL);
	tls_peers_fini(&peers);
}

static void test_authentication_after_the_handshake(void **state)
{
	struct tls_peers_spec spec = { .cipher = SUITE_13, .version = TLS_13, .authenticates_later = true };
	struct tls_peers peers;
	struct tls_kit *kit = *state;

	assert_true(tls_peers_init(&peers, &kit->identities, &spec));
	converse(&peers);
	tls_peers_authenticate(&peers);
	converse(&peers);
	check_by_keylog(kit, &peers, NULL);
	tls_peers_fini(&peers);
}

static void test_early_data(void **state)
{
	struct tls_peers_spec spec = { .cipher = "TLS_AES_256_GCM_SHA384", .version = TLS_13 };
	struct tls_peers first, second;
	struct tls_kit *kit = *state;

	for (int refused = 0; refused < 3; refused++) {
		assert_true(tls_peers_init(&first, &kit->identities, &spec));
		struct tls_peers_spec again = { .cipher = spec.cipher, .version = TLS_13, .resumes = &first,
		    .early = "POST /early",
			.refuse_early = refused };

		if (refused == 2) { /* a retry refuses early data too */
			again.groups[0] = "X25519:P-384";
			again.groups[1] = "P-384";
		}
		assert_true(tls_peers_init(&second, &kit->identities, &again));
		assert_true(SSL_session_reused(second.ssl[0]));
		converse(&second);
		char *lines = keylog_of(&second);
		struct tls_play play;

		/* refused early data is decrypted all the same, where its secret is known: the client did say it */
		tls_play_all(&play, kit, &plainly, &second.tape, lines);
		assert_string_equal(play.engine.anomalies.text, "");
		const char *content = play.engine.content[0].text;

		assert_int_equal(play.engine.content[0].len - second.said[0].len, refused ? strlen("POST /early") : 0);
		assert_memory_equal(content, "POST /early", 11);
		tls_play_expect(&play, 1, said(&second, 1));
		assert_non_null(strstr(play.engine.facts.text, "tls.decrypted=keylog|"));
		tls_play_fini(&play);
		if (!refused)
			check_by_keylog(kit, &second, NULL);
		free(lines);
		tls_peers_fini(&second);
		tls_peers_fini(&first);
	}
}

static void test_resumption_of_13(void **state)
{
	struct tls_peers_spec spec = { .cipher = SUITE_13, .version = TLS_13 };
	struct tls_peers first, second;
	struct tls_kit *kit = *state;

	assert_true(tls_peers_init(&first, &kit->identities, &spec));
	spec.resumes = &first;
	assert_true(tls_peers_init(&second, &kit->identities, &spec));
	assert_true(SSL_session_reused(second.ssl[0]));
	converse(&second);
	check_by_keylog(kit, &second, "tls.decrypted=keylog|");
	tls_peers_fini(&second);
	tls_peers_fini(&first);
}

/* ---- TLS 1.0 to 1.2 ---- */

static const char *const suites_12[] = { "AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384",
	"ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256",
	"AES128-CCM", "AES256-CCM8", "PSK-AES128-CBC-SHA", "DHE-PSK-AES256-GCM-SHA384", "RSA-PSK-CHACHA20-POLY1305",
	"CAMELLIA128-SHA", "ARIA128-GCM-SHA256", "NULL-SHA256" };

static void test_suites_of_12(void **state)
{
	for (size_t i = 0; i < sizeof suites_12 / sizeof suites_12[0]; i++)
		for (int old = 0; old < 2; old++)
			check(*state, &(struct tls_peers_spec){ .cipher = suites_12[i], .version = TLS_12,
			    .no_encrypt_then_mac = old,
				.no_extended_master = old }, "tls.version=TLS 1.2|");
	for (uint16_t version = TLS_10; version < TLS_12; version++)
		for (int old = 0; old < 2; old++)
			check(*state, &(struct tls_peers_spec){ .cipher = "ECDHE-RSA-AES128-SHA", .version = version,
				.no_encrypt_then_mac = old, .no_extended_master = old }, NULL);
}

/* The lines that know the premaster secret only. */
static void premaster_lines(const struct tls_kit *kit, const struct tls_peers *peers, char *by_random, char *by_encrypted,
    size_t cap)
{
	uint8_t premaster[48], random[32];
	struct bytes encrypted = tls_peers_premaster(peers, kit->identities.keys[0], premaster);
	size_t n = (size_t)snprintf(by_random, cap, "PMS_CLIENT_RANDOM "), m = (size_t)snprintf(by_encrypted, cap, "RSA ");

	SSL_get_client_random(peers->ssl[0], random, sizeof random);
	for (size_t i = 0; i < 32; i++)
		n += (size_t)snprintf(by_random + n, cap - n, "%02x", random[i]);
	for (size_t i = 0; i < 8; i++)
		m += (size_t)snprintf(by_encrypted + m, cap - m, "%02x", encrypted.data[i]);
	by_random[n++] = by_encrypted[m++] = ' ';
	for (size_t i = 0; i < 48; i++) {
		n += (size_t)snprintf(by_random + n, cap - n, "%02x", premaster[i]);
		m += (size_t)snprintf(by_encrypted + m, cap - m, "%02X", premaster[i]);
	}
}

static void test_premasters(void **state)
{
	char by_random[512], by_encrypted[512];
	struct tls_kit *kit = *state;
	struct tls_engine_spec by_key = { .keys = kit->keys };

	for (uint16_t version = TLS_10; version <= TLS_12; version++)
		for (int old = 0; old < 2; old++) {
			struct tls_peers_spec spec = { .cipher = "AES256-SHA", .version = version, .no_extended_master = old,
				.client_certificate = old };
			struct tls_peers peers;

			assert_true(tls_peers_init(&peers, &kit->identities, &spec));
			converse(&peers);
			premaster_lines(kit, &peers, by_random, by_encrypted, sizeof by_random);
			expect_decrypted(kit, &plainly, &peers, by_random, "tls.decrypted=keylog|");
			expect_decrypted(kit, &plainly, &peers, by_encrypted, "tls.decrypted=keylog|");
			expect_decrypted(kit, &by_key, &peers, NULL, "tls.decrypted=rsa|");
			tls_peers_fini(&peers);
		}
}

/* Private keys are used so often in a second, and no more: not for a connection that comes when that is used up. */
static void test_no_more_decryptions(void **state)
{
	struct tls_peers_spec spec = { .cipher = "AES256-SHA", .version = TLS_12 };
	struct tls_kit *kit = *state;
	struct tls_engine_spec by_key = { .crypto = kit->crypto, .keys = kit->keys };
	struct tls_peers peers;
	struct tls_play play;

	assert_true(tls_peers_init(&peers, &kit->identities, &spec));
	converse(&peers);
	tls_play_init(&play, kit, &by_key, NULL);
	play.engine.env.trials = 100;
	tls_play_send(&play, &peers.tape, 0, peers.tape.n);
	tls_engine_end(&play.engine);
	assert_int_equal(play.engine.content[0].len + play.engine.content[1].len, 0);
	assert_int_equal(play.engine.env.counts.no_secret, 1);
	assert_int_equal(play.engine.env.trials, 100);
	tls_play_fini(&play);
	tls_peers_fini(&peers);
}

/* The second connection is decrypted through nothing but what the first one taught. */
static void test_resumption_of_12(void **state)
{
	struct tls_kit *kit = *state;

	for (int by_id = 0; by_id < 2; by_id++)
		for (uint16_t version = TLS_10; version <= TLS_12; version++) {
			struct tls_peers_spec spec = { .cipher = "AES128-SHA", .version = version, .no_tickets = by_id };
			struct tls_engine_spec how = { .crypto = kit->crypto, .keys = kit->keys };
			struct tls_peers first, second, *both[] = { &first, &second };
			struct tls_store store;

			assert_true(tls_peers_init(&first, &kit->identities, &spec));
			converse(&first);
			spec.resumes = &first;
			assert_true(tls_peers_init(&second, &kit->identities, &spec));
			assert_true(SSL_session_reused(second.ssl[0]));
			converse(&second);
			tls_store_init(&store);
			how.store = &store;
			for (size_t i = 0; i < 2; i++) {
				struct tls_play play = { .store = store };

				tls_engine_init(&play.engine, &how);
				/* what the first one teaches is known from then on */
				tls_engine_begin_at(&play.engine, 1000 * i);
				tls_play_send(&play, &both[i]->tape, 0, both[i]->tape.n);
				tls_engine_end(&play.engine);
				tls_play_expect(&play, 0, said(both[i], 0));
				tls_play_expect(&play, 1, said(both[i], 1));
				assert_non_null(strstr(play.engine.facts.text, "tls.decrypted=rsa|"));
				assert_true(i == !!strstr(play.engine.facts.text, "tls.session_resumed="));
				tls_engine_fini(&play.engine);
			}
			tls_store_fini(&store);
			tls_peers_fini(&second);
			tls_peers_fini(&first);
		}
}

/* By the key log, and by the private key: a handshake within the connection, whose messages are protected. */
static void test_renegotiation(void **state)
{
	static const char *const ciphers[] = { "AES128-SHA", "AES128-GCM-SHA256", "AES128-CCM" };
	struct tls_kit *kit = *state;
	struct tls_engine_spec by_key = { .keys = kit->keys };

	for (size_t i = 0; i < 3; i++)
		for (int old = 0; old < 2; old++) {
			struct tls_peers_spec spec = { .cipher = ciphers[i], .version = i ? TLS_12 : TLS_10,
			    .no_extended_master = old };
			struct tls_peers peers;

			assert_true(tls_peers_init(&peers, &kit->identities, &spec));
			converse(&peers);
			tls_peers_renegotiate(&peers);
			converse(&peers);
			tls_peers_renegotiate(&peers);
			converse(&peers);
			check_by_keylog(kit, &peers, "tls.decrypted=keylog|");
			expect_decrypted(kit, &by_key, &peers, NULL, "tls.decrypted=rsa|");
			tls_peers_fini(&peers);
		}
}

/* ---- what nobody speaks any more ---- */

static const struct old_case {
	const char *name;
	struct tls_made_spec spec;
	size_t padding;
} old_cases[] = {
	{ "SSLv2's ClientHello", { .version = TLS_12, .suite = 0x009c, .v2 = true }, 0 },
	{ "SSLv2's ClientHello", { .version = TLS_10, .suite = 0x002f, .v2 = true }, 0 },
	{ "SSL 3.0", { .version = TLS_SSL30, .suite = 0x0035 }, 0 },
	{ "SSL 3.0", { .version = TLS_SSL30, .suite = 0x0005, .v2 = true }, 0 },
	{ "RC4", { .version = TLS_10, .suite = 0x0005 }, 0 },
	{ "RC4", { .version = TLS_12, .suite = 0x0004 }, 0 },
	{ "3DES", { .version = TLS_11, .suite = 0x000a }, 0 },
	{ "3DES, encrypted first", { .version = TLS_12, .suite = 0x000a, .encrypt_then_mac = true }, 3 },
	{ "AES-CBC with more padding than needed", { .version = TLS_12, .suite = 0x002f }, 9 },
	{ "MAC alone", { .version = TLS_12, .suite = 0x003b }, 0 },
	{ "TLS 1.3, padded", { .version = TLS_13, .suite = 0x1303 }, 99 },
};

static void test_old_ones(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < sizeof old_cases / sizeof old_cases[0]; i++) {
		struct tls_made_spec spec = old_cases[i].spec;
		struct tls_made made;
		struct tls_play play;

		spec.crypto = kit->crypto;
		if (!tls_made_init(&made, &spec)) {
			print_message("%s: OpenSSL has none\n", old_cases[i].name);
			tls_made_fini(&made);
			continue;
		}
		made.sealer[0].padding = made.sealer[1].padding = old_cases[i].padding;
		tls_made_say(&made, 0, "question");
		tls_made_say(&made, 1, "");
		tls_made_say(&made, 1, "answer");
		for (size_t most = 0; most < 4; most++) {
			struct tls_tape cut = tls_tape_cut(&made.tape, most);

			tls_play_all(&play, kit, &plainly, spec.v2 && !most ? &made.tape : &cut, made.keylog);
			tls_play_expect_clean(&play, bytes_text("question"), bytes_text("answer"));
			tls_tape_fini(&cut);
		}
		tls_made_fini(&made);
	}
}

/* RFC 3749: Finished is compressed too. */
static void seal_compressed(struct tls_made *made, unsigned side, z_stream *stream, struct bytes content)
{
	uint8_t room[1024];

	stream->next_in = (uint8_t *)(uintptr_t)content.data;
	stream->avail_in = (unsigned)content.len;
	stream->next_out = room;
	stream->avail_out = sizeof room;
	assert_int_equal(deflate(stream, Z_SYNC_FLUSH), Z_OK);
	tls_made_seal(made, side, 23, bytes_of(room, sizeof room - stream->avail_out));
}

/* One direction, behind a Finished that nobody compressed: what is opened is no deflate then, unless that record is left out. */
static void play_compressed(struct tls_kit *kit, bool is_deflate, const char *want, unsigned unsupported)
{
	struct tls_made_spec spec = { .crypto = kit->crypto, .version = TLS_12, .suite = 0x002f, .compression = 1 };
	z_stream stream = { .zalloc = NULL };
	struct tls_made made;
	struct tls_play play;

	assert_true(tls_made_init(&made, &spec) && deflateInit(&stream, Z_BEST_COMPRESSION) == Z_OK);
	made.sealer[0].seq = 0;
	seal_compressed(&made, 0, &stream, bytes_text("question question question"));
	seal_compressed(&made, 0, &stream, bytes_text("question again"));
	if (!is_deflate)
		tls_made_say(&made, 0, "question");
	deflateEnd(&stream);
	tls_play_init(&play, kit, &plainly, made.keylog);
	for (size_t i = 0; i < made.tape.n; i++)
		if (i != 5 && i != 7) /* Finished */
			tls_play_send(&play, &made.tape, i, i + 1);
	tls_engine_end(&play.engine);
	tls_play_expect(&play, 0, bytes_text(want));
	assert_string_equal(play.engine.anomalies.text, "tls.compression|");
	assert_int_equal(play.engine.env.counts.unsupported, unsupported);
	tls_play_fini(&play);
	tls_made_fini(&made);
}

static void test_compression(void **state)
{
	play_compressed(*state, true, "question question questionquestion again", 0);
	play_compressed(*state, false, "question question questionquestion again", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suites_of_13),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_messages_over_records),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_key_updates),
		cmocka_unit_test(test_authentication_after_the_handshake),
		cmocka_unit_test(test_early_data),
		cmocka_unit_test(test_resumption_of_13),
		cmocka_unit_test(test_suites_of_12),
		cmocka_unit_test(test_premasters),
		cmocka_unit_test(test_no_more_decryptions),
		cmocka_unit_test(test_resumption_of_12),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_old_ones),
		cmocka_unit_test(test_compression),
	};

	return cmocka_run_group_tests(tests, tls_kit_setup, tls_kit_teardown);
}
