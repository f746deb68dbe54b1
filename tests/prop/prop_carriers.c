/* Carriers under what a stranger may send: work that grows with the message and no faster, memory that is refused, and tokens
 * that are found whatever stands around them. */
#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#define JWS CARRIED_JWS

enum { HEAD_LEN = 64 << 10, BODY_LEN = 1 << 20, SECONDS = 2, SEED = 1977, ROUNDS = 20000 };

/* ---- work ---- */

/* `before`, then `unit` over and over, up to `len` bytes. */
static char *repeat(const char *before, const char *unit, size_t len)
{
	size_t n = strlen(before), unit_len = strlen(unit);
	char *text = malloc(len + 1);

	assert_non_null(text);
	memcpy(text, before, n);
	for (size_t i = n; i < len; i++)
		text[i] = unit[(i - n) % unit_len];
	text[len] = 0;
	return text;
}

/* Linear work takes a small part of this, quadratic work a multiple. */
static void expect_quick(const struct http_message *message, const char *what)
{
	struct workspace workspace;
	struct credential found[16];
	clock_t begun = clock();

	workspace_init(&workspace, 64 << 20, 16384);
	carriers_find(message, NULL, &workspace.arena, found, 16);
	workspace_fini(&workspace);
	if (clock() - begun < (clock_t)SECONDS * CLOCKS_PER_SEC)
		return;
	print_error("\"%.60s...\" took too long\n", what);
	fail();
}

static void test_heads(void **state)
{
	static const struct {
		const char *name, *before, *unit;
	} rows[] = {
		{ "Cookie", "", ";" },
		{ "Cookie", "", "a=b;" },
		{ "Cookie", "", "token.0=x;token.1=y;" },
		{ "Cookie", "n=chunks-9;", "nC1=;nC2=;" },
		{ "Cookie", "", "x=eyJ%65%79;" },
		{ "Cookie", "token=", "%41" },
		{ "X-Any", "", "eyJ" },
		{ "X-Any", "", "eyJ." },
		{ "X-Any", "", "eyJhbGciOjF9." },
		{ "X-Any", "", "eyJhbGciOjF9.x.y." },
		{ "X-Any", "", "eyJhbGciOjEsImVuYyI6MX0." },
		{ "X-Any", "", "eyJhbGciOjEsImVuYyI6MX0.eyJ" },
		{ "X-Any", CARRIED_HEADER ".", "eyJhbGciOjF9" },
		{ "X-Any", "", "eyJhbGciOjF9%2E" },
		{ "X-Any", "", "eyJhOjEs" },
		{ "X-Any", "", "J" },
		{ "X-Any", "", "eyJ%" },
		{ "X-Any", "", "eyJ=%3D" },
		{ "Referer", "?", "=" },
		{ "Referer", "?", "a=" },
		{ "Referer", "?", "token=&" },
		{ "Referer", "?", "X-Amz-Security-Token=x&" },
		{ "Referer", "?X-Amz-Signature=&", "X-Amz-Signature=x&" },
		{ "Referer", "", "?" },
		{ "Referer", "", "#" },
		{ "Referer", "?", "%3D" },
		{ "Referer", "?", "&" },
		{ "Sec-WebSocket-Protocol", "", "bearer," },
		{ "Sec-WebSocket-Protocol", "", "base64url.bearer.authorization.k8s.io.eyJ," },
		{ "Signature-Input", "", "a=()," },
		{ "Signature-Input", "", "\"" },
		{ "Signature-Input", "", "," },
		{ "Authorization", "{\"payload\":", "[" },
		{ "Authorization", "", "{" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *value = repeat(rows[i].before, rows[i].unit, HEAD_LEN);
		const struct http_header header = { bytes_text(rows[i].name), bytes_text(value) };

		expect_quick(&(struct http_message){ .dir = TO_SERVER, .headers = &header, .n_headers = 1 }, value);
		expect_quick(&(struct http_message){ .dir = TO_SERVER, .target = bytes_text(value) }, value);
		free(value);
	}
}

static void test_bodies(void **state)
{
	static const struct {
		const char *before, *unit;
	} rows[] = {
		{ "", "{\"a\":" },
		{ "", "[" },
		{ "", "{}" },
		{ "", "1 " },
		{ "{", "\"a\":\"b\"," },
		{ "{", "\"\\u0061\":\"b\"," },
		{ "{", "\"access_token\":\"b\"," },
		{ "[", "\"" JWS "\"," },
		{ "[", "\"{\\\"a\\\":\\\"0123456789012345678901234567890123456789\\\"}\"," },
		{ "[", "\"{\\\"0123456789012345678901234567890123456789\"," },
		{ "[", "{\"payload\":\"\",\"signatures\":[]}," },
		{ "{\"payload\":\"\",\"signatures\":[],\"a\":", "{\"payload\":\"\",\"signatures\":[],\"a\":" },
		{ "\"{", "\\\\" },
		{ "\"{", "\\\"" },
		{ "\"", "eyJ" },
		{ "", "<" },
		{ "urn:oasis:names:tc:SAML:", "<Assertion>" },
		{ "urn:oasis:names:tc:SAML:", "<Assertion></Assertion>" },
		{ "urn:oasis:names:tc:SAML:", "<Assertion/>" },
		{ "urn:oasis:names:tc:SAML:<Assertion>", "<SessionToken>" },
		{ "urn:oasis:names:tc:SAML:", "<!--" },
		{ "urn:oasis:names:tc:SAML:", "<!---->" },
		{ "urn:oasis:names:tc:SAML:", "<Assertion a=\"" },
		{ "", "urn:oasis:names:tc:SAML" },
		{ "", "eyJhbGciOjF9.x.y " },
		{ "", "wresult=%3CAssertion&" },
		{ "", "access_token=x&" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = repeat(rows[i].before, rows[i].unit, BODY_LEN);
		struct http_message message = { .dir = TO_SERVER, .is_end = true, .content = bytes_text(text) };

		for (int type = HTTP_CONTENT_FORM; type <= HTTP_CONTENT_TEXT; type++) {
			message.content_type = (enum http_content)type;
			expect_quick(&message, text);
		}
		expect_quick(&(struct http_message){ .dir = TO_SERVER, .is_text = true, .content = bytes_text(text) }, text);
		free(text);
	}
}

/* ---- memory ---- */

static bool has(const struct credential *found, size_t n, struct bytes secret)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_equal(found[i].secret, secret))
			return true;
	return false;
}

