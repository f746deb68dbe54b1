/* Key sets: what is read of a JWK, what is refused, whose each key is, and the compromised list. */
#include "sensor/trust/digest.h"
#include "sensor/trust/store.h"
#include "sensor/trust/template.h"
#include "tests/support/jwk_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define TEMPLATE "https://login.example/{tenantid}/v2.0"
#define GUID_A "aaaaaaaa-0000-4000-8000-000000000001"

static const char issuers_json[] =
	"{\"issuers\":["
	"{\"name\":\"people\",\"iss\":\"https://login.example/" GUID_A "/v2.0\",\"class\":\"consumers\",\"cloud\":\"one\","
	"\"keys\":[\"mixed\"],\"x5c_cn\":\"People Key\",\"jwk_issuer\":\"https://login.example/" GUID_A "/v2.0\"},"
	"{\"name\":\"firms\",\"iss\":\"https://login.example/{tenant:guid}/v2.0\",\"class\":\"organisations\",\"cloud\":\"one\","
	"\"keys\":[\"mixed\",\"old\"],\"x5c_cn\":\"Firm Key\",\"jwk_issuer\":\"" TEMPLATE "\"},"
	"{\"name\":\"plain\",\"iss\":\"https://plain.example\",\"class\":\"organisations\"}"
	"]}";

struct kit {
	struct trust *trust;
	struct errors errors;
	char place[64];
};

static struct kit kit_new(void)
{
	struct kit kit = { .trust = store_new() };

	assert_non_null(kit.trust);
	store_issuers(kit.trust, "issuers.json", bytes_text(issuers_json), &kit.errors);
	return kit;
}

static void kit_free(struct kit *kit)
{
	store_free(kit->trust);
	errors_fini(&kit->errors);
}

static void load(struct kit *kit, const char *name, const char *json)
{
	snprintf(kit->place, sizeof kit->place, "keys/%s.jwks.json", name);
	store_keys(kit->trust, bytes_text(name), kit->place, bytes_text(json), &kit->errors);
}

static void finish(struct kit *kit)
{
	if (kit->errors.n)
		fail_msg("%s", kit->errors.text);
	store_finish(kit->trust, &kit->errors);
	assert_int_equal(kit->errors.n, 0);
}

static const struct key *key_of(const struct kit *kit, const char *kid)
{
	struct index_hits hits = keyring_by_kid(&kit->trust->keyring, bytes_text(kid));

	assert_int_equal(hits.n, 1);
	return kit->trust->keyring.keys[hits.entries[0].number];
}

/* A set of one key. */
static void load_one(
    struct kit *kit, const char *name, const struct jwk_maker *maker, const char *kid, int cert, const char *more)
{
	char jwk[4096], set[4200];

	jwk_maker_text(maker, kid, cert, more, jwk, sizeof jwk);
	snprintf(set, sizeof set, "{\"keys\":[%s]}", jwk);
	load(kit, name, set);
}

static void names_of_a_key(void **state)
{
	struct kit kit = kit_new();
	struct jwk_maker maker;
	uint8_t text[64];

	(void)state;
	jwk_maker_new(&maker, "Firm Key");
	load_one(&kit, "mixed", &maker, NULL, 1, "");
	finish(&kit);
	/* No kid: the thumbprint. */
	const struct key *key = key_of(&kit, maker.thumbprint);

	assert_int_equal(key->jwk.type, JWK_EC);
	assert_true(bytes_is(bytes_of(text, digest_base64url(key->jwk.x5t, text)), maker.x5t));
	assert_true(bytes_is(bytes_of(text, digest_base64url(key->jwk.x5t_s256, text)), maker.x5t_s256));
	assert_true(bytes_is(bytes_of(text, digest_base64url(key->jwk.thumbprint, text)), maker.thumbprint));
	assert_true(bytes_is(key->jwk.cn, "Firm Key"));
	assert_int_equal(keyring_by_x5t(&kit.trust->keyring, bytes_text(maker.x5t)).n, 1);
	assert_int_equal(keyring_by_x5t(&kit.trust->keyring, bytes_text(maker.x5t_hex)).n, 1);
	assert_int_equal(keyring_by_x5t_s256(&kit.trust->keyring, bytes_text(maker.x5t_s256)).n, 1);
	assert_int_equal(keyring_by_x5t(&kit.trust->keyring, bytes_text("")).n, 0);
	kit_free(&kit);
}

