/* The judgement: every row of the decision table, the paths that must not fall open, and the forgery of 2023. */
#include "sensor/trust/store.h"
#include "tests/support/jwk_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define T1 "11111111-0000-4000-8000-000000000001"
#define T2 "22222222-0000-4000-8000-000000000002"
#define MSA "9188040d-6c67-4c5b-b112-36a304b66dad"
#define COM "https://login.microsoftonline.com/"
#define US "https://login.microsoftonline.us/"
#define STS "https://sts.windows.net/"
#define STORM "1LTMzakihiRla_8z2BEJVXeWMqo"

/* Kids in the shape of thumbprints, so that they name a key anywhere. */
#define KID_FIRM "FirmFirmFirmFirmFirmFirm001"
#define KID_V1 "VoneVoneVoneVoneVoneVone001"
#define KID_GOV "GovGovGovGovGovGovGovGov001"
#define KID_T2 "TwoTwoTwoTwoTwoTwoTwoTwo001"
#define KID_BARE "BareBareBareBareBareBare001"
#define KID_ACME "AcmeAcmeAcmeAcmeAcmeAcme001"
#define KID_STRAY "StrayStrayStrayStrayStray01"
#define KID_GOOG "GoogGoogGoogGoogGoogGoog001"
#define KID_OKTA "OktaOktaOktaOktaOktaOkta001"
#define KID_PAIR "PairPairPairPairPairPair001"
#define KID_SCOPED "ScopScopScopScopScopScop001"
#define KID_ENC "EncrEncrEncrEncrEncrEncr001"

struct bench {
	struct trust *trust;
	struct errors errors;
	struct budget budget;
	struct arena arena;
	struct jwk_maker keys[24];
	size_t n_keys;
	char *set; /* being written */
};

struct claims {
	const char *kid, *x5t, *alg, *iss, *tid;
};

static const char own_issuers[] =
	"{\"issuers\":[{\"name\":\"okta-acme\",\"iss\":\"https://acme.okta.com\",\"class\":\"organisations\",\"keys\":\"acme\"},"
	"{\"name\":\"one\",\"iss\":\"https://one.example\",\"class\":\"x\",\"keys\":\"pair\"},"
	"{\"name\":\"two\",\"iss\":\"https://two.example\",\"class\":\"y\",\"keys\":\"pair\"},"
	"{\"name\":\"scoped\",\"iss\":\"https://scoped.example\",\"class\":\"z\",\"jwk_issuer\":\"https://scoped.example\"}]}";

static struct bytes slurp(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = malloc(1 << 18);

	assert_non_null(file);
	assert_non_null(text);
	size_t len = fread(text, 1, 1 << 18, file);

	fclose(file);
	return bytes_of(text, len);
}

static struct bench bench_new(void)
{
	struct bench bench = { .trust = store_new() };
	struct bytes issuers = slurp("sigs/issuers.json"), listed = slurp("sigs/compromised.json");

	store_issuers(bench.trust, "sigs/issuers.json", issuers, &bench.errors);
	store_issuers(bench.trust, "own", bytes_text(own_issuers), &bench.errors);
	store_compromised(bench.trust, "sigs/compromised.json", listed, &bench.errors);
	free((void *)(uintptr_t)issuers.data);
	free((void *)(uintptr_t)listed.data);
	budget_init(&bench.budget, 1 << 20, NULL);
	bench.set = calloc(1, 1 << 16);
	return bench;
}

static void bench_start(struct bench *bench)
{
	arena_init(&bench->arena, 4096, &bench->budget);
	if (bench->errors.n == 0)
		store_finish(bench->trust, &bench->errors);
	if (bench->errors.n)
		fail_msg("%s", bench->errors.text);
}

static void bench_free(struct bench *bench)
{
	arena_fini(&bench->arena);
	store_free(bench->trust);
	errors_fini(&bench->errors);
	free(bench->set);
}

/* Adds a new key to the set being written. */
static void add_key(struct bench *bench, const char *kid, const char *cn, const char *more)
{
	struct jwk_maker *key = &bench->keys[bench->n_keys++];
	size_t len = strlen(bench->set);

	jwk_maker_new(key, cn);
	bench->set[len] = len ? ',' : 0;
	jwk_maker_text(key, kid, cn != NULL, more, bench->set + len + (len > 0), 4096);
}

static void end_set(struct bench *bench, const char *name)
{
	char *json = malloc(1 << 17);

	snprintf(json, 1 << 17, "{\"keys\":[%s]}", bench->set);
	store_keys(bench->trust, bytes_text(name), name, bytes_text(json), &bench->errors);
	bench->set[0] = 0;
	free(json);
}

static void set_text(struct record *token, size_t field, const char *text)
{
	if (text)
		record_text(token, field, bytes_text(text));
}

static struct record *judge(struct bench *bench, struct claims claims)
{
	struct record *token = record_new(&token_record, &bench->arena);

