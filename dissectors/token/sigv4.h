/* sigv4: AWS Signature Version 4 and 4A, in Authorization or in the query of a URL that was signed beforehand.
 *
 *   AWS4-HMAC-SHA256 Credential=KEYID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b;c, Signature=...
 *   AWS4-ECDSA-P256-SHA256 Credential=KEYID/DATE/SERVICE/aws4_request, SignedHeaders=..., Signature=...
 *   X-Amz-Algorithm=...&X-Amz-Credential=KEYID%2FDATE%2F...&X-Amz-Expires=...&X-Amz-Signature=... */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SIGV4_H
#define STORMGLASS_DISSECTORS_TOKEN_SIGV4_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Sets the AWS_ fields, but for the signature all there is. A credential without a scheme is a query, as sent. There is no
 * subject. */
void sigv4_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

/* The account that an access key id of the form in use since 2019 encodes; false for older ones and for what is none. */
bool sigv4_account(struct bytes key_id, uint64_t *account);

#endif