/* RFC 7638 3.1, and the public key of RFC 8037 A.2 with its thumbprint in A.3. */
static void thumbprints_of_the_rfcs(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	load(&kit, "plain",
		"{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx"
		"4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65Y"
		"GjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr"
		"3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\"},"
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},"
		"{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\",\"kid\":\"of-the-future\"}]}");
	finish(&kit);
	assert_int_equal(key_of(&kit, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")->jwk.type, JWK_RSA);
	assert_int_equal(key_of(&kit, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")->jwk.type, JWK_OKP);
	assert_int_equal(key_of(&kit, "of-the-future")->jwk.type, JWK_OTHER);
	kit_free(&kit);
}

static void broken_sets_are_named(void **state)
{
#define POINT "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":" \
	"\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"keys\":[{]}", "keys/s.jwks.json:1: " },
		{ "\n\n[1]", "not a JSON object" },
		{ "{\"keys\":{}}", "keys is not an array" },
		{ "{\"keys\":[1]}", "key 1 (kid missing): not an object" },
		{ "{\"keys\":[{" POINT ",\"kid\":\"a\",\"d\":\"AAAA\"}]}", "key 1 (kid a): private key material: member d" },
		{ "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AAAA\"}]}", "key 1 (kid s): private key material: member k" },
		{ "{\"keys\":[{" POINT ",\"kid\":\"a\"},{" POINT ",\"kid\":\"a\"}]}", "kid \"a\" comes twice" },
		{ "{\"keys\":[{" POINT ",\"kid\":7}]}", "kid is not a string" },
		{ "{\"keys\":[{" POINT ",\"issuer\":\"\"}]}", "issuer is empty" },
		{ "{\"keys\":[{" POINT ",\"issuer\":null}]}", "issuer is not a string" },
		{ "{\"keys\":[],\"issuer\":\"\"}", "issuer is empty" },
		{ "{\"keys\":[{\"kid\":\"a\"}]}", "kty is missing" },
		{ "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"e\":\"AQAB\"}]}", "n is not a base64url number" },
		{ "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"????\",\"e\":\"AQAB\"}]}", "n is not a base64url number" },
		{ "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AAAA\",\"e\":\"AQAB\"}]}", "no RSA key" },
		{ "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"gAAAAAAB\",\"e\":\"AQ\"}]}", "no RSA key" },
		{ "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-255\",\"kid\":\"a\"}]}", "crv is not a curve" },
		{ "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\",\"kid\":\"a\"}]}", "has 32 bytes" },
		{ "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
		  "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"kid\":\"a\"}]}", "not a point on P-256" },
		{ "{\"keys\":[{" POINT ",\"kid\":\"a\",\"x5c\":[]}]}", "x5c is not an array of 1 to 16" },
		{ "{\"keys\":[{" POINT ",\"kid\":\"a\",\"x5c\":[\"AAAA\"]}]}", "x5c[0] is not a certificate" },
		{ "{\"keys\":[{" POINT ",\"kid\":\"a\",\"x5t\":\"AAAA\"}]}", "x5t is not a digest of 20 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit = kit_new();

		load(&kit, "s", cases[i].json);
		if (!kit.errors.n || !strstr(kit.errors.text, cases[i].message) ||
		    !strstr(kit.errors.text, "keys/s.jwks.json"))
			fail_msg("%s: %s", cases[i].json, kit.errors.n ? kit.errors.text : "no error");
		kit_free(&kit);
	}
}

static void certificates_must_belong(void **state)
{
	struct kit kit = kit_new();
	struct jwk_maker one, other, mixture;
	char more[128];

	(void)state;
	jwk_maker_new(&one, "Firm Key");
	jwk_maker_new(&other, "Firm Key");
	mixture = one;
	memcpy(mixture.cert, other.cert, sizeof mixture.cert);
	load_one(&kit, "mixed", &mixture, "a", 1, "");
	assert_int_equal(kit.errors.n, 1);
	assert_non_null(strstr(kit.errors.text, "key 1 (kid a): the first certificate of x5c holds another key"));
	snprintf(more, sizeof more, ",\"x5t\":\"%s\"", other.x5t);
	load_one(&kit, "mixed", &one, "b", 1, more);
	assert_int_equal(kit.errors.n, 2);
	assert_non_null(strstr(kit.errors.text, "x5t is not the digest of the first certificate"));
	snprintf(more, sizeof more, ",\"x5t\":\"%s\"", one.x5t);
	load_one(&kit, "mixed", &one, "c", 1, more);
	assert_int_equal(kit.errors.n, 2);
	kit_free(&kit);
}

static void owners(void **state)
{
	static const struct {
		const char *set, *cn, *more, *owner, *class, *cloud, *text;
		enum key_scope scope;
	} cases[] = {
		{ "mixed", NULL, ",\"issuer\":\"" TEMPLATE "\"", "firms", "organisations", "one",
		    "firms (organisations, one)", KEY_SCOPE_ISSUER },
		{ "mixed", NULL, ",\"issuer\":\"https://login.example/" GUID_A "/v2.0\"", "people", "consumers",
		    "one", "https://login.example/" GUID_A "/v2.0 (consumers)", KEY_SCOPE_ISSUER },
		/* The certificate does not overrule the member, but tells the cloud; cloud_instance_name tells it best. */
		{ "mixed", "People Key", ",\"issuer\":\"" TEMPLATE "\",\"cloud_instance_name\":\"two\"", "firms",
		    "organisations", "two", "firms (organisations, two)", KEY_SCOPE_ISSUER },
		{ "mixed", "People Key", "", "people", "consumers", "one", "people (consumers, one)",
		    KEY_SCOPE_FAMILY },
		{ "mixed", "Firm Key", "", "firms", "organisations", "one", "firms (organisations, one)",
		    KEY_SCOPE_FAMILY },
		{ "mixed", "Some Key", "", NULL, "", "", "", KEY_SCOPE_NONE },
		{ "old", NULL, "", "firms", "organisations", "one", "firms (organisations, one)", KEY_SCOPE_SET },
		{ "plain", NULL, "", "plain", "organisations", "", "plain (organisations)", KEY_SCOPE_SET },
		{ "stray", NULL, "", NULL, "", "", "", KEY_SCOPE_NONE },
		{ "mixed", NULL, ",\"issuer\":\"https://nobody.example\"", NULL, "", "", "https://nobody.example",
		    KEY_SCOPE_ISSUER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit = kit_new();
		struct jwk_maker maker;

		jwk_maker_new(&maker, cases[i].cn);
		load_one(&kit, cases[i].set, &maker, "a-kid-of-its-own", cases[i].cn != NULL, cases[i].more);
		finish(&kit);
		const struct key *key = key_of(&kit, "a-kid-of-its-own");

		if (cases[i].owner ? !key->owner || !bytes_is(key->owner->name, cases[i].owner) : key->owner != NULL)
			fail_msg("case %zu: owner", i);
		if (key->scope != cases[i].scope || !bytes_is(key->class, cases[i].class) ||
		    !bytes_is(key->cloud, cases[i].cloud) || !bytes_is(key->owner_text, cases[i].text))
			fail_msg("case %zu: %.*s", i, (int)key->owner_text.len, (const char *)key->owner_text.data);
		kit_free(&kit);
	}
}

/* The v1 list has no issuer; the scope that the v2 list tells of the same key holds there too. */
static void copies_share_what_one_tells(void **state)
{
	struct kit kit = kit_new();
	struct jwk_maker maker;

	(void)state;
	jwk_maker_new(&maker, "Firm Key");
	load_one(&kit, "old", &maker, "kid-in-the-old-list", 0, "");
	load_one(&kit, "mixed", &maker, "kid-in-the-mixed-list", 1,
		",\"issuer\":\"https://login.example/" GUID_A "/v2.0\",\"cloud_instance_name\":\"one\"");
	/* What a set says that nobody lists is taken from nobody. */
	load_one(&kit, "a-stray", &maker, "kid-in-the-stray-list", 0, ",\"issuer\":\"https://nobody.example\"");
	finish(&kit);
	const struct key *key = key_of(&kit, "kid-in-the-old-list");

	assert_true(bytes_is(key->jwk.issuer, "https://login.example/" GUID_A "/v2.0"));
	assert_true(bytes_is(key->jwk.cloud, "one"));
	assert_true(bytes_is(key->jwk.cn, "Firm Key"));
	assert_true(bytes_is(key->class, "consumers"));
	kit_free(&kit);
}

static void a_set_may_tell_for_all_its_keys(void **state)
{
	struct kit kit = kit_new();
	struct jwk_maker maker;
	char jwk[4096], set[4300];

	(void)state;
	jwk_maker_new(&maker, NULL);
	jwk_maker_text(&maker, "a", 0, "", jwk, sizeof jwk);
	snprintf(set, sizeof set, "{\"issuer\":\"" TEMPLATE "\",\"cloud_instance_name\":\"two\",\"keys\":[%s]}", jwk);
	load(&kit, "mixed", set);
	finish(&kit);
	assert_true(bytes_is(key_of(&kit, "a")->jwk.issuer, TEMPLATE));
	assert_true(bytes_is(key_of(&kit, "a")->cloud, "two"));
	kit_free(&kit);
}

static void a_later_set_replaces(void **state)
{
	struct kit kit = kit_new();
	struct jwk_maker maker;

	(void)state;
	jwk_maker_new(&maker, NULL);
	load_one(&kit, "mixed", &maker, "first", 0, "");
	load_one(&kit, "plain", &maker, "stays", 0, "");
	load_one(&kit, "mixed", &maker, "second", 0, "");
	finish(&kit);
	assert_int_equal(kit.trust->keyring.n_keys, 2);
	assert_int_equal(keyring_by_kid(&kit.trust->keyring, bytes_text("first")).n, 0);
	key_of(&kit, "second");
	key_of(&kit, "stays");
	kit_free(&kit);
}

static void keys_for_encryption_do_not_sign(void **state)
{
	static const struct {
		const char *more;
		bool signs;
	} cases[] = {
		{ "", true }, { ",\"use\":\"sig\"", true }, { ",\"use\":\"jwt-svid\"", true }, { ",\"use\":\"enc\"", false },
		{ ",\"use\":\"x509-svid\"", false }, { ",\"key_ops\":[\"verify\"]", true }, { ",\"key_ops\":[\"encrypt\"]", false },
		{ ",\"use\":7", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit = kit_new();
		struct jwk_maker maker;

		jwk_maker_new(&maker, NULL);
		load_one(&kit, "plain", &maker, "a", 0, cases[i].more);
		finish(&kit);
		assert_int_equal(key_of(&kit, "a")->jwk.signs, cases[i].signs);
		kit_free(&kit);
	}
}

static void compromised_keys_are_found_by_any_name(void **state)
{
	static const char hex[] = "d4b4cccda9228624656bff33d8110955779632aa", kid[] = "1LTMzakihiRla_8z2BEJVXeWMqo";
	static const char *const spelt[] = { "1LTMzakihiRla_8z2BEJVXeWMqo", "1LTMzakihiRla_8z2BEJVXeWMqo=",
		"1LTMzakihiRla/8z2BEJVXeWMqo=", "D4B4CCCDA9228624656BFF33D8110955779632AA", "1LTMzakihiRla_8z2BEJVXeWMqp" };
	static const char *const others[] = { "", "1LTMzakihiRla_8z2BEJVXeWMq",
		"d4b4cccda9228624656bff33d8110955779632ab", "1LTMzakihiRla_8z2BEJVXeWMqoA",
		"xP_zn6I1YkXcUUmlBoPuXTGsaxk" };
	struct kit kit = kit_new();
	struct compromised *list = &kit.trust->compromised;
	struct bytes none = bytes_of("", 0);

	(void)state;
	store_compromised(kit.trust, "c.json",
	    bytes_text("{\"compromised\":[{\"name\":\"S\",\"kid\":\"1LTMzakihiRla_8z2BEJVXeWMqo\"},{\"name\":\"odd\","
		       "\"kid\":\"odd one\"}]}"),
	    &kit.errors);
	finish(&kit);
	assert_true(bytes_is(compromised_find(list, bytes_text(hex), none, none)->name, "S"));
	assert_true(bytes_is(compromised_find(list, none, bytes_text(kid), none)->name, "S"));
	assert_true(bytes_is(compromised_find(list, bytes_text("odd one"), none, none)->name, "odd"));
	for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++)
		if (!compromised_find(list, bytes_text(spelt[i]), none, none))
			fail_msg("%s is not found", spelt[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (compromised_find(list, bytes_text(others[i]), none, none))
			fail_msg("%s is found", others[i]);
	kit_free(&kit);
}

static void loaded_keys_are_listed_by_digest(void **state)
{
	static const char *const members[] = { "x5t", "x5t_s256", "jwk_thumbprint", "spki_sha256" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct kit kit = kit_new();
		struct jwk_maker maker;
		char json[512];

		jwk_maker_new(&maker, "Firm Key");
		const char *const digests[] = { maker.x5t_hex, maker.x5t_s256, maker.thumbprint, maker.spki_hex };

		snprintf(json, sizeof json, "{\"compromised\":[{\"name\":\"bad\",\"%s\":\"%s\"}]}", members[i],
		    digests[i]);
		store_compromised(kit.trust, "c.json", bytes_text(json), &kit.errors);
		load_one(&kit, "mixed", &maker, "renamed", 1, "");
		finish(&kit);
		assert_non_null(key_of(&kit, "renamed")->listed);
		assert_true(bytes_is(key_of(&kit, "renamed")->listed->name, "bad"));
		kit_free(&kit);
	}
}

static void templates(void **state)
{
	static const struct {
		const char *issuer, *tenant, *text;
		bool equal;
	} cases[] = {
		{ TEMPLATE, "a", "https://login.example/a/v2.0", true },
		{ TEMPLATE, "a", "https://login.example/b/v2.0", false },
		{ TEMPLATE, "a", "https://login.example/a/v2.0/", false },
		{ TEMPLATE, "a", "https://login.example/a", false },
		{ TEMPLATE, "", "https://login.example//v2.0", false },
		{ "{tenantid}", "", "", false },
		{ "{tenantid}.{tenantid}", "ab", "ab.ab", true },
		{ "{tenantid}.{tenantid}", "ab", "ab.ac", false },
		{ "fixed", "", "fixed", true },
		{ "fixed", "a", "fixe", false },
		{ "{tenantId}", "a", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes issuer = bytes_text(cases[i].issuer), tenant = bytes_text(cases[i].tenant);
		uint8_t filled[64];

		assert_int_equal(template_equals(issuer, tenant, bytes_text(cases[i].text)), cases[i].equal);
		if (cases[i].equal)
			assert_true(bytes_is(template_fill(issuer, tenant, filled, sizeof filled), cases[i].text));
		assert_int_equal(template_fill(issuer, tenant, filled, 0).len, 0);
	}
}

static void broken_lists_are_named(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"compromised\":[\n\n}", "c.json:3: " },
		{ "{}", "compromised is not an array" },
		{ "{\"compromised\":[{\"name\":\"a\"}]}", "key 1 (a): names no key" },
		{ "{\"compromised\":[{\"kid\":\"a\"}]}", "key 1 (without a name): name is missing" },
		{ "{\"compromised\":[{\"name\":\"a\",\"x5t\":\"zz\"}]}", "x5t is not a digest of 20 bytes" },
		{ "{\"compromised\":[{\"name\":\"a\",\"kid\":\"a\",\"hint\":1}]}", "unknown member \"hint\"" },
		{ "{\"compromised\":[1]}", "not an object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit = kit_new();

		store_compromised(kit.trust, "c.json", bytes_text(cases[i].json), &kit.errors);
		if (!kit.errors.n || !strstr(kit.errors.text, cases[i].message))
			fail_msg("%s: %s", cases[i].json, kit.errors.n ? kit.errors.text : "no error");
		kit_free(&kit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_key),
		cmocka_unit_test(thumbprints_of_the_rfcs),
		cmocka_unit_test(broken_sets_are_named),
		cmocka_unit_test(certificates_must_belong),
		cmocka_unit_test(owners),
		cmocka_unit_test(copies_share_what_one_tells),
		cmocka_unit_test(a_set_may_tell_for_all_its_keys),
		cmocka_unit_test(a_later_set_replaces),
		cmocka_unit_test(keys_for_encryption_do_not_sign),
		cmocka_unit_test(compromised_keys_are_found_by_any_name),
		cmocka_unit_test(loaded_keys_are_listed_by_digest),
		cmocka_unit_test(templates),
		cmocka_unit_test(broken_lists_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