	set_text(token, TOKEN_KIND, TOKEN_KIND_JWS);
	set_text(token, JWT_KID, claims.kid);
	set_text(token, JWT_X5T, claims.x5t);
	set_text(token, JWT_ALG, claims.alg ? claims.alg : "RS256");
	set_text(token, JWT_ISS, claims.iss);
	set_text(token, JWT_TID, claims.tid);
	trust_judge(bench->trust, token, &bench->arena);
	return token;
}

/* The words of a field, one after the other; "" where unset. */
static const char *words_of(const struct record *token, size_t field, char out[256])
{
	const struct value *value = &token->values[field];

	out[0] = 0;
	for (size_t i = 0; value->set && i < value->len; i++)
		snprintf(out + strlen(out), 256 - strlen(out), "%s%.*s", i ? " " : "", (int)value->texts[i].len,
			(const char *)value->texts[i].data);
	return out;
}

#define TEMPLATE ",\"issuer\":\"" COM "{tenantid}/v2.0\",\"cloud_instance_name\":\"microsoftonline.com\""
#define TEMPLATE_GOV ",\"issuer\":\"" COM "{tenantid}/v2.0\",\"cloud_instance_name\":\"microsoftonline.us\""

/* A list as that of 2023, the v1 list, and sets of other providers. */
static void fill(struct bench *bench, bool with_v1)
{
	add_key(bench, KID_FIRM, "accounts.accesscontrol.windows.net", TEMPLATE);
	add_key(bench, KID_V1, "accounts.accesscontrol.windows.net", TEMPLATE);
	add_key(bench, KID_GOV, "login.microsoftonline.us", ",\"issuer\":\"" COM "{tenantid}/v2.0\"");
	add_key(bench, STORM, "Live ID STS Signing Public Key", ",\"issuer\":\"" COM MSA "/v2.0\"");
	add_key(bench, KID_T2, NULL, ",\"issuer\":\"" COM T2 "/v2.0\",\"cloud_instance_name\":\"microsoftonline.com\"");
	add_key(bench, KID_BARE, NULL, "");
	add_key(bench, KID_ENC, NULL, TEMPLATE ",\"use\":\"enc\"");
	add_key(bench, "1", NULL, TEMPLATE);
	end_set(bench, "entra-v2");
	if (with_v1) {
		jwk_maker_text(&bench->keys[1], KID_V1, 1, "", bench->set, 4096); /* the same key, without issuer */
		end_set(bench, "entra-v1");
	}
	add_key(bench, KID_ACME, NULL, "");
	add_key(bench, KID_GOOG, NULL, ""); /* another key of that name */
	end_set(bench, "acme");
	add_key(bench, KID_PAIR, NULL, "");
	end_set(bench, "pair");
	add_key(bench, KID_SCOPED, NULL, "");
	end_set(bench, "scoped");
	add_key(bench, KID_OKTA, NULL, "");
	end_set(bench, "okta-org");
	add_key(bench, KID_GOOG, NULL, "");
	end_set(bench, "google");
	add_key(bench, KID_STRAY, NULL, TEMPLATE);
	end_set(bench, "stray");
}

