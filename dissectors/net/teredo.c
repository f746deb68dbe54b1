/*	[0001 | client id length u8 | authentication length u8 | id | authentication | nonce 8 | confirmation u8]
 *	[0000 | origin port u16 | origin address 4] | IPv6 */
#include "dissectors/net/teredo.h"

#include "dissectors/net/plausible.h"

enum { INDICATOR_ORIGIN = 0x0000, INDICATOR_AUTHENTICATION = 0x0001 };

static void teredo_indicators(struct reader *in)
{
	struct reader r = *in;
	uint16_t indicator = read_be16(&r);

	if (indicator == INDICATOR_AUTHENTICATION && !r.over) {
		uint8_t id_len = read_u8(&r), authentication_len = read_u8(&r);

		read_skip(&r, id_len + authentication_len + 9u);
		*in = r;
		indicator = read_be16(&r);
	}
	if (indicator == INDICATOR_ORIGIN && !r.over) {
		read_skip(&r, 6);
		*in = r;
	}
}

enum net_status teredo_dissect(struct layer *layer, struct packet *packet)
{
	(void)packet;
	teredo_indicators(&layer->in);
	if (layer->in.over || reader_left(&layer->in) == 0)
		return layer->cut ? NET_SHORT : NET_NOT_IP;
	if (!plausible_ip(layer_bytes(layer), layer_wire_len(layer), PLAUSIBLE_LOOSE) && !layer->cut)
		return NET_NOT_IP;
	return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
}

bool teredo_is(struct bytes payload, uint64_t wire_len)
{
	static const uint8_t prefix[] = { 0x20, 0x01, 0x00, 0x00 };
	struct reader r = reader_of(payload);

	teredo_indicators(&r);
	uint64_t passed = payload.len - reader_left(&r);
	struct bytes ip = read_rest(&r);

	if (r.over || ip.len < 40 || ip.data[0] >> 4 != 6 || !plausible_ip(ip, wire_len - passed, PLAUSIBLE_STRICT))
		return false;
	return memcmp(ip.data + 8, prefix, sizeof prefix) == 0 || memcmp(ip.data + 24, prefix, sizeof prefix) == 0;
}
