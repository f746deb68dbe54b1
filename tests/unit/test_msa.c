#include "dissectors/token/msa.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* Made up: 20 bytes, ten, and a ticket that ends where its head does. */
#define KEY_ID "fffb030405060708090a0b0c0d0e0f1011121314"
#define REST "74657374746573747465"
#define SHORT "1300 1f00 c97a0400 14" KEY_ID "0001"

static const struct {
	const char *hex, *want;
	bool is;
} cases[] = {
	{ "1300 2900 c97a0400 14" KEY_ID "0001" REST, "msa.key_id=__sDBAUGBwgJCgsMDQ4PEBESExQ", true },
	{ SHORT, "msa.key_id=__sDBAUGBwgJCgsMDQ4PEBESExQ", true },
	/* not as long as it says */
	{ "1300 2800 c97a0400 14" KEY_ID "0001" REST, "", false },
	{ "1300 0029 c97a0400 14" KEY_ID "0001" REST, "", false },
	/* one byte is another */
	{ "1200 2900 c97a0400 14" KEY_ID "0001" REST, "", false },
	{ "1301 2900 c97a0400 14" KEY_ID "0001" REST, "", false },
	{ "1300 2900 c97a0400 15" KEY_ID "0001" REST, "", false },
	{ "1300 2900 c97a0400 14" KEY_ID "0101" REST, "", false },
	{ "1300 2900 c97a0400 14" KEY_ID "0002" REST, "", false },
	/* one byte too few */
	{ "1300 1e00 c97a0400 14" KEY_ID "00", "", false },
	{ "1300", "", false },
	{ "", "", false },
};

static void test_tickets(void **state)
{
	char line[SCANNED_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *token = compact_hex(cases[i].hex);

		if (msa_is(bytes_text(token)) != cases[i].is ||
		    (credential_shape(bytes_text(token)) == CREDENTIAL_MSA) != cases[i].is)
			fail_msg("%s", cases[i].hex);
		scanned_line(CREDENTIAL_MSA, "Bearer", bytes_text(token), line);
		if (strcmp(line, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].hex, line);
		free(token);
	}
}

/* As they are sent: the standard alphabet, padding, quotes. */
static void test_spellings(void **state)
{
	static const char *const tickets[] = {
		"EwAfAMl6BAAU//sDBAUGBwgJCgsMDQ4PEBESExQAAQ==",
		"EwAfAMl6BAAU__sDBAUGBwgJCgsMDQ4PEBESExQAAQ",
		"\"EwAfAMl6BAAU//sDBAUGBwgJCgsMDQ4PEBESExQAAQ==\"",
	};
	char line[SCANNED_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof tickets / sizeof *tickets; i++) {
		assert_int_equal(credential_shape(bytes_text(tickets[i])), CREDENTIAL_MSA);
		scanned_line(CREDENTIAL_MSA, NULL, bytes_text(tickets[i]), line);
		assert_string_equal(line, "msa.key_id=__sDBAUGBwgJCgsMDQ4PEBESExQ");
	}
	assert_int_equal(credential_shape(bytes_text("EwAfAMl6BAAU//sD*AUGBwgJCgsMDQ4PEBESExQAAQ==")), CREDENTIAL_OPAQUE);
	scanned_abuse(CREDENTIAL_MSA, NULL, bytes_text(tickets[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_spellings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
