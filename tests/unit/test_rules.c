/* Reading rules: what is accepted, what is refused and in which words. */
#include "sensor/rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "sensor/rules/rule_file.h"

#define HEAD "alert jwt any any -> any any "
#define ENDS " sid:1;)"

static void load(struct rules *rules, const char *text, struct errors *errors)
{
	rule_file_rules(rules, "t.rules", bytes_text(text), errors);
}

static struct rules *fresh(void)
{
	static const char config[] = "config classification: one,The First,1\nconfig classification: two, The Second ,2\n"
		"config reference: cve https://x/\n";
	struct errors errors = { 0 };
	struct rules *rules = rules_new();

	assert_non_null(rules);
	rule_file_classifications(rules, "c.config", bytes_text(config), &errors);
	assert_null(errors.text);
	return rules;
}

static void accepts(void **state)
{
	static const char *const good[] = {
		HEAD "(msg:\"m\"; sid:1;)",
		HEAD "( msg : \"m\" ; sid : 1 ; )",
		"alert\tjwt\tany any <> any any (msg:\"m\"; sid:1;)",
		"alert token [10.0.0.0/8, !10.1.0.0/16] [80, 81, !82] -> $HOME_NET 1024: (msg:\"m\"; sid:1;)",
		"alert http !$PRIVATE !80 -> 2001:db8::/32 :1024 (msg:\"m\"; sid:1;)",
		"alert anomaly 10.0.0.1-10.0.0.9 80:90 -> [::1,[1.2.3.4,!1.2.3.4/30,5.6.7.8]] any (msg:\"m\"; anomaly.event:x;" ENDS,
		HEAD "(msg:\"a \\; \\\" \\\\ \\: b\"; classtype:one; rev:3; gid:7; priority:255; reference:cve,2020-1;" ENDS,
		HEAD "(msg:\"m\"; metadata:a b, c d e; metadata: f g; noalert; target:src_ip; flow:established,to_server;" ENDS,
		HEAD "(msg:\"m\"; flow:stateless,from_client; target:dest_ip;" ENDS,
		HEAD "(msg:\"m\"; why:\"{jwt.kid} {{not one} {http.stat_code} {token.expired}\";" ENDS,
		HEAD "(msg:\"m\"; jwt.kid; content:\"a|3a 20 2F|\\|b\"; nocase; offset:1; depth:9; fast_pattern; rawbytes;" ENDS,
		HEAD "(msg:\"m\"; jwt.kid; content:\"a\"; fast_pattern:only; content:!\"b\"; distance:-1; within:4; isdataat:!1,relative;" ENDS,
		HEAD "(msg:\"m\"; jwt.kid; to_lowercase; strip_whitespace; content:\"a\"; startswith; endswith; bsize:1;" ENDS,
		HEAD "(msg:\"m\"; jwt.kid; content:! \"a\"; pcre:!\"/a\\/b\\;c/imsxAEG\"; pcre:\"/x/R\"; isdataat:10;" ENDS,
		HEAD "(msg:\"m\"; jwt.kid; bsize:>3; jwt.aud; absent; jwt.typ; present; jwt.cty; absent:or_else; content:\"x\";" ENDS,
		HEAD "(msg:\"m\"; jwt.exp:1; jwt.exp:!1; jwt.exp:>1; jwt.exp:>=1; jwt.exp:<1; jwt.exp:<=1; jwt.exp:1-2; jwt.exp:1<>9;" ENDS,
		HEAD "(msg:\"m\"; jwt.exp:-5--3,7,> 9; jwt.exp:absent,!200-299; jwt.exp:absent; jwt.jwk:true; jwt.jwk:no; jwt.jwk:absent,yes;" ENDS,
		HEAD "(msg:\"m\"; jwt.iss:https://a.example/x,\"b, c\",d\\;e; jwt.flags:!a,!b; jwt.iss:absent,x; jwt.iss:present;" ENDS,
		HEAD "(requires:keyword jwt.kid, keyword content; msg:\"m\";" ENDS,
		HEAD "(msg:\"m\"; sid:4294967295; rev:0;)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct rules *rules = fresh();
		struct errors errors = { 0 };

		rules_set_variable(rules, "PRIVATE", "[10.0.0.0/8,192.168.0.0/16]", &errors);
		load(rules, good[i], &errors);
		if (errors.text || rules_count(rules) != 1)
			fail_msg("%s\n%s", good[i], errors.text ? errors.text : "not loaded");
		assert_string_equal(rules_get(rules, 0)->text, good[i]);
		rules_free(rules);
	}
}

