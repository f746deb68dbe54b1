#include "dissectors/token/tokentext.h"

#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define JWE CARRIED_JWE

/* Every token of `text`, each with a blank behind it, is `want`. */
static void expect_cut(const char *text, bool cut, const char *want)
{
	struct workspace workspace;
	struct bytes token;
	size_t len = strlen(text), n = 0;
	uint8_t *exact = malloc(len ? len : 1);
	struct bytes rest = bytes_of(exact, len), left = bytes_text(want);

	memcpy(exact, text, len);
	workspace_init(&workspace, 1 << 16, 512);
	for (; tokentext_next(&rest, cut, &workspace.arena, &token); n++) {
		assert_true(bytes_equal(bytes_head(left, token.len), token));
		assert_true(bytes_is(bytes_head(bytes_tail(left, token.len), 1), " "));
		left = bytes_tail(left, token.len + 1);
	}
	assert_int_equal(left.len, 0);
	assert_int_equal(rest.len, 0);
	free(exact);
	workspace_fini(&workspace);
}

static void expect(const char *text, const char *want)
{
	expect_cut(text, false, want);
}

static void test_found(void **state)
{
	(void)state;
	expect(JWS, JWS " ");
	expect(JWE, JWE " ");
	expect("Bearer " JWS, JWS " ");
	expect("{\"a\":\"" JWS "\",\"b\":\"" JWE "\"}", JWS " " JWE " ");
	expect("https://a.example/" JWS "/b?" JWE "&c", JWS " " JWE " ");
	expect("prefix_" JWS ";", JWS " ");
	expect("heyJude eyJoke eyJhbG." JWS, JWS " ");
	expect(CARRIED_HEADER "..dGVzdA", CARRIED_HEADER "..dGVzdA "); /* RFC 7515 appendix F */
	expect("see " CARRIED_HEADER "." CARRIED_PAYLOAD ". It", CARRIED_HEADER "." CARRIED_PAYLOAD ". "); /* alg none */
	expect(JWS "." JWS, JWS " " JWS " ");
	expect(JWS ".c2lnbmVk", JWS " "); /* signed once more, as cookies are */
	expect(JWS "~" JWS "~", JWS " " JWS " "); /* SD-JWT */
	expect("eyJhbGciOiJFUzI1NiJ9==.e30=.dGVzdA==", "eyJhbGciOiJFUzI1NiJ9==.e30=.dGVzdA== "); /* as load balancers pad */
}

static void test_encoded(void **state)
{
	(void)state;
	expect(CARRIED_HEADER "%2E" CARRIED_PAYLOAD "%2edGVzdA&", CARRIED_HEADER "." CARRIED_PAYLOAD ".dGVzdA ");
	expect("eyJhbGciOiJFUzI1NiJ9%3D.e30.dGVzdA%3d%3D", "eyJhbGciOiJFUzI1NiJ9=.e30.dGVzdA== ");
	expect(CARRIED_HEADER "%2F" CARRIED_PAYLOAD "%2FdGVzdA", "");
	expect(JWS "%20", JWS " ");
	expect(CARRIED_HEADER "." CARRIED_PAYLOAD "%2", "");
}

static void test_near_misses(void **state)
{
	(void)state;
	expect("", "");
	expect("eyJ", "");
	expect("eyJ..", "");
	expect(CARRIED_HEADER, "");
	expect(CARRIED_HEADER "." CARRIED_PAYLOAD, "");
	expect("eyJ0eXAiOiJKV1QifQ." CARRIED_PAYLOAD ".dGVzdA", ""); /* no "alg" */
	expect("eyJhIjp7ImFsZyI6MX19." CARRIED_PAYLOAD ".dGVzdA", ""); /* {"a":{"alg":1}} */
	expect("eyJhbGcgOiJIUzI1NiJ9." CARRIED_PAYLOAD ".dGVzdA", ""); /* {"alg :"HS256"} */
	expect("eyKhbGciOiJIUzI1NiJ9." CARRIED_PAYLOAD ".dGVzdA", "");
	expect(CARRIED_HEADER "," CARRIED_PAYLOAD ".dGVzdA", "");
	expect(CARRIED_HEADER "/" CARRIED_PAYLOAD ".dGVzdA", "");
}

/* "enc" wants five parts; without them it is what others would take it for. */
static void test_parts(void **state)
{
	(void)state;
	expect("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c.d", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c ");
	expect("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a ");
	expect("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.... ");
	expect("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.", "");
}

static void test_cut(void **state)
{
	(void)state;
	expect_cut(JWS, true, "");
	expect_cut(JWS ".", true, JWS " ");
	expect_cut(JWS " " JWS, true, JWS " ");
	expect_cut(JWE, true, "");
	expect_cut(JWE "\"", true, JWE " ");
}

/* What the arena will not hold is left out. */
static void test_refused(void **state)
{
	struct workspace workspace;
	struct bytes rest = bytes_text(CARRIED_HEADER "%2Ee30%2EdGVzdA "), token;

	(void)state;
	workspace_init(&workspace, 0, 512);
	assert_false(tokentext_next(&rest, false, &workspace.arena, &token));
	rest = bytes_text(JWS);
	assert_true(tokentext_next(&rest, false, &workspace.arena, &token));
	workspace_fini(&workspace);
}

static size_t mark_slowly(const uint8_t *text, size_t len)
{
	size_t i = 0;

	while (i < len && (len - i < 3 || memcmp(text + i, "eyJ", 3) != 0))
		i++;
	return i;
}

/* At every place, in memory of exactly the length, among letters that belong to it too. */
static void test_mark(void **state)
{
	static const char fills[] = "aeyJ.\xff";

	(void)state;
	for (size_t len = 0; len < 80; len++) {
		uint8_t *text = malloc(len ? len : 1);

		for (size_t i = 0; i <= len; i++) {
			memset(text, fills[i % 6], len);
			for (size_t j = 0; i + j < len && j < 3; j++)
				text[i + j] = (uint8_t)"eyJ"[j];
			assert_int_equal(scan_jwt(text, text + len) - text, mark_slowly(text, len));
			assert_int_equal(scan_jwt_words(text, text + len) - text, mark_slowly(text, len));
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_encoded),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
