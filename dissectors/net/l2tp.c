/* Version 2:  T L x x S x O P x x x x, version 4 bits | [length u16: L] | tunnel u16 | session u16
 *             [Ns u16, Nr u16: S] | [offset u16 | padding: O] | PPP
 * Version 3:  in UDP: T, version 4 bits | reserved u16 |; in both: session u32 | [cookie 4 or 8] | [sublayer 4] | payload */
#include "dissectors/net/l2tp.h"

#include "dissectors/net/plausible.h"

enum { CONTROL = 0x8000, HAS_LENGTH = 0x4000, HAS_SEQUENCE = 0x0800, HAS_OFFSET = 0x0200, VERSION = 0x000f };

static enum net_status l2tp_v2(struct layer *layer, struct packet *packet, uint16_t flags)
{
	uint64_t wire_len = layer_wire_len(layer) + 2;
	uint16_t len = flags & HAS_LENGTH ? read_be16(&layer->in) : 0;

	if (len > wire_len || (flags & HAS_LENGTH && len < 8))
		return NET_BAD_HEADER;
	if (len)
		layer_narrow(layer, len - 4u);
	uint16_t tunnel = read_be16(&layer->in), session = read_be16(&layer->in);

	if (flags & HAS_SEQUENCE)
		read_skip(&layer->in, 4);
	if (flags & HAS_OFFSET) {
		uint16_t offset = read_be16(&layer->in);

		read_skip(&layer->in, offset);
	}
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	layer_tunnel(packet, TUNNEL_L2TP, (uint32_t)tunnel << 16 | session);
	return layer_link(layer, LINK_PPP);
}

/* Only the two ends know how long the cookie is, whether there is a sublayer, and what the session carries. */
static enum net_status l2tp_v3(struct layer *layer, struct packet *packet)
{
	uint32_t session = read_be32(&layer->in);
	struct bytes rest = layer_bytes(layer);
	uint64_t wire_len = layer_wire_len(layer);

	if (layer->in.over)
		return layer_short(layer, 4);
	if (session == 0) /* a control message */
		return NET_NOT_IP;
	layer_tunnel(packet, TUNNEL_L2TPV3, session);
	for (size_t at = 0; at <= 12 && at < rest.len; at += 4) {
		struct bytes payload = bytes_tail(rest, at);
		uint32_t link = plausible_ethernet(payload, wire_len - at, PLAUSIBLE_LOOSE) ? LINK_ETHERNET
		    : plausible_ip(payload, wire_len - at, PLAUSIBLE_LOOSE)             ? LINK_RAW_IP
		    : bytes_is(bytes_head(payload, 3), "\xff\x03\x21")                  ? LINK_PPP
		    : payload.len > 4 && bytes_equal(bytes_head(payload, 4), bytes_of("\xff\x03\0\x21", 4)) ? LINK_PPP
		                                                                        : 0;

		if (link) {
			read_skip(&layer->in, at);
			return layer_link(layer, link);
		}
	}
	return NET_NOT_IP;
}

enum net_status l2tp_udp(struct layer *layer, struct packet *packet)
{
	uint16_t flags = read_be16(&layer->in);

	if (layer->in.over)
		return layer_short(layer, 2);
	if (flags & CONTROL)
		return NET_NOT_IP;
	if ((flags & VERSION) == 2)
		return l2tp_v2(layer, packet, flags);
	if ((flags & VERSION) != 3)
		return NET_NOT_IP;
	read_skip(&layer->in, 2);
	return l2tp_v3(layer, packet);
}

enum net_status l2tp_ip(struct layer *layer, struct packet *packet)
{
	return l2tp_v3(layer, packet);
}
