/* key_material: what TLS can be decrypted with: the run's secrets and servers' private keys. One for all threads. */
#ifndef STORMGLASS_RUN_KEY_MATERIAL_H
#define STORMGLASS_RUN_KEY_MATERIAL_H

#include <stdatomic.h>

#include "sensor/run/config.h"
#include "sensor/secrets/crypto.h"
#include "sensor/secrets/private_keys.h"
#include "sensor/secrets/secrets.h"

struct key_material {
	struct budget budget;           /* of the secrets */
	struct secrets *secrets;        /* NULL before key_material_begin */
	struct private_keys *keys;
	struct crypto *crypto;          /* NULL before key_material_begin */
	_Atomic uint64_t may_come_from; /* packet; UINT64_MAX: never */
};

/* Reads the private keys that settings name. What is wrong with any of them is added to `errors`. */
void key_material_load(struct key_material *material, const struct config *config, struct errors *errors);
void key_material_free(struct key_material *material); /* of a zeroed one too */

/* Makes room for secrets. False: out of memory. */
bool key_material_begin(struct key_material *material, const struct config *config, unsigned n_workers);

/* Secrets may still come, for packets from `number` on: the reader says so before it sends that packet on its way. Then
 * records may be worth keeping that cannot be decrypted yet. It is a number and no flag, because workers look at it while they
 * are at packets before it: what they find must not depend on when they look. */
void key_material_expect(struct key_material *material, uint64_t number);
bool key_material_may_come(const struct key_material *material, uint64_t number);

#endif
