/* defrag: puts fragments of IPv4 and IPv6 datagrams together (RFC 791 3.2, RFC 815; RFC 8200 4.5). */
#ifndef STORMGLASS_FLOW_DEFRAG_H
#define STORMGLASS_FLOW_DEFRAG_H

#include "dissectors/net/net.h"
#include "sensor/base/arena.h"
#include "sensor/flow/defrag_policy.h"
#include "sensor/model/stats.h"

struct defrag_config {
	enum defrag_policy policy; /* of IPv4; IPv6 is always DEFRAG_DISCARD */
	size_t memcap;
	size_t max_datagrams;
	size_t max_fragments;      /* of one datagram; it is given up beyond */
	int64_t ipv4_ns, ipv6_ns;  /* how long a datagram waits */
};

enum defrag_verdict {
	DEFRAG_WAITS,   /* more is to come */
	DEFRAG_JOINED,  /* the datagram is whole */
	DEFRAG_REFUSED, /* a fragment that no host takes, or there is no memory */
};

/* What is odd about a fragment, as bits 1 << x. The first three and the last are told once a datagram. */
enum defrag_odd {
	DEFRAG_ODD_DIFFERS,  /* an overlap with other bytes */
	DEFRAG_ODD_OVERLAP,  /* an overlap in IPv6 that is no mere copy */
	DEFRAG_ODD_END,      /* two fragments say where the datagram ends, or one goes beyond */
	DEFRAG_ODD_LENGTH,   /* no data, or no multiple of 8 bytes and not the last */
	DEFRAG_ODD_TOO_LONG, /* it ends beyond 65,535 bytes: ping of death */
	DEFRAG_ODD_TINY,     /* cut within the transport's header */
	DEFRAG_ODD_TOO_MANY,
	DEFRAG_ODDS
};

/* The word for anomalies: "ip.fragment_overlap_disagrees", ... */
const char *defrag_odd_word(enum defrag_odd odd);

struct defrag;

/* NULL: out of memory. */
struct defrag *defrag_new(const struct defrag_config *config, struct budget *parent);
void defrag_free(struct defrag *defrag);

/* Takes a packet that net_dissect called a fragment. DEFRAG_JOINED: *datagram, in `arena`, begins with the IP header as
 * it was before the datagram was cut up. Where a snap length cut a fragment it ends there, and its length fields tell of
 * more. *wire_len: what all its frames together had on the wire. Adds to the bits of *odd. */
enum defrag_verdict defrag_push(struct defrag *defrag, const struct packet *packet, struct arena *arena,
    struct bytes *datagram, uint32_t *wire_len, uint32_t *odd);

/* net_dissect_ports, and on through every datagram that this frame makes whole, DEFRAG_NESTING of them. packet->wire_len is
 * then that of all frames of the datagram. A fragment whose datagram is not whole yet is left as net_dissect leaves it.
 * Views point into the frame or into `arena`; *odd: bits 1 << enum defrag_odd. `defrag` may be NULL: nothing is joined. */
enum net_status defrag_dissect(struct defrag *defrag, const struct frame *frame, const struct net_ports *ports,
    struct packet *packet, struct arena *arena, uint32_t *odd);

enum { DEFRAG_NESTING = 4 };

/* Fills stats->defrag. */
void defrag_stats(const struct defrag *defrag, struct stats *stats);

#endif
