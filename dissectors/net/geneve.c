/*	version 2 bits, options 6 bits in four bytes | O C, reserved 6 bits | protocol type u16 | VNI 24 bits | reserved u8
 *	options */
#include "dissectors/net/geneve.h"

#include "dissectors/net/plausible.h"

enum { HEADER_LEN = 8 };

enum net_status geneve_dissect(struct layer *layer, struct packet *packet)
{
	uint8_t first = read_u8(&layer->in);

	read_skip(&layer->in, 1);
	uint16_t protocol = read_be16(&layer->in);
	uint32_t vni = read_be32(&layer->in) >> 8;

	read_skip(&layer->in, (first & 0x3fu) * 4u);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	if (first >> 6 != 0)
		return NET_NOT_IP;
	layer_tunnel(packet, TUNNEL_GENEVE, vni);
	return layer_next(layer, SPACE_ETHERTYPE, protocol);
}

bool geneve_is(struct bytes payload, uint64_t wire_len)
{
	struct reader r = reader_of(payload);
	uint16_t first = read_be16(&r);
	uint16_t protocol = read_be16(&r);
	size_t options_len = (first >> 8) * 4u;

	if (first >> 14 != 0 || (first & 0x3f) != 0 || (read_be32(&r) & 0xff) != 0)
		return false;
	read_skip(&r, options_len);
	if (r.over || wire_len < HEADER_LEN + options_len)
		return false;
	wire_len -= HEADER_LEN + options_len;
	if (protocol == ETHERTYPE_ETHERNET)
		return plausible_ethernet(read_rest(&r), wire_len, PLAUSIBLE_STRICT);
	return (protocol == ETHERTYPE_IPV4 || protocol == ETHERTYPE_IPV6) && plausible_ip(read_rest(&r), wire_len, PLAUSIBLE_STRICT);
}
