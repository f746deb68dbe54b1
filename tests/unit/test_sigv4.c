#include "dissectors/token/sigv4.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HMAC "AWS4-HMAC-SHA256"
#define ECDSA "AWS4-ECDSA-P256-SHA256"
#define SIGNATURE "Signature=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* AKIAIOSFODNN7EXAMPLE is the one of AWS's documentation, of the older form; ASIAQNZGKIQY56JQ7WML one of a public article. */
static const struct scanned_case headers[] = {
	{ HMAC, "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
	  "SignedHeaders=host;range;x-amz-date, " SIGNATURE,
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=AKIAIOSFODNN7EXAMPLE aws.key_type=long_term aws.date=20130524 "
	  "aws.region=us-east-1 aws.service=s3 aws.session_token=no" },
	{ HMAC, "Credential=ASIAQNZGKIQY56JQ7WML/20260131/eu-central-1/sts/aws4_request,"
	  "SignedHeaders=host;X-Amz-Security-Token," SIGNATURE,
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=ASIAQNZGKIQY56JQ7WML aws.key_type=temporary aws.account=029608264753 "
	  "aws.date=20260131 aws.region=eu-central-1 aws.service=sts aws.session_token=yes" },
	{ ECDSA, "Credential=AKIAQNZGKIQY56JQ7WML/20260131/s3/aws4_request, SignedHeaders=host;x-amz-region-set, " SIGNATURE,
	  "aws.alg=AWS4-ECDSA-P256-SHA256 aws.key_id=AKIAQNZGKIQY56JQ7WML aws.key_type=long_term aws.account=029608264753 "
	  "aws.date=20260131 aws.service=s3 aws.session_token=no" },
	/* order, blanks and case of the parameters; what comes twice */
	{ "aws4-hmac-sha256", SIGNATURE " SIGNEDHEADERS=\"host\" credential=\"minio/test/20260131/r/s/aws4_request\"",
	  "aws.alg=aws4-hmac-sha256 aws.key_id=minio/test aws.key_type=other aws.date=20260131 aws.region=r aws.service=s "
	  "aws.session_token=no" },
	{ HMAC, "Credential=a/1/r/s/t, Credential=b/2/r/s/t",
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=a aws.key_type=other aws.date=1 aws.region=r aws.service=s" },
	/* names of headers that only look like it */
	{ HMAC, "SignedHeaders=x-amz-security-token2;x-amz-security-toke;host", "aws.alg=AWS4-HMAC-SHA256 aws.session_token=no" },
	/* parts are missing: the region's place cannot be told */
	{ HMAC, "Credential=AKIAIOSFODNN7EXAMPLE/20130524/s3/aws4_request",
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=AKIAIOSFODNN7EXAMPLE aws.key_type=long_term" },
	{ HMAC, "Credential=x", "aws.alg=AWS4-HMAC-SHA256 aws.key_id=x aws.key_type=other" },
	{ HMAC, "Credential=////", "aws.alg=AWS4-HMAC-SHA256 aws.key_id= aws.key_type=other aws.date= aws.service=" },
	{ HMAC, SIGNATURE, "aws.alg=AWS4-HMAC-SHA256" },
	{ HMAC, "", "aws.alg=AWS4-HMAC-SHA256" },
};

static void test_headers(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_SIGV4, headers, sizeof headers / sizeof *headers);
	for (size_t i = 0; i < 3; i++)
		scanned_abuse(CREDENTIAL_SIGV4, headers[i].scheme, bytes_text(headers[i].secret));
}

static const struct scanned_case queries[] = {
	{ NULL, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
	  "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-" SIGNATURE,
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=AKIAIOSFODNN7EXAMPLE aws.key_type=long_term aws.date=20130524 "
	  "aws.region=us-east-1 aws.service=s3 aws.presigned=yes aws.expires=86400 aws.session_token=no" },
	{ NULL, "list=1&X-Amz-Security-Token=IQoJtest%2F%2Ftoken&x-amz-algorithm=AWS4-HMAC-SHA256"
	  "&X-Amz-Credential=ASIAQNZGKIQY56JQ7WML%2f20260131%2feu-west-1%2fexecute-api%2faws4_request&X-Amz-Expires=60",
	  "aws.alg=AWS4-HMAC-SHA256 aws.key_id=ASIAQNZGKIQY56JQ7WML aws.key_type=temporary aws.account=029608264753 "
	  "aws.date=20260131 aws.region=eu-west-1 aws.service=execute-api aws.presigned=yes aws.expires=60 "
	  "aws.session_token=yes" },
	{ NULL, "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20260131/s3/aws4_request"
	  "&X-Amz-Region-Set=eu-west-1%2Ceu-central-1&X-Amz-Expires=604800",
	  "aws.alg=AWS4-ECDSA-P256-SHA256 aws.key_id=AKIAIOSFODNN7EXAMPLE aws.key_type=long_term aws.date=20260131 "
	  "aws.region=eu-west-1,eu-central-1 aws.service=s3 aws.presigned=yes aws.expires=604800 aws.session_token=no" },
	/* what is no number of seconds, what comes twice, what is empty, what only looks like it */
	{ NULL, "X-Amz-Expires=1e3", "aws.presigned=yes aws.session_token=no" },
	{ NULL, "X-Amz-Expires=-1", "aws.presigned=yes aws.session_token=no" },
	{ NULL, "X-Amz-Expires=60&X-Amz-Expires=61", "aws.presigned=yes aws.expires=60 aws.session_token=no" },
	{ NULL, "X-Amz-Credential&X-Amz-Credential=&&=&X-Amz-Credential=k%2F1",
	  "aws.key_id=k aws.key_type=other aws.presigned=yes aws.session_token=no" },
	{ NULL, "X-Amz-Security-Token=", "aws.presigned=yes aws.session_token=no" },
	{ NULL, "X-Amz-Security-Token=&X-Amz-Security-Token=x", "aws.presigned=yes aws.session_token=yes" },
	{ NULL, "X-Amz-Security-Token2=x&Y-Amz-Expires=6", "aws.presigned=yes aws.session_token=no" },
	{ NULL, "", "aws.presigned=yes aws.session_token=no" },
};

static void test_queries(void **state)
{
	(void)state;
	scanned_check(CREDENTIAL_SIGV4, queries, sizeof queries / sizeof *queries);
	for (size_t i = 0; i < 3; i++)
		scanned_abuse(CREDENTIAL_SIGV4, NULL, bytes_text(queries[i].secret));
}

/* Pairs that were published together. */
static void test_accounts(void **state)
{
	static const struct {
		const char *key_id;
		uint64_t account;
	} known[] = {
		{ "ASIAQNZGKIQY56JQ7WML", 29608264753 },
		{ "AKIASP2TPHJSQH3FJXYZ", 171436882533 },
		{ "ASIAVJ2E6QGR2WZILJFM", 364679954851 },
		{ "AKIAQAAAAAAAGMKEM7X5", 0 },
	};
	static const char *const unknown[] = {
		"AKIAIOSFODNN7EXAMPLE", /* before 2019: the first bit is 0 */
		"AKIAJAAAAAAAAAAAAAAA", "AKIAPAAAAAAAAAAAAAAA",
		"AIDAQNZGKIQY56JQ7WML", /* a user, not a key */
		"akiaQNZGKIQY56JQ7WML", "AKIAQNZGKIQY56JQ7WM", "AKIAQNZGKIQY56JQ7WMLL", "AKIAQNZGKIQY56JQ7WM1",
		"AKIAQNZGKIQy56JQ7WML",
		"AKIA7777777777777777", /* 2^40 - 1: no account has 13 digits */
		"AKIA", "",
	};
	uint64_t account;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_true(sigv4_account(bytes_text(known[i].key_id), &account));
		assert_int_equal(account, known[i].account);
	}
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if (sigv4_account(bytes_text(unknown[i]), &account))
			fail_msg("%s: %llu", unknown[i], (unsigned long long)account);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
