/* overlap: which copy of a byte a host reads where segments overlap that it still holds (RFC 9293 3.10.7.4 leaves it open).
 *
 * By where the new segment begins and ends beside the one that came first. Names and table as Suricata has them
 * (src/stream-tcp-list.c), after Novak and Sturges, "Target-Based TCP Stream Reassembly" (2007); bsd-right as Shankar and Paxson
 * have it for fragments: the mirror of bsd. */
#ifndef STORMGLASS_FLOW_OVERLAP_H
#define STORMGLASS_FLOW_OVERLAP_H

#include <stdbool.h>
#include <stdint.h>

enum overlap_policy {
	OVERLAP_FIRST, OVERLAP_LAST, OVERLAP_BSD, OVERLAP_BSD_RIGHT, OVERLAP_OLD_LINUX, OVERLAP_LINUX, OVERLAP_OLD_SOLARIS,
	OVERLAP_SOLARIS, OVERLAP_HPUX10, OVERLAP_HPUX11, OVERLAP_IRIX, OVERLAP_MACOS, OVERLAP_WINDOWS, OVERLAP_VISTA,
	OVERLAP_WINDOWS2K3,
	OVERLAP_POLICIES,
};

/* The names in the order of the enum, as the setting tcp.policy takes them. */
#define OVERLAP_NAMES "first last bsd bsd-right old-linux linux old-solaris solaris hpux10 hpux11 irix macos windows vista windows2k3"

/* Offsets of a segment as it came: its first byte and the one behind its last. */
struct span {
	uint64_t from, to;
};

/* Do the bytes of the segment that came later replace those that both have? */
bool overlap_later_wins(enum overlap_policy policy, struct span later, struct span earlier);

#endif
