#include "dissectors/token/macaroon.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* The examples of libmacaroons' README and of go-macaroon's. */
#define V1 "MDAxY2xvY2F0aW9uIGh0dHA6Ly9teWJhbmsvCjAwMjZpZGVudGlmaWVyIHdlIHVzZWQgb3VyIHNlY3JldCBrZXkK" \
	   "MDAyZnNpZ25hdHVyZSDj2eApCFJsTAA5rhURQRXZf91ovyujebNCqvD2F9BVLwo"
#define V2 "AgETaHR0cDovL2V4YW1wbGUub3JnLwIFa2V5aWQAAhRhY2NvdW50ID0gMzczNTkyODU1OQACDHVzZXIgPSBhbGljZQAABiBL6WfN" \
	   "HqDGsmuvakqU7psFsViG2guoXoxCqTyNDhJe_A"

static void check(struct bytes token, const char *want, const char *what)
{
	char line[SCANNED_LEN];
	bool is = want[0] != 0;

	scanned_line(CREDENTIAL_MACAROON, NULL, token, line);
	if (macaroon_is(token) != is || (credential_shape(token) == CREDENTIAL_MACAROON) != is || strcmp(line, want) != 0)
		fail_msg("%s: \"%s\"", what, line);
}

static void test_published(void **state)
{
	(void)state;
	check(bytes_text(V1), "macaroon.location=http://mybank/ macaroon.caveats=0", "V1");
	check(bytes_text(V1 "="), "macaroon.location=http://mybank/ macaroon.caveats=0", "V1, padded");
	check(bytes_text(V2), "macaroon.location=http://example.org/ macaroon.caveats=2", "V2");
	check(bytes_text(V1 "AAAA"), "", "V1 and more");
	check(bytes_text(V2 "AAA"), "", "V2 and more");
	for (size_t len = 0; len < sizeof V1 - 1; len++)
		assert_false(macaroon_is(bytes_of(V1, len)));
	for (size_t len = 0; len < sizeof V2 - 1; len++)
		assert_false(macaroon_is(bytes_of(V2, len)));
	scanned_abuse(CREDENTIAL_MACAROON, NULL, bytes_text(V1));
	scanned_abuse(CREDENTIAL_MACAROON, NULL, bytes_text(V2));
}

#define S32 "0123456789abcdef0123456789abcdef"
#define LOCATION "000flocation x\n"
#define IDENTIFIER "0011identifier i\n"
#define SIGNATURE "002fsignature " S32 "\n"

/* Packets as text, in which the lengths must be right. */
static void test_packets(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ LOCATION IDENTIFIER SIGNATURE, "macaroon.location=x macaroon.caveats=0" },
		{ "000elocation \n" IDENTIFIER SIGNATURE, "macaroon.caveats=0" },
		{ LOCATION IDENTIFIER "000acid x\n" "000avid y\n" "0009cl z\n" "000acid x\n" SIGNATURE,
		  "macaroon.location=x macaroon.caveats=2" },
		{ LOCATION IDENTIFIER "000bcid x \n" SIGNATURE, "macaroon.location=x macaroon.caveats=1" },
		{ IDENTIFIER SIGNATURE, "" },
		{ LOCATION SIGNATURE, "" },
		{ LOCATION IDENTIFIER, "" },
		{ LOCATION IDENTIFIER SIGNATURE "\n", "" },
		{ LOCATION IDENTIFIER "000axid x\n" SIGNATURE, "" },
		{ LOCATION IDENTIFIER "002esignature 0123456789abcdef0123456789abcde\n", "" },
		{ "000elocation x\n" IDENTIFIER SIGNATURE, "" },
		{ "0010location x\n" IDENTIFIER SIGNATURE, "" },
		{ "000flocation xy" IDENTIFIER SIGNATURE, "" },
		{ "000flocationsx\n" IDENTIFIER SIGNATURE, "" },
		{ "001alocation 0123456789ab\n" IDENTIFIER SIGNATURE, "macaroon.location=0123456789ab macaroon.caveats=0" },
		{ "001Alocation 0123456789ab\n" IDENTIFIER SIGNATURE, "" },
		{ "ffff" LOCATION IDENTIFIER SIGNATURE, "" },
		{ "0000" LOCATION, "" },
		{ "0004" LOCATION, "" },
		{ "0003" LOCATION, "" },
		{ LOCATION "0019identifierss aaaaaaa\n" SIGNATURE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char token[400];

		check(bytes_of(token, compact_encode(bytes_text(cases[i].text), token)), cases[i].want, cases[i].text);
	}
}

#define X32 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_fields(void **state)
{
	static const struct {
		const char *hex, *want;
	} cases[] = {
		{ "02 010178 020169 00 00 0620" X32, "macaroon.location=x macaroon.caveats=0" },
		{ "02 020169 00 00 0620" X32, "macaroon.caveats=0" },
		{ "02 0200 00 00 0620" X32, "macaroon.caveats=0" },
		{ "02 020169 00 010178 020163 040176 00 020163 00 00 0620" X32, "macaroon.caveats=2" },
		{ "02 0281800078 00 00 0620" X32, "macaroon.caveats=0" }, /* a length of one, in three bytes */
		{ "02 0281000069 00 0620" X32, "" },
		{ "02 040176 020169 00 00 0620" X32, "" },
		{ "02 020169 040176 00 00 0620" X32, "" },
		{ "02 010178 00 00 0620" X32, "" },
		{ "02 010178 010178 020169 00 00 0620" X32, "" },
		{ "02 020169 00 040176 00 00 0620" X32, "" },
		{ "02 020169 00 0620" X32, "" },
		{ "02 020169 00 00 0621" X32 "00", "" },
		{ "02 020169 00 00 061f" X32, "" },
		{ "02 020169 00 00 0520" X32, "" },
		{ "02 020169 00 00 0620" X32 "00", "" },
		{ "02 02ffffffffffffffffff0169 00 00 0620" X32, "" },
		{ "02 02ffffffffffffffffffff69 00 00 0620" X32, "" },
		{ "02", "" },
		{ "03 020169 00 00 0620" X32, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *token = compact_hex(cases[i].hex);

		check(bytes_text(token), cases[i].want, cases[i].hex);
		free(token);
	}
}

/* A location is kept as far as it is of use; caveats are counted, however many there are. */
static void test_sizes(void **state)
{
	enum { CAVEATS = 20000, PLACE = 3000 };
	static uint8_t bytes[8 + PLACE + CAVEATS * 4 + 64];
	static char token[sizeof bytes * 2], want[2000];
	size_t n = 0;

	(void)state;
	bytes[n++] = 2;
	bytes[n++] = 1;
	bytes[n++] = (PLACE & 127) | 128;
	bytes[n++] = PLACE >> 7;
	memset(bytes + n, 'x', PLACE);
	n += PLACE;
	memcpy(bytes + n, "\2\1i", 4);
	n += 4;
	for (size_t i = 0; i < CAVEATS; i++, n += 4)
		memcpy(bytes + n, "\2\1c", 4);
	memcpy(bytes + n, "\0\6\x20" S32, 35);
	n += 35;
	snprintf(want, sizeof want, "macaroon.location=%0*d macaroon.caveats=%d", 1024, 0, CAVEATS);
	for (char *at = strchr(want, '=') + 1; *at == '0'; at++)
		*at = 'x';
	check(bytes_of(token, compact_encode(bytes_of(bytes, n), token)), want, "many caveats");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
