/* Secrets that come when ciphertext is there already: at every place of a connection, in parts, after a cap or an expiry. What is
 * decrypted then must be the same, in the same order, by the same packets. */
#include "tests/support/tls_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct tls_engine_spec patiently = { .may_come = true };

/* A connection, how it is cut, and what it says when its secrets are known before. */
struct story {
	struct tls_tape tape;
	char *lines, *log, *facts;
};

static void story_init(struct story *story, const struct tls_kit *kit, const struct tls_peers *peers, size_t cut)
{
	struct tls_play play;

	story->tape = tls_tape_cut(&peers->tape, cut);
	story->lines = strndup((const char *)peers->keylog.data, peers->keylog.len);
	tls_play_all(&play, kit, &patiently, &story->tape, story->lines);
	story->log = strdup(play.engine.log.text);
	story->facts = strdup(play.engine.facts.text);
	tls_play_fini(&play);
}

static void story_fini(struct story *story)
{
	tls_tape_fini(&story->tape);
	free(story->lines);
	free(story->log);
	free(story->facts);
}

/* Turns, a KeyUpdate where there is one, another handshake where that is possible. */
static void converse(struct tls_peers *peers, const struct tls_peers_spec *spec)
{
	static uint8_t text[3000];

	memset(text, 'x', sizeof text);
	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("first"));
	tls_peers_say(peers, TLS_PEER_SERVER, bytes_text("second"));
	for (unsigned turn = 0; turn < 2; turn++) {
		if (spec->version == TLS_13)
			tls_peers_update(peers, turn ? TLS_PEER_CLIENT : TLS_PEER_SERVER);
		tls_peers_say(peers, TLS_PEER_CLIENT, bytes_of(text, sizeof text));
		tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("again"));
		tls_peers_say(peers, TLS_PEER_SERVER, bytes_of(text, sizeof text));
	}
	tls_peers_close(peers, TLS_PEER_CLIENT);
	tls_peers_close(peers, TLS_PEER_SERVER);
}

static const struct tls_peers_spec specs[] = {
	{ .cipher = "TLS_AES_128_GCM_SHA256", .version = TLS_13 },
	{ .cipher = "TLS_AES_256_GCM_SHA384", .version = TLS_13, .client_certificate = true,
	    .groups = { "X25519:P-384", "P-384" } },
	{ .cipher = "TLS_CHACHA20_POLY1305_SHA256", .version = TLS_13, .padding = 256, .fragment = 512 },
	{ .cipher = "ECDHE-RSA-AES128-GCM-SHA256", .version = TLS_12 },
	{ .cipher = "AES128-SHA256", .version = TLS_12, .no_encrypt_then_mac = true },
	{ .cipher = "ECDHE-RSA-CHACHA20-POLY1305", .version = TLS_12, .client_certificate = true },
	{ .cipher = "AES256-SHA", .version = TLS_10 },
	{ .cipher = "AES256-SHA", .version = TLS_10, .no_encrypt_then_mac = true },
};

enum { SPECS = sizeof specs / sizeof specs[0] };

/* cmocka's own messages are short. */
static void fail_at(const struct story *story, size_t at, const char *got, const char *want, const char *anomalies)
{
	fprintf(stderr, "secrets before piece %zu of %zu: %s\n--- want %s\n--- %s\n", at, story->tape.n, got, want, anomalies);
	fail();
}

static void expect_story(const struct story *story, struct tls_play *play, size_t at)
{
	const struct tls_counts *counts = &play->engine.env.counts;

	if (strcmp(play->engine.log.text, story->log) != 0)
		fail_at(story, at, play->engine.log.text, story->log, play->engine.anomalies.text);
	assert_string_equal(play->engine.anomalies.text, "");
	assert_string_equal(play->engine.facts.text, story->facts);
	assert_int_equal(play->engine.n_told, 1);
	assert_int_equal(counts->decrypted, 1);
	assert_true(counts->waited <= 1);
	assert_int_equal(counts->bad_records + counts->no_secret + counts->bad_mac + counts->gap + counts->cap + counts->expired, 0);
	tls_play_fini(play);
}

/* All lines at once, before piece `at`. */
static void tell_at(const struct tls_kit *kit, const struct story *story, size_t at)
{
	struct tls_play play;

	tls_play_init(&play, kit, &patiently, NULL);
	tls_play_send(&play, &story->tape, 0, at);
	tls_engine_tell(&play.engine, bytes_text(story->lines));
	tls_play_send(&play, &story->tape, at, story->tape.n);
	tls_engine_end(&play.engine);
	expect_story(story, &play, at);
}

static void tell_everywhere(const struct tls_kit *kit, const struct tls_peers *peers)
{
	static const size_t cuts[] = { 0, 100, 1 << 20 };
	struct story story;

	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		story_init(&story, kit, peers, cuts[i]);
		for (size_t at = 0; at <= story.tape.n; at++)
			tell_at(kit, &story, at);
		story_fini(&story);
	}
}

