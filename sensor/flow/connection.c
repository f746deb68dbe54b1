#include "sensor/flow/connection.h"

enum {
	RESET_REACH = 4 * 65535, /* beyond what was seen: a window, and what the capture may have lost */
	NEAR = 1 << 20,          /* a start so near to where the old stream stands is no sign of a new one */
};

bool connection_is_foreign_syn(const struct flow *flow, unsigned side, const struct packet *packet)
{
	const struct stream *stream = &flow->streams[side];

	return packet->tcp_flags & TCP_SYN && stream->started && packet->tcp_seq + 1 != stream->base && !stream_is_blank(stream);
}

/* A client that goes on where its latest SYN left off. Data that continues the old stream is no such sign: a forged SYN right
 * before the next byte would cut a message in two. */
static bool goes_on_from_rival(const struct flow *flow, unsigned side, const struct packet *packet)
{
	const struct stream *stream = &flow->streams[side];

	if (!flow->has_rival || side != flow->rival_side || packet->tcp_flags & TCP_SYN || packet->tcp_seq != flow->rival)
		return false;
	int64_t offset = stream_offset(stream, packet->tcp_seq);

	return offset < 0 || (uint64_t)offset > stream->seen + NEAR;
}

bool connection_begins_anew(struct flow *flow, unsigned side, const struct packet *packet)
{
	bool answer = packet->tcp_flags & TCP_ACK;

	if (packet->tcp_flags & TCP_RST)
		return false;
	if (!(packet->tcp_flags & TCP_SYN))
		return goes_on_from_rival(flow, side, packet);
	if (answer && flow->has_rival && side != flow->rival_side && packet->tcp_ack == flow->rival)
		return true;
	if (!connection_is_foreign_syn(flow, side, packet))
		return false;
	if (flow->streams[side].ended)
		return true;
	if (!answer) {
		flow->has_rival = true;
		flow->rival_side = (uint8_t)(side & 1);
		flow->rival = packet->tcp_seq + 1;
	}
	return false;
}

struct connection_start connection_start_of(const struct flow *old)
{
	return (struct connection_start){ old->has_rival, old->rival_side, old->rival };
}

void connection_adopt(struct flow *flow, const struct connection_start *start)
{
	if (!start->known)
		return;
	flow->client = start->client;
	flow->client_known = true;
	stream_begin(&flow->streams[start->client], start->base);
}

/* RFC 9293 3.10.7.4 takes a RST within the receive window. Its right edge is unknown to us, and its left edge lies between what
 * the receiver acknowledged and what we saw: a host that forgot the connection resets from what it was acknowledged. */
bool connection_reset_fits(const struct flow *flow, unsigned side, const struct packet *packet)
{
	const struct stream *stream = &flow->streams[side];

	if (!stream->started)
		return true;
	int64_t offset = stream_offset(stream, packet->tcp_seq);
	uint64_t left = stream->has_acks && stream->acked < stream->next ? stream->acked : stream->next;

	return offset + 1 >= (int64_t)left && offset <= (int64_t)stream->seen + RESET_REACH;
}

bool connection_is_over(const struct flow *flow)
{
	for (unsigned side = 0; side < 2; side++)
		if (flow->streams[side].started && !stream_at_fin(&flow->streams[side]))
			return false;
	return true;
}
