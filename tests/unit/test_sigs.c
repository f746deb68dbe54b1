/* The shipped rules: complete, and each with what it finds and what it must leave alone. Run from the top of the tree. */
#include "sensor/rules/rules.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "sensor/model/token.h"
#include "tests/support/subjects.h"

static struct rules *shipped(void)
{
	struct errors errors = { 0 };
	struct rules *rules = rules_new();
	glob_t files;

	assert_non_null(rules);
	rules_load_classifications(rules, "sigs/classification.config", &errors);
	rules_load_classifications(rules, "sigs/reference.config", &errors);
	assert_int_equal(glob("sigs/*.rules", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		rules_load(rules, files.gl_pathv[i], &errors);
	globfree(&files);
	if (errors.text)
		fail_msg("%s", errors.text);
	return rules;
}

static const char *metadata_of(const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->n_metadata; i++)
		if (strcmp(rule->metadata[i].key, key) == 0)
			return rule->metadata[i].value;
	return NULL;
}

static void are_complete(void **state)
{
	struct rules *rules = shipped();

	(void)state;
	assert_in_range(rules_count(rules), 25, RULES_MAX);
	for (size_t i = 0; i < rules_count(rules); i++) {
		const struct rule *rule = rules_get(rules, i);
		const char *technique = metadata_of(rule, "mitre_technique_id"), *tactic = metadata_of(rule,
			"mitre_tactic_id");

		if (rule->sid < 1000000 || rule->sid > 1999999 || rule->rev == 0 || rule->gid != 1)
			fail_msg("%s:%u: sid %u, rev %u, gid %u", rule->file, rule->line, rule->sid, rule->rev,
				rule->gid);
		if (strncmp(rule->msg, "STORMGLASS ", 11) != 0 || !rule->why || !*rule->category || rule->severity > 3)
			fail_msg("sid %u lacks the prefix of its msg, why or classtype", rule->sid);
		if (!technique || technique[0] != 'T' || !tactic || strncmp(tactic, "TA00", 4) != 0)
			fail_msg("sid %u lacks its place in ATT&CK", rule->sid);
		if (!metadata_of(rule, "sg_id") || !metadata_of(rule, "created_at") || !metadata_of(rule,
			"signature_severity"))
			fail_msg("sid %u lacks sg_id, created_at or signature_severity", rule->sid);
		if (!strstr(rule->text, "reference:"))
			fail_msg("sid %u lacks a reference", rule->sid);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(rule->sid, rules_get(rules, j)->sid);
	}
	rules_free(rules);
}

#define ENTRA "token.kind=jws\njwt.alg=RS256\njwt.typ=JWT\njwt.kid=test-kid\njwt.iss=https://login.microsoftonline.com/t/v2.0\n" \
	"iss.provider=entra-v2\niss.class=organisations\niss.tenant_match=true\nkey.known=true\nkey.class=organisations\n"
#define BOUND ENTRA "key.binding=bound\n"
#define V1 "token.kind=jws\njwt.kid=test-kid\niss.provider=entra-v1\nkey.known=true\nkey.class=organisations\n"
#define ENTRA_KEY "key.owner=entra-v2 (organisations, microsoftonline.com)\n"
#define V2_ONLY V1 ENTRA_KEY "key.binding=foreign_issuer\nkey.set_match=false\nkey.sets=entra-v2\n"
#define JKU BOUND "jwt.jku=https://keys.example/\n"
#define LONG64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What a subject raises: sids in ascending order of the files' names, exactly. */
static const struct sig_case {
	const char *lines;
	const char *open, *final; /* "1001010 " ...; NULL: as open */
} cases[] = {
	{ BOUND, "", NULL },
	{ "token.kind=opaque\n", "", NULL },
	{ "token.kind=jws\nkey.binding=unknown_issuer\n", "", NULL },
	{ ENTRA "key.binding=unknown_key\n", "", NULL },
	/* K01 */
	{ BOUND "key.listed=storm-0558\n", "1001010 ", NULL },
	/* K02, K03: one alert about scope, and the list's */
	{ ENTRA "key.binding=foreign_issuer\n", "1001020 ", NULL },
	{ ENTRA "key.binding=foreign_tenant\n", "1001022 ", NULL },
	{ "token.kind=jws\nkey.binding=foreign_tenant\n", "1001022 ", NULL },
	{ V1 "key.binding=foreign_issuer\n", "1001021 ", NULL },
	{ V1 "key.owner=okta-org (organisations)\nkey.binding=foreign_issuer\n", "1001021 ", NULL },
	{ V1 "key.owner=https://login.microsoftonline.com/t/v2.0 (organisations)\nkey.binding=foreign_issuer\n"
	  "key.set_match=false\nkey.sets=entra-v2\n", "1001021 ", NULL },
	{ V1 ENTRA_KEY "key.binding=foreign_tenant\nkey.set_match=true\nkey.sets=entra-v1,entra-v2\n", "1001022 ", NULL },
	{ "token.kind=jwe\nkey.binding=foreign_issuer\n", "1001020 ", NULL },
	{ "token.kind=opaque\nkey.binding=foreign_issuer\n", "", NULL },
	{ "token.kind=jws\nkey.class=consumers\nkey.binding=foreign_tenant\nkey.listed=storm-0558\n", "1001010 1001030 ", NULL },
	{ "token.kind=jws\nkey.class=consumers\nkey.binding=foreign_issuer\n", "1001030 ", NULL },
	{ "token.kind=jws\nkey.class=consumers\niss.class=consumers\nkey.binding=bound\n", "", NULL },
	/* K05 */
	{ ENTRA "key.binding=foreign_cloud\n", "1001050 ", NULL },
	{ "token.kind=jws\nkey.class=consumers\nkey.binding=foreign_cloud\n", "1001050 ", NULL },
	{ V1 ENTRA_KEY "key.binding=foreign_cloud\nkey.set_match=false\nkey.sets=entra-v2\n", "1001050 ", NULL },
	/* K06 */
	{ V2_ONLY, "1001060 ", NULL },
	{ "token.kind=jws\niss.provider=entra-cn-v1\nkey.class=organisations\nkey.binding=foreign_issuer\nkey.set_match=false\n"
	  "key.owner=entra-cn-v2 (organisations, partner.microsoftonline.cn)\nkey.sets=entra-cn-v2\n", "1001060 ", NULL },
	{ V1 ENTRA_KEY "key.binding=bound\nkey.set_match=true\nkey.sets=entra-v1,entra-v2\n", "", NULL },
	{ V1 ENTRA_KEY "key.binding=bound\nkey.set_match=true\nkey.sets=entra-v2\n", "", NULL }, /* no v1 list is loaded */
	{ V1 "key.binding=unknown_key\nkey.set_match=false\nkey.sets=tenant-app\n", "", NULL }, /* an application's own list */
	{ V1 "key.binding=unknown_key\nkey.set_match=false\n", "", NULL },
	{ "token.kind=jws\niss.provider=entra-v1\nkey.sets=entra-v2\nkey.class=consumers\nkey.binding=foreign_issuer\n", "1001030 ", NULL },
	{ BOUND "key.sets=entra-v2\n", "", NULL },
	/* K14 */
	{ "token.kind=jws\niss.tenant_match=false\n", "1001140 ", NULL },
	{ "token.kind=jws\njwt.iss=x\n", "", NULL },
	/* K15 */
	{ BOUND "iss.version_clash=ver\n", "1001150 ", NULL },
	{ BOUND "iss.version_clash=client,x5t\n", "1001150 ", NULL },
	{ BOUND "iss.version_clash=client\n", "", NULL },
	/* K17 */
	{ "token.kind=jws\njwt.iss=https://login.microsoftonline.com:8443/t/v2.0\niss.lookalike=port\n", "1001170 ", NULL },
	{ "token.kind=jws\njwt.iss=http://u@login.microsoftonline.com/t/v2.0\niss.lookalike=scheme,userinfo\n", "1001170 ", NULL },
	{ "token.kind=jws\njwt.iss=http://login.microsoftonline.com/t/v2.0\niss.lookalike=scheme\n", "1001171 ", NULL },
	{ "token.kind=jws\njwt.iss=http://sts.corp.example/adfs/services/trust\niss.lookalike=scheme\n", "", NULL },
	{ "token.kind=jws\njwt.iss=http://sts.corp.example:81/adfs/services/trust\niss.lookalike=scheme,port\n", "1001170 ", NULL },
	{ "token.kind=jws\njwt.iss=accounts.google.com\niss.lookalike=scheme\n", "", NULL },
	/* A01 */
	{ "token.kind=jws\njwt.alg=nOnE\njwt.flags=alg_none\n", "1002010 ", NULL },
	{ "token.kind=jws\njwt.flags=alg_none\n", "1002010 ", NULL },
	{ "token.kind=jws\njwt.alg=none\njwt.flags=alg_none\njwt.actortoken=true\n", "", NULL },
	{ "token.kind=jws\njwt.alg=none\njwt.flags=alg_none\njwt.actortoken=false\n", "1002010 ", NULL },
	{ BOUND "jwt.flags=no_signature\n", "", NULL },
	/* A05 */
	{ JKU, "", NULL },
	{ JKU "key.url=insecure\n", "1002050 ", NULL },
	{ JKU "key.url=foreign_origin,insecure\n", "1002050 ", NULL },
	{ JKU "key.url=foreign_origin\n", "1002051 ", NULL },
	{ JKU "jwt.cty=JWT\nkey.url=foreign_origin\n", "1002051 ", NULL },
	{ JKU "jwt.typ=JOSE\nkey.url=foreign_origin\n", "", NULL },
	{ JKU "jwt.typ=jose+json\nkey.url=foreign_origin\n", "", NULL },
	{ JKU "jwt.cty=application/JSON\nkey.url=foreign_origin\n", "", NULL },
	{ JKU "jwt.typ=JOSE\nkey.url=ip_literal\n", "1002050 ", NULL },
	{ "token.kind=jws\njwt.jku=https://k.example/\nkey.url=unknown_issuer\n", "1002052 ", NULL },
	{ "token.kind=jws\njwt.typ=jose\njwt.jku=https://k.example/\nkey.url=unknown_issuer\n", "", NULL },
	/* A08 */
	{ "token.kind=jws\njwt.kid=../../../../../../dev/null\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=/dev/null\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=..\\..\\windows\\win.ini\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=%2E%2e%2Fetc/passwd\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=|sleep 10\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=key; id\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=x' UNION SELECT '1\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=x\" or (select 1)\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=${jndi}\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=$(id)\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=a\tb\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=a\x7f" "b\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=\n", "1002081 ", NULL },
	{ "token.kind=jws\njwt.kid=" LONG64 LONG64 LONG64 LONG64 "\n", "", NULL },
	{ "token.kind=jws\njwt.kid=" LONG64 LONG64 LONG64 LONG64 "0\n", "1002082 ", NULL },
	{ "token.kind=jws\njwt.kid=aB3/xY+0123456789abcdefghijklmnopqrstuvwxyzA=\n", "", NULL }, /* Cognito's shape */
	{ "token.kind=jws\njwt.kid=https://example.org/users/a#main-key\n", "", NULL },
	{ "token.kind=jws\njwt.kid=https://corp.vault.azure.net/keys/a/0\niss.class=self-hosted\n", "", NULL },
	{ "token.kind=jws\njwt.kid=https://k.example/key.pem\niss.class=organisations\n", "1002083 ", NULL },
	{ "token.kind=jws\njwt.kid=HTTP://k.example/\niss.class=customers\n", "1002083 ", NULL },
	{ "token.kind=jws\njwt.kid=httpbin-2024\niss.class=organisations\n", "", NULL },
	{ "token.kind=jws\njwt.kid=file:///proc/self/environ\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=jar:file:///tmp/a.jar!/k\n", "1002080 ", NULL },
	{ "token.kind=jws\njwt.kid=profile://a\n", "", NULL },
	{ "token.kind=jws\njwt.kid=arn:aws:kms:eu-west-1:111122223333:key/0-1\n", "", NULL },
	{ "token.kind=jws\njwt.kid=o'brien's key, reselected\n", "", NULL },
	{ "token.kind=jws\njwt.kid=selection of the union\n", "", NULL },
	{ "token.kind=jws\njwt.kid=cl\xc3\xa9.2024..a\n", "", NULL },
	{ "token.kind=opaque\njwt.kid=../x\n", "", NULL },
	/* C01 */
	{ BOUND "jwt.flags=dup_key\n", "1003010 ", NULL },
	{ BOUND "jwt.flags=type,dup_key_fold\n", "1003010 ", NULL },
	{ BOUND "jwt.flags=type,number,trailing\n", "", NULL },
	/* C02 */
	{ BOUND "jwt.flags=b64_bits\n", "1003020 ", NULL },
	{ BOUND "jwt.flags=b64_padding\n", "1003021 ", NULL },
	{ BOUND "jwt.flags=b64_padding,b64_space\n", "1003020 ", NULL },
	{ BOUND "jwt.flags=b64_padding\njwt.signer=arn:aws:elasticloadbalancing:x\n", "", NULL },
	{ BOUND "jwt.flags=b64_alphabet\njwt.signer=arn:aws:elasticloadbalancing:x\n", "1003020 ", NULL },
	/* C05 */
	{ BOUND "token.expired=true\ntoken.expired_for=301\n", "", "1003050 " },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.host=a\n", "", "1003050 " },
	{ BOUND "token.expired=true\ntoken.expired_for=300\n", "", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=401\n", "", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=403\n", "", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=302\n", "", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=500\n", "", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=200\n", "1003051 ", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=301\nhttp.stat_code=299\n", "1003051 ", NULL },
	{ BOUND "token.expired=true\ntoken.expired_for=300\nhttp.stat_code=200\n", "", NULL },
	/* C06 */
	{ BOUND "token.early=true\ntoken.early_by=301\n", "1003060 ", NULL },
	{ BOUND "token.early=true\ntoken.early_by=300\n", "", NULL },
	{ BOUND "jwt.flags=iat_after_exp,nbf_after_exp\n", "1003061 ", NULL },
	{ BOUND "jwt.flags=nbf_after_exp\n", "1003061 ", NULL },
	/* U11 */
	{ BOUND "jwt.cnf_x5t_s256=a\ntoken.cert_binding=mismatch\ntls.client_x5t_s256=b\n", "1004110 ", NULL },
	{ BOUND "jwt.cnf_x5t_s256=a\ntoken.cert_binding=match\ntls.client_x5t_s256=a\n", "", NULL },
	{ BOUND "jwt.cnf_x5t_s256=a\ntls.client_x5t_s256=b\n", "", NULL }, /* the fact decides, not the rule */
	{ "token.kind=opaque\ntoken.cert_binding=mismatch\n", "", NULL },
	/* anomalies */
	{ "anomaly.event=http.conflicting_length\n", "1009010 ", NULL },
	{ "anomaly.event=http.both_lengths\n", "1009020 ", NULL },
	{ "anomaly.event=http.bad_transfer_encoding\n", "1009030 ", NULL },
	{ "anomaly.event=http.bare_cr\n", "1009040 ", NULL },
	{ "anomaly.event=stream.overlap_disagrees\n", "1009050 ", NULL },
	{ "anomaly.event=stream.insertion\n", "1009060 ", NULL },
	{ "anomaly.event=stream.insertions\n", "", NULL },
	{ "anomaly.event=http.bare_lf\n", "", NULL },
	{ "anomaly.event=http.obs_fold\n", "", NULL },
	{ "http.host=a\nhttp.stat_code=200\n", "", NULL },
};

static int by_value(const void *a, const void *b)
{
	return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

/* The sids that match, through the candidates of each record as the sensor asks for them. */
static void raised(const struct rules *rules, const struct subject *subject, char *text, size_t cap)
{
	uint32_t sids[64];
	size_t n_sids = 0;

	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		uint16_t found[256];
		size_t n = subject->records[kind] ? rules_candidates(rules, subject->records[kind], found, 256) : 0;

		for (size_t i = 0; i < n; i++)
			if (rules_match(rules, found[i], subject) == MATCH_YES && n_sids < 64)
				sids[n_sids++] = rules_get(rules, found[i])->sid;
	}
	qsort(sids, n_sids, sizeof *sids, by_value);
	text[0] = '\0';
	for (size_t i = 0; i < n_sids; i++)
		snprintf(text + strlen(text), cap - strlen(text), "%u ", sids[i]);
}

static void find_and_leave_alone(void **state)
{
	struct rules *rules = shipped();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subjects subjects;
		char open[256], final[256];

		subjects_init(&subjects);
		struct subject subject = subjects_make(&subjects, cases[i].lines, false);

		raised(rules, &subject, open, sizeof open);
		subject.final = true;
		raised(rules, &subject, final, sizeof final);
		if (strcmp(open, cases[i].open) != 0 || strcmp(final, cases[i].final ?
			cases[i].final : cases[i].open) != 0)
			fail_msg("%s: raised '%s' and at last '%s'", cases[i].lines, open, final);
		subjects_fini(&subjects);
	}
	rules_free(rules);
}

