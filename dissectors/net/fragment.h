/* fragment: what a part of an IP datagram says of itself (RFC 791 3.2; RFC 8200 4.5), and the header of the whole. */
#ifndef STORMGLASS_DISSECTORS_NET_FRAGMENT_H
#define STORMGLASS_DISSECTORS_NET_FRAGMENT_H

#include "sensor/model/packet.h"

struct fragment {
	struct bytes head;  /* the IP header, and in IPv6 all that stands before the fragment header */
	struct bytes data;  /* what follows, as far as it was captured */
	uint32_t len;       /* of the data on the wire */
	uint32_t offset;    /* of the data in the datagram's */
	uint32_t id;
	uint16_t next_at;   /* IPv6: where in `head` the fragment header is announced */
	uint8_t ip_version;
	uint8_t protocol;   /* what the data is, or begins with */
	bool more;          /* it is not the last */
};

/* Of a packet that net_dissect called a fragment. False: it is not one after all. */
bool fragment_read(const struct packet *packet, struct fragment *fragment);

/* The first one ends within the header of its transport, or the second begins there (RFC 1858 3; RFC 7112). */
bool fragment_is_tiny(const struct fragment *fragment);

/* Does a datagram with this head and `len` bytes behind it exceed what a length field can say? */
bool fragment_is_too_long(uint8_t ip_version, size_t head_len, uint64_t len);

/* Makes a copy of the first fragment's head the head of a whole datagram with `len` bytes behind it. */
void fragment_mend(const struct fragment *first, uint8_t *head, uint32_t len);

#endif