static const struct row {
	struct claims claims;
	const char *binding;
	int known; /* -1: unset */
} table[] = {
	/* bound */
	{ { .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = T1 }, "bound", 1 },
	{ { .kid = KID_FIRM, .iss = COM "abcdef00-0000-4000-8000-000000000001/v2.0", .tid = "ABCDEF00-0000-4000-8000-000000000001" },
		"bound", 1 },
	{ { .kid = KID_V1, .iss = STS T1 "/", .tid = T1 }, "bound", 1 },
	{ { .kid = STORM, .iss = COM MSA "/v2.0", .tid = MSA }, "bound", 1 },
	{ { .kid = KID_GOV, .iss = US T1 "/v2.0", .tid = T1 }, "bound", 1 },
	{ { .kid = KID_T2, .iss = COM T2 "/v2.0", .tid = T2 }, "bound", 1 },
	{ { .kid = KID_ACME, .iss = "https://acme.okta.com" }, "bound", 1 },
	{ { .kid = KID_GOOG, .iss = "accounts.google.com" }, "bound", 1 },
	{ { .kid = "1", .iss = COM T1 "/v2.0", .tid = T1 }, "bound", 1 },
	/* foreign_issuer */
	{ { .kid = STORM, .iss = COM T1 "/v2.0", .tid = T1 }, "foreign_issuer", 1 },
	{ { .kid = STORM, .iss = STS T1 "/", .tid = T1 }, "foreign_issuer", 1 },
	{ { .kid = STORM, .iss = STS MSA "/", .tid = MSA }, "foreign_issuer", 1 },
	{ { .kid = KID_FIRM, .iss = COM MSA "/v2.0", .tid = MSA }, "foreign_issuer", 1 },
	{ { .kid = KID_FIRM, .iss = "https://accounts.google.com" }, "foreign_issuer", 1 },
	{ { .kid = KID_GOOG, .iss = COM T1 "/v2.0", .tid = T1 }, "foreign_issuer", 1 },
	{ { .kid = KID_FIRM, .iss = COM T1 "/v2.0/", .tid = T1 }, "foreign_issuer", 1 },
	{ { .kid = KID_FIRM, .iss = "https://nobody.example", .tid = T1 }, "foreign_issuer", 1 },
	{ { .kid = KID_GOOG, .iss = "https://nobody.example" }, "foreign_issuer", 1 },
	/* foreign_tenant */
	{ { .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = T2 }, "foreign_tenant", 1 },
	{ { .kid = KID_FIRM, .iss = COM T1 "/v2.0" }, "foreign_tenant", 1 },
	{ { .kid = KID_V1, .iss = STS T1 "/", .tid = T2 }, "foreign_tenant", 1 },
	{ { .kid = KID_V1, .iss = STS T1 "/" }, "foreign_tenant", 1 },
	{ { .kid = STORM, .iss = COM MSA "/v2.0", .tid = T1 }, "foreign_tenant", 1 },
	{ { .kid = STORM, .iss = COM MSA "/v2.0" }, "foreign_tenant", 1 },
	{ { .kid = KID_T2, .iss = COM T1 "/v2.0", .tid = T1 }, "foreign_tenant", 1 },
	{ { .kid = KID_ACME, .iss = "https://other.okta.com" }, "foreign_tenant", 1 },
	/* foreign_cloud */
	{ { .kid = KID_GOV, .iss = COM T1 "/v2.0", .tid = T1 }, "foreign_cloud", 1 },
	{ { .kid = KID_FIRM, .iss = US T1 "/v2.0", .tid = T1 }, "foreign_cloud", 1 },
	{ { .kid = KID_FIRM, .iss = "https://sts.chinacloudapi.cn/" T1 "/", .tid = T1 }, "foreign_cloud", 1 },
	/* unknown_key */
	{ { .kid = "NobodyNobodyNobodyNobody001", .iss = COM T1 "/v2.0", .tid = T1 }, "unknown_key", 0 },
	{ { .kid = "NobodyNobodyNobodyNobody001", .iss = "https://acme.eu.auth0.com/" }, "unknown_key", 0 },
	{ { .kid = KID_STRAY, .iss = COM T1 "/v2.0", .tid = T1 }, "unknown_key", 1 },
	{ { .kid = KID_BARE, .iss = COM T1 "/v2.0", .tid = T1 }, "unknown_key", 1 },
	{ { .kid = KID_BARE, .iss = COM MSA "/v2.0", .tid = MSA }, "unknown_key", 1 },
	{ { .kid = KID_OKTA, .iss = "https://other.okta.com" }, "unknown_key", 1 },
	{ { .kid = KID_ENC, .iss = COM T1 "/v2.0", .tid = T1 }, "unknown_key", 1 },
	{ { .kid = "1", .iss = "https://accounts.google.com" }, "unknown_key", 1 },
	{ { .kid = KID_PAIR, .iss = "https://one.example" }, "unknown_key", 1 },
	{ { .kid = KID_PAIR, .iss = "https://two.example" }, "unknown_key", 1 },
	{ { .kid = KID_SCOPED, .iss = "https://scoped.example" }, "unknown_key", 1 },
	/* unknown_issuer */
	{ { .kid = "NobodyNobodyNobodyNobody001", .iss = "https://nobody.example" }, "unknown_issuer", 0 },
	{ { .kid = KID_FIRM, .tid = T1 }, "unknown_issuer", 1 },
	{ { .kid = KID_BARE, .iss = "https://nobody.example" }, "unknown_issuer", 1 },
	{ { .kid = "1", .iss = "https://nobody.example" }, "unknown_issuer", 1 },
	/* no_kid */
	{ { .iss = COM T1 "/v2.0", .tid = T1 }, "no_kid", -1 },
	{ { .kid = "", .iss = COM T1 "/v2.0", .tid = T1 }, "no_kid", -1 },
	{ { .iss = "https://nobody.example" }, "no_kid", -1 },
};

static void decision_table(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	fill(&bench, true);
	bench_start(&bench);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct record *token = judge(&bench, table[i].claims);
		struct bytes binding = record_get(token, KEY_BINDING);

		if (!bytes_is(binding, table[i].binding))
			fail_msg("row %zu (%s, %s): %.*s, not %s", i, table[i].claims.kid, table[i].claims.iss,
			    (int)binding.len, (const char *)binding.data, table[i].binding);
		assert_int_equal(token->values[KEY_KNOWN].set, table[i].known >= 0);
		if (table[i].known >= 0)
			assert_int_equal(token->values[KEY_KNOWN].flag, table[i].known);
	}
	bench_free(&bench);
}