/* Every shipped rule has a case that raises it. */
static void are_all_tried(void **state)
{
	struct rules *rules = shipped();

	(void)state;
	for (size_t r = 0; r < rules_count(rules); r++) {
		char sid[16];
		bool tried = false;

		snprintf(sid, sizeof sid, "%u ", rules_get(rules, r)->sid);
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
			tried |= strstr(cases[i].final ? cases[i].final : cases[i].open, sid) != NULL;
		if (!tried)
			fail_msg("no case raises sid %s", sid);
	}
	rules_free(rules);
}

/* Asked once for each distinct token: printed for people, not judged. */
static void cost(void **state)
{
	enum { ROUNDS = 200000 };
	struct rules *rules = shipped();
	struct subjects subjects;
	struct timespec start, end;
	uint16_t found[64];
	size_t n = 0;

	(void)state;
	subjects_init(&subjects);
	struct subject subject = subjects_make(&subjects, BOUND "key.sets=entra-v2\njwt.exp=1\njwt.aud=a\n", false);

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	for (size_t i = 0; i < ROUNDS; i++)
		n += rules_candidates(rules, subject.records[RECORD_TOKEN], found, 64);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	print_message("%zu rules: %.0f ns for one token, %zu candidates\n", rules_count(rules),
		((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / ROUNDS,
			n / ROUNDS);
	subjects_fini(&subjects);
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_complete),
		cmocka_unit_test(find_and_leave_alone),
		cmocka_unit_test(are_all_tried),
		cmocka_unit_test(cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
