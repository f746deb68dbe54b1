#include "sensor/run/intake.h"

#include "dissectors/net/net.h"

#define NS_PER_S 1000000000

void intake_init(struct intake *intake, const struct config *config)
{
	*intake = (struct intake){ .second_began_ns = INT64_MAX, .stats_ns = config->stats ? config->stats_ns : 0 };
	nh_key_random(&intake->hash_key);
}

static void count(struct stats *stats, const struct packet *packet, enum net_status status)
{
	stats->decoder.pkts++;
	stats->decoder.bytes += packet->wire_len;
	stats->decoder.vlan += packet->n_vlan > 0;
	stats->decoder.ipv4 += packet->ip_version == 4;
	stats->decoder.ipv6 += packet->ip_version == 6;
	stats->decoder.fragments += packet->fragment;
	switch (status) {
	case NET_OK:
		stats->decoder.tcp += packet->ip_proto == IP_PROTO_TCP;
		stats->decoder.udp += packet->ip_proto == IP_PROTO_UDP;
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

bool intake_packet(struct intake *intake, const struct frame *frame, struct item *item)
{
	struct packet *packet = &item->packet;
	enum net_status status = net_dissect(frame, packet);

	packet->time_ns = believable(frame->time_ns);
	count(&intake->stats, packet, status);
	if (status != NET_OK || packet->fragment || (packet->ip_proto != IP_PROTO_TCP && packet->ip_proto != IP_PROTO_UDP))
		return false;
	item->kind = ITEM_PACKET;
	item->number = frame->number;
	item->clock_ns = intake->clock_ns;
	item->route = flow_route_of(&intake->hash_key, packet);
	return true;
}
