#include "sensor/trust/compromised.h"

#include "sensor/trust/digest.h"

#include <stdio.h>
#include <stdlib.h>

static void add_name(struct compromised *compromised, const struct members *members, struct bytes name)
{
	if (!index_add(&compromised->names, name, (uint32_t)compromised->n))
		members_wrong(members, "out of memory");
}

static void add_digest(struct compromised *compromised, const struct members *members, const char *member, size_t len)
{
	struct texts texts = members_texts(members, member);

	for (size_t i = 0; i < texts.n; i++) {
		uint8_t digest[DIGEST_SHA256_LEN];
		struct bytes copy;

		if (!digest_parse(texts.items[i], digest, len)) {
			members_wrong(members, "%s is not a digest of %zu bytes", member, len);
			continue;
		}
		copy = arena_copy(members->arena, bytes_of(digest, len));
		if (!copy.data)
			members_wrong(members, "out of memory");
		add_name(compromised, members, copy);
	}
}

/* A kid that spells 20 or 32 bytes is filed under them, any other as it stands. */
static void add_kids(struct compromised *compromised, const struct members *members)
{
	struct texts kids = members_texts(members, "kid");

	for (size_t i = 0; i < kids.n; i++) {
		uint8_t digest[DIGEST_SHA256_LEN];
		struct bytes name = kids.items[i];

		for (size_t len = DIGEST_SHA1_LEN; len <= DIGEST_SHA256_LEN; len += DIGEST_SHA256_LEN - DIGEST_SHA1_LEN)
			if (digest_parse(kids.items[i], digest, len))
				name = arena_copy(members->arena, bytes_of(digest, len));
		if (!name.data)
			members_wrong(members, "out of memory");
		add_name(compromised, members, name);
	}
}

static void read_entry(struct compromised *compromised, const struct members *members)
{
	static const char *const names[] = { "name", "kid", "x5t", "x5t_s256", "jwk_thumbprint", "spki_sha256",
		"issuer", "reference", "note", NULL };
	struct compromised_key *key = &compromised->keys[compromised->n];
	size_t n_before = compromised->names.n;

	members_only(members, names);
	key->name = members_text(members, "name");
	key->issuer = members_text(members, "issuer");
	members_text(members, "reference");
	if (key->name.len == 0)
		members_wrong(members, "name is missing");
	add_kids(compromised, members);
	add_digest(compromised, members, "x5t", DIGEST_SHA1_LEN);
	add_digest(compromised, members, "x5t_s256", DIGEST_SHA256_LEN);
	add_digest(compromised, members, "jwk_thumbprint", DIGEST_SHA256_LEN);
	add_digest(compromised, members, "spki_sha256", DIGEST_SHA256_LEN);
	if (compromised->names.n == n_before)
		members_wrong(members, "names no key: wants kid, x5t, x5t_s256, jwk_thumbprint or spki_sha256");
	compromised->n++;
}

static void read_array(struct compromised *compromised, const json_t *array, struct members *members)
{
	size_t n_new = json_array_size(array);
	struct compromised_key *grown = NULL;

	if (n_new + compromised->n <= COMPROMISED_MAX)
		grown = realloc(compromised->keys, (n_new + compromised->n + 1) * sizeof *grown);
	if (!grown) {
		errors_add(members->errors, members->place, 0, "more than 65,536 keys, or out of memory");
		return;
	}
	compromised->keys = grown;
	for (size_t i = 0; i < n_new; i++) {
		const char *name;

		members->object = json_array_get(array, i);
		name = json_string_value(json_object_get(members->object, "name"));
		snprintf(members->who, sizeof members->who, "key %zu (%.80s)", i + 1, name ? name : "without a name");
		if (json_is_object(members->object))
			read_entry(compromised, members);
		else
			members_wrong(members, "not an object");
	}
}

void compromised_load(struct compromised *compromised, const char *place, struct bytes json, struct arena *arena,
	struct errors *errors)
{
	static const char *const names[] = { "compromised", "note", NULL };
	json_t *root = members_parse(place, json, errors);
	struct members members = { .place = place, .who = "top", .arena = arena, .errors = errors, .object = root };

	if (!root)
		return;
	members_only(&members, names);
	if (json_is_array(json_object_get(root, "compromised")))
		read_array(compromised, json_object_get(root, "compromised"), &members);
	else
		errors_add(errors, place, 0, "compromised is not an array");
	json_decref(root);
}

void compromised_sort(struct compromised *compromised)
{
	index_sort(&compromised->names);
}

void compromised_fini(struct compromised *compromised)
{
	free(compromised->keys);
	index_fini(&compromised->names);
	*compromised = (struct compromised){ 0 };
}

static const struct compromised_key *first_of(const struct compromised *compromised, struct index_hits hits)
{
	return hits.n ? &compromised->keys[hits.entries[0].number] : NULL;
}

static const struct compromised_key *by_name(const struct compromised *compromised, struct bytes name)
{
	return first_of(compromised, index_find(&compromised->names, name));
}

static const struct compromised_key *by_text(const struct compromised *compromised, struct bytes text)
{
	const struct index *names = &compromised->names;
	const struct compromised_key *found = by_name(compromised, text);

	if (!found)
		found = first_of(compromised, index_find_digest(names, text, DIGEST_SHA1_LEN));
	return found ? found : first_of(compromised, index_find_digest(names, text, DIGEST_SHA256_LEN));
}

const struct compromised_key *compromised_find(
    const struct compromised *compromised, struct bytes kid, struct bytes x5t, struct bytes x5t_s256)
{
	const struct compromised_key *found = by_text(compromised, kid);

	/* Providers that write both mostly write the same twice. */
	if (!found && !bytes_equal(x5t, kid))
		found = by_text(compromised, x5t);
	return found ? found : by_text(compromised, x5t_s256);
}

const struct compromised_key *compromised_of(const struct compromised *compromised, const struct jwk *jwk)
{
	const struct compromised_key *found = compromised_find(compromised, jwk->kid, jwk->x5t, jwk->x5t_s256);

	if (!found)
		found = by_name(compromised, jwk->thumbprint);
	return found ? found : by_name(compromised, jwk->spki);
}
