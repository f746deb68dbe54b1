/* fragments: parts of IP datagrams built in memory, as raw IP frames. */
#ifndef STORMGLASS_TESTS_SUPPORT_FRAGMENTS_H
#define STORMGLASS_TESTS_SUPPORT_FRAGMENTS_H

#include "sensor/model/packet.h"

enum { FRAGMENTS_RAW = 101, FRAGMENTS_HEAD_MAX = 60, FRAGMENTS_MAX = FRAGMENTS_HEAD_MAX + 65536 };

struct fragments_spec {
	uint8_t ip_version;   /* 4 or 6; IPv6 has a destination header before the fragment header where `extended` is set */
	uint8_t protocol;
	uint8_t host;         /* last byte of the source address */
	bool extended;        /* IPv4: four bytes of options */
	bool more;
	bool whole;           /* no fragment at all: what the datagram was */
	uint32_t id, offset;  /* offset in bytes */
	struct bytes data;
};

/* Writes the packet into `out` of FRAGMENTS_MAX bytes. Returns its length. */
size_t fragments_build(const struct fragments_spec *spec, uint8_t *out);

/* As a frame in memory of just its length, so that a sanitizer sees a read past its end: free(frame.data.data). */
struct frame fragments_frame(const struct fragments_spec *spec, int64_t time_ns);

#endif
