/* keyring: the key sets that were loaded (keys/NAME.jwks.json), whose each key is, and lookup by the names keys go
 * by. */
#ifndef STORMGLASS_TRUST_KEYRING_H
#define STORMGLASS_TRUST_KEYRING_H

#include "sensor/trust/compromised.h"
#include "sensor/trust/issuers.h"

enum { KEYRING_SETS = 4096, KEYRING_SET_KEYS = 65536 };

/* What says whose key it is. */
enum key_scope {
	KEY_SCOPE_ISSUER, /* its own `issuer` member, or that of another copy of the same key */
	KEY_SCOPE_FAMILY, /* the common name of its certificate, known to be one issuer's */
	KEY_SCOPE_SET,    /* only that its set is listed by issuers of one kind */
	KEY_SCOPE_NONE,   /* nothing */
};

struct key {
	struct jwk jwk;
	uint32_t set;
	bool set_listed;            /* some issuer names its set */
	enum key_scope scope;
	const struct issuer *owner; /* NULL: nobody that is described */
	struct bytes class;
	struct bytes cloud;
	struct bytes owner_text;    /* for people */
	const struct compromised_key *listed; /* or NULL */
};

struct key_set {
	struct bytes name;
	struct key *keys;
	size_t n_keys;
	bool listed; /* some issuer names it */
};

/* Sets in force for one issuer: those of its `keys` that are loaded, or else those of its `keys_fallback`. */
struct key_roster {
	const uint32_t *sets;
	size_t n;
};

struct keyring {
	struct key_set *sets; /* by name */
	size_t n_sets;
	size_t n_keys;
	const struct key **keys; /* every key, set by set */
	struct index by_kid, by_x5t, by_x5t_s256; /* numbers into `keys` */
	const struct issuers *issuers;
	struct key_roster *rosters; /* by the issuer's number */
};

/* Reads one JWK set and calls it `name`, in place of an earlier set of that name. */
void keyring_load(struct keyring *keyring, struct bytes name, const char *place, struct bytes json, struct arena *arena,
	struct errors *errors);

/* After the last set: works out owners and rosters and builds the indices. `issuers` must stay where it is. */
void keyring_finish(struct keyring *keyring, const struct issuers *issuers, const struct compromised *compromised,
	struct arena *arena, struct errors *errors);
void keyring_fini(struct keyring *keyring);

struct index_hits keyring_by_kid(const struct keyring *keyring, struct bytes kid);

/* By a thumbprint of the certificate as a header spells it. */
struct index_hits keyring_by_x5t(const struct keyring *keyring, struct bytes x5t);
struct index_hits keyring_by_x5t_s256(const struct keyring *keyring, struct bytes x5t_s256);

/* Sets in force for `issuer`. */
struct key_roster keyring_roster(const struct keyring *keyring, const struct issuer *issuer);

/* Does one of them hold the key? */
bool keyring_speaks(struct key_roster roster, const struct key *key);

#endif
