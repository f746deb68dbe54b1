/* rules: whatever matches in the end, or may still, was among the candidates and stayed among the narrowed; and of a
 * rule about one record alone the candidates say exactly what matching says. Seed from the first argument, or 1. */
#include "sensor/rules/rule_file.h"
#include "sensor/model/http.h"
#include "sensor/model/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 150, RULES = 40, RECORDS = 100 };

static uint64_t seed = 1;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *random, size_t n)
{
	return (size_t)(next_random(random) >> 11) % n;
}

/* Conditions on few fields, so that they meet. The first eight ask the token record alone. */
static const char *const options[] = { "jwt.kid:absent;", "jwt.kid:present;", "jwt.kid:absent,a;",
	"jwt.kid; content:\"a\";", "jwt.flags:!x;", "jwt.jwk:true;", "token.size:>1;", "jwt.flags:x,y;",
	"token.expired:true;", "token.age:absent;", "token.age:absent,5;", "http.method:GET;", "http.method:absent;",
	"http.stat_code:200;", "http.stat_code:absent;", "http.stat_code:absent,404;", "http.host; pcre:\"/a/\";",
	"token.scheme:!bearer;", "key.alg_fits:false;", "key.alg_fits:absent;" };

enum { N_OPTIONS = sizeof options / sizeof *options, TOKEN_OPTIONS = 8, HTTP_FROM = 11, HTTP_TO = 17 };

struct made {
	struct rules *rules;
	bool token_only[RULES];
};

static struct made make_rules(uint64_t *random)
{
	struct made made = { .rules = rules_new() };
	struct errors errors = { 0 };
	char text[RULES * 512] = "";

	assert_non_null(made.rules);
	for (size_t i = 0; i < RULES; i++) {
		static const char *const protocols[] = { "jwt", "token", "http" };
		size_t protocol = below(random, 3), from = protocol == 2 ? HTTP_FROM : 0;
		size_t n = protocol == 2 ? HTTP_TO - HTTP_FROM : below(random, 3) ? N_OPTIONS : TOKEN_OPTIONS;

		made.token_only[i] = n == TOKEN_OPTIONS;
		snprintf(text + strlen(text), 512, "alert %s any any -> any any (msg:\"m\"; sid:%zu;",
			protocols[protocol], i + 1);
		for (size_t k = below(random, 4); k > 0; k--)
			snprintf(text + strlen(text), 256, " %s", options[from + below(random, n)]);
		strcat(text, ")\n");
	}
	rule_file_rules(made.rules, "prop.rules", bytes_text(text), &errors);
	if (errors.n)
		fail_msg("%s", errors.text);
	assert_int_equal(rules_count(made.rules), RULES);
	return made;
}

static void make_text(struct record *record, size_t field, const char *const words[3], uint64_t *random)
{
	if (below(random, 3))
		record_text(record, field, bytes_text(words[below(random, 3)]));
}

static void make_records(struct subject *subject, struct arena *arena, uint64_t *random)
{
	static struct bytes flags[2];
	struct record *token = record_new(&token_record, arena), *use = record_new(&use_record, arena);
	struct record *http = record_new(&http_record, arena);

	flags[0] = bytes_text(below(random, 2) ? "x" : "z");
	flags[1] = bytes_text("y");
	make_text(token, TOKEN_KIND, (const char *const[]){ "jws", "jwe", "opaque" }, random);
	make_text(token, JWT_KID, (const char *const[]){ "a", "b", "" }, random);
	if (below(random, 2))
		record_texts(token, TOKEN_FLAGS, flags, 1 + below(random, 2));
	if (below(random, 2))
		record_int(token, TOKEN_SIZE, (int64_t)below(random, 3));
	if (below(random, 2))
		record_flag(token, JWT_JWK, below(random, 2));
	if (below(random, 2))
		record_flag(token, KEY_ALG_FITS, below(random, 2));
	if (below(random, 2))
		record_flag(use, USE_EXPIRED, below(random, 2));
	if (below(random, 2))
		record_int(use, USE_AGE, 4 + (int64_t)below(random, 2));
	make_text(use, USE_SCHEME, (const char *const[]){ "bearer", "dpop", "" }, random);
	make_text(http, HTTP_METHOD, (const char *const[]){ "GET", "PUT", "" }, random);
	make_text(http, HTTP_HOSTNAME, (const char *const[]){ "a.example", "b", "" }, random);
	if (below(random, 2))
		record_int(http, HTTP_STATUS, below(random, 2) ? 200 : 404);
	subject->records[RECORD_TOKEN] = token;
	subject->records[RECORD_USE] = use;
	subject->records[RECORD_HTTP] = http;
}

static bool among(const uint16_t *found, size_t n, size_t rule)
{
	for (size_t i = 0; i < n; i++)
		if (found[i] == rule)
			return true;
	return false;
}

static void ask(const struct made *made, struct subject *subject)
{
	uint16_t tokens[RULES], narrowed[RULES], https[RULES];
	size_t n_tokens = rules_candidates(made->rules, subject->records[RECORD_TOKEN], tokens, RULES);
	size_t n_https = rules_candidates(made->rules, subject->records[RECORD_HTTP], https, RULES);
	size_t n = rules_narrow(made->rules, subject->records[RECORD_USE], tokens, n_tokens, narrowed);

	for (size_t i = 1; i < n_tokens; i++)
		assert_true(tokens[i - 1] < tokens[i]);
	for (size_t i = 0; i < RULES; i++) {
		bool found = among(narrowed, n, i) || among(https, n_https, i), may = false;

		for (int final = 0; final < 2; final++) {
			subject->final = final;
			may = may || rules_match(made->rules, i, subject) != MATCH_NO;
		}
		if (may && !found)
			fail_msg("no candidate, but matches: %s", rules_get(made->rules, i)->text);
		if (made->token_only[i] && among(tokens, n_tokens, i) != may)
			fail_msg("candidate %d, match %d: %s", !may, may, rules_get(made->rules, i)->text);
	}
}

static void candidates(void **state)
{
	uint64_t random = seed;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct made made = make_rules(&random);

		for (size_t i = 0; i < RECORDS; i++) {
			struct subject subject = { .src_port = 40000, .dst_port = 80 };
			struct budget budget;
			struct arena arena;

			budget_init(&budget, 1 << 20, NULL);
			arena_init(&arena, 16384, &budget);
			make_records(&subject, &arena, &random);
			ask(&made, &subject);
			arena_fini(&arena);
		}
		rules_free(made.rules);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(candidates) };

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (n_failed)
		printf("seed %" PRIu64 "\n", seed);
	return n_failed;
}
