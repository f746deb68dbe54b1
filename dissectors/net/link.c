/* NULL, LOOP:  address family u32
 * SLL:         packet type u16 | ARPHRD u16 | address length u16 | address 8 | protocol u16
 * SLL2:        protocol u16 | reserved u16 | interface u32 | ARPHRD u16 | packet type u8 | address length u8
 *              address 8 */
#include "dissectors/net/link.h"

#include "dissectors/net/ethernet.h"

enum { SLL_LEN = 16, SLL2_LEN = 20, SLL_PROTOCOL_LLC = 4, TYPE_LEAST = 0x0600 };
enum { ARPHRD_IEEE80211 = 801, ARPHRD_IEEE80211_RADIOTAP = 803 };

enum net_status link_raw(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint8_t version = read_u8(&r) >> 4;

	(void)packet;
	if (r.over)
		return NET_SHORT;
	if (version != 4 && version != 6)
		return NET_BAD_HEADER;
	return layer_next(layer, SPACE_ETHERTYPE, version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
}

enum net_status link_null(struct layer *layer, struct packet *packet)
{
	struct bytes header = read_bytes(&layer->in, 4);
	struct reader be = reader_of(header), le = be;
	uint32_t family = read_be32(&be);

	(void)packet;
	if (be.over)
		return NET_SHORT;
	if (family > 0xffff) /* the writer's byte order; families are small */
		family = read_le32(&le);
	switch (family) {
	case 2:
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return layer_next(layer, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	default:
		return NET_NOT_IP;
	}
}

static enum net_status link_protocol(struct layer *layer, uint16_t hardware, uint16_t protocol)
{
	if (hardware == ARPHRD_IEEE80211)
		return layer_link(layer, LINK_WIFI);
	if (hardware == ARPHRD_IEEE80211_RADIOTAP)
		return layer_link(layer, LINK_RADIOTAP);
	if (protocol == SLL_PROTOCOL_LLC)
		return ethernet_llc(layer);
	return protocol >= TYPE_LEAST ? layer_next(layer, SPACE_ETHERTYPE, protocol) : NET_NOT_IP;
}

enum net_status link_sll(struct layer *layer, struct packet *packet)
{
	struct reader r = reader_of(read_bytes(&layer->in, SLL_LEN));

	(void)packet;
	read_skip(&r, 2);
	uint16_t hardware = read_be16(&r);

	read_skip(&r, SLL_LEN - 6);
	uint16_t protocol = read_be16(&r);

	return r.over ? NET_SHORT : link_protocol(layer, hardware, protocol);
}

enum net_status link_sll2(struct layer *layer, struct packet *packet)
{
	struct reader r = reader_of(read_bytes(&layer->in, SLL2_LEN));
	uint16_t protocol = read_be16(&r);

	(void)packet;
	read_skip(&r, 6);
	uint16_t hardware = read_be16(&r);

	return r.over ? NET_SHORT : link_protocol(layer, hardware, protocol);
}