/* The five ways in which the published check falls open, and near relations of them. */
static void nothing_falls_open(void **state)
{
	static const char *const bare[] = { KID_BARE, "NobodyNobodyNobodyNobody001" };
	struct bench bench = bench_new();

	(void)state;
	/* No configuration: no key set at all. */
	bench_start(&bench);
	struct record *token = judge(&bench, (struct claims){ .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = T1 });

	assert_true(bytes_is(record_get(token, KEY_BINDING), "unknown_key"));
	assert_false(token->values[KEY_KNOWN].flag);
	assert_false(record_has(token, KEY_SET_MATCH));
	bench_free(&bench);

	/* No matched key; a key without issuer. */
	bench = bench_new();
	fill(&bench, false);
	bench_start(&bench);
	for (size_t i = 0; i < 2; i++) {
		token = judge(&bench, (struct claims){ .kid = bare[i], .iss = COM T1 "/v2.0", .tid = T1 });
		assert_true(bytes_is(record_get(token, KEY_BINDING), "unknown_key"));
		token = judge(&bench, (struct claims){ .kid = bare[i], .iss = STS T1 "/", .tid = T1 });
		assert_true(bytes_is(record_get(token, KEY_BINDING), "unknown_key"));
	}
	/* A token without tid, or with an empty one. */
	for (size_t i = 0; i < 2; i++) {
		token = judge(&bench, (struct claims){ .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = i ? "" : NULL });
		assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_tenant"));
	}
	bench_free(&bench);

	/* A blank issuer is no set to load; one of blanks fits nobody. */
	bench = bench_new();
	add_key(&bench, KID_FIRM, NULL, ",\"issuer\":\"\"");
	end_set(&bench, "entra-v2");
	assert_int_equal(bench.errors.n, 1);
	assert_non_null(strstr(bench.errors.text, "issuer is empty"));
	arena_init(&bench.arena, 4096, &bench.budget);
	bench_free(&bench);
	bench = bench_new();
	add_key(&bench, KID_FIRM, NULL, ",\"issuer\":\" \"");
	end_set(&bench, "entra-v2");
	bench_start(&bench);
	token = judge(&bench, (struct claims){ .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = T1 });
	assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_issuer"));
	bench_free(&bench);
}

/* What no tenant text may talk a template into. */
static void templates_are_not_talked_round(void **state)
{
	static const char *const tids[] = { T1 "/v2.0", "{tenantid}", "*", "", MSA, T1 " ", "common" };
	static const char *const isses[] = { COM T1 "/v2.0/v2.0", COM "{tenantid}/v2.0", COM "*/v2.0", COM "/v2.0",
		COM "common/v2.0" };
	struct bench bench = bench_new();

	(void)state;
	fill(&bench, true);
	bench_start(&bench);
	for (size_t i = 0; i < sizeof tids / sizeof *tids; i++)
		for (size_t k = 0; k < sizeof isses / sizeof *isses; k++) {
			struct record *token =
			    judge(&bench, (struct claims){ .kid = KID_FIRM, .iss = isses[k], .tid = tids[i] });

			assert_false(bytes_is(record_get(token, KEY_BINDING), "bound"));
			token =
			    judge(&bench, (struct claims){ .kid = KID_FIRM, .iss = COM T1 "/v2.0", .tid = tids[i] });
			assert_false(bytes_is(record_get(token, KEY_BINDING), "bound"));
		}
	bench_free(&bench);
}

static void storm_0558(void **state)
{
	struct bench bench = bench_new();
	char words[256];

	(void)state;
	fill(&bench, false);
	bench_start(&bench);
	struct record *token = judge(&bench, (struct claims){ .kid = STORM, .iss = COM T1 "/v2.0", .tid = T1 });

	assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_issuer"));
	assert_true(bytes_is(record_get(token, KEY_CLASS), "consumers"));
	assert_true(bytes_is(record_get(token, KEY_OWNER), COM MSA "/v2.0 (consumers)"));
	assert_true(bytes_is(record_get(token, KEY_CLOUD), "microsoftonline.com"));
	assert_true(bytes_is(record_get(token, KEY_LISTED), "Storm-0558"));
	assert_true(bytes_is(record_get(token, ISS_PROVIDER), "entra-v2"));
	assert_true(bytes_is(record_get(token, ISS_CLASS), "organisations"));
	assert_true(bytes_is(record_get(token, ISS_TENANT), T1));
	assert_true(token->values[ISS_TENANT_MATCH].flag);
	assert_string_equal(words_of(token, KEY_SETS, words), "entra-v2");
	bench_free(&bench);
}

