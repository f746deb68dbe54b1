#include "dissectors/token/carriers.h"
#include "tests/support/compact.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define INNER "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJpbm5lciJ9.AA" /* {"tid":"inner"} */
#define NONE "{\"alg\":\"none\",\"typ\":\"JWT\"}"
#define NESTING "{\"alg\":\"RS256\",\"cty\":\"JWT\"}"

static const struct {
	const char *header, *payload, *carrier, *secret;
	enum credential_kind kind;
} cases[] = {
	/* what Exchange, SharePoint and ACS send */
	{ NONE, "{\"aud\":\"x\",\"actortoken\":\"" INNER "\"}", "actortoken", INNER, CREDENTIAL_JWS },
	{ NESTING, "{\"actortoken\":\"" INNER "\"}", "actortoken", INNER, CREDENTIAL_JWS },
	{ NONE, "{\"actort\\u006fken\":\"\\u0065yJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA\"}", "actortoken",
	  "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", CREDENTIAL_JWE },
	{ NONE, "{\"actortoken\":\"hunter2\"}", "actortoken", "hunter2", CREDENTIAL_OPAQUE },
	{ NONE, "{\"actortoken\":\"a\",\"actortoken\":\"b\"}", "actortoken", "a", CREDENTIAL_OPAQUE },
	{ NESTING, INNER, "nested", INNER, CREDENTIAL_JWS },
	{ NESTING, "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", "nested", "eyJhbGciOiJSUzI1NiJ9.AA.AA.AA.AA", CREDENTIAL_JWE },
	/* none */
	{ NONE, INNER, NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "{\"x\":{\"actortoken\":\"" INNER "\"}}", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "{\"actortoken\":{\"a\":\"" INNER "\"}}", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "{\"ActorToken\":\"" INNER "\"}", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "{\"actortoken\":\"\"}", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "[\"actortoken\",\"" INNER "\"]", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "{}", NULL, NULL, CREDENTIAL_UNTOLD },
	{ NONE, "", NULL, NULL, CREDENTIAL_UNTOLD },
	{ "", "", NULL, NULL, CREDENTIAL_UNTOLD },
};

static void check(const struct credential *inner, size_t i)
{
	assert_string_equal(inner->carrier, cases[i].carrier);
	assert_true(bytes_is(inner->secret, cases[i].secret));
	assert_int_equal(inner->kind, cases[i].kind);
	assert_int_equal(inner->scheme.len, 0);
	assert_int_equal(inner->name.len, 0);
	assert_null(inner->scheme_name);
	assert_false(inner->weak);
}

/* The outer token's memory is given back first: what is within lives in the arena. */
static void test_compact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct workspace workspace;
		char *token = compact_token(cases[i].header, cases[i].payload, "");
		struct credential outer = { .secret = bytes_text(token), .kind = CREDENTIAL_JWS }, inner;

		workspace_init(&workspace, 1 << 20, 4096);
		if (carriers_inner(&outer, &workspace.arena, &inner) != (cases[i].carrier != NULL))
			fail_msg("%s . %s", cases[i].header, cases[i].payload);
		free(token);
		if (cases[i].carrier)
			check(&inner, i);
		workspace_fini(&workspace);
	}
}

static void test_json(void **state)
{
	static char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct workspace workspace;
		char *token = compact_token(cases[i].header, cases[i].payload, ""), *dot = strchr(token, '.');
		struct credential outer = { .kind = CREDENTIAL_JWS_JSON }, inner;

		workspace_init(&workspace, 1 << 20, 4096);
		*dot = *strchr(dot + 1, '.') = 0;
		snprintf(text, sizeof text, "{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"AA\"}", token, dot + 1);
		outer.secret = bytes_text(text);
		assert_int_equal(carriers_inner(&outer, &workspace.arena, &inner), cases[i].carrier != NULL);
		memset(text, 'x', sizeof text);
		if (cases[i].carrier)
			check(&inner, i);
		free(token);
		workspace_fini(&workspace);
	}
}

/* The type of what is in it may stand outside of what is signed. */
static void test_unprotected(void **state)
{
	static const char text[] = "{\"payload\":\"ZXlKaGJHY2lPaUpTVXpJMU5pSjkuZTMwLkFB\",\"header\":{\"cty\":\"JWT\"},"
				   "\"signature\":\"AA\"}";
	struct credential outer = { .secret = bytes_text(text), .kind = CREDENTIAL_JWS_JSON }, inner;
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_true(carriers_inner(&outer, &workspace.arena, &inner));
	assert_string_equal(inner.carrier, "nested");
	assert_true(bytes_is(inner.secret, "eyJhbGciOiJSUzI1NiJ9.e30.AA"));
	workspace_fini(&workspace);
}

/* No other kind has anything within, and without memory nothing is found. */
static void test_none(void **state)
{
	char *token = compact_token(cases[0].header, cases[0].payload, "");
	struct credential outer = { .secret = bytes_text(token) }, inner;
	struct workspace workspace;
	size_t found = 0;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	for (int kind = 0; kind < CREDENTIAL_KINDS; kind++) {
		outer.kind = (enum credential_kind)kind;
		found += carriers_inner(&outer, &workspace.arena, &inner);
	}
	assert_int_equal(found, 1);
	workspace_fini(&workspace);
	outer.kind = CREDENTIAL_JWS;
	for (size_t cap = 0; cap < 1024; cap += 16) {
		workspace_init(&workspace, cap, 16);
		if (carriers_inner(&outer, &workspace.arena, &inner))
			check(&inner, 0);
		else
			assert_true(workspace.budget.n_refused > 0);
		workspace_fini(&workspace);
	}
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compact),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_unprotected),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
