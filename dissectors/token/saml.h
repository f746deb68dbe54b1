/* saml: what a SAML assertion says: who issued it, for whom, until when, and what of it is signed with which certificate.
 * Nothing is verified or decrypted. It may stand alone (RFC 7522 2.1), in a Response of the POST binding (saml-bindings-2.0-os
 * 3.5), in a RequestSecurityTokenResponse of WS-Federation or in a SOAP envelope; as XML, or that in base64. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SAML_H
#define STORMGLASS_DISSECTORS_TOKEN_SAML_H

#include "sensor/model/record.h"

/* Call it once, before threads begin to scan. */
void saml_start(void);

/* Sets the SAML fields of a token record. *subject is the text of the first assertion's NameID or NameIdentifier, as a verifier
 * sees it that leaves comments out, for the caller to pseudonymise; empty where there is none. The first assertion of the
 * document counts; without one, or where it is encrypted, the response stands in for its version, issuer and date. Text lives
 * in `arena`, whose budget also bounds what is needed meanwhile: where it refuses, what was read so far stays. */
void saml_scan(struct bytes secret, struct record *record, struct bytes *subject, struct arena *arena);

#endif