static void test_secrets_at_every_place(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_peers peers;

		assert_true(tls_peers_init(&peers, &kit->identities, &specs[i]));
		converse(&peers, &specs[i]);
		tell_everywhere(kit, &peers);
		tls_peers_fini(&peers);
	}
}

static void test_secrets_of_early_data(void **state)
{
	struct tls_peers_spec spec = specs[0];
	struct tls_peers first, second;
	struct tls_kit *kit = *state;

	for (int refused = 0; refused < 2; refused++) {
		assert_true(tls_peers_init(&first, &kit->identities, &spec));
		struct tls_peers_spec again = { .cipher = spec.cipher, .version = TLS_13, .resumes = &first, .early = "early",
			.refuse_early = refused };

		assert_true(tls_peers_init(&second, &kit->identities, &again));
		converse(&second, &again);
		tell_everywhere(kit, &second);
		tls_peers_fini(&second);
		tls_peers_fini(&first);
	}
}

/* Two handshakes in one connection, whose secrets come each at its own time. */
static void test_secrets_of_renegotiation(void **state)
{
	static const struct tls_peers_spec old_specs[] = { { .cipher = "AES128-SHA", .version = TLS_10 },
		{ .cipher = "AES128-GCM-SHA256", .version = TLS_12 }, { .cipher = "AES128-SHA256", .version = TLS_12 } };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < 3; i++) {
		struct tls_peers peers;
		struct story story;

		assert_true(tls_peers_init(&peers, &kit->identities, &old_specs[i]));
		tls_peers_say(&peers, TLS_PEER_CLIENT, bytes_text("before"));
		tls_peers_say(&peers, TLS_PEER_SERVER, bytes_text("it"));
		tls_peers_renegotiate(&peers);
		converse(&peers, &old_specs[i]);
		tell_everywhere(kit, &peers);
		story_init(&story, kit, &peers, 0);
		char *second = strchr(story.lines, '\n') + 1;

		for (size_t a = 0; a <= story.tape.n; a++)
			for (size_t b = a; b <= story.tape.n; b++) {
				struct tls_play play;

				tls_play_init(&play, kit, &patiently, NULL);
				tls_play_send(&play, &story.tape, 0, a);
				tls_engine_tell(&play.engine, bytes_of(story.lines, (size_t)(second - story.lines)));
				tls_play_send(&play, &story.tape, a, b);
				tls_engine_tell(&play.engine, bytes_text(second));
				tls_play_send(&play, &story.tape, b, story.tape.n);
				tls_engine_end(&play.engine);
				assert_string_equal(play.engine.log.text, story.log);
				assert_string_equal(play.engine.anomalies.text, "");
				tls_play_fini(&play);
			}
		story_fini(&story);
		tls_peers_fini(&peers);
	}
}

/* Line by line, in any rotation of their order, with everything there already. */
static void test_secrets_in_parts(void **state)
{
	struct tls_kit *kit = *state;
	struct tls_peers peers;
	struct story story;
	struct bytes lines[16];

	assert_true(tls_peers_init(&peers, &kit->identities, &specs[1]));
	converse(&peers, &specs[1]);
	story_init(&story, kit, &peers, 0);
	size_t n = 0;

	for (char *at = story.lines, *end; (end = strchr(at, '\n')); at = end + 1)
		lines[n++] = bytes_of(at, (size_t)(end + 1 - at));
	assert_true(n >= 4);
	for (size_t at = 0; at + n <= story.tape.n; at++)
		for (size_t first = 0; first < n; first++) {
			struct tls_play play;

			tls_play_init(&play, kit, &patiently, NULL);
			tls_play_send(&play, &story.tape, 0, at);
			for (size_t i = 0; i < n; i++) {
				tls_engine_tell(&play.engine, lines[(first + i) % n]);
				tls_play_send(&play, &story.tape, at + i, at + i + 1);
			}
			tls_play_send(&play, &story.tape, at + n, story.tape.n);
			tls_engine_end(&play.engine);
			assert_string_equal(play.engine.log.text, story.log);
			tls_play_fini(&play);
		}
	story_fini(&story);
	tls_peers_fini(&peers);
}

/* A piece is lost, and secrets come late: the same as if they had been there. */
static char *log_without(const struct tls_kit *kit, const struct story *story, size_t lost, size_t told)
{
	const struct tls_tape *tape = &story->tape;
	uint64_t gaps[2] = { 0 };
	struct tls_play play;

	tls_play_init(&play, kit, &patiently, NULL);
	for (size_t i = 0; i < tape->n; i++) {
		unsigned side = tape->pieces[i].side;

		if (i == told)
			tls_engine_tell(&play.engine, bytes_text(story->lines));
		if (i != lost)
			tls_engine_send(&play.engine, side, tls_tape_piece(tape, i), gaps[side]);
		gaps[side] = i == lost ? tape->pieces[i].len : 0;
	}
	tls_engine_end(&play.engine);
	char *log = strdup(play.engine.log.text);

	tls_play_fini(&play);
	return log;
}

