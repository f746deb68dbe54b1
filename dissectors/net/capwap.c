/*	version 4 bits, type 4 bits | header 5 bits in four bytes, radio 5 bits, binding 5 bits, T, F, L, W, M, K, reserved 3 bits
 *	fragment u16 | offset 13 bits, reserved 3 bits | [radio's address and wireless information, within the header] */
#include "dissectors/net/capwap.h"

enum { NATIVE = 0x0100, FRAGMENT = 0x0080, KEEP_ALIVE = 0x0008, HEADER_LEAST = 8 };

enum net_status capwap_dissect(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint32_t first = read_be32(&r);
	size_t header_len = (first >> 19 & 0x1f) * 4u;

	(void)packet;
	if (r.over)
		return layer_short(layer, 4);
	if (first >> 24 != 0 || first & (FRAGMENT | KEEP_ALIVE)) /* version 0 in clear; fragments are not joined */
		return NET_NOT_IP;
	if (header_len < HEADER_LEAST)
		return NET_BAD_HEADER;
	read_skip(&layer->in, header_len);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	return layer_link(layer, first & NATIVE ? LINK_WIFI : LINK_ETHERNET);
}
