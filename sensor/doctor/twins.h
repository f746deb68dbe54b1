/* twins: the same data in two connections at once. A mirror that delivers both sides of a proxy (Fortinet's decrypted-traffic-mirror
 * with `traffic-source both`), or of an address translation, shows every message twice, in packets that differ in addresses, ports
 * or sequence numbers. What is kept is a hash of each segment's first bytes, for a second. */
#ifndef STORMGLASS_DOCTOR_TWINS_H
#define STORMGLASS_DOCTOR_TWINS_H

#include "sensor/base/budget.h"
#include "sensor/model/packet.h"

enum { TWINS_LEAST = 64 }; /* shorter data may be equal by chance */

enum twins_answer {
	TWINS_NONE,
	TWINS_OTHER, /* another connection carried it */
	TWINS_SAME,  /* this one did, in a sequence space far from here */
};

struct twins;

struct twins *twins_new(struct budget *budget); /* NULL: out of memory */
void twins_free(struct twins *twins, struct budget *budget);

/* Has the payload been here just now? `id` names the connection; with TWINS_OTHER *other is the one that carried it. */
enum twins_answer twins_see(struct twins *twins, const struct packet *packet, uint32_t id, uint32_t *other);

#endif
