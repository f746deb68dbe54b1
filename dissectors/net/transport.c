/* TCP:   source port u16 | destination port u16 | sequence u32 | acknowledgment u32
 *        data offset 4 bits (in 32-bit words), reserved 4 bits | flags u8 | window u16
 *        checksum u16 | urgent u16 | options
 * UDP:   source port u16 | destination port u16 | length u16 | checksum u16
 * SCTP:  source port u16 | destination port u16 | tag u32 | checksum u32 */
#include "dissectors/net/transport.h"

enum { TCP_LEN = 20, UDP_LEN = 8, SCTP_LEN = 12 };

/* Option:     kind u8 | length u8 (of all of it) | ...; kinds 0 (end) and 1 (no operation) are alone
 * Timestamps: 8 | 10 | value u32 | echo reply u32 (RFC 7323 3.2) */
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_TIMES = 8, TIMES_LEN = 10, TIMES_ALIGNED = 0x0101080a };

static void tcp_times(struct reader *r, struct packet *packet)
{
	packet->tcp_time = read_be32(r);
	packet->tcp_time_echo = read_be32(r);
	packet->tcp_has_times = !r->over;
}

/* As nearly every stack writes them: first, with two bytes of padding before them. */
static inline bool tcp_times_first(struct bytes options, struct packet *packet)
{
	struct reader r = reader_of(bytes_of(options.data, TIMES_LEN + 2));

	if (options.len < TIMES_LEN + 2 || read_be32(&r) != TIMES_ALIGNED)
		return false;
	tcp_times(&r, packet);
	return true;
}

static void tcp_options(struct bytes options, struct packet *packet)
{
	struct reader r = reader_of(options);

	while (reader_left(&r) && !r.over) {
		uint8_t kind = read_u8(&r);

		if (kind == OPTION_END)
			return;
		if (kind == OPTION_NOP)
			continue;
		uint8_t len = read_u8(&r);

		if (kind == OPTION_TIMES && len == TIMES_LEN)
			tcp_times(&r, packet);
		else
			read_skip(&r, len < 2 ? SIZE_MAX : len - 2u);
	}
}

enum net_status transport_tcp(struct layer *layer, struct packet *packet)
{
	if (reader_left(&layer->in) < TCP_LEN)
		return layer_short(layer, TCP_LEN);
	struct reader r = reader_of(bytes_of(layer->in.at, TCP_LEN));

	packet->src_port = read_be16(&r);
	packet->dst_port = read_be16(&r);
	packet->tcp_seq = read_be32(&r);
	packet->tcp_ack = read_be32(&r);
	size_t header_len = (read_u8(&r) >> 4) * 4u;

	packet->tcp_flags = read_u8(&r);
	packet->tcp_window = read_be16(&r);
	packet->tcp_sum = read_be16(&r);
	packet->tcp_urgent = read_be16(&r);
	packet->transport = bytes_of(layer->in.at, reader_left(&layer->in));
	if (header_len < TCP_LEN)
		return NET_BAD_HEADER;
	if (reader_left(&layer->in) < header_len)
		return layer_short(layer, header_len);
	struct bytes options = bytes_of(layer->in.at + TCP_LEN, header_len - TCP_LEN);

	if (options.len && !tcp_times_first(options, packet))
		tcp_options(options, packet);
	read_skip(&layer->in, header_len);
	return layer_next(layer, SPACE_NONE, 0);
}

enum net_status transport_udp(struct layer *layer, struct packet *packet)
{
	struct reader r = reader_of(bytes_head(bytes_of(layer->in.at, reader_left(&layer->in)), UDP_LEN));

	if (reader_left(&r) < UDP_LEN)
		return layer_short(layer, UDP_LEN);
	packet->src_port = read_be16(&r);
	packet->dst_port = read_be16(&r);
	uint16_t len = read_be16(&r);

	/* 0: a jumbogram (RFC 2675 4), or datagrams that the sender's card was still to cut */
	if (len != 0 && (len < UDP_LEN || len > layer_wire_len(layer)))
		return NET_BAD_HEADER;
	if (len != 0)
		layer_narrow(layer, len);
	read_skip(&layer->in, UDP_LEN);
	return layer_next(layer, SPACE_UDP, (uint32_t)packet->src_port << 16 | packet->dst_port);
}

enum net_status transport_sctp(struct layer *layer, struct packet *packet)
{
	struct reader r = reader_of(bytes_head(bytes_of(layer->in.at, reader_left(&layer->in)), SCTP_LEN));

	if (reader_left(&r) < SCTP_LEN)
		return layer_short(layer, SCTP_LEN);
	packet->src_port = read_be16(&r);
	packet->dst_port = read_be16(&r);
	read_skip(&layer->in, SCTP_LEN);
	return layer_next(layer, SPACE_NONE, 0);
}
