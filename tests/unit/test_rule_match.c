/* Judging subjects: each kind of condition, what is unset, what is still to come, and who talked to whom. */
#include "sensor/rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "sensor/rules/rule_file.h"
#include "sensor/model/token.h"
#include "tests/support/subjects.h"

static struct rules *rules_of(const char *text)
{
	struct errors errors = { 0 };
	struct rules *rules = rules_new();

	assert_non_null(rules);
	rules_set_variable(rules, "HOME_NET", "10.0.0.0/8", &errors);
	rules_set_variable(rules, "EXTERNAL_NET", "!$HOME_NET", &errors);
	rule_file_rules(rules, "t.rules", bytes_text(text), &errors);
	if (errors.text || rules_count(rules) == 0)
		fail_msg("%s\n%s", text, errors.text ? errors.text : "not loaded");
	return rules;
}

enum { NO = MATCH_NO, YES = MATCH_YES, WAIT = MATCH_WAIT };

static const char *const match_names[] = { [NO] = "no", [YES] = "yes", [WAIT] = "wait" };

static const struct condition_case {
	const char *options;
	const char *lines;   /* after token.kind=jws */
	int open, final;     /* what is expected while more may come, and at the end */
} conditions[] = {
	/* truth */
	{ "jwt.jwk:true;", "jwt.jwk=true", YES, YES },
	{ "jwt.jwk:true;", "jwt.jwk=false", NO, NO },
	{ "jwt.jwk:false;", "jwt.jwk=false", YES, YES },
	{ "jwt.jwk:no;", "", NO, NO },
	{ "jwt.jwk:true;", "", NO, NO },
	{ "jwt.jwk:absent,false;", "", YES, YES },
	{ "jwt.jwk:absent,false;", "jwt.jwk=false", YES, YES },
	{ "jwt.jwk:absent,false;", "jwt.jwk=true", NO, NO },
	{ "jwt.jwk:absent;", "", YES, YES },
	{ "jwt.jwk:absent;", "jwt.jwk=false", NO, NO },
	{ "jwt.jwk:present;", "jwt.jwk=false", YES, YES },
	{ "jwt.jwk:present;", "", NO, NO },
	/* numbers */
	{ "jwt.exp:7;", "jwt.exp=7", YES, YES },
	{ "jwt.exp:7;", "jwt.exp=8", NO, NO },
	{ "jwt.exp:!7;", "jwt.exp=8", YES, YES },
	{ "jwt.exp:!7;", "jwt.exp=7", NO, NO },
	{ "jwt.exp:!7;", "", NO, NO },
	{ "jwt.exp:>7;", "jwt.exp=7", NO, NO },
	{ "jwt.exp:>7;", "jwt.exp=8", YES, YES },
	{ "jwt.exp:>=7;", "jwt.exp=7", YES, YES },
	{ "jwt.exp:<7;", "jwt.exp=7", NO, NO },
	{ "jwt.exp:<7;", "jwt.exp=-9223372036854775808", YES, YES },
	{ "jwt.exp:<= 7;", "jwt.exp=7", YES, YES },
	{ "jwt.exp:5-7;", "jwt.exp=5", YES, YES },
	{ "jwt.exp:5 - 7;", "jwt.exp=7", YES, YES },
	{ "jwt.exp:5-7;", "jwt.exp=8", NO, NO },
	{ "jwt.exp:5<>7;", "jwt.exp=5", NO, NO },
	{ "jwt.exp:5<>7;", "jwt.exp=6", YES, YES },
	{ "jwt.exp:5<>7;", "jwt.exp=7", NO, NO },
	{ "jwt.exp:-5--3;", "jwt.exp=-4", YES, YES },
	{ "jwt.exp:1,3,>9;", "jwt.exp=10", YES, YES },
	{ "jwt.exp:1,3,>9;", "jwt.exp=2", NO, NO },
	{ "jwt.exp:!1,!3;", "jwt.exp=3", NO, NO },
	{ "jwt.exp:!1,!3;", "jwt.exp=2", YES, YES },
	/* words */
	{ "key.binding:foreign_issuer,foreign_tenant;", "key.binding=foreign_tenant", YES, YES },
	{ "key.binding:foreign_issuer,foreign_tenant;", "key.binding=foreign", NO, NO },
	{ "key.binding:foreign_issuer;", "key.binding=FOREIGN_ISSUER", NO, NO },
	{ "key.binding:!bound,!no_kid;", "key.binding=bound", NO, NO },
	{ "key.binding:!bound,!no_kid;", "key.binding=unknown_key", YES, YES },
	{ "key.binding:!bound;", "", NO, NO },
	{ "key.binding:absent,!bound;", "", YES, YES },
	{ "jwt.flags:alg_none,dup_key;", "jwt.flags=b64_bits,dup_key", YES, YES },
	{ "jwt.flags:alg_none;", "jwt.flags=b64_bits,dup_key", NO, NO },
	{ "jwt.flags:!alg_none;", "jwt.flags=b64_bits,dup_key", YES, YES },
	{ "jwt.flags:!alg_none,!dup_key;", "jwt.flags=b64_bits,dup_key", NO, NO },
	{ "jwt.iss:https://a.example/x;", "jwt.iss=https://a.example/x", YES, YES },
	{ "jwt.iss:\"a, b\",c;", "jwt.iss=a, b", YES, YES },
	{ "jwt.iss:a\\;b;", "jwt.iss=a;b", YES, YES },
	/* contents */
	{ "jwt.kid; content:\"bc\";", "jwt.kid=abcd", YES, YES },
	{ "jwt.kid; content:\"BC\";", "jwt.kid=abcd", NO, NO },
	{ "jwt.kid; content:\"BC\"; nocase;", "jwt.kid=abcd", YES, YES },
	{ "jwt.kid; content:\"|62 43|\"; nocase;", "jwt.kid=aBcd", YES, YES },
	{ "jwt.kid; content:\"bc\";", "", NO, NO },
	{ "jwt.kid; content:!\"bc\";", "jwt.kid=abcd", NO, NO },
	{ "jwt.kid; content:!\"x\";", "jwt.kid=abcd", YES, YES },
	{ "jwt.kid; content:!\"x\";", "", NO, NO },
	{ "jwt.kid; absent:or_else; content:!\"x\";", "", YES, YES },
	{ "jwt.kid; absent:or_else; content:!\"x\";", "jwt.kid=x", NO, NO },
	{ "jwt.kid; absent;", "", YES, YES },
	{ "jwt.kid; absent;", "jwt.kid=x", NO, NO },
	{ "jwt.kid; present;", "jwt.kid=", YES, YES },
	{ "jwt.kid; content:\"ab\"; startswith;", "jwt.kid=abab", YES, YES },
	{ "jwt.kid; content:\"ba\"; startswith;", "jwt.kid=abab", NO, NO },
	{ "jwt.kid; content:\"ab\"; endswith;", "jwt.kid=abab", YES, YES },
	{ "jwt.kid; content:\"ba\"; endswith;", "jwt.kid=abab", NO, NO },
	{ "jwt.kid; content:\"abab\"; startswith; endswith;", "jwt.kid=abab", YES, YES },
	{ "jwt.kid; content:\"ab\"; startswith; endswith;", "jwt.kid=abab", NO, NO },
	{ "jwt.kid; content:\"ababx\"; endswith;", "jwt.kid=abab", NO, NO },
	{ "jwt.kid; content:\"c\"; offset:2;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"c\"; offset:3;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"c\"; depth:2;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"c\"; depth:3;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"c\"; offset:1; depth:2;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"c\"; offset:1; depth:1;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"a\"; content:\"c\"; distance:1;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"a\"; content:\"c\"; distance:2;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"a\"; content:\"c\"; within:1;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"a\"; content:\"c\"; within:2;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"ab\"; content:\"b\"; distance:-1; within:1;", "jwt.kid=ab", YES, YES },
	{ "jwt.kid; content:\"a\"; content:\"c\"; within:1;", "jwt.kid=abac", YES, YES }, /* the second a */
	{ "jwt.kid; content:\"a\"; content:\"b\"; within:1; content:\"c\"; within:1;", "jwt.kid=ab.abab.abc", YES, YES },
	{ "jwt.kid; content:\"a\"; content:!\"b\"; within:1; content:\"x\";", "jwt.kid=ab.ac.x", YES, YES },
	{ "jwt.kid; content:\"a\"; content:!\"b\"; within:1;", "jwt.kid=abab", NO, NO },
	{ "jwt.kid; content:\"aab\";", "jwt.kid=aaab", YES, YES },
	{ "jwt.kid; content:\"abcabd\";", "jwt.kid=abcabcabd", YES, YES },
	{ "jwt.kid; content:\"c\"; isdataat:!1,relative;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; content:\"b\"; isdataat:!1,relative;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; content:\"b\"; isdataat:1,relative;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; isdataat:2;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; isdataat:3;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; bsize:3;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; bsize:0;", "jwt.kid=", YES, YES },
	{ "jwt.kid; bsize:0;", "", NO, NO },
	{ "jwt.kid; bsize:>3;", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; bsize:<4; content:\"b\";", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; bsize:2<>4;", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; to_lowercase; content:\"abc\";", "jwt.kid=ABC", YES, YES },
	{ "jwt.kid; strip_whitespace; content:\"abc\"; bsize:3;", "jwt.kid=a b\tc", YES, YES },
	/* patterns */
	{ "jwt.kid; pcre:\"/^a.c$/\";", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; pcre:\"/^A.C$/\";", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; pcre:\"/^A.C$/i\";", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; pcre:!\"/b/\";", "jwt.kid=abc", NO, NO },
	{ "jwt.kid; pcre:!\"/x/\";", "jwt.kid=abc", YES, YES },
	{ "jwt.kid; pcre:\"/^$/\";", "jwt.kid=", YES, YES },
	{ "jwt.kid; pcre:\"/a\\;b/\";", "jwt.kid=a;b", YES, YES },
	{ "jwt.kid; content:\"a\"; pcre:\"/^c/R\";", "jwt.kid=abac", YES, YES },
	{ "jwt.kid; content:\"a\"; pcre:\"/^d/R\";", "jwt.kid=abac", NO, NO },
	{ "jwt.kid; pcre:\"/b+/\"; content:\"c\"; within:1;", "jwt.kid=abbc", YES, YES },
	/* of several texts one satisfies all */
	{ "jwt.aud; content:\"a\"; content:\"b\";", "jwt.aud=xa,yb", NO, NO },
	{ "jwt.aud; content:\"a\"; content:\"b\";", "jwt.aud=xx,ab", YES, YES },
	{ "jwt.aud; content:!\"a\";", "jwt.aud=a,b", YES, YES },
	{ "jwt.aud; content:!\"a\";", "jwt.aud=a,ab", NO, NO },
	{ "jwt.aud; content:\"a\"; jwt.aud; content:\"b\";", "jwt.aud=xa,yb", YES, YES },
	/* what the response decides */
	{ "http.stat_code:200-299;", "", WAIT, NO },
	{ "http.stat_code:200-299;", "http.stat_code=204", YES, YES },
	{ "http.stat_code:200-299;", "http.stat_code=401", NO, NO },
	{ "http.stat_code:200-299;", "http.host=a", WAIT, NO },
	{ "http.stat_code:!200-299;", "http.host=a", WAIT, NO },
	{ "http.stat_code:absent;", "http.host=a", WAIT, YES },
	{ "http.stat_code:absent;", "http.stat_code=200", NO, NO },
	{ "http.stat_code:present;", "", WAIT, NO },
	{ "http.stat_code:absent,!200-299;", "", WAIT, YES },
	{ "http.stat_code:absent,!200-299;", "http.stat_code=500", YES, YES },
	{ "http.stat_code:absent,!200-299;", "http.stat_code=200", NO, NO },
	{ "http.location; content:\"a\";", "http.host=a", WAIT, NO },
	{ "http.location; absent;", "http.host=a", WAIT, YES },
	{ "http.location; absent:or_else; content:\"a\";", "http.host=a", WAIT, YES },
	{ "http.host:a; http.stat_code:200;", "http.host=b", NO, NO },
	{ "http.stat_code:200; http.host; content:\"a\";", "http.host=b", NO, NO },
	{ "http.stat_code:200; http.location; content:\"a\";", "http.location=b", NO, NO },
	{ "http.stat_code:200; http.location; content:\"a\";", "http.location=a", WAIT, NO },
	{ "token.expired:true; jwt.alg:none;", "token.expired=true\njwt.alg=none", YES, YES },
	{ "token.expired:true; jwt.alg:none;", "jwt.alg=none", NO, NO },
	/* the connection that carried it */
	{ "tls.sni; content:\"mail.\"; startswith;", "tls.sni=mail.example", YES, YES },
	{ "tls.sni; content:\"mail.\"; startswith;", "tls.version=TLS 1.3", NO, NO },
	{ "tls.sni:absent;", "", YES, YES },
	{ "tls.client_alpns:h2; tls.session_resumed:true;", "tls.client_alpns=http/1.1,h2\ntls.session_resumed=true", YES, YES },
	{ "token.cert_binding:mismatch; token.decrypted:!none;", "token.cert_binding=mismatch\ntoken.decrypted=keylog", YES, YES },
	{ "token.cert_binding:mismatch; token.decrypted:!none;", "token.cert_binding=mismatch\ntoken.decrypted=none", NO, NO },
	{ "", "", YES, YES },
};

