#include "sensor/trust/keyring.h"

#include "sensor/trust/digest.h"
#include "sensor/trust/key_owner.h"

#include <stdio.h>
#include <stdlib.h>

static struct key_set *set_named(struct keyring *keyring, struct bytes name)
{
	for (size_t i = 0; i < keyring->n_sets; i++)
		if (bytes_equal(keyring->sets[i].name, name))
			return &keyring->sets[i];
	if (keyring->n_sets == KEYRING_SETS)
		return NULL;
	struct key_set *grown = realloc(keyring->sets, (keyring->n_sets + 1) * sizeof *grown);

	if (!grown)
		return NULL;
	keyring->sets = grown;
	grown[keyring->n_sets] = (struct key_set){ .name = name };
	return &grown[keyring->n_sets++];
}

static void check_kids(const struct key_set *set, struct members *members)
{
	struct index kids = { 0 };

	for (size_t i = 0; i < set->n_keys; i++)
		if (!index_add(&kids, set->keys[i].jwk.kid, (uint32_t)i))
			errors_add(members->errors, members->place, 0, "out of memory");
	index_sort(&kids);
	for (size_t i = 1; i < kids.n; i++)
		if (bytes_equal(kids.entries[i].name, kids.entries[i - 1].name))
			errors_add(members->errors, members->place, 0, "kid \"%.*s\" comes twice",
			    (int)kids.entries[i].name.len, (const char *)kids.entries[i].name.data);
	index_fini(&kids);
}

static void read_keys(struct key_set *set, const json_t *array, struct members *members, struct bytes issuer,
	struct bytes cloud)
{
	size_t n = json_array_size(array);

	set->keys = calloc(n + 1, sizeof *set->keys);
	if (!set->keys || n > KEYRING_SET_KEYS) {
		errors_add(members->errors, members->place, 0, "more than 65,536 keys, or out of memory");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct key *key = &set->keys[set->n_keys];
		const char *kid;

		members->object = json_array_get(array, i);
		kid = json_string_value(json_object_get(members->object, "kid"));
		snprintf(members->who, sizeof members->who, "key %zu (kid %.80s)", i + 1, kid ? kid : "missing");
		if (!json_is_object(members->object)) {
			members_wrong(members, "not an object");
			continue;
		}
		if (!jwk_read(&key->jwk, members))
			continue;
		if (key->jwk.issuer.len == 0)
			key->jwk.issuer = issuer;
		if (key->jwk.cloud.len == 0)
			key->jwk.cloud = cloud;
		set->n_keys++;
	}
	check_kids(set, members);
}

void keyring_load(struct keyring *keyring, struct bytes name, const char *place, struct bytes json, struct arena *arena,
	struct errors *errors)
{
	json_t *root = members_parse(place, json, errors);
	struct members members = { .place = place, .who = "top", .arena = arena, .errors = errors, .object = root };
	struct bytes own_name = arena_copy(arena, name);
	struct key_set *set = own_name.data ? set_named(keyring, own_name) : NULL;

	if (root && !set)
		errors_add(errors, place, 0, "more than 4,096 key sets, or out of memory");
	if (root && set) {
		free(set->keys);
		set->keys = NULL;
		set->n_keys = 0;
		if (json_is_array(json_object_get(root, "keys")))
			read_keys(set, json_object_get(root, "keys"), &members, members_text(&members, "issuer"),
				members_text(&members, "cloud_instance_name"));
		else
			errors_add(errors, place, 0, "keys is not an array");
	}
	json_decref(root);
}

