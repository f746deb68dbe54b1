/* Grammars, issuers.json, and every description that is shipped: a hit and near misses. */
#include "sensor/trust/issuers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define GUID "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define MSA "9188040d-6c67-4c5b-b112-36a304b66dad"

struct kit {
	struct budget budget;
	struct arena arena;
	struct errors errors;
	struct issuers issuers;
};

static void kit_init(struct kit *kit)
{
	memset(kit, 0, sizeof *kit);
	budget_init(&kit->budget, 1 << 24, NULL);
	arena_init(&kit->arena, 4096, &kit->budget);
}

static void kit_fini(struct kit *kit)
{
	issuers_fini(&kit->issuers);
	errors_fini(&kit->errors);
	arena_fini(&kit->arena);
}

static void load(struct kit *kit, const char *place, const char *json)
{
	issuers_load(&kit->issuers, place, bytes_text(json), &kit->arena, &kit->errors);
}

static void load_shipped(struct kit *kit)
{
	FILE *file = fopen("sigs/issuers.json", "rb");
	static char text[1 << 18];
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof text, file);
	fclose(file);
	issuers_load(&kit->issuers, "sigs/issuers.json", bytes_of(text, len), &kit->arena, &kit->errors);
	if (kit->errors.n)
		fail_msg("%s", kit->errors.text);
	assert_true(issuers_finish(&kit->issuers));
}

