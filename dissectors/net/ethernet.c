/* Ethernet:   destination 6 | source 6 | type or length u16
 * VLAN tag:   priority 3 bits, drop eligible 1 bit, id 12 bits | type or length u16
 * LLC/SNAP:   DSAP aa | SSAP aa | control 03 | organization 3 | type u16 */
#include "dissectors/net/ethernet.h"

#include "dissectors/net/plausible.h"

enum { HEADER_LEN = 14, TAG_LEN = 4, TYPE_LEAST = 0x0600, LENGTH_MOST = 1500 };

enum net_status ethernet_llc(struct layer *layer)
{
	struct bytes header = read_bytes(&layer->in, 8);
	struct reader r = reader_of(header);

	if (layer->in.over)
		return NET_NOT_IP; /* LLC alone is shorter than SNAP */
	uint32_t sap = read_be32(&r); /* with the first byte of the organization */
	uint16_t organization = read_be16(&r);

	if (sap != 0xaaaa0300)
		return NET_NOT_IP;
	if (organization == 0x80c2) { /* bridged (RFC 2684 5.2): by ATM two bytes of padding come first */
		bool pad = plausible_ethernet(bytes_tail(layer_bytes(layer), 2), layer_wire_len(layer), PLAUSIBLE_LOOSE);

		read_skip(&layer->in, pad ? 2 : 0);
		return layer_link(layer, LINK_ETHERNET);
	}
	if (organization != 0x0000 && organization != 0x00f8) /* RFC 1042; bridged by 802.1H */
		return NET_NOT_IP;
	return layer_next(layer, SPACE_ETHERTYPE, read_be16(&r));
}

enum net_status ethernet_type(struct layer *layer, uint16_t type)
{
	if (type >= TYPE_LEAST)
		return layer_next(layer, SPACE_ETHERTYPE, type);
	if (type > LENGTH_MOST)
		return NET_NOT_IP; /* neither a type nor a length (IEEE 802.3 3.2.6) */
	if (type < layer_wire_len(layer))
		layer_narrow(layer, type);
	return ethernet_llc(layer);
}

enum net_status ethernet_dissect(struct layer *layer, struct packet *packet)
{
	struct bytes header = read_bytes(&layer->in, HEADER_LEN);

	if (header.len < HEADER_LEN)
		return NET_SHORT;
	memcpy(packet->dst_mac, header.data, sizeof packet->dst_mac);
	memcpy(packet->src_mac, header.data + sizeof packet->dst_mac, sizeof packet->src_mac);
	packet->has_ether = true;
	struct reader r = reader_of(bytes_of(header.data + 12, 2));

	return ethernet_type(layer, read_be16(&r));
}

enum net_status ethernet_vlan(struct layer *layer, struct packet *packet)
{
	struct reader r = reader_of(read_bytes(&layer->in, TAG_LEN));
	uint16_t tag = read_be16(&r);
	uint16_t type = read_be16(&r);

	if (r.over)
		return NET_SHORT;
	if (packet->n_vlan < PACKET_VLANS)
		packet->vlan[packet->n_vlan++] = tag & 0x0fff;
	return ethernet_type(layer, type);
}

enum net_status ethernet_snap(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return ethernet_llc(layer);
}
