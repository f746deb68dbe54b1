#include "dissectors/net/net.h"

#include "dissectors/net/capwap.h"
#include "dissectors/net/ethernet.h"
#include "dissectors/net/geneve.h"
#include "dissectors/net/gre.h"
#include "dissectors/net/gtp.h"
#include "dissectors/net/hdlc.h"
#include "dissectors/net/ipip.h"
#include "dissectors/net/ipv4.h"
#include "dissectors/net/ipv6.h"
#include "dissectors/net/l2tp.h"
#include "dissectors/net/layer.h"
#include "dissectors/net/link.h"
#include "dissectors/net/mpls.h"
#include "dissectors/net/nsh.h"
#include "dissectors/net/ppp.h"
#include "dissectors/net/pseudo.h"
#include "dissectors/net/tags.h"
#include "dissectors/net/teredo.h"
#include "dissectors/net/transport.h"
#include "dissectors/net/tzsp.h"
#include "dissectors/net/udp.h"
#include "dissectors/net/vxlan.h"
#include "dissectors/net/wifi.h"

/* The table: in every space, the dissector of a number. Small numbers index it, ethertypes are searched in order. */
static const struct net_row links[] = {
	[0] = { .dissect = link_null },             /* NULL */
	[LINK_ETHERNET] = { .dissect = ethernet_dissect },
	[6] = { .dissect = hdlc_token_ring },       /* IEEE802_5 */
	[8] = { .dissect = hdlc_slip },             /* SLIP */
	[LINK_PPP] = { .dissect = ppp_dissect },
	[10] = { .dissect = hdlc_fddi },            /* FDDI */
	[11] = { .dissect = hdlc_atm },             /* DLT_ATM_RFC1483 as some writers leave it */
	[12] = { .dissect = link_raw },             /* DLT_RAW of most systems, the same */
	[14] = { .dissect = link_raw },             /* DLT_RAW of OpenBSD */
	[50] = { .dissect = ppp_dissect },          /* PPP_HDLC */
	[51] = { .dissect = ppp_over_ethernet },    /* PPP_ETHER */
	[100] = { .dissect = hdlc_atm },            /* ATM_RFC1483 */
	[LINK_RAW_IP] = { .dissect = link_raw },
	[LINK_C_HDLC] = { .dissect = hdlc_cisco },
	[LINK_WIFI] = { .dissect = wifi_dissect },  /* IEEE802_11 */
	[LINK_FRAME_RELAY] = { .dissect = hdlc_frame_relay },
	[108] = { .dissect = link_null },           /* LOOP */
	[109] = { .dissect = pseudo_enc },          /* ENC */
	[113] = { .dissect = link_sll },            /* LINUX_SLL */
	[117] = { .dissect = pseudo_pflog },        /* PFLOG */
	[119] = { .dissect = wifi_prism },          /* IEEE802_11_PRISM */
	[122] = { .dissect = hdlc_ip_over_fc },     /* IP_OVER_FC */
	[123] = { .dissect = hdlc_sunatm },         /* SUNATM */
	[LINK_RADIOTAP] = { .dissect = wifi_radiotap },
	[129] = { .dissect = hdlc_arcnet },         /* ARCNET_LINUX */
	[138] = { .dissect = pseudo_ieee1394 },     /* APPLE_IP_OVER_IEEE1394 */
	[163] = { .dissect = wifi_prism },          /* IEEE802_11_AVS */
	[166] = { .dissect = ppp_directed },        /* PPP_PPPD */
	[178] = { .dissect = pseudo_juniper },      /* JUNIPER_ETHER */
	[179] = { .dissect = pseudo_juniper },      /* JUNIPER_PPP */
	[180] = { .dissect = pseudo_juniper },      /* JUNIPER_FRELAY */
	[181] = { .dissect = pseudo_juniper },      /* JUNIPER_CHDLC */
	[192] = { .dissect = wifi_ppi },            /* PPI */
	[204] = { .dissect = hdlc_with_direction }, /* PPP_WITH_DIR */
	[205] = { .dissect = hdlc_with_direction }, /* C_HDLC_WITH_DIR */
	[206] = { .dissect = hdlc_with_direction }, /* FRELAY_WITH_DIR */
	[219] = { .dissect = mpls_dissect },        /* MPLS */
	[226] = { .dissect = pseudo_ipnet },        /* IPNET */
	[228] = { .dissect = link_raw },            /* IPV4 */
	[229] = { .dissect = link_raw },            /* IPV6 */
	[239] = { .dissect = pseudo_nflog },        /* NFLOG */
	[240] = { .dissect = pseudo_netanalyzer },  /* NETANALYZER */
	[241] = { .dissect = pseudo_netanalyzer },  /* NETANALYZER_TRANSPARENT */
	[242] = { .dissect = pseudo_ipoib },        /* IPOIB */
	[258] = { .dissect = pseudo_pktap },        /* PKTAP */
	[276] = { .dissect = link_sll2 },           /* LINUX_SLL2 */
	[281] = { .dissect = pseudo_dsa },          /* DSA_TAG_BRCM */
	[282] = { .dissect = pseudo_dsa },          /* DSA_TAG_BRCM_PREPEND */
	[284] = { .dissect = pseudo_dsa },          /* DSA_TAG_DSA */
	[285] = { .dissect = pseudo_dsa },          /* DSA_TAG_EDSA */
};

