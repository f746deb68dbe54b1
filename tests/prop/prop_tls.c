/* Properties of the TLS dissector over generated connections: however the bytes are cut, however the two directions
 * interleave, and whenever secrets come, the same content comes out; of a connection that lost something, nothing comes
 * out that was not said. Seed: first argument, or the default. */
#include "tests/support/script.h"
#include "tests/support/tls_kit.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ROUNDS = 1500, WAYS = 3 };

static uint64_t seed = UINT64_C(0x57047e9a55);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

static const struct tls_made_spec specs[] = {
	{ .version = TLS_13, .suite = 0x1301 }, { .version = TLS_13, .suite = 0x1302 }, { .version = TLS_13, .suite = 0x1303 },
	{ .version = TLS_13, .suite = 0x1305 }, { .version = TLS_12, .suite = 0x009c }, { .version = TLS_12, .suite = 0xcca8 },
	{ .version = TLS_12, .suite = 0xc09c }, { .version = TLS_12, .suite = 0x003c, .encrypt_then_mac = true },
	{ .version = TLS_11, .suite = 0x002f }, { .version = TLS_10, .suite = 0x000a }, { .version = TLS_10, .suite = 0x0005 },
	{ .version = TLS_SSL30, .suite = 0x0035, .v2 = true }, { .version = TLS_12, .suite = 0x002f, .v2 = true },
	{ .version = TLS_12, .suite = 0x003b },
};

/* A connection, and from which piece on its directions are free of each other. */
struct talk {
	struct tls_made made;
	struct tls_kept said[2];
	size_t ordered;
};

static void say_something(struct talk *talk)
{
	static uint8_t text[17000];
	unsigned side = pick(2);
	size_t len = pick(8) ? pick(60) : pick(8) ? pick(2000) : 16384 - pick(30);
	uint8_t letter = (uint8_t)('a' + pick(26));

	for (size_t i = 0; i < len; i++)
		text[i] = (uint8_t)(letter + i % 7);
	if (talk->made.spec.version == TLS_13 && pick(6) == 0)
		tls_made_update(&talk->made, side);
	talk->made.sealer[side].padding = pick(3) == 0 ? pick(4) : 0;
	if (len + 100 > 16384 || talk->made.spec.version == TLS_SSL30) /* no more than a block (RFC 6101 5.2.3.2) */
		talk->made.sealer[side].padding = 0;
	tls_made_seal(&talk->made, side, 23, bytes_of(text, len));
	tls_kept_add(&talk->said[side], bytes_of(text, len));
}

static bool talk_make(struct talk *talk, const struct tls_kit *kit)
{
	struct tls_made_spec spec = specs[pick(sizeof specs / sizeof specs[0])];

	*talk = (struct talk){ .ordered = spec.version == TLS_13 ? 2 : 4 };
	spec.crypto = kit->crypto;
	spec.first = (uint8_t)pick(256);
	bool made = tls_made_init(&talk->made, &spec);

	for (unsigned n = made ? 1 + pick(12) : 0; n; n--)
		say_something(talk);
	return made;
}

static void talk_end(struct talk *talk)
{
	tls_made_fini(&talk->made);
	free(talk->said[0].data);
	free(talk->said[1].data);
}

static struct bytes said(const struct talk *talk, unsigned side)
{
	return talk->said[side].len ? bytes_of(talk->said[side].data, talk->said[side].len) : bytes_of("", 0);
}

/* The bytes of one side that stand in the first `n` pieces. */
static size_t bytes_within(const struct tls_tape *tape, size_t n, unsigned side)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += tape->pieces[i].side == side ? tape->pieces[i].len : 0;
	return len;
}

static void maybe_tell(struct tls_play *play, const struct talk *talk, bool *told)
{
	if (*told || pick(12))
		return;
	tls_engine_tell(&play->engine, bytes_text(talk->made.keylog));
	*told = true;
}

/* Sends some of what one side still has to send, as far as `end`. */
static void send_some(struct tls_play *play, const struct talk *talk, unsigned side, size_t *at, size_t end)
{
	size_t len = script_random(&seed, end - *at);

	tls_engine_send(&play->engine, side, bytes_of(talk->made.tape.sent[side].data + *at, len), 0);
	*at += len;
}

