/* TLS connections that cannot be read, and those that are out to harm: wrong keys, no keys, brokers' mirrors, damage of
 * every byte, floods, no memory. Nothing that was not authenticated may come out. */
#include "dissectors/app/tls_record.h"
#include "tests/support/tls_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

enum { MILLION = 1000000 };

static const struct tls_engine_spec plainly = { .memcap = 0 };

static const struct tls_made_spec specs[] = {
	{ .version = TLS_13, .suite = 0x1301 },
	{ .version = TLS_13, .suite = 0x1303 },
	{ .version = TLS_12, .suite = 0x009c },
	{ .version = TLS_12, .suite = 0x002f },
	{ .version = TLS_12, .suite = 0x003c, .encrypt_then_mac = true },
	{ .version = TLS_12, .suite = 0xcca8 },
	{ .version = TLS_10, .suite = 0x002f },
	{ .version = TLS_10, .suite = 0x0035, .encrypt_then_mac = true },
	{ .version = TLS_SSL30, .suite = 0x0035 },
	{ .version = TLS_12, .suite = 0x003b },
};

enum { SPECS = sizeof specs / sizeof specs[0] };

static void make(struct tls_made *made, const struct tls_kit *kit, size_t i)
{
	struct tls_made_spec spec = specs[i];

	spec.crypto = kit->crypto;
	assert_true(tls_made_init(made, &spec));
}

static void converse(struct tls_made *made)
{
	tls_made_say(made, 0, "question");
	tls_made_say(made, 1, "answer");
	tls_made_say(made, 0, "question two");
	tls_made_say(made, 1, "answer two");
}

/* ---- keys ---- */

/* The right randoms, and secrets that are wrong in their last digit. */
static char *wrong_lines(const struct tls_made *made)
{
	char *lines = strdup(made->keylog);

	for (char *at = lines; (at = strchr(at, '\n')); at++)
		at[-1] = at[-1] == '0' ? '1' : '0';
	return lines;
}

/* Told early or late, of a short connection or a long one. */
static void test_wrong_keys(void **state)
{
	static const struct tls_engine_spec patiently = { .may_come = true };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++)
		for (int how = 0; how < 4; how++) {
			struct tls_made made;
			struct tls_play play;

			make(&made, kit, i);
			for (int n = 0; n < (how & 1 ? 10 : 1); n++)
				converse(&made);
			char *lines = wrong_lines(&made);

			tls_play_init(&play, kit, &patiently, how & 2 ? NULL : lines);
			tls_play_send(&play, &made.tape, 0, made.tape.n);
			if (how & 2)
				tls_engine_tell(&play.engine, bytes_text(lines));
			tls_engine_end(&play.engine);
			assert_string_equal(play.engine.log.text, "");
			assert_string_equal(play.engine.anomalies.text, "tls.bad_record_mac|");
			assert_int_equal(play.engine.env.counts.bad_mac, 1);
			assert_int_equal(play.engine.env.counts.decrypted + play.engine.env.counts.no_secret, 0);
			assert_true(play.engine.env.counts.bad_records > 0);
			assert_non_null(strstr(play.engine.facts.text, "tls.decrypted=none|"));
			free(lines);
			tls_play_fini(&play);
			tls_made_fini(&made);
		}
}

/* One session's keys are wrong, everything else is right: of 1.3, where each direction has its own. */
static void test_one_wrong_secret(void **state)
{
	struct tls_kit *kit = *state;
	struct tls_made made;
	struct tls_play play;

	make(&made, kit, 0);
	converse(&made);
	char *lines = strdup(made.keylog), *end = strchr(strstr(lines, "SERVER_TRAFFIC_SECRET_0"), '\n');

	end[-1] = '0';
	tls_play_all(&play, kit, &plainly, &made.tape, lines);
	tls_play_expect(&play, 0, bytes_text("questionquestion two"));
	tls_play_expect(&play, 1, bytes_of("", 0));
	assert_string_equal(play.engine.anomalies.text, "tls.bad_record_mac|");
	free(lines);
	tls_play_fini(&play);
	tls_made_fini(&made);
}

/* Traffic secrets alone: what the handshake's are missing for is no attack. */
static void test_traffic_secrets_alone(void **state)
{
	struct tls_kit *kit = *state;
	struct tls_made made;
	struct tls_play play;
	char lines[1024] = "";

	make(&made, kit, 0);
	converse(&made);
	for (const char *at = made.keylog, *end; (end = strchr(at, '\n')); at = end + 1)
		if (!memmem(at, (size_t)(end - at), "HANDSHAKE", 9))
			strncat(lines, at, (size_t)(end + 1 - at));
	tls_play_all(&play, kit, &plainly, &made.tape, lines);
	tls_play_expect_clean(&play, bytes_text("questionquestion two"), bytes_text("answeranswer two"));
	tls_made_fini(&made);
}

