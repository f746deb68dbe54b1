/* VXLAN:  G R R R I P B O | reserved or policy 3 | VNI 24 bits | reserved u8
 * GPE:    R R V V I P B O | reserved u16 | next protocol u8 | VNI 24 bits | reserved u8 */
#include "dissectors/net/vxlan.h"

#include "dissectors/net/nsh.h"
#include "dissectors/net/plausible.h"

enum { HEADER_LEN = 8, HAS_VNI = 0x08, HAS_PROTOCOL = 0x04 };

enum net_status vxlan_dissect(struct layer *layer, struct packet *packet)
{
	uint32_t flags = read_be32(&layer->in);
	uint32_t vni = read_be32(&layer->in) >> 8;
	bool extended = flags >> 24 & HAS_PROTOCOL;

	if (layer->in.over)
		return layer_short(layer, HEADER_LEN);
	if (!(flags >> 24 & HAS_VNI) && !extended)
		return NET_NOT_IP;
	layer_tunnel(packet, extended ? TUNNEL_VXLAN_GPE : TUNNEL_VXLAN, vni);
	return extended ? nsh_next(layer, flags & 0xff) : layer_link(layer, LINK_ETHERNET);
}

bool vxlan_is(struct bytes payload, uint64_t wire_len)
{
	struct reader r = reader_of(payload);
	uint32_t flags = read_be32(&r), vni = read_be32(&r);

	return flags == (uint32_t)HAS_VNI << 24 && (vni & 0xff) == 0 &&
	    plausible_ethernet(read_rest(&r), wire_len - HEADER_LEN, PLAUSIBLE_STRICT);
}
