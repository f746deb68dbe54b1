#include "sensor/trust/issuers.h"

#include <stdio.h>
#include <stdlib.h>

static void read_grammars(struct issuer *issuer, const struct members *members)
{
	struct texts texts = members_texts(members, "iss");

	if (texts.n == 0 || texts.n > ISSUERS_GRAMMARS) {
		members_wrong(members, "iss: wants 1 to 64 grammars");
		return;
	}
	issuer->iss = arena_alloc(members->arena, texts.n * sizeof *issuer->iss);
	if (!issuer->iss) {
		members_wrong(members, "out of memory");
		return;
	}
	for (size_t i = 0; i < texts.n; i++) {
		const char *wrong = grammar_compile(&issuer->iss[i], texts.items[i]);

		if (wrong)
			members_wrong(members, "iss \"%.*s\": %s", (int)texts.items[i].len,
			    (const char *)texts.items[i].data, wrong);
		else if (issuer->needs_tid && issuer->tenant.len == 0 && issuer->iss[i].tenant < 0)
			members_wrong(members,
			    "tenant_claim is tid, but iss \"%.*s\" has no {tenant} and there is no tenant",
			    (int)texts.items[i].len, (const char *)texts.items[i].data);
	}
	issuer->n_iss = texts.n;
}

static void read_expect(struct issuer *issuer, const struct members *members)
{
	static const char *const names[] = { "ver", "x5t", "client", NULL };
	const json_t *object = json_object_get(members->object, "expect"), *x5t = json_object_get(object, "x5t");
	struct members expect = *members;

	issuer->expect = (struct issuer_expect){ .ver = bytes_of("", 0), .x5t = -1, .client = bytes_of("", 0) };
	if (!object)
		return;
	if (!json_is_object(object)) {
		members_wrong(members, "expect is not an object");
		return;
	}
	expect.object = object;
	members_only(&expect, names);
	issuer->expect.ver = members_text(&expect, "ver");
	issuer->expect.client = members_text(&expect, "client");
	if (x5t && !json_is_boolean(x5t))
		members_wrong(members, "expect: x5t is not true or false");
	else if (x5t)
		issuer->expect.x5t = json_is_true(x5t);
	if (issuer->expect.client.len && !bytes_is(issuer->expect.client, "appid") &&
	    !bytes_is(issuer->expect.client, "azp"))
		members_wrong(members, "expect: client is neither appid nor azp");
}

static void read_issuer(struct issuer *issuer, const struct members *members)
{
	static const char *const names[] = { "name", "iss", "class", "cloud", "tenant", "tenant_claim", "algorithms",
		"keys", "keys_fallback", "shared_keys", "jwk_issuer", "x5c_cn", "expect", "note", NULL };
	const json_t *shared = json_object_get(members->object, "shared_keys");

	members_only(members, names);
	issuer->name = members_text(members, "name");
	if (issuer->name.len == 0 || memchr(issuer->name.data, '/', issuer->name.len))
		members_wrong(members, "name: wants one without a slash");
	issuer->class = members_text(members, "class");
	issuer->clouds = members_texts(members, "cloud");
	issuer->tenant = members_text(members, "tenant");
	issuer->tenant_claim = members_text(members, "tenant_claim");
	issuer->needs_tid = bytes_is(issuer->tenant_claim, "tid");
	issuer->algorithms = members_texts(members, "algorithms");
	issuer->keys = members_texts(members, "keys");
	issuer->keys_fallback = members_texts(members, "keys_fallback");
	issuer->shared_keys = json_is_true(shared);
	if (shared && !json_is_boolean(shared))
		members_wrong(members, "shared_keys is not true or false");
	issuer->jwk_issuer = members_texts(members, "jwk_issuer");
	issuer->x5c_cn = members_texts(members, "x5c_cn");
	read_expect(issuer, members);
	read_grammars(issuer, members);
	/* Without `keys` it is the set of its own name, the common case of an operator's own issuer. */
	if (!json_object_get(members->object, "keys"))
		issuer->keys = members_texts(members, "name");
}

static bool named(const struct issuer *items, size_t n, struct bytes name)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_equal(items[i].name, name))
			return true;
	return false;
}

