/* copies: IP packets that are here twice. A packet's hash covers all of it from its IP header on but for what a router
 * changes on the way: time to live and header checksum. Hashes of the last packets are kept for a tenth of a second, in
 * a table of fixed size.
 *
 * What a sender may repeat byte by byte is not taken for a copy: without data, only an IPv4 packet that has an
 * identification of its own (RFC 6864: with DF it may be anything) is looked at. TCP repeats data after 200 ms at the
 * earliest. */
#ifndef STORMGLASS_DOCTOR_COPIES_H
#define STORMGLASS_DOCTOR_COPIES_H

#include "sensor/base/budget.h"
#include "sensor/model/packet.h"

enum { COPIES_STEPS = 20 };

/* Where the copy differs from the first. */
enum { COPIES_VLAN = 1, COPIES_TTL = 2, COPIES_MAC = 4 };

struct copies_sums {
	uint64_t n_looked_at; /* packets that could have been copies */
	uint64_t n_copies;
	uint64_t n_other_vlan, n_other_ttl, n_other_mac;
	uint64_t by_packets[COPIES_STEPS]; /* by distance: [i] up to 2^i packets later */
	uint64_t by_us[COPIES_STEPS];	   /* up to 2^i microseconds later */
};

struct copies;

struct copies *copies_new(struct budget *budget); /* NULL: out of memory */
void copies_free(struct copies *copies, struct budget *budget);

/* Is this packet one that was here just now? */
bool copies_see(struct copies *copies, const struct packet *packet, struct copies_sums *sums);

#endif
