#include "dissectors/token/finds.h"

#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define JWS CARRIED_JWS
#define OPAQUE CARRIED_OPAQUE
#define FLAT "{\"payload\":\"e30\", \"protected\":\"e30\", \"signature\":\"dGVzdA\"}"

enum { CAP = 8 };

struct test {
	struct workspace workspace;
	struct credential out[CAP];
	struct finds finds;
	size_t n;
};

static void begin(struct test *test, size_t cap)
{
	workspace_init(&test->workspace, 1 << 16, 512);
	finds_begin(&test->finds, test->out, cap, &test->workspace.arena, NULL);
}

static void end(struct test *test, size_t n)
{
	assert_int_equal(finds_end(&test->finds), n);
}

static void fini(struct test *test)
{
	workspace_fini(&test->workspace);
}

static const struct finds_place place = { .carrier = "test", .name = { (const uint8_t *)"Name", 4 } };

static void listed(struct test *test, enum places_cut cut, unsigned flags, const char *value)
{
	const struct places_row row = { "name", cut, flags };

	finds_listed(&test->finds, &place, &row, bytes_text(value));
}

/* One value of a listed place. */
static void expect(enum places_cut cut, unsigned flags, const char *value, const char *scheme, const char *secret,
    enum credential_kind kind)
{
	struct test test;

	begin(&test, CAP);
	listed(&test, cut, flags, value);
	end(&test, 1);
	credential_classify(&test.out[0]);
	assert_string_equal(test.out[0].carrier, "test");
	assert_true(bytes_is(test.out[0].name, "Name"));
	assert_true(bytes_is(test.out[0].scheme, scheme));
	assert_true(bytes_is(test.out[0].secret, secret));
	assert_int_equal(test.out[0].kind, kind);
	assert_int_equal(test.out[0].weak, (flags & PLACES_WEAK) != 0);
	fini(&test);
}

static void expect_none(enum places_cut cut, unsigned flags, const char *value)
{
	struct test test;

	begin(&test, CAP);
	listed(&test, cut, flags, value);
	end(&test, 0);
	fini(&test);
}

static void test_plain(void **state)
{
	(void)state;
	expect(PLACES_PLAIN, 0, "x", "", "x", CREDENTIAL_OPAQUE);
	expect(PLACES_PLAIN, PLACES_WEAK, JWS, "", JWS, CREDENTIAL_JWS);
	expect(PLACES_PLAIN, 0, " \t" JWS "\t ", "", JWS, CREDENTIAL_JWS);
	expect(PLACES_PLAIN, 0, "\"" JWS "\"", "", JWS, CREDENTIAL_JWS);
	expect(PLACES_PLAIN, 0, "bearer " JWS, "bearer", JWS, CREDENTIAL_JWS);
	expect(PLACES_PLAIN, 0, "two words", "", "two words", CREDENTIAL_OPAQUE);
	expect(PLACES_PLAIN, 0, "Basic dGVzdDp0ZXN0", "Basic", "dGVzdDp0ZXN0", CREDENTIAL_BASIC);
	expect(PLACES_PLAIN, 0, CARRIED_JWE, "", CARRIED_JWE, CREDENTIAL_JWE);
	expect_none(PLACES_PLAIN, 0, "");
	expect_none(PLACES_PLAIN, 0, " ");
	expect_none(PLACES_PLAIN, 0, "\"\"");
	expect_none(PLACES_PLAIN, 0, "null");
	expect_none(PLACES_PLAIN, 0, "Undefined");
	expect_none(PLACES_PLAIN, 0, "deleted");
	expect_none(PLACES_PLAIN, 0, "Bearer ");
}

static void test_long(void **state)
{
	(void)state;
	expect(PLACES_PLAIN, PLACES_LONG, "test-of-16-bytes", "", "test-of-16-bytes", CREDENTIAL_OPAQUE);
	expect_none(PLACES_PLAIN, PLACES_LONG, "test-of-15-byte");
}

static void test_scheme(void **state)
{
	(void)state;
	expect(PLACES_SCHEME, 0, "Bearer x", "Bearer", "x", CREDENTIAL_OPAQUE);
	expect_none(PLACES_SCHEME, 0, "yes, please");
	expect_none(PLACES_SCHEME, 0, OPAQUE);
}

