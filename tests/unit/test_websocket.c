/* Conversations over a WebSocket: what is told of them, however they are cut; losses; what breaks the protocol; caps. Tokens are
 * test tokens. */
#include "dissectors/app/websocket.h"

#include "tests/support/websocket_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ARENA_CAP = 8 << 20, BODIES_CAP = 16 << 20, CUTS = 25 };

#define JWT "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0." /* a test token */
#define TOKEN "{\"type\":\"auth\",\"token\":\"" JWT "\"}"
#define ONE "T-1 json " TOKEN "\n"
#define FIVE ONE ONE ONE ONE ONE
#define CHAT "{\"say\":\"good morning to all of you\"}"

static const enum direction C = TO_SERVER, S = TO_CLIENT;

struct engine {
	struct feeder feeder;
	struct body_env bodies;
	struct budget budget;
};

static void engine_init(struct engine *engine, size_t bodies_cap)
{
	*engine = (struct engine){ .bodies = { .budget = &engine->budget } };
	budget_init(&engine->budget, bodies_cap, NULL);
	feeder_init(&engine->feeder, &websocket_dissector, ARENA_CAP);
	engine->feeder.bodies = &engine->bodies;
	engine->feeder.apart = true;
}

static void engine_fini(struct engine *engine)
{
	feeder_fini(&engine->feeder);
	assert_int_equal(engine->budget.used, 0);
}

static void expect(const char *name, const char *what, const char *got, const char *want)
{
	if (want && strcmp(got, want) != 0)
		fail_msg("%s: %s: got \"%.600s\", want \"%.600s\"", name, what, got, want);
}

struct want {
	const char *client, *server;       /* what is told of each side; NULL: whatever, but the same for all cuts */
	const char *odd_client, *odd_server;
};

static void play(const char *name, const struct talk *talk, const struct want *want, const struct engine *like, script_cut *cut,
    void *with)
{
	struct engine engine;

	engine_init(&engine, BODIES_CAP);
	talk_play(talk, &engine.feeder, cut, with);
	expect(name, "client", feeder_log(&engine.feeder, TO_SERVER), want->client);
	expect(name, "server", feeder_log(&engine.feeder, TO_CLIENT), want->server);
	expect(name, "odd client", feeder_anomalies(&engine.feeder, TO_SERVER), want->odd_client);
	expect(name, "odd server", feeder_anomalies(&engine.feeder, TO_CLIENT), want->odd_server);
	if (like && !feeder_same(&engine.feeder, &like->feeder))
		fail_msg("%s: the cutting makes a difference", name);
	engine_fini(&engine);
}

/* Whole, byte by byte and at random. */
static void check(const char *name, struct talk *talk, const struct want *want)
{
	struct engine whole;
	uint64_t seed = 7;

	engine_init(&whole, BODIES_CAP);
	talk_play(talk, &whole.feeder, script_whole, NULL);
	play(name, talk, want, NULL, script_whole, NULL);
	play(name, talk, want, &whole, script_bytewise, NULL);
	for (unsigned i = 0; i < CUTS; i++)
		play(name, talk, want, &whole, script_random, &seed);
	engine_fini(&whole);
	talk_fini(talk);
}

#define NOTHING "", "", "", ""

/* ---- what is told ---- */

static const struct said {
	const char *name;
	uint8_t first;
	const char *payload;
	const char *told; /* behind "T-1 " */
} sayings[] = {
	{ "JSON", TALK_TEXT, TOKEN, "json " TOKEN "\n" },
	{ "JSON behind blanks", TALK_TEXT, " \r\n\t" TOKEN, "json " TOKEN "\n" },
	{ "an array", TALK_TEXT, "[\"join\",{\"jwt\":\"x\"}]", "json [\"join\",{\"jwt\":\"x\"}]\n" },
	{ "socket.io", TALK_TEXT, "40{\"token\":\"abcdefgh\"}", "json {\"token\":\"abcdefgh\"}\n" },
	{ "STOMP", TALK_TEXT, "CONNECT\nAUTHORIZATION:Bearer abc\n\n", "text CONNECT\nAUTHORIZATION:Bearer abc\n\n\n" },
	{ "nothing of interest", TALK_TEXT, CHAT, NULL },
	{ "not quite a token", TALK_TEXT, "{\"say\":\"eyj eYJ ey J took en\"}", NULL },
	{ "too short", TALK_TEXT, "token=123456789", NULL },
	{ "just long enough", TALK_TEXT, "token=1234567890", "text token=1234567890\n" },
	{ "empty", TALK_TEXT, "", NULL },
	{ "binary with a token", TALK_BINARY, "\x10\x20MQTT" JWT "xx", "text \x10\x20MQTT" JWT "xx\n" },
	{ "binary with a word", TALK_BINARY, "\x10\x20the token is here", NULL },
	{ "binary that is JSON", TALK_BINARY, "{\"token\":\"abcdefgh\"}", "json {\"token\":\"abcdefgh\"}\n" },
	{ "ping", 0x89, TOKEN, NULL },
	{ "pong", 0x8a, TOKEN, NULL },
};

