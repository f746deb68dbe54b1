/* jws_json: a JWS in JSON (RFC 7515 7.2), flattened or general. Of several signatures the first counts. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_JWS_JSON_H
#define STORMGLASS_DISSECTORS_TOKEN_JWS_JSON_H

#include "dissectors/token/credential.h"
#include "dissectors/token/jose.h"
#include "sensor/model/token.h"

/* Is `text` an object with a payload and a signature, or an array of such? */
bool jws_json_is(struct bytes text);

/* The parts of it for jose_scan_parts; false where it is none, or the arena refuses. */
bool jws_json_split(struct bytes text, struct jose_parts *parts, struct arena *arena);

/* Sets the JWT_ fields and TOKEN_FLAGS; *subject as jose_scan does. */
void jws_json_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