static const struct bad {
	const char *text;
	const char *error; /* between "t.rules:1: " and ": error parsing signature" */
} bad[] = {
	{ "alert", "no options: '(' expected" },
	{ "# x\n\nalert", "no options: '(' expected" },
	{ HEAD "(msg:\"m\"; sid:1;", "the rule does not end with ')'" },
	{ HEAD "(msg:\"m\"; sid:1)", "no terminating \";\" found at 'sid:1'" },
	{ HEAD "(msg:\"m\\\"; sid:1;)", "msg: the value must stand in quotes (a ; within them must be written \\;)" },
	{ HEAD "(msg:m; sid:1;)", "msg: the value must stand in quotes (a ; within them must be written \\;)" },
	{ HEAD "(msg:\"a\\n\"; sid:1;)", "msg: only \\; \\\" \\\\ \\: and \\, are escapes" },
	{ HEAD "(msg; sid:1;)", "msg: needs a value" },
	{ HEAD "(msg:\"\"; sid:1;)", "msg: expected 1 to 512 bytes" },
	{ HEAD "(msg:\"m\"; msg:\"n\"; sid:1;)", "msg: given twice" },
	{ HEAD "(sid:1;)", "a rule needs a msg" },
	{ HEAD "(msg:\"m\";)", "a rule needs a sid" },
	{ HEAD "()", "a rule needs a msg" },
	{ HEAD "(msg:\"m\"; sid:0;)", "sid: '0' is not a number from 1 to 4294967295" },
	{ HEAD "(msg:\"m\"; sid:4294967296;)", "sid: '4294967296' is not a number from 1 to 4294967295" },
	{ HEAD "(msg:\"m\"; sid:x;)", "sid: 'x' is not a number from 1 to 4294967295" },
	{ HEAD "(msg:\"m\"; rev:-1;" ENDS, "rev: '-1' is not a number from 0 to 4294967295" },
	{ HEAD "(msg:\"m\"; priority:256;" ENDS, "priority: '256' is not a number from 1 to 255" },
	{ HEAD "(msg:\"m\"; classtype:three;" ENDS, "classtype: unknown classtype 'three'" },
	{ HEAD "(msg:\"m\"; reference:cve;" ENDS, "reference: expected 'type,id'" },
	{ HEAD "(msg:\"m\"; reference:nvd,1;" ENDS, "reference: unknown type 'nvd'" },
	{ HEAD "(msg:\"m\"; metadata:a;" ENDS, "metadata: expected 'key value, key value'" },
	{ HEAD "(msg:\"m\"; metadata:a b,;" ENDS, "metadata: expected 'key value, key value'" },
	{ HEAD "(msg:\"m\"; noalert:1;" ENDS, "noalert: takes no value" },
	{ HEAD "(msg:\"m\"; target:any;" ENDS, "target: expected src_ip or dest_ip" },
	{ HEAD "(msg:\"m\"; flow:to_client;" ENDS,
		"flow: 'to_client' would never match: credentials are looked for in requests" },
	{ HEAD "(msg:\"m\"; flow:only_stream;" ENDS, "flow: 'only_stream' is not supported by this version" },
	{ HEAD "(msg:\"m\"; flowbits:set,x;" ENDS, "'flowbits' is not supported by this version" },
	{ HEAD "(msg:\"m\"; threshold:type limit;" ENDS, "'threshold' is not supported by this version" },
	{ HEAD "(msg:\"m\"; :x;" ENDS, "option without a name" },
	{ HEAD "(msg:\"m\"; http.heder;" ENDS, "unknown rule keyword 'http.heder'" },
	{ HEAD "(msg:\"m\"; jwt.kidd:x;" ENDS, "unknown rule keyword 'jwt.kidd', did you mean 'jwt.kid'?" },
	{ HEAD "(msg:\"m\"; key.bindings:x;" ENDS, "unknown rule keyword 'key.bindings', did you mean 'key.binding'?" },
	{ HEAD "(msg:\"m\"; contnet:\"x\";" ENDS, "unknown rule keyword 'contnet', did you mean 'content'?" },
	{ HEAD "(msg:\"m\"; http.response_content_typ:x;" ENDS,
		"unknown rule keyword 'http.response_content_typ', did you mean 'http.response_content_type'?" },
	{ HEAD "(msg:\"m\"; why:\"{jwt.kidd}\";" ENDS, "why: unknown keyword '{jwt.kidd}'" },
	{ HEAD "(msg:\"m\"; why:\"{jwt.kid\";" ENDS, "why: '{' without '}' (a brace is written '{{')" },
	{ "alert http any any -> any any (msg:\"m\"; why:\"{jwt.kid}\";" ENDS, "why: this rule knows nothing of '{jwt.kid}'" },
	{ "alert http any any -> any any (msg:\"m\"; jwt.kid:x;" ENDS, "jwt.kid: http rules know nothing of it" },
	{ "alert tls any any -> any any (msg:\"m\"; jwt.kid:x;" ENDS, "jwt.kid: tls rules know nothing of it" },
	{ "alert tls any any -> any any (msg:\"m\"; tls.snl; content:\"a\";" ENDS,
		"unknown rule keyword 'tls.snl', did you mean 'tls.sni'?" },
	{ HEAD "(msg:\"m\"; anomaly.event:x;" ENDS, "anomaly.event: jwt rules know nothing of it" },
	/* header */
	{ "pass jwt any any -> any any (msg:\"m\";" ENDS, "action 'pass' is not supported by this version" },
	{ "alarm jwt any any -> any any (msg:\"m\";" ENDS, "unknown action 'alarm'" },
	{ "alert tcp any any -> any any (msg:\"m\";" ENDS, "unknown protocol 'tcp': jwt, token, http, tls and anomaly are known" },
	{ "alert jwt any any -> any (msg:\"m\";" ENDS, "the header needs 'action protocol src sport -> dst dport', 6 of 7 words found" },
	{ "alert jwt any any -> any any any (msg:\"m\";" ENDS, "too many words in the header at 'any'" },
	{ "alert jwt any any <- any any (msg:\"m\";" ENDS, "'<-' is no direction: -> or <> expected" },
	{ "alert jwt 10.0.0 any -> any any (msg:\"m\";" ENDS, "'10.0.0' is not an address, a network or a range" },
	{ "alert jwt 10.0.0.0/33 any -> any any (msg:\"m\";" ENDS, "'10.0.0.0/33' is not an address, a network or a range" },
	{ "alert jwt 10.0.0.9-10.0.0.1 any -> any any (msg:\"m\";" ENDS, "'10.0.0.9-10.0.0.1' is not an address, a network or a range" },
	{ "alert jwt [10.0.0.1 any -> any any (msg:\"m\";" ENDS, "the header needs 'action protocol src sport -> dst dport', 3 of 7 words found" },
	{ "alert jwt [1.1.1.1,] any -> any any (msg:\"m\";" ENDS, "'' is not an address, a network or a range" },
	{ "alert jwt $NET any -> any any (msg:\"m\";" ENDS, "unknown variable '$NET'" },
	{ "alert jwt !any any -> any any (msg:\"m\";" ENDS, "'!any' holds for nothing" },
	{ "alert jwt any 70000 -> any any (msg:\"m\";" ENDS, "'70000' is not a port or a range of ports" },
	{ "alert jwt any 90:80 -> any any (msg:\"m\";" ENDS, "'90:80' is not a port or a range of ports" },
	{ "alert jwt any : -> any any (msg:\"m\";" ENDS, "':' is not a port or a range of ports" },
	{ "alert jwt [[[[[[[[[[1.1.1.1]]]]]]]]]] any -> any any (msg:\"m\";" ENDS, "groups or variables more than 8 deep, or too many of them" },
	/* conditions */
	{ HEAD "(msg:\"m\"; jwt.exp;" ENDS, "jwt.exp: needs a value: it is a number" },
	{ HEAD "(msg:\"m\"; jwt.jwk;" ENDS, "jwt.jwk: needs a value: it is true or false" },
	{ HEAD "(msg:\"m\"; jwt.exp:x;" ENDS, "jwt.exp: 'x' is not a number, N-M, N<>M, >N, >=N, <N or <=N" },
	{ HEAD "(msg:\"m\"; jwt.exp:9999999999999999999;" ENDS,
		"jwt.exp: '9999999999999999999' is not a number, N-M, N<>M, >N, >=N, <N or <=N" },
	{ HEAD "(msg:\"m\"; jwt.exp:5-1;" ENDS, "jwt.exp: '5-1' holds for no number" },
	{ HEAD "(msg:\"m\"; jwt.exp:1<>2;" ENDS, "jwt.exp: '1<>2' holds for no number" },
	{ HEAD "(msg:\"m\"; jwt.exp:1,!2;" ENDS, "jwt.exp: put '!' before all of the numbers or before none" },
	{ HEAD "(msg:\"m\"; jwt.jwk:maybe;" ENDS, "jwt.jwk: 'maybe' is not true, false, absent or present" },
	{ HEAD "(msg:\"m\"; jwt.iss:a,!b;" ENDS, "jwt.iss: put '!' before all of the words or before none" },
	{ HEAD "(msg:\"m\"; jwt.iss:a,,b;" ENDS,
		"jwt.iss: 'absent' may only stand first, 'present' alone, and no word may be empty" },
	{ HEAD "(msg:\"m\"; jwt.iss:a,absent;" ENDS,
		"jwt.iss: 'absent' may only stand first, 'present' alone, and no word may be empty" },
	{ HEAD "(msg:\"m\"; jwt.iss:\"a\"b;" ENDS,
		"jwt.iss: quote without its end (a ; within quotes must be written \\;)" },
	/* buffers */
	{ HEAD "(msg:\"m\"; content:\"x\";" ENDS,
		"'content' without a buffer before it: name a field first, as in jwt.kid; content:\"x\";" },
	{ HEAD "(msg:\"m\"; absent;" ENDS, "absent: expected once, after a buffer: name a field first" },
	{ HEAD "(msg:\"m\"; jwt.kid;" ENDS,
		"nothing is asked of buffer 'jwt.kid': content, pcre, bsize, absent or present expected" },
	{ HEAD "(msg:\"m\"; jwt.kid; jwt.iss; bsize:1;" ENDS,
		"jwt.iss: nothing is asked of buffer 'jwt.kid': content, pcre, bsize, absent or present expected" },
	{ HEAD "(msg:\"m\"; jwt.kid; absent; content:\"x\";" ENDS,
		"jwt.kid: absent and present stand alone (or write absent:or_else)" },
	{ HEAD "(msg:\"m\"; jwt.kid; absent:or;" ENDS, "absent: only 'or_else' may follow" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:x;" ENDS,
		"content: the value must stand in quotes (a ; within them must be written \\;)" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"\";" ENDS, "content: expected 1 to 1024 bytes" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"|3|\";" ENDS,
		"content: bad hex: pairs of digits between two '|' are expected" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"|3a\";" ENDS,
		"content: bad hex: pairs of digits between two '|' are expected" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"a\\b\";" ENDS, "content: only \\; \\\" \\\\ \\: and \\| are escapes" },
	{ HEAD "(msg:\"m\"; jwt.kid; nocase;" ENDS, "nocase: there is no content right before it" },
	{ HEAD "(msg:\"m\"; jwt.kid; pcre:\"/x/\"; depth:1;" ENDS, "depth: there is no content right before it" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"abc\"; depth:2;" ENDS, "depth: 2 is less than the content is long" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"abc\"; depth:3; within:3;" ENDS,
		"within: offset, depth and startswith do not go with each other twice, nor with distance and within" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"abc\"; offset:-1;" ENDS, "offset: expected a number up to 65535" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"abc\"; offset:1; startswith;" ENDS,
		"startswith: does not go with offset, depth, distance or within" },
	{ HEAD "(msg:\"m\"; jwt.kid; content:\"a\"; to_lowercase;" ENDS,
		"to_lowercase: a transform stands right after its buffer" },
	{ HEAD "(msg:\"m\"; jwt.kid; to_lowercase; content:\"A\";" ENDS,
		"content has capitals, but to_lowercase leaves none" },
	{ HEAD "(msg:\"m\"; jwt.kid; pcre:\"x\";" ENDS, "pcre: is written \"/expression/flags\"" },
	{ HEAD "(msg:\"m\"; jwt.kid; pcre:\"/x/u\";" ENDS, "pcre: unknown flag in 'u': i m s x A E G R are known" },
	{ HEAD "(msg:\"m\"; jwt.kid; pcre:\"/(/\";" ENDS, "pcre: missing closing parenthesis at offset 1" },
	{ HEAD "(msg:\"m\"; jwt.kid; isdataat:x;" ENDS, "isdataat: expected [!]N or [!]N,relative" },
	{ HEAD "(msg:\"m\"; jwt.kid; isdataat:1,rel;" ENDS, "isdataat: expected [!]N or [!]N,relative" },
	{ HEAD "(msg:\"m\"; jwt.kid; bsize:1; bsize:2;" ENDS, "bsize: a buffer has one bsize" },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct rules *rules = fresh();
		struct errors errors = { 0 };
		unsigned line = bad[i].text[0] == '#' ? 3 : 1;
		char want[1024];

		load(rules, bad[i].text, &errors);
		assert_int_equal(rules_count(rules), 0);
		assert_int_equal(errors.n, 1);
		snprintf(want, sizeof want, "t.rules:%u: %s: error parsing signature \"", line, bad[i].error);
		if (strncmp(errors.text, want, strlen(want)) != 0)
			fail_msg("%s\nwant %s\ngot  %s", bad[i].text, want, errors.text);
		snprintf(want, sizeof want, "from file t.rules at line %u\n", line);
		assert_non_null(strstr(errors.text, want));
		errors_fini(&errors);
		rules_free(rules);
	}
}