static const struct net_row ethertypes[] = {
	{ ipv4_dissect, ETHERTYPE_IPV4, TUNNEL_NONE },
	{ ipv6_dissect, ETHERTYPE_IPV6, TUNNEL_NONE },
	{ ethernet_vlan, 0x8100, TUNNEL_NONE }, /* IEEE 802.1Q */
	{ ethernet_vlan, 0x88a8, TUNNEL_NONE }, /* IEEE 802.1ad: service tag */
	{ ethernet_vlan, 0x9100, TUNNEL_NONE }, /* QinQ before 802.1ad */
	{ ethernet_vlan, 0x9200, TUNNEL_NONE },
	{ ethernet_vlan, 0x9300, TUNNEL_NONE },
	{ mpls_dissect, ETHERTYPE_MPLS, TUNNEL_NONE },
	{ mpls_dissect, 0x8848, TUNNEL_NONE },  /* with labels from upstream (RFC 5332) */
	{ ppp_over_ethernet, 0x8864, TUNNEL_NONE },
	{ ethernet_dissect, ETHERTYPE_ETHERNET, TUNNEL_NONE }, /* Transparent Ethernet Bridging */
	{ nsh_dissect, ETHERTYPE_NSH, TUNNEL_NONE },
	{ tags_vntag, 0x8926, TUNNEL_NONE },
	{ tags_etag, 0x893f, TUNNEL_NONE },
	{ tags_itag, 0x88e7, TUNNEL_NONE },
	{ tags_metadata, 0x8909, TUNNEL_NONE },
	{ tags_fabricpath, 0x8903, TUNNEL_NONE },
	{ tags_trill, 0x22f3, TUNNEL_NONE },
	{ tags_hsr, 0x892f, TUNNEL_NONE },
	{ tags_macsec, 0x88e5, TUNNEL_NONE },
	{ ppp_dissect, 0x880b, TUNNEL_NONE },
	{ ethernet_snap, 0x8870, TUNNEL_NONE }, /* LLC in a jumbo frame */
};

static const struct net_row ip_protocols[256] = {
	[IPV6_HOP_BY_HOP] = { .dissect = ipv6_options },
	[4] = { .dissect = ipip_dissect, .tunnel = TUNNEL_IPIP },
	[IP_PROTO_TCP] = { .dissect = transport_tcp },
	[IP_PROTO_UDP] = { .dissect = transport_udp },
	[41] = { .dissect = ipip_dissect, .tunnel = TUNNEL_6IN4 },
	[IPV6_ROUTING] = { .dissect = ipv6_extension },
	[IPV6_FRAGMENT] = { .dissect = ipv6_fragment },
	[47] = { .dissect = gre_dissect, .tunnel = TUNNEL_GRE },
	[IP_AUTHENTICATION] = { .dissect = ipv6_authentication },
	[IPV6_DESTINATION] = { .dissect = ipv6_extension },
	[94] = { .dissect = ipip_dissect, .tunnel = TUNNEL_IPIP }, /* KA9Q's */
	[97] = { .dissect = ipip_etherip, .tunnel = TUNNEL_ETHERIP },
	[115] = { .dissect = l2tp_ip, .tunnel = TUNNEL_L2TPV3 },
	[IP_PROTO_SCTP] = { .dissect = transport_sctp },
	[IPV6_MOBILITY] = { .dissect = ipv6_extension },
	[137] = { .dissect = mpls_tunnel, .tunnel = TUNNEL_MPLS },
	[IPV6_HIP] = { .dissect = ipv6_extension },
	[IPV6_SHIM6] = { .dissect = ipv6_extension },
	[143] = { .dissect = ipip_ethernet, .tunnel = TUNNEL_ETHERIP }, /* Ethernet (RFC 8986) */
};

