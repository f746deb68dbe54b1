/* frames: Ethernet frames built in memory, IPv4 or IPv6, TCP or UDP. Checksums are left 0, as a card that was
 * still to compute them leaves them, unless told. */
#ifndef STORMGLASS_TESTS_SUPPORT_FRAMES_H
#define STORMGLASS_TESTS_SUPPORT_FRAMES_H

#include "sensor/model/packet.h"

enum { FRAMES_MAX = 54 + 20 + 65535, FRAMES_ETHERNET = 1 };

enum frames_sum { FRAMES_SUM_NONE, FRAMES_SUM_RIGHT, FRAMES_SUM_WRONG, FRAMES_SUM_WRONG_IP,
	FRAMES_SUM_PARTIAL }; /* of the pseudo header alone */

struct frames_spec {
	const char *src, *dst; /* "10.0.0.1" or "2001:db8::1"; both of one family */
	uint16_t src_port, dst_port;
	bool udp;
	uint8_t flags;         /* TCP_* */
	uint32_t seq, ack;
	struct bytes data;     /* at most 65,495 bytes */
	uint8_t ttl;           /* 0: 64 */
	uint16_t id;           /* of IPv4 */
	uint16_t vlan;         /* 0: no tag */
	uint16_t urgent;
	bool shut;             /* a window of 0 */
	uint32_t time, echo;   /* the timestamps option, if time is not 0 */
	enum frames_sum sum;
};

/* Writes the frame into `out` of FRAMES_MAX bytes. Returns its length. */
size_t frames_build(const struct frames_spec *spec, uint8_t *out);

/* The frame as a capture would deliver it. Borrows `out`. */
struct frame frames_make(const struct frames_spec *spec, uint8_t *out, int64_t time_ns, uint64_t number);

#endif
