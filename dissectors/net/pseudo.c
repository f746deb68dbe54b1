/* NFLOG:        family u8 | version u8 | resource u16 | attributes: length u16, with its header | type u16 | ... to a multiple of
 *               four; numbers of attributes in the writer's byte order
 * PFLOG:        length u8, rounded up to four | family u8 | ...
 * ENC:          family u32 | SPI u32 | flags u32
 * IPNET:        24, after which IP
 * IPoIB:        GRH 40 | ethertype u16 | reserved u16
 * IEEE 1394:    destination 8 | source 8 | ethertype u16
 * PKTAP:        length u32 | record u32 | link type u32 | ..., little endian
 * netANALYZER:  4 | [preamble 8] | Ethernet
 * Juniper:      4d 47 43 | flags u8: no link header 02, extensions 80 | [extensions: length u16 | ...] | frame
 * DSA:          destination 6 | source 6 | tag 4 | type u16; EDSA: ethertype u16, 2 before the tag; BRCM: tag 4 */
#include "dissectors/net/pseudo.h"

#include "dissectors/net/ethernet.h"

enum { LINK_NETANALYZER_TRANSPARENT = 241, LINK_DSA_BRCM_PREPEND = 282, LINK_EDSA = 285 };

static enum net_status pseudo_pass(struct layer *layer, uint64_t len, uint32_t link_type)
{
	if (len > reader_left(&layer->in))
		return layer_short(layer, len);
	read_skip(&layer->in, len);
	return layer_link(layer, link_type);
}

enum net_status pseudo_nflog(struct layer *layer, struct packet *packet)
{
	enum { ATTRIBUTE_LEN = 4, PAYLOAD = 9 };
	uint8_t family = read_u8(&layer->in);

	(void)packet;
	read_skip(&layer->in, 3);
	while (!layer->in.over) {
		struct reader le = layer->in, be = layer->in;
		uint32_t len = read_le16(&le), type = read_le16(&le) & 0x7fff;
		uint32_t len_be = read_be16(&be), type_be = read_be16(&be) & 0x7fff;

		if (type > 0xff && type_be <= 0xff) {
			len = len_be;
			type = type_be;
		}
		if (le.over)
			break;
		if (len < ATTRIBUTE_LEN)
			return NET_BAD_HEADER;
		if (type == PAYLOAD) {
			layer->in = le;
			layer_narrow(layer, len - ATTRIBUTE_LEN);
			return family == 2 || family == 10 ? layer_link(layer, LINK_RAW_IP) : NET_NOT_IP;
		}
		read_skip(&layer->in, (len + 3u) & ~3u);
	}
	return layer->cut ? NET_SHORT : NET_NOT_IP;
}

enum net_status pseudo_pflog(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint8_t len = read_u8(&r), family = read_u8(&r);

	(void)packet;
	if (r.over)
		return layer_short(layer, 2);
	if (len < 4)
		return NET_BAD_HEADER;
	if (family != 2 && family != 10 && family != 24 && family != 28 && family != 30)
		return NET_NOT_IP;
	return pseudo_pass(layer, (len + 3u) & ~3u, LINK_RAW_IP);
}

enum net_status pseudo_enc(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return pseudo_pass(layer, 12, LINK_RAW_IP);
}

enum net_status pseudo_ipnet(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return pseudo_pass(layer, 24, LINK_RAW_IP);
}

static enum net_status pseudo_type(struct layer *layer, size_t len)
{
	read_skip(&layer->in, len);
	uint16_t type = read_be16(&layer->in);

	return layer->in.over ? layer_short(layer, len + 2) : ethernet_type(layer, type);
}

enum net_status pseudo_ipoib(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;

	(void)packet;
	read_skip(&r, 40);
	uint16_t type = read_be16(&r);

	read_skip(&r, 2);
	if (r.over)
		return layer_short(layer, 44);
	layer->in = r;
	return layer_next(layer, SPACE_ETHERTYPE, type);
}

enum net_status pseudo_ieee1394(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return pseudo_type(layer, 16);
}

enum net_status pseudo_pktap(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint32_t len = read_le32(&r), record = read_le32(&r), link_type = read_le32(&r);

	(void)packet;
	if (r.over)
		return layer_short(layer, 12);
	if (len < 12)
		return NET_BAD_HEADER;
	return record == 1 ? pseudo_pass(layer, len, link_type) : NET_NOT_IP;
}

enum net_status pseudo_netanalyzer(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return pseudo_pass(layer, layer->number == LINK_NETANALYZER_TRANSPARENT ? 12 : 4, LINK_ETHERNET);
}

static uint32_t juniper_frame(uint32_t link_type)
{
	switch (link_type) {
	case 178:
		return LINK_ETHERNET;
	case 179:
		return LINK_PPP;
	case 180:
		return LINK_FRAME_RELAY;
	default:
		return LINK_C_HDLC; /* 181 */
	}
}

enum net_status pseudo_juniper(struct layer *layer, struct packet *packet)
{
	enum { MAGIC = 0x4d4743, NO_LINK = 0x02, EXTENDED = 0x80 };
	uint32_t first = read_be32(&layer->in);

	(void)packet;
	if (first & EXTENDED) {
		uint16_t len = read_be16(&layer->in);

		read_skip(&layer->in, len);
	}
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	if (first >> 8 != MAGIC)
		return NET_BAD_HEADER;
	if (first & NO_LINK)
		return pseudo_pass(layer, 4, LINK_RAW_IP);
	return layer_link(layer, juniper_frame(layer->number));
}

enum net_status pseudo_dsa(struct layer *layer, struct packet *packet)
{
	if (layer->number == LINK_DSA_BRCM_PREPEND)
		return pseudo_pass(layer, 4, LINK_ETHERNET);
	struct bytes addresses = bytes_head(layer_bytes(layer), 12);

	if (addresses.len < 12)
		return layer_short(layer, 12);
	memcpy(packet->dst_mac, addresses.data, sizeof packet->dst_mac);
	memcpy(packet->src_mac, addresses.data + 6, sizeof packet->src_mac);
	packet->has_ether = true;
	return pseudo_type(layer, layer->number == LINK_EDSA ? 20 : 16);
}