/* What udp.c finds by port or content. */
static const struct net_row udp_tunnels[UDP_TUNNELS] = {
	[UDP_VXLAN] = { .dissect = vxlan_dissect, .tunnel = TUNNEL_VXLAN },
	[UDP_GENEVE] = { .dissect = geneve_dissect, .tunnel = TUNNEL_GENEVE },
	[UDP_GTP] = { .dissect = gtp_dissect, .tunnel = TUNNEL_GTP },
	[UDP_TEREDO] = { .dissect = teredo_dissect, .tunnel = TUNNEL_TEREDO },
	[UDP_L2TP] = { .dissect = l2tp_udp, .tunnel = TUNNEL_L2TP },
	[UDP_TZSP] = { .dissect = tzsp_dissect, .tunnel = TUNNEL_TZSP },
	[UDP_CAPWAP] = { .dissect = capwap_dissect, .tunnel = TUNNEL_CAPWAP },
	[UDP_MPLS] = { .dissect = mpls_tunnel, .tunnel = TUNNEL_MPLS },
	[UDP_GRE] = { .dissect = gre_dissect, .tunnel = TUNNEL_GRE },
	[UDP_AYIYA] = { .dissect = ipip_ayiya, .tunnel = TUNNEL_AYIYA },
	[UDP_LISP] = { .dissect = ipip_lisp, .tunnel = TUNNEL_LISP },
	[UDP_NSH] = { .dissect = nsh_tunnel, .tunnel = TUNNEL_NSH },
	[UDP_IP] = { .dissect = ipip_udp, .tunnel = TUNNEL_FOU },
};

enum { HEADERS_MOST = 64 };

/* A row without a dissector where nothing is known of a number. */
static inline const struct net_row *net_find(const struct layer *layer)
{
	static const struct net_row none = { .dissect = NULL };
	uint32_t number = layer->number;

	if (layer->space == SPACE_IP)
		return &ip_protocols[number & 0xff];
	if (layer->space == SPACE_LINK)
		return number < sizeof links / sizeof *links ? &links[number] : &none;
	if (layer->space == SPACE_UDP)
		return &udp_tunnels[udp_tunnel_of(layer, number)];
	for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
		if (ethertypes[i].number == number)
			return &ethertypes[i];
	return &none;
}

/* An IP packet without a transport we know is still an IP packet, and so is a UDP packet that is no tunnel. */
static enum net_status net_unknown(enum space space)
{
	if (space == SPACE_IP || space == SPACE_UDP)
		return NET_OK;
	return space == SPACE_LINK ? NET_UNKNOWN_LINK : NET_NOT_IP;
}

/* Notes the packet around in packet->tunnel. Until an IP header is found inside, ip_version is 0. */
static void net_enter(struct packet *packet, uint8_t type)
{
	struct tunnel *tunnel = &packet->tunnel;

	tunnel->src = packet->src;
	tunnel->dst = packet->dst;
	tunnel->id = 0;
	tunnel->has_id = false;
	tunnel->outer_type = tunnel->depth ? tunnel->type : TUNNEL_NONE;
	tunnel->type = type;
	tunnel->depth++;
	tunnel->ip_version = packet->ip_version;
	tunnel->ip_proto = packet->ip_proto;
	memset(tunnel->zero, 0, sizeof tunnel->zero);
	packet->ip_version = 0;
	packet->src_port = packet->dst_port = 0;
}

static enum net_status net_tunnel(struct layer *layer, struct packet *packet, const struct net_row *row, int n_headers);

static inline enum net_status net_walk(struct layer *layer, struct packet *packet, int n_headers)
{
	for (; layer->space != SPACE_NONE; n_headers++) {
		const struct net_row *row = net_find(layer);

		if (layer->space == SPACE_IP)
			packet->ip_proto = (uint8_t)layer->number;
		if (!row->dissect)
			return net_unknown(layer->space);
		if (n_headers == HEADERS_MOST)
			return NET_TOO_DEEP;
		if (layer->space >= SPACE_IP && row->tunnel != TUNNEL_NONE)
			return net_tunnel(layer, packet, row, n_headers + 1);
		enum net_status status = row->dissect(layer, packet);

		if (status != NET_OK)
			return status;
	}
	return NET_OK;
}

/* Walks on inside a tunnel. If there turns out to be no packet inside, the one around it remains as it was. Out of line:
 * packets in no tunnel do not pay for it. */
__attribute__((noinline)) static enum net_status net_tunnel(struct layer *layer, struct packet *packet,
    const struct net_row *row, int n_headers)
{
	const struct packet outer = *packet;
	const struct reader in = layer->in;
	const uint64_t cut = layer->cut;

	if (packet->tunnel.depth == NET_DEPTH)
		return NET_TOO_DEEP;
	net_enter(packet, row->tunnel);
	enum net_status status = row->dissect(layer, packet);

	if (status == NET_OK)
		status = net_walk(layer, packet, n_headers);
	if (packet->ip_version != 0 && status != NET_BAD_HEADER)
		return status;
	*packet = outer;
	packet->opaque = true;
	layer->in = in;
	layer->cut = cut;
	return status == NET_TOO_DEEP ? status : NET_OK;
}