/* However much is refused: what is found is found with all memory too. */
static void expect_subset(const struct http_message *message)
{
	struct workspace all;
	struct credential found[16], some[16];
	size_t n, last = 0;

	workspace_init(&all, 1 << 20, 64);
	n = carriers_find(message, NULL, &all.arena, found, 16);
	assert_in_range(n, 4, 16);
	for (size_t cap = 0; cap < 8192; cap += 32) {
		struct workspace workspace;

		workspace_init(&workspace, cap, 16);
		last = carriers_find(message, NULL, &workspace.arena, some, 16);
		assert_true(last <= n);
		for (size_t i = 0; i < last; i++)
			assert_true(has(found, n, some[i].secret));
		workspace_fini(&workspace);
	}
	assert_int_equal(last, n);
	workspace_fini(&all);
}

static void test_refused(void **state)
{
	const struct http_header headers[] = {
		{ bytes_text("X-Any"), bytes_text(CARRIED_HEADER "%2E" CARRIED_PAYLOAD "%2Edg") },
		{ bytes_text("Cookie"), bytes_text("token=%41-test-opaque-token; x=%41" CARRIED_JWE "; y=" JWS) },
		{ bytes_text("Sec-WebSocket-Protocol"),
		    bytes_text("base64url.bearer.authorization.k8s.io.dGVzdC1vcGFxdWUtdG9rZW4") },
	};
	struct http_message message = {
		.dir = TO_SERVER, .headers = headers, .n_headers = 3, .target = bytes_text("/?access%5Ftoken=%41&id_token=a+b") };

	(void)state;
	expect_subset(&message);
	message = (struct http_message){ .dir = TO_CLIENT, .is_end = true, .content_type = HTTP_CONTENT_JSON };
	message.content = bytes_text("{\"access\\u005ftoken\":\"a\\/b\","
				     "\"n\":\"{\\\"id_token\\\":\\\"x\\\",\\\"o\\\":\\\"" JWS "\\\"}\","
				     "\"refresh_token\":\"c\",\"\\u0061\":\"" CARRIED_JWE "\"}");
	expect_subset(&message);
}

/* ---- tokens among anything ---- */

/* Up to 60 characters of `alphabet`, which belong to no token. */
static size_t junk(char *out, const char *alphabet, unsigned *seed)
{
	size_t len = (unsigned)rand_r(seed) % 60, n = strlen(alphabet);

	for (size_t i = 0; i < len; i++)
		out[i] = alphabet[(unsigned)rand_r(seed) % n];
	return len;
}

static void expect_within(enum direction dir, const char *name, const char *before, const char *alphabet, unsigned *seed)
{
	char text[512] = "";
	size_t len = (size_t)snprintf(text, sizeof text, "%s", before);
	struct carried carried;

	len += junk(text + len, alphabet, seed);
	len += (size_t)snprintf(text + len, sizeof text - len, " %s ", JWS);
	len += junk(text + len, alphabet, seed);
	text[len] = 0;
	carried_init(&carried);
	if (name)
		carried_header(&carried, dir, name, text);
	else
		carried_body(&carried, dir, HTTP_CONTENT_TEXT, text);
	assert_int_equal(carried.n, 1);
	assert_true(bytes_is(carried.found[0].secret, JWS));
	carried_fini(&carried);
}

static void test_among_anything(void **state)
{
	unsigned seed = SEED;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		expect_within(TO_SERVER, "X-Any", "", "eyJ.,;:=%20\"{}[]\\/ \t", &seed);
		expect_within(TO_CLIENT, "X-Any", "", "abcdefghijJeyy ..", &seed);
		expect_within(TO_SERVER, "Cookie", "a=", "eyJ.,:=\"{}[]/ ", &seed);
		expect_within(TO_SERVER, NULL, "<", "eyJ.,:=&%\"{}[]\\/ \n\xff", &seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_among_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
