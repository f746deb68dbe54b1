/* paseto: version.purpose.payload[.footer] (paseto-standard/paseto-spec, 01-Protocol-Versions/Common.md). The payload stays
 * unread: local ones are encrypted, public ones have claims whose names no trust store of ours knows. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_PASETO_H
#define STORMGLASS_DISSECTORS_TOKEN_PASETO_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* v1 to v4, local or public, with a payload as long as the shortest message makes it. */
bool paseto_is(struct bytes token);

/* Sets PASETO_VERSION, PASETO_PURPOSE, and PASETO_KID from a footer that is a JSON object. There is no subject. */
void paseto_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
