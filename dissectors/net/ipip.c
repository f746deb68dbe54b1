/* EtherIP:  version 4 bits = 3, reserved 12 bits | frame
 * AYIYA:    identity 4 bits: its length as a power of two, type 4 bits | signature 4 bits in four bytes, hash 4 bits
 *           authentication 4 bits, operation 4 bits = 1 | next header u8 | epoch u32 | identity | signature | IP
 * LISP:     N L E V I R K K | nonce 24 bits | instance 24 bits, status u8 | IP */
#include "dissectors/net/ipip.h"

#include "dissectors/net/plausible.h"

enum net_status ipip_dissect(struct layer *layer, struct packet *packet)
{
	bool outer_6 = packet->tunnel.ip_version == 6;

	if (reader_left(&layer->in) == 0)
		return layer_short(layer, 1);
	if (layer->in.at[0] >> 4 == 6)
		packet->tunnel.type = outer_6 ? TUNNEL_6IN6 : TUNNEL_6IN4;
	else
		packet->tunnel.type = outer_6 ? TUNNEL_4IN6 : TUNNEL_IPIP;
	return layer_link(layer, LINK_RAW_IP);
}

enum net_status ipip_ethernet(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return layer_link(layer, LINK_ETHERNET);
}

enum net_status ipip_etherip(struct layer *layer, struct packet *packet)
{
	uint16_t version = read_be16(&layer->in);

	(void)packet;
	if (layer->in.over)
		return layer_short(layer, 2);
	return version >> 12 == 3 ? layer_link(layer, LINK_ETHERNET) : NET_NOT_IP;
}

enum net_status ipip_ayiya(struct layer *layer, struct packet *packet)
{
	uint8_t identity = read_u8(&layer->in), signature = read_u8(&layer->in), operation = read_u8(&layer->in);
	uint8_t next = read_u8(&layer->in);

	(void)packet;
	read_skip(&layer->in, 4u + (1u << (identity >> 4)) + (signature >> 4) * 4u);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_NOT_IP;
	if ((operation & 0x0f) != 1 || (next != 41 && next != 4))
		return NET_NOT_IP;
	return layer_next(layer, SPACE_ETHERTYPE, next == 41 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

enum net_status ipip_lisp(struct layer *layer, struct packet *packet)
{
	enum { HAS_INSTANCE = 0x08 };
	uint32_t flags = read_be32(&layer->in) >> 24;
	uint32_t instance = read_be32(&layer->in) >> 8;

	if (layer->in.over)
		return layer_short(layer, 8);
	if (!plausible_ip(layer_bytes(layer), layer_wire_len(layer), PLAUSIBLE_LOOSE) && !layer->cut)
		return NET_NOT_IP;
	if (flags & HAS_INSTANCE)
		layer_tunnel(packet, TUNNEL_LISP, instance);
	return layer_link(layer, LINK_RAW_IP);
}

enum net_status ipip_udp(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return layer_link(layer, LINK_RAW_IP);
}