static void judges_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
		const struct condition_case *c = &conditions[i];
		struct subjects subjects;
		char text[1024], lines[1024];

		subjects_init(&subjects);
		snprintf(text, sizeof text, "alert jwt any any -> any any (%s msg:\"m\"; sid:1;)", c->options);
		snprintf(lines, sizeof lines, "token.kind=jws\n%s", c->lines);
		struct rules *rules = rules_of(text);
		struct subject open = subjects_make(&subjects, lines, false);
		struct subject final = subjects_make(&subjects, lines, true);
		int got_open = (int)rules_match(rules, 0, &open), got_final = (int)rules_match(rules, 0, &final);
		uint16_t index = 9;
		size_t n = rules_candidates(rules, open.records[RECORD_TOKEN], &index, 1);

		if (got_open != c->open || got_final != c->final)
			fail_msg("%s with %s: %s, %s; want %s, %s", c->options, c->lines, match_names[got_open],
				match_names[got_final],
				match_names[c->open], match_names[c->final]);
		if (n == 0 && (c->open != NO || c->final != NO))
			fail_msg("%s with %s: no candidate but matches", c->options, c->lines);
		rules_free(rules);
		subjects_fini(&subjects);
	}
}

static void names_candidates(void **state)
{
	static const char text[] =
		"alert jwt any any -> any any (msg:\"m\"; sid:1; jwt.alg:none;)\n"
		"alert token any any -> any any (msg:\"m\"; sid:2; token.kind:opaque;)\n"
		"alert jwt 1.1.1.1 any -> any any (msg:\"m\"; sid:3; http.host:x; token.expired:true;)\n"
		"alert http any any -> any any (msg:\"m\"; sid:4; http.stat_code:200; http.method:GET;)\n"
		"alert anomaly any any -> any any (msg:\"m\"; sid:5; anomaly.event:e;)\n"
		"alert token any any -> any any (msg:\"m\"; sid:6;)\n"
		"alert tls any any -> any any (msg:\"m\"; sid:7; tls.sni; content:\".example\"; endswith;)\n"
		"alert tls any any -> any any (msg:\"m\"; sid:8; tls.session_resumed:true; ja3.hash:abc;)\n"
		"alert jwt any any -> any any (msg:\"m\"; sid:9; jwt.alg:none; tls.version:\"TLS 1.2\";)\n"
		"alert http any any -> any any (msg:\"m\"; sid:10; http.method:GET; http.stat_code:200; tls.cert_issuer:absent;)\n";
	static const struct {
		const char *lines;
		enum record_kind kind;
		const char *want;
	} cases[] = {
		{ "token.kind=jws\njwt.alg=none", RECORD_TOKEN, "1 3 6 9 " },
		{ "token.kind=jwe\njwt.alg=RS256", RECORD_TOKEN, "3 6 " },
		{ "token.kind=opaque\njwt.alg=none", RECORD_TOKEN, "2 6 " },
		{ "jwt.alg=none", RECORD_TOKEN, "6 " },
		{ "http.method=GET", RECORD_HTTP, "4 10 " },
		{ "http.method=GET\nhttp.stat_code=404", RECORD_HTTP, "" },
		{ "anomaly.event=e", RECORD_ANOMALY, "5 " },
		{ "anomaly.event=f", RECORD_ANOMALY, "" },
		{ "tls.sni=a.example", RECORD_TLS, "7 " },
		{ "tls.sni=a.example\ntls.session_resumed=true\nja3.hash=abc", RECORD_TLS, "7 8 " },
		{ "tls.sni=a.examples\ntls.session_resumed=false\nja3.hash=abc", RECORD_TLS, "" },
	};
	struct rules *rules = rules_of(text);
	struct subjects subjects;

	(void)state;
	subjects_init(&subjects);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subject subject = subjects_make(&subjects, cases[i].lines, false);
		uint16_t found[8];
		size_t n = rules_candidates(rules, subject.records[cases[i].kind], found, 8);
		char got[64] = "";

		for (size_t j = 0; j < n; j++)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%u ", rules_get(rules, found[j])->sid);
		assert_string_equal(got, cases[i].want);
	}
	struct subject subject = subjects_make(&subjects, cases[0].lines, false);
	uint16_t found[2] = { 99, 99 };

	assert_int_equal(rules_candidates(rules, subject.records[RECORD_TOKEN], found, 1), 1);
	assert_int_equal(found[1], 99);
	assert_int_equal(rules_candidates(rules, subject.records[RECORD_TOKEN], NULL, 0), 0);
	/* and without the record a rule is about, nothing matches */
	subject.records[RECORD_TOKEN] = NULL;
	for (size_t i = 0; i < rules_count(rules); i++)
		assert_int_equal(rules_match(rules, i, &subject), MATCH_NO);
	subjects_fini(&subjects);
	rules_free(rules);
}

