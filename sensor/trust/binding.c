#include "sensor/trust/binding.h"

#include "sensor/trust/template.h"

const char *binding_word(enum binding binding)
{
	static const char *const words[] = { "bound", "foreign_tenant", "foreign_cloud", "foreign_issuer",
		"unknown_key", "unknown_issuer", "no_kid" };

	return words[binding];
}

bool binding_tenant_equal(struct bytes tenant, struct bytes tid)
{
	if (bytes_equal(tenant, tid))
		return tenant.len > 0;
	return grammar_is_guid(tenant) && grammar_is_guid(tid) && bytes_equal_fold(tenant, tid);
}

/* The tenant in whose name the token speaks. */
static struct bytes claimed_tenant(const struct binding_claim *claim)
{
	return claim->hit.tenant.len ? claim->hit.tenant : claim->tid;
}

static bool cloud_differs(const struct issuer *issuer, const struct key *key)
{
	return key->cloud.len && issuer->clouds.n && !members_among(issuer->clouds, key->cloud);
}

/* Would the key's `issuer` member, for some tenant, be an iss of this description? */
static bool of_provider(struct bytes key_issuer, const struct binding_claim *claim)
{
	uint8_t filled[MEMBERS_TEXT_LEN];
	struct bytes tenant, iss = template_fill(key_issuer, claimed_tenant(claim), filled, sizeof filled);

	return iss.len && issuers_fits(claim->hit.issuer, iss, &tenant);
}

/* The key tells its scope. BOUND here means no more than: as far as that scope goes. */
static enum binding by_key_issuer(const struct binding_claim *claim, const struct key *key)
{
	const struct issuer *issuer = claim->hit.issuer;
	struct bytes scope = key->jwk.issuer, tenant = claimed_tenant(claim);

	/* Listed letter for letter: the description itself admits such keys. Tenants are compared afterwards. */
	if (members_among(issuer->jwk_issuer, scope))
		return template_open(scope) && tenant.len == 0 ? BINDING_FOREIGN_TENANT : BINDING_BOUND;
	if (!issuers_same_class(key->owner, issuer))
		return BINDING_FOREIGN_ISSUER;
	if (template_equals(scope, tenant, claim->iss))
		return BINDING_BOUND;
	/* A key of one tenant under the open template of a sister form: v1 tokens under a v2 key of that tenant. */
	for (size_t i = 0; i < issuer->jwk_issuer.n; i++)
		if (template_equals(issuer->jwk_issuer.items[i], tenant, scope))
			return BINDING_BOUND;
	return of_provider(scope, claim) ? BINDING_FOREIGN_TENANT : BINDING_FOREIGN_ISSUER;
}

/* One description, many issuers: tenants or hosts that its grammar leaves open. */
static bool leaves_open(const struct issuers_hit *hit)
{
	return !grammar_literal(hit->grammar) && !hit->issuer->shared_keys;
}

/* The key does not tell its scope. */
static enum binding by_owner(const struct binding_claim *claim, const struct key *key)
{
	const struct issuer *issuer = claim->hit.issuer;

	if (key->scope == KEY_SCOPE_FAMILY)
		return issuers_same_class(key->owner, issuer) ? BINDING_BOUND : BINDING_FOREIGN_ISSUER;
	if (!keyring_speaks(claim->roster, key))
		return BINDING_BOUND; /* outside_sets decides */
	/* Three keys that cannot be placed: its set is listed by issuers of several kinds; keys of this issuer are
	 * described by their `issuer` member or family and it has neither; it may be that of any tenant or host the
	 * grammar leaves open. */
	if (key->scope == KEY_SCOPE_NONE || issuer->jwk_issuer.n || leaves_open(&claim->hit))
		return BINDING_UNKNOWN_KEY;
	return BINDING_BOUND;
}

/* The key's scope admits the token, but no set in force for the issuer holds it. */
static enum binding outside_sets(const struct binding_claim *claim, const struct key *key)
{
	const struct issuer *owner = key->owner;
	struct bytes tenant;

	/* A set that no description lists is evidence of nothing: anybody may have written an `issuer` into it. */
	if (!key->set_listed)
		return BINDING_UNKNOWN_KEY;
	/* An owner described for one tenant only ("https://acme.okta.com") beside the description of all
	 * ("{tenant}.okta.com"). */
	for (size_t i = 0; owner && owner != claim->hit.issuer && i < owner->n_iss; i++)
		if (grammar_literal(&owner->iss[i]) && issuers_fits(claim->hit.issuer, owner->iss[i].text, &tenant))
			return BINDING_FOREIGN_TENANT;
	return BINDING_FOREIGN_ISSUER;
}

static enum binding by_tenant(const struct binding_claim *claim)
{
	if (!claim->hit.issuer->needs_tid)
		return BINDING_BOUND;
	return binding_tenant_equal(claim->hit.tenant, claim->tid) ? BINDING_BOUND : BINDING_FOREIGN_TENANT;
}

enum binding binding_of(const struct binding_claim *claim, const struct key *key)
{
	const struct issuer *issuer = claim->hit.issuer;
	enum binding verdict;

	if (!issuer)
		return claim->iss.len && key->owner && !claim->weak_kid ? BINDING_FOREIGN_ISSUER
									: BINDING_UNKNOWN_ISSUER;
	bool speaks = keyring_speaks(claim->roster, key);

	if (!speaks && claim->weak_kid)
		return BINDING_UNKNOWN_KEY;
	if (cloud_differs(issuer, key))
		return BINDING_FOREIGN_CLOUD;
	verdict = key->scope == KEY_SCOPE_ISSUER ? by_key_issuer(claim, key) : by_owner(claim, key);
	if (verdict != BINDING_BOUND)
		return verdict;
	if (!speaks)
		return outside_sets(claim, key);
	if (!key->jwk.signs)
		return BINDING_UNKNOWN_KEY;
	return by_tenant(claim);
}

enum binding binding_of_absent(const struct binding_claim *claim, struct bytes issuer)
{
	bool told = claim->iss.len && issuer.len && !template_equals(issuer, claimed_tenant(claim), claim->iss);

	if (told)
		return BINDING_FOREIGN_ISSUER;
	return claim->hit.issuer ? BINDING_UNKNOWN_KEY : BINDING_UNKNOWN_ISSUER;
}
