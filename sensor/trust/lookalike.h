/* lookalike: does an iss that no description fits only look like one that does?
 *
 * Only descriptions with a host of their own, or the end of one, can be imitated: a self-hosted issuer under a
 * description with {host} looks like nobody. An iss that such an open description fits is looked at all the same,
 * since anybody can put /realms/x behind login.microsoftonline.com.evil.example. */
#ifndef STORMGLASS_TRUST_LOOKALIKE_H
#define STORMGLASS_TRUST_LOOKALIKE_H

#include "sensor/trust/issuers.h"

enum lookalike {
	LOOKALIKE_SCHEME,   /* http for https, or none */
	LOOKALIKE_PORT,
	LOOKALIKE_USERINFO, /* something@ in front of the host, or the known host before the @ of another */
	LOOKALIKE_CASE,
	LOOKALIKE_SLASH,    /* one too many or too few, or a backslash */
	LOOKALIKE_ENCODED,  /* %xx */
	LOOKALIKE_CONTROL,  /* NUL, other control characters, blanks */
	LOOKALIKE_PUNYCODE, /* letters beyond ASCII in the host, as xn-- or as they are */
	LOOKALIKE_HOST,     /* another host made to be taken for a known one */
	LOOKALIKE_QUERY,
	LOOKALIKE_FRAGMENT,
	LOOKALIKE_WORDS
};

enum { LOOKALIKE_LEN = 1024 }; /* a longer iss is not looked at: no known issuer comes near it */

/* Bit n: enum lookalike n. `hit` is what iss fits. */
unsigned lookalike_judge(const struct issuers *issuers, struct bytes iss, const struct issuers_hit *hit);
const char *lookalike_word(enum lookalike word);

#endif
