/* keyurl: does a jku or x5u (RFC 7515 4.1.2, 4.1.5) point where this issuer's keys are? Nothing is ever fetched. */
#ifndef STORMGLASS_TRUST_KEYURL_H
#define STORMGLASS_TRUST_KEYURL_H

#include "sensor/base/bytes.h"

enum keyurl {
	KEYURL_FOREIGN_ORIGIN, /* another host or port than iss */
	KEYURL_INSECURE,       /* not https */
	KEYURL_IP_LITERAL,
	KEYURL_USERINFO,
	KEYURL_MALFORMED,      /* no absolute URL, or bytes that none has; nothing else is said of it */
	KEYURL_UNKNOWN_ISSUER, /* iss is no URL, or of nobody that is described */
	KEYURL_WORDS
};

/* Bit n: enum keyurl n. */
unsigned keyurl_judge(struct bytes url, struct bytes iss, bool iss_known);
const char *keyurl_word(enum keyurl word);

#endif
