/* TLS connections of which something is missing: any one packet, the beginning, a side, much. What is decrypted after
 * that must be right, and where content is missing it must be said how much. */
#include "tests/support/tls_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { RECORDS_CAP = 128, HEADER_LEN = 5, TEXT_CAP = 65536 };

static const struct tls_engine_spec plainly = { .memcap = 0 };

/* A record of one side: where it stands, and where what is in it. */
struct place {
	size_t at, end, content, content_len;
};

struct map {
	struct place records[2][RECORDS_CAP];
	size_t n[2];
	const uint8_t *content[2];
	struct tls_tape tape;      /* by records */
	char *lines;
};

static void map_init(struct map *map, const struct tls_kit *kit, const struct tls_tape *tape, const char *lines,
    const struct tls_kept *said)
{
	struct tls_play play;

	*map = (struct map){ .tape = tls_tape_cut(tape, 0), .lines = strdup(lines), .content = { said[0].data, said[1].data } };
	tls_play_init(&play, kit, &plainly, lines);
	for (size_t i = 0; i < map->tape.n; i++) {
		const struct tls_piece *piece = &map->tape.pieces[i];
		size_t before = play.engine.content[piece->side].len;

		assert_true(map->n[piece->side] < RECORDS_CAP);
		tls_play_send(&play, &map->tape, i, i + 1);
		map->records[piece->side][map->n[piece->side]++] = (struct place){ piece->at, piece->at + piece->len, before,
			play.engine.content[piece->side].len - before };
	}
	tls_engine_end(&play.engine);
	assert_int_equal(play.engine.content[0].len, said[0].len);
	assert_int_equal(play.engine.content[1].len, said[1].len);
	assert_string_equal(play.engine.anomalies.text, "");
	tls_play_fini(&play);
}

static void map_fini(struct map *map)
{
	tls_tape_fini(&map->tape);
	free(map->lines);
}

/* What is left of one side's content when bytes from `from` to `to` are lost: content of every record that they touch is. */
static void content_without(const struct map *map, unsigned side, size_t from, size_t to, char *text)
{
	size_t n = 0, lost = 0;

	for (size_t i = 0; i < map->n[side]; i++) {
		const struct place *place = &map->records[side][i];

		if (place->at < to && place->end > from) {
			lost += place->content_len;
			continue;
		}
		if (!place->content_len)
			continue;
		if (lost)
			n += (size_t)snprintf(text + n, TEXT_CAP - n, "<%zu>", lost);
		lost = 0;
		assert_true(n + place->content_len < TEXT_CAP);
		memcpy(text + n, map->content[side] + place->content, place->content_len);
		n += place->content_len;
	}
	text[n] = '\0';
}

/* The first content of a side: what is lost before it was none. */
static bool is_before_content(const struct map *map, unsigned side, size_t from)
{
	for (size_t i = 0; i < map->n[side]; i++)
		if (map->records[side][i].content_len)
			return map->records[side][i].at >= from;
	return true;
}

/* Without marks. */
static char *without_marks(const char *text)
{
	char *copy = strdup(text), *to = copy;

	for (const char *from = text; *from;)
		if (*from == '<')
			from = strchr(from, '>') + 1;
		else
			*to++ = *from++;
	*to = '\0';
	return copy;
}

static const struct gap_case {
	struct tls_peers_spec spec;
	bool exact;     /* how much content is lost, is known */
} gap_cases[] = {
	{ { .cipher = "TLS_AES_128_GCM_SHA256", .version = TLS_13 }, true },
	{ { .cipher = "TLS_AES_256_GCM_SHA384", .version = TLS_13, .client_certificate = true, .fragment = 1024 }, true },
	{ { .cipher = "TLS_CHACHA20_POLY1305_SHA256", .version = TLS_13, .groups = { "X25519:P-384", "P-384" } }, true },
	{ { .cipher = "TLS_AES_128_CCM_8_SHA256", .version = TLS_13, .padding = 128 }, false },
	{ { .cipher = "ECDHE-RSA-AES128-GCM-SHA256", .version = TLS_12 }, true },
	{ { .cipher = "ECDHE-RSA-CHACHA20-POLY1305", .version = TLS_12, .client_certificate = true }, true },
	{ { .cipher = "AES128-SHA256", .version = TLS_12 }, false },
	{ { .cipher = "AES128-SHA", .version = TLS_11, .no_encrypt_then_mac = true }, false },
};

