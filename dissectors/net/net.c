#include "dissectors/net/net.h"

#include "dissectors/net/ethernet.h"
#include "dissectors/net/ipv4.h"
#include "dissectors/net/ipv6.h"
#include "dissectors/net/layer.h"
#include "dissectors/net/link.h"
#include "dissectors/net/ppp.h"
#include "dissectors/net/transport.h"

/* The table: in every space, the dissector of a number. Small numbers index it, ethertypes are searched in order. */
static const struct net_row links[] = {
	[0] = { .dissect = link_null },           /* NULL */
	[1] = { .dissect = ethernet_dissect },    /* ETHERNET */
	[9] = { .dissect = ppp_dissect },         /* PPP */
	[12] = { .dissect = link_raw },           /* DLT_RAW of most systems, which some writers leave as it is */
	[14] = { .dissect = link_raw },           /* DLT_RAW of OpenBSD */
	[50] = { .dissect = ppp_dissect },        /* PPP_HDLC */
	[101] = { .dissect = link_raw },          /* RAW */
	[108] = { .dissect = link_null },         /* LOOP */
	[113] = { .dissect = link_sll },          /* LINUX_SLL */
	[228] = { .dissect = link_raw },          /* IPV4 */
	[229] = { .dissect = link_raw },          /* IPV6 */
	[276] = { .dissect = link_sll2 },         /* LINUX_SLL2 */
};

static const struct net_row ethertypes[] = {
	{ ipv4_dissect, ETHERTYPE_IPV4 },
	{ ipv6_dissect, ETHERTYPE_IPV6 },
	{ ethernet_vlan, 0x8100 }, /* IEEE 802.1Q */
	{ ethernet_vlan, 0x88a8 }, /* IEEE 802.1ad: service tag */
	{ ethernet_vlan, 0x9100 }, /* QinQ before 802.1ad */
	{ ethernet_vlan, 0x9200 },
};

static const struct net_row ip_protocols[256] = {
	[IPV6_HOP_BY_HOP] = { .dissect = ipv6_options },
	[IP_PROTO_TCP] = { .dissect = transport_tcp },
	[IP_PROTO_UDP] = { .dissect = transport_udp },
	[IPV6_ROUTING] = { .dissect = ipv6_extension },
	[IPV6_FRAGMENT] = { .dissect = ipv6_fragment },
	[IP_AUTHENTICATION] = { .dissect = ipv6_authentication },
	[IPV6_DESTINATION] = { .dissect = ipv6_extension },
	[IP_PROTO_SCTP] = { .dissect = transport_sctp },
	[IPV6_MOBILITY] = { .dissect = ipv6_extension },
	[IPV6_HIP] = { .dissect = ipv6_extension },
	[IPV6_SHIM6] = { .dissect = ipv6_extension },
};

/* A row without a dissector where nothing is known of a number. */
static inline const struct net_row *net_find(enum space space, uint32_t number)
{
	static const struct net_row none = { .dissect = NULL };

	if (space == SPACE_IP)
		return &ip_protocols[number & 0xff];
	if (space == SPACE_LINK)
		return number < sizeof links / sizeof *links ? &links[number] : &none;
	for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
		if (ethertypes[i].number == number)
			return &ethertypes[i];
	return &none;
}

/* An IP packet without a transport we know is still an IP packet. */
static enum net_status net_unknown(enum space space)
{
	if (space == SPACE_IP)
		return NET_OK;
	return space == SPACE_LINK ? NET_UNKNOWN_LINK : NET_NOT_IP;
}

static inline enum net_status net_walk(struct layer *layer, struct packet *packet)
{
	for (int n = 0; layer->space != SPACE_NONE; n++) {
		const struct net_row *row = net_find(layer->space, layer->number);

		if (layer->space == SPACE_IP)
			packet->ip_proto = (uint8_t)layer->number;
		if (!row->dissect)
			return net_unknown(layer->space);
		if (n == NET_DEPTH)
			return NET_TOO_DEEP;
		enum net_status status = row->dissect(layer, packet);

		if (status != NET_OK)
			return status;
	}
	return NET_OK;
}

/* Field by field: to clear the whole struct first costs as much as the rest of the dissection. */
static inline void net_reset(struct packet *packet, const struct frame *frame)
{
	const struct bytes none = bytes_of(frame->data.data, 0);

	packet->time_ns = frame->time_ns;
	packet->number = frame->number;
	packet->wire_len = frame->wire_len;
	memset(packet->vlan, 0, sizeof packet->vlan);
	packet->n_vlan = 0;
	packet->has_ether = false;
	memset(packet->src_mac, 0, sizeof packet->src_mac);
	memset(packet->dst_mac, 0, sizeof packet->dst_mac);
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

enum net_status net_dissect(const struct frame *frame, struct packet *packet)
{
	struct layer layer = {
		.in = reader_of(frame->data),
		.cut = frame->wire_len > frame->data.len ? frame->wire_len - frame->data.len : 0,
		.space = SPACE_LINK,
		.number = frame->link_type,
	};

	net_reset(packet, frame);
	enum net_status status = net_walk(&layer, packet);

	if (packet->ip_version != 0)
		packet->truncated = layer.cut != 0;
	if (status == NET_OK && !packet->fragment) {
		uint64_t wire_len = layer_wire_len(&layer);

		packet->payload = bytes_of(layer.in.at, reader_left(&layer.in));
		packet->payload_len = wire_len < UINT32_MAX ? (uint32_t)wire_len : UINT32_MAX;
	}
	return status;
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
