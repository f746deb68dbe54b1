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
	CREDENTIAL_SIGV4,
	CREDENTIAL_KINDS,
	CREDENTIAL_UNTOLD = CREDENTIAL_KINDS /* its scheme does not say; its shape would */
};

struct credential {
	const char *carrier;   /* static: "authorization", "proxy-authorization" */
	struct bytes scheme;   /* as sent; empty where the value has no scheme */
	const char *scheme_name; /* static, lower case, where known: "bearer" ...; else NULL: fold `scheme` yourself */
	struct bytes secret;   /* the bytes after the scheme as sent, blanks trimmed */
	enum credential_kind kind;
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

/* carriers.c: the table of places. Fills up to `cap` credentials found in a request's headers, in header order;
 * returns how many there are, which may be more than cap. */
size_t carriers_find(const struct http_message *message, struct credential *out, size_t cap);

#endif