static void grammar_matches_or_not(void **state)
{
	static const struct {
		const char *grammar, *text;
		bool fits;
		const char *tenant;
	} cases[] = {
		{ "https://a.example/", "https://a.example/", true, "" },
		{ "https://a.example/", "https://a.example", false, "" },
		{ "https://a.example/", "https://a.example/x", false, "" },
		{ "https://a.example/{tenant:guid}", "https://a.example/" GUID, true, GUID },
		{ "https://a.example/{tenant:guid}", "https://a.example/" GUID "0", false, "" },
		{ "https://a.example/{tenant:guid}", "https://a.example/72F988BF-86f1-41af-91ab-2d7cd011db47", false, "" },
		{ "https://a.example/{tenant:guid}", "https://a.example/72f988bf-86f1-41af-91ab-2d7cd011db4", false, "" },
		{ "https://a.example/{tenant:guid}", "https://a.example/72f988bf186f1-41af-91ab-2d7cd011db47", false, "" },
		{ "https://{tenant:label}.a.example", "https://x-1.a.example", true, "x-1" },
		{ "https://{tenant:label}.a.example", "https://x.y.a.example", false, "" },
		{ "https://{tenant:label}.a.example", "https://-x.a.example", false, "" },
		{ "https://{tenant:label}.a.example", "https://x-.a.example", false, "" },
		{ "https://{tenant:label}.a.example", "https://X.a.example", false, "" },
		{ "https://{tenant:label}.a.example", "https://.a.example", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://FS.corp.example/r/a%20b", true, "a%20b" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs.corp.example/r/a%2", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs.corp.example/r/..", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs.corp.example/r/a/b", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs.corp.example/r/a?b", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs..example/r/a", false, "" },
		{ "https://{h:host}/r/{tenant:segment}", "https://fs.example:1/r/a", false, "" },
		{ "https://{h:authority}/r", "https://fs.example:8443/r", true, "" },
		{ "https://{h:authority}/r", "https://fs.example:/r", false, "" },
		{ "https://{h:authority}/r", "https://fs.example:123456/r", false, "" },
		{ "https://{h:authority}/r", "https://u@fs.example/r", false, "" },
		{ "{a:guid}@{tenant:guid}", MSA "@" GUID, true, GUID },
		{ "https://{r:label}.x.example/{r}_{tenant:word}", "https://eu-1.x.example/eu-1_Ab9", true, "Ab9" },
		{ "https://{r:label}.x.example/{r}_{tenant:word}", "https://eu-1.x.example/eu-2_Ab9", false, "" },
		{ "https://{r:label}.x.example/{r}_{tenant:word}", "https://eu-1.x.example/eu-1_", false, "" },
		{ "spiffe://{tenant:host}/{p:any}", "spiffe://td.example/a/b?c", true, "td.example" },
		{ "x/{p:any}", "x/", false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct grammar grammar;
		struct bytes tenant = bytes_of("", 0);

		assert_null(grammar_compile(&grammar, bytes_text(cases[i].grammar)));
		if (grammar_match(&grammar, bytes_text(cases[i].text), false, &tenant) != cases[i].fits)
			fail_msg("%s against %s", cases[i].text, cases[i].grammar);
		if (cases[i].fits)
			assert_true(bytes_is(tenant, cases[i].tenant));
	}
}

static void grammar_folds_only_when_asked(void **state)
{
	struct grammar grammar;
	struct bytes tenant, text = bytes_text("HTTPS://A.example/72F988BF-86F1-41AF-91AB-2D7CD011DB47");

	(void)state;
	assert_null(grammar_compile(&grammar, bytes_text("https://a.example/{tenant:guid}")));
	assert_false(grammar_match(&grammar, text, false, &tenant));
	assert_true(grammar_match(&grammar, text, true, &tenant));
}

static void grammar_refuses(void **state)
{
	static const char *const bad[] = {
		"", "{tenant:guid", "{tenant:planet}", "{tenant}", "{:guid}", "{a:label}{b:label}",
		"{a:host}.example", "{a:any}x", "{a:label}-x", "a b", "a}b", "{a:label}.{a:label}", "\xc3\xa4",
		"{a:authority}:1",
		"a{a:digits}b{b:digits}c{c:digits}d{d:digits}e{e:digits}f{f:digits}g{g:digits}h{h:digits}i{i:digits}"
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct grammar grammar;

		if (!grammar_compile(&grammar, bytes_text(bad[i])))
			fail_msg("accepted %s", bad[i]);
	}
}

static void grammar_knows_its_host(void **state)
{
	static const struct {
		const char *grammar, *host;
		bool end;
	} cases[] = {
		{ "https://login.example.com/{t:guid}/v2.0", "login.example.com", false },
		{ "https://{t:label}.okta.com", "okta.com", true },
		{ "https://{t:label}.x.{r:label}.auth0.com/", "auth0.com", true },
		{ "https://{h:host}/realms/{t:segment}", "", false },
		{ "https://gitlab.{h:host}", "", false },
		{ "https://{h:host}:9031", "", false },
		{ "accounts.google.com", "accounts.google.com", false },
		{ "{a:guid}@{t:guid}", "", false },
		{ "kubernetes/serviceaccount", "", false },
		{ "https://{t:label}.com/x", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct grammar grammar;

		assert_null(grammar_compile(&grammar, bytes_text(cases[i].grammar)));
		if (!bytes_is(grammar.host, cases[i].host) || grammar.host_is_end != cases[i].end)
			fail_msg("%s: %.*s", cases[i].grammar, (int)grammar.host.len, (const char *)grammar.host.data);
	}
}

/* A hit, and texts that must not be the same issuer. */
static const struct {
	const char *name, *tenant, *iss;
	const char *misses[4];
} shipped[] = {
	{ "msa-consumers", MSA, "https://login.microsoftonline.com/" MSA "/v2.0",
		{ "https://login.microsoftonline.com/" MSA "/v2.0/", "https://login.microsoftonline.us/" MSA "/v2.0" } },
	{ "entra-v2", GUID, "https://login.microsoftonline.com/" GUID "/v2.0",
		{ "https://login.microsoftonline.com/" GUID "/v2.0/", "http://login.microsoftonline.com/" GUID "/v2.0",
			"https://login.microsoftonline.com/common/v2.0", "https://login.microsoftonline.com/.../v2.0" } },
	{ "entra-v1", GUID, "https://sts.windows.net/" GUID "/",
		{ "https://sts.windows.net/" GUID, "https://sts.windows.net:443/" GUID "/", "https://sts.windows.net//" } },
	{ "entra-us-v2", GUID, "https://login.microsoftonline.us/" GUID "/v2.0", { "https://login.microsoftonline.de/" GUID "/v2.0" } },
	{ "entra-cn-v2", GUID, "https://login.partner.microsoftonline.cn/" GUID "/v2.0",
		{ "https://login.microsoftonline.cn/" GUID "/v2.0" } },
	{ "entra-cn-v1", GUID, "https://sts.chinacloudapi.cn/" GUID "/", { "https://sts.chinacloudapi.cn/" GUID } },
	{ "entra-external-id", GUID, "https://contoso.ciamlogin.com/" GUID "/v2.0",
		{ "https://ciamlogin.com/" GUID "/v2.0", "https://a.b.ciamlogin.com/" GUID "/v2.0" } },
	{ "entra-external-id", GUID, "https://" GUID ".ciamlogin.com/" GUID "/v2.0", { NULL } },
	{ "azure-b2c", GUID, "https://contoso.b2clogin.com/" GUID "/v2.0/", { "https://contoso.b2clogin.com/" GUID "/v2.0" } },
	{ "azure-b2c", GUID, "https://id.contoso.example/tfp/" GUID "/B2C_1_signin/v2.0/",
		{ "https://id.contoso.example/tfp/" GUID "/B2C_1_signin/v2.0", "https://id.contoso.example/tfp/x/B2C_1/v2.0/" } },
	{ "azure-b2c-cn", GUID, "https://contoso.b2clogin.cn/" GUID "/v2.0/", { "https://b2clogin.cn/" GUID "/v2.0/" } },
	{ "acs-s2s", GUID, "00000003-0000-0ff1-ce00-000000000000@" GUID, { "00000003-0000-0ff1-ce00-000000000000", "@" GUID } },
	{ "adfs", "", "http://FS.contoso.example/adfs/services/trust", { "http://fs.contoso.example/adfs/services/trust/" } },
	{ "adfs", "", "https://fs.contoso.example/adfs", { "http://fs.contoso.example/adfs" } },
	{ "google", "", "https://accounts.google.com", { "https://accounts.google.com/", "http://accounts.google.com" } },
	{ "google", "", "accounts.google.com", { "accounts.google.com/", "Accounts.google.com" } },
	{ "google-service-account", "", "robot@my-project.iam.gserviceaccount.com", { "robot@iam.gserviceaccount.com" } },
	{ "google-iap", "", "https://cloud.google.com/iap", { "https://cloud.google.com/iap/" } },
	{ "firebase", "my-project", "https://securetoken.google.com/my-project", { "https://securetoken.google.com/" } },
	{ "apple", "", "https://appleid.apple.com", { "https://appleid.apple.com/" } },
	{ "okta-org", "acme", "https://acme.okta.com", { "https://acme.okta.com/", "https://okta.com", "https://a.acme.okta.com" } },
	{ "okta-custom", "acme", "https://acme.oktapreview.com/oauth2/default",
		{ "https://acme.oktapreview.com/oauth2/", "https://acme.oktapreview.com/oauth2/a/b" } },
	{ "auth0", "acme", "https://acme.eu.auth0.com/", { "https://acme.eu.auth0.com", "https://a.b.c.auth0.com/" } },
	{ "auth0", "acme", "https://acme.auth0.com/", { "https://auth0.com/" } },
	{ "cognito", "Ab12Cd34E", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
		{ "https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_Ab12Cd34E",
			"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_" } },
	{ "keycloak", "main", "https://sso.corp.example/realms/main", { "https://sso.corp.example/realms/", "https:///realms/main" } },
	{ "keycloak", "main", "http://localhost:8080/auth/realms/main", { "https://u@localhost:8080/realms/main" } },
	{ "pingone", GUID, "https://auth.pingone.eu/" GUID "/as", { "https://auth.pingone.xx/" GUID "/as" } },
	{ "pingfederate", "", "https://sso.corp.example:9031", { "https://sso.corp.example:9030" } },
	{ "kubernetes", "", "https://kubernetes.default.svc.cluster.local", { "https://kubernetes.default.svcx" } },
	{ "kubernetes", "", "kubernetes/serviceaccount", { "kubernetes/serviceaccount/" } },
	{ "eks", "ABCDEF0123456789", "https://oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789",
		{ "https://oidc.eks.eu-west-1.amazonaws.com/id/" } },
	{ "gke", "proj-1", "https://container.googleapis.com/v1/projects/proj-1/locations/europe-west3/clusters/main",
		{ "https://container.googleapis.com/v1/projects/proj-1" } },
	{ "aks", GUID, "https://westeurope.oic.prod-aks.azure.com/" MSA "/" GUID "/",
		{ "https://westeurope.oic.prod-aks.azure.com/" MSA "/" GUID } },
	{ "github-actions", "", "https://token.actions.githubusercontent.com", { "https://token.actions.githubusercontent.com/" } },
	{ "github-actions", "octo-inc", "https://token.actions.githubusercontent.com/octo-inc",
		{ "https://token.actions.githubusercontent.com/octo/inc" } },
	{ "github-enterprise-cloud", "octo", "https://token.actions.octo.ghe.com", { "https://token.actions.ghe.com" } },
	{ "github-enterprise-server", "", "https://github.corp.example/_services/token", { "https://github.corp.example/token" } },
	{ "gitlab", "", "https://gitlab.com", { "https://gitlab.com/", "http://gitlab.com" } },
	{ "gitlab-self-hosted", "", "https://gitlab.corp.example", { "https://gitlab.corp.example/x" } },
	{ "spiffe", "td.example", "spiffe://td.example", { "spiffe://", "spiffe:/td.example" } },
	{ "cloudflare-access", "acme", "https://acme.cloudflareaccess.com", { "https://cloudflareaccess.com" } },
	{ "istio-sample", "", "testing@secure.istio.io", { "Testing@secure.istio.io" } },
};

static void shipped_descriptions_hit_and_miss(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	load_shipped(&kit);
	for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
		struct issuers_hit hit = issuers_find(&kit.issuers, bytes_text(shipped[i].iss));

		if (!hit.issuer || !bytes_is(hit.issuer->name, shipped[i].name))
			fail_msg("%s is not %s", shipped[i].iss, shipped[i].name);
		if (!bytes_is(hit.tenant, shipped[i].tenant))
			fail_msg("%s: tenant %.*s", shipped[i].iss, (int)hit.tenant.len, (const char *)hit.tenant.data);
		for (size_t k = 0; k < 4 && shipped[i].misses[k]; k++) {
			hit = issuers_find(&kit.issuers, bytes_text(shipped[i].misses[k]));
			if (hit.issuer && bytes_is(hit.issuer->name, shipped[i].name))
				fail_msg("%s is %s", shipped[i].misses[k], shipped[i].name);
		}
	}
	kit_fini(&kit);
}

static void every_shipped_description_has_a_case(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	load_shipped(&kit);
	for (size_t i = 0; i < kit.issuers.n; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof shipped / sizeof *shipped; k++)
			found = found || bytes_is(kit.issuers.items[i].name, shipped[k].name);
		if (!found)
			fail_msg("no case for %.*s", (int)kit.issuers.items[i].name.len,
			    (const char *)kit.issuers.items[i].name.data);
	}
	kit_fini(&kit);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"issuers\": [\n  {,\n", "f.json:2: " },
		{ "[]", "f.json:1: not a JSON object" },
		{ "{}", "f.json: issuers is not an array" },
		{ "{\"issuers\":[],\"isuers\":[]}", "unknown member \"isuers\"" },
		{ "{\"issuers\":[], \"issuers\":[]}", "f.json:1: duplicate" },
		{ "{\"issuers\":[7]}", "issuer without a name: not an object" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"colour\":1}]}", "f.json: issuer a: unknown member \"colour\"" },
		{ "{\"issuers\":[{\"name\":\"a\"}]}", "issuer a: iss: wants 1 to 64" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"{x:y}\"}]}", "issuer a: iss \"{x:y}\": a placeholder has an unknown kind" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":[\"x\",\"\"]}]}", "issuer a: iss is empty" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"tenant_claim\":\"tid\"}]}", "has no {tenant}" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\"},{\"name\":\"a\",\"iss\":\"y\"}]}", "issuer a: the name comes twice" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"class\":\"\"}]}", "class is empty" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"cloud\":[1]}]}", "cloud is not a string" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"expect\":{\"x5t\":1}}]}", "x5t is not true or false" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"expect\":{\"verr\":\"1\"}}]}", "unknown member \"verr\"" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"expect\":{\"client\":\"cid\"}}]}", "neither appid nor azp" },
		{ "{\"issuers\":[{\"name\":\"a\",\"iss\":\"x\",\"shared_keys\":\"yes\"}]}", "shared_keys is not true or false" },
		{ "{\"issuers\":[{\"name\":\"../a\",\"iss\":\"x\"}]}", "wants one without a slash" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit;

		kit_init(&kit);
		load(&kit, "f.json", cases[i].json);
		if (!kit.errors.n || !strstr(kit.errors.text, cases[i].message))
			fail_msg("%s: %s", cases[i].json, kit.errors.n ? kit.errors.text : "no error");
		kit_fini(&kit);
	}
}