static void judges_endpoints(void **state)
{
	/* 10.1.2.3:40000 -> 192.0.2.10:443 */
	static const struct {
		const char *header;
		int want;
	} cases[] = {
		{ "any any -> any any", YES },
		{ "10.1.2.3 40000 -> 192.0.2.10 443", YES },
		{ "192.0.2.10 443 -> 10.1.2.3 40000", NO },
		{ "192.0.2.10 443 <> 10.1.2.3 40000", YES },
		{ "192.0.2.10 443 <> 10.1.2.3 40001", NO },
		{ "10.1.2.4 any -> any any", NO },
		{ "10.0.0.0/8 any -> any any", YES },
		{ "10.1.2.3/31 any -> any any", YES },
		{ "10.1.2.4/31 any -> any any", NO },
		{ "0.0.0.0/0 any -> any any", YES },
		{ "::/0 any -> any any", YES },
		{ "2000::/3 any -> any any", NO },
		{ "::ffff:10.1.2.3 any -> any any", YES },
		{ "!10.1.2.3 any -> any any", NO },
		{ "!10.1.2.4 any -> any any", YES },
		{ "![10.1.2.4,!10.1.2.3] any -> any any", YES },
		{ "[10.0.0.0/8,!10.1.0.0/16] any -> any any", NO },
		{ "[10.0.0.0/8,!10.2.0.0/16] any -> any any", YES },
		{ "[10.0.0.0/8,![10.1.0.0/16,!10.1.2.0/24]] any -> any any", YES },
		{ "[1.1.1.1, 10.1.2.0-10.1.2.3 ] any -> any any", YES },
		{ "10.1.2.0-10.1.2.2 any -> any any", NO },
		{ "$HOME_NET any -> $EXTERNAL_NET any", YES },
		{ "$EXTERNAL_NET any -> any any", NO },
		{ "!$HOME_NET any -> any any", NO },
		{ "[$EXTERNAL_NET,10.1.2.3] any -> any any", YES },
		{ "any any -> any [80,443]", YES },
		{ "any any -> any [80:442,444:]", NO },
		{ "any any -> any ![80,81]", YES },
		{ "any any -> any !443", NO },
		{ "any any -> any :443", YES },
		{ "any any -> any :442", NO },
		{ "any any -> any 443:", YES },
		{ "any any -> any 444:", NO },
		{ "any any -> any [1:1000,!400:500]", NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subjects subjects;
		char text[256];

		subjects_init(&subjects);
		snprintf(text, sizeof text, "alert token %s (msg:\"m\"; sid:1;)", cases[i].header);
		struct rules *rules = rules_of(text);
		struct subject subject = subjects_make(&subjects, "token.kind=opaque", true);

		if ((int)rules_match(rules, 0, &subject) != cases[i].want)
			fail_msg("%s: want %s", cases[i].header, match_names[cases[i].want]);
		rules_free(rules);
		subjects_fini(&subjects);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Values of 64 KiB written against rules that would backtrack. */
static void is_not_slowed_by_hostile_values(void **state)
{
	static const char *const rules_text[] = {
		"pcre:\"/^(a+)+$/\";", "pcre:\"/(a*)*(a*)*b/s\";", "pcre:\"/(.*a){20}[xyz]/s\";",
			"pcre:\"/(?:a|a)*z/\";",
		"content:\"a\"; content:\"b\"; distance:0;", "content:\"a\"; content:\"b\"; within:60000;",
		"content:\"a\"; content:\"a\"; within:1; content:\"a\"; within:1; content:\"a\"; within:1; content:\"b\"; within:60000;",
		"content:\"a\"; pcre:\"/(a+)+b/R\";", "content:\"a\"; pcre:\"/(a+)+b/R\"; content:\"a\"; within:9;",
		"content:\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"; nocase;",
	};
	enum { LEN = 65536 };
	char *lines = malloc(LEN + 64);
	struct subjects subjects;

	(void)state;
	subjects_init(&subjects);
	int n = sprintf(lines, "token.kind=jws\njwt.kid=");

	memset(lines + n, 'a', LEN - 1);
	strcpy(lines + n + LEN - 1, ".");
	struct subject subject = subjects_make(&subjects, lines, true);

	for (size_t i = 0; i < sizeof rules_text / sizeof rules_text[0]; i++) {
		char text[512];

		snprintf(text, sizeof text, "alert jwt any any -> any any (jwt.kid; %s msg:\"m\"; sid:1;)",
			rules_text[i]);
		struct rules *rules = rules_of(text);
		double start = now();

		assert_int_equal(rules_match(rules, 0, &subject), MATCH_NO);
		if (now() - start > 0.5)
			fail_msg("%s took %f s", rules_text[i], now() - start);
		rules_free(rules);
	}
	free(lines);
	subjects_fini(&subjects);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_conditions),
		cmocka_unit_test(names_candidates),
		cmocka_unit_test(judges_endpoints),
		cmocka_unit_test(is_not_slowed_by_hostile_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
