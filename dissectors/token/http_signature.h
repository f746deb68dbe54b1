/* http_signature: what a signature of an HTTP message says of itself: Signature-Input (RFC 9421 4.1), or the scheme Signature of
 * the drafts before it (draft-cavage-http-signatures-12, 3.1). Of several the first counts. The signature itself stays
 * untold.
 *
 *   sig1=("@method" "@authority" "date";req);created=1700000000;keyid="test-key";alg="ed25519"
 *   keyId="test-key",algorithm="rsa-sha256",headers="(request-target) date",signature="..." */
#ifndef STORMGLASS_DISSECTORS_TOKEN_HTTP_SIGNATURE_H
#define STORMGLASS_DISSECTORS_TOKEN_HTTP_SIGNATURE_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

enum { HTTP_SIGNATURE_COVERS = 32 }; /* components that are kept */

/* Sets the HTTPSIG_ fields. There is no subject. */
void http_signature_scan(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
