/* frames: Ethernet frames built in memory, IPv4 or IPv6, TCP or UDP. Checksums are left 0: the sensor does not ask for them. */
#ifndef STORMGLASS_TESTS_SUPPORT_FRAMES_H
#define STORMGLASS_TESTS_SUPPORT_FRAMES_H

#include "sensor/model/packet.h"

enum { FRAMES_MAX = 54 + 20 + 65535, FRAMES_ETHERNET = 1 };

struct frames_spec {
	const char *src, *dst; /* "10.0.0.1" or "2001:db8::1"; both of one family */
	uint16_t src_port, dst_port;
	bool udp;
	uint8_t flags;         /* TCP_* */
	uint32_t seq, ack;
	struct bytes data;     /* at most 65,495 bytes */
};

/* Writes the frame into `out` of FRAMES_MAX bytes. Returns its length. */
size_t frames_build(const struct frames_spec *spec, uint8_t *out);

/* The frame as a capture would deliver it. Borrows `out`. */
struct frame frames_make(const struct frames_spec *spec, uint8_t *out, int64_t time_ns, uint64_t number);

#endif