static void test_what_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
		const struct said *said = &sayings[i];
		struct talk talk = { 0 };
		char told[512];

		snprintf(told, sizeof told, "%s%s", said->told ? "T-1 " : "", said->told ? said->told : "");
		for (unsigned dir = 0; dir < 2; dir++)
			talk_say(&talk, (enum direction)dir, said->first, said->payload);
		check(said->name, &talk, &(struct want){ told, told, "", "" });
	}
}

static void test_many(void **state)
{
	struct talk talk = { 0 };
	char want[64 * 100] = "";

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char text[64];

		snprintf(text, sizeof text, "{\"token\":\"number %u\"}", i);
		talk_say(&talk, S, TALK_TEXT, text);
		talk_say(&talk, S, 0x89, "beat");
		snprintf(want + strlen(want), sizeof want - strlen(want), "T-1 json %s\n", text);
	}
	/* in one piece: more than an outbox holds */
	struct talk one = { 0 };
	uint8_t all[8192];
	size_t len = 0;

	for (size_t i = 0; i < talk.n; i++) {
		memcpy(all + len, talk.steps[i].data, talk.steps[i].len);
		len += talk.steps[i].len;
	}
	talk_raw(&one, S, bytes_of(all, len));
	check("many", &talk, &(struct want){ "", want, "", "" });
	check("many at once", &one, &(struct want){ "", want, "", "" });
}

static void test_fragments(void **state)
{
	struct talk talk = { 0 };

	(void)state;
	talk_say(&talk, C, 0x01, "{\"tok");
	talk_say(&talk, C, 0x89, "ping");
	talk_say(&talk, C, 0x00, "en\":\"ey");
	talk_say(&talk, C, 0x00, "");
	talk_say(&talk, C, 0x8a, "");
	talk_say(&talk, C, 0x80, "Jhb\"}");
	talk_say(&talk, C, TALK_TEXT, TOKEN);
	talk_say(&talk, C, 0x01, "");
	talk_say(&talk, C, 0x80, TOKEN);
	talk_say(&talk, C, 0x01, TOKEN);
	talk_say(&talk, C, 0x80, "");
	check("fragments", &talk, &(struct want){ "T-1 json {\"token\":\"eyJhb\"}\n" ONE ONE ONE,
		"", "", "" });
}

static void test_end(void **state)
{
	struct talk close = { 0 }, last = { 0 }, finish = { 0 };

	(void)state;
	talk_say(&close, C, TALK_TEXT, TOKEN);
	talk_say(&close, C, 0x88, "\x03\xe8" "bye");
	talk_say(&close, C, TALK_TEXT, TOKEN);
	talk_say(&close, C, 0x83, "junk");
	talk_say(&close, S, TALK_TEXT, TOKEN);
	check("close", &close, &(struct want){ ONE, ONE, "", "" });
	talk_say(&last, C, 0x01, TOKEN);
	talk_last(&last, C);
	talk_frame_lossy(&last, S, TALK_TEXT, bytes_text(TOKEN), sizeof TOKEN, 0);
	last.steps[2].len = 40;
	talk_last(&last, S);
	check("last", &last, &(struct want){
		"T-1 json cut " TOKEN "\n", "T-1 json cut {\"type\":\"auth\",\"token\":\"eyJhbGciOiJub2\n", "", "" });
	talk_say(&finish, C, 0x01, TOKEN);
	check("finish", &finish, &(struct want){ "T-1 json cut " TOKEN "\n", "", "", "" });
}

/* ---- masks, lengths ---- */

