/* defrag_policy: whose bytes count where fragments of a datagram overlap and disagree. Hosts differ in it, and who
 * knows the host can say one thing to it and another to whoever watches (Ptacek, Newsham: "Insertion, Evasion, and
 * Denial of Service", 1998).
 *
 * The rules are those of Shankar, Paxson: "Active Mapping" (2003) and Novak: "Target-Based Fragmentation Reassembly"
 * (2005), under the names that Snort and Suricata use. A fragment is compared with each piece of what came before it, by
 * where both begin and end.
 *
 *	rule		the new one wins where it	among others
 *	first		never				HP-UX 11, macOS, SunOS 5.8 and before
 *	last		always				Cisco IOS
 *	bsd		begins before the old		BSD, AIX, IRIX, HP-UX 10, Tru64
 *	bsd-right	begins with it or behind	HP JetDirect
 *	linux		begins with it or before	Linux before 4.19, OpenBSD of then
 *	windows		begins before, ends behind	Windows
 *	solaris		begins before, ends with it or behind	Solaris 9, 10
 *	discard		never, and see below		Linux from 4.19 on; IPv6 on every host
 *
 * discard: the datagram is given up when a fragment overlaps others, brings something new, and disagrees (RFC 5722,
 * RFC 8200 4.5). One that lies within what is there is taken for a copy, as Linux does (tests/live/linux-overlaps). One
 * that overlaps and agrees is joined, though hosts give that up too: it says nothing that could be doubted. */
#ifndef STORMGLASS_FLOW_DEFRAG_POLICY_H
#define STORMGLASS_FLOW_DEFRAG_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum defrag_policy {
	DEFRAG_FIRST,
	DEFRAG_LAST,
	DEFRAG_BSD,
	DEFRAG_BSD_RIGHT,
	DEFRAG_LINUX,
	DEFRAG_WINDOWS,
	DEFRAG_SOLARIS,
	DEFRAG_DISCARD,
	DEFRAG_POLICIES
};

/* Of the n-th word of the setting defrag.policy: behind the rules come the other names of Suricata's host-os-policy. */
enum defrag_policy defrag_policy_of(size_t word);

/* A stretch of a datagram's data; `end` is the first byte behind it. */
struct stretch {
	uint32_t start, end;
};

bool defrag_policy_new_wins(enum defrag_policy policy, struct stretch fresh, struct stretch old);

/* Does it drop a fragment that is not the last and no multiple of 8 bytes long? Others cut it to one, as Linux does. */
bool defrag_policy_drops_ragged(enum defrag_policy policy);

#endif
