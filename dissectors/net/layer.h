/* layer: what one dissector of this folder gets and leaves behind. Private to dissectors/net.
 *
 * A dissector reads its header from `in`, narrows `in` to its payload, and says by (space, number) what follows; net.c
 * finds the next dissector in its table. With SPACE_NONE, `in` is the payload of the packet.
 *
 * `cut` bytes of this layer were on the wire after the end of `in`, but the capture lacks them: together they are the
 * length by which length fields are judged. */
#ifndef STORMGLASS_DISSECTORS_NET_LAYER_H
#define STORMGLASS_DISSECTORS_NET_LAYER_H

#include "dissectors/net/net.h"

/* What a number is a number of. */
enum space {
	SPACE_LINK,      /* LINKTYPE_ of tcpdump.org */
	SPACE_ETHERTYPE,
	SPACE_IP,        /* protocol numbers of IANA, with those of IPv6 extension headers */
	SPACE_UDP,       /* source port << 16 | destination port */
	SPACE_NONE,      /* nothing follows that we know of */
};

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, ETHERTYPE_ETHERNET = 0x6558, ETHERTYPE_MPLS = 0x8847, ETHERTYPE_NSH = 0x894f };

enum { LINK_ETHERNET = 1, LINK_PPP = 9, LINK_RAW_IP = 101, LINK_C_HDLC = 104, LINK_WIFI = 105, LINK_FRAME_RELAY = 107,
       LINK_RADIOTAP = 127 };

struct layer {
	struct reader in;
	uint64_t cut;
	enum space space;
	uint32_t number;
	const struct net_ports *ports; /* NULL: none beside the usual ones */
};

/* A dissector. NET_OK: *layer says what follows. What is known of *packet is filled whatever the status. */
struct net_row {
	enum net_status (*dissect)(struct layer *layer, struct packet *packet);
	uint16_t number; /* where the place in the table does not say it */
	uint8_t tunnel;  /* enum tunnel_type that it is, as far as the table knows. Its dissector may say better, and the id. */
};

static inline enum net_status layer_next(struct layer *layer, enum space space, uint32_t number)
{
	layer->space = space;
	layer->number = number;
	return NET_OK;
}

/* Narrows what is left to `len` bytes on the wire, as a length field says. A length beyond the frame's end counts as
 * cut: captures whose record says they are whole were often shortened by a tool, and the first part is worth having. */
static inline void layer_narrow(struct layer *layer, uint64_t len)
{
	size_t left = reader_left(&layer->in);

	if (len <= left) {
		layer->in.end = layer->in.at + len;
		layer->cut = 0;
	} else {
		layer->cut = len - left;
	}
}

static inline uint64_t layer_wire_len(const struct layer *layer)
{
	return reader_left(&layer->in) + layer->cut;
}

/* What is left was captured so far. */
static inline struct bytes layer_bytes(const struct layer *layer)
{
	return bytes_of(layer->in.at, reader_left(&layer->in));
}

/* What follows is a whole frame of a link type, or IP whose first nibble says which. */
static inline enum net_status layer_link(struct layer *layer, uint32_t link_type)
{
	return layer_next(layer, SPACE_LINK, link_type);
}

static inline void layer_tunnel(struct packet *packet, enum tunnel_type type, uint64_t id)
{
	packet->tunnel.type = (uint8_t)type;
	packet->tunnel.has_id = true;
	packet->tunnel.id = id;
}

/* The status where a header of `len` bytes, counted from here, is not all there: whose fault is it? */
static inline enum net_status layer_short(const struct layer *layer, uint64_t len)
{
	return layer_wire_len(layer) < len ? NET_BAD_HEADER : NET_SHORT;
}

#endif
