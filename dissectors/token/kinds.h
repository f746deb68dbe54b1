/* kinds: what each kind of credential says of itself. One row a kind: its word, and the scan that sets fields of a token record. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_KINDS_H
#define STORMGLASS_DISSECTORS_TOKEN_KINDS_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Call it once, before threads begin to scan: libraries want to be set up. */
void kinds_start(void);

/* Sets the fields of `record` that this credential tells of itself. *subject is who it speaks of (user name, sub, NameID), for the
 * caller to pseudonymise into the field kinds_subject_field names; left empty where there is none. Text lives in `arena`. */
void kinds_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

/* Where the hash of the subject goes. */
enum token_field kinds_subject_field(enum credential_kind kind);

/* Has it an issuer and a key that trust/ knows how to judge? */
bool kinds_is_jose(enum credential_kind kind);

#endif
