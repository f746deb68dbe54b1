/* GRE:       C R K S s, recursion 3 bits, A, flags 4 bits, version 3 bits | protocol type u16
 *            [checksum u16, offset u16: C or R] | [key u32: K] | [sequence u32: S] | [acknowledgment u32: A] | [routing: R]
 * Routing:   address family u16 | offset u8 | length u8 | ...; the last has family and length 0
 * Version 1: its key is payload length u16 | call id u16
 * WCCP:      [type u8 | service u8 | alternative bucket u8 | primary bucket u8] | IPv4 */
#include "dissectors/net/gre.h"

#include "dissectors/net/erspan.h"
#include "dissectors/net/plausible.h"
#include "dissectors/net/wifi.h"

enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACKNOWLEDGMENT = 0x0080, VERSION = 0x0007 };
enum { PROTOCOL_PPP = 0x880b, PROTOCOL_WCCP = 0x883e, PROTOCOL_ERSPAN = 0x88be, PROTOCOL_ERSPAN3 = 0x22eb };

static bool is_aruba(uint16_t protocol)
{
	return protocol >> 9 == 0x8200 >> 9 || protocol == 0x9000;
}

static enum net_status gre_wccp(struct layer *layer, struct packet *packet)
{
	packet->tunnel.type = TUNNEL_WCCP;
	if (!plausible_ip(layer_bytes(layer), layer_wire_len(layer), PLAUSIBLE_LOOSE)) /* version 2 puts a header before it */
		read_skip(&layer->in, 4);
	return layer_link(layer, LINK_RAW_IP);
}

/* The type counts the access point's radios and networks. Inside are frames of 802.11, decrypted, or what they became. */
static enum net_status gre_aruba(struct layer *layer, struct packet *packet)
{
	struct bytes payload = layer_bytes(layer);
	uint64_t wire_len = layer_wire_len(layer);

	packet->tunnel.type = TUNNEL_ARUBA;
	if (wifi_is_data(payload))
		return layer_link(layer, LINK_WIFI);
	if (plausible_ethernet(payload, wire_len, PLAUSIBLE_LOOSE))
		return layer_link(layer, LINK_ETHERNET);
	return plausible_ip(payload, wire_len, PLAUSIBLE_LOOSE) ? layer_link(layer, LINK_RAW_IP) : NET_NOT_IP;
}

static void gre_routing(struct reader *in)
{
	uint16_t family;
	uint8_t len;

	do {
		family = read_be16(in);
		read_skip(in, 1);
		len = read_u8(in);
		read_skip(in, len);
	} while (!in->over && (family || len));
}

/* What is optional after the first four bytes. */
static void gre_options(struct layer *layer, struct packet *packet, uint16_t flags)
{
	bool enhanced = flags & VERSION;

	if (flags & (CHECKSUM | ROUTING))
		read_skip(&layer->in, 4);
	if (flags & KEY) {
		uint32_t key = read_be32(&layer->in);

		layer_tunnel(packet, packet->tunnel.type, enhanced ? key & 0xffff : key);
	}
	if (flags & SEQUENCE)
		read_skip(&layer->in, 4);
	if (enhanced && flags & ACKNOWLEDGMENT)
		read_skip(&layer->in, 4);
	if (flags & ROUTING)
		gre_routing(&layer->in);
}

enum net_status gre_dissect(struct layer *layer, struct packet *packet)
{
	uint16_t flags = read_be16(&layer->in);
	uint16_t protocol = read_be16(&layer->in);

	if ((flags & VERSION) > 1)
		return NET_NOT_IP;
	if (flags & VERSION)
		packet->tunnel.type = TUNNEL_PPTP;
	gre_options(layer, packet, flags);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	switch (protocol) {
	case PROTOCOL_PPP:
		return layer_link(layer, LINK_PPP);
	case PROTOCOL_WCCP:
		return gre_wccp(layer, packet);
	case PROTOCOL_ERSPAN:
		return erspan_dissect(layer, packet, flags & SEQUENCE);
	case PROTOCOL_ERSPAN3:
		return erspan3_dissect(layer, packet);
	default:
		return is_aruba(protocol) ? gre_aruba(layer, packet) : layer_next(layer, SPACE_ETHERTYPE, protocol);
	}
}