static void test_saml(void **state)
{
	(void)state;
	expect(PLACES_SAML, 0, "dGVzdA==", "", "dGVzdA==", CREDENTIAL_SAML);
	expect_none(PLACES_SAML, 0, "");
	expect(PLACES_ASSERTION, 0, "PHNhbWw6QXNzZXJ0aW9uPg", "", "PHNhbWw6QXNzZXJ0aW9uPg",
	    CREDENTIAL_SAML); /* <saml:Assertion> */
	expect(PLACES_ASSERTION, 0, "PD94bWw+", "", "PD94bWw+", CREDENTIAL_SAML);                           /* <?xml> */
	expect(PLACES_ASSERTION, 0, "<saml:Assertion>", "", "<saml:Assertion>", CREDENTIAL_SAML);
	expect(PLACES_ASSERTION, 0, "77u/PD94bWw+", "", "77u/PD94bWw+", CREDENTIAL_SAML);
	expect(PLACES_ASSERTION, 0, "\r\nPD94bWw+", "", "\r\nPD94bWw+", CREDENTIAL_SAML);
	expect(PLACES_ASSERTION, 0, "PDw8PDw8", "", "PDw8PDw8", CREDENTIAL_OPAQUE); /* <<<<<< */
	expect(PLACES_ASSERTION, 0, JWS, "", JWS, CREDENTIAL_JWS);
	expect(PLACES_ASSERTION, 0, "PH", "", "PH", CREDENTIAL_OPAQUE);
}

static void test_opaque(void **state)
{
	(void)state;
	expect(PLACES_OPAQUE, 0, "eyJhdXRoX3R5cCI6InRlc3QifQ==", "", "eyJhdXRoX3R5cCI6InRlc3QifQ==", CREDENTIAL_OPAQUE);
	expect(PLACES_OPAQUE, 0, JWS, "", JWS, CREDENTIAL_OPAQUE);
}

/* Tokens within what is listed, but not where they begin it. */
static void test_within(void **state)
{
	struct test test;

	(void)state;
	begin(&test, CAP);
	listed(&test, PLACES_PLAIN, 0, "s:" JWS ".dGVzdA");
	end(&test, 2);
	assert_true(bytes_is(test.out[0].secret, "s:" JWS ".dGVzdA"));
	assert_true(bytes_is(test.out[1].secret, JWS));
	fini(&test);
	begin(&test, CAP);
	listed(&test, PLACES_PLAIN, 0, JWS ".dGVzdA");
	end(&test, 1);
	fini(&test);
}

/* A value that was to be decoded, but the arena refused. */
static void test_refused(void **state)
{
	const struct places_row row = { "name", PLACES_PLAIN, 0 };
	struct test test;

	(void)state;
	begin(&test, CAP);
	finds_listed(&test.finds, &place, &row, bytes_of(NULL, 0));
	finds_search(&test.finds, &place, bytes_of(NULL, 0), false);
	end(&test, 0);
	fini(&test);
}

static void test_strays(void **state)
{
	struct test test;

	(void)state;
	begin(&test, CAP);
	finds_search(&test.finds, &place, bytes_text("a " JWS " b " JWS), false);
	finds_search(&test.finds, &place, bytes_text(CARRIED_JWE " " JWS), false);
	end(&test, 2);
	assert_true(bytes_is(test.out[0].secret, JWS));
	assert_true(bytes_is(test.out[1].secret, CARRIED_JWE));
	fini(&test);
	begin(&test, CAP);
	finds_search(&test.finds, &place, bytes_text(JWS " " CARRIED_JWE), false);
	listed(&test, PLACES_PLAIN, 0, JWS);
	listed(&test, PLACES_PLAIN, 0, JWS);
	end(&test, 3);
	assert_true(bytes_is(test.out[0].secret, JWS));
	assert_true(bytes_is(test.out[1].secret, JWS));
	assert_true(bytes_is(test.out[2].secret, CARRIED_JWE));
	fini(&test);
}

/* More of them than are kept, and more of all than there is room for. */
static void test_caps(void **state)
{
	char text[FINDS_STRAY * 2][96];
	struct test test;

	(void)state;
	begin(&test, 2);
	memset(&test.out[2], 0xAA, sizeof test.out[2]);
	for (size_t i = 0; i < FINDS_STRAY * 2; i++) {
		snprintf(text[i], sizeof text[i], "%s.%s.%02zu", CARRIED_HEADER, CARRIED_PAYLOAD, i);
		finds_search(&test.finds, &place, bytes_text(text[i]), false);
	}
	listed(&test, PLACES_PLAIN, 0, "x");
	end(&test, FINDS_STRAY * 2 + 1);
	assert_true(bytes_is(test.out[0].secret, "x"));
	assert_true(bytes_is(test.out[1].secret, text[0]));
	for (size_t i = 0; i < sizeof test.out[2]; i++)
		assert_int_equal(((const uint8_t *)&test.out[2])[i], 0xAA);
	fini(&test);
}

