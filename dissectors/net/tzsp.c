/*	version u8 = 1 | type u8 | encapsulated protocol u16 | tags | frame
 * Tag:  type u8, 0 is padding and 1 the end | length u8 | ... */
#include "dissectors/net/tzsp.h"

enum { TAG_PADDING = 0, TAG_END = 1, TYPE_RECEIVED = 0, TYPE_TO_SEND = 1 };

static enum net_status tzsp_frame(struct layer *layer, uint16_t protocol)
{
	switch (protocol) {
	case 1:
		return layer_link(layer, LINK_ETHERNET);
	case 18:
		return layer_link(layer, LINK_WIFI);
	case 119: /* Prism */
		return layer_link(layer, 119);
	case 127: /* AVS */
		return layer_link(layer, 163);
	default:
		return NET_NOT_IP;
	}
}

enum net_status tzsp_dissect(struct layer *layer, struct packet *packet)
{
	uint8_t version = read_u8(&layer->in), type = read_u8(&layer->in);
	uint16_t protocol = read_be16(&layer->in);
	uint8_t tag;

	(void)packet;
	if (!layer->in.over && (version != 1 || (type != TYPE_RECEIVED && type != TYPE_TO_SEND)))
		return NET_NOT_IP;
	do {
		tag = read_u8(&layer->in);
		if (tag > TAG_END) {
			uint8_t len = read_u8(&layer->in);

			read_skip(&layer->in, len);
		}
	} while (tag != TAG_END && !layer->in.over);
	if (layer->in.over)
		return layer->cut ? NET_SHORT : NET_BAD_HEADER;
	return tzsp_frame(layer, protocol);
}
