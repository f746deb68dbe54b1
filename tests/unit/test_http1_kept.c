/* Content of HTTP/1.x that is kept: in every framing, cut in every way, coded, lost, refused; and content that is not. */
#include "tests/support/coder.h"
#include "tests/support/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ARENA_CAP = 8 << 20, BODY_CAP = 64, MEMORY = 16 << 20 };

#define FORM(headers) "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" headers "\r\n"
#define TOKEN "GET /oauth2/token HTTP/1.1\r\nHost: a\r\n\r\n"
#define OTHER "GET /api/users HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK(headers) "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" headers "\r\n"
#define OK7 OK("Content-Length: 7\r\n") "{\"a\":1}"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define Q0_FORM "Q0 POST /x a +body\n"
#define Q0_TOKEN "Q0 GET /oauth2/token a +answer\n"
#define R0_JSON "R0 200 application/json +body\n"
#define TEN "0123456789"

struct conversation {
	const char *name;
	const char *steps[12];
	const char *requests, *responses;
};

static const struct conversation conversations[] = {
	/* requests */
	{ "by length", { ">" FORM("Content-Length: 5\r\n") "a=b&c" OTHER }, Q0_FORM "E0 5 form 5 a=b&c\nQ1 GET /api/users a\n", "" },
	{ "chunked", { ">" FORM(CHUNKED) "2\r\na=\r\n3;x=y\r\nb&c\r\n0\r\nX: y\r\n\r\n" OTHER },
	  Q0_FORM "E0 5 form 5 a=b&c\nQ1 GET /api/users a\n", "" },
	{ "chunked, of nothing", { ">" FORM(CHUNKED) "0\r\n\r\n" OTHER }, Q0_FORM "E0 0 form 0 \nQ1 GET /api/users a\n", "" },
	{ "length 0", { ">" FORM("Content-Length: 0\r\n") OTHER }, "Q0 POST /x a\nQ1 GET /api/users a\n", "" },
	{ "no length", { ">" FORM("") OTHER }, "Q0 POST /x a\nQ1 GET /api/users a\n", "" },
	{ "a length nobody knows", { ">" FORM("Content-Length: x\r\n") "a=b" OTHER }, "Q0 POST /x a\n!http.bad_length\nQ1 GET /api/users a\n", "" },
	{ "expected", { ">" FORM("Expect: 100-continue\r\nContent-Length: 3\r\n"), "<HTTP/1.1 100 Continue\r\n\r\n", ">a=b", "<" OK7 },
	  Q0_FORM "E0 3 form 3 a=b\n", "R0 200 application/json\nE0 7\n" },
	{ "pipelined", { ">" FORM("Content-Length: 3\r\n") "a=b" TOKEN OTHER FORM("Content-Length: 3\r\n") "c=d", "<" OK7 OK7 OK7 OK7 },
	  Q0_FORM "E0 3 form 3 a=b\nQ1 GET /oauth2/token a +answer\nQ2 GET /api/users a\nQ3 POST /x a +body\nE3 3 form 3 c=d\n",
	  "R0 200 application/json\nE0 7\nR1 200 application/json +body\nE1 7 json 7 {\"a\":1}\nR2 200 application/json\nE2 7\n"
	  "R3 200 application/json\nE3 7\n" },
	{ "JSON where no tokens are", { ">POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" },
	  "Q0 POST /x a\nE0 2\n", "" },
	{ "JSON where they are", { ">POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" },
	  "Q0 POST /token a +body +answer\nE0 2 json 2 {}\n", "" },
	{ "SOAP", { ">POST /x HTTP/1.1\r\nHost: a\r\nSOAPAction: \"urn:x/RST/trust\"\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>",
		    "<HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<b/>", "<$" },
	  "Q0 POST /x a +body +answer\nE0 4 xml 4 <a/>\n", "R0 200 text/xml +body\nE0 4 xml 4 <b/>\n" },
	{ "XML without an action", { ">POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>" },
	  "Q0 POST /x a\nE0 4\n", "" },
	{ "OWA's action", { ">POST /owa/service.svc HTTP/1.1\r\nHost: a\r\nAction: GetAccessTokenforResource\r\n\r\n", "<" OK7 },
	  "Q0 POST /owa/service.svc a +answer\n", R0_JSON "E0 7 json 7 {\"a\":1}\n" },
	{ "another of its actions", { ">POST /owa/service.svc HTTP/1.1\r\nHost: a\r\nAction: FindItem\r\n\r\n", "<" OK7 },
	  "Q0 POST /owa/service.svc a\n", "R0 200 application/json\nE0 7\n" },

	/* responses */
	{ "answer by length", { ">" TOKEN, "<" OK7 }, Q0_TOKEN, R0_JSON "E0 7 json 7 {\"a\":1}\n" },
	{ "answer chunked", { ">" TOKEN, "<" OK(CHUNKED) "4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 7 json 7 {\"a\":1}\nR1 200 application/json\nE1 7\n" },
	{ "answer to the end", { ">" TOKEN, "<HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\"", "<:1}", "<$" }, Q0_TOKEN,
	  R0_JSON "E0 7 json 7 {\"a\":1}\n" },
	{ "answer to an end that is not seen", { ">" TOKEN, "<HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}" }, Q0_TOKEN,
	  R0_JSON "E0 7 json 7 {\"a\":1}\n" },
	{ "no answer to a HEAD", { ">HEAD /oauth2/token HTTP/1.1\r\nHost: a\r\n\r\n", "<" OK("Content-Length: 7\r\n") }, "Q0 HEAD /oauth2/token a\n",
	  "R0 200 application/json\nE0 0\n" },
	{ "304 and 204", { ">" TOKEN TOKEN, "<HTTP/1.1 304 N\r\nContent-Type: text/xml\r\nContent-Length: 9\r\n\r\n"
		"HTTP/1.1 204 N\r\nContent-Type: text/xml\r\n\r\n" }, Q0_TOKEN "Q1 GET /oauth2/token a +answer\n",
	  "R0 304 text/xml\nE0 0\nR1 204 text/xml\nE1 0\n" },
	{ "not of that type", { ">" TOKEN, "<HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\r\nab" }, Q0_TOKEN,
	  "R0 200 image/png\nE0 2\n" },
	{ "of no type", { ">" TOKEN, "<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" }, Q0_TOKEN, "R0 200\nE0 2\n" },
	{ "nobody asked", { "<" OK7 }, "", "R0 200 application/json\nE0 7\n" },
	{ "asked too late", { "<" OK7, ">" TOKEN, "<" OK7 }, "Q1 GET /oauth2/token a +answer\n",
	  "R0 200 application/json\nE0 7\nR1 200 application/json +body\nE1 7 json 7 {\"a\":1}\n" },
	{ "a coding that we do not know", { ">" TOKEN, "<" OK("Content-Encoding: compress\r\nContent-Length: 2\r\n") "{}" }, Q0_TOKEN,
	  "R0 200 application/json\nE0 2\n" },
	{ "a coding that is none", { ">" TOKEN, "<" OK("Content-Encoding: identity\r\nContent-Length: 2\r\n") "{}" }, Q0_TOKEN,
	  R0_JSON "E0 2 json 2 {}\n" },
	{ "a coding that it has not", { ">" TOKEN, "<" OK("Content-Encoding: gzip\r\nContent-Length: 2\r\n") "{}" }, Q0_TOKEN,
	  R0_JSON "E0 2 json cut 0 \n" },
	{ "a transfer coding that it has not", { ">" TOKEN, "<" OK("Transfer-Encoding: gzip, chunked\r\n") "2\r\n{}\r\n0\r\n\r\n" }, Q0_TOKEN,
	  R0_JSON "E0 2 json cut 0 \n" },

	/* caps */
	{ "too long beforehand", { ">" TOKEN, "<" OK("Content-Length: 70\r\n") TEN TEN TEN TEN TEN TEN TEN OK7 }, Q0_TOKEN,
	  "R0 200 application/json\nE0 70\nR1 200 application/json\nE1 7\n" },
	{ "too long as it turns out", { ">" TOKEN, "<" OK(CHUNKED) "a\r\n" TEN "\r\n3c\r\n" TEN TEN TEN TEN TEN TEN "\r\na\r\n" TEN "\r\n0\r\n\r\n" OK7 },
	  Q0_TOKEN, R0_JSON "E0 80 json cut 64 " TEN TEN TEN TEN TEN TEN "0123\nR1 200 application/json\nE1 7\n" },
	{ "as long as may be", { ">" TOKEN, "<" OK("Content-Length: 64\r\n") TEN TEN TEN TEN TEN TEN "0123" OK7 },
	  Q0_TOKEN, R0_JSON "E0 64 json 64 " TEN TEN TEN TEN TEN TEN "0123\nR1 200 application/json\nE1 7\n" },

	/* loss */
	{ "gap in a length", { ">" TOKEN, "<" OK("Content-Length: 10\r\n") "012", "<#3", "<6789" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 10 json cut 3 012\nR1 200 application/json\nE1 7\n" },
	{ "gap over its end", { ">" TOKEN, "<" OK("Content-Length: 10\r\n") "012", "<#20", "<\r\n" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 10 json cut 3 012\nR1 200 application/json\nE1 7\n" },
	{ "gap before it", { ">" TOKEN, "<" OK("Content-Length: 10\r\n"), "<#3", "<3456789" }, Q0_TOKEN, R0_JSON "E0 10 json cut 0 \n" },
	{ "gap in a chunk", { ">" TOKEN, "<" OK(CHUNKED) "a\r\n012", "<#3", "<6789\r\n3\r\nabc\r\n0\r\n\r\n" }, Q0_TOKEN,
	  R0_JSON "E0 13 json cut 3 012\n" },
	{ "gap over a chunk's size", { ">" TOKEN, "<" OK(CHUNKED) "a\r\n012", "<#30", "<9\r\n0\r\n\r\n" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 10 json cut 3 012\nR1 200 application/json\nE1 7\n" },
	{ "gap within a chunk's size", { ">" TOKEN, "<" OK(CHUNKED) "2\r\n01\r\n5", "<#1", "<\nabcde\r\n0\r\n\r\n" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 2 json cut 2 01\nR1 200 application/json\nE1 7\n" },
	{ "gap before the end", { ">" TOKEN, "<HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\nabc", "<#7", "<d", "<$" }, Q0_TOKEN,
	  R0_JSON "E0 11 json cut 3 abc\n" },
	{ "gap in a form", { ">" FORM("Content-Length: 5\r\n") "a=", ">#2", ">c" OTHER }, Q0_FORM "E0 5 form cut 2 a=\nQ1 GET /api/users a\n", "" },
	{ "no chunk", { ">" TOKEN, "<" OK(CHUNKED) "2\r\n01\r\nx\r\n" OK7 }, Q0_TOKEN,
	  R0_JSON "E0 2 json cut 2 01\n!http.bad_chunk\nR1 200 application/json\nE1 7\n" },

	/* the end comes early */
	{ "ended in a length", { ">" TOKEN, "<" OK("Content-Length: 10\r\n") "012", "<$" }, Q0_TOKEN, R0_JSON "E0 3 json cut 3 012\n" },
	{ "ended in a chunk", { ">" TOKEN, "<" OK(CHUNKED) "a\r\n012", "<$" }, Q0_TOKEN, R0_JSON "E0 3 json cut 3 012\n" },
	{ "ended in a size", { ">" TOKEN, "<" OK(CHUNKED) "2\r\n01\r\n5", "<$" }, Q0_TOKEN, R0_JSON "E0 2 json cut 2 01\n" },
	{ "ended before it", { ">" TOKEN, "<" OK("Content-Length: 10\r\n"), "<$" }, Q0_TOKEN, R0_JSON "E0 0 json cut 0 \n" },
	{ "no end seen in a length", { ">" TOKEN, "<" OK("Content-Length: 10\r\n") "012" }, Q0_TOKEN, R0_JSON "E0 3 json cut 3 012\n" },
	{ "no end seen in a chunk", { ">" TOKEN, "<" OK(CHUNKED) "a\r\n012" }, Q0_TOKEN, R0_JSON "E0 3 json cut 3 012\n" },
	{ "no end seen in a form", { ">" FORM("Content-Length: 9\r\n") "a=" }, Q0_FORM "E0 2 form cut 2 a=\n", "" },
	{ "head cut", { ">POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\nX: y", ">$" },
	  "Q0 damaged POST /x a\n!http.truncated_head\n", "" },
	{ "another protocol takes over", { ">POST /x HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		"Content-Length: 5\r\n\r\na=", "<HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", "<x" }, Q0_FORM "E0 2 form cut 2 a=\n", "^h2c\n" },
};

static void check_cut(const struct conversation *c, const char *how, script_cut *cut, void *with)
{
	struct feeder feeder;

	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	feeder_keep(&feeder, BODY_CAP, MEMORY);
	script_run(&feeder, c->steps, cut, with);
	for (int dir = 0; dir < 2; dir++) {
		const char *want = dir == TO_SERVER ? c->requests : c->responses, *have = feeder_log(&feeder, (enum direction)dir);

		if (strcmp(want, have) != 0)
			fail_msg("%s, %s:\n%s--- wanted:\n%s", c->name, how, have, want);
	}
	feeder_fini(&feeder);
}

static void test_conversations(void **state)
{
	uint64_t seed = 0x5eed;

	(void)state;
	for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++) {
		check_cut(&conversations[i], "whole", script_whole, NULL);
		check_cut(&conversations[i], "byte by byte", script_bytewise, NULL);
		for (int round = 0; round < 50; round++)
			check_cut(&conversations[i], "cut at random", script_random, &seed);
	}
}

/* Without a place for them nothing is said of bodies, nor anything else than otherwise. */
static void test_not_kept(void **state)
{
	static const char *const steps[] = { ">" FORM("Content-Length: 5\r\n") "a=b&c" TOKEN, "<" OK7 OK7, NULL };
	struct feeder feeder;

	(void)state;
	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	script_run(&feeder, steps, script_whole, NULL);
	assert_string_equal(feeder_log(&feeder, TO_SERVER), "Q0 POST /x a\nE0 5\nQ1 GET /oauth2/token a\n");
	assert_string_equal(feeder_log(&feeder, TO_CLIENT), "R0 200 application/json\nE0 7\nR1 200 application/json\nE1 7\n");
	feeder_fini(&feeder);
}

/* The response's body goes by in pieces; the log is the caller's to free. */
static char *answer_of(const char *headers, struct bytes content, size_t cap, size_t memory, size_t arena_cap)
{
	struct feeder feeder;

	feeder_init(&feeder, &http1_dissector, arena_cap);
	feeder_keep(&feeder, cap, memory);
	feeder_send(&feeder, TO_SERVER, bytes_text(TOKEN), false);
	feeder_send(&feeder, TO_CLIENT, bytes_text(headers), false);
	for (size_t at = 0; at < content.len; at += 700)
		feeder_send(&feeder, TO_CLIENT, bytes_head(bytes_tail(content, at), 700), false);
	feeder_send(&feeder, TO_CLIENT, bytes_of("", 0), true);
	feeder_finish(&feeder);
	char *log = strdup(feeder_log(&feeder, TO_CLIENT));

	feeder_fini(&feeder);
	return log;
}

static void test_coded(void **state)
{
	static const char json[] = "{\"access_token\":\"test\",\"token_type\":\"Bearer\"}";
	static const char *const heads[] = { "content-encoding: %s\r\nContent-Encoding: gzip\r\n", "Content-Encoding: %s, x-gzip\r\n",
		"Content-Encoding: %s\r\nTransfer-Encoding: gzip\r\n" };

	(void)state;
	for (unsigned coder = 0; coder < CODERS; coder++) {
		struct bytes inner = coder_of((enum coder)coder, bytes_text(json)), coded = coder_of(CODER_GZIP, inner);

		for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
			char codings[128], head[256], want[256];

			snprintf(codings, sizeof codings, heads[i], coder_names[coder]);
			snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n", codings);
			char *log = answer_of(head, coded, 4096, MEMORY, ARENA_CAP);

			snprintf(want, sizeof want, "R0 200 application/json +body\nE0 %zu json %zu %s\n", coded.len, sizeof json - 1, json);
			if (strcmp(log, want) != 0)
				fail_msg("%s:\n%s--- wanted:\n%s", codings, log, want);
			free(log);
		}
		coder_free(inner);
		coder_free(coded);
	}
}

/* Memory that is refused, of whatever it is, takes content away and nothing else. */
static void test_memory_refused(void **state)
{
	static const char head[] = OK("Content-Encoding: gzip\r\nContent-Encoding: identity\r\n");
	uint8_t text[4000];
	bool all = false;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)("0123456789"[i * i * i % 101 % 10]);
	struct bytes coded = coder_of(CODER_GZIP, bytes_of(text, sizeof text));

	for (size_t memory = 0; !all; memory += 61) {
		char *log = answer_of(head, coded, 8192, memory, ARENA_CAP);

		assert_non_null(strstr(log, "R0 200 application/json"));
		assert_non_null(strstr(log, "\nE0 "));
		all = strstr(log, "json 4000 ") != NULL;
		assert_int_equal(strstr(log, "json cut") != NULL, !all && strstr(log, "+body") != NULL);
		assert_in_range(memory, 0, MEMORY);
		free(log);
	}
	for (size_t arena = 0; arena < 20000; arena += 61)
		free(answer_of(head, coded, 8192, MEMORY, arena));
	coder_free(coded);
}

/* Much that comes out of little is handed on piece by piece: the outbox holds one of them at a time. */
static void test_much(void **state)
{
	enum { N = 10, LEN = 1 << 20, ARENA = 3 << 20 };
	static const char head[] = OK(CHUNKED "Content-Encoding: gzip\r\n"), tail[] = "\r\n0\r\n\r\n";
	char *text = malloc(LEN), want[64], size[16];
	struct feeder feeder;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LEN; i++)
		text[i] = i % 4096 < 64 ? (char)('0' + (i * i * 2654435761u >> 11) % 64) : "abcdefgh"[i % 8];
	struct bytes coded = coder_of(CODER_GZIP, bytes_of(text, LEN)), all = coder_of(CODER_GZIP, bytes_of("", 0));

	all.len = 0;
	snprintf(size, sizeof size, "%zx\r\n", coded.len);
	for (int i = 0; i < N; i++) {
		struct bytes parts[] = { bytes_text(head), bytes_text(size), coded, bytes_text(tail) };

		for (size_t j = 0; j < 4; j++) {
			uint8_t *copy = malloc(parts[j].len);

			assert_non_null(copy);
			memcpy(copy, parts[j].data, parts[j].len);
			all = coder_join(all, bytes_of(copy, parts[j].len));
		}
	}
	feeder_init(&feeder, &http1_dissector, ARENA);
	feeder_keep(&feeder, LEN, MEMORY);
	for (int i = 0; i < N; i++)
		feeder_send(&feeder, TO_SERVER, bytes_text(TOKEN), false);
	feeder_send(&feeder, TO_CLIENT, all, false);
	for (int i = 0; i < N; i++) {
		snprintf(want, sizeof want, "\nE%d %zu json %d ", i, coded.len, LEN);
		assert_non_null(strstr(feeder_log(&feeder, TO_CLIENT), want));
	}
	assert_int_equal(feeder.bodies->counts.kept, N);
	assert_int_equal(feeder.bodies->counts.bytes, (uint64_t)N * LEN);
	feeder_fini(&feeder);
	coder_free(all);
	coder_free(coded);
	free(text);
}

/* Headers that are there a thousand times take memory once. */
static void test_many_headers(void **state)
{
	static const char line[] = "Content-Encoding: ,\r\n";
	enum { N = 3000, ARENA = 1 << 20 };
	char *head = malloc(N * sizeof line + 100);
	size_t len;

	(void)state;
	assert_non_null(head);
	len = (size_t)sprintf(head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
	for (int i = 0; i < N; i++, len += sizeof line - 1)
		memcpy(head + len, line, sizeof line);
	memcpy(head + len, "\r\n", 3);
	char *log = answer_of(head, bytes_text("{}"), 4096, MEMORY, ARENA);

	assert_string_equal(log, R0_JSON "E0 2 json 2 {}\n");
	free(log);
	free(head);
}

/* Of 65 requests the oldest is forgotten: nobody knows any more that its answer was wanted. */
static void test_ring(void **state)
{
	struct feeder feeder;

	(void)state;
	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	feeder_keep(&feeder, BODY_CAP, MEMORY);
	feeder_send(&feeder, TO_SERVER, bytes_text(TOKEN TOKEN), false);
	for (int i = 0; i < 63; i++)
		feeder_send(&feeder, TO_SERVER, bytes_text(OTHER), false);
	feeder_send(&feeder, TO_CLIENT, bytes_text(OK7 OK7 OK7), false);
	feeder_finish(&feeder);
	assert_string_equal(feeder_log(&feeder, TO_CLIENT), "R0 200 application/json\nE0 7\nR1 200 application/json +body\nE1 7 json 7 {\"a\":1}\n"
							    "R2 200 application/json\nE2 7\n");
	feeder_fini(&feeder);
}

/* A flow that is given up while content is kept gives it back. */
static void test_given_up(void **state)
{
	struct feeder feeder;

	(void)state;
	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	feeder_keep(&feeder, BODY_CAP, MEMORY);
	feeder_send(&feeder, TO_SERVER, bytes_text(TOKEN FORM("Content-Length: 50\r\n") "a=b"), false);
	feeder_send(&feeder, TO_CLIENT, bytes_text(OK("") "{"), false);
	assert_true(feeder.bodies_budget.used > 0);
	feeder_fini(&feeder);
	assert_int_equal(feeder.bodies_budget.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations), cmocka_unit_test(test_not_kept),	   cmocka_unit_test(test_coded),
		cmocka_unit_test(test_memory_refused), cmocka_unit_test(test_much), cmocka_unit_test(test_many_headers),
		cmocka_unit_test(test_ring), cmocka_unit_test(test_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
