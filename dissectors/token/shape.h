/* shape: what a credential is by its bytes alone. Nearly all are a JWS, which the first two letters tell; the others are told
 * apart by their first letter before anybody looks at more of them. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SHAPE_H
#define STORMGLASS_DISSECTORS_TOKEN_SHAPE_H

#include "dissectors/token/credential.h"

/* The kind of `secret`; CREDENTIAL_OPAQUE where it is none that is known. Linear in its length. */
enum credential_kind shape_of(struct bytes secret);

/* CREDENTIAL_JWS, CREDENTIAL_JWE or CREDENTIAL_OPAQUE: of the compact forms alone. */
enum credential_kind shape_of_compact(struct bytes token);

#endif