/* Field by field: to clear the whole struct first costs as much as the rest of the dissection. */
static inline void net_reset_network(struct packet *packet, struct bytes none)
{
	packet->ip_version = 0;
	packet->ip_proto = 0;
	packet->ttl = 0;
	packet->ip_id = 0;
	packet->fragment = false;
	packet->truncated = false;
	memset(&packet->src, 0, sizeof packet->src);
	memset(&packet->dst, 0, sizeof packet->dst);
	packet->network = none;
	packet->src_port = 0;
	packet->dst_port = 0;
	packet->tcp_flags = 0;
	packet->tcp_seq = 0;
	packet->tcp_ack = 0;
	packet->tcp_window = packet->tcp_sum = packet->tcp_urgent = 0;
	packet->tcp_has_times = false;
	packet->tcp_time = packet->tcp_time_echo = 0;
	packet->transport = none;
	packet->payload_len = 0;
	packet->payload = none;
}

static inline void net_reset(struct packet *packet, const struct frame *frame)
{
	packet->time_ns = frame->time_ns;
	packet->number = frame->number;
	packet->wire_len = frame->wire_len;
	memset(packet->vlan, 0, sizeof packet->vlan);
	packet->n_vlan = 0;
	packet->has_ether = false;
	memset(packet->src_mac, 0, sizeof packet->src_mac);
	memset(packet->dst_mac, 0, sizeof packet->dst_mac);
	packet->tunnel.depth = 0;
	packet->opaque = false;
	net_reset_network(packet, bytes_of(frame->data.data, 0));
}

/* Walks from `layer` on, and says what is left of it. */
static inline enum net_status net_finish(struct layer *layer, struct packet *packet)
{
	enum net_status status = net_walk(layer, packet, 0);

	if (packet->ip_version != 0)
		packet->truncated = layer->cut != 0;
	if (status == NET_OK && !packet->fragment) {
		uint64_t wire_len = layer_wire_len(layer);

		packet->payload = bytes_of(layer->in.at, reader_left(&layer->in));
		packet->payload_len = wire_len < UINT32_MAX ? (uint32_t)wire_len : UINT32_MAX;
	}
	return status;
}

enum net_status net_dissect_ports(const struct frame *frame, const struct net_ports *ports, struct packet *packet)
{
	struct layer layer = {
		.in = reader_of(frame->data),
		.cut = frame->wire_len > frame->data.len ? frame->wire_len - frame->data.len : 0,
		.space = SPACE_LINK,
		.number = frame->link_type,
		.ports = ports,
	};

	net_reset(packet, frame);
	return net_finish(&layer, packet);
}

enum net_status net_dissect_ip_ports(struct bytes datagram, const struct net_ports *ports, struct packet *packet)
{
	struct layer layer = { .in = reader_of(datagram), .space = SPACE_LINK, .number = LINK_RAW_IP, .ports = ports };

	net_reset_network(packet, bytes_of(datagram.data, 0));
	return net_finish(&layer, packet);
}

enum net_link net_link_kind(uint32_t link_type)
{
	static const struct {
		enum net_status (*dissect)(struct layer *layer, struct packet *packet);
		enum net_link kind;
	} kinds[] = {
		{ ethernet_dissect, NET_LINK_ETHERNET },
		{ link_raw, NET_LINK_RAW },
		{ link_null, NET_LINK_NULL },
		{ link_sll, NET_LINK_SLL },
		{ link_sll2, NET_LINK_SLL2 },
		{ ppp_dissect, NET_LINK_PPP },
		{ ppp_over_ethernet, NET_LINK_PPP },
		{ ppp_directed, NET_LINK_PPP },
		{ hdlc_cisco, NET_LINK_HDLC },
		{ wifi_dissect, NET_LINK_WIFI },
		{ wifi_radiotap, NET_LINK_WIFI },
		{ wifi_prism, NET_LINK_WIFI },
		{ wifi_ppi, NET_LINK_WIFI },
		{ pseudo_nflog, NET_LINK_NFLOG },
	};

	for (size_t i = 0; link_type < sizeof links / sizeof *links && i < sizeof kinds / sizeof *kinds; i++)
		if (links[link_type].dissect == kinds[i].dissect)
			return kinds[i].kind;
	return NET_LINK_OTHER;
}

const char *net_status_name(enum net_status status)
{
	static const char *const names[NET_STATUSES] = {
		[NET_OK] = "ok",
		[NET_NOT_IP] = "not_ip",
		[NET_UNKNOWN_LINK] = "unknown_link",
		[NET_SHORT] = "short",
		[NET_BAD_HEADER] = "bad_header",
		[NET_TOO_DEEP] = "too_deep",
	};

	return (unsigned)status < NET_STATUSES ? names[status] : "?";
}
