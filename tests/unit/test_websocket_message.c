/* One direction's messages: what is looked at of them and what is not; memory that serves again; limits of what is inflated. */
#include "dissectors/app/websocket_message.h"

#include "dissectors/app/websocket.h"
#include "tests/support/websocket_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MEMORY_CAP = 1 << 20 };

static const struct chunk in = { .dir = TO_SERVER, .time_ns = 1, .number = 2 };

struct place {
	struct budget budget, arena_budget;
	struct arena arena;
	struct outbox out;
	struct websocket_turn turn;
	struct websocket_message message;
	unsigned n_told;
};

static struct place *place_new(void)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	budget_init(&place->budget, MEMORY_CAP, NULL);
	budget_init(&place->arena_budget, MEMORY_CAP, NULL);
	arena_init(&place->arena, 4096, &place->arena_budget);
	place->out.arena = &place->arena;
	place->turn = (struct websocket_turn){ .in = &in, .budget = &place->budget, .out = &place->out };
	return place;
}

static void place_free(struct place *place)
{
	websocket_message_fini(&place->message, &place->budget);
	arena_fini(&place->arena);
	assert_int_equal(place->budget.used, 0);
	free(place);
}

/* A message in one frame, given in two pieces: its first `cut` bytes, and the rest. */
static void say(struct place *place, uint8_t first, bool masked, struct bytes payload, size_t cut)
{
	uint8_t header[WEBSOCKET_HEADER_CAP], *data = malloc(payload.len ? payload.len : 1);
	static const uint8_t key[4] = { 1, 2, 3, 4 };
	struct websocket_frame frame;

	assert_non_null(data);
	websocket_frame_parse(bytes_of(header, talk_header(header, first, payload.len, 8, masked ? key : NULL)), &frame);
	websocket_frame_unmask(&frame, 0, payload, data);
	struct bytes sent = bytes_of(data, payload.len);

	websocket_message_begin(&place->message, &frame, &place->turn);
	if (cut)
		websocket_message_add(&place->message, &frame, 0, bytes_head(sent, cut), &place->turn);
	if (cut < sent.len)
		websocket_message_add(&place->message, &frame, cut, bytes_tail(sent, cut), &place->turn);
	websocket_message_end(&place->message, &place->turn);
	place->n_told += (unsigned)place->out.n_messages;
	for (size_t i = 0; i < place->out.n_messages; i++)
		assert_true(place->out.messages[i].number == 2 && place->out.messages[i].content.len);
	place->out.n_messages = 0;
	free(data);
}

static struct bytes zeros(size_t len, const char *end)
{
	uint8_t *data = calloc(1, len);

	assert_non_null(data);
	memcpy(data + len - strlen(end), end, strlen(end));
	return bytes_of(data, len);
}

static void forget(struct bytes data)
{
	free((void *)(uintptr_t)data.data);
}

/* Messages of no interest are unmasked in the same place. */
static void test_scratch(void **state)
{
	struct place *place = place_new();
	struct bytes text = zeros(500, "nothing");

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		say(place, TALK_TEXT, true, text, text.len);
	assert_int_equal(place->n_told, 0);
	assert_true(place->arena_budget.used < 8192);
	assert_int_equal(place->budget.peak, 0);
	forget(text);
	text = zeros(500, "eyJ");
	for (unsigned i = 0; i < 10; i++)
		say(place, TALK_TEXT, true, text, text.len);
	assert_int_equal(place->n_told, 10);
	forget(text);
	place_free(place);
}

/* Memory grows with what comes; of a message as long as the cap all is told. */
static void test_gathered(void **state)
{
	struct place *place = place_new();
	struct bytes text = zeros(WEBSOCKET_MESSAGE_CAP, "eyJ");

	(void)state;
	for (size_t cut = 0; cut <= text.len; cut += 13107) {
		place->n_told = 0;
		say(place, TALK_TEXT, cut & 1, text, cut);
		assert_int_equal(place->n_told, 1);
		assert_int_equal(place->budget.used, 0);
	}
	assert_true(place->budget.peak <= 2 * WEBSOCKET_MESSAGE_CAP);
	forget(text);
	text = zeros(WEBSOCKET_MESSAGE_CAP + 1, "eyJ"); /* its end is not looked at */
	for (size_t cut = 0; cut < text.len; cut += 13107) {
		place->n_told = 0;
		say(place, TALK_TEXT, cut & 1, text, cut);
		assert_int_equal(place->n_told, 0);
	}
	forget(text);
	place_free(place);
}

/* Of binary messages less is looked at than of text, and one does not count for the other. */
static void test_binary(void **state)
{
	struct place *place = place_new();
	struct bytes text = zeros(WEBSOCKET_MESSAGE_CAP, "eyJ");

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		say(place, TALK_BINARY, false, text, text.len);
	assert_int_equal(place->n_told, WEBSOCKET_BINARY_CAP / WEBSOCKET_MESSAGE_CAP);
	assert_false(websocket_message_had_enough(&place->message));
	place->n_told = 0;
	for (unsigned i = 0; i < WEBSOCKET_TEXT_CAP / WEBSOCKET_MESSAGE_CAP; i++) {
		assert_false(websocket_message_had_enough(&place->message));
		say(place, TALK_TEXT, false, text, text.len);
	}
	assert_true(websocket_message_had_enough(&place->message));
	assert_int_equal(place->n_told, WEBSOCKET_TEXT_CAP / WEBSOCKET_MESSAGE_CAP);
	forget(text);
	place_free(place);
}