enum { GAP_CASES = sizeof gap_cases / sizeof gap_cases[0] };

static void converse(struct tls_peers *peers, bool updates)
{
	char text[4000];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < 3; i++) {
		tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("Question? "));
		tls_peers_say(peers, TLS_PEER_SERVER, bytes_text("Answer. "));
		tls_peers_say(peers, TLS_PEER_CLIENT, bytes_of(text, 1000 + i));
		if (updates)
			tls_peers_update(peers, TLS_PEER_CLIENT);
		tls_peers_say(peers, TLS_PEER_SERVER, bytes_of(text, 300 + 1000 * i));
	}
	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text("Bye"));
}

static void map_of(struct map *map, struct tls_peers *peers, const struct tls_kit *kit, const struct tls_peers_spec *spec,
    bool updates)
{
	assert_true(tls_peers_init(peers, &kit->identities, spec));
	converse(peers, updates);
	char *lines = strndup((const char *)peers->keylog.data, peers->keylog.len);

	map_init(map, kit, &peers->tape, lines, peers->said);
	free(lines);
}

static void fail_at(const struct tls_tape *cut, size_t at, unsigned side, const struct tls_play *play, const char *want)
{
	fprintf(stderr, "without piece %zu of %zu, of side %u, in which is %02x: side %u said %s\n--- want %s\n--- %s\n", at,
	    cut->n, cut->pieces[at].side, tls_tape_piece(cut, at).data[0], side, play->engine.content[side].text, want,
	    play->engine.anomalies.text);
	fail();
}

/* Is it a part of the hellos, without which nothing before TLS 1.3 can be read? */
static bool is_hello(const struct map *map, const struct tls_piece *piece)
{
	return piece->at < map->records[piece->side][0].end;
}

static void lose_piece(const struct tls_kit *kit, const struct map *map, const struct gap_case *gap, const struct tls_tape *cut,
    size_t at)
{
	const struct tls_piece *piece = &cut->pieces[at];
	static char want[TEXT_CAP];
	struct tls_play play;

	tls_play_init(&play, kit, &plainly, map->lines);
	for (size_t i = 0; i < cut->n; i++)
		if (i != at) {
			bool behind = i > at && cut->pieces[i].side == piece->side && cut->pieces[i].at == piece->at + piece->len;

			tls_engine_send(&play.engine, cut->pieces[i].side, tls_tape_piece(cut, i), behind ? piece->len : 0);
		}
	tls_engine_end(&play.engine);
	for (unsigned side = 0; side < 2; side++) {
		bool loses = side == piece->side;
		/* a ticket that is lost cannot be told from content */
		bool exact = gap->exact && !(loses && side && is_before_content(map, side, piece->at));

		content_without(map, side, loses ? piece->at : 0, loses ? piece->at + piece->len : 0, want);
		if (gap->spec.version < TLS_13 && is_hello(map, piece))
			*want = '\0';
		char *bare_want = without_marks(want), *bare = without_marks(play.engine.content[side].text);

		if (strcmp(bare, bare_want) != 0 || (exact && strcmp(want, play.engine.content[side].text) != 0))
			fail_at(cut, at, side, &play, want);
		free(bare_want);
		free(bare);
	}
	tls_play_fini(&play);
}

