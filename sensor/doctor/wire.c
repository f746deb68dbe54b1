#include "sensor/doctor/wire.h"

#include "dissectors/net/ethertype.h"

enum {
	MTU = 1500,	   /* of Ethernet without jumbo frames */
	JUMBO_MOST = 9216, /* what switches take at most */
	IPV6_LEN = 40,
};

#define YEAR_1990_NS (INT64_C(631152000) * 1000000000)

void wire_input(struct wire *wire)
{
	*wire = (struct wire){ 0 };
}

static void see_time(struct wire *wire, int64_t time_ns, struct tally *tally)
{
	struct tally_frames *frames = &tally->frames;

	if (frames->n == 1 || time_ns < frames->first_ns)
		frames->first_ns = time_ns;
	if (frames->n == 1 || time_ns > frames->last_ns)
		frames->last_ns = time_ns;
	tally->clock.n_no_date += time_ns < YEAR_1990_NS;
	if (wire->has_time && time_ns < wire->time_ns) {
		int64_t back_ns = (int64_t)((uint64_t)wire->time_ns - (uint64_t)time_ns);

		tally->clock.n_back++;
		if (back_ns < 0)
			back_ns = INT64_MAX;
		if (back_ns > tally->clock.most_back_ns)
			tally->clock.most_back_ns = back_ns;
	}
	wire->has_time = true;
	wire->time_ns = time_ns;
}

/* The IP packet's own length; 0 where it does not say (jumbograms, offload). */
static uint32_t ip_len(const struct packet *packet)
{
	struct reader r = reader_of(packet->network);

	read_skip(&r, packet->ip_version == 4 ? 2 : 4);
	uint32_t len = read_be16(&r);

	return packet->ip_version == 6 && len ? len + IPV6_LEN : len;
}

static void see_lengths(const struct frame *frame, const struct packet *packet, struct tally *tally)
{
	uint32_t cut = frame->wire_len - (uint32_t)frame->data.len;

	if (cut) {
		tally->slices.n_cut++;
		tally->slices.bytes += cut;
		top_add(&tally->slices.lengths, top_number(frame->data.len), 1);
	}
	if (!packet->ip_version)
		return;
	uint32_t len = ip_len(packet);

	if (!cut && packet->truncated && len > packet->network.len) {
		tally->slices.n_cut_before++;
		tally->slices.bytes += len - packet->network.len;
		top_add(&tally->slices.lengths, top_number(frame->data.len), 1);
	}
	if (len < packet->network.len)
		len = (uint32_t)packet->network.len;
	tally->sizes.n_ip_over_mtu += len > MTU;
	tally->sizes.n_ip_no_wire += len > JUMBO_MOST;
	if (len > tally->sizes.longest)
		tally->sizes.longest = len;
}

static void see_tunnel(const struct packet *packet, struct tally *tally)
{
	const struct tunnel *tunnel = &packet->tunnel;

	tally->tunnels.n_opaque += packet->opaque;
	if (!tunnel->depth)
		return;
	tally->tunnels.n++;
	tally->tunnels.bytes += packet->wire_len;
	top_add(&tally->tunnels.types, top_number(tunnel->type), 1);
	if (tunnel->has_id)
		top_add(&tally->tunnels.ids, top_number(tunnel->id), 1);
	if (tunnel->depth > tally->tunnels.deepest)
		tally->tunnels.deepest = tunnel->depth;
}

static void see_ip(const struct packet *packet, struct tally_frames *frames)
{
	frames->n_ip++;
	frames->n_ipv6 += packet->ip_version == 6;
	frames->n_fragments += packet->fragment;
	if (packet->ip_proto == IP_PROTO_TCP)
		frames->n_tcp++;
	else if (packet->ip_proto == IP_PROTO_UDP)
		frames->n_udp++;
	else
		frames->n_other_ip++;
}

void wire_frame(struct wire *wire, const struct frame *frame, const struct packet *packet, enum net_status status,
    struct tally *tally)
{
	struct tally_frames *frames = &tally->frames;

	frames->n++;
	frames->bytes += frame->wire_len;
	frames->by_status[status]++;
	see_time(wire, frame->time_ns, tally);
	top_add(&frames->links, top_number(frame->link_type), 1);
	if (status == NET_UNKNOWN_LINK)
		top_add(&frames->unknown_links, top_number(frame->link_type), 1);
	if (status == NET_NOT_IP)
		top_add(&frames->ethertypes, top_number(ethertype_of(frame)), 1);
	if (packet->n_vlan) {
		frames->n_tagged++;
		top_add(&frames->vlans, top_number(packet->vlan[0]), 1);
	}
	see_lengths(frame, packet, tally);
	if (packet->ip_version)
		see_ip(packet, frames);
	see_tunnel(packet, tally);
}
