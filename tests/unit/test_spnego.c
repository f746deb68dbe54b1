#include "dissectors/token/spnego.h"
#include "tests/support/compact.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#define OID_SPNEGO "0606 2b0601050502"
#define OID_KRB5 "0609 2a864886f712010202"
#define OID_MSKRB5 "0609 2a864882f712010202"
#define OID_NTLM "060a 2b06010401823702020a"
#define OID_NEGOEX "060a 2b06010401823702021e"
#define NTLMSSP "4e544c4d53535000 01000000"

static const struct {
	const char *hex, *want;
} cases[] = {
	/* first tokens of SPNEGO: the first of the list */
	{ "601b" OID_SPNEGO "a011 300f a00d 300b" OID_KRB5, "auth.mechanism=kerberos" },
	{ "6026" OID_SPNEGO "a01c 301a a018 3016" OID_MSKRB5 OID_KRB5, "auth.mechanism=kerberos" },
	{ "601c" OID_SPNEGO "a012 3010 a00e 300c" OID_NTLM, "auth.mechanism=ntlm" },
	{ "6027" OID_SPNEGO "a01d 301b a019 3017" OID_NTLM OID_KRB5, "auth.mechanism=ntlm" },
	{ "601c" OID_SPNEGO "a012 3010 a00e 300c" OID_NEGOEX, "auth.mechanism=1.3.6.1.4.1.311.2.2.30" },
	/* long lengths, as tokens with tickets have */
	{ "608205dc" OID_SPNEGO "a08205d0 308205cc a00d 300b" OID_KRB5 "a28205b9 048205b5 00", "auth.mechanism=kerberos" },
	{ "60840000001b" OID_SPNEGO "a0811100 300f a00d 300b" OID_KRB5, "auth.mechanism=spnego" },
	/* no list, or an empty one */
	{ "6008" OID_SPNEGO, "auth.mechanism=spnego" },
	{ "6010" OID_SPNEGO "a006 3004 a002 3000", "auth.mechanism=spnego" },
	{ "6010" OID_SPNEGO "a006 3004 a202 0400", "auth.mechanism=spnego" },
	/* tokens of one mechanism */
	{ "600b" OID_KRB5, "auth.mechanism=kerberos" },
	{ "6082051a" OID_KRB5 "0100 6e820503", "auth.mechanism=kerberos" },
	{ "600b" OID_MSKRB5, "auth.mechanism=kerberos" },
	{ "600c" OID_NTLM, "auth.mechanism=ntlm" },
	{ NTLMSSP, "auth.mechanism=ntlm" },
	{ "4e544c4d53535000", "auth.mechanism=ntlm" },
	{ "4e544c4d53535001", "" },
	{ "4e544c4d535350", "" },
	/* later tokens */
	{ "a114 3012 a003 0a0101 a10b" OID_KRB5, "auth.mechanism=kerberos" },
	{ "a112 3010 a20e 040c" NTLMSSP, "auth.mechanism=ntlm" },
	{ "a113 3011 a20f 040d 600b" OID_KRB5, "auth.mechanism=kerberos" },
	{ "a113 3011 a20f 040d 6e0b" OID_KRB5, "auth.mechanism=spnego" },
	{ "a107 3005 a003 0a0101", "auth.mechanism=spnego" },
	{ "a102 3000", "auth.mechanism=spnego" },
	{ "a1", "auth.mechanism=spnego" },
	/* OIDs of any kind */
	{ "6003 0601 00", "auth.mechanism=0.0" },
	{ "6003 0601 27", "auth.mechanism=0.39" },
	{ "6003 0601 28", "auth.mechanism=1.0" },
	{ "6003 0601 4f", "auth.mechanism=1.39" },
	{ "6003 0601 50", "auth.mechanism=2.0" },
	{ "6004 0602 8837", "auth.mechanism=2.999" },
	{ "600a 0608 ffffffffffffff7f", "auth.mechanism=2.72057594037927855" },
	{ "600b 0609 81ffffffffffffff7f", "" },
	{ "6004 0602 2b86", "" },
	{ "6002 0600", "" },
	{ "6022 0620 2b01010101010101010101010101010101 01010101010101010101010101010101",
	  "auth.mechanism=1.3.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1" },
	{ "6023 0621 2b0101010101010101010101010101010101 01010101010101010101010101010101", "" },
	/* neither */
	{ "6080" OID_KRB5, "" },
	{ "6085 000000000b" OID_KRB5, "" },
	{ "600b 0509 2a864886f712010202", "" },
	{ "6e0b" OID_KRB5, "" },
	{ "60", "" },
	{ "00", "" },
	{ "", "" },
};

static void test_negotiate(void **state)
{
	char line[SCANNED_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *token = compact_hex(cases[i].hex);

		scanned_line(CREDENTIAL_NEGOTIATE, "Negotiate", bytes_text(token), line);
		if (strcmp(line, cases[i].want) != 0)
			fail_msg("%s: \"%s\"", cases[i].hex, line);
		scanned_abuse(CREDENTIAL_NEGOTIATE, "Negotiate", bytes_text(token));
		free(token);
	}
	scanned_line(CREDENTIAL_NEGOTIATE, "Negotiate", bytes_text("YAsGCSqGSIb3EgECAg=="), line);
	assert_string_equal(line, "auth.mechanism=kerberos");
	scanned_line(CREDENTIAL_NEGOTIATE, "Negotiate", bytes_text("YAsGCSqGSIb3EgECAg*="), line);
	assert_string_equal(line, "");
}

/* The scheme says it all. */
static void test_ntlm(void **state)
{
	static const struct scanned_case ntlm[] = {
		{ "NTLM", "TlRMTVNTUAABAAAA", "auth.mechanism=ntlm" },
		{ "NTLM", "YAsGCSqGSIb3EgECAg==", "auth.mechanism=ntlm" },
		{ "NTLM", "", "auth.mechanism=ntlm" },
	};

	(void)state;
	scanned_check(CREDENTIAL_NTLM, ntlm, sizeof ntlm / sizeof *ntlm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_negotiate),
		cmocka_unit_test(test_ntlm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