static void test_no_keys(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++)
		for (int quiet = 0; quiet < 2; quiet++) {
			const struct tls_engine_spec how = { .quiet = quiet };
			struct tls_made made;
			struct tls_play play;

			make(&made, kit, i);
			converse(&made);
			tls_play_init(&play, kit, &how, NULL);
			tls_play_send(&play, &made.tape, 0, made.tape.n - 3);
			if (!quiet || specs[i].version == TLS_13) { /* it is over, and nothing is kept */
				assert_null(play.engine.flow.layers.dissector);
				assert_int_equal(play.engine.env.budget.used, 0);
			}
			tls_play_send(&play, &made.tape, made.tape.n - 3, made.tape.n);
			tls_engine_end(&play.engine);
			assert_string_equal(play.engine.log.text, "");
			assert_string_equal(play.engine.anomalies.text, "");
			assert_int_equal(play.engine.env.counts.no_secret, 1);
			assert_int_equal(play.engine.n_told, !quiet);
			tls_play_fini(&play);
			tls_made_fini(&made);
		}
}

/* A suite that nobody knows: byte 43 behind the record's header is the first of it, where there is no session id. */
static void test_unsupported(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_made made;
		struct tls_play play;

		make(&made, kit, i);
		converse(&made);
		made.tape.sent[1].data[5 + 4 + 2 + 32 + 1] = 0xfe;
		tls_play_all(&play, kit, &plainly, &made.tape, made.keylog);
		assert_string_equal(play.engine.log.text, "");
		assert_string_equal(play.engine.anomalies.text, "");
		assert_int_equal(play.engine.env.counts.unsupported, 1);
		tls_play_fini(&play);
		tls_made_fini(&made);
	}
}

/* ---- what is no TLS any more ---- */

#define GET "GET / HTTP/1.1\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n\r\n"

/* A broker leaves the first `n` records of a handshake, and goes on in the clear. */
static void test_mirrors(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++)
		for (size_t n = 1; n <= 4; n++)
			for (int how = 0; how < 4; how++) {
				const struct tls_engine_spec spec = { .quiet = how & 1 };
				struct tls_made made;
				struct tls_play play;

				make(&made, kit, i);
				if (n > (specs[i].version == TLS_13 ? 2 : 4)) {
					tls_made_fini(&made);
					continue;
				}
				tls_play_init(&play, kit, &spec, how & 2 ? made.keylog : NULL);
				tls_play_send(&play, &made.tape, 0, n);
				tls_engine_send(&play.engine, 0, bytes_text(GET), 0);
				tls_engine_send(&play.engine, 1, bytes_text(OK), 0);
				tls_engine_send(&play.engine, 0, bytes_text("\x17\x03\x03 and more"), 7);
				tls_engine_end(&play.engine);
				assert_string_equal(play.engine.content[0].text, GET "<7>\x17\x03\x03 and more");
				assert_string_equal(play.engine.content[1].text, OK);
				assert_string_equal(play.engine.anomalies.text, "");
				assert_int_equal(play.engine.env.counts.mirrored, 1);
				assert_true(how & 1 || strstr(play.engine.facts.text, "tls.decrypted=mirror|"));
				tls_play_fini(&play);
				tls_made_fini(&made);
			}
}

static void test_plaintext_behind_ciphertext(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_made made;
		struct tls_play play;

		make(&made, kit, i);
		tls_made_say(&made, 0, "question");
		tls_play_init(&play, kit, &plainly, made.keylog);
		tls_play_send(&play, &made.tape, 0, made.tape.n);
		tls_engine_send(&play.engine, 1, bytes_text(OK), 0);
		tls_engine_send(&play.engine, 0, bytes_text(GET), 0);
		tls_engine_end(&play.engine);
		assert_string_equal(play.engine.content[0].text, "question");
		assert_string_equal(play.engine.content[1].text, "");
		assert_string_equal(play.engine.anomalies.text, "tls.bad_record|");
		tls_play_fini(&play);
		tls_made_fini(&made);
	}
}

/* In the clear instead of an answer; protected; and records of types that say nothing. */
static void test_alerts(void **state)
{
	static const uint8_t failure[] = { 2, 40 }, notify[] = { 1, 0 };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_made made;
		struct tls_play play;

		make(&made, kit, i);
		tls_play_init(&play, kit, &plainly, made.keylog);
		tls_play_send(&play, &made.tape, 0, 1);
		tls_engine_send(&play.engine, 1, bytes_of("\x15\x03\x01\x00\x02\x02\x28", 7), 0);
		tls_engine_end(&play.engine);
		tls_play_expect_clean(&play, bytes_of("", 0), bytes_of("", 0));
		converse(&made);
		tls_made_seal(&made, 0, 21, bytes_of(failure, 2));
		tls_made_seal(&made, 0, 24, bytes_of("\x01", 1));
		tls_made_say(&made, 0, "!");
		tls_made_seal(&made, 1, 21, bytes_of(notify, 2));
		tls_play_all(&play, kit, &plainly, &made.tape, made.keylog);
		tls_play_expect_clean(&play, bytes_text("questionquestion two!"), bytes_text("answeranswer two"));
		tls_made_fini(&made);
	}
}

