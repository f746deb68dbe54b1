/* places: the names under which credentials travel, one line each, and how what stands under them is cut out. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_PLACES_H
#define STORMGLASS_DISSECTORS_TOKEN_PLACES_H

#include "sensor/base/bytes.h"

enum places_cut {
	/* values */
	PLACES_PLAIN,         /* the value, without quotes and a known scheme before it */
	PLACES_OPAQUE,        /* the value, whatever it looks like */
	PLACES_JWS,           /* a JWS as JSON (RFC 7515 7.2) */
	PLACES_SCHEME,        /* the value, where it has a known scheme */
	PLACES_SAML,          /* an assertion that was cut out of XML */
	PLACES_NONE,          /* nothing, though it looks like a token */
	PLACES_DRAFT_SIGNATURE, /* the value, where it names its key (draft-cavage-http-signatures-12, 3.1) */
	PLACES_WRESULT,       /* WS-Federation 1.2, 13.2.3: XML around an assertion or something else */
	PLACES_ASSERTION,     /* SAML in base64 (RFC 7522 2.1), or as plain */
	PLACES_PRESIGNED,     /* makes its whole query one credential */
	PLACES_PRESIGNED_PART, /* plain, but part of such a query */
	/* header fields that hold what is to be cut out in more steps */
	PLACES_AUTHORIZATION, /* RFC 9110 11.6.2 */
	PLACES_SIGNATURES,    /* Signature-Input, RFC 9421 4.1 */
	PLACES_COOKIES,
	PLACES_SET_COOKIE,
	PLACES_URL,
	PLACES_PROTOCOLS,     /* Sec-WebSocket-Protocol, RFC 6455 11.3.4 */
};

enum {
	/* where a name means that */
	PLACES_OF_REQUESTS = 1,  /* header fields */
	PLACES_OF_RESPONSES = 2,
	PLACES_IN_URLS = 4,      /* parameters */
	PLACES_IN_FORMS = 8,
	PLACES_IN_JSON = 16,
	/* what else is known of it */
	PLACES_WEAK = 32,        /* a password by its name: only a keyed hash may leave */
	PLACES_LONG = 64,        /* many use the name for other things: what is shorter than PLACES_LONG_LEN is no credential */
	PLACES_OWN_WORD = 128,   /* of a header field: the name is also the word for its carrier */
};

enum { PLACES_LONG_LEN = 16 };

struct places_row {
	const char *name;
	enum places_cut cut;
	unsigned flags;
};

/* NULL: no place of ours. Names of cookies are compared with case, all others without. */
const struct places_row *places_header(struct bytes name, unsigned where);
const struct places_row *places_parameter(struct bytes name, unsigned where);
const struct places_row *places_cookie(struct bytes name);

/* What is configured. */
extern const struct places_row places_configured;

#endif
