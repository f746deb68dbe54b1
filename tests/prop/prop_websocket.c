/* Properties of WebSockets over generated conversations, compressed and not: without loss each message of interest is told as it
 * was said; with losses or refused memory nothing is told that was not said; the cutting makes no difference. Seed: first
 * argument, or the default. */
#include "tests/support/websocket_talk.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ROUNDS = 600, MESSAGES_CAP = 60, TEXT_CAP = 4000 };

static uint64_t seed = UINT64_C(0x3eb50cce7);

static unsigned pick(unsigned n)
{
	return (unsigned)((script_next(&seed) >> 16) % n);
}

struct said {
	enum direction dir;
	char text[TEXT_CAP];
};

struct chat {
	struct talk talk;
	struct said said[MESSAGES_CAP];
	size_t n;
	bool lossy;
};

struct engine {
	struct feeder feeder;
	struct body_env bodies;
	struct budget budget;
};

static void engine_init(struct engine *engine, size_t cap)
{
	*engine = (struct engine){ .bodies = { .budget = &engine->budget } };
	budget_init(&engine->budget, cap, NULL);
	feeder_init(&engine->feeder, &websocket_dissector, 8 << 20);
	engine->feeder.bodies = &engine->bodies;
	engine->feeder.apart = true;
}

static void engine_fini(struct engine *engine)
{
	feeder_fini(&engine->feeder);
	assert_int_equal(engine->budget.used, 0);
}

/* Each text is another one; all are of interest. */
static void text_make(struct said *said, size_t number)
{
	static const char *const words[] = { "good", "morning", "eyJhbGciOiJub25lIn0", "test", "abc", "\\u00e4\xc3\xa4" };
	size_t len = (size_t)snprintf(said->text, TEXT_CAP, "{\"number\":%zu,\"token\":\"", number);
	unsigned n = pick(4) ? pick(8) : pick(300);

	while (n--)
		len += (size_t)snprintf(said->text + len, TEXT_CAP - len, "%s%u ", words[pick(6)], pick(10));
	snprintf(said->text + len, TEXT_CAP - len, "\"}");
}

static void control_add(struct talk *talk, enum direction dir)
{
	static const uint8_t junk[] = { 0x81, 0x7e, 0xc1, 0, 0xff, 0x88 };

	talk_frame(talk, dir, pick(2) ? 0x89 : 0x8a, bytes_of(junk, pick(sizeof junk)));
}

/* In up to three frames, with control frames between them; some of its bytes may be lost. */
static void message_add(struct chat *chat, enum direction dir, struct bytes message, uint8_t first)
{
	unsigned n = 1 + pick(3);
	struct bytes rest = message;

	for (unsigned i = 0; i < n; i++) {
		struct bytes part = bytes_head(rest, i + 1 == n ? rest.len : pick((unsigned)rest.len + 1));
		bool lose = chat->lossy && pick(12) == 0;

		talk_frame_lossy(&chat->talk, dir, (uint8_t)((i ? 0 : first) | (i + 1 == n ? TALK_FIN : 0)), part,
		    lose ? pick((unsigned)part.len + 6) : SIZE_MAX, lose ? 1 + pick((unsigned)part.len + 20) : 0);
		rest = bytes_tail(rest, part.len);
		if (pick(4) == 0)
			control_add(&chat->talk, dir);
	}
}

static void chat_make(struct chat *chat, bool lossy)
{
	struct talk_deflater ends[2];

	*chat = (struct chat){ .lossy = lossy, .n = 1 + pick(MESSAGES_CAP) };
	for (unsigned dir = 0; dir < 2; dir++)
		talk_deflater_init(&ends[dir], 9 + (int)pick(7), pick(2));
	for (size_t i = 0; i < chat->n; i++) {
		struct said *said = &chat->said[i];
		struct bytes message = bytes_of("", 0);

		said->dir = pick(2) ? TO_CLIENT : TO_SERVER;
		text_make(said, i);
		if (pick(2)) {
			message = talk_deflate(&ends[said->dir], bytes_text(said->text));
			message_add(chat, said->dir, message, (uint8_t)(TALK_RSV1 | (1 + pick(2))));
			free((void *)(uintptr_t)message.data);
		} else {
			message_add(chat, said->dir, bytes_text(said->text), (uint8_t)(1 + pick(2)));
		}
	}
	for (unsigned dir = 0; dir < 2; dir++)
		talk_deflater_fini(&ends[dir]);
}

/* Was this said, from the beginning of a message on, and where it is not cut to its end? */
static bool was_said(const struct chat *chat, enum direction dir, struct bytes text, bool cut)
{
	for (size_t i = 0; i < chat->n; i++) {
		struct bytes said = bytes_text(chat->said[i].text);

		if (chat->said[i].dir == dir && bytes_equal(bytes_head(said, text.len), text) && (cut || text.len == said.len))
			return true;
	}
	return false;
}