/* ---- damage ---- */

/* Content of one side, without marks of gaps, is a part of what was said: the same records, some missing. */
static void expect_part(const struct tls_play *play, unsigned side, const char *const *said)
{
	const char *at = play->engine.content[side].text;

	for (; *said; said++) {
		while (*at == '<')
			at = strchr(at, '>') + 1;
		size_t len = strlen(*said);

		if (strncmp(at, *said, len) == 0)
			at += len;
	}
	if (*at)
		fail_msg("side %u: \"%s\"", side, play->engine.content[side].text);
}

static void expect_parts(const struct tls_play *play)
{
	static const char *const client[] = { "question two", "question", "question two", NULL };
	static const char *const server[] = { "answer two", "answer", "answer two", NULL };

	expect_part(play, 0, client);
	expect_part(play, 1, server);
}

static void test_every_byte_damaged(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_made made;

		make(&made, kit, i);
		converse(&made);
		for (unsigned side = 0; side < 2; side++)
			for (size_t at = 0; at < made.tape.sent[side].len; at++)
				for (unsigned bit = 1; bit < 256; bit *= 8) {
					struct tls_play play;

					made.tape.sent[side].data[at] ^= (uint8_t)bit;
					tls_play_all(&play, kit, &plainly, &made.tape, made.keylog);
					if (play.engine.env.counts.mirrored == 0)
						expect_parts(&play);
					made.tape.sent[side].data[at] ^= (uint8_t)bit;
					tls_play_fini(&play);
				}
		tls_made_fini(&made);
	}
}

static void test_every_prefix(void **state)
{
	static const struct tls_engine_spec ways[] = { { .may_come = true }, { .midstream = true } };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		struct tls_made made;

		make(&made, kit, i);
		converse(&made);
		for (size_t at = 0; at < made.tape.n; at++)
			for (size_t len = 0; len < made.tape.pieces[at].len; len++)
				for (size_t way = 0; way < 4; way++) {
					struct tls_play play;

					tls_play_init(&play, kit, &ways[way & 1], way & 2 ? NULL : made.keylog);
					tls_play_send(&play, &made.tape, 0, at);
					tls_engine_send(&play.engine, made.tape.pieces[at].side,
					    bytes_head(tls_tape_piece(&made.tape, at), len), 0);
					if (way & 2)
						tls_engine_tell(&play.engine, bytes_text(made.keylog));
					tls_engine_end(&play.engine);
					assert_string_equal(play.engine.anomalies.text, "");
					expect_parts(&play);
					tls_play_fini(&play);
				}
		tls_made_fini(&made);
	}
}

/* ---- floods ---- */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Sends what is in `tape` from its `from`-th piece on, again and again, many at a time. */
static void flood(struct tls_play *play, const struct tls_tape *tape, size_t from, size_t n)
{
	uint8_t packet[1400];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		struct bytes piece = tls_tape_piece(tape, from + i % (tape->n - from));

		if (len + piece.len > sizeof packet) {
			tls_engine_send(&play->engine, 0, bytes_of(packet, len), 0);
			len = 0;
		}
		memcpy(packet + len, piece.data, piece.len);
		len += piece.len;
	}
}

static void expect_modest(const struct tls_play *play, double since)
{
	double took = seconds() - since;

	assert_true(took < 60); /* sanitizers included; a second or two without */
	assert_true(play->engine.env.budget.peak < 512 * 1024);
}

static void test_tiny_records(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < 3; i += 2) {
		struct tls_made made;
		struct tls_play play;
		double since = seconds();

		make(&made, kit, i);
		size_t from = made.tape.n;

		for (size_t n = 0; n < MILLION / 10; n++)
			tls_made_seal(&made, 0, TLS_APPLICATION_DATA, bytes_of("x", n & 1));
		tls_play_init(&play, kit, &plainly, made.keylog);
		tls_play_send(&play, &made.tape, 0, from);
		flood(&play, &made.tape, from, MILLION / 10);
		tls_engine_end(&play.engine);
		assert_in_range(play.engine.content[0].len, MILLION / 20 - 100, MILLION / 20);
		expect_modest(&play, since);
		tls_play_fini(&play);
		tls_made_fini(&made);
	}
}