static void play_at_random(struct tls_play *play, const struct talk *talk, bool told)
{
	const struct tls_tape *tape = &talk->made.tape;
	size_t at[2] = { 0 };

	for (size_t i = 0; i < talk->ordered; i++)
		for (size_t end = bytes_within(tape, i + 1, tape->pieces[i].side); at[tape->pieces[i].side] < end;) {
			send_some(play, talk, tape->pieces[i].side, &at[tape->pieces[i].side], end);
			maybe_tell(play, talk, &told);
		}
	while (at[0] < tape->sent[0].len || at[1] < tape->sent[1].len) {
		unsigned side = pick(2);

		if (at[side] < tape->sent[side].len)
			send_some(play, talk, side, &at[side], tape->sent[side].len);
		maybe_tell(play, talk, &told);
	}
	if (!told)
		tls_engine_tell(&play->engine, bytes_text(talk->made.keylog));
	tls_engine_end(&play->engine);
}

static void test_same_content(void **state)
{
	static const struct tls_engine_spec patiently = { .may_come = true };
	struct tls_kit *kit = *state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t made_by = seed;
		struct talk talk;

		for (unsigned way = 0; talk_make(&talk, kit) && way < WAYS; way++) {
			bool told = way == 0;
			struct tls_play play;

			tls_play_init(&play, kit, &patiently, told ? talk.made.keylog : NULL);
			play_at_random(&play, &talk, told);
			for (unsigned side = 0; side < 2; side++) {
				const struct tls_text *got = &play.engine.content[side];

				if (!bytes_equal(bytes_of(got->text, got->len), said(&talk, side)))
					fail_msg("seed %" PRIu64 ", way %u, %04x %04x: side %u said %zu bytes, not %zu; %s",
					    made_by, way,
					    talk.made.spec.version, talk.made.spec.suite, side, got->len, talk.said[side].len,
					    play.engine.anomalies.text);
			}
			assert_string_equal(play.engine.anomalies.text, "");
			tls_play_fini(&play);
			talk_end(&talk);
		}
		talk_end(&talk);
	}
}

/* ---- losses ---- */

/* `got` is `said` with bytes left out, each time where a mark "<n>" stands or at the end. Everything said is lower case. */
static bool is_left_of(const char *got, struct bytes said)
{
	size_t at = 0;

	while (*got) {
		size_t len = strcspn(got, "<");
		const uint8_t *place = said.len - at >= len ? memmem(said.data + at, said.len - at, got, len) : NULL;

		if (!place)
			return false;
		at = (size_t)(place - said.data) + len;
		got += len;
		if (*got == '<')
			got = strchr(got, '>') + 1;
	}
	return true;
}

static void play_with_losses(struct tls_play *play, const struct talk *talk)
{
	struct tls_tape cut = tls_tape_cut(&talk->made.tape, 20 + pick(1500));
	uint64_t gaps[2] = { 0 };
	bool told = false;

	for (size_t i = 0; i < cut.n; i++) {
		unsigned side = cut.pieces[i].side;

		if (pick(8) == 0) {
			gaps[side] += cut.pieces[i].len;
			continue;
		}
		tls_engine_send(&play->engine, side, tls_tape_piece(&cut, i), gaps[side]);
		gaps[side] = 0;
		maybe_tell(play, talk, &told);
	}
	tls_engine_end(&play->engine);
	tls_tape_fini(&cut);
}

static void test_losses(void **state)
{
	static const struct tls_engine_spec ways[] = { { .may_come = true }, { .may_come = true, .wait_len = 500 },
		{ .midstream = true, .may_come = true }, { .may_come = true, .memcap = 30000 } };
	struct tls_kit *kit = *state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t made_by = seed;
		struct tls_play play;
		struct talk talk;

		if (talk_make(&talk, kit)) {
			tls_play_init(&play, kit, &ways[pick(4)], pick(2) ? talk.made.keylog : NULL);
			play_with_losses(&play, &talk);
			for (unsigned side = 0; side < 2; side++)
				if (!play.engine.env.counts.mirrored &&
				    !is_left_of(play.engine.content[side].text, said(&talk, side)))
					fail_msg("seed %" PRIu64 ", %04x %04x, side %u: %.300s", made_by, talk.made.spec.version,
					    talk.made.spec.suite, side, play.engine.content[side].text);
			tls_play_fini(&play);
		}
		talk_end(&talk);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_content), cmocka_unit_test(test_losses) };

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, tls_kit_setup, tls_kit_teardown);
}
