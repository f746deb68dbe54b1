/* IPv4:	... total length u16 at 2 | identification u16 | reserved bit, DF, MF, offset 13 bits (in 8 bytes) | ...
 * IPv6:	next header u8 | reserved u8 | offset 13 bits (in 8 bytes), reserved 2 bits, M | identification u32 */
#include "dissectors/net/fragment.h"

#include "dissectors/net/ipv6.h"

enum { IPV4_LEN = 20, IPV4_MORE = 0x2000, IPV4_OFFSET = 0x1fff };

enum { IPV4_LENGTH_AT = 2, IPV4_FRAGMENT_AT = 6, IPV4_CHECKSUM_AT = 10 };

enum { IPV6_LEN = 40, IPV6_LENGTH_AT = 4, IPV6_NEXT_AT = 6, IPV6_MORE = 1, IPV6_OFFSET = 0xfff8, FRAGMENT_LEN = 8 };

static bool read_ipv4(struct bytes network, struct fragment *fragment)
{
	struct reader r = reader_of(network);
	size_t head_len = (read_u8(&r) & 0x0fu) * 4u;

	read_skip(&r, 1);
	size_t total_len = read_be16(&r);

	fragment->id = read_be16(&r);
	uint16_t word = read_be16(&r);

	read_skip(&r, 1);
	fragment->protocol = read_u8(&r);
	fragment->offset = (word & IPV4_OFFSET) * 8u;
	fragment->more = word & IPV4_MORE;
	if (r.over || head_len < IPV4_LEN || network.len < head_len || (total_len && total_len < head_len))
		return false;
	fragment->head = bytes_head(network, head_len);
	fragment->data = bytes_tail(network, head_len);
	fragment->len = (uint32_t)(total_len ? total_len - head_len : fragment->data.len);
	return true;
}

/* Passes an extension header; *next becomes what it announces. False: it is not all there, or no such header. */
static bool pass_extension(struct reader *r, uint8_t *next)
{
	uint8_t kind = *next;

	switch (kind) {
	case IPV6_HOP_BY_HOP:
	case IPV6_ROUTING:
	case IPV6_DESTINATION:
	case IPV6_MOBILITY:
	case IPV6_HIP:
	case IPV6_SHIM6:
	case IP_AUTHENTICATION:
		break;
	default:
		return false;
	}
	*next = read_u8(r);
	uint8_t len = read_u8(r);

	read_skip(r, kind == IP_AUTHENTICATION ? (len + 2u) * 4u - 2 : (len + 1u) * 8u - 2);
	return !r->over;
}

static bool read_ipv6(struct bytes network, struct fragment *fragment)
{
	struct reader r = reader_of(network);

	read_skip(&r, IPV6_LENGTH_AT);
	size_t payload_len = read_be16(&r);
	uint8_t next = read_u8(&r);
	size_t next_at = IPV6_NEXT_AT;

	read_skip(&r, IPV6_LEN - IPV6_NEXT_AT - 1);
	for (size_t at = IPV6_LEN; next != IPV6_FRAGMENT && !r.over; at = network.len - reader_left(&r)) {
		next_at = at;
		if (!pass_extension(&r, &next))
			return false;
	}
	size_t head_len = network.len - reader_left(&r);

	fragment->protocol = read_u8(&r);
	read_skip(&r, 1);
	uint16_t word = read_be16(&r);

	fragment->id = read_be32(&r);
	fragment->offset = word & IPV6_OFFSET;
	fragment->more = word & IPV6_MORE;
	if (r.over || next_at > UINT16_MAX || (payload_len && IPV6_LEN + payload_len < head_len + FRAGMENT_LEN))
		return false;
	fragment->next_at = (uint16_t)next_at;
	fragment->head = bytes_head(network, head_len);
	fragment->data = read_rest(&r);
	fragment->len = (uint32_t)(payload_len ? IPV6_LEN + payload_len - head_len - FRAGMENT_LEN : fragment->data.len);
	return true;
}

bool fragment_read(const struct packet *packet, struct fragment *fragment)
{
	*fragment = (struct fragment){ .ip_version = packet->ip_version };
	if (packet->ip_version == 4)
		return read_ipv4(packet->network, fragment);
	return packet->ip_version == 6 && read_ipv6(packet->network, fragment);
}

static uint32_t transport_len(uint8_t protocol)
{
	switch (protocol) {
	case IP_PROTO_TCP:
		return 20;
	case IP_PROTO_SCTP:
		return 12;
	case IP_PROTO_UDP:
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return 8;
	default:
		return 0;
	}
}

bool fragment_is_tiny(const struct fragment *fragment)
{
	struct reader r = reader_of(fragment->data);
	uint8_t next = fragment->protocol;

	if (fragment->offset != 0)
		return fragment->offset < transport_len(IP_PROTO_TCP) && next == IP_PROTO_TCP;
	if (!fragment->more)
		return false;
	while (fragment->ip_version == 6 && pass_extension(&r, &next))
		;
	if (r.over) /* within an extension header: whose fault is it? */
		return fragment->data.len == fragment->len;
	return fragment->len - (fragment->data.len - reader_left(&r)) < transport_len(next);
}

bool fragment_is_too_long(uint8_t ip_version, size_t head_len, uint64_t len)
{
	return head_len - (ip_version == 6 ? IPV6_LEN : 0) + len > UINT16_MAX;
}

static void put_be16(uint8_t *at, unsigned x)
{
	at[0] = (uint8_t)(x >> 8);
	at[1] = (uint8_t)x;
}

/* The Internet checksum of a header (RFC 1071). */
static uint16_t checksum(struct bytes head)
{
	struct reader r = reader_of(head);
	uint32_t sum = 0;

	while (reader_left(&r) >= 2)
		sum += read_be16(&r);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~(sum + (sum >> 16));
}

void fragment_mend(const struct fragment *first, uint8_t *head, uint32_t len)
{
	size_t head_len = first->head.len;

	if (first->ip_version == 6) {
		head[first->next_at] = first->protocol;
		put_be16(head + IPV6_LENGTH_AT, (unsigned)(head_len - IPV6_LEN + len));
		return;
	}
	put_be16(head + IPV4_LENGTH_AT, (unsigned)(head_len + len));
	put_be16(head + IPV4_FRAGMENT_AT, 0);
	put_be16(head + IPV4_CHECKSUM_AT, 0);
	put_be16(head + IPV4_CHECKSUM_AT, checksum(bytes_of(head, head_len)));
}
