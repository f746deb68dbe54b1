/* Properties of the HTTP/2 dissector over generated conversations: any cutting says the same as the whole,
    any prefix ends cleanly
 * and says no more than the whole, lost bytes make values missing but never wrong, refused memory is survived. Seed: first
 * argument, or the default. */
#include "tests/support/h2_maker.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { PIECES_CAP = 128, STREAMS_CAP = 12, ROUNDS = 1500, ARENA_CAP = 8 << 20 };

/* A frame, or a block of frames, as it was sent. */
struct piece {
	enum direction dir;
	uint8_t *data;
	size_t len;
};

struct talk {
	struct piece pieces[PIECES_CAP];
	size_t n;
	struct h2_maker maker;
};

static uint64_t seed = UINT64_C(0x57047e9a55);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

__attribute__((format(printf, 3, 4))) static void say(struct talk *talk, enum direction dir, const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	assert_true(talk->n < PIECES_CAP);
	struct bytes bytes = h2_maker_line(&talk->maker, dir, line);
	struct piece *piece = &talk->pieces[talk->n++];

	*piece = (struct piece){ dir, malloc(bytes.len + 1), bytes.len };
	assert_non_null(piece->data);
	memcpy(piece->data, bytes.data, bytes.len);
}

/* ---- conversations ---- */

static const char *options(bool prioritised)
{
	static const char *const some[] = { "", "pad=3", "cut=20", "never", "cut=1", "pad=200 cut=9", "prio=7",
	    "prio=200 cut=50 pad=1" };

	return some[pick(prioritised ? 8 : 6)];
}

static void say_noise(struct talk *talk)
{
	static const char *const lines[] = { "PING", "PING ack", "WINDOW 0 1000", "SETTINGS ack", "SETTINGS 3=50",
	    "FRAME 0 type=0xbb flags=7 | ab\1",
					     "SETTINGS 1=100", "SETTINGS 1=8000" };

	if (pick(3) == 0)
		say(talk, pick(2) ? TO_SERVER : TO_CLIENT, "%s", lines[pick(8)]);
	if (pick(12) == 0)
		say(talk, pick(2) ? TO_SERVER : TO_CLIENT, "TABLE | %u", pick(2) ? 4096 : pick(200));
}

static void say_request(struct talk *talk, unsigned id)
{
	const char *method = pick(3) ? "GET" : "POST";

	say(talk, TO_SERVER,
	    "HEADERS %u %s %s | :method: %s | :scheme: https | :path: /s/%u | :authority: h-%u.test | x-token: t-%u | x-same: same%s",
	    id, *method == 'G' ? "end" : "", options(true), method, id, id % 3, id, pick(2)
	  ? " | cookie: a=1 | cookie: b=2" : "");
	if (*method == 'G')
		return;
	for (unsigned n = pick(3); n; n--)
		say(talk, TO_SERVER, "DATA %u %s | %.*s", id, pick(2) ? "" : "pad=4", (int)pick(60),
		    "0123456789abcdef\1\1\4\1\1\1\1\1\1|\1\5GET / HTTP/1.1 and more of the like");
	say(talk, TO_SERVER, pick(4) ? "DATA %u end | %s" : "HEADERS %u end | x-sum: %s", id, "ab");
}

static void say_answer(struct talk *talk, unsigned id)
{
	unsigned how = pick(8);

	if (how == 0) {
		say(talk, pick(2) ? TO_SERVER : TO_CLIENT, "RST %u 8", id);
		return;
	}
	if (how == 1)
		say(talk, TO_CLIENT, "HEADERS %u | :status: 103 | link: x", id);
	say(talk, TO_CLIENT, "HEADERS %u %s %s | :status: 200 | content-type: text/html | x-answer: a-%u | x-same: same", id,
	    how == 2 ? "end" : "",
	    options(false), id);
	if (how == 2)
		return;
	for (unsigned n = pick(3); n; n--)
		say(talk, TO_CLIENT, "DATA %u | %.*s", id, (int)pick(60),
		    "content of an answer, which may be as long as it likes to be, and so on");
	say(talk, TO_CLIENT, how == 3 ? "HEADERS %u end | grpc-status: %s" : "DATA %u end | %s", id, "0");
}

