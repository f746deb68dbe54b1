#include "sensor/doctor/sums.h"

enum { IPV6_LEN = 40, UDP_LEN = 8, TCP_LEN = 20, UDP_SUM_AT = 6, TCP_SUM_AT = 16 };

/* Big-endian words of 16 bits summed four at a time, as the carries of wider words come round (RFC 1071 2). */
static uint64_t add(uint64_t sum, const uint8_t *at, size_t len)
{
	uint32_t word;

	for (; len >= 4; at += 4, len -= 4) {
		memcpy(&word, at, 4);
		sum += be32toh(word);
	}
	uint8_t rest[4] = { 0 };

	memcpy(rest, at, len);
	memcpy(&word, rest, 4);
	return sum + be32toh(word);
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static size_t ip_header_len(struct bytes network, uint8_t ip_version)
{
	if (ip_version == 4)
		return network.len ? (network.data[0] & 0x0fu) * 4u : 0;
	return IPV6_LEN;
}

enum sums sums_of(const struct packet *packet)
{
	bool tcp = packet->ip_proto == IP_PROTO_TCP;
	size_t address_len = packet->ip_version == 4 ? 4 : 16;

	if ((!tcp && packet->ip_proto != IP_PROTO_UDP) || packet->fragment || packet->truncated || !packet->ip_version)
		return SUMS_NOT_ASKED;
	if (packet->ip_version == 6 && (packet->network.len < IPV6_LEN || packet->network.data[6] != packet->ip_proto))
		return SUMS_NOT_ASKED; /* behind extension headers, of which a routing header changes the sum */
	struct bytes transport = bytes_tail(packet->network, ip_header_len(packet->network, packet->ip_version));
	struct reader r = reader_of(bytes_head(transport, tcp ? TCP_LEN : UDP_LEN));
	struct bytes udp_head = bytes_head(transport, UDP_LEN);

	read_skip(&r, tcp ? TCP_SUM_AT : UDP_SUM_AT);
	uint16_t sent = read_be16(&r);

	if (r.over)
		return SUMS_NOT_ASKED;
	if (!tcp) {
		struct reader u = reader_of(udp_head);

		read_skip(&u, 4);
		uint16_t udp_len = read_be16(&u);

		if (sent == 0 || udp_len < UDP_LEN || udp_len > transport.len)
			return SUMS_NOT_ASKED;
		transport = bytes_head(transport, udp_len);
	}
	uint64_t pseudo =
	    add(packet->ip_proto + (uint64_t)transport.len, packet->src.b + 16 - address_len, address_len);

	pseudo = add(pseudo, packet->dst.b + 16 - address_len, address_len);
	if (fold(add(pseudo, transport.data, transport.len)) == 0xffff)
		return SUMS_RIGHT;
	if (sent == 0)
		return SUMS_ZERO;
	return sent == fold(pseudo) ? SUMS_PARTIAL : SUMS_WRONG;
}
