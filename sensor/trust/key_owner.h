/* key_owner: whose key is it? By its own `issuer` member, else by the name on its certificate, else by who lists its
 * set. */
#ifndef STORMGLASS_TRUST_KEY_OWNER_H
#define STORMGLASS_TRUST_KEY_OWNER_H

#include "sensor/trust/keyring.h"

/* One key may stand in several sets, and not every set tells its scope (Entra's v1 list has no `issuer`). What one
 * copy in a listed set tells, the copies that tell nothing take over; so leaving a member out never widens a key's
 * reach. */
bool key_owner_share(const struct keyring *keyring, struct key **keys);

/* Sets scope, owner, class, cloud and owner_text. False when memory is short. */
bool key_owner_find(const struct keyring *keyring, struct key *key, struct arena *arena);

#endif
