/* twins: the same data in two connections at once. A mirror that delivers both sides of a proxy (Fortinet's
 * decrypted-traffic-mirror with `traffic-source both`), or of an address translation, shows every message twice, in
 * packets that differ in addresses, ports or sequence numbers. What is kept is a hash of each segment's first bytes,
 * for a fifth of a second. */
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

/* A connection: its place in a table, and a number of its own in case the place changes hands. */
struct twins_owner {
	uint32_t slot, id;
};

/* Has the payload been here just now? With TWINS_OTHER *other is the connection that carried it. */
enum twins_answer twins_see(
    struct twins *twins, const struct packet *packet, struct twins_owner owner, struct twins_owner *other);

#endif
