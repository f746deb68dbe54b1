/* digest: the parameters of the scheme Digest (RFC 7616 3.4). */
#ifndef STORMGLASS_DISSECTORS_TOKEN_DIGEST_H
#define STORMGLASS_DISSECTORS_TOKEN_DIGEST_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Sets AUTH_REALM and AUTH_ALG; *subject: username, or username* with its encoding undone, as far as it is there. */
void digest_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
