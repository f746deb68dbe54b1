/* What is worth a closer look: each word at each place, and what is nearly one. */
#include "dissectors/app/websocket_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LEN_CAP = 200 };

static const struct {
	const char *word;
	bool token, tells;
} words[] = {
	{ "eyJ", true, true },           { "eyj", false, false },        { "EYJ", false, false },     { "eyK", false, false },
	{ "ey", false, false },          { "token", false, true },       { "TOKEN", false, true },
	{ "accessToken", false, true },
	{ "toke", false, false },        { "oken", false, false },       { "tokeN", false, true },    { "broken", false, false },
	{ "t0ken", false, false },       { "jwt", false, true },         { "JWT", false, true },      { "jw", false, false },
	{ "Bearer", false, true },       { "bearer", false, true },      { "Bear", false, false },    { "tearer", false, false },
	{ "Authorization", false, true }, { "authorizatio", false, false }, { "horizontal", false, false },
	{ "client_secret", false, true },
	{ "Secret", false, true },       { "secre", false, false },      { "decree", false, false },
	{ "SubjectAssertion", false, true },
	{ "assertio", false, false },    { "assembly", false, false },   { "password", false, true }, { "Passwor", false, false },
	{ "classwork", false, false },
};

static void check(struct bytes text, bool token, bool tells, const char *word, size_t place)
{
	if (websocket_text_has_token(text) != token || websocket_text_may_tell(text) != tells)
		fail_msg("%s at %zu of %zu", word, place, text.len);
}

static void test_words(void **state)
{
	static const char fills[] = { '.', 'e', 't', '\0', (char)0xff };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t word_len = strlen(words[i].word);

		for (size_t len = word_len; len < LEN_CAP; len += len < 80 ? 1 : 17) {
			uint8_t *text = malloc(len);

			assert_non_null(text);
			for (size_t place = 0; place <= len - word_len; place++) {
				/* what is nearly a word would be one with the wrong letters around it */
				memset(text, words[i].tells ? fills[(place + len) % sizeof fills] : '.', len);
				memcpy(text + place, words[i].word, word_len);
				check(bytes_of(text, len), words[i].token, words[i].tells, words[i].word, place);
			}
			free(text);
		}
	}
	check(bytes_of("", 0), false, false, "nothing", 0);
}

/* A word that the end cuts is none. */
static void test_cut(void **state)
{
	static const char *const texts[] = { "......................................................................eyJ",
		"..............................................................token",
		"...................................................authorization" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t len = strlen(texts[i]);
		uint8_t *text = malloc(len - 1);

		assert_non_null(text);
		memcpy(text, texts[i], len - 1);
		assert_true(websocket_text_may_tell(bytes_text(texts[i])));
		assert_false(websocket_text_may_tell(bytes_of(text, len - 1)));
		free(text);
	}
}

static void test_json(void **state)
{
	static const char *const cases[][2] = {
		{ "{}", "{}" }, { " \t\r\n[1]", "[1]" }, { "42[\"a\"]", "[\"a\"]" }, { "40{\"token\":1}", "{\"token\":1}" },
		{ "40/admin,{}", "{}" }, { "430[1]", "[1]" }, { "/admin,{}", "" }, { "40/admin{}", "" },
		{ "\"{\"", "" }, { "  ", "" },
		{ "", "" }, { "4", "" }, { "4a{}", "" }, { "a{}", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_true(bytes_is(websocket_text_json(bytes_text(cases[i][0])), cases[i][1]));
	for (size_t len = 90; len < 110; len++) { /* a name space is no longer than 100 bytes, with its comma */
		char text[128] = "40/";

		memset(text + 3, 'a', len - 2);
		strcpy(text + 2 + len - 1, ",{}");
		assert_int_equal(websocket_text_json(bytes_text(text)).len, len <= 100 ? 2 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_json) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