static void test_any_piece_is_lost(void **state)
{
	static const size_t cuts[] = { 0, 100, 1400 };
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < GAP_CASES; i++)
		for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
			struct tls_peers peers;
			struct map map;

			map_of(&map, &peers, kit, &gap_cases[i].spec, gap_cases[i].spec.version == TLS_13);
			struct tls_tape cut = tls_tape_cut(&peers.tape, cuts[c]);

			for (size_t at = 0; at < cut.n; at++)
				lose_piece(kit, &map, &gap_cases[i], &cut, at);
			tls_tape_fini(&cut);
			map_fini(&map);
			tls_peers_fini(&peers);
		}
}

/* ---- the beginning is missing ---- */

static size_t records_before(const struct map *map, const struct tls_tape *tape, size_t piece, unsigned side)
{
	size_t at = 0, n = 0;

	for (size_t i = 0; i < piece; i++)
		at += tape->pieces[i].side == side ? tape->pieces[i].len : 0;
	while (n < map->n[side] && map->records[side][n].at < at)
		n++;
	return n;
}

/* All content of a side from the n-th record on. */
static void content_from(const struct map *map, unsigned side, size_t n, char *text)
{
	size_t len = 0;

	for (; n < map->n[side]; n++) {
		memcpy(text + len, map->content[side] + map->records[side][n].content, map->records[side][n].content_len);
		len += map->records[side][n].content_len;
	}
	text[len] = '\0';
}

static void start_at(const struct tls_kit *kit, const struct map *map, const struct tls_tape *cut, size_t at)
{
	static const struct tls_engine_spec midstream = { .midstream = true };
	static char want[TEXT_CAP];
	struct tls_play play;

	tls_play_init(&play, kit, &midstream, map->lines);
	tls_play_send(&play, cut, at, cut->n);
	tls_engine_end(&play.engine);
	for (unsigned side = 0; side < 2; side++) {
		content_from(map, side, records_before(map, cut, at, side), want);
		char *bare = without_marks(play.engine.content[side].text);

		if (strcmp(bare, want) != 0)
			fail_at(cut, at, side, &play, want);
		free(bare);
	}
	tls_play_fini(&play);
}

static void test_any_beginning_is_missing(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < GAP_CASES; i++) {
		struct tls_peers peers;
		struct map map;

		if (gap_cases[i].spec.version < TLS_13)
			continue;
		map_of(&map, &peers, kit, &gap_cases[i].spec, false);
		for (size_t at = 0; at < map.tape.n; at++)
			start_at(kit, &map, &map.tape, at);
		map_fini(&map);
		tls_peers_fini(&peers);
	}
}

/* ---- a side is missing ---- */

static void test_a_side_is_missing(void **state)
{
	struct tls_kit *kit = *state;

	for (size_t i = 0; i < GAP_CASES; i++)
		for (unsigned side = 0; side < 2; side++)
			for (size_t c = 0; c < 2; c++) {
				const struct tls_engine_spec how = { .midstream = c };
				struct tls_peers peers;
				struct tls_play play;
				struct map map;

				map_of(&map, &peers, kit, &gap_cases[i].spec, false);
				tls_play_init(&play, kit, &how, map.lines);
				for (size_t at = 0; at < map.tape.n; at++)
					if (map.tape.pieces[at].side == side)
						tls_play_send(&play, &map.tape, at, at + 1);
				tls_engine_end(&play.engine);
				tls_play_expect(&play, !side, bytes_of("", 0));
				bool readable = gap_cases[i].spec.version == TLS_13;

				tls_play_expect(&play, side, readable ? bytes_of(peers.said[side].data, peers.said[side].len) :
				    bytes_of("", 0));
				assert_string_equal(play.engine.anomalies.text, "");
				tls_play_fini(&play);
				map_fini(&map);
				tls_peers_fini(&peers);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_piece_is_lost),
		cmocka_unit_test(test_any_beginning_is_missing),
		cmocka_unit_test(test_a_side_is_missing),
	};

	return cmocka_run_group_tests(tests, tls_kit_setup, tls_kit_teardown);
}
