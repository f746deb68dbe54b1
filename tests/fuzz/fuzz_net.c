/* The net dissectors over any frame. Input: link type u16, bytes that the capture cut off u16, frame. */
#include "dissectors/net/net.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_inside(struct bytes outer, struct bytes inner)
{
	if (inner.data < outer.data || inner.data + inner.len > outer.data + outer.len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(bytes_of(data, len));
	uint16_t link_type = read_be16(&r), cut = read_be16(&r);
	struct frame frame = { .number = 1, .link_type = link_type, .data = read_rest(&r) };
	struct packet packet;

	if (r.over)
		return 0;
	frame.wire_len = (uint32_t)frame.data.len + cut;
	memset(&packet, 0xa5, sizeof packet); /* whatever is not set shows */
	enum net_status status = net_dissect(&frame, &packet);

	if ((unsigned)status >= NET_STATUSES)
		abort();
	check_inside(frame.data, packet.network);
	check_inside(frame.data, packet.payload);
	if (packet.tunnel.depth > NET_DEPTH || (packet.tunnel.depth && packet.tunnel.type >= TUNNEL_TYPES))
		abort();
	if (packet.n_vlan > PACKET_VLANS || packet.payload_len < packet.payload.len)
		abort();
	if (packet.ip_version != 0 && packet.ip_version != 4 && packet.ip_version != 6)
		abort();
	if (status == NET_OK && packet.ip_version == 0)
		abort();
	if (packet.fragment && (packet.src_port != 0 || packet.payload.len != 0))
		abort();
	if (status == NET_OK && !packet.fragment && packet.truncated != (packet.payload_len > packet.payload.len))
		abort();
	return 0;
}