static void keeps_what_an_alert_says(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	load(rules,
		"# comment ending in a backslash \\\n"
		"alert jwt any any -> any any ( \\\r\n"
		"\tmsg:\"a \\\"b\\\" \\; c\"; \\\n"
		"    sid:77; rev:4; gid:3;\\\n"
		"metadata:mitre_technique_id T1606, x  y z; metadata:k v; \\\n"
		"\tclasstype:two; why:\"it is \\: {jwt.kid}\"; noalert;)\n"
		"\n"
		"alert http any any -> any any (classtype:two; priority:1; msg:\"m\"; sid:77;)\n"
		"alert http any any -> any any (msg:\"m\"; sid:78;) \n", &errors);
	assert_null(errors.text);
	assert_int_equal(rules_count(rules), 3);
	const struct rule *rule = rules_get(rules, 0);

	assert_string_equal(rule->msg, "a \"b\" ; c");
	assert_int_equal(rule->sid, 77);
	assert_int_equal(rule->rev, 4);
	assert_int_equal(rule->gid, 3);
	assert_string_equal(rule->category, "The Second");
	assert_int_equal(rule->severity, 2);
	assert_int_equal(rule->n_metadata, 3);
	assert_string_equal(rule->metadata[1].key, "x");
	assert_string_equal(rule->metadata[1].value, "y z");
	assert_string_equal(rule->metadata[2].key, "k");
	assert_string_equal(rule->why, "it is : {jwt.kid}");
	assert_true(rule->noalert);
	assert_string_equal(rule->file, "t.rules");
	assert_int_equal(rule->line, 2);
	assert_string_equal(rule->text,
		"alert jwt any any -> any any ( msg:\"a \\\"b\\\" \\; c\"; sid:77; rev:4; gid:3;"
		"metadata:mitre_technique_id T1606, x  y z; metadata:k v; classtype:two; why:\"it is \\: {jwt.kid}\"; noalert;)");
	rule = rules_get(rules, 1);
	assert_int_equal(rule->severity, 1);
	assert_int_equal(rule->gid, 1);
	assert_int_equal(rule->rev, 0);
	assert_int_equal(rule->line, 8);
	assert_null(rule->why);
	assert_false(rule->noalert);
	assert_int_equal(rules_get(rules, 2)->severity, 3);
	assert_string_equal(rules_get(rules, 2)->category, "");
	rules_free(rules);
}

