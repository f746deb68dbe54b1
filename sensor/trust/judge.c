#include "sensor/trust/binding.h"
#include "sensor/trust/keyurl.h"
#include "sensor/trust/lookalike.h"
#include "sensor/trust/store.h"

/* One judgement: what the token says, and what was found so far. */
struct judge {
	const struct trust *trust;
	struct record *token;
	struct arena *arena;
	struct binding_claim claim;
	struct bytes kid, x5t, x5t_s256;
	struct index_hits keys; /* keys that go by the name the header gives */
	bool by_kid;
};

typedef const char *word_function(unsigned word);

static const char *lookalike_name(unsigned word)
{
	return lookalike_word((enum lookalike)word);
}

static const char *keyurl_name(unsigned word)
{
	return keyurl_word((enum keyurl)word);
}

static const char *clash_name(unsigned word)
{
	static const char *const words[] = { "ver", "x5t", "client" };

	return words[word];
}

/* Sets `field` to the words of the bits in `found`; left unset for none. */
static void set_words(struct judge *judge, size_t field, unsigned found, word_function *name)
{
	size_t n = 0, n_words = (size_t)__builtin_popcount(found);
	struct bytes *words = n_words ? arena_alloc(judge->arena, n_words * sizeof *words) : NULL;

	if (!words)
		return;
	for (unsigned bit = 0; n < n_words; bit++)
		if (found & 1u << bit)
			words[n++] = bytes_text(name(bit));
	record_texts(judge->token, field, words, n);
}

static void set_text(struct record *token, size_t field, struct bytes text)
{
	if (text.len)
		record_text(token, field, text);
}

/* What does not fit the version of tokens that this issuer writes. */
static unsigned version_clash(const struct judge *judge)
{
	const struct issuer_expect *expect = &judge->claim.hit.issuer->expect;
	const struct record *token = judge->token;
	const struct value *azp = &token->values[JWT_AZP];
	bool in_azp = azp->set && azp->flag, has_x5t = judge->x5t.len > 0;
	struct bytes ver = record_get(token, JWT_VER);
	unsigned found = 0;

	if (expect->ver.len && ver.len && !bytes_equal(ver, expect->ver))
		found |= 1u << 0;
	if (expect->x5t >= 0 && has_x5t != (expect->x5t == 1))
		found |= 1u << 1;
	if (expect->client.len && record_has(token, JWT_APPID) && in_azp != bytes_is(expect->client, "azp"))
		found |= 1u << 2;
	return found;
}

static void judge_issuer(struct judge *judge)
{
	const struct issuers_hit *hit = &judge->claim.hit;
	struct record *token = judge->token;

	set_words(judge, ISS_LOOKALIKE, lookalike_judge(&judge->trust->issuers, judge->claim.iss, hit), lookalike_name);
	if (!hit->issuer)
		return;
	set_text(token, ISS_PROVIDER, hit->issuer->name);
	set_text(token, ISS_CLASS, hit->issuer->class);
	if (hit->issuer->clouds.n == 1)
		set_text(token, ISS_CLOUD, hit->issuer->clouds.items[0]);
	set_words(judge, ISS_VERSION_CLASH, version_clash(judge), clash_name);
	if (hit->tenant.len == 0)
		return;
	struct bytes tenant = arena_copy(judge->arena, hit->tenant);

	set_text(token, ISS_TENANT, tenant);
	if (hit->issuer->needs_tid && record_has(token, JWT_TID))
		record_flag(token, ISS_TENANT_MATCH, binding_tenant_equal(hit->tenant, judge->claim.tid));
}

/* Looks the key up by the first name that the header gives it. */
static void find_keys(struct judge *judge)
{
	const struct keyring *keyring = &judge->trust->keyring;

	judge->by_kid = judge->kid.len > 0;
	if (judge->by_kid)
		judge->keys = keyring_by_kid(keyring, judge->kid);
	else if (judge->x5t.len)
		judge->keys = keyring_by_x5t(keyring, judge->x5t);
	else
		judge->keys = keyring_by_x5t_s256(keyring, judge->x5t_s256);
	judge->claim.weak_kid = judge->by_kid && judge->kid.len < BINDING_WEAK_KID_LEN;
}

static const struct key *key_at(const struct judge *judge, size_t i)
{
	return judge->trust->keyring.keys[judge->keys.entries[i].number];
}

/* kid and x5t name two different keys that are both known, or one that is known by another x5t. */
static void judge_clash(struct judge *judge)
{
	if (!judge->by_kid || judge->x5t.len == 0 || judge->keys.n == 0)
		return;
	struct index_hits others = keyring_by_x5t(&judge->trust->keyring, judge->x5t);
	bool known = others.n > 0;

	for (size_t i = 0; i < judge->keys.n; i++) {
		const struct jwk *jwk = &key_at(judge, i)->jwk;

		known = known || jwk->x5t.len;
		if (others.n && bytes_equal(jwk->x5t, others.entries[0].name)) {
			record_flag(judge->token, KEY_ID_CLASH, false);
			return;
		}
	}
	if (known)
		record_flag(judge->token, KEY_ID_CLASH, true);
}

/* Names of the sets that hold the key, each once: hits come in the order of keys, which is the order of sets. */
static void judge_sets(struct judge *judge)
{
	const struct keyring *keyring = &judge->trust->keyring;
	struct bytes *names = arena_alloc(judge->arena, judge->keys.n * sizeof *names);
	size_t n = 0;
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; names && i < judge->keys.n; i++) {
		const struct key *key = key_at(judge, i);

		if (key->set != last)
			names[n++] = keyring->sets[key->set].name;
		last = key->set;
	}
	if (names)
		record_texts(judge->token, KEY_SETS, names, n);
}

