/* II:   version 4 bits = 1, VLAN 12 bits | COS 3 bits, En 2 bits, T, session 10 bits | reserved 12 bits, index 20 bits
 * III:  version 4 bits = 2, VLAN 12 bits | COS 3 bits, BSO 2 bits, T, session 10 bits | timestamp u32
 *       security group u16 | P, frame type 5 bits, hardware 6 bits, D, granularity 2 bits, O | [platform's own 8: O] */
#include "dissectors/net/erspan.h"

#include "dissectors/net/plausible.h"

enum { HEADER2_LEN = 8, PLATFORM_LEN = 8, FRAME_IP = 2 };

/* Notes VLAN and session. */
static enum net_status erspan_session(struct layer *layer, struct packet *packet, enum tunnel_type type)
{
	uint16_t vlan = read_be16(&layer->in) & 0x0fff;
	uint16_t session = read_be16(&layer->in) & 0x03ff;

	if (layer->in.over)
		return layer_short(layer, 4);
	if (vlan && packet->n_vlan < PACKET_VLANS)
		packet->vlan[packet->n_vlan++] = vlan;
	layer_tunnel(packet, type, session);
	return NET_OK;
}

static unsigned erspan_version(const struct layer *layer)
{
	return reader_left(&layer->in) ? layer->in.at[0] >> 4 : 0;
}

enum net_status erspan3_dissect(struct layer *layer, struct packet *packet)
{
	enum net_status status = erspan_session(layer, packet, TUNNEL_ERSPAN3);

	read_skip(&layer->in, 6);
	uint16_t flags = read_be16(&layer->in);

	if (flags & 1)
		read_skip(&layer->in, PLATFORM_LEN);
	if (status != NET_OK || layer->in.over)
		return layer_short(layer, 12);
	return layer_link(layer, (flags >> 10 & 0x1f) == FRAME_IP ? LINK_RAW_IP : LINK_ETHERNET);
}

enum net_status erspan_dissect(struct layer *layer, struct packet *packet, bool has_sequence)
{
	struct bytes frame = layer_bytes(layer);
	unsigned version = erspan_version(layer);

	if (has_sequence && version == 2)
		return erspan3_dissect(layer, packet);
	/* Some count type I, some do not count type II. */
	bool bare = plausible_ethernet(frame, layer_wire_len(layer), PLAUSIBLE_LOOSE);

	if (version == 1 && (has_sequence || !bare)) {
		enum net_status status = erspan_session(layer, packet, TUNNEL_ERSPAN2);

		read_skip(&layer->in, HEADER2_LEN - 4);
		return status != NET_OK || layer->in.over ? layer_short(layer, HEADER2_LEN) : layer_link(layer, LINK_ETHERNET);
	}
	packet->tunnel.type = TUNNEL_ERSPAN1;
	return layer_link(layer, LINK_ETHERNET);
}
