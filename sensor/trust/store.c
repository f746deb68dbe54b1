#include "sensor/trust/store.h"

#include <stdlib.h>

struct trust *store_new(void)
{
	struct trust *trust = calloc(1, sizeof *trust);

	if (!trust)
		return NULL;
	budget_init(&trust->budget, STORE_MAX_LEN, NULL);
	arena_init(&trust->arena, 32768, &trust->budget);
	return trust;
}

void store_issuers(struct trust *trust, const char *place, struct bytes json, struct errors *errors)
{
	issuers_load(&trust->issuers, place, json, &trust->arena, errors);
}

void store_keys(struct trust *trust, struct bytes name, const char *place, struct bytes json, struct errors *errors)
{
	keyring_load(&trust->keyring, name, place, json, &trust->arena, errors);
}

void store_compromised(struct trust *trust, const char *place, struct bytes json, struct errors *errors)
{
	compromised_load(&trust->compromised, place, json, &trust->arena, errors);
}

/* Whose key it is must be told by a text that a description fits, or the verdict on it would rest on a slip of the
 * pen. */
static void check_owners(const struct trust *trust, struct errors *errors)
{
	for (size_t i = 0; i < trust->compromised.n; i++) {
		const struct compromised_key *key = &trust->compromised.keys[i];

		if (key->issuer.len && !issuers_find(&trust->issuers, key->issuer).issuer)
			errors_add(errors, "compromised.json", 0,
			    "key %.*s: issuer fits no description of issuers.json", (int)key->name.len,
			    (const char *)key->name.data);
	}
}

void store_finish(struct trust *trust, struct errors *errors)
{
	if (!issuers_finish(&trust->issuers))
		errors_add(errors, NULL, 0, "more than 4,096 hosts in issuers, or out of memory");
	compromised_sort(&trust->compromised);
	keyring_finish(&trust->keyring, &trust->issuers, &trust->compromised, &trust->arena, errors);
	check_owners(trust, errors);
}

void store_free(struct trust *trust)
{
	if (!trust)
		return;
	issuers_fini(&trust->issuers);
	keyring_fini(&trust->keyring);
	compromised_fini(&trust->compromised);
	arena_fini(&trust->arena);
	free(trust);
}
