/* Properties of the HTTP/1.x dissector over generated conversations: any cutting says the same as the whole, any prefix ends
 * cleanly and says no more than the whole, every response finds its request. Seed: first argument, or the default. */
#include "tests/support/script.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TEXT_CAP = 16384, TURNS_CAP = 8, ROUNDS = 3000 };

struct text {
	char c[TEXT_CAP];
	size_t len;
};

/* A conversation: turns of requests and their responses. */
struct talk {
	struct text side[2][TURNS_CAP];
	size_t n_turns, n_pairs;
	bool tame;  /* nothing odd in it */
	bool keeps; /* content that may carry tokens is kept */
};

static uint64_t seed = UINT64_C(0x57047e9a55);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

static void add(struct text *text, const char *what)
{
	size_t len = strlen(what);

	if (text->len + len <= TEXT_CAP) {
		memcpy(text->c + text->len, what, len);
		text->len += len;
	}
}

static const char *one_of(const char *const *words, unsigned n)
{
	return words[pick(n)];
}

static void add_body(struct text *text, unsigned len)
{
	static const char *const words[] = { "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\r\n\r\n", "a", "\xff", "{\"b\": 1}\n" };
	struct text body = { .len = 0 };

	while (body.len < len)
		add(&body, one_of(words, 6));
	body.c[len] = 0;
	add(text, body.c);
}

static void add_odd_header(struct text *text)
{
	static const char *const headers[] = {
		"Transfer-Encoding: xchunked\r\n", "Content-Length: 4\r\n", "Content-Length: +4\r\n", "X : y\r\n", "X: y\r\n folded\r\n", "X: y\n",
		"no colon\r\n", " X: early\r\n", "X: a\rb\r\n", "Host: other\r\n", "Transfer-Encoding: chunked\r\n", "Upgrade: websocket\r\n",
	};

	if (pick(4) == 0)
		add(text, one_of(headers, 12));
}

static void add_content(struct text *text, bool no_body)
{
	char line[64];
	unsigned len = pick(3) ? pick(40) : pick(900);

	if (pick(2)) {
		snprintf(line, sizeof line, "Content-Length: %u\r\n\r\n", len);
		add(text, line);
		if (!no_body)
			add_body(text, len);
		return;
	}
	add(text, "Transfer-Encoding: chunked\r\n\r\n");
	if (no_body)
		return;
	for (unsigned n = pick(4); n; n--, len = 1 + pick(60)) {
		len += len == 0;
		snprintf(line, sizeof line, "%x%s\r\n", len, pick(3) ? "" : ";ext=1");
		add(text, line);
		add_body(text, len);
		add(text, "\r\n");
	}
	add(text, pick(2) ? "0\r\n\r\n" : "0\r\nTrailer: x\r\n\r\n");
}

static void add_pair(struct talk *talk, struct text *q, struct text *r)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", "DELETE", "PUT" };
	static const char *const types[] = { "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: application/json\r\n",
		"Content-Type: text/xml\r\nSOAPAction: x\r\n", "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n" };
	static const char *const statuses[] = { "200 OK", "404 Not Found", "204 No Content", "304 Not Modified", "302 Found" };
	unsigned method = pick(5), status = pick(5);

	if (!talk->tame && pick(6) == 0)
		add(q, "junk\r\n");
	add(q, methods[method]);
	add(q, pick(2) ? " /path?token=x HTTP/1.1\r\nHost: example.test\r\n" : " /oauth2/token HTTP/1.1\r\nHost: example.test\r\n");
	if (pick(2))
		add(q, one_of(types, 4));
	if (!talk->tame)
		add_odd_header(q);
	if (pick(2))
		add_content(q, false);
	else
		add(q, "\r\n");
	if (pick(5) == 0)
		add(r, "HTTP/1.1 100 Continue\r\n\r\n");
	add(r, "HTTP/1.1 ");
	add(r, statuses[status]);
	add(r, "\r\n");
	add(r, one_of(types, 4));
	if (!talk->tame)
		add_odd_header(r);
	add_content(r, method == 1 || status == 2 || status == 3);
	talk->n_pairs++;
}

/* A line without version, which may be HTTP/0.9, and what may stand behind it. */
static void add_old(struct talk *talk)
{
	static const char *const more[] = { "Host: a\r\n\r\n", "Host", "Ho st: a\r\n\r\n", "\r\n", "", "X: y\r\n z\n\n", ": a\r\n\r\n" };
	static const char *const answers[] = { "bytes", "", "HTTP/1.0 404 No\r\n\r\n" };

	add(&talk->side[TO_SERVER][0], pick(2) ? "GET /old\r\n" : "HEAD /old\n");
	add(&talk->side[TO_SERVER][0], one_of(more, 7));
	if (pick(2))
		add(&talk->side[TO_CLIENT][0], one_of(answers, 3));
}

