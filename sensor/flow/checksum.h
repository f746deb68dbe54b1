/* checksum: is what a segment carries what was sent (RFC 1071; RFC 9293 3.1, RFC 791 3.1)?
 *
 * Captures of the sending machine hold wrong ones, for its card computes them later, and cards that merge segments leave
 * whatever they like: a wrong checksum alone says little. suspicion.c decides what it says. */
#ifndef STORMGLASS_FLOW_CHECKSUM_H
#define STORMGLASS_FLOW_CHECKSUM_H

#include "sensor/model/packet.h"

enum checksum {
	CHECKSUM_RIGHT,
	CHECKSUM_WRONG,
	CHECKSUM_PARTIAL, /* wrong, and what a kernel leaves to its card: the sum of the pseudo header (Linux: also of what it merged) */
	CHECKSUM_UNKNOWN, /* a snap length cut it, or no wire carried a segment so long: a card merged it, or was still to cut it */
};

/* Of a TCP segment's IPv4 header and of the segment. */
enum checksum checksum_of(const struct packet *packet);

#endif
