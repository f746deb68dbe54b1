/* Cisco HDLC:   address u8 | control u8 | ethertype u16
 * Frame Relay:  address 2 to 4, the last byte odd | control 03 | [00] | NLPID u8; of Cisco: address | ethertype u16
 * SLIP:         direction u8 | compressed header 15 | IP
 * SunATM:       flags u8 | VPI u8 | VCI u16
 * 802.5:        access u8 | control u8 | destination 6 | source 6 | [routing, its length 5 bits] | LLC
 * FDDI:         control u8 | destination 6 | source 6 | LLC
 * ARCNET:       source u8 | destination u8 | offset u16 | type u8 | [flag u8 | sequence u16: RFC 1201]
 * IP over FC:   destination 8 | source 8 | LLC */
#include "dissectors/net/hdlc.h"

#include "dissectors/net/ethernet.h"

enum { NLPID_IPV4 = 0xcc, NLPID_IPV6 = 0x8e, NLPID_SNAP = 0x80, CONTROL_UI = 0x03, FRAME_LLC = 0x50 };
enum { SOURCE_ROUTED = 0x80, SPECIAL_LLC_NLPID = 0xfefe03 };

static enum net_status hdlc_llc(struct layer *layer, size_t len)
{
	read_skip(&layer->in, len);
	return layer->in.over ? layer_short(layer, len) : ethernet_llc(layer);
}

enum net_status hdlc_cisco(struct layer *layer, struct packet *packet)
{
	(void)packet;
	read_skip(&layer->in, 2);
	uint16_t type = read_be16(&layer->in);

	if (layer->in.over)
		return layer_short(layer, 4);
	return layer_next(layer, SPACE_ETHERTYPE, type);
}

/* SNAP without the LLC in front: organization 3 | type u16 */
static enum net_status hdlc_snap(struct layer *layer)
{
	uint32_t first = read_be32(&layer->in);
	uint16_t type = (uint16_t)(first << 8 | read_u8(&layer->in));

	if (layer->in.over)
		return layer_short(layer, 5);
	if (first >> 8 == 0x0080c2)
		return layer_link(layer, LINK_ETHERNET);
	return first >> 8 == 0 ? layer_next(layer, SPACE_ETHERTYPE, type) : NET_NOT_IP;
}

static enum net_status hdlc_nlpid(struct layer *layer)
{
	uint8_t nlpid = read_u8(&layer->in);

	if (nlpid == 0 && !layer->in.over) /* padding */
		nlpid = read_u8(&layer->in);
	if (layer->in.over)
		return layer_short(layer, 2);
	switch (nlpid) {
	case NLPID_IPV4:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case NLPID_IPV6:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	case NLPID_SNAP:
		return hdlc_snap(layer);
	default:
		return NET_NOT_IP;
	}
}

enum net_status hdlc_frame_relay(struct layer *layer, struct packet *packet)
{
	uint8_t byte;

	(void)packet;
	for (int i = 0; i < 4; i++) {
		byte = read_u8(&layer->in);
		if (byte & 1)
			break;
	}
	struct reader r = layer->in;
	uint8_t control = read_u8(&r);

	if (r.over)
		return layer_short(layer, 3);
	if (control == CONTROL_UI) {
		layer->in = r;
		return hdlc_nlpid(layer);
	}
	uint16_t type = read_be16(&layer->in);

	return layer->in.over ? layer_short(layer, 2) : layer_next(layer, SPACE_ETHERTYPE, type);
}

enum net_status hdlc_slip(struct layer *layer, struct packet *packet)
{
	(void)packet;
	read_skip(&layer->in, 16);
	if (layer->in.over || reader_left(&layer->in) == 0)
		return layer_short(layer, 17);
	uint8_t version = layer->in.at[0] >> 4;

	return version == 4 || version == 6 ? layer_link(layer, LINK_RAW_IP) : NET_NOT_IP; /* compressed */
}

enum net_status hdlc_atm(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint32_t llc = (uint32_t)read_be16(&r) << 8;

	(void)packet;
	llc |= read_u8(&r);
	if (r.over)
		return layer_short(layer, 3);
	if (llc == SPECIAL_LLC_NLPID) {
		layer->in = r;
		return hdlc_nlpid(layer);
	}
	return ethernet_llc(layer);
}

enum net_status hdlc_sunatm(struct layer *layer, struct packet *packet)
{
	read_skip(&layer->in, 4);
	return layer->in.over ? layer_short(layer, 4) : hdlc_atm(layer, packet);
}

enum net_status hdlc_token_ring(struct layer *layer, struct packet *packet)
{
	struct bytes frame = layer_bytes(layer);

	(void)packet;
	if (frame.len < 16)
		return layer_short(layer, 16);
	size_t routing_len = frame.data[8] & SOURCE_ROUTED ? frame.data[14] & 0x1f : 0;

	return hdlc_llc(layer, 14 + routing_len);
}

enum net_status hdlc_fddi(struct layer *layer, struct packet *packet)
{
	(void)packet;
	if (reader_left(&layer->in) && (layer->in.at[0] & 0x70) != FRAME_LLC)
		return NET_NOT_IP;
	return hdlc_llc(layer, 13);
}

enum net_status hdlc_arcnet(struct layer *layer, struct packet *packet)
{
	enum { IP_RFC1051 = 240, IP_RFC1201 = 212, IPV6 = 196 };

	(void)packet;
	read_skip(&layer->in, 4);
	uint8_t type = read_u8(&layer->in);

	if (type == IP_RFC1201 || type == IPV6) {
		uint8_t flag = read_u8(&layer->in);

		read_skip(&layer->in, 2);
		if (flag) /* a piece */
			return NET_NOT_IP;
	}
	if (layer->in.over)
		return layer_short(layer, 8);
	return type == IP_RFC1051 || type == IP_RFC1201 || type == IPV6 ? layer_link(layer, LINK_RAW_IP) : NET_NOT_IP;
}

enum net_status hdlc_ip_over_fc(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return hdlc_llc(layer, 16);
}

enum net_status hdlc_with_direction(struct layer *layer, struct packet *packet)
{
	(void)packet;
	read_skip(&layer->in, 1);
	if (layer->in.over)
		return layer_short(layer, 1);
	return layer_link(layer, layer->number == 205 ? LINK_C_HDLC : layer->number == 206 ? LINK_FRAME_RELAY : LINK_PPP);
}
