/* provider_prefix: tokens that say whose they are by how they begin: one table. What follows the prefix is random and stays
 * opaque. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_PROVIDER_PREFIX_H
#define STORMGLASS_DISSECTORS_TOKEN_PROVIDER_PREFIX_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* The kind of a token that has a prefix of the table and behind it as much as such a token has at least; else
 * CREDENTIAL_OPAQUE. *word, where it is not NULL: the prefix without its separator, static. */
enum credential_kind provider_prefix_kind(struct bytes token, struct bytes *word);

/* Sets TOKEN_SUBTYPE. There is no subject. */
void provider_prefix_scan(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
