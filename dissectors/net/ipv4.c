/*	version 4 bits, header length 4 bits (in 32-bit words) | type of service u8 | total length u16
 *	identification u16 | reserved bit, DF, MF, offset 13 bits
 *	time to live u8 | protocol u8 | header checksum u16
 *	source 4 | destination 4 | options */
#include "dissectors/net/ipv4.h"

enum { HEADER_LEN = 20, MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff };

/* Stored as two words, as the flow's key will be fetched: smaller pieces would have to reach the cache first. */
static inline void ipv4_address(struct address *address, const uint8_t *at)
{
	struct reader r = reader_of(bytes_of(at, 4));
	uint64_t words[] = { 0, htobe64(UINT64_C(0xffff00000000) | read_be32(&r)) };

	memcpy(address->b, &words[0], sizeof words[0]);
	memcpy(address->b + sizeof words[0], &words[1], sizeof words[1]);
}

enum net_status ipv4_dissect(struct layer *layer, struct packet *packet)
{
	const uint8_t *start = layer->in.at;
	struct bytes header = bytes_of(start, HEADER_LEN);

	if (reader_left(&layer->in) < HEADER_LEN)
		return NET_SHORT;
	struct reader r = reader_of(header);
	uint8_t first = read_u8(&r);
	size_t header_len = (first & 0x0fu) * 4u;

	read_skip(&r, 1);
	uint16_t total_len = read_be16(&r);

	if (first >> 4 != 4 || header_len < HEADER_LEN)
		return NET_BAD_HEADER;
	if (total_len != 0 && total_len < header_len)
		return NET_BAD_HEADER;
	packet->ip_id = read_be16(&r);
	uint16_t fragment = read_be16(&r);

	packet->ttl = read_u8(&r);
	uint8_t protocol = read_u8(&r);

	/* It trims the link layer's padding. 0 is a segment that the sender's card was still to cut (TSO). */
	if (total_len != 0)
		layer_narrow(layer, total_len);
	packet->ip_version = 4;
	packet->ip_proto = protocol;
	ipv4_address(&packet->src, start + 12);
	ipv4_address(&packet->dst, start + 16);
	packet->network = bytes_of(start, reader_left(&layer->in));
	packet->fragment = (fragment & (MORE_FRAGMENTS | OFFSET_MASK)) != 0;
	if (reader_left(&layer->in) < header_len)
		return layer_short(layer, header_len);
	read_skip(&layer->in, header_len);
	return layer_next(layer, packet->fragment ? SPACE_NONE : SPACE_IP, protocol);
}
