/* IPv6:       version 4 bits, traffic class 8 bits, flow label 20 bits
 *             payload length u16 | next header u8 | hop limit u8 | source 16 | destination 16
 * Extension:  next header u8 | length u8 (in 8 bytes, without the first 8) | ...
 * Fragment:   next header u8 | reserved u8 | offset 13 bits, reserved 2 bits, M | identification u32
 * AH:         next header u8 | length u8 (in 4 bytes, without the first 8) | ... */
#include "dissectors/net/ipv6.h"

enum { HEADER_LEN = 40, FRAGMENT_LEN = 8 };

/* offset and M of a fragment header */
enum { FRAGMENT_MASK = 0xfff9 };

enum { OPTION_PAD1 = 0x00, OPTION_JUMBO = 0xc2 };

enum net_status ipv6_dissect(struct layer *layer, struct packet *packet)
{
	const uint8_t *start = layer->in.at;
	struct reader r = reader_of(read_bytes(&layer->in, HEADER_LEN));
	uint32_t first = read_be32(&r);
	uint16_t payload_len = read_be16(&r);
	uint8_t next = read_u8(&r);

	if (r.over)
		return NET_SHORT;
	if (first >> 28 != 6)
		return NET_BAD_HEADER;
	packet->ttl = read_u8(&r);
	packet->ip_id = 0;
	struct bytes addresses = read_rest(&r);

	/* 0: a jumbogram, which its hop-by-hop header will tell, or a segment that the card was still to cut. */
	if (payload_len != 0)
		layer_narrow(layer, payload_len);
	packet->ip_version = 6;
	packet->ip_proto = next;
	packet->fragment = false;
	if (addresses.len == sizeof packet->src.b + sizeof packet->dst.b) {
		memcpy(packet->src.b, addresses.data, sizeof packet->src.b);
		memcpy(packet->dst.b, addresses.data + sizeof packet->src.b, sizeof packet->dst.b);
	}
	packet->network = bytes_of(start, (size_t)(layer->in.end - start));
	return layer_next(layer, SPACE_IP, next);
}

/* Passes an extension header of `len` bytes and goes on with `next`. */
static enum net_status ipv6_pass(struct layer *layer, size_t len, uint8_t next)
{
	if (reader_left(&layer->in) < len)
		return layer_short(layer, len);
	read_skip(&layer->in, len);
	return layer_next(layer, SPACE_IP, next);
}

/* The first two bytes of an extension header, which stay unread. False: they are not there. */
static bool ipv6_peek(const struct layer *layer, uint8_t *next, uint8_t *len)
{
	struct reader r = layer->in;

	*next = read_u8(&r);
	*len = read_u8(&r);
	return !r.over;
}

enum net_status ipv6_extension(struct layer *layer, struct packet *packet)
{
	uint8_t next, len;

	if (packet->ip_version != 6) /* in IPv4 these numbers mean nothing */
		return layer_next(layer, SPACE_NONE, 0);
	if (!ipv6_peek(layer, &next, &len))
		return layer_short(layer, 8);
	return ipv6_pass(layer, (len + 1u) * 8u, next);
}

/* The jumbo payload length among the options, or 0. It counts from the end of the IPv6 header. */
static uint32_t ipv6_jumbo(struct bytes options)
{
	struct reader r = reader_of(options);

	while (reader_left(&r) > 0 && !r.over) {
		uint8_t type = read_u8(&r);

		if (type == OPTION_PAD1)
			continue;
		uint8_t len = read_u8(&r);

		if (type == OPTION_JUMBO && len == 4)
			return read_be32(&r);
		read_skip(&r, len);
	}
	return 0;
}

enum net_status ipv6_options(struct layer *layer, struct packet *packet)
{
	struct reader header = reader_of(packet->network);
	struct reader options = layer->in;
	uint8_t next, len;

	read_skip(&header, 4);
	if (packet->ip_version == 6 && read_be16(&header) == 0 && ipv6_peek(layer, &next, &len)) {
		uint32_t jumbo_len = ipv6_jumbo(bytes_tail(read_bytes(&options, (len + 1u) * 8u), 2));

		if (jumbo_len != 0 && reader_left(&header) == reader_left(&layer->in) + HEADER_LEN - 6) {
			layer_narrow(layer, jumbo_len);
			packet->network.len = (size_t)(layer->in.end - packet->network.data);
		}
	}
	return ipv6_extension(layer, packet);
}

enum net_status ipv6_fragment(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint8_t next = read_u8(&r);

	if (packet->ip_version != 6)
		return layer_next(layer, SPACE_NONE, 0);
	read_skip(&r, 1);
	uint16_t fragment = read_be16(&r);
	enum net_status status = ipv6_pass(layer, FRAGMENT_LEN, next);

	if (status != NET_OK || (fragment & FRAGMENT_MASK) == 0) /* an atomic fragment is whole (RFC 6946) */
		return status;
	packet->fragment = true;
	packet->ip_proto = next;
	return layer_next(layer, SPACE_NONE, 0);
}

enum net_status ipv6_authentication(struct layer *layer, struct packet *packet)
{
	uint8_t next, len;

	(void)packet;
	if (!ipv6_peek(layer, &next, &len))
		return layer_short(layer, 8);
	return ipv6_pass(layer, (len + 2u) * 4u, next);
}
