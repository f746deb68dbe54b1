/* community_id: one text for a flow that every tool computes alike (corelight/community-id-spec, version 1). */
#ifndef STORMGLASS_OUTPUT_COMMUNITY_ID_H
#define STORMGLASS_OUTPUT_COMMUNITY_ID_H

#include "sensor/model/event.h"

struct community_id;

enum { COMMUNITY_ID_LEN = 30 };

struct community_id *community_id_new(uint16_t seed); /* NULL: out of memory, or OpenSSL has no SHA-1 */
void community_id_free(struct community_id *id);      /* NULL is fine */

/* Exactly COMMUNITY_ID_LEN bytes to `out`, no NUL. False, and nothing written, where there is no IP, and for ICMP:
 * its id is made of types and codes, which flow_facts do not hold. */
bool community_id_text(struct community_id *id, char *out, const struct flow_facts *flow);

#endif
