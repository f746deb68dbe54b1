/* Ethernet:   destination 6 | source 6 | type u16          VLAN tag:  id u16 | type u16
 * SLL:        packet type u16 | device type u16 | address length u16 | address 8 | type u16
 * SLL2:       type u16 | ... */
#include "dissectors/net/ethertype.h"

enum { LINK_ETHERNET = 1, LINK_SLL = 113, LINK_SLL2 = 276, ETHERNET_AT = 12, SLL_AT = 14, TAGS_MOST = 8 };

static bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

uint16_t ethertype_of(const struct frame *frame)
{
	struct reader r = reader_of(frame->data);

	switch (frame->link_type) {
	case LINK_ETHERNET: read_skip(&r, ETHERNET_AT); break;
	case LINK_SLL: read_skip(&r, SLL_AT); break;
	case LINK_SLL2: break;
	default: return 0;
	}
	uint16_t type = read_be16(&r);

	for (int n = 0; n < TAGS_MOST && is_tag(type); n++) {
		read_skip(&r, 2);
		type = read_be16(&r);
	}
	return type;
}

const char *ethertype_name(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = {
		{ 0x0806, "ARP" },
		{ 0x22f3, "TRILL" },
		{ 0x6558, "bridged Ethernet" },
		{ 0x8035, "RARP" },
		{ 0x8137, "IPX" },
		{ 0x8809, "LACP" },
		{ 0x8847, "MPLS" },
		{ 0x8848, "MPLS multicast" },
		{ 0x8863, "PPPoE discovery" },
		{ 0x8864, "PPPoE" },
		{ 0x888e, "802.1X" },
		{ 0x8892, "PROFINET" },
		{ 0x88a4, "EtherCAT" },
		{ 0x88b8, "GOOSE" },
		{ 0x88ba, "sampled values" },
		{ 0x88cc, "LLDP" },
		{ 0x88e5, "MACsec" },
		{ 0x88e7, "802.1ah" },
		{ 0x88f7, "PTP" },
		{ 0x8902, "CFM" },
		{ 0x8903, "FabricPath" },
		{ 0x8909, "Cisco metadata" },
		{ 0x8926, "VN-tag" },
		{ 0x894f, "NSH" },
		{ 0x9000, "loopback test" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].type == type)
			return names[i].name;
	return type && type < 0x0600 ? "802.3 (STP and the like)" : NULL;
}