static void talk_make(struct talk *talk, bool tame)
{
	memset(talk, 0, sizeof *talk);
	talk->tame = tame;
	talk->keeps = true;
	if (!tame && pick(4) == 0)
		add_old(talk);
	talk->n_turns = 1 + pick(TURNS_CAP);
	for (size_t i = 0; i < talk->n_turns; i++)
		for (unsigned n = 1 + pick(3); n; n--)
			add_pair(talk, &talk->side[TO_SERVER][i], &talk->side[TO_CLIENT][i]);
	if (!tame && pick(5) == 0) /* a capture of one direction */
		for (size_t i = 0, dir = pick(2); i < talk->n_turns; i++)
			talk->side[dir][i].len = 0;
}

/* Feeds `talk` up to `most` bytes of each text; the logs are the feeder's. */
static void talk_run(const struct talk *talk, struct feeder *feeder, script_cut *cut, size_t most)
{
	feeder_init(feeder, &http1_dissector, 8 << 20);
	if (talk->keeps)
		feeder_keep(feeder, 300, 1 << 20);
	feeder->with_headers = feeder->apart = true;
	for (size_t i = 0; i < talk->n_turns; i++) {
		for (int dir = 0; dir < 2; dir++) {
			const struct text *text = &talk->side[dir][i];
			size_t len = i + 1 == talk->n_turns && most < text->len ? most : text->len;

			for (size_t at = 0, piece; at < len; at += piece) {
				piece = cut(&seed, len - at);
				feeder_send(feeder, (enum direction)dir, bytes_of(text->c + at, piece), false);
			}
		}
	}
	feeder_send(feeder, TO_SERVER, bytes_of("", 0), true);
	feeder_send(feeder, TO_CLIENT, bytes_of("", 0), true);
	feeder_finish(feeder);
}

static void check_same(const struct feeder *a, const struct feeder *b, uint64_t made_by)
{
	for (int dir = 0; dir < 2; dir++) {
		assert_string_equal(feeder_anomalies(a, (enum direction)dir), feeder_anomalies(b, (enum direction)dir));
		const char *whole = feeder_log(a, (enum direction)dir), *cut = feeder_log(b, (enum direction)dir);

		size_t same = 0;

		while (whole[same] && whole[same] == cut[same])
			same++;
		if (whole[same] != cut[same]) /* cmocka's messages are short */
			fail_msg("seed %" PRIu64 ", direction %d, after %zu bytes, whole:\n%.300s\n--- cut:\n%.300s", made_by, dir, same,
				 whole + (same < 60 ? 0 : same - 60), cut + (same < 60 ? 0 : same - 60));
	}
}

static void test_cutting(void **state)
{
	struct talk *talk = malloc(sizeof *talk);
	struct feeder whole, cut;

	(void)state;
	assert_non_null(talk);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t made_by = seed;

		talk_make(talk, round & 1);
		talk_run(talk, &whole, script_whole, SIZE_MAX);
		talk_run(talk, &cut, round % 16 ? script_random : script_bytewise, SIZE_MAX);
		check_same(&whole, &cut, made_by);
		feeder_fini(&whole);
		feeder_fini(&cut);
	}
	free(talk);
}

static void test_all_found(void **state)
{
	struct talk *talk = malloc(sizeof *talk);
	struct feeder whole;

	(void)state;
	assert_non_null(talk);
	for (unsigned round = 0; round < ROUNDS / 4; round++) {
		uint64_t made_by = seed;
		char last[32];

		talk_make(talk, true);
		talk_run(talk, &whole, script_whole, SIZE_MAX);
		snprintf(last, sizeof last, "E%zu ", talk->n_pairs - 1);
		if (!strstr(feeder_log(&whole, TO_CLIENT), last) || *feeder_anomalies(&whole, TO_CLIENT) ||
		    *feeder_anomalies(&whole, TO_SERVER))
			fail_msg("seed %" PRIu64 ": no %s in\n%s", made_by, last, feeder_log(&whole, TO_CLIENT));
		feeder_fini(&whole);
	}
	free(talk);
}

/* A prefix says what the whole says, but for its last, damaged message. */
static void test_prefixes(void **state)
{
	struct talk *talk = malloc(sizeof *talk);
	struct feeder whole, part;

	(void)state;
	assert_non_null(talk);
	for (unsigned round = 0; round < 30; round++) {
		talk_make(talk, true);
		talk->n_turns = 1;
		talk->keeps = false; /* what was kept of a body that does not end is told, too */
		talk->side[TO_CLIENT][0].len = 0;
		talk_run(talk, &whole, script_whole, SIZE_MAX);
		for (size_t most = 0; most < talk->side[TO_SERVER][0].len; most++) {
			talk_run(talk, &part, script_whole, most);
			const char *log = feeder_log(&part, TO_SERVER), *damaged = strstr(log, " damaged");
			size_t len = damaged ? (size_t)(damaged - log) : strlen(log);

			assert_memory_equal(log, feeder_log(&whole, TO_SERVER), len);
			feeder_fini(&part);
		}
		feeder_fini(&whole);
	}
	free(talk);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cutting), cmocka_unit_test(test_all_found), cmocka_unit_test(test_prefixes) };

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