static void test_masks(void **state)
{
	(void)state;
	for (size_t len = 16; len < 90; len++) {
		struct talk talk = { 0 };
		char text[100], want[120];

		memset(text, 'a', len);
		text[len] = 0;
		memcpy(text + len / 2, "eyJ", 3);
		snprintf(want, sizeof want, "T-1 text %s\n", text);
		talk_say(&talk, C, TALK_TEXT, text);
		check("mask", &talk, &(struct want){ want, "", "", "" });
	}
}

static char *long_text(size_t len)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	text[len] = 0;
	memcpy(text, "eyJ", 3);
	return text;
}

static char *told_of(const char *text, size_t most, bool cut)
{
	char *told = malloc(strlen(text) + 32);

	assert_non_null(told);
	sprintf(told, "T-1 text %s%.*s\n", cut ? "cut " : "", (int)most, text);
	return told;
}

static void test_lengths(void **state)
{
	static const size_t lens[] = { 125, 126, 127, 65535, 65536, 65537, 200000 };

	(void)state;
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		char *text = long_text(lens[i]), *told = told_of(text, WEBSOCKET_MESSAGE_CAP, lens[i] > WEBSOCKET_MESSAGE_CAP);
		struct talk talk = { 0 }, parts = { 0 }, exact = { 0 };

		for (unsigned dir = 0; dir < 2; dir++) {
			talk_say(&talk, (enum direction)dir, TALK_TEXT, text);
			talk_frame(&parts, (enum direction)dir, 0x01, bytes_of(text, 100));
			talk_frame(&parts, (enum direction)dir, 0x80, bytes_of(text + 100, lens[i] - 100));
			talk_frame(&exact, (enum direction)dir, 0x01, bytes_of(text, lens[i]));
			talk_say(&exact, (enum direction)dir, 0x80, "");
		}
		check("length", &talk, &(struct want){ told, told, "", "" });
		check("length in parts", &parts, &(struct want){ told, told, "", "" });
		check("length, and an empty part", &exact, &(struct want){ told, told, "", "" });
		free(text);
		free(told);
	}
}

/* Lengths that nobody will ever send: what is asked for is no memory, and what comes within is skipped. */
static void test_hostile_lengths(void **state)
{
	static const struct {
		uint64_t len;
		const char *odd;
	} cases[] = { { UINT64_C(1) << 63, "!websocket.bad_length\n" }, { UINT64_MAX, "!websocket.bad_length\n" },
		{ (UINT64_C(1) << 63) - 1, "" }, { 300, "!websocket.wide_length\n" }, { 65536, "" } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk talk = { 0 };
		uint8_t header[14];

		talk_raw(&talk, S, bytes_of(header, talk_header(header, TALK_TEXT, cases[i].len, 8, NULL)));
		talk_raw(&talk, S, bytes_text("eyJhbGciOiJub25lIn0"));
		check("hostile length", &talk, &(struct want){ "", NULL, "", cases[i].odd });
	}
	struct engine engine;
	uint8_t header[14];

	engine_init(&engine, BODIES_CAP);
	feeder_send(&engine.feeder, S, bytes_of(header, talk_header(header, 0x82, UINT64_MAX / 2, 8, NULL)), false);
	assert_int_equal(engine.feeder.side[S].skip, 0); /* it is looked at */
	for (unsigned i = 0; i < 100; i++)
		feeder_send(&engine.feeder, S, bytes_of("0123456789abcdef0123456789abcdef", 32), false);
	assert_true(engine.budget.used < 16384);
	for (unsigned i = 0; i < 3000; i++)
		feeder_send(&engine.feeder, S, bytes_of("0123456789abcdef0123456789abcdef", 32), false);
	assert_true(engine.feeder.side[S].skip > UINT64_C(1) << 62);
	assert_true(engine.budget.used < 1024);
	engine_fini(&engine);
}

/* ---- what breaks the protocol ---- */