static void goes_on_after_a_mistake(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	load(rules, HEAD "(msg:\"m\"; \\\n sid:x;)\n" HEAD "(msg:\"m\"; sid:2;)\n\nbad\n" HEAD "(msg:\"m\"; sid:3;) \\",
		&errors);
	assert_int_equal(errors.n, 2);
	assert_non_null(strstr(errors.text, "t.rules:1: sid:"));
	assert_non_null(strstr(errors.text, "\nt.rules:5: no options"));
	assert_int_equal(rules_count(rules), 2);
	errors_fini(&errors);
	rules_free(rules);
}

static void joins_lines(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{ "\\\n\\\n" HEAD "(msg:\"m\"; sid:1;)", 1 },
		{ "  \\\n\n  " HEAD "(msg:\"m\"; sid:1;)  \\\n", 1 },
		{ HEAD "(msg:\"m\"; sid:1;)\n#x\\\n" HEAD "(msg:\"m\"; sid:2;)", 2 },
		{ "\\", 0 }, { "", 0 }, { "\n\n \t \r\n", 0 }, { "#", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rules *rules = fresh();
		struct errors errors = { 0 };

		load(rules, cases[i].text, &errors);
		assert_null(errors.text);
		assert_int_equal(rules_count(rules), cases[i].n);
		rules_free(rules);
	}
}