static struct talk talk_make(void)
{
	struct talk talk = { .n = 0 };
	unsigned open[STREAMS_CAP], n_open = 0, id = 1;

	h2_maker_init(&talk.maker);
	say(&talk, TO_SERVER, "PREFACE");
	say(&talk, TO_SERVER, "SETTINGS 3=100");
	say(&talk, TO_CLIENT, "SETTINGS 4=65535");
	for (unsigned turns = 2 + pick(10); turns && talk.n + 16 < PIECES_CAP; turns--) {
		say_noise(&talk);
		if (n_open < STREAMS_CAP && pick(2)) {
			say_request(&talk, id);
			open[n_open++] = id;
			id += 2;
		} else if (n_open) {
			unsigned i = pick(n_open);

			say_answer(&talk, open[i]);
			open[i] = open[--n_open];
		}
	}
	h2_maker_fini(&talk.maker);
	return talk;
}

static void talk_free(struct talk *talk)
{
	for (size_t i = 0; i < talk->n; i++)
		free(talk->pieces[i].data);
}

static void play(const struct talk *talk, struct feeder *feeder, size_t n, script_cut *cut, void *with)
{
	for (size_t i = 0; i < n; i++) {
		const struct piece *piece = &talk->pieces[i];

		for (size_t at = 0; at < piece->len;) {
			size_t len = cut(with, piece->len - at);

			feeder_send(feeder, piece->dir, bytes_of(piece->data + at, len), false);
			at += len;
		}
	}
}

static void feeder_begin(struct feeder *feeder, size_t arena_cap, size_t bodies_cap)
{
	feeder_init(feeder, &http2_dissector, arena_cap);
	feeder_keep(feeder, 4096, bodies_cap);
	feeder->apart = true;
	feeder->with_headers = true;
}

/* ---- properties ---- */

static void test_cuts(void **state)
{
	size_t n_messages = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct talk talk = talk_make();
		struct feeder whole, pieces;

		feeder_begin(&whole, ARENA_CAP, 1 << 20);
		feeder_begin(&pieces, ARENA_CAP, 1 << 20);
		play(&talk, &whole, talk.n, script_whole, NULL);
		play(&talk, &pieces, talk.n, round % 2 ? script_bytewise : script_random, &seed);
		feeder_finish(&whole);
		feeder_finish(&pieces);
		n_messages += whole.n_messages;
		if (!feeder_same(&whole, &pieces))
			fail_msg("round %u: whole\n%s%s%s%spieces\n%s%s%s%s", round, feeder_log(&whole, TO_SERVER),
			    feeder_log(&whole, TO_CLIENT),
			    feeder_anomalies(&whole, TO_SERVER), feeder_anomalies(&whole, TO_CLIENT), feeder_log(&pieces,
			  TO_SERVER),
			    feeder_log(&pieces, TO_CLIENT), feeder_anomalies(&pieces, TO_SERVER), feeder_anomalies(&pieces,
			  TO_CLIENT));
		feeder_fini(&whole);
		feeder_fini(&pieces);
		talk_free(&talk);
	}
	assert_true(n_messages > 4 * ROUNDS); /* else nothing was tested */
}

/* What is said of what ends early is the beginning of what is said of the whole, but for heads and bodies that were cut. */
static void assert_begins(const char *early, const char *whole)
{
	const char *cut = strstr(early, " damaged");
	size_t len = strlen(early);

	if (cut) {
		while (cut > early && cut[-1] != '\n')
			cut--;
		len = (size_t)(cut - early);
	}
	if (strncmp(early, whole, len) != 0)
		fail_msg("early\n%s\nwhole\n%s", early, whole);
}

