/* macaroon: version 1, in packets, and version 2, in fields; both in base64 of either alphabet (libmacaroons, README and
 * doc/format.txt).
 *
 *   v1   001clocation http://a.example\n  0026identifier ...\n  { cid ...  [vid ...  cl ...] }  signature ...
 *        four hex digits: length of the packet, these digits and the newline included
 *
 *   v2   02  [location]  identifier  00  { [location]  identifier  [vid]  00 }  00  signature
 *        field: type 1 location, 2 identifier, 4 vid, 6 signature; length; bytes. Type and length are varints. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_MACAROON_H
#define STORMGLASS_DISSECTORS_TOKEN_MACAROON_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Is it one to its end, in either version? */
bool macaroon_is(struct bytes token);

/* Sets MACAROON_LOCATION and MACAROON_CAVEATS; identifiers, caveats and signature are told to nobody. There is no subject. */
void macaroon_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
