/* VN-tag:      direction, pointer, destination 14 bits, looped, version 2 bits, source 12 bits | type u16
 * E-TAG:       priority, ingress 12 bits | group, E-CID 14 bits | extensions u16 | type u16
 * I-TAG:       priority 3 bits, flags 5 bits, I-SID 24 bits | destination 6 | source 6 | type u16
 * MetaData:    version u8 | length u8, in four bytes | options | type u16
 * FabricPath:  tree 10 bits, time to live 6 bits | destination 6 | source 6 | type u16
 * TRILL:       version 2 bits, reserved 2 bits, multicast 1 bit, options 5 bits in four bytes, hops 6 bits
 *              egress u16 | ingress u16 | options | destination 6 | ...
 * HSR:         path 4 bits, size 12 bits | sequence u16 | type u16
 * SecTAG:      version, ES, SC, SCB, E, C, number 2 bits | short length u8 | packet number u32 | [SCI 8] | type u16 | ... */
#include "dissectors/net/tags.h"

#include "dissectors/net/ethernet.h"

/* Passes `len` bytes, and goes on with the type or length after them. */
static enum net_status tags_pass(struct layer *layer, size_t len)
{
	read_skip(&layer->in, len);
	uint16_t type = read_be16(&layer->in);

	return layer->in.over ? layer_short(layer, len + 2) : ethernet_type(layer, type);
}

/* Passes `len` bytes to a whole frame. */
static enum net_status tags_frame(struct layer *layer, size_t len)
{
	read_skip(&layer->in, len);
	return layer->in.over ? layer_short(layer, len) : layer_link(layer, LINK_ETHERNET);
}

enum net_status tags_vntag(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return tags_pass(layer, 4);
}

enum net_status tags_etag(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return tags_pass(layer, 6);
}

enum net_status tags_itag(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return tags_frame(layer, 4);
}

enum net_status tags_metadata(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;

	(void)packet;
	read_skip(&r, 1);
	uint8_t n_options = read_u8(&r);

	return tags_pass(layer, 2u + 4u * (n_options ? n_options : 1u));
}

enum net_status tags_fabricpath(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return tags_frame(layer, 2);
}

enum net_status tags_trill(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint16_t first = read_be16(&r);

	(void)packet;
	return tags_frame(layer, 6u + (first >> 6 & 0x1fu) * 4u);
}

enum net_status tags_hsr(struct layer *layer, struct packet *packet)
{
	(void)packet;
	return tags_pass(layer, 4);
}

enum net_status tags_macsec(struct layer *layer, struct packet *packet)
{
	enum { VERSION = 0x80, HAS_SCI = 0x20, ENCRYPTED = 0x0c };
	struct reader r = layer->in;
	uint8_t control = read_u8(&r);

	(void)packet;
	if (control & (VERSION | ENCRYPTED))
		return NET_NOT_IP;
	return tags_pass(layer, control & HAS_SCI ? 14 : 6);
}
