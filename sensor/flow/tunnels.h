/* tunnels: what is known of the tunnels that flows came through, each kept once for all its flows. */
#ifndef STORMGLASS_FLOW_TUNNELS_H
#define STORMGLASS_FLOW_TUNNELS_H

#include "sensor/base/nh.h"
#include "sensor/base/pool.h"
#include "sensor/model/tunnel.h"

struct tunnels_entry;

struct tunnels {
	struct tunnels_entry **slots; /* chains by hash; NULL before the first tunnel */
	size_t n_slots, n;            /* power of two; n is at most twice n_slots, or TUNNELS_MAX */
	struct nh_key *hash_key;      /* the owner's */
	struct pool pool;
	struct budget *budget;
	uint64_t n_refused;           /* flows without their tunnel: a cap was reached */
};

enum { TUNNELS_MAX = 1 << 20 };

void tunnels_init(struct tunnels *tunnels, struct nh_key *hash_key, struct budget *budget);
void tunnels_fini(struct tunnels *tunnels); /* all must have been dropped */

/* The one copy of *tunnel, which stays until it is dropped as often as it was taken. NULL: none to be had under the caps. */
const struct tunnel *tunnels_take(struct tunnels *tunnels, const struct tunnel *tunnel);
void tunnels_drop(struct tunnels *tunnels, const struct tunnel *tunnel); /* NULL is fine */

#endif