static void names_both_places_of_a_duplicate(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	load(rules, "\n" HEAD "(msg:\"m\"; sid:5;)\n" HEAD "(msg:\"m\"; sid:5; gid:2;)", &errors);
	assert_null(errors.text);
	rule_file_rules(rules, "u.rules", bytes_text(HEAD "(msg:\"m\"; sid:5;)"), &errors);
	assert_non_null(strstr(errors.text,
		"u.rules:1: duplicate signature: sid 5 is already used at t.rules:2: error parsing"));
	assert_int_equal(rules_count(rules), 2);
	errors_fini(&errors);
	rules_free(rules);
}

static void skips_what_it_does_not_meet(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	load(rules,
		"alert dns any any -> any any (requires:feature lua; dns.query; content:\"x\"; sid:1;)\n"
		HEAD "(requires:version >= 7.0; msg:\"m\"; sid:2;)\n"
		HEAD "(requires:keyword jwt.kid, keyword dns.query; msg:\"m\"; sid:3;)\n"
		HEAD "(requires:keyword flowbits; flowbits:set,x; msg:\"m\"; sid:4;)\n"
		HEAD "(requires:keyword jwt.kid; msg:\"m\"; sid:5;)\n", &errors);
	assert_null(errors.text);
	assert_int_equal(rules_count(rules), 1);
	assert_int_equal(rules_get(rules, 0)->sid, 5);
	rules_free(rules);
}

