/*	[address ff | control 03 |] protocol u16, or u8 where it is odd (RFC 1661 6.5) */
#include "dissectors/net/ppp.h"

enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 };

enum net_status ppp_dissect(struct layer *layer, struct packet *packet)
{
	struct reader framed = layer->in;

	(void)packet;
	if (read_be16(&framed) == 0xff03)
		layer->in = framed;
	uint16_t protocol = read_u8(&layer->in);

	if (protocol % 2 == 0)
		protocol = (uint16_t)(protocol << 8 | read_u8(&layer->in));
	if (layer->in.over)
		return NET_SHORT;
	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return NET_NOT_IP;
	return layer_next(layer, SPACE_ETHERTYPE, protocol == PPP_IPV4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
}