static void all_mistakes_are_collected(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	load(&kit, "f.json",
	    "{\"issuers\":[{\"name\":\"a\",\"iss\":\"{\"},{\"name\":\"b\",\"iss\":\"x\",\"y\":0},{\"name\":\"c\"}]}");
	assert_int_equal(kit.errors.n, 3);
	kit_fini(&kit);
}

static void later_files_come_first_and_replace(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	load(&kit, "1",
	    "{\"issuers\":[{\"name\":\"open\",\"iss\":\"https://{h:host}/r\"},{\"name\":\"b\",\"iss\":\"b\"}]}");
	load(&kit, "2",
	    "{\"issuers\":[{\"name\":\"mine\",\"iss\":\"https://a.example/r\"},{\"name\":\"b\",\"iss\":\"B\"}]}");
	assert_int_equal(kit.errors.n, 0);
	assert_int_equal(kit.issuers.n, 3);
	assert_true(issuers_finish(&kit.issuers));
	assert_true(bytes_is(issuers_find(&kit.issuers, bytes_text("https://a.example/r")).issuer->name, "mine"));
	assert_true(bytes_is(issuers_find(&kit.issuers, bytes_text("https://b.example/r")).issuer->name, "open"));
	assert_null(issuers_find(&kit.issuers, bytes_text("b")).issuer);
	assert_true(bytes_is(issuers_find(&kit.issuers, bytes_text("B")).issuer->name, "b"));
	/* Without `keys` an issuer has the set of its own name. */
	assert_true(members_among(issuers_find(&kit.issuers, bytes_text("B")).issuer->keys, bytes_text("b")));
	kit_fini(&kit);
}

static void nul_and_empty_fit_nothing(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	load_shipped(&kit);
	assert_null(issuers_find(&kit.issuers, bytes_of("", 0)).issuer);
	assert_null(issuers_find(&kit.issuers, bytes_of("accounts.google.com\0", 20)).issuer);
	assert_null(issuers_find(&kit.issuers, bytes_of("https://sso.corp.example/realms/a\0b", 35)).issuer);
	kit_fini(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar_matches_or_not),
		cmocka_unit_test(grammar_folds_only_when_asked),
		cmocka_unit_test(grammar_refuses),
		cmocka_unit_test(grammar_knows_its_host),
		cmocka_unit_test(shipped_descriptions_hit_and_miss),
		cmocka_unit_test(every_shipped_description_has_a_case),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(all_mistakes_are_collected),
		cmocka_unit_test(later_files_come_first_and_replace),
		cmocka_unit_test(nul_and_empty_fit_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
