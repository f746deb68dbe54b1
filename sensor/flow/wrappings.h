/* wrappings: what flows came wrapped in, VLANs and tunnels, each kept once for all flows that have the same. */
#ifndef STORMGLASS_FLOW_WRAPPINGS_H
#define STORMGLASS_FLOW_WRAPPINGS_H

#include "sensor/base/nh.h"
#include "sensor/base/pool.h"
#include "sensor/model/packet.h"

/* Compared and hashed as bytes: there is no padding. */
struct wrapping {
	struct tunnel tunnel; /* depth 0: none */
	uint16_t vlan[PACKET_VLANS];
	uint8_t n_vlan;
	uint8_t zero[9];
};

struct wrappings_entry;

struct wrappings {
	struct wrappings_entry **slots; /* chains by hash; NULL before the first wrapping */
	size_t n_slots, n;              /* n_slots is a power of two */
	struct nh_key *hash_key;        /* the owner's */
	struct pool pool;
	struct budget *budget;
	uint64_t n_refused;             /* flows without their wrapping: a cap was reached */
};

enum { WRAPPINGS_MAX = 1 << 20 };

void wrappings_init(struct wrappings *wrappings, struct nh_key *hash_key, struct budget *budget);
void wrappings_fini(struct wrappings *wrappings); /* all must have been dropped */

/* The one copy of *wrapping, which stays until it is dropped as often as it was taken. NULL: there is no room. */
const struct wrapping *wrappings_take(struct wrappings *wrappings, const struct wrapping *wrapping);
void wrappings_drop(struct wrappings *wrappings, const struct wrapping *wrapping); /* NULL is fine */

#endif
