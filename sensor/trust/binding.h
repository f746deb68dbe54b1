/* binding: may this key speak for this issuer and tenant? The one decision this folder makes; README.md has it as a
 * table. */
#ifndef STORMGLASS_TRUST_BINDING_H
#define STORMGLASS_TRUST_BINDING_H

#include "sensor/trust/keyring.h"

/* From what says most to what says least: of several keys of one name the first verdict in this order holds, since it
 * takes only one of them to have made the signature. */
enum binding {
	BINDING_BOUND,
	BINDING_FOREIGN_TENANT,
	BINDING_FOREIGN_CLOUD,
	BINDING_FOREIGN_ISSUER,
	BINDING_UNKNOWN_KEY,
	BINDING_UNKNOWN_ISSUER,
	BINDING_NO_KID,
};

/* What the token claims. */
struct binding_claim {
	struct bytes iss;
	struct bytes tid;        /* empty: none */
	struct issuers_hit hit;  /* what iss fits */
	struct key_roster roster; /* sets in force for that issuer */
	bool weak_kid;           /* the key was found by a kid that many issuers may use */
};

enum { BINDING_WEAK_KID_LEN = 16 }; /* a shorter kid ("1", "default") names a key only within its issuer's own sets */

enum binding binding_of(const struct binding_claim *claim, const struct key *key);

/* The verdict when no set holds the key, but the list of compromised keys says whose it is (`issuer`, may be empty). */
enum binding binding_of_absent(const struct binding_claim *claim, struct bytes issuer);

/* Is the tenant claim the tenant of iss? Exactly, but for case where both are GUIDs. */
bool binding_tenant_equal(struct bytes tenant, struct bytes tid);

const char *binding_word(enum binding binding);

#endif
