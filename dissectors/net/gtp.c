/*	version 3 bits = 1, protocol type = 1, reserved, E, S, PN | message type u8 | length u16, after the first 8 bytes
 *	TEID u32 | [sequence u16 | N-PDU u8 | next extension u8: any of E, S, PN]
 * Extension:  length u8, in four bytes | ... | next extension u8 */
#include "dissectors/net/gtp.h"

#include "dissectors/net/plausible.h"

enum { VERSION_MASK = 0xf0, VERSION_1 = 0x30, EXTENSION = 0x04, OPTIONAL = 0x07, G_PDU = 255 };

static void gtp_extensions(struct reader *in, uint8_t flags)
{
	read_skip(in, 3);
	uint8_t next = read_u8(in);

	while (flags & EXTENSION && next && !in->over) {
		uint8_t len = read_u8(in);

		if (len == 0) {
			in->over = true;
			return;
		}
		read_skip(in, len * 4u - 2u);
		next = read_u8(in);
	}
}

/* Reads all before the user's packet. False: it is no packet of a user, or not all there. */
static bool gtp_header(struct reader *in, uint16_t *len, uint32_t *teid)
{
	uint8_t flags = read_u8(in), type = read_u8(in);

	*len = read_be16(in);
	*teid = read_be32(in);
	if ((flags & VERSION_MASK) != VERSION_1 || type != G_PDU)
		return false;
	if (flags & OPTIONAL)
		gtp_extensions(in, flags);
	return !in->over;
}

enum net_status gtp_dissect(struct layer *layer, struct packet *packet)
{
	struct reader first = layer->in;
	uint16_t len;
	uint32_t teid;

	if (!gtp_header(&first, &len, &teid))
		return first.over && layer->cut ? NET_SHORT : NET_NOT_IP;
	if (len + 8u > layer_wire_len(layer))
		return NET_BAD_HEADER;
	layer_narrow(layer, len + 8u);
	if (first.at > layer->in.end)
		return NET_BAD_HEADER;
	layer->in.at = first.at;
	layer_tunnel(packet, TUNNEL_GTP, teid);
	struct bytes payload = layer_bytes(layer);

	if (!plausible_ip(payload, layer_wire_len(layer), PLAUSIBLE_LOOSE) &&
	    plausible_ethernet(payload, layer_wire_len(layer), PLAUSIBLE_LOOSE))
		return layer_link(layer, LINK_ETHERNET);
	return layer_link(layer, LINK_RAW_IP);
}

bool gtp_is(struct bytes payload, uint64_t wire_len)
{
	struct reader r = reader_of(payload);
	uint16_t len;
	uint32_t teid;

	if (!gtp_header(&r, &len, &teid) || len + 8u != wire_len)
		return false;
	uint64_t passed = payload.len - reader_left(&r);

	return plausible_ip(read_rest(&r), wire_len - passed, PLAUSIBLE_STRICT);
}
