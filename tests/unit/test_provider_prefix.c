#include "dissectors/token/provider_prefix.h"
#include "tests/support/scanned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define TEN "tEsTtEsT01"
#define TWENTY TEN TEN
#define FORTY TWENTY TWENTY

static const struct {
	const char *token;
	enum credential_kind kind;
	const char *word;
} cases[] = {
	{ "ya29.a0" TWENTY "-_.x", CREDENTIAL_GOOGLE, "ya29" },
	{ "1//0" TWENTY "-_", CREDENTIAL_GOOGLE, "1" },
	{ "ghp_" TWENTY TEN "tEsT01", CREDENTIAL_GITHUB, "ghp" },
	{ "gho_" FORTY, CREDENTIAL_GITHUB, "gho" },
	{ "ghu_" FORTY, CREDENTIAL_GITHUB, "ghu" },
	{ "ghr_" FORTY, CREDENTIAL_GITHUB, "ghr" },
	{ "ghs_1234_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ0ZXN0In0.te-st", CREDENTIAL_GITHUB, "ghs" },
	{ "github_pat_" TWENTY "01_" FORTY TEN TEN, CREDENTIAL_GITHUB, "github_pat" },
	{ "glpat-" TWENTY, CREDENTIAL_GITLAB, "glpat" },
	{ "glpat-" TWENTY "tEsT.01.0q1tEsT01", CREDENTIAL_GITLAB, "glpat" },
	{ "glcbt-64_" TWENTY, CREDENTIAL_GITLAB, "glcbt" },
	{ "glrt-" TWENTY, CREDENTIAL_GITLAB, "glrt" },
	{ "glrtr-" TWENTY, CREDENTIAL_GITLAB, "glrtr" },
	{ "gldt-" TWENTY, CREDENTIAL_GITLAB, "gldt" },
	{ "gloas-" FORTY TWENTY "tEsT", CREDENTIAL_GITLAB, "gloas" },
	{ "xoxb-111111111111-2222222222222-" TWENTY "tEsT", CREDENTIAL_SLACK, "xoxb" },
	{ "xoxe.xoxp-1-" TWENTY, CREDENTIAL_SLACK, "xoxe" },
	{ "xoxe-1-" TWENTY TWENTY, CREDENTIAL_SLACK, "xoxe" },
	{ "xapp-1-A11111111-2222222222222-" TWENTY, CREDENTIAL_SLACK, "xapp" },
	/* too short: what is left could be guessed */
	{ "ya29.a0" TEN, CREDENTIAL_OPAQUE, NULL },
	{ "ghp_" TWENTY TEN "tEsT0", CREDENTIAL_OPAQUE, NULL },
	{ "github_pat_" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "glpat-" TEN, CREDENTIAL_OPAQUE, NULL },
	{ "gloas-" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "xoxb-", CREDENTIAL_OPAQUE, NULL },
	/* not these letters */
	{ "GHP_" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "ghx_" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "ghp-" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "glpat_" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "ya29-" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "1/0" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "1//0" TWENTY "/", CREDENTIAL_OPAQUE, NULL },
	{ "xoxz-" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "yghp_" FORTY, CREDENTIAL_OPAQUE, NULL },
	{ "ghp_" FORTY " x", CREDENTIAL_OPAQUE, NULL },
	{ "ghp_" FORTY "%20", CREDENTIAL_OPAQUE, NULL },
	{ "ghp_" FORTY "[", CREDENTIAL_OPAQUE, NULL },
	{ "ghp_" FORTY "@", CREDENTIAL_OPAQUE, NULL },
	{ "", CREDENTIAL_OPAQUE, NULL },
};

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes word = bytes_text("none");
		enum credential_kind kind = provider_prefix_kind(bytes_text(cases[i].token), &word);

		if (kind != cases[i].kind || !bytes_is(word, cases[i].word ? cases[i].word : "none"))
			fail_msg("%s: %s %.*s", cases[i].token, credential_kind_name(kind), (int)word.len,
				(const char *)word.data);
		assert_int_equal(provider_prefix_kind(bytes_text(cases[i].token), NULL), cases[i].kind);
		assert_int_equal(credential_shape(bytes_text(cases[i].token)), cases[i].kind);
	}
}

/* The word and nothing behind it. */
static void test_fields(void **state)
{
	static const struct scanned_case told[] = {
		{ NULL, "ghp_" FORTY, "token.subtype=ghp" },
		{ NULL, "\"ghp_" FORTY "\"", "token.subtype=ghp" },
		{ NULL, "token github_pat_" FORTY FORTY TEN, "token.subtype=github_pat" },
		{ NULL, "ghp_" TEN, "" },
		{ NULL, "", "" },
	};

	(void)state;
	scanned_check(CREDENTIAL_GITHUB, told, sizeof told / sizeof *told);
	scanned_abuse(CREDENTIAL_GITHUB, NULL, bytes_text("ghp_" FORTY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
