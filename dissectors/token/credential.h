/* credential: what a carrier carried, cut into scheme and credential and classified by shape. Bytes in, value out. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CREDENTIAL_H
#define STORMGLASS_DISSECTORS_TOKEN_CREDENTIAL_H

#include "sensor/model/http.h"

enum credential_kind {
	CREDENTIAL_JWS,       /* three parts, the first decodes to a JSON object (RFC 7515 3.1) */
	CREDENTIAL_JWE,       /* five such parts (RFC 7516 3.1) */
	CREDENTIAL_OPAQUE,
	CREDENTIAL_BASIC,     /* RFC 7617 */
	CREDENTIAL_DIGEST,    /* RFC 7616 */
	CREDENTIAL_NTLM,
	CREDENTIAL_NEGOTIATE, /* RFC 4559 */
	CREDENTIAL_SIGV4,     /* in Authorization, or a whole query with X-Amz-Signature */
	CREDENTIAL_HTTP_SIGNATURE, /* Signature-Input of RFC 9421, or the scheme Signature of the drafts before it */
	CREDENTIAL_JWS_JSON,  /* RFC 7515 7.2 */
	CREDENTIAL_SAML,      /* an assertion, or a response that holds some: XML, or that in base64 */
	CREDENTIAL_MSA,       /* compact ticket of Microsoft accounts */
	CREDENTIAL_GOOGLE,
	CREDENTIAL_GITHUB,
	CREDENTIAL_GITLAB,
	CREDENTIAL_SLACK,
	CREDENTIAL_PASETO,
	CREDENTIAL_MACAROON,
	CREDENTIAL_BISCUIT,
	CREDENTIAL_KINDS,
	CREDENTIAL_UNTOLD = CREDENTIAL_KINDS /* its scheme does not say; its shape would */
};

struct credential {
	const char *carrier;   /* static word for TOKEN_CARRIER: "authorization", "cookie" ... (carriers.c) */
	struct bytes name;     /* of the header, cookie, parameter or member; empty where the carrier says it all */
	struct bytes scheme;   /* as sent; empty where the value has no scheme */
	const char *scheme_name; /* static, lower case, where known: "bearer" ...; else NULL: fold `scheme` yourself */
	struct bytes secret;   /* the bytes after the scheme as sent, blanks trimmed; percent-encoding, quotes and escapes of where it
	                        * stood undone */
	enum credential_kind kind;
	bool weak;             /* a password by what it is called (client_secret, code ...): only a keyed hash may leave */
};

/* Cuts an Authorization value (RFC 9110 11.6.2). Several credentials joined by commas in one value are not HTTP: they are one
 * credential as sent, whose kind is that of the first. The kind is left untold where it takes a look at the whole secret. */
struct credential credential_of(const char *carrier, struct bytes value);

/* Tells a kind that was left untold. */
void credential_classify(struct credential *credential);

/* Kind of a credential without a scheme, by its shape alone. */
enum credential_kind credential_shape(struct bytes secret);

/* The token within a secret: without quotes around it, a second scheme word before it, or what follows a comma. */
struct bytes credential_token(struct bytes secret);

/* Word for TOKEN_KIND: "jws", "basic" ... */
const char *credential_kind_name(enum credential_kind kind);

/* Could the secret be found from a hash by trying: passwords, their digests, and short opaque secrets of `secret_len`
 * bytes. Then only a keyed hash may leave. */
bool credential_guessable(enum credential_kind kind, size_t secret_len);

#endif
