#include "sensor/trust/key_owner.h"

#include "sensor/trust/template.h"

#include <stdio.h>

/* Stands for every tenant when an open issuer is matched against the descriptions. */
#define ANY_TENANT "00000000-0000-0000-0000-000000000000"

/* `run` holds the numbers of all copies of one key, in set order. */
static void share_among(const struct keyring *keyring, struct key **keys, const struct index_entry *run, size_t n)
{
	struct bytes issuer = bytes_of("", 0), cloud = issuer, cn = issuer;

	for (size_t i = 0; i < n; i++) {
		const struct key *key = keys[run[i].number];
		const struct jwk *jwk = &key->jwk;

		if (!keyring->sets[key->set].listed)
			continue;
		/* A named tenant reaches less far than an open template, so it is the one to hand on. */
		if (jwk->issuer.len && (issuer.len == 0 || (template_open(issuer) && !template_open(jwk->issuer))))
			issuer = jwk->issuer;
		if (cloud.len == 0)
			cloud = jwk->cloud;
		if (cn.len == 0)
			cn = jwk->cn;
	}
	for (size_t i = 0; i < n; i++) {
		struct jwk *jwk = &keys[run[i].number]->jwk;

		if (jwk->issuer.len == 0)
			jwk->issuer = issuer;
		if (jwk->cloud.len == 0)
			jwk->cloud = cloud;
		if (jwk->cn.len == 0)
			jwk->cn = cn;
	}
}

bool key_owner_share(const struct keyring *keyring, struct key **keys)
{
	struct index copies = { 0 };
	bool ok = true;

	for (size_t i = 0; i < keyring->n_keys; i++)
		ok = index_add(&copies, keys[i]->jwk.thumbprint, (uint32_t)i) && ok;
	index_sort(&copies);
	for (size_t from = 0, to; from < copies.n; from = to) {
		for (to = from + 1; to < copies.n && bytes_equal(copies.entries[to].name, copies.entries[from].name);
		     to++)
			;
		share_among(keyring, keys, copies.entries + from, to - from);
	}
	index_fini(&copies);
	return ok;
}

static const struct issuer *owner_by_issuer(const struct issuers *issuers, struct bytes issuer)
{
	uint8_t filled[MEMBERS_TEXT_LEN];
	struct bytes iss = template_fill(issuer, bytes_text(ANY_TENANT), filled, sizeof filled);

	return issuers_find(issuers, iss).issuer;
}

static const struct issuer *owner_by_family(const struct issuers *issuers, struct bytes cn)
{
	for (size_t i = 0; cn.len && i < issuers->n; i++)
		if (members_among(issuers->items[i].x5c_cn, cn))
			return &issuers->items[i];
	return NULL;
}

/* The first issuer that lists the set, unless another that lists it is of another kind: then the set alone tells
 * nothing. */
static const struct issuer *owner_by_set(const struct issuers *issuers, struct bytes set)
{
	const struct issuer *owner = NULL;

	for (size_t i = 0; i < issuers->n; i++) {
		const struct issuer *issuer = &issuers->items[i];

		if (!members_among(issuer->keys, set) && !members_among(issuer->keys_fallback, set))
			continue;
		if (owner && !issuers_same_class(owner, issuer))
			return NULL;
		if (!owner)
			owner = issuer;
	}
	return owner;
}

static struct bytes only_cloud(const struct issuer *issuer)
{
	return issuer && issuer->clouds.n == 1 ? issuer->clouds.items[0] : bytes_of("", 0);
}

/* "https://.../v2.0 (consumers)" where the key names one issuer, else "entra-v2 (organisations,
 * microsoftonline.com)". */
static struct bytes describe(const struct key *key, struct arena *arena)
{
	char text[2 * MEMBERS_TEXT_LEN];
	struct bytes issuer = key->jwk.issuer, name = issuer, class = key->class;
	bool named = issuer.len && !template_open(issuer);
	struct bytes cloud = named ? bytes_of("", 0) : key->cloud;

	if (!named && key->owner)
		name = key->owner->name;
	if (name.len == 0)
		return name;
	int len = snprintf(text, sizeof text, "%.*s%s%.*s%s%.*s%s", (int)bytes_head(name, 1024).len,
	    (const char *)name.data, class.len || cloud.len ? " (" : "", (int)bytes_head(class, 1024).len,
	    (const char *)class.data, class.len && cloud.len ? ", " : "", (int)bytes_head(cloud, 1024).len,
	    (const char *)cloud.data, class.len || cloud.len ? ")" : "");

	return arena_copy(arena, bytes_of(text, (size_t)len));
}

bool key_owner_find(const struct keyring *keyring, struct key *key, struct arena *arena)
{
	const struct issuers *issuers = keyring->issuers;
	const struct issuer *family = owner_by_family(issuers, key->jwk.cn);

	if (key->jwk.issuer.len) {
		key->scope = KEY_SCOPE_ISSUER;
		key->owner = owner_by_issuer(issuers, key->jwk.issuer);
	} else if (family) {
		key->scope = KEY_SCOPE_FAMILY;
		key->owner = family;
	} else {
		key->owner = owner_by_set(issuers, keyring->sets[key->set].name);
		key->scope = key->owner ? KEY_SCOPE_SET : KEY_SCOPE_NONE;
	}
	key->set_listed = keyring->sets[key->set].listed;
	key->class = key->owner ? key->owner->class : bytes_of("", 0);
	/* One template serves several clouds, so the certificate says more about the cloud than the `issuer` member
	 * does. */
	key->cloud = key->jwk.cloud;
	if (key->cloud.len == 0)
		key->cloud = only_cloud(family);
	if (key->cloud.len == 0)
		key->cloud = only_cloud(key->owner);
	key->owner_text = describe(key, arena);
	return key->owner_text.data != NULL;
}
