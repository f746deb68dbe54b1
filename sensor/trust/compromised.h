/* compromised: keys known to be in other hands (compromised.json). */
#ifndef STORMGLASS_TRUST_COMPROMISED_H
#define STORMGLASS_TRUST_COMPROMISED_H

#include "sensor/trust/index.h"
#include "sensor/trust/jwk.h"

enum { COMPROMISED_MAX = 65536 };

struct compromised_key {
	struct bytes name;
	struct bytes issuer; /* whose key it is; empty: not known */
};

struct compromised {
	struct compromised_key *keys;
	size_t n;
	struct index names; /* every name a key goes by, digests raw; the number is that of the key */
};

/* Adds the entries of one compromised.json. */
void compromised_load(struct compromised *compromised, const char *place, struct bytes json, struct arena *arena,
	struct errors *errors);
void compromised_sort(struct compromised *compromised);
void compromised_fini(struct compromised *compromised);

/* The entry a header's names of its key are on, however they are spelt: hex, base64, base64url. NULL: none. */
const struct compromised_key *compromised_find(
    const struct compromised *compromised, struct bytes kid, struct bytes x5t, struct bytes x5t_s256);

/* The entry that a loaded key is on, by any of its digests. */
const struct compromised_key *compromised_of(const struct compromised *compromised, const struct jwk *jwk);

#endif
