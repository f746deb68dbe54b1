#include "dissectors/net/plausible.h"

#include "dissectors/net/ipv6.h"

enum { IPV4_LEN = 20, IPV6_LEN = 40, ETHERNET_LEN = 14, TAGS_MOST = 3, FRAME_LEAST = 60, TRAILER_MOST = 8 };

/* The sum over a header with its checksum is all ones (RFC 1071). */
static bool checksum_fits(struct bytes header)
{
	struct reader r = reader_of(header);
	uint32_t sum = 0;

	while (reader_left(&r) >= 2)
		sum += read_be16(&r);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

static bool plausible_next(uint8_t protocol)
{
	switch (protocol) {
	case IPV6_HOP_BY_HOP:
	case 4:
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
	case 41:
	case IPV6_ROUTING:
	case IPV6_FRAGMENT:
	case 47:
	case 50:
	case IP_AUTHENTICATION:
	case IP_PROTO_ICMP6:
	case 59:
	case IPV6_DESTINATION:
	case IP_PROTO_SCTP:
		return true;
	default:
		return false;
	}
}

static bool plausible_ipv4(struct bytes data, uint64_t wire_len, enum plausible how)
{
	struct reader r = reader_of(data);
	size_t header_len = (read_u8(&r) & 0x0fu) * 4u;

	read_skip(&r, 1);
	uint16_t total_len = read_be16(&r);

	if (data.len < IPV4_LEN || header_len < IPV4_LEN || header_len > data.len)
		return false;
	if (how == PLAUSIBLE_STRICT)
		return total_len == wire_len && checksum_fits(bytes_head(data, header_len));
	return total_len == 0 || (total_len >= header_len && total_len <= wire_len);
}

static bool plausible_ipv6(struct bytes data, uint64_t wire_len, enum plausible how)
{
	struct reader r = reader_of(data);

	read_skip(&r, 4);
	uint64_t total_len = IPV6_LEN + (uint64_t)read_be16(&r);
	uint8_t next = read_u8(&r);

	if (data.len < IPV6_LEN || !plausible_next(next))
		return false;
	return how == PLAUSIBLE_STRICT ? total_len == wire_len : total_len <= wire_len;
}

bool plausible_ip(struct bytes data, uint64_t wire_len, enum plausible how)
{
	if (data.len == 0)
		return false;
	if (data.data[0] >> 4 == 4)
		return plausible_ipv4(data, wire_len, how);
	return data.data[0] >> 4 == 6 && plausible_ipv6(data, wire_len, how);
}

/* The length that an IP header claims. */
static uint64_t claimed_len(struct bytes data)
{
	struct reader r = reader_of(data);

	if (data.len && data.data[0] >> 4 == 6) {
		read_skip(&r, 4);
		return IPV6_LEN + (uint64_t)read_be16(&r);
	}
	read_skip(&r, 2);
	return read_be16(&r);
}

bool plausible_ethernet(struct bytes data, uint64_t wire_len, enum plausible how)
{
	struct reader r = reader_of(data);

	read_skip(&r, ETHERNET_LEN - 2);
	uint16_t type = read_be16(&r);

	for (int i = 0; i < TAGS_MOST && (type == 0x8100 || type == 0x88a8); i++) {
		read_skip(&r, 2);
		type = read_be16(&r);
	}
	struct bytes ip = read_rest(&r);

	if (r.over || ip.len == 0 || (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) ||
	    ip.data[0] >> 4 != (type == ETHERTYPE_IPV4 ? 4 : 6))
		return false;
	uint64_t ip_wire_len = wire_len - (data.len - ip.len), len = claimed_len(ip);

	/* behind it: padding of a short frame, a check sequence */
	if (how == PLAUSIBLE_STRICT && len <= ip_wire_len &&
	    (wire_len <= FRAME_LEAST + TRAILER_MOST || ip_wire_len - len <= TRAILER_MOST))
		ip_wire_len = len;
	return plausible_ip(ip, ip_wire_len, how);
}
