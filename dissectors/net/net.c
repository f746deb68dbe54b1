#include "dissectors/net/net.h"

#include "dissectors/net/ethernet.h"
#include "dissectors/net/ipv4.h"
#include "dissectors/net/ipv6.h"
#include "dissectors/net/layer.h"
#include "dissectors/net/link.h"
#include "dissectors/net/ppp.h"
#include "dissectors/net/transport.h"

/* The table. Within a space the commonest first: it is searched from the top. */
static const struct net_row links[] = {
	{ 1, ethernet_dissect },   /* ETHERNET */
	{ 113, link_sll },         /* LINUX_SLL */
	{ 276, link_sll2 },        /* LINUX_SLL2 */
	{ 101, link_raw },         /* RAW */
	{ 12, link_raw },          /* DLT_RAW of most systems, which some writers leave as it is */
	{ 14, link_raw },          /* DLT_RAW of OpenBSD */
	{ 228, link_raw },         /* IPV4 */
	{ 229, link_raw },         /* IPV6 */
	{ 0, link_null },          /* NULL */
	{ 108, link_null },        /* LOOP */
	{ 9, ppp_dissect },        /* PPP */
	{ 50, ppp_dissect },       /* PPP_HDLC */
};

static const struct net_row ethertypes[] = {
	{ ETHERTYPE_IPV4, ipv4_dissect },
	{ ETHERTYPE_IPV6, ipv6_dissect },
	{ 0x8100, ethernet_vlan }, /* IEEE 802.1Q */
	{ 0x88a8, ethernet_vlan }, /* IEEE 802.1ad: service tag */
	{ 0x9100, ethernet_vlan }, /* QinQ before 802.1ad */
	{ 0x9200, ethernet_vlan },
};

static const struct net_row ip_protocols[] = {
	{ IP_PROTO_TCP, transport_tcp },
	{ IP_PROTO_UDP, transport_udp },
	{ IPV6_HOP_BY_HOP, ipv6_options },
	{ IPV6_ROUTING, ipv6_extension },
	{ IPV6_FRAGMENT, ipv6_fragment },
	{ IPV6_DESTINATION, ipv6_extension },
	{ IPV6_MOBILITY, ipv6_extension },
	{ IPV6_HIP, ipv6_extension },
	{ IPV6_SHIM6, ipv6_extension },
	{ IP_AUTHENTICATION, ipv6_authentication },
	{ IP_PROTO_SCTP, transport_sctp },
};

#define ROWS(array) { array, sizeof(array) / sizeof *(array) }

static const struct {
	const struct net_row *rows;
	size_t n;
} table[] = {
	[SPACE_LINK] = ROWS(links),
	[SPACE_ETHERTYPE] = ROWS(ethertypes),
	[SPACE_IP] = ROWS(ip_protocols),
};

/* Status when a number is not in the table. An IP packet without a transport we know is still an IP packet. */
static const enum net_status unknown[] = {
	[SPACE_LINK] = NET_UNKNOWN_LINK,
	[SPACE_ETHERTYPE] = NET_NOT_IP,
	[SPACE_IP] = NET_OK,
};

static inline const struct net_row *net_find(enum space space, uint32_t number)
{
	for (size_t i = 0; i < table[space].n; i++)
		if (table[space].rows[i].number == number)
			return &table[space].rows[i];
	return NULL;
}

static inline enum net_status net_walk(struct layer *layer, struct packet *packet)
{
	for (int n = 0; layer->space != SPACE_NONE; n++) {
		const struct net_row *row = net_find(layer->space, layer->number);

		if (layer->space == SPACE_IP)
			packet->ip_proto = (uint8_t)layer->number;
		if (!row)
			return unknown[layer->space];
		if (n == NET_DEPTH)
			return NET_TOO_DEEP;
		enum net_status status = row->dissect(layer, packet);

		if (status != NET_OK)
			return status;
	}
	return NET_OK;
}

enum net_status net_dissect(const struct frame *frame, struct packet *packet)
{
	struct layer layer = {
		.in = reader_of(frame->data),
		.cut = frame->wire_len > frame->data.len ? frame->wire_len - frame->data.len : 0,
		.space = SPACE_LINK,
		.number = frame->link_type,
	};
	const struct bytes none = bytes_of(frame->data.data, 0);

	*packet = (struct packet){
		.time_ns = frame->time_ns,
		.number = frame->number,
		.wire_len = frame->wire_len,
		.network = none,
		.payload = none,
	};
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