/* The list of compromised keys says whose key it is even where no key set was ever fetched. */
static void storm_0558_without_key_sets(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	bench_start(&bench);
	struct record *token = judge(&bench, (struct claims){ .kid = STORM, .iss = STS T1 "/", .tid = T1 });

	assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_issuer"));
	assert_true(bytes_is(record_get(token, KEY_CLASS), "consumers"));
	assert_true(bytes_is(record_get(token, KEY_LISTED), "Storm-0558"));
	assert_false(token->values[KEY_KNOWN].flag);
	/* In its own issuer's name it is still not bound. */
	token = judge(&bench, (struct claims){ .kid = STORM, .iss = COM MSA "/v2.0", .tid = MSA });
	assert_true(bytes_is(record_get(token, KEY_BINDING), "unknown_key"));
	assert_true(bytes_is(record_get(token, KEY_LISTED), "Storm-0558"));
	/* In the x5t, or spelt otherwise. */
	token = judge(&bench, (struct claims){ .kid = "a", .x5t = STORM, .iss = STS T1 "/", .tid = T1 });
	assert_true(bytes_is(record_get(token, KEY_LISTED), "Storm-0558"));
	token = judge(&bench,
	    (struct claims){ .kid = "D4B4CCCDA9228624656BFF33D8110955779632AA", .iss = STS T1 "/", .tid = T1 });
	assert_true(bytes_is(record_get(token, KEY_LISTED), "Storm-0558"));
	bench_free(&bench);
}

/* K06: v1 tokens under keys of the v2 list are fine while that is all there is, and not once the v1 list is known. */
static void v1_tokens_and_the_v2_list(void **state)
{
	struct claims claims = { .kid = KID_FIRM, .iss = STS T1 "/", .tid = T1 };
	struct bench bench = bench_new();
	char words[256];

	(void)state;
	fill(&bench, false);
	bench_start(&bench);
	struct record *token = judge(&bench, claims);

	assert_true(bytes_is(record_get(token, KEY_BINDING), "bound"));
	assert_true(token->values[KEY_SET_MATCH].flag);
	bench_free(&bench);
	bench = bench_new();
	fill(&bench, true);
	bench_start(&bench);
	token = judge(&bench, claims);
	assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_issuer"));
	assert_true(token->values[KEY_SET_MATCH].set && !token->values[KEY_SET_MATCH].flag);
	assert_string_equal(words_of(token, KEY_SETS, words), "entra-v2");
	claims.kid = KID_V1;
	token = judge(&bench, claims);
	assert_true(bytes_is(record_get(token, KEY_BINDING), "bound"));
	assert_string_equal(words_of(token, KEY_SETS, words), "entra-v1 entra-v2");
	bench_free(&bench);
}

static void x5t_stands_in_for_a_missing_kid(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	fill(&bench, true);
	bench_start(&bench);
	const char *firm = bench.keys[0].x5t, *storm = bench.keys[3].x5t;
	struct record *token = judge(&bench, (struct claims){ .x5t = firm, .iss = COM T1 "/v2.0", .tid = T1 });

	assert_true(bytes_is(record_get(token, KEY_BINDING), "bound"));
	assert_false(record_has(token, KEY_ID_CLASH));
	token = judge(&bench, (struct claims){ .x5t = storm, .iss = COM T1 "/v2.0", .tid = T1 });
	assert_true(bytes_is(record_get(token, KEY_BINDING), "foreign_issuer"));
	token = judge(&bench, (struct claims){ .kid = KID_FIRM, .x5t = firm, .iss = STS T1 "/", .tid = T1 });
	assert_true(token->values[KEY_ID_CLASH].set && !token->values[KEY_ID_CLASH].flag);
	token = judge(&bench, (struct claims){ .kid = KID_FIRM, .x5t = storm, .iss = STS T1 "/", .tid = T1 });
	assert_true(token->values[KEY_ID_CLASH].flag);
	token = judge(&bench,
	    (struct claims){ .kid = KID_FIRM, .x5t = "xP_zn6I1YkXcUUmlBoPuXTGsaxk", .iss = STS T1 "/", .tid = T1 });
	assert_true(token->values[KEY_ID_CLASH].flag);
	token = judge(
	    &bench, (struct claims){ .kid = KID_ACME, .x5t = "xP_zn6I1YkXcUUmlBoPuXTGsaxk", .iss = STS T1 "/" });
	assert_false(record_has(token, KEY_ID_CLASH));
	bench_free(&bench);
}

