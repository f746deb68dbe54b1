/* Label:         label 20 bits | traffic class 3 bits | bottom of stack 1 bit | time to live u8
 * Control word:  0000 | flags 4 bits, fragment 2 bits, length 6 bits | sequence u16 */
#include "dissectors/net/mpls.h"

#include "dissectors/net/plausible.h"

enum { CONTROL_WORD_LEN = 4 };

/* Nothing says what a stack carries; the edge that popped it knew. */
static enum net_status mpls_payload(struct layer *layer)
{
	struct bytes payload = layer_bytes(layer);
	uint64_t wire_len = layer_wire_len(layer);

	if (payload.len == 0)
		return layer_short(layer, 1);
	uint8_t nibble = payload.data[0] >> 4;
	bool is_ip = nibble == 4 || nibble == 6;

	/* an address may begin with 4 or 6, but IP has no ethertype and IP behind it in its addresses */
	if (plausible_ethernet(payload, wire_len, PLAUSIBLE_LOOSE))
		return layer_link(layer, LINK_ETHERNET);
	if (is_ip)
		return layer_link(layer, LINK_RAW_IP);
	if (nibble == 0 && wire_len > CONTROL_WORD_LEN &&
	    plausible_ethernet(bytes_tail(payload, CONTROL_WORD_LEN), wire_len - CONTROL_WORD_LEN, PLAUSIBLE_LOOSE)) {
		read_skip(&layer->in, CONTROL_WORD_LEN);
		return layer_link(layer, LINK_ETHERNET);
	}
	if (nibble == 0) { /* of a pseudowire, most often: what has no IP inside, or an encapsulation more */
		read_skip(&layer->in, CONTROL_WORD_LEN);
		return layer->in.over ? layer_short(layer, CONTROL_WORD_LEN) : layer_link(layer, LINK_ETHERNET);
	}
	return NET_NOT_IP;
}

static enum net_status mpls_stack(struct layer *layer, uint32_t *label)
{
	uint32_t entry;

	do {
		entry = read_be32(&layer->in);
		if (layer->in.over)
			return layer_short(layer, 4);
	} while (!(entry & 0x100));
	*label = entry >> 12;
	return mpls_payload(layer);
}

enum net_status mpls_dissect(struct layer *layer, struct packet *packet)
{
	uint32_t label;

	(void)packet;
	return mpls_stack(layer, &label);
}

enum net_status mpls_tunnel(struct layer *layer, struct packet *packet)
{
	uint32_t label = 0;
	enum net_status status = mpls_stack(layer, &label);

	layer_tunnel(packet, TUNNEL_MPLS, label);
	return status;
}