/* Records that cost their sender nothing: empty ones, hellos, changes, key updates that are not meant for us. */
static void test_a_million_records_in_clear(void **state)
{
	static const struct {
		uint8_t type;
		const char *content;
		size_t len;
	} kinds[] = { { 22, "", 0 }, { 20, "\1", 1 }, { 21, "\1\0", 2 },
		{ 23, "", 0 }, { 24, "\1", 1 }, { 22, "\0\0\0\0", 4 }, { 22, "\x0b\0\0\0", 4 }, { 22, "\1", 1 },
		{ 22, "\x0f\0\1\0", 4 } };
	struct tls_kit *kit = *state;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (int late = 0; late < 2; late++) {
			const struct tls_engine_spec how = { .may_come = late, .wait_len = 100000 };
			struct tls_made made;
			struct tls_play play;
			double since = seconds();

			make(&made, kit, 2);
			tls_made_clear(&made, 0, kinds[k].type, bytes_of(kinds[k].content, kinds[k].len));
			tls_play_init(&play, kit, &how, NULL);
			tls_play_send(&play, &made.tape, 0, 2);
			flood(&play, &made.tape, made.tape.n - 1, MILLION);
			tls_engine_end(&play.engine);
			assert_string_equal(play.engine.log.text, "");
			expect_modest(&play, since);
			tls_play_fini(&play);
			tls_made_fini(&made);
		}
}

static void test_a_flood_of_key_updates(void **state)
{
	struct tls_kit *kit = *state;
	double since = seconds();
	struct tls_made made;
	struct tls_play play;

	make(&made, kit, 0);
	for (size_t n = 0; n < 20000; n++)
		tls_made_update(&made, 0);
	tls_made_say(&made, 0, "done");
	tls_play_all(&play, kit, &plainly, &made.tape, made.keylog);
	tls_play_expect(&play, 0, bytes_text("done"));
	expect_modest(&play, since);
	tls_play_fini(&play);
	tls_made_fini(&made);
}

/* Behind lost bytes stands what looks like the header of a long record, which never becomes whole: what stands behind it is found. */
static void test_false_headers(void **state)
{
	static const char *const headers[] = { "\x17\x03\x03\x3f\xff", "\x16\x03\x01\x20\x01", "\x17\x03\x03\x01\x01\x16\x03\x03\x3f\x01" };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++)
		for (size_t h = 0; h < sizeof headers / sizeof headers[0]; h++) {
			struct tls_made made;
			struct tls_play play;

			if (specs[i].version < TLS_11) /* each record goes on from the one before */
				continue;
			make(&made, kit, i);
			size_t n = made.tape.n;

			tls_made_say(&made, 0, "lost");
			tls_made_say(&made, 0, "found");
			tls_made_say(&made, 0, " again");
			tls_play_init(&play, kit, &plainly, made.keylog);
			tls_play_send(&play, &made.tape, 0, n);
			tls_engine_send(&play.engine, 0, bytes_text(headers[h]), made.tape.pieces[n].len);
			tls_play_send(&play, &made.tape, n + 1, made.tape.n);
			tls_engine_end(&play.engine);
			if (!strstr(play.engine.content[0].text, "found again"))
				fail_msg("%04x %04x, header %zu: %s", specs[i].version, specs[i].suite, h, play.engine.content[0].text);
			tls_play_fini(&play);
			tls_made_fini(&made);
		}
}

/* ---- no memory ---- */

static void test_no_memory(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < SPECS; i++) {
		size_t peak = SIZE_MAX;

		for (size_t cap = 1; cap < peak; cap += 128)
			for (int late = 0; late < 2; late++) {
				const struct tls_engine_spec how = { .may_come = late, .memcap = cap };
				struct tls_made made;
				struct tls_play play;

				make(&made, kit, i);
				converse(&made);
				tls_play_init(&play, kit, &how, late ? NULL : made.keylog);
				tls_play_send(&play, &made.tape, 0, made.tape.n - 2);
				if (late)
					tls_engine_tell(&play.engine, bytes_text(made.keylog));
				tls_play_send(&play, &made.tape, made.tape.n - 2, made.tape.n);
				tls_engine_end(&play.engine);
				expect_parts(&play);
				if (late && play.engine.env.budget.n_refused == 0)
					peak = cap;
				tls_play_fini(&play);
				tls_made_fini(&made);
			}
		assert_true(peak < 100000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_one_wrong_secret),
		cmocka_unit_test(test_traffic_secrets_alone),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_mirrors),
		cmocka_unit_test(test_plaintext_behind_ciphertext),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_every_byte_damaged),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_tiny_records),
		cmocka_unit_test(test_a_million_records_in_clear),
		cmocka_unit_test(test_a_flood_of_key_updates),
		cmocka_unit_test(test_false_headers),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, tls_kit_setup, tls_kit_teardown);
}