static void refuses_nul_and_length(void **state)
{
	static const char nul[] = HEAD "(msg:\"a\0b\"; sid:1;)";
	struct rules *rules = fresh();
	struct errors errors = { 0 };
	char *text = malloc(80000);

	(void)state;
	rule_file_rules(rules, "t.rules", bytes_of(nul, sizeof nul - 1), &errors);
	memset(text, 'a', 80000);
	rule_file_rules(rules, "t.rules", bytes_of(text, 80000), &errors);
	assert_int_equal(errors.n, 2);
	assert_int_equal(rules_count(rules), 0);
	free(text);
	errors_fini(&errors);
	rules_free(rules);
}

static void reads_classifications(void **state)
{
	static const char config[] = "# comment\n\nconfig classification: one,Another,4\n  config classification:three,The Third,3\r\n"
		"config classification: four,No Number,x\nconfig classification: five\nconfig reference: x\nclassification: six,S,1\n"
		"config classification: seven,S,1,2\n";
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	load(rules, HEAD "(msg:\"m\"; classtype:one; sid:1;)", &errors);
	assert_null(errors.text);
	rule_file_classifications(rules, "c.config", bytes_text(config), &errors);
	assert_string_equal(errors.text,
		"c.config:5: priority 'x' is not a number from 1 to 255\n"
		"c.config:6: expected 'config classification: name,Description,priority'\n"
		"c.config:7: expected 'config reference: type prefix'\n"
		"c.config:8: expected 'config classification:' or 'config reference:'\n"
		"c.config:9: expected 'config classification: name,Description,priority'\n");
	errors_fini(&errors);
	load(rules, HEAD "(msg:\"m\"; classtype:one; sid:2;)\n" HEAD "(msg:\"m\"; classtype:three; sid:3;)", &errors);
	assert_null(errors.text);
	assert_string_equal(rules_get(rules, 0)->category, "The First");
	assert_string_equal(rules_get(rules, 1)->category, "Another");
	assert_int_equal(rules_get(rules, 1)->severity, 4);
	assert_string_equal(rules_get(rules, 2)->category, "The Third");
	rules_free(rules);
}

