/* claims: one table says which names of a JOSE header (RFC 7515 4.1, 7516 4.1) and of a claims set (RFC 7519 4.1 and
 * the providers' own) become which fields of a token record. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CLAIMS_H
#define STORMGLASS_DISSECTORS_TOKEN_CLAIMS_H

#include "sensor/model/token.h"

enum claims_part { CLAIMS_HEADER, CLAIMS_PAYLOAD };

/* Scans `text` and sets the fields its names stand for; *sub is set where it has a subject. Of a name that comes twice
 * the first counts. Text is borrowed from `text`, or lives in `arena` where it had to be unescaped. `text` has at
 * most 65,536 bytes. Returns bits of enum jose_flag. */
uint32_t claims_scan(
    enum claims_part part, struct bytes text, struct record *record, struct bytes *sub, struct arena *arena);

#endif