static void test_prefixes(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct talk talk = talk_make();
		struct feeder whole, early;
		size_t n = pick((unsigned)talk.n), len = talk.pieces[n].len ? pick((unsigned)talk.pieces[n].len) : 0;

		feeder_begin(&whole, ARENA_CAP, 1 << 20);
		feeder_begin(&early, ARENA_CAP, 1 << 20);
		play(&talk, &whole, talk.n, script_whole, NULL);
		play(&talk, &early, n, script_whole, NULL);
		feeder_send(&early, talk.pieces[n].dir, bytes_of(talk.pieces[n].data, len), true);
		feeder_send(&early, (enum direction)!talk.pieces[n].dir, bytes_of("", 0), true);
		feeder_finish(&early);
		assert_begins(feeder_log(&early, TO_SERVER), feeder_log(&whole, TO_SERVER));
		assert_begins(feeder_log(&early, TO_CLIENT), feeder_log(&whole, TO_CLIENT));
		feeder_fini(&whole);
		feeder_fini(&early);
		talk_free(&talk);
	}
}

/* The number behind `key` before `end`; -1: it is not there. */
static long number_behind(const char *at, const char *end, const char *key)
{
	const char *found = strstr(at, key);

	return found && found < end ? strtol(found + strlen(key), NULL, 10) : -1;
}

static const char *entry_end(const char *at)
{
	const char *end = at;

	do {
		end = strchr(end, '\n');
		end = end ? end + 1 : at + strlen(at);
	} while (*end == ' ');
	return end;
}

/* Each request has its own values or none; each answer is that of its request. */
static void assert_true_values(const char *requests, const char *responses)
{
	long stream_of[4 * STREAMS_CAP];

	memset(stream_of, -1, sizeof stream_of);
	for (const char *at = requests, *end; *at; at = end) {
		end = entry_end(at);
		if (*at != 'Q')
			continue;
		long tx = strtol(at + 1, NULL, 10), id = number_behind(at, end, "http2.stream_id: ");
		long url = number_behind(at, end, "\n  url: /s/"), token = number_behind(at, end, "| x-token=t-"),
		    host = number_behind(at, end, "hostname: h-");

		assert_in_range(tx, 0, 4 * STREAMS_CAP - 1);
		assert_true(id > 0);
		stream_of[tx] = id;
		if ((url >= 0 && url != id) || (token >= 0 && token != id) || (host >= 0 && host != id % 3))
			fail_msg("stream %ld: %.*s", id, (int)(end - at), at);
	}
	for (const char *at = responses, *end; *at; at = end) {
		end = entry_end(at);
		long tx = *at == 'R' ? strtol(at + 1, NULL, 10) : -1, answer = number_behind(at, end, "| x-answer=a-");

		if (tx >= 0 && tx < 4 * STREAMS_CAP && stream_of[tx] >= 0 && answer >= 0 && answer != stream_of[tx])
			fail_msg("answer %ld to stream %ld: %.*s", answer, stream_of[tx], (int)(end - at), at);
	}
}

static void test_gaps(void **state)
{
	size_t n_messages = 0;

	(void)state;
	for (unsigned round = 0; round < 4 * ROUNDS; round++) {
		struct talk talk = talk_make();
		struct feeder feeder;
		unsigned holes = 1 + pick(4), often = 2 + pick(12);

		feeder_begin(&feeder, ARENA_CAP, 1 << 20);
		for (size_t i = 0; i < talk.n; i++) {
			const struct piece *piece = &talk.pieces[i];

			for (size_t at = 0; at < piece->len;) {
				size_t len = script_random(&seed, piece->len - at);

				if (holes && pick(often) == 0 && holes--)
					feeder_lose(&feeder, piece->dir, len);
				else
					feeder_send(&feeder, piece->dir, bytes_of(piece->data + at, len), false);
				at += len;
			}
		}
		feeder_finish(&feeder);
		assert_true_values(feeder_log(&feeder, TO_SERVER), feeder_log(&feeder, TO_CLIENT));
		n_messages += feeder.n_messages;
		feeder_fini(&feeder);
		talk_free(&talk);
	}
	assert_true(n_messages > 2 * ROUNDS); /* else nothing was tested */
}

static void test_refused(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct talk talk = talk_make();
		struct feeder feeder;

		feeder_begin(&feeder, 64 + pick(6000), pick(3000));
		play(&talk, &feeder, talk.n, pick(2) ? script_whole : script_random, &seed);
		feeder_finish(&feeder);
		assert_true_values(feeder_log(&feeder, TO_SERVER), feeder_log(&feeder, TO_CLIENT));
		feeder_fini(&feeder);
		talk_free(&talk);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_refused),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
