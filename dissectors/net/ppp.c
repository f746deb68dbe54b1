/* PPP:        [address ff | control 03 |] protocol u16, or u8 where it is odd (RFC 1661 6.5)
 * Multilink:  begin, end, 000000 | sequence 24 bits | protocol (RFC 1990)
 * PPPoE:      version 4 bits, type 4 bits | code u8 | session u16 | length u16 */
#include "dissectors/net/ppp.h"

enum { PPP_IPV4 = 0x0021, PPP_MULTILINK = 0x003d, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281, CODE_SESSION = 0, WHOLE = 0xc0 };

static enum net_status ppp_protocol(struct layer *layer, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IPV4:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case PPP_IPV6:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	case PPP_MPLS:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_MPLS);
	case PPP_MULTILINK: /* pieces are not joined */
		if ((read_be32(&layer->in) >> 24 & WHOLE) != WHOLE && !layer->in.over)
			return NET_NOT_IP;
		return layer->in.over ? layer_short(layer, 4) : layer_link(layer, LINK_PPP);
	default:
		return NET_NOT_IP;
	}
}

enum net_status ppp_dissect(struct layer *layer, struct packet *packet)
{
	struct reader framed = layer->in;
	uint16_t first = read_be16(&framed);

	(void)packet;
	if (first == 0x0f00 || first == 0x8f00) /* a serial line that speaks Cisco's HDLC */
		return layer_link(layer, LINK_C_HDLC);
	if (first == 0xff03)
		layer->in = framed;
	uint16_t protocol = read_u8(&layer->in);

	if (protocol % 2 == 0)
		protocol = (uint16_t)(protocol << 8 | read_u8(&layer->in));
	return layer->in.over ? NET_SHORT : ppp_protocol(layer, protocol);
}

enum net_status ppp_directed(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;

	(void)packet;
	read_skip(&r, 1);
	if (read_u8(&r) == 0x03) /* pppd writes the direction over the address */
		layer->in = r;
	else
		read_skip(&layer->in, 1);
	return layer->in.over ? layer_short(layer, 2) : layer_link(layer, LINK_PPP);
}

enum net_status ppp_over_ethernet(struct layer *layer, struct packet *packet)
{
	uint8_t version = read_u8(&layer->in), code = read_u8(&layer->in);

	(void)packet;
	read_skip(&layer->in, 2);
	uint16_t len = read_be16(&layer->in);

	if (layer->in.over)
		return layer_short(layer, 6);
	if (version != 0x11)
		return NET_BAD_HEADER;
	if (code != CODE_SESSION)
		return NET_NOT_IP;
	if (len != 0)
		layer_narrow(layer, len);
	return layer_link(layer, LINK_PPP);
}
