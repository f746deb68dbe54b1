/* net: from a frame to its innermost transport payload. One table in net.c holds every link type and encapsulation. */
#ifndef STORMGLASS_DISSECTORS_NET_NET_H
#define STORMGLASS_DISSECTORS_NET_NET_H

#include "dissectors/net/ports.h"
#include "sensor/model/packet.h"

enum net_status {
	NET_OK,               /* a transport, or an IP packet without one we know: packet is filled */
	NET_NOT_IP,           /* well-formed as far as we look, but no IP inside: ARP, LLDP ... */
	NET_UNKNOWN_LINK,     /* link type without a dissector */
	NET_SHORT,            /* the frame ends inside a header */
	NET_BAD_HEADER,       /* lengths or versions that contradict each other */
	NET_TOO_DEEP,         /* more than NET_DEPTH tunnels, or a senseless number of headers */
	NET_STATUSES
};

enum { NET_DEPTH = 16 };

/* Fills *packet from `frame`; `ports`, which may be NULL, names further ports of tunnels. Views point into frame->data.
 * What was dissected before an error stays filled. */
enum net_status net_dissect_ports(const struct frame *frame, const struct net_ports *ports, struct packet *packet);

/* Goes on at an IP header: `datagram` is whole, put together from fragments. Keeps what *packet says of the frame, its
 * link layer and the tunnels around, and replaces the rest. Views point into the datagram. */
enum net_status net_dissect_ip_ports(struct bytes datagram, const struct net_ports *ports, struct packet *packet);

/* Both with the usual ports. */
static inline enum net_status net_dissect(const struct frame *frame, struct packet *packet)
{
	return net_dissect_ports(frame, NULL, packet);
}

static inline enum net_status net_dissect_ip(struct bytes datagram, struct packet *packet)
{
	return net_dissect_ip_ports(datagram, NULL, packet);
}

/* What a link type is like. */
enum net_link {
	NET_LINK_OTHER, NET_LINK_ETHERNET, NET_LINK_RAW, NET_LINK_NULL, NET_LINK_SLL, NET_LINK_SLL2, NET_LINK_PPP, NET_LINK_HDLC,
	NET_LINK_WIFI, NET_LINK_NFLOG
};

enum net_link net_link_kind(uint32_t link_type);

/* Name of a status for counters: "ok", "not_ip", ... */
const char *net_status_name(enum net_status status);

#endif
