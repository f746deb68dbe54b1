/* token: what is known of one credential. Two records share the EVE object `token`:
 * token_record holds what its bytes alone decide (decoded and judged once, then cached), use_record what this use adds. */
#ifndef STORMGLASS_MODEL_TOKEN_H
#define STORMGLASS_MODEL_TOKEN_H

#include "sensor/model/record.h"

enum token_field {
	TOKEN_KIND,
	TOKEN_SUBTYPE,
	TOKEN_SHA256,
	TOKEN_HASH,
	TOKEN_SIZE,
	TOKEN_FLAGS,
	/* JOSE header, RFC 7515 4.1 */
	JWT_ALG,
	JWT_TYP,
	JWT_CTY,
	JWT_KID,
	JWT_X5T,
	JWT_X5T_S256,
	JWT_JKU,
	JWT_X5U,
	JWT_JWK,
	JWT_X5C,
	JWT_CRIT,
	JWT_ENC,
	JWT_ZIP,
	JWT_SIGNER,
	/* claims, RFC 7519 4.1 and the providers' own */
	JWT_ISS,
	JWT_SUB_HASH,
	JWT_AUD,
	JWT_EXP,
	JWT_NBF,
	JWT_IAT,
	JWT_JTI,
	JWT_LIFETIME,
	JWT_TID,
	JWT_OID,
	JWT_APPID,
	JWT_VER,
	JWT_IDTYP,
	JWT_UTI,
	JWT_SID,
	JWT_SCP,
	JWT_ROLES,
	JWT_AZP,
	JWT_TFP,
	JWT_ACTORTOKEN,
	JWT_CNF_X5T_S256,
	JWT_CNF_JKT,
	JWT_NESTED,
	/* DPoP proofs, RFC 9449 4.2 */
	JWT_HTM,
	JWT_HTU,
	JWT_ATH,
	/* facts of trust/ */
	ISS_PROVIDER,
	ISS_CLASS,
	ISS_CLOUD,
	ISS_TENANT,
	ISS_TENANT_MATCH,
	ISS_VERSION_CLASH,
	ISS_LOOKALIKE,
	KEY_KNOWN,
	KEY_BINDING,
	KEY_OWNER,
	KEY_CLASS,
	KEY_CLOUD,
	KEY_SETS,
	KEY_LISTED,
	KEY_URL,
	KEY_ALG_ALLOWED,
	KEY_SET_MATCH,
	KEY_ID_CLASH,
	KEY_ALG_FITS,
	/* what other kinds say of themselves stands last: nearly every token is a JWT */
	/* SAML assertions (saml-core-2.0-os, saml-core 1.1) */
	SAML_VERSION,
	SAML_ISSUER,
	SAML_SUB_HASH,
	SAML_AUDIENCE,
	SAML_IAT,
	SAML_NBF,
	SAML_EXP,
	SAML_IN_RESPONSE_TO,
	SAML_ASSERTIONS,
	SAML_ENCRYPTED,
	SAML_SIGNED,
	SAML_ALG,
	SAML_CERT_SHA256,
	SAML_ODD,
	/* AWS Signature Version 4 and 4A */
	AWS_ALG,
	AWS_KEY_ID,
	AWS_KEY_TYPE,
	AWS_ACCOUNT,
	AWS_DATE,
	AWS_REGION,
	AWS_SERVICE,
	AWS_PRESIGNED,
	AWS_EXPIRES,
	AWS_SESSION_TOKEN,
	/* HTTP Message Signatures, RFC 9421 2.3, and the drafts before it */
	HTTPSIG_KEYID,
	HTTPSIG_ALG,
	HTTPSIG_CREATED,
	HTTPSIG_EXPIRES,
	HTTPSIG_TAG,
	HTTPSIG_COVERS,
	/* others */
	MSA_KEY_ID,
	PASETO_VERSION,
	PASETO_PURPOSE,
	PASETO_KID,
	MACAROON_LOCATION,
	MACAROON_CAVEATS,
	BISCUIT_ROOT_KEY_ID,
	BISCUIT_BLOCKS,
	AUTH_MECHANISM,
	AUTH_REALM,
	AUTH_ALG,
	AUTH_USER_HASH,
	TOKEN_FIELDS
};

enum use_field {
	USE_CARRIER,
	USE_NAME,
	USE_SCHEME,
	USE_GAP,
	USE_EXPIRED,
	USE_EXPIRED_FOR,
	USE_EARLY,
	USE_EARLY_BY,
	USE_AGE,
	USE_DECRYPTED,
	USE_CERT_BINDING,
	USE_FIELDS
};

extern const struct record_type token_record;
extern const struct record_type use_record;

/* Words of TOKEN_KIND, what the credential is by its shape. */
#define TOKEN_KIND_JWS "jws"
#define TOKEN_KIND_JWE "jwe"
#define TOKEN_KIND_OPAQUE "opaque"
#define TOKEN_KIND_SAML "saml"
#define TOKEN_KIND_SIGV4 "sigv4"

/* Words of USE_CERT_BINDING. */
#define CERT_BINDING_MATCH "match"
#define CERT_BINDING_MISMATCH "mismatch"

#endif