static void test_odd(void **state)
{
	static const struct {
		const char *name;
		uint8_t first;
		bool other_mask;
		const char *payload;
		bool goes_on;   /* what comes behind is read ... */
		const char *told; /* ... and this is told of it itself */
		const char *odd_client, *odd_server;
	} cases[] = {
		{ "opcode 3", 0x83, false, TOKEN, false, "", "bad_opcode", "bad_opcode" },
		{ "opcode 7", 0x87, false, TOKEN, false, "", "bad_opcode", "bad_opcode" },
		{ "opcode 11", 0x8b, false, TOKEN, false, "", "bad_opcode", "bad_opcode" },
		{ "opcode 15", 0x8f, false, TOKEN, false, "", "bad_opcode", "bad_opcode" },
		{ "fragmented ping", 0x09, false, "ping", false, "", "bad_control", "bad_control" },
		{ "RSV2", 0xa1, false, TOKEN, true, "", "reserved_bits", "reserved_bits" },
		{ "RSV3", 0x92, false, TOKEN, true, "", "reserved_bits", "reserved_bits" },
		{ "RSV1 of a ping", 0xc9, false, TOKEN, true, "", "reserved_bits", "reserved_bits" },
		{ "mask", TALK_TEXT, true, TOKEN, true, ONE, "unmasked_client", "masked_server" },
		{ "continuation of nothing", 0x80, false, TOKEN, true, "", "bad_continuation", "bad_continuation" },
		{ "continuation of nothing, in parts", 0x00, false, TOKEN, true, "", "bad_continuation", "bad_continuation" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk talk = { 0 };
		char odd[2][64], told[256];

		for (unsigned turn = 0; turn < 2; turn++) { /* said once, however often */
			for (unsigned dir = 0; dir < 2; dir++) {
				enum direction as = (enum direction)(cases[i].other_mask ? !dir : dir);

				talk_say(&talk, as, cases[i].first, cases[i].payload);
				talk.steps[talk.n - 1].dir = (enum direction)dir;
			}
		}
		for (unsigned dir = 0; dir < 2; dir++)
			talk_say(&talk, (enum direction)dir, TALK_TEXT, TOKEN);
		snprintf(odd[0], sizeof odd[0], "!websocket.%s\n", cases[i].odd_client);
		snprintf(odd[1], sizeof odd[1], "!websocket.%s\n", cases[i].odd_server);
		snprintf(told, sizeof told, "%s%s%s", cases[i].told, cases[i].told, cases[i].goes_on ? ONE : "");
		check(cases[i].name, &talk, &(struct want){ told, told, odd[0], odd[1] });
	}
}

static void test_long_control(void **state)
{
	struct talk fits = { 0 }, not = { 0 };
	char *text = long_text(126);

	(void)state;
	talk_frame(&fits, S, 0x89, bytes_of(text, 125));
	talk_say(&fits, S, TALK_TEXT, TOKEN);
	check("ping of 125 bytes", &fits, &(struct want){ "", ONE, "", "" });
	talk_frame(&not, S, 0x89, bytes_of(text, 126));
	check("ping of 126 bytes", &not, &(struct want){ "", "", "", "!websocket.bad_control\n" });
	free(text);
}

static void test_message_within_message(void **state)
{
	struct talk talk = { 0 };

	(void)state;
	talk_say(&talk, C, 0x01, "{\"token\":\"the first of th");
	talk_say(&talk, C, TALK_TEXT, TOKEN);
	talk_say(&talk, C, TALK_TEXT, TOKEN);
	check("a message within another", &talk, &(struct want){
		"T-1 json cut {\"token\":\"the first of th\n" ONE ONE,
		"", "!websocket.bad_continuation\n", "" });
}

/* Another protocol behind the upgrade is none of ours. */
static void test_something_else(void **state)
{
	struct talk talk = { 0 };

	(void)state;
	for (unsigned i = 0; i < 600; i++)
		talk_raw(&talk, C, bytes_text("GET /admin HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " JWT "\r\n\r\n"));
	check("something else", &talk, &(struct want){ "", "", "!websocket.bad_opcode\n", "" });
}

/* ---- compressed ---- */

static void deflated(int bits, bool keep)
{
	struct talk talk = { 0 };
	struct talk_deflater ends[2];
	char want[2][4096] = { "", "" };

	talk_deflater_init(&ends[0], bits, keep);
	talk_deflater_init(&ends[1], bits, keep);
	for (unsigned i = 0; i < 20; i++) {
		enum direction dir = i & 1 ? S : C;
		char text[256];

		snprintf(text, sizeof text, "{\"number\":%u,\"%s\":\"" JWT "\",\"padding\":\"aaaaaaaaaaaaaaaaaaaaaaa\"}", i,
		    i % 5 < 3 ? "token" : "word");
		if (i % 7 == 6)
			talk_say(&talk, dir, TALK_TEXT, text); /* not all messages need be compressed */
		else
			talk_deflated(&talk, dir, &ends[dir], bytes_text(text), 1 + i % 4);
		snprintf(want[dir] + strlen(want[dir]), sizeof want[dir] - strlen(want[dir]), "T-1 json %s\n", text);
	}
	talk_deflater_fini(&ends[0]);
	talk_deflater_fini(&ends[1]);
	check("deflated", &talk, &(struct want){ want[0], want[1], "", "" });
}

static void test_deflated(void **state)
{
	(void)state;
	for (int bits = 9; bits <= 15; bits++) {
		deflated(bits, true);
		deflated(bits, false);
	}
}

/* RFC 7692 7.2.3: the examples. */
static void test_examples(void **state)
{
	static const struct {
		const char *name;
		const char *frames;
		size_t len;
	} cases[] = {
		{ "one block", "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9 },
		{ "fragments", "\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00", 11 },
		{ "no compression", "\xc1\x0b\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 13 },
		{ "BFINAL", "\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 10 },
		{ "BFINAL without what follows", "\xc1\x07\xf3\x48\xcd\xc9\xc9\x07\x00", 9 },
		{ "two blocks", "\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 15 },
		{ "empty", "\xc1\x01\x00", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk talk = { 0 };
		struct talk_deflater deflater;

		/* nothing is said of "Hello"; but the stream must be whole behind it, from an own block on */
		talk_raw(&talk, S, bytes_of(cases[i].frames, cases[i].len));
		talk_raw(&talk, S, bytes_of(cases[i].frames, cases[i].len));
		talk_deflater_init(&deflater, 15, true);
		talk_deflated(&talk, S, &deflater, bytes_text(TOKEN), 1);
		talk_deflated(&talk, S, &deflater, bytes_text(TOKEN), 2);
		talk_deflater_fini(&deflater);
		check(cases[i].name, &talk, &(struct want){ "", ONE ONE, "", "" });
	}
}

static void test_bad_deflate(void **state)
{
	static const char *const bad[] = { "\xff\xff\xff\xff", "\x06", "\x00\x05\x00\x00\x00hello", "\xf2\x48" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct talk talk = { 0 };
		struct talk_deflater deflater;
		size_t len = i == 2 ? 10 : strlen(bad[i]);

		talk_deflater_init(&deflater, 15, true);
		talk_frame(&talk, C, TALK_DEFLATED, bytes_of(bad[i], len));
		talk_deflated(&talk, C, &deflater, bytes_text(TOKEN), 1);
		talk_say(&talk, C, TALK_TEXT, TOKEN);
		talk_frame(&talk, C, TALK_DEFLATED, bytes_of(bad[i], len));
		talk_deflater_fini(&deflater);
		check("bad deflate", &talk, &(struct want){ ONE ONE, "", "!websocket.bad_deflate\n", "" });
	}
}

/* A message far over the cap: later ones refer to what was behind it. */
static void test_window_behind_the_cap(void **state)
{
	struct talk talk = { 0 };
	struct talk_deflater deflater;
	char *text = long_text(300000), *told = told_of(text, WEBSOCKET_MESSAGE_CAP, true);
	char *want = malloc(strlen(told) + 1024);

	(void)state;
	assert_non_null(want);
	sprintf(text + 299900, "the %s end", JWT);
	text[strlen(text)] = ' ';
	talk_deflater_init(&deflater, 15, true);
	talk_deflated(&talk, S, &deflater, bytes_of(text, 300000), 3);
	talk_deflated(&talk, S, &deflater, bytes_text("{\"x\":\"the " JWT " end\"}"), 1);
	talk_deflater_fini(&deflater);
	sprintf(want, "%sT-1 json {\"x\":\"the %s end\"}\n", told, JWT);
	check("window", &talk, &(struct want){ "", want, "", "" });
	free(text);
	free(told);
	free(want);
}

static void test_bomb(void **state)
{
	struct talk talk = { 0 };
	struct talk_deflater deflater;
	uint8_t *zeros = calloc(1, 8 << 20);

	(void)state;
	assert_non_null(zeros);
	talk_deflater_init(&deflater, 15, true);
	talk_deflated(&talk, C, &deflater, bytes_of(zeros, 8 << 20), 1);
	talk_deflated(&talk, C, &deflater, bytes_text(TOKEN), 1);
	talk_say(&talk, C, TALK_TEXT, TOKEN);
	talk_deflater_fini(&deflater);
	check("bomb", &talk, &(struct want){ ONE, "", "!websocket.inflate_cap\n", "" });
	free(zeros);
}

/* ---- loss ---- */

static void test_gap_within(void **state)
{
	struct talk skipped = { 0 }, kept = { 0 }, part = { 0 };
	char *text = long_text(1000);

	(void)state;
	memset(text, '.', 3);
	talk_frame_lossy(&skipped, S, 0x8a, bytes_of(text, 100), 20, 50);
	talk_say(&skipped, S, TALK_TEXT, TOKEN);
	check("gap in a pong", &skipped, &(struct want){ "", ONE, "", "" });
	talk_frame_lossy(&kept, C, TALK_TEXT, bytes_text(TOKEN TOKEN), 8 + 50, 60);
	talk_say(&kept, C, TALK_TEXT, TOKEN);
	check("gap in a message", &kept, &(struct want){
		"T-1 json cut {\"type\":\"auth\",\"token\":\"eyJhbGciOiJub25lIn0.eyJzdW\n" ONE,
		"", "", "" });
	talk_say(&part, S, 0x01, TOKEN);
	talk_frame_lossy(&part, S, 0x00, bytes_of(text, 1000), 4, 1000);
	talk_say(&part, S, 0x80, TOKEN);
	talk_say(&part, S, TALK_TEXT, TOKEN);
	check("gap of a whole payload", &part, &(struct want){ "", "T-1 json cut " TOKEN "\n" ONE, "", "" });
	struct talk exact = { 0 };

	talk_frame_lossy(&exact, S, TALK_TEXT, bytes_text(TOKEN), 10, sizeof TOKEN - 1 + 2 - 10);
	talk_say(&exact, S, TALK_TEXT, TOKEN);
	check("gap to the end of a payload", &exact, &(struct want){ "", ONE, "", "" });
	free(text);
}

/* What was found after a loss and then is no header was found by mistake. */
static void test_found_by_mistake(void **state)
{
	static const uint8_t firsts[] = { 0x91, 0x83, 0x09 };

	(void)state;
	for (size_t i = 0; i <= sizeof firsts; i++) {
		struct talk talk = { 0 };

		talk_say(&talk, S, TALK_TEXT, TOKEN);
		talk_lose(&talk, S, 100);
		for (unsigned j = 0; j < 20; j++)
			talk_say(&talk, S, TALK_TEXT, CHAT);
		talk_say(&talk, S, TALK_TEXT, TOKEN);
		if (i < sizeof firsts)
			talk_say(&talk, S, firsts[i], CHAT);
		for (unsigned j = 0; j < 3; j++) /* too few to be found */
			talk_say(&talk, S, TALK_TEXT, TOKEN);
		check("found by mistake", &talk, &(struct want){ "", i < sizeof firsts ? ONE ONE : FIVE, "", "" });
	}
}

/* The same, but what follows came already when it was found: it is searched again. At the end of a direction little is enough. */
static void test_found_again(void **state)
{
	struct talk talk = { 0 }, last = { 0 };

	(void)state;
	talk_lose(&talk, S, 100);
	talk_say(&talk, S, 0x89, "");
	talk_say(&talk, S, 0x89, "");
	talk_say(&talk, S, 0x83, "");
	for (unsigned i = 0; i < 8; i++)
		talk_say(&talk, S, TALK_TEXT, "a test jwt 12345");
	for (unsigned i = 0; i < 40; i++)
		talk_say(&talk, S, TALK_TEXT, CHAT);
	check("found again", &talk, &(struct want){ "",
		"T-1 text a test jwt 12345\nT-1 text a test jwt 12345\nT-1 text a test jwt 12345\nT-1 text a test jwt 12345\n"
		"T-1 text a test jwt 12345\nT-1 text a test jwt 12345\nT-1 text a test jwt 12345\nT-1 text a test jwt 12345\n",
		"", "" });
	talk_lose(&last, C, 100);
	talk_say(&last, C, TALK_TEXT, TOKEN);
	talk_say(&last, C, TALK_TEXT, TOKEN);
	talk_last(&last, C);
	check("found at the end", &last, &(struct want){ ONE ONE, "", "", "" });
}

/* Reserved bits in the middle of a message: what came before is told. */
static void test_reserved_within(void **state)
{
	static const uint8_t firsts[] = { 0x90, 0xa0, 0xc0 };

	(void)state;
	for (size_t i = 0; i < sizeof firsts; i++) {
		struct talk talk = { 0 };

		talk_say(&talk, C, 0x01, TOKEN);
		talk_say(&talk, C, firsts[i], TOKEN);
		talk_say(&talk, C, TALK_TEXT, TOKEN);
		check("reserved within", &talk, &(struct want){ "T-1 json cut " TOKEN "\n" ONE, "",
			"!websocket.reserved_bits\n", "" });
	}
}

/* The frames that a gap took leave the rest to be found. */
static void gap_between(const char *name, size_t before, size_t lost, const char *want)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		struct talk talk = { 0 };
		enum direction d = (enum direction)dir;

		talk_say(&talk, d, TALK_TEXT, TOKEN);
		talk_frame_lossy(&talk, d, TALK_TEXT, bytes_text(CHAT), before, lost);
		if (lost == SIZE_MAX)
			talk.steps[talk.n - 2].lost = 5000;
		for (unsigned i = 0; i < 40; i++) {
			talk_say(&talk, d, TALK_TEXT, i % 10 == 5 ? TOKEN : CHAT);
			talk_say(&talk, d, 0x8a, "");
		}
		check(name, &talk, dir ? &(struct want){ "", want, "", "" } : &(struct want){ want, "", "", "" });
	}
}

static void test_gap_between(void **state)
{
	(void)state;
	gap_between("gap over a frame's end", 10, SIZE_MAX, FIVE);
	gap_between("gap over a frame's header", 1, SIZE_MAX, FIVE);
	gap_between("a whole frame", 0, SIZE_MAX, FIVE);
	gap_between("a frame's header", 0, 6, FIVE);
	gap_between("half a header", 1, 1, FIVE);
}

/* Random bytes behind a gap are no frames, and what is found among them is not told. */
static void test_noise(void **state)
{
	uint64_t seed = 99;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct talk talk = { 0 };
		uint8_t noise[20000];

		for (size_t i = 0; i < sizeof noise; i++)
			noise[i] = (uint8_t)(script_next(&seed) >> 32);
		for (unsigned dir = 0; dir < 2; dir++) {
			talk_say(&talk, (enum direction)dir, TALK_TEXT, TOKEN);
			talk_lose(&talk, (enum direction)dir, 100);
			talk_raw(&talk, (enum direction)dir, bytes_of(noise, sizeof noise));
			talk_say(&talk, (enum direction)dir, TALK_TEXT, TOKEN);
		}
		check("noise", &talk, &(struct want){ ONE, ONE, "", "" });
	}
}

/* Of what was compressed before the loss later messages know; what does not refer to it is read, what does is not. */
static void test_gap_deflated(void **state)
{
	for (unsigned keep = 0; keep < 2; keep++) {
		struct talk talk = { 0 };
		struct talk_deflater deflater;
		struct bytes lost;

		(void)state;
		talk_deflater_init(&deflater, 15, keep);
		talk_deflated(&talk, S, &deflater, bytes_text("{\"token\":\"the first one\"}"), 1);
		lost = talk_deflate(&deflater, bytes_text("{\"token\":\"" JWT "\"}"));
		talk_frame_lossy(&talk, S, TALK_DEFLATED, lost, 2 + 12, lost.len - 12);
		free((void *)(uintptr_t)lost.data);
		talk_deflated(&talk, S, &deflater, bytes_text("{\"token\":\"" JWT "\",\"x\":2}"), 1);
		talk_deflated(&talk, S, &deflater, bytes_text("{\"token\":\"" JWT "\",\"x\":3}"), 1);
		talk_say(&talk, S, TALK_TEXT, TOKEN);
		talk_deflater_fini(&deflater);
		check("gap, deflated", &talk, &(struct want){ "",
			keep ? NULL : "T-1 json {\"token\":\"the first one\"}\nT-1 json cut {\"token\":\"e\n"
			"T-1 json {\"token\":\"" JWT "\",\"x\":2}\nT-1 json {\"token\":\""
			JWT "\",\"x\":3}\n" ONE, "", "" });
	}
}

/* ---- caps, memory ---- */

static void test_text_cap(void **state)
{
	struct engine engine;
	struct talk talk = { 0 };
	char *text = long_text(50000);

	(void)state;
	engine_init(&engine, BODIES_CAP);
	for (unsigned i = 0; i < 40; i++) {
		talk_frame(&talk, S, TALK_TEXT, bytes_of(text, 50000));
		talk_frame(&talk, C, TALK_TEXT, bytes_of(text, 50000));
	}
	talk_play(&talk, &engine.feeder, script_whole, NULL);
	assert_true(engine.feeder.over);
	assert_int_equal(engine.feeder.n_messages, 2 * (WEBSOCKET_TEXT_CAP / 50000 + 1));
	engine_fini(&engine);
	talk_fini(&talk);
	free(text);
}

static void test_no_bodies(void **state)
{
	struct engine engine;

	(void)state;
	engine_init(&engine, BODIES_CAP);
	engine.feeder.bodies = NULL;
	feeder_send(&engine.feeder, S, bytes_text("\x81\x05hello"), false);
	assert_true(engine.feeder.over);
	feeder_finish(&engine.feeder);
	engine_fini(&engine);
}

static void test_probe(void **state)
{
	(void)state;
	for (unsigned dir = 0; dir < 2; dir++) {
		struct chunk first = { .data = bytes_text("\x81\x05hello"), .dir = (enum direction)dir };

		assert_int_equal(websocket_dissector.probe(&first), VERDICT_NO);
	}
}

/* Whatever is refused, what is told is a part of what would be told else, and all memory comes back. */
static void test_no_memory(void **state)
{
	struct talk talk = { 0 };
	struct talk_deflater deflater;

	(void)state;
	talk_deflater_init(&deflater, 15, true);
	talk_say(&talk, S, 0x01, TOKEN);
	talk_say(&talk, S, 0x80, TOKEN);
	talk_deflated(&talk, S, &deflater, bytes_text("{\"token\":\"" JWT "\",\"x\":2}"), 1);
	talk_deflated(&talk, S, &deflater, bytes_text("{\"token\":\"" JWT "\",\"x\":3}"), 3);
	talk_lose(&talk, S, 100);
	for (unsigned i = 0; i < 100; i++)
		talk_say(&talk, S, TALK_TEXT, TOKEN);
	talk_deflater_fini(&deflater);
	for (size_t cap = 0; cap < 60000; cap += 37) {
		struct engine engine;

		engine_init(&engine, cap);
		talk_play(&talk, &engine.feeder, script_bytewise, NULL);
		assert_string_equal(feeder_anomalies(&engine.feeder, S), "");
		engine_fini(&engine);
	}
	talk_fini(&talk);
}

/* As a stream of HTTP/2 uses it: without skips. */
static void test_by_itself(void **state)
{
	struct budget budget;
	struct arena arena;
	struct outbox out = { .arena = &arena };
	struct chunk chunk = { .data = bytes_of("\x8a\x03xyz\x81\x10token=1234567890\x82\x7e\x01\x00", 27), .dir = S,
		.time_ns = 5, .number = 6 };

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	struct websocket *websocket = websocket_new(&budget);
	struct progress progress = websocket_feed(websocket, &chunk, 77, &out);

	assert_int_equal(progress.status, STATUS_OK);
	assert_int_equal(progress.used, 27);
	assert_int_equal(progress.skip, 0);
	assert_int_equal(out.n_messages, 1);
	assert_int_equal(out.messages[0].tx, 77);
	assert_int_equal(out.messages[0].time_ns, 5);
	assert_int_equal(out.messages[0].number, 6);
	assert_true(out.messages[0].is_text && !out.messages[0].is_end && !out.messages[0].record);
	assert_true(bytes_is(out.messages[0].content, "token=1234567890"));
	websocket_free(websocket);
	websocket_free(NULL);
	arena_fini(&arena);
	assert_int_equal(budget.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_told),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_hostile_lengths),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_long_control),
		cmocka_unit_test(test_message_within_message),
		cmocka_unit_test(test_something_else),
		cmocka_unit_test(test_deflated),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_bad_deflate),
		cmocka_unit_test(test_window_behind_the_cap),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_gap_within),
		cmocka_unit_test(test_gap_between),
		cmocka_unit_test(test_found_by_mistake),
		cmocka_unit_test(test_found_again),
		cmocka_unit_test(test_reserved_within),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_gap_deflated),
		cmocka_unit_test(test_text_cap),
		cmocka_unit_test(test_no_bodies),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