static void say_deflated(struct place *place, struct talk_deflater *deflater, uint8_t opcode, struct bytes text, size_t cut)
{
	struct bytes message = talk_deflate(deflater, text);

	say(place, (uint8_t)(TALK_FIN | TALK_RSV1 | opcode), true, message, cut < message.len ? cut : message.len);
	forget(message);
}

/* Binary messages are inflated on when they are not looked at any more: text refers to them. */
static void test_sink(void **state)
{
	struct place *place = place_new();
	struct talk_deflater deflater;
	uint8_t noise[30000];
	uint64_t seed = 11;

	(void)state;
	talk_deflater_init(&deflater, 15, true);
	for (unsigned i = 0; i < 20; i++) {
		for (size_t j = 0; j < sizeof noise; j++)
			noise[j] = (uint8_t)("ABCDEFGHIJKLMNOP"[script_next(&seed) >> 60]);
		memcpy(noise + 15000, "{\"token\":\"test\"}", 16);
		say_deflated(place, &deflater, WEBSOCKET_BINARY, bytes_of(noise, sizeof noise), 777);
	}
	assert_int_equal(place->message.n_binary, WEBSOCKET_BINARY_CAP);
	assert_int_equal(place->n_told, 0);
	memcpy(noise, "{\"token\":\"test\"}", 16); /* the rest is in the window */
	say_deflated(place, &deflater, WEBSOCKET_TEXT, bytes_of(noise, sizeof noise), 5);
	assert_int_equal(place->n_told, 1);
	assert_int_equal(place->turn.odd, 0);
	talk_deflater_fini(&deflater);
	place_free(place);
}

/* A bomb's direction is not inflated any more, and its memory is given back; what comes as it is is read. */
static void test_bomb(void **state)
{
	for (unsigned opcode = WEBSOCKET_TEXT; opcode <= WEBSOCKET_BINARY; opcode++) {
		struct place *place = place_new();
		struct bytes bomb = zeros(WEBSOCKET_INFLATE_FREE + 500000, "");
		struct talk_deflater deflater;

		(void)state;
		talk_deflater_init(&deflater, 15, false);
		say_deflated(place, &deflater, (uint8_t)opcode, bomb, 100);
		assert_int_equal(place->turn.odd, WEBSOCKET_INFLATE_CAP);
		assert_int_equal(place->budget.used, 0);
		say_deflated(place, &deflater, WEBSOCKET_TEXT, bytes_text("{\"token\":\"test\"}"), 3);
		assert_int_equal(place->n_told, 0);
		assert_int_equal(place->budget.used, 0);
		say(place, TALK_TEXT, true, bytes_text("{\"token\":\"test\"}"), 3);
		assert_int_equal(place->n_told, 1);
		talk_deflater_fini(&deflater);
		forget(bomb);
		place_free(place);
	}
}

/* Many small messages of a stream that compresses well are no bomb, but have been enough at some time. */
static void test_tired(void **state)
{
	struct place *place = place_new();
	struct talk_deflater deflater;
	uint8_t noise[60000];
	uint64_t seed = 12;
	unsigned n = 0;

	(void)state;
	talk_deflater_init(&deflater, 15, true);
	do {
		memset(noise, 0, sizeof noise);
		for (size_t j = 0; j < sizeof noise; j += 15)
			noise[j] = (uint8_t)(script_next(&seed) >> 40);
		say_deflated(place, &deflater, WEBSOCKET_BINARY, bytes_of(noise, sizeof noise), 777);
	} while (place->message.inflate && n++ < 1000);
	assert_in_range(n, WEBSOCKET_INFLATE_WORK / sizeof noise - 1, WEBSOCKET_INFLATE_WORK / sizeof noise + 1);
	assert_int_equal(place->turn.odd, 0);
	talk_deflater_fini(&deflater);
	place_free(place);
}

/* What lies behind reserved bits is not what it seems. */
static void test_reserved(void **state)
{
	struct place *place = place_new();
	struct talk_deflater deflater;

	(void)state;
	talk_deflater_init(&deflater, 15, false);
	say_deflated(place, &deflater, WEBSOCKET_TEXT, bytes_text("nothing"), 3);
	assert_non_null(place->message.inflate);
	struct bytes deflated = talk_deflate(&deflater, bytes_text("{\"token\":\"test\"}"));

	say(place, TALK_DEFLATED | 0x20, true, deflated, 3);
	assert_int_equal(place->n_told, 0);
	forget(deflated);
	talk_deflater_fini(&deflater);
	say(place, TALK_TEXT | 0x20, true, bytes_text("{\"token\":\"test\"}"), 3);
	say(place, TALK_DEFLATED | 0x10, true, bytes_text("{\"token\":\"test\"}"), 3);
	assert_int_equal(place->n_told, 0);
	assert_true(place->message.missed);
	say(place, TALK_TEXT, true, bytes_text("{\"token\":\"test\"}"), 3);
	assert_int_equal(place->n_told, 1);
	place_free(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scratch), cmocka_unit_test(test_gathered),
		cmocka_unit_test(test_binary), cmocka_unit_test(test_sink), cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_tired), cmocka_unit_test(test_reserved) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
