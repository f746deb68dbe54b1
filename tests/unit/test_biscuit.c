#include "dissectors/token/biscuit.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* Made up, of the lengths that Ed25519 and P-256 have. */
#define X32 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define X64 X32 X32
#define KEY "0800 1220" X32                    /* 36 bytes */
#define KEY_P256 "0801 1221 02" X32            /* 37 */
#define SIGNATURE "1a40" X64                   /* 66 */
#define BLOCK "0a03 180322 1224" KEY SIGNATURE /* 5 + 38 + 66 = 109 */
#define BLOCK_P256 "0a03 180322 1225" KEY_P256 "1a46" X64 "010203040506"
#define AUTHORITY "126d" BLOCK
#define MORE "1a6d" BLOCK
#define PROOF "2222 0a20" X32
#define SEALED "2242 1240" X64

static const struct {
	const char *hex, *want;
} cases[] = {
	{ AUTHORITY PROOF, "biscuit.blocks=0" },
	{ AUTHORITY SEALED, "biscuit.blocks=0" },
	{ AUTHORITY MORE MORE PROOF, "biscuit.blocks=2" },
	{ "0801" AUTHORITY MORE PROOF, "biscuit.root_key_id=1 biscuit.blocks=1" },
	{ "08ffffffff0f" AUTHORITY PROOF, "biscuit.root_key_id=4294967295 biscuit.blocks=0" },
	{ "1274" BLOCK_P256 PROOF, "biscuit.blocks=0" },
	/* what newer ones have behind the signature: of a third party, version */
	{ "1273" BLOCK "2202 0800 2801" PROOF, "biscuit.blocks=0" },
	/* a field too many, one missing, one in another place or of another type */
	{ "088080808010" AUTHORITY PROOF, "" },
	{ "0801 0801" AUTHORITY PROOF, "" },
	{ "2801" AUTHORITY PROOF, "" },
	{ AUTHORITY, "" },
	{ PROOF, "" },
	{ MORE PROOF, "" },
	{ AUTHORITY PROOF MORE, "" },
	{ AUTHORITY PROOF PROOF, "" },
	{ AUTHORITY PROOF "2801", "" },
	{ AUTHORITY PROOF "00", "" },
	{ "1001" PROOF, "" },
	{ "0d01000000" AUTHORITY PROOF, "" },
	{ AUTHORITY "2001", "" },
	{ AUTHORITY "2224 1a22 0a20" X32, "" },
	{ AUTHORITY "2226 0a20" X32 "0a00 0a00", "" },
	/* keys and signatures of other lengths */
	{ AUTHORITY "2221 0a1f 01" X32, "" },
	{ AUTHORITY "2241 123f 01" X64, "" },
	{ "126c 0a03 180322 1224" KEY "1a3f" X64 "00" PROOF, "" },
	{ "126c 0a03 180322 1223 0800 121f 01" X32 SIGNATURE PROOF, "" },
	{ "126d 0a03 180322 1224 0810 1220" X32 SIGNATURE PROOF, "" },
	{ "126d 0a03 180322 1224 1220" X32 "0800" SIGNATURE PROOF, "" },
	{ "126a 0a00 1224" KEY SIGNATURE PROOF, "" },
	/* lengths beyond the end */
	{ "126e" BLOCK PROOF, "" },
	{ "12ffffffffffffffffff01" BLOCK PROOF, "" },
	{ "12ffffffffffffffffffff" BLOCK PROOF, "" },
	{ "12", "" },
	{ "", "" },
};

static void test_tokens(void **state)
{
	char line[SCANNED_LEN], prefixed[1024];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *token = compact_hex(cases[i].hex);
		bool is = cases[i].want[0] != 0;

		scanned_line(CREDENTIAL_BISCUIT, "Bearer", bytes_text(token), line);
		if (biscuit_is(bytes_text(token)) != is || strcmp(line, cases[i].want) != 0 ||
		    (credential_shape(bytes_text(token)) == CREDENTIAL_BISCUIT) != is)
			fail_msg("%s: \"%s\"", cases[i].hex, line);
		snprintf(prefixed, sizeof prefixed, "biscuit:%s", token);
		scanned_line(CREDENTIAL_BISCUIT, NULL, bytes_text(prefixed), line);
		assert_string_equal(line, cases[i].want);
		assert_int_equal(credential_shape(bytes_text(prefixed)), is ? CREDENTIAL_BISCUIT : CREDENTIAL_OPAQUE);
		free(token);
	}
}

/* It is one only to its last byte. */
static void test_prefixes(void **state)
{
	char *token = compact_hex("0801" AUTHORITY MORE PROOF);

	(void)state;
	for (size_t len = 0; len < strlen(token); len++)
		assert_false(biscuit_is(bytes_of(token, len)));
	scanned_abuse(CREDENTIAL_BISCUIT, NULL, bytes_text(token));
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