static void expect_said(const struct chat *chat, const struct engine *engine)
{
	for (int dir = 0; dir < 2; dir++) {
		const char *line = feeder_log(&engine->feeder, (enum direction)dir);

		for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
			struct bytes text = bytes_of(line, (size_t)(end - line));
			bool cut = bytes_equal(bytes_head(text, 13), bytes_text("T-1 json cut ")) ||
			    bytes_equal(bytes_head(text, 13), bytes_text("T-1 text cut "));

			if (!was_said(chat, (enum direction)dir, bytes_tail(text, cut ? 13 : 9), cut))
				fail_msg("never said: %.*s", (int)text.len, line);
		}
	}
}

static void play(const struct chat *chat, struct engine *engine, size_t cap, script_cut *cut)
{
	engine_init(engine, cap);
	talk_play(&chat->talk, &engine->feeder, cut, &seed);
	expect_said(chat, engine);
}

static void expect_cuts_same(const struct chat *chat, const struct engine *whole)
{
	for (unsigned i = 0; i < 4; i++) {
		struct engine cut;

		play(chat, &cut, 16 << 20, i ? script_random : script_bytewise);
		if (!feeder_same(&cut.feeder, &whole->feeder))
			fail_msg("the cutting makes a difference");
		engine_fini(&cut);
	}
}

static void add_told(char *told, size_t *len, const char *text)
{
	*len += (size_t)sprintf(told + *len, "T-1 json %s\n", text);
}

static void test_all_is_told(void **state)
{
	struct chat *chat = malloc(sizeof *chat);

	(void)state;
	assert_non_null(chat);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct engine engine;
		size_t len[2] = { 0, 0 };
		char *want[2] = { calloc(MESSAGES_CAP, TEXT_CAP + 16), calloc(MESSAGES_CAP, TEXT_CAP + 16) };

		chat_make(chat, false);
		for (size_t i = 0; i < chat->n; i++)
			add_told(want[chat->said[i].dir], &len[chat->said[i].dir], chat->said[i].text);
		play(chat, &engine, 16 << 20, script_whole);
		for (int dir = 0; dir < 2; dir++) {
			assert_string_equal(feeder_log(&engine.feeder, (enum direction)dir), want[dir]);
			assert_string_equal(feeder_anomalies(&engine.feeder, (enum direction)dir), "");
			free(want[dir]);
		}
		expect_cuts_same(chat, &engine);
		engine_fini(&engine);
		talk_fini(&chat->talk);
	}
	free(chat);
}

static void test_losses(void **state)
{
	struct chat *chat = malloc(sizeof *chat);
	size_t n_said = 0, n_told = 0;

	(void)state;
	assert_non_null(chat);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct engine engine;

		chat_make(chat, true);
		play(chat, &engine, 16 << 20, script_whole);
		assert_string_equal(feeder_anomalies(&engine.feeder, TO_SERVER), "");
		assert_string_equal(feeder_anomalies(&engine.feeder, TO_CLIENT), "");
		n_said += chat->n;
		n_told += engine.feeder.n_messages;
		expect_cuts_same(chat, &engine);
		engine_fini(&engine);
		talk_fini(&chat->talk);
	}
	printf("# %zu of %zu messages told\n", n_told, n_said);
	assert_true(n_told * 3 > n_said);
	free(chat);
}

static void test_refused(void **state)
{
	struct chat *chat = malloc(sizeof *chat);

	(void)state;
	assert_non_null(chat);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct engine engine;

		chat_make(chat, round & 1);
		play(chat, &engine, pick(round & 2 ? 5000 : 100000), script_random);
		assert_string_equal(feeder_anomalies(&engine.feeder, TO_SERVER), "");
		assert_string_equal(feeder_anomalies(&engine.feeder, TO_CLIENT), "");
		engine_fini(&engine);
		talk_fini(&chat->talk);
	}
	free(chat);
}

/* Bytes that are spoilt may say anything, but break nothing. */
static void test_spoilt(void **state)
{
	struct chat *chat = malloc(sizeof *chat);

	(void)state;
	assert_non_null(chat);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct engine whole, cut;

		chat_make(chat, round & 1);
		for (unsigned i = 0; i < 5; i++) {
			struct talk_step *step = &chat->talk.steps[pick((unsigned)chat->talk.n)];

			if (step->len)
				step->data[pick(pick(2) && step->len >= 4 ? 4 : (unsigned)step->len)] ^= (uint8_t)(1 << pick(8));
		}
		engine_init(&whole, 16 << 20);
		engine_init(&cut, 16 << 20);
		talk_play(&chat->talk, &whole.feeder, script_whole, NULL);
		talk_play(&chat->talk, &cut.feeder, script_random, &seed);
		assert_true(feeder_same(&whole.feeder, &cut.feeder));
		engine_fini(&whole);
		engine_fini(&cut);
		talk_fini(&chat->talk);
	}
	free(chat);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_is_told), cmocka_unit_test(test_losses),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_spoilt) };

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	printf("# seed 0x%" PRIx64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