static void tenants_and_versions(void **state)
{
	struct bench bench = bench_new();
	char words[256];

	(void)state;
	bench_start(&bench);
	struct record *token = judge(&bench, (struct claims){ .iss = STS T1 "/", .tid = T2 });

	assert_true(token->values[ISS_TENANT_MATCH].set && !token->values[ISS_TENANT_MATCH].flag);
	assert_false(record_has(judge(&bench, (struct claims){ .iss = STS T1 "/" }), ISS_TENANT_MATCH));
	assert_false(record_has(
	    judge(&bench, (struct claims){ .iss = "https://acme.okta.com", .tid = "b" }), ISS_TENANT_MATCH));
	/* The published sample with its tenants blacked out is no issuer at all. */
	token = judge(&bench, (struct claims){ .iss = STS ".../", .tid = "..." });
	assert_false(record_has(token, ISS_PROVIDER) || record_has(token, ISS_TENANT_MATCH) ||
		     record_has(token, ISS_LOOKALIKE));

	static const struct {
		const char *iss, *ver, *x5t, *appid;
		bool azp;
		const char *clash;
	} cases[] = {
		{ STS T1 "/", "1.0", STORM, "app", false, "" },
		{ STS T1 "/", "2.0", STORM, "app", false, "ver" },
		{ STS T1 "/", NULL, NULL, NULL, false, "x5t" },
		{ STS T1 "/", "1.0", STORM, "app", true, "client" },
		{ COM T1 "/v2.0", "2.0", NULL, "app", true, "" },
		{ COM T1 "/v2.0", "1.0", STORM, "app", false, "ver x5t client" },
		{ COM T1 "/v2.0", NULL, NULL, NULL, false, "" },
		{ "https://contoso.b2clogin.com/" T1 "/v2.0/", "1.0", NULL, "app", true, "" },
		{ "https://fs.corp.example/adfs", "1.0", STORM, "app", false, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		token = record_new(&token_record, &bench.arena);
		set_text(token, JWT_ISS, cases[i].iss);
		set_text(token, JWT_VER, cases[i].ver);
		set_text(token, JWT_X5T, cases[i].x5t);
		set_text(token, JWT_APPID, cases[i].appid);
		if (cases[i].azp)
			record_flag(token, JWT_AZP, true);
		trust_judge(bench.trust, token, &bench.arena);
		assert_string_equal(words_of(token, ISS_VERSION_CLASH, words), cases[i].clash);
	}
	bench_free(&bench);
}

static void lookalikes(void **state)
{
	static const struct {
		const char *iss, *words;
	} cases[] = {
		/* genuine */
		{ COM T1 "/v2.0", "" },
		{ "https://accounts.google.com", "" },
		{ "accounts.google.com", "" },
		{ "http://fs.corp.example/adfs/services/trust", "" },
		{ "https://sso.corp.example/realms/main", "" },
		{ "http://SSO.corp.example:8080/realms/main", "" },
		{ "https://gitlab.corp.example", "" },
		{ "https://kubernetes.default.svc.cluster.local", "" },
		{ "https://nobody.example/", "" },
		{ "https://NOBODY.example:8443//x?y#z", "" },
		{ COM "common/v2.0", "" },
		{ "https://login.windows.net/" T1 "/", "" },
		{ "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/AA", "" },
		{ "https://xn--bcher-kva.example/realms/main", "" },
		{ "https://idp.example/realms/login.microsoftonline.com", "" },
		{ "00000003-0000-0FF1-CE00-000000000000@" T1, "" },
		{ "someone@login.microsoftonline.com", "" },
		{ "", "" },
		{ "://", "" },
		/* mended, they fit */
		{ "http://login.microsoftonline.com/" T1 "/v2.0", "scheme" },
		{ "login.microsoftonline.com/" T1 "/v2.0", "scheme" },
		{ "https://login.microsoftonline.com:443/" T1 "/v2.0", "port" },
		{ "https://a:b@login.microsoftonline.com/" T1 "/v2.0", "userinfo" },
		{ "https://Login.MicrosoftOnline.com/" T1 "/v2.0", "case" },
		{ "HTTPS://login.microsoftonline.com/" T1 "/v2.0", "case" },
		{ COM "ABCDEF00-0000-4000-8000-000000000001/v2.0", "case" },
		{ COM T1 "/v2.0/", "slash" },
		{ STS T1, "slash" },
		{ COM "/" T1 "/v2.0", "slash" },
		{ "https:\\\\login.microsoftonline.com\\" T1 "\\v2.0", "slash" },
		{ "https://login%2Emicrosoftonline%2ecom/" T1 "/v2.0", "encoded" },
		{ "https://login%252Emicrosoftonline.com/" T1 "/v2.0", "encoded" },
		{ COM T1 "/v2.0%00", "encoded control" },
		{ COM T1 "/v2.0%00.evil.example", "encoded control" },
		{ "http://login.microsoftonline.com/" T1 "/v2.0%00.evil.example", "scheme encoded control" },
		{ "https://nobody.example/%00" COM T1 "/v2.0", "" },
		{ " " COM T1 "/v2.0", "control" },
		{ COM T1 "/v2.0\n", "control" },
		{ COM T1 "/v2.0?a", "query" },
		{ COM T1 "/v2.0#a", "fragment" },
		{ "https://login.microsoftonline.com./" T1 "/v2.0", "host" },
		{ "http://ACCOUNTS.google.com:80/", "scheme port case slash" },
		{ "https://accounts.google.com/", "slash" },
		{ "Kubernetes/serviceaccount", "case" },
		{ "https://acme.okta.com:8443", "port" },
		/* another host */
		{ "https://micros0ft.example/", "" },
		{ "https://login.micros0ftonline.com/" T1 "/v2.0", "host" },
		{ "https://login.microsoftonIine.com/" T1 "/v2.0", "case host" },
		{ "https://login.rnicrosoftonline.com/" T1 "/v2.0", "host" },
		{ "https://login.microsoftonline.co/" T1 "/v2.0", "host" },
		{ "https://login.micorsoftonline.com/" T1 "/v2.0", "host" },
		{ "https://login.microsoftonline.com.evil.example/" T1 "/v2.0", "host" },
		{ "https://login.microsoftonline.com.evil.example/realms/main", "host" },
		{ "https://login.micros0ftonline.com/realms/main", "host" },
		{ "https://login.microsoftonline.com@evil.example/" T1 "/v2.0", "userinfo host" },
		{ "https://login.xn--mcrosoftonline-0lb.com/" T1 "/v2.0", "punycode host" },
		{ "https://login.m\xc3\xad" "crosoftonline.com/" T1 "/v2.0", "punycode host" },
		{ "https://acme.0kta.com", "host" },
		{ "https://acme.okta.com.evil.example", "host" },
		{ "https://shop.okra.com", "" },
		{ "https://acme.cloudfIareaccess.com", "case host" },
		{ "https://kubernetes.default.svc.evil.example/", "host" },
	};
	struct bench bench = bench_new();
	char words[256];

	(void)state;
	bench_start(&bench);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		words_of(judge(&bench, (struct claims){ .iss = cases[i].iss }), ISS_LOOKALIKE, words);
		if (strcmp(words, cases[i].words) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].iss, words, cases[i].words);
	}
	bench_free(&bench);
}

