/* decode: a credential into its token record: shape, fingerprint, JOSE fields, trust facts. What its bytes alone decide. */
#ifndef STORMGLASS_DETECT_DECODE_H
#define STORMGLASS_DETECT_DECODE_H

#include "dissectors/token/credential.h"
#include "sensor/detect/fingerprint.h"
#include "sensor/trust/trust.h"

struct decode {
	const struct trust *trust;
	struct fingerprint *fingerprint;
	bool hash_plain; /* SHA-256 of guessable secrets too */
};

/* A token record in `arena`, all its text too; NULL when refused. */
struct record *decode_credential(const struct decode *decode, const struct credential *credential, struct arena *arena);

#endif
