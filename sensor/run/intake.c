#include "sensor/run/intake.h"

#include "dissectors/net/net.h"

#define NS_PER_S 1000000000

bool intake_init(struct intake *intake, const struct config *config)
{
	struct defrag_config defrag = { defrag_policy_of((size_t)config->defrag_policy), (size_t)config->defrag_memcap,
		(size_t)config->defrag_max, (size_t)config->defrag_fragments, config->defrag_ipv4_ns, config->defrag_ipv6_ns };

	*intake = (struct intake){ .tunnel_ports = &config->tunnel_ports, .second_began_ns = INT64_MAX,
		.stats_ns = config->stats ? config->stats_ns : 0 };
	nh_key_random(&intake->hash_key);
	budget_init(&intake->budget, (size_t)config->memcap, NULL);
	intake->defrag = defrag_new(&defrag, &intake->budget);
	return intake->defrag != NULL;
}

void intake_fini(struct intake *intake)
{
	defrag_free(intake->defrag);
}

const struct stats *intake_stats(struct intake *intake)
{
	struct stats *stats = &intake->stats;

	defrag_stats(intake->defrag, stats);
	stats->decoder.fragments = stats->defrag.ipv4.fragments + stats->defrag.ipv6.fragments;
	return stats;
}

static uint64_t *link_counter(struct link_counts *counts, uint32_t link_type)
{
	switch (net_link_kind(link_type)) {
	case NET_LINK_ETHERNET:
		return &counts->ethernet;
	case NET_LINK_RAW:
		return &counts->raw;
	case NET_LINK_NULL:
		return &counts->null;
	case NET_LINK_SLL:
		return &counts->sll;
	case NET_LINK_SLL2:
		return &counts->sll2;
	case NET_LINK_PPP:
		return &counts->ppp;
	case NET_LINK_HDLC:
		return &counts->hdlc;
	case NET_LINK_WIFI:
		return &counts->ieee80211;
	case NET_LINK_NFLOG:
		return &counts->nflog;
	default:
		return &counts->other;
	}
}

/* What the packet carries, where it is a whole one. */
static uint64_t *transport_counter(struct stats *stats, uint8_t ip_proto)
{
	switch (ip_proto) {
	case IP_PROTO_TCP:
		return &stats->decoder.tcp;
	case IP_PROTO_UDP:
		return &stats->decoder.udp;
	case IP_PROTO_ICMP:
		return &stats->decoder.icmpv4;
	case IP_PROTO_ICMP6:
		return &stats->decoder.icmpv6;
	case IP_PROTO_SCTP:
		return &stats->decoder.sctp;
	case IP_PROTO_ESP:
		return &stats->decoder.esp;
	default:
		return &stats->decoder.other_transport;
	}
}

static void count(struct stats *stats, const struct frame *frame, const struct packet *packet, enum net_status status)
{
	stats->decoder.pkts++;
	stats->decoder.bytes += frame->wire_len;
	stats->decoder.vlan += packet->n_vlan > 0;
	stats->decoder.tunnels += packet->tunnel.depth > 0;
	stats->decoder.tunnels_opaque += packet->opaque;
	stats->decoder.ipv4 += packet->ip_version == 4;
	stats->decoder.ipv6 += packet->ip_version == 6;
	++*link_counter(&stats->decoder.link, frame->link_type);
	if (status != NET_OK && status != NET_NOT_IP)
		++*link_counter(&stats->decoder.failed, frame->link_type);
	switch (status) {
	case NET_OK:
		++*transport_counter(stats, packet->ip_proto);
		stats->decoder.truncated += packet->truncated;
		break;
	case NET_NOT_IP:
		stats->decoder.unknown_network++;
		break;
	case NET_UNKNOWN_LINK:
		stats->decoder.unknown_link++;
		break;
	case NET_SHORT:
		stats->decoder.short_frame++;
		break;
	case NET_BAD_HEADER:
		stats->decoder.bad_header++;
		break;
	default:
		stats->decoder.too_deep++;
		break;
	}
}

/* Before 1970 or after 2116 is a mistake of the capture; within, no sum of a time and a timeout overflows. */
static int64_t believable(int64_t time_ns)
{
	const int64_t max = INT64_C(1) << 62;

	return time_ns < 0 ? 0 : time_ns < max ? time_ns : max;
}

struct intake_news intake_clock(struct intake *intake, const struct frame *frame)
{
	struct intake_news news = { 0 };
	int64_t time_ns = believable(frame->time_ns);

	if (time_ns > intake->clock_ns)
		intake->clock_ns = time_ns;
	if (intake->clock_ns >= intake->second_began_ns && intake->clock_ns - intake->second_began_ns < NS_PER_S)
		return news;
	intake->second_began_ns = intake->clock_ns - intake->clock_ns % NS_PER_S;
	news.tick = true;
	news.stats = intake->stats_ns && intake->clock_ns >= intake->stats_due_ns;
	if (news.stats)
		intake->stats_due_ns = intake->clock_ns + intake->stats_ns;
	return news;
}

bool intake_packet(struct intake *intake, const struct frame *frame, struct arena *joined, struct item *item)
{
	struct packet *packet = &item->packet;
	enum net_status status = defrag_dissect(intake->defrag, frame, intake->tunnel_ports, packet, joined, &item->odd);

	packet->time_ns = believable(frame->time_ns);
	count(&intake->stats, frame, packet, status);
	bool in_flow = status == NET_OK && !packet->fragment &&
	    (packet->ip_proto == IP_PROTO_TCP || packet->ip_proto == IP_PROTO_UDP);

	if (!in_flow && !item->odd)
		return false;
	item->kind = in_flow ? ITEM_PACKET : ITEM_ODD;
	item->number = frame->number;
	item->clock_ns = intake->clock_ns;
	item->route = flow_route_of(&intake->hash_key, packet);
	return true;
}