static void key_urls(void **state)
{
	static const struct {
		const char *url, *iss, *words;
	} cases[] = {
		{ "https://login.microsoftonline.com/common/discovery/keys", COM T1 "/v2.0", "" },
		{ "https://LOGIN.microsoftonline.com:443/common/discovery/keys", COM T1 "/v2.0", "" },
		{ "https://login.microsoftonline.com:8443/keys", COM T1 "/v2.0", "foreign_origin" },
		{ "https://evil.example/keys", COM T1 "/v2.0", "foreign_origin" },
		{ "https://login.microsoftonline.com@evil.example/keys", COM T1 "/v2.0", "foreign_origin userinfo" },
		{ "http://127.0.0.1/keys", COM T1 "/v2.0", "foreign_origin insecure ip_literal" },
		{ "https://[::1]/keys", COM T1 "/v2.0", "foreign_origin ip_literal" },
		{ "https://2130706433/keys", COM T1 "/v2.0", "foreign_origin ip_literal" },
		{ "https://0x7f000001/", COM T1 "/v2.0", "foreign_origin ip_literal" },
		{ "/keys", COM T1 "/v2.0", "malformed" },
		{ "", COM T1 "/v2.0", "malformed" },
		{ "https:///keys", COM T1 "/v2.0", "malformed" },
		{ "https://a b/keys", COM T1 "/v2.0", "malformed" },
		{ "https://login.microsoftonline.com\\@evil.example/", COM T1 "/v2.0", "malformed" },
		{ "https://evil.example/keys", "https://evil.example", "unknown_issuer" },
		{ "https://evil.example/keys", NULL, "unknown_issuer" },
		{ "https://accounts.google.com/keys", "accounts.google.com", "unknown_issuer" },
	};
	struct bench bench = bench_new();
	char words[256];

	(void)state;
	bench_start(&bench);
	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		struct record *token = record_new(&token_record, &bench.arena);

		set_text(token, JWT_ISS, cases[i / 2].iss);
		set_text(token, i % 2 ? JWT_JKU : JWT_X5U, cases[i / 2].url);
		trust_judge(bench.trust, token, &bench.arena);
		words_of(token, KEY_URL, words);
		if (strcmp(words, cases[i / 2].words) != 0)
			fail_msg("%s: %s, not %s", cases[i / 2].url, words, cases[i / 2].words);
	}
	bench_free(&bench);
}

static void algorithms(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	fill(&bench, true);
	bench_start(&bench);
	struct record *token =
	    judge(&bench, (struct claims){ .kid = KID_FIRM, .alg = "HS256", .iss = COM T1 "/v2.0", .tid = T1 });

	assert_true(token->values[KEY_ALG_ALLOWED].set && !token->values[KEY_ALG_ALLOWED].flag);
	assert_true(token->values[KEY_ALG_FITS].set && !token->values[KEY_ALG_FITS].flag);
	token = judge(&bench, (struct claims){ .kid = KID_FIRM, .alg = "RS256", .iss = COM T1 "/v2.0", .tid = T1 });
	assert_true(token->values[KEY_ALG_ALLOWED].flag);
	assert_false(token->values[KEY_ALG_FITS].flag); /* the key of this test is on a curve */
	token = judge(&bench, (struct claims){ .kid = KID_FIRM, .alg = "ES256", .iss = COM T1 "/v2.0", .tid = T1 });
	assert_true(token->values[KEY_ALG_FITS].flag);
	token = judge(&bench, (struct claims){ .alg = "none", .iss = "00000003-0000-0ff1-ce00-000000000000@" T1 });
	assert_true(token->values[KEY_ALG_ALLOWED].flag);
	token = judge(&bench, (struct claims){ .iss = "https://nobody.example" });
	assert_false(record_has(token, KEY_ALG_ALLOWED));
	bench_free(&bench);
}

