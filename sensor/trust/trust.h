/* trust: may this key speak for this issuer and tenant? Facts only; sigs/ decides.
 *
 * Built once from a folder with issuers.json, compromised.json and keys/NAME.jwks.json (RFC 7517), then never changed.
 * Every path that cannot decide says so in KEY_BINDING (unknown_key, unknown_issuer, no_kid); none falls open to "bound". */
#ifndef STORMGLASS_TRUST_TRUST_H
#define STORMGLASS_TRUST_TRUST_H

#include "sensor/base/errors.h"
#include "sensor/model/token.h"

struct trust;

/* Loads the folders in order; a later one adds to the earlier ones, and replaces an issuer or a key set of the same name
 * (compromised keys only ever add up). Every mistake is added to `errors` with its file and, where there is one, line.
 * NULL when there were any. */
struct trust *trust_load(const char *const *folders, size_t n_folders, struct errors *errors);
void trust_free(struct trust *trust); /* NULL is fine */

/* Counts for -T and the summary. */
size_t trust_n_issuers(const struct trust *trust);
size_t trust_n_keys(const struct trust *trust);

/* Sets the iss.* and key.* fields of a token record whose jwt.* fields are set. Text that is not owned by `trust` lives in
 * `arena`; arena refusals leave fields unset, never a better verdict. */
void trust_judge(const struct trust *trust, struct record *token, struct arena *arena);

#endif
