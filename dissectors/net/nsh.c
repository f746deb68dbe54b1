/*	version 2 bits, O, U, time to live 6 bits, length 6 bits in four bytes, unassigned 4 bits, MD type 4 bits
 *	next protocol u8
 *	service path 24 bits | service index u8 | metadata */
#include "dissectors/net/nsh.h"

enum { HEADER_LEN = 8, NEXT_IPV4 = 1, NEXT_IPV6, NEXT_ETHERNET, NEXT_NSH, NEXT_MPLS };

enum net_status nsh_next(struct layer *layer, uint8_t next)
{
	switch (next) {
	case NEXT_IPV4:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case NEXT_IPV6:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	case NEXT_ETHERNET:
		return layer_link(layer, LINK_ETHERNET);
	case NEXT_NSH:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_NSH);
	case NEXT_MPLS:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_MPLS);
	default:
		return NET_NOT_IP;
	}
}

static enum net_status nsh_header(struct layer *layer, uint32_t *path)
{
	struct reader r = layer->in;
	uint32_t first = read_be32(&r);
	size_t header_len = (first >> 16 & 0x3f) * 4u;

	*path = read_be32(&r) >> 8;
	if (r.over)
		return layer_short(layer, HEADER_LEN);
	if (first >> 30 != 0 || header_len < HEADER_LEN)
		return NET_BAD_HEADER;
	read_skip(&layer->in, header_len);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	return nsh_next(layer, first & 0xff);
}

enum net_status nsh_dissect(struct layer *layer, struct packet *packet)
{
	uint32_t path;

	(void)packet;
	return nsh_header(layer, &path);
}

enum net_status nsh_tunnel(struct layer *layer, struct packet *packet)
{
	uint32_t path = 0;
	enum net_status status = nsh_header(layer, &path);

	layer_tunnel(packet, TUNNEL_NSH, path);
	return status;
}