static void refuses_wrong_variables(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };

	(void)state;
	rules_set_variable(rules, "EXTERNAL_NET", "!$HOME_NET", &errors); /* before what it mentions */
	rules_set_variable(rules, "HOME_NET", "10.0.0.0/8", &errors);
	rules_set_variable(rules, "PORTS", "[80,8000:8100]", &errors);
	assert_null(errors.text);
	rules_set_variable(rules, "WRONG", "10.0.0.0/99", &errors);
	assert_string_equal(errors.text, "$WRONG: '10.0.0.0/99' is not an address, a network or a range\n");
	errors_fini(&errors);
	rules_set_variable(rules, "LOOP", "$LOOP", &errors);
	load(rules, "alert jwt $LOOP any -> any any (msg:\"m\"; sid:1;)", &errors);
	assert_int_equal(errors.n, 1);
	errors_fini(&errors);
	load(rules, "alert jwt $EXTERNAL_NET any -> $HOME_NET $PORTS (msg:\"m\"; sid:1;)", &errors);
	assert_null(errors.text);
	rules_free(rules);
}

static void reads_files(void **state)
{
	char name[] = "/tmp/test_rules.XXXXXX";
	struct rules *rules = fresh();
	struct errors errors = { 0 };
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_true(write(fd, HEAD "(msg:\"m\"; sid:1;)\n", sizeof HEAD "(msg:\"m\"; sid:1;)\n" - 1) > 0);
	close(fd);
	rules_load(rules, name, &errors);
	assert_null(errors.text);
	assert_int_equal(rules_count(rules), 1);
	assert_string_equal(rules_get(rules, 0)->file, name);
	unlink(name);
	rules_load(rules, name, &errors);
	rules_load(rules, "/", &errors);
	rules_load_classifications(rules, name, &errors);
	assert_int_equal(errors.n, 3);
	errors_fini(&errors);
	rules_free(rules);
}

static void holds_the_cap(void **state)
{
	struct rules *rules = fresh();
	struct errors errors = { 0 };
	char *text = malloc(70000 * 64), *at = text;

	(void)state;
	for (unsigned i = 1; i <= 70000; i++)
		at += sprintf(at, HEAD "(msg:\"m\"; sid:%u;)\n", i);
	load(rules, text, &errors);
	assert_int_equal(rules_count(rules), RULES_MAX);
	assert_int_equal(errors.n, 70000 - RULES_MAX);
	free(text);
	errors_fini(&errors);
	rules_free(rules);
	rules_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(keeps_what_an_alert_says),
		cmocka_unit_test(goes_on_after_a_mistake),
		cmocka_unit_test(joins_lines),
		cmocka_unit_test(names_both_places_of_a_duplicate),
		cmocka_unit_test(skips_what_it_does_not_meet),
		cmocka_unit_test(refuses_nul_and_length),
		cmocka_unit_test(reads_classifications),
		cmocka_unit_test(refuses_wrong_variables),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(holds_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
