/* datagrams: IP datagrams that wait for fragments, found by key and let go by age.
 *
 * A datagram is known by its addresses, its identification and, in IPv4, its protocol; VLANs and tunnels are no part of
 * it. It waits for a time that counts from its first fragment, as on hosts. All memory is charged to one budget; where
 * that or the number of datagrams is at its cap, the one that has waited longest goes. */
#ifndef STORMGLASS_FLOW_DATAGRAMS_H
#define STORMGLASS_FLOW_DATAGRAMS_H

#include "dissectors/net/fragment.h"
#include "sensor/base/nh.h"
#include "sensor/flow/pieces.h"

enum { DATAGRAM_KEY_WORDS = 6, DATAGRAMS_PEERS = 4096 };

/* A fragment's copy. The head is kept only where it begins the datagram. */
struct parcel {
	struct parcel *next;
	struct cargo cargo;
	struct fragment fragment; /* views into `bytes` */
	size_t len;               /* of `bytes` */
	uint8_t bytes[];
};

struct datagram {
	struct datagram *older, *newer; /* of the same IP version */
	struct datagram *chain;         /* in its bucket */
	uint64_t key[DATAGRAM_KEY_WORDS];
	int64_t start_ns;
	struct pieces pieces;
	struct parcel *parcels;         /* newest first */
	const struct parcel *first;     /* the first to come that begins the datagram */
	uint32_t end;                   /* of all data, where the last fragment has come; else UINT32_MAX */
	uint32_t reach;                 /* of the data there is */
	uint32_t n_fragments;
	uint32_t wire_len;              /* of all its frames */
	uint32_t odd;                   /* what was told */
	uint32_t seen;                  /* count of its peers' fragments at its latest */
	uint8_t ip_version;
};

struct ages {
	struct datagram *oldest, *newest;
};

struct datagrams {
	struct datagram **buckets;
	size_t n_buckets;       /* power of two */
	size_t n, max;
	int64_t wait_ns[2];     /* IPv4, IPv6 */
	int64_t clock_ns;       /* latest packet time: never goes back */
	struct ages ages[2];    /* IPv4, IPv6 */
	struct nh_key hash_key;
	uint32_t peers[DATAGRAMS_PEERS]; /* fragments between two hosts, by the hash of their addresses */
	struct pool pool, pieces;
	struct budget budget;
	uint64_t n_late[2], n_evicted, n_full;
};

/* False: out of memory. */
bool datagrams_init(struct datagrams *datagrams, size_t memcap, size_t max, struct budget *parent);
void datagrams_fini(struct datagrams *datagrams);

/* Lets go what has waited too long by now. */
void datagrams_tick(struct datagrams *datagrams, int64_t now_ns);

/* The datagram of a fragment, a new one if need be; NULL: there is no room even for one. */
struct datagram *datagrams_get(struct datagrams *datagrams, const struct packet *packet, const struct fragment *fragment);

/* Keeps a copy of a fragment in its datagram, and sees to it that there is room for a piece. NULL: no room, though all
 * other datagrams went. */
struct parcel *datagrams_keep(struct datagrams *datagrams, struct datagram *datagram, const struct fragment *fragment);

/* Takes back what datagrams_keep kept last. */
void datagrams_unkeep(struct datagrams *datagrams, struct datagram *datagram);

void datagrams_end(struct datagrams *datagrams, struct datagram *datagram);
size_t datagrams_memuse(const struct datagrams *datagrams);

#endif