static void other_kinds_are_left_alone(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	bench_start(&bench);
	struct record *token = record_new(&token_record, &bench.arena);

	set_text(token, TOKEN_KIND, TOKEN_KIND_OPAQUE);
	trust_judge(bench.trust, token, &bench.arena);
	for (size_t i = ISS_PROVIDER; i < TOKEN_FIELDS; i++)
		assert_false(record_has(token, i));
	set_text(token, TOKEN_KIND, TOKEN_KIND_JWE);
	set_text(token, JWT_KID, STORM);
	trust_judge(bench.trust, token, &bench.arena);
	assert_false(record_has(token, KEY_BINDING) || record_has(token, KEY_LISTED));
	bench_free(&bench);
}

/* Where memory is refused fields stay unset, and the verdict is the same. */
static void refusals_never_better_a_verdict(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	fill(&bench, true);
	bench_start(&bench);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct record *token = record_new(&token_record, &bench.arena);
		struct budget none;
		struct arena empty;

		budget_init(&none, 0, NULL);
		arena_init(&empty, 64, &none);
		set_text(token, JWT_KID, table[i].claims.kid);
		set_text(token, JWT_ISS, table[i].claims.iss);
		set_text(token, JWT_TID, table[i].claims.tid);
		trust_judge(bench.trust, token, &empty);
		assert_true(bytes_is(record_get(token, KEY_BINDING), table[i].binding));
		assert_false(
		    record_has(token, KEY_SETS) || record_has(token, ISS_TENANT) || record_has(token, ISS_LOOKALIKE));
	}
	bench_free(&bench);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void remove_all(const char *folder)
{
	static const char *const names[] = { "issuers.json", "compromised.json", "keys/a.jwks.json", "keys/README.md",
		"keys", "" };
	char path[512];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		remove(path);
	}
}

static void folders_are_read_in_order(void **state)
{
	char folder[] = "/tmp/test_trust.XXXXXX", keys[64], set[4500] = "{\"keys\":[", *at = set + strlen(set);
	struct errors errors = { 0 };
	struct jwk_maker maker;

	(void)state;
	assert_non_null(mkdtemp(folder));
	const char *const folders[] = { "sigs", folder };

	assert_null(trust_load(folders, 2, &errors)); /* no issuers.json */
	assert_int_equal(errors.n, 1);
	assert_non_null(strstr(errors.text, "/issuers.json: No such file"));
	errors_fini(&errors);
	write_file(folder, "issuers.json", "{\"issuers\":[{\"name\":\"a\",\"iss\":\"https://a.example/realms/a\"}]}");
	struct trust *trust = trust_load(folders, 2, &errors);

	assert_non_null(trust);
	assert_int_equal(trust_n_keys(trust), 0);
	size_t n_issuers = trust_n_issuers(trust);

	trust_free(trust);
	snprintf(keys, sizeof keys, "%s/keys", folder);
	assert_int_equal(mkdir(keys, 0700), 0);
	jwk_maker_new(&maker, NULL);
	jwk_maker_text(&maker, "k", 0, "", at, 4096);
	strcat(set, "]}");
	write_file(folder, "keys/a.jwks.json", set);
	write_file(folder, "keys/README.md", "no set\n");
	trust = trust_load(folders, 2, &errors);
	assert_non_null(trust);
	assert_int_equal(trust_n_keys(trust), 1);
	assert_int_equal(trust_n_issuers(trust), n_issuers);
	trust_free(trust);
	write_file(folder, "issuers.json", "{\n\"issuers\":\n[}\n");
	write_file(folder, "compromised.json", "[]");
	write_file(folder, "keys/a.jwks.json", "{\"keys\":[{}]}");
	assert_null(trust_load(folders, 2, &errors));
	assert_int_equal(errors.n, 3); /* all of them at once */
	assert_non_null(strstr(errors.text, "/issuers.json:3: "));
	assert_non_null(strstr(errors.text, "/compromised.json:1: "));
	assert_non_null(strstr(errors.text, "/keys/a.jwks.json: key 1"));
	errors_fini(&errors);
	remove_all(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision_table),
		cmocka_unit_test(nothing_falls_open),
		cmocka_unit_test(templates_are_not_talked_round),
		cmocka_unit_test(storm_0558),
		cmocka_unit_test(storm_0558_without_key_sets),
		cmocka_unit_test(v1_tokens_and_the_v2_list),
		cmocka_unit_test(x5t_stands_in_for_a_missing_kid),
		cmocka_unit_test(tenants_and_versions),
		cmocka_unit_test(lookalikes),
		cmocka_unit_test(key_urls),
		cmocka_unit_test(algorithms),
		cmocka_unit_test(other_kinds_are_left_alone),
		cmocka_unit_test(refusals_never_better_a_verdict),
		cmocka_unit_test(folders_are_read_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