static int compare_sets(const void *one, const void *other)
{
	const struct key_set *a = one, *b = other;
	size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = len ? memcmp(a->name.data, b->name.data, len) : 0;

	if (order)
		return order;
	return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

/* Numbers of the loaded sets among `names` are added to `sets`; returns how many. */
static size_t loaded_sets(const struct keyring *keyring, struct texts names, uint32_t *sets)
{
	size_t n = 0;

	for (size_t i = 0; i < keyring->n_sets; i++)
		if (members_among(names, keyring->sets[i].name)) {
			keyring->sets[i].listed = true;
			sets[n++] = (uint32_t)i;
		}
	return n;
}

static bool build_rosters(struct keyring *keyring, struct arena *arena)
{
	uint32_t *sets = calloc(keyring->n_sets + 1, sizeof *sets);
	bool ok = sets != NULL;

	keyring->rosters = calloc(keyring->issuers->n + 1, sizeof *keyring->rosters);
	ok = ok && keyring->rosters;
	for (size_t i = 0; ok && i < keyring->issuers->n; i++) {
		const struct issuer *issuer = &keyring->issuers->items[i];
		size_t n_fallback = loaded_sets(keyring, issuer->keys_fallback, sets);
		size_t n = loaded_sets(keyring, issuer->keys, sets);

		if (n == 0 && n_fallback)
			n = loaded_sets(keyring, issuer->keys_fallback, sets);
		struct bytes copy = arena_copy(arena, bytes_of(sets, n * sizeof *sets));

		ok = copy.data != NULL;
		keyring->rosters[i] = (struct key_roster){ (const uint32_t *)(const void *)copy.data, n };
	}
	free(sets);
	return ok;
}

static bool build_indices(struct keyring *keyring)
{
	for (size_t i = 0; i < keyring->n_keys; i++) {
		const struct jwk *jwk = &keyring->keys[i]->jwk;

		if (!index_add(&keyring->by_kid, jwk->kid, (uint32_t)i) ||
		    !index_add(&keyring->by_x5t, jwk->x5t, (uint32_t)i) ||
		    !index_add(&keyring->by_x5t_s256, jwk->x5t_s256, (uint32_t)i))
			return false;
	}
	index_sort(&keyring->by_kid);
	index_sort(&keyring->by_x5t);
	index_sort(&keyring->by_x5t_s256);
	return true;
}

static bool flatten(struct keyring *keyring, struct key **keys)
{
	size_t n = 0;

	for (size_t i = 0; i < keyring->n_sets; i++)
		for (size_t k = 0; k < keyring->sets[i].n_keys; k++) {
			keys[n] = &keyring->sets[i].keys[k];
			keys[n++]->set = (uint32_t)i;
		}
	keyring->keys = (const struct key **)keys;
	return n == keyring->n_keys;
}

void keyring_finish(struct keyring *keyring, const struct issuers *issuers, const struct compromised *compromised,
	struct arena *arena, struct errors *errors)
{
	struct key **keys;

	keyring->issuers = issuers;
	if (keyring->n_sets)
		qsort(keyring->sets, keyring->n_sets, sizeof *keyring->sets, compare_sets);
	for (size_t i = 0; i < keyring->n_sets; i++)
		keyring->n_keys += keyring->sets[i].n_keys;
	keys = calloc(keyring->n_keys + 1, sizeof *keys);
	if (!keys || !flatten(keyring, keys) || !build_rosters(keyring, arena) ||
	    !key_owner_share(keyring, keys) || !build_indices(keyring)) {
		errors_add(errors, NULL, 0, "out of memory for key sets");
		return;
	}
	for (size_t i = 0; i < keyring->n_keys; i++) {
		keys[i]->listed = compromised_of(compromised, &keys[i]->jwk);
		if (!key_owner_find(keyring, keys[i], arena))
			errors_add(errors, NULL, 0, "out of memory for key sets");
	}
}

void keyring_fini(struct keyring *keyring)
{
	for (size_t i = 0; i < keyring->n_sets; i++)
		free(keyring->sets[i].keys);
	free(keyring->sets);
	free(keyring->keys);
	free(keyring->rosters);
	index_fini(&keyring->by_kid);
	index_fini(&keyring->by_x5t);
	index_fini(&keyring->by_x5t_s256);
	*keyring = (struct keyring){ 0 };
}

struct index_hits keyring_by_kid(const struct keyring *keyring, struct bytes kid)
{
	return index_find(&keyring->by_kid, kid);
}

struct index_hits keyring_by_x5t(const struct keyring *keyring, struct bytes x5t)
{
	return index_find_digest(&keyring->by_x5t, x5t, DIGEST_SHA1_LEN);
}

struct index_hits keyring_by_x5t_s256(const struct keyring *keyring, struct bytes x5t_s256)
{
	return index_find_digest(&keyring->by_x5t_s256, x5t_s256, DIGEST_SHA256_LEN);
}

struct key_roster keyring_roster(const struct keyring *keyring, const struct issuer *issuer)
{
	return issuer ? keyring->rosters[issuer - keyring->issuers->items] : (struct key_roster){ NULL, 0 };
}

bool keyring_speaks(struct key_roster roster, const struct key *key)
{
	for (size_t i = 0; i < roster.n; i++)
		if (roster.sets[i] == key->set)
			return true;
	return false;
}
