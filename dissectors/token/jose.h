/* jose: a compact JWS or JWE (RFC 7515, 7516, 7519) into fields and flags. Strict, bounded, no allocation per claim.
 *
 * The scan notes what tolerant parsers hide: duplicate names, loose base64url, bytes after the end, wrong types.
 * It never fails as a whole: what could be read is filled, and the flags say what was wrong. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_JOSE_H
#define STORMGLASS_DISSECTORS_TOKEN_JOSE_H

#include "sensor/model/record.h"

enum {
	JOSE_DEPTH = 16,          /* of nested arrays and objects */
	JOSE_SEGMENT_LEN = 65536, /* decoded bytes of header or payload looked at */
	JOSE_TEXTS = 32,          /* items kept of an array claim */
};

/* One object scanned: values of known names, set through a table name -> field. */
enum jose_flag {
	JOSE_ALG_NONE,        /* alg "none" in any case or blanks, RFC 7518 3.6; or empty; or missing */
	JOSE_DUP_KEY,         /* a name twice in one object, RFC 8259 4 */
	JOSE_DUP_KEY_FOLD,    /* iss, tid, aud, alg or kid twice but for case, at the top */
	JOSE_B64_PADDING,     /* '=' */
	JOSE_B64_ALPHABET,    /* '+' or '/', or any byte outside base64url */
	JOSE_B64_SPACE,       /* white space */
	JOSE_B64_BITS,        /* non-zero bits after the last byte */
	JOSE_B64_LENGTH,      /* length mod 4 is 1 */
	JOSE_BAD_HEADER,      /* the header is not a JSON object */
	JOSE_BAD_PAYLOAD,     /* the payload is not a JSON object */
	JOSE_TRAILING,        /* bytes after the JSON text */
	JOSE_TYPE,            /* a registered name with a value of the wrong type */
	JOSE_NUMBER,          /* exp, nbf or iat as fraction, negative, or beyond 2^53 */
	JOSE_UTF8,            /* not UTF-8, or a NUL or other control character in a string */
	JOSE_DEEP,            /* deeper than JOSE_DEPTH */
	JOSE_LONG,            /* longer than JOSE_SEGMENT_LEN: cut */
	JOSE_NO_SIGNATURE,    /* empty third part though alg is not none */
	JOSE_IAT_AFTER_EXP,   /* iat > exp */
	JOSE_NBF_AFTER_EXP,   /* nbf > exp */
	JOSE_JSON_SERIALISATION, /* not compact: RFC 7515 7.2 */
	JOSE_UNPROTECTED_HEADER, /* alg or a key's name stands outside of what is signed, RFC 7515 7.2.1 */
	JOSE_FLAGS
};

/* A token's parts as they were sent, in base64url:
 *
 *   JWS  header . payload . signature                      RFC 7515 3.1
 *   JWE  header . key . iv . ciphertext . tag              RFC 7516 3.1
 */
struct jose_parts {
	struct bytes header;
	struct bytes payload;
	struct bytes rest;        /* signature; of a JWE all after the header, dots included */
	unsigned n;               /* 5: a JWE; else 1, 2 or 3, where the third has all the dots there are */
	struct bytes unprotected; /* of a JWS in JSON: the JSON object that is not signed; empty where there is none */
	uint32_t flags;           /* bits of enum jose_flag: what was seen in splitting */
};

/* What trust/ needs beside the record, verbatim. */
struct jose {
	uint32_t flags;          /* bit n: enum jose_flag n */
	struct bytes header;     /* decoded, as sent; empty if it could not be decoded */
	struct bytes payload;
};

/* Scans `compact` (the credential's bytes) and sets the jwt.* fields of `record` (model/token.h), but not JWT_SUB_HASH:
 * *sub is the subject for the caller to pseudonymise, empty where there is none. Decoded text lives in `arena`.
 * Sets JWT flags on TOKEN_FLAGS too. Returns what was seen; header.data is NULL when the arena's budget refused. */
struct jose jose_scan(struct bytes compact, struct record *record, struct bytes *sub, struct arena *arena);

/* The same in two steps. Parts with an `unprotected` header may have no `header`. */
struct jose_parts jose_split(struct bytes compact);
struct jose jose_scan_parts(const struct jose_parts *parts, struct record *record, struct bytes *sub, struct arena *arena);

/* The payload of a JWS, decoded in whole; empty where the arena refuses. *nested: it is a token itself (RFC 7519 5.2). */
struct bytes jose_payload(const struct jose_parts *parts, bool *nested, struct arena *arena);

/* The first member `name` at the top of a payload, unescaped, if it is a string; empty where there is none. For claims
 * that only one provider knows. */
struct bytes jose_claim_text(struct bytes payload, const char *name, struct arena *arena);

/* "dup_key" ...: the word of a flag in TOKEN_FLAGS. */
const char *jose_flag_name(enum jose_flag flag);

#endif