/* The key types that an alg of RFC 7518 3.1 or RFC 8037 3.1 works with. */
static bool alg_fits(struct bytes alg, enum jwk_type type)
{
	static const struct {
		const char *start;
		enum jwk_type type;
	} families[] = { { "RS", JWK_RSA }, { "PS", JWK_RSA }, { "ES", JWK_EC }, { "Ed", JWK_OKP } };

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (bytes_is(bytes_head(alg, 2), families[i].start))
			return families[i].type == type;
	return false;
}

/* Verdict over all keys of that name; *best is the one that decides. */
static enum binding judge_keys(struct judge *judge, const struct key **best)
{
	enum binding verdict = judge->claim.hit.issuer ? BINDING_UNKNOWN_KEY : BINDING_UNKNOWN_ISSUER;

	*best = NULL;
	for (size_t i = 0; i < judge->keys.n; i++) {
		const struct key *key = key_at(judge, i);
		enum binding one = binding_of(&judge->claim, key);

		if (*best && one >= verdict)
			continue;
		verdict = one;
		*best = key;
	}
	return verdict;
}

/* Says whose key it is, unless its short name makes that a guess. */
static void judge_owner(struct judge *judge, const struct key *key)
{
	struct record *token = judge->token;
	struct bytes alg = record_get(token, JWT_ALG);

	if (judge->claim.weak_kid && !keyring_speaks(judge->claim.roster, key))
		return;
	set_text(token, KEY_OWNER, key->owner_text);
	set_text(token, KEY_CLASS, key->class);
	set_text(token, KEY_CLOUD, key->cloud);
	if (key->listed)
		set_text(token, KEY_LISTED, key->listed->name);
	if (key->jwk.type != JWK_OTHER)
		record_flag(token, KEY_ALG_FITS, alg_fits(alg, key->jwk.type));
}

/* A key that no set holds, but the list of compromised keys does. */
static enum binding judge_absent(struct judge *judge, const struct compromised_key *listed)
{
	struct bytes issuer = listed ? listed->issuer : bytes_of("", 0);
	const struct issuer *owner = issuers_find(&judge->trust->issuers, issuer).issuer;

	set_text(judge->token, KEY_OWNER, issuer);
	if (owner)
		set_text(judge->token, KEY_CLASS, owner->class);
	if (owner && owner->clouds.n == 1)
		set_text(judge->token, KEY_CLOUD, owner->clouds.items[0]);
	return binding_of_absent(&judge->claim, issuer);
}

static void judge_key(struct judge *judge)
{
	const struct compromised_key *listed = compromised_find(&judge->trust->compromised, judge->kid, judge->x5t,
		judge->x5t_s256);
	const struct key *key;
	enum binding verdict;

	if (judge->kid.len == 0 && judge->x5t.len == 0 && judge->x5t_s256.len == 0) {
		record_text(judge->token, KEY_BINDING, bytes_text(binding_word(BINDING_NO_KID)));
		return;
	}
	find_keys(judge);
	record_flag(judge->token, KEY_KNOWN, judge->keys.n > 0);
	verdict = judge_keys(judge, &key);
	if (key) {
		judge_owner(judge, key);
		judge_sets(judge);
		judge_clash(judge);
	} else {
		verdict = judge_absent(judge, listed);
	}
	if (listed)
		set_text(judge->token, KEY_LISTED, listed->name);
	record_text(judge->token, KEY_BINDING, bytes_text(binding_word(verdict)));
	if (judge->claim.roster.n == 0)
		return;
	bool speaks = false;

	for (size_t i = 0; i < judge->keys.n; i++)
		speaks = speaks || keyring_speaks(judge->claim.roster, key_at(judge, i));
	record_flag(judge->token, KEY_SET_MATCH, speaks);
}

static void judge_urls(struct judge *judge)
{
	bool known = judge->claim.hit.issuer != NULL;
	unsigned found = 0;

	if (record_has(judge->token, JWT_JKU))
		found |= keyurl_judge(record_get(judge->token, JWT_JKU), judge->claim.iss, known);
	if (record_has(judge->token, JWT_X5U))
		found |= keyurl_judge(record_get(judge->token, JWT_X5U), judge->claim.iss, known);
	set_words(judge, KEY_URL, found, keyurl_name);
}

void trust_judge(const struct trust *trust, struct record *token, struct arena *arena)
{
	struct judge judge = {
		.trust = trust,
		.token = token,
		.arena = arena,
		.claim = { .iss = record_get(token, JWT_ISS), .tid = record_get(token, JWT_TID) },
		.kid = record_get(token, JWT_KID),
		.x5t = record_get(token, JWT_X5T),
		.x5t_s256 = record_get(token, JWT_X5T_S256),
	};
	struct bytes kind = record_get(token, TOKEN_KIND);
	bool jwe = bytes_is(kind, TOKEN_KIND_JWE);

	if (kind.len && !jwe && !bytes_is(kind, TOKEN_KIND_JWS))
		return;
	judge.claim.hit = issuers_find(&trust->issuers, judge.claim.iss);
	judge.claim.roster = keyring_roster(&trust->keyring, judge.claim.hit.issuer);
	judge_issuer(&judge);
	judge_urls(&judge);
	/* The kid of a JWE names the key it is encrypted to (RFC 7516 4.1.6), not one that vouches for anything. */
	if (jwe)
		return;
	judge_key(&judge);
	if (judge.claim.hit.issuer && judge.claim.hit.issuer->algorithms.n)
		record_flag(token, KEY_ALG_ALLOWED,
			members_among(judge.claim.hit.issuer->algorithms, record_get(token, JWT_ALG)));
}