static void expect_name(const char *name, bool is_passing, bool fold, const char *want)
{
	const struct finds_place named = { .carrier = "test", .name = bytes_text(name), .is_passing = is_passing, .fold = fold };
	const struct places_row row = { "name", PLACES_PLAIN, 0 };
	struct test test;

	begin(&test, CAP);
	finds_listed(&test.finds, &named, &row, bytes_text("x"));
	end(&test, 1);
	assert_true(bytes_is(test.out[0].name, want));
	if (*want)
		assert_int_equal(test.out[0].name.data == named.name.data, !is_passing && !fold);
	fini(&test);
}

static void test_names(void **state)
{
	(void)state;
	expect_name("Name", false, false, "Name");
	expect_name("Name", true, false, "Name");
	expect_name("X-Name", false, true, "x-name");
	expect_name("", false, false, "");
	expect_name("0123456789012345678901234567890123456789012345678901234567890123456789", false, false,
	    "0123456789012345678901234567890123456789012345678901234567890123");
	expect_name(JWS, false, false, "");
	expect_name("a" CARRIED_HEADER, false, false, "");
	expect_name("ICAgeyJhbGciOjF9.x.y", true, false, "");
}

static void expect_authorization(const char *value, const char *scheme, const char *secret, enum credential_kind kind)
{
	struct test test;

	begin(&test, CAP);
	finds_authorization(&test.finds, &place, bytes_text(value));
	end(&test, 1);
	credential_classify(&test.out[0]);
	assert_true(bytes_is(test.out[0].scheme, scheme));
	assert_true(bytes_is(test.out[0].secret, secret));
	assert_int_equal(test.out[0].kind, kind);
	assert_int_equal(test.out[0].scheme_name != NULL, *scheme != 0);
	fini(&test);
}

static void test_authorization(void **state)
{
	(void)state;
	expect_authorization("Bearer x", "Bearer", "x", CREDENTIAL_OPAQUE);
	expect_authorization("", "", "", CREDENTIAL_OPAQUE);
	expect_authorization(FLAT, "", FLAT, CREDENTIAL_JWS_JSON);
	expect_authorization("Bearer " FLAT, "Bearer", FLAT, CREDENTIAL_JWS_JSON);
	expect_authorization("{}", "", "{}", CREDENTIAL_OPAQUE);
}

static void test_encoded(void **state)
{
	const struct places_row row = { "name", PLACES_PLAIN, 0 };
	struct test test;

	(void)state;
	begin(&test, CAP);
	finds_encoded(&test.finds, &place, &row, bytes_text("dGVzdA"));
	end(&test, 1);
	assert_true(bytes_is(test.out[0].secret, "test"));
	fini(&test);
}

static void test_configured(void **state)
{
	static const char *const names[] = { "One", "two" };

	(void)state;
	assert_true(finds_is_configured(names, 2, bytes_text("ONE"), true));
	assert_false(finds_is_configured(names, 2, bytes_text("ONE"), false));
	assert_true(finds_is_configured(names, 2, bytes_text("two"), false));
	assert_false(finds_is_configured(names, 1, bytes_text("two"), false));
	assert_false(finds_is_configured(NULL, 0, bytes_text("two"), true));
}

/* Whatever was found, the first of what is returned are there. */
static void test_filled(void **state)
{
	enum { MOST = FINDS_STRAY * 2 };
	static char text[MOST * 64];
	struct credential out[MOST];

	(void)state;
	for (size_t i = 0, len = 0; i < MOST; i++)
		len += (size_t)sprintf(text + len, "eyJhbGciOiJub25lIn0.%zu.test ", i + 100);
	for (size_t cap = 0; cap <= MOST; cap++) {
		struct workspace workspace;
		struct finds finds;

		memset(out, 0, sizeof out);
		workspace_init(&workspace, 1 << 16, 512);
		finds_begin(&finds, out, cap, &workspace.arena, NULL);
		finds_search(&finds, &place, bytes_text(text), false);
		size_t n = finds_end(&finds);

		assert_true(n >= (cap < FINDS_STRAY ? MOST : FINDS_STRAY));
		for (size_t i = 0; i < n && i < cap; i++)
			assert_non_null(out[i].secret.data);
		workspace_fini(&workspace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_scheme),
		cmocka_unit_test(test_saml),
		cmocka_unit_test(test_opaque),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_strays),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_filled),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_authorization),
		cmocka_unit_test(test_encoded),
		cmocka_unit_test(test_configured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