static void test_late_and_lossy(void **state)
{
	static const size_t which[] = { 0, 2, 3, 4 };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < sizeof which / sizeof which[0]; i++) {
		struct tls_peers peers;
		struct story story;

		assert_true(tls_peers_init(&peers, &kit->identities, &specs[which[i]]));
		converse(&peers, &specs[which[i]]);
		story_init(&story, kit, &peers, 300);
		size_t hello = 1; /* nobody waits where the client's random is lost */

		while (story.tape.pieces[hello].side == 0)
			hello++;
		for (size_t lost = hello; lost < story.tape.n; lost++) {
			char *want = log_without(kit, &story, lost, 0);

			for (size_t told = 1; told < story.tape.n; told += 3) {
				char *got = log_without(kit, &story, lost, told);

				if (strcmp(got, want) != 0) {
					fprintf(stderr, "without piece %zu, ", lost);
					fail_at(&story, told, got, want, "");
				}
				free(got);
			}
			free(want);
		}
		story_fini(&story);
		tls_peers_fini(&peers);
	}
}

/* ---- who waits too long, or for too much ---- */

/* `log` without what says that bytes are missing. */
static char *without_gaps(const char *log)
{
	char *copy = strdup(log), *to = copy;

	for (const char *from = log; *from;) {
		if (from[0] == '\n' && from[1] && from[2] == '<')
			from = strchr(from, '>') + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return copy;
}

/* What the story says from packet `number` on. */
static const char *rest_of(const struct story *story, size_t number)
{
	char *at = story->log;

	for (; (at = strchr(at, '\n')); at++)
		if (strtoul(at + 3, NULL, 10) >= number)
			return at;
	return "";
}

/* Secrets come before piece `at`, too late for what was before. Where records can be opened out of order, all the others are. */
static void tell_too_late(const struct tls_kit *kit, const struct story *story, const struct tls_engine_spec *how, size_t at,
    bool seekable)
{
	const struct tls_counts *counts;
	struct tls_play play;

	tls_play_init(&play, kit, how, NULL);
	tls_play_send(&play, &story->tape, 0, at);
	if (!how->wait_len)
		tls_engine_pass_time(&play.engine, (int64_t)3600 * 1000 * TLS_ENGINE_MS);
	counts = &play.engine.env.counts;
	bool lost = counts->expired + counts->cap;

	tls_engine_tell(&play.engine, bytes_text(story->lines));
	tls_play_send(&play, &story->tape, at, story->tape.n);
	tls_engine_end(&play.engine);
	char *got = without_gaps(play.engine.log.text);
	const char *want = lost ? rest_of(story, at + 1) : story->log;

	if (strcmp(got, seekable || !lost ? want : "") != 0)
		fail_at(story, at, play.engine.log.text, want, play.engine.anomalies.text);
	assert_int_equal(counts->expired + counts->cap, lost);
	assert_int_equal(play.engine.n_told, 1);
	if (seekable)
		assert_string_equal(play.engine.anomalies.text, "");
	free(got);
	tls_play_fini(&play);
}

static void test_too_late(void **state)
{
	static const struct tls_engine_spec ways[] = { { .may_come = true }, { .may_come = true, .wait_len = 200 } };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_peers peers;
		struct story story;

		assert_true(tls_peers_init(&peers, &kit->identities, &specs[i]));
		converse(&peers, &specs[i]);
		story_init(&story, kit, &peers, 0);
		for (size_t way = 0; way < 2; way++)
			for (size_t at = 0; at <= story.tape.n; at++)
				tell_too_late(kit, &story, &ways[way], at, specs[i].version > TLS_10);
		story_fini(&story);
		tls_peers_fini(&peers);
	}
}

/* Nobody tells: what waits is given back, and counted once. */
static void test_never(void **state)
{
	static const struct tls_engine_spec ways[] = { { .may_come = true }, { .may_come = true, .wait_len = 300 },
		{ .may_come = true, .memcap = 9000 } };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++)
		for (size_t way = 0; way < 3; way++) {
			struct tls_peers peers;
			struct tls_play play;

			assert_true(tls_peers_init(&peers, &kit->identities, &specs[i]));
			converse(&peers, &specs[i]);
			tls_play_all(&play, kit, &ways[way], &peers.tape, NULL);
			const struct tls_counts *counts = &play.engine.env.counts;

			assert_string_equal(play.engine.log.text, "");
			assert_int_equal(counts->no_secret + counts->cap, 1);
			assert_true((counts->no_secret == 1) == (way == 0));
			assert_int_equal(counts->decrypted + counts->waited + counts->expired + counts->bad_records, 0);
			assert_int_equal(play.engine.n_told, 1);
			assert_non_null(strstr(play.engine.facts.text, "tls.decrypted=none|"));
			tls_play_fini(&play);
			tls_peers_fini(&peers);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets_at_every_place),
		cmocka_unit_test(test_secrets_of_early_data),
		cmocka_unit_test(test_secrets_of_renegotiation),
		cmocka_unit_test(test_secrets_in_parts),
		cmocka_unit_test(test_late_and_lossy),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_never),
	};

	return cmocka_run_group_tests(tests, tls_kit_setup, tls_kit_teardown);
}
