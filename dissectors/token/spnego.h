/* spnego: which mechanism the schemes Negotiate and NTLM use (RFC 4559, RFC 4178, RFC 2743 3.1), and nothing else of it.
 *
 *   60 len { 06 len OID  token of that mechanism }            first token, GSS-API
 *            OID of SPNEGO: a0 { 30 { a0 { 30 { OIDs in order of preference } } ... } }
 *   a1 len { 30 { [a1 { OID }] [a2 { 04 token }] ... } }      later tokens of SPNEGO
 *   "NTLMSSP" 00 ...                                          NTLM on its own */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SPNEGO_H
#define STORMGLASS_DISSECTORS_TOKEN_SPNEGO_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Sets AUTH_MECHANISM: of several the first, which the client prefers and has begun with. There is no subject. */
void spnego_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
