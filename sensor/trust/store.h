/* store: all that was loaded. Filled from bytes, finished once, then only read. */
#ifndef STORMGLASS_TRUST_STORE_H
#define STORMGLASS_TRUST_STORE_H

#include "sensor/trust/keyring.h"
#include "sensor/trust/trust.h"

enum { STORE_MAX_LEN = 256 << 20 };

struct trust {
	struct budget budget;
	struct arena arena; /* every text and grammar */
	struct issuers issuers;
	struct keyring keyring;
	struct compromised compromised;
};

struct trust *store_new(void); /* NULL when memory is short */

/* The three kinds of file, in the order of their folders. */
void store_issuers(struct trust *trust, const char *place, struct bytes json, struct errors *errors);
void store_keys(struct trust *trust, struct bytes name, const char *place, struct bytes json, struct errors *errors);
void store_compromised(struct trust *trust, const char *place, struct bytes json, struct errors *errors);

/* Only where there was no error so far; without it the store must not judge. */
void store_finish(struct trust *trust, struct errors *errors);
void store_free(struct trust *trust); /* NULL is fine */

#endif