static void read_array(struct issuers *issuers, const json_t *array, struct members *members)
{
	size_t n_new = json_array_size(array), n = 0;
	struct issuer *items;

	if (n_new + issuers->n > ISSUERS_MAX) {
		errors_add(members->errors, members->place, 0, "more than 4,096 issuers");
		return;
	}
	items = calloc(n_new + issuers->n + 1, sizeof *items);
	if (!items) {
		errors_add(members->errors, members->place, 0, "out of memory");
		return;
	}
	for (size_t i = 0; i < n_new; i++) {
		const char *name;

		members->object = json_array_get(array, i);
		name = json_string_value(json_object_get(members->object, "name"));
		snprintf(members->who, sizeof members->who, "issuer %.100s", name ? name : "without a name");
		if (!json_is_object(members->object)) {
			members_wrong(members, "not an object");
			continue;
		}
		read_issuer(&items[n], members);
		if (named(items, n, items[n].name))
			members_wrong(members, "the name comes twice");
		n++;
	}
	for (size_t i = 0, n_read = n; i < issuers->n; i++)
		if (!named(items, n_read, issuers->items[i].name))
			items[n++] = issuers->items[i];
	free(issuers->items);
	issuers->items = items;
	issuers->n = n;
}

void issuers_load(
    struct issuers *issuers, const char *place, struct bytes json, struct arena *arena, struct errors *errors)
{
	static const char *const names[] = { "issuers", "note", NULL };
	json_t *root = members_parse(place, json, errors);
	struct members members = { .place = place, .who = "top", .arena = arena, .errors = errors, .object = root };

	if (!root)
		return;
	members_only(&members, names);
	if (json_is_array(json_object_get(root, "issuers")))
		read_array(issuers, json_object_get(root, "issuers"), &members);
	else
		errors_add(errors, place, 0, "issuers is not an array");
	json_decref(root);
}

static bool has_host(const struct issuers *issuers, const struct grammar *grammar)
{
	for (size_t i = 0; i < issuers->n_hosts; i++) {
		const struct hostname_known *known = &issuers->hosts[i];

		if (known->end == grammar->host_is_end &&
		    bytes_equal(bytes_of(known->name.text, known->name.len), grammar->host))
			return true;
	}
	return false;
}

static bool add_host(struct issuers *issuers, const struct grammar *grammar)
{
	if (grammar->host.len == 0 || has_host(issuers, grammar))
		return true;
	if (issuers->n_hosts == ISSUERS_MAX)
		return false;
	struct hostname_known *grown = realloc(issuers->hosts, (issuers->n_hosts + 1) * sizeof *grown);

	if (!grown)
		return false;
	issuers->hosts = grown;
	grown[issuers->n_hosts++] = (struct hostname_known){ hostname_of(grammar->host), grammar->host_is_end };
	return true;
}

bool issuers_finish(struct issuers *issuers)
{
	for (size_t i = 0; i < issuers->n; i++)
		for (size_t k = 0; k < issuers->items[i].n_iss; k++) {
			const struct grammar *grammar = &issuers->items[i].iss[k];

			if (!add_host(issuers, grammar) || !finder_add(&issuers->grammars, grammar, (uint32_t)i))
				return false;
			if (grammar_imitable(grammar) && !finder_add(&issuers->imitables, grammar, (uint32_t)i))
				return false;
		}
	finder_sort(&issuers->grammars);
	finder_sort(&issuers->imitables);
	return true;
}

void issuers_fini(struct issuers *issuers)
{
	free(issuers->items);
	free(issuers->hosts);
	finder_fini(&issuers->grammars);
	finder_fini(&issuers->imitables);
	*issuers = (struct issuers){ 0 };
}

bool issuers_fits(const struct issuer *issuer, struct bytes iss, struct bytes *tenant)
{
	for (size_t i = 0; i < issuer->n_iss; i++)
		if (grammar_match(&issuer->iss[i], iss, false, tenant))
			return true;
	return false;
}

struct issuers_hit issuers_find(const struct issuers *issuers, struct bytes iss)
{
	struct issuers_hit hit = { .tenant = bytes_of("", 0) };
	const struct finder_entry *entry = iss.len ? finder_find(&issuers->grammars, iss, false, &hit.tenant) : NULL;

	if (!entry)
		return (struct issuers_hit){ .tenant = bytes_of("", 0) };
	hit.issuer = &issuers->items[entry->number];
	hit.grammar = entry->grammar;
	if (hit.issuer->tenant.len)
		hit.tenant = hit.issuer->tenant;
	return hit;
}

bool issuers_same_class(const struct issuer *owner, const struct issuer *issuer)
{
	if (!owner || !issuer)
		return false;
	return owner == issuer || (owner->class.len && bytes_equal(owner->class, issuer->class));
}
