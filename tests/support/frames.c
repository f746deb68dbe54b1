#include "tests/support/frames.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* A growing frame; there is room for all of it. */
struct pen {
	uint8_t *at;
};

static void put(struct pen *pen, const void *data, size_t len)
{
	if (len)
		memcpy(pen->at, data, len);
	pen->at += len;
}

static void put8(struct pen *pen, unsigned x)
{
	*pen->at++ = (uint8_t)x;
}

static void put16(struct pen *pen, unsigned x)
{
	put8(pen, x >> 8);
	put8(pen, x);
}

static void put32(struct pen *pen, uint32_t x)
{
	put16(pen, x >> 16);
	put16(pen, x);
}

static void put_address(struct pen *pen, const char *text, int family)
{
	uint8_t address[16];

	if (inet_pton(family, text, address) != 1)
		abort();
	put(pen, address, family == AF_INET ? 4 : 16);
}

static void put_ip(struct pen *pen, const struct frames_spec *spec, unsigned transport_len)
{
	unsigned proto = spec->udp ? IP_PROTO_UDP : IP_PROTO_TCP;
	int family = strchr(spec->src, ':') ? AF_INET6 : AF_INET;

	if (family == AF_INET) {
		put16(pen, 0x4500);
		put16(pen, 20 + transport_len);
		put32(pen, (uint32_t)spec->id << 16 | 0x4000); /* DF */
		put8(pen, spec->ttl ? spec->ttl : 64);
		put8(pen, proto);
		put16(pen, 0);
	} else {
		put32(pen, UINT32_C(6) << 28);
		put16(pen, transport_len);
		put8(pen, proto);
		put8(pen, spec->ttl ? spec->ttl : 64);
	}
	put_address(pen, spec->src, family);
	put_address(pen, spec->dst, family);
}

static void put_tcp(struct pen *pen, const struct frames_spec *spec)
{
	put32(pen, spec->seq);
	put32(pen, spec->ack);
	put16(pen, (spec->time ? 0x8000u : 0x5000u) | spec->flags);
	put16(pen, spec->shut ? 0 : 65535);
	put16(pen, 0);
	put16(pen, spec->urgent);
	if (spec->time) {
		put32(pen, 0x0101080a);
		put32(pen, spec->time);
		put32(pen, spec->echo);
	}
}

/* RFC 1071, the plain way. */
static unsigned sum16(unsigned sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? at[i] : (unsigned)at[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static void put_sum(uint8_t *at, unsigned sum, bool right)
{
	sum = ~sum ^ (right ? 0 : 0x5555);
	at[0] = (uint8_t)(sum >> 8);
	at[1] = (uint8_t)sum;
}

static void put_sums(const struct frames_spec *spec, uint8_t *ip, uint8_t *tcp, size_t len)
{
	bool old = ip[0] >> 4 == 4;
	unsigned sum = sum16(IP_PROTO_TCP + (unsigned)len, old ? ip + 12 : ip + 8, old ? 8 : 32);

	if (spec->sum == FRAMES_SUM_PARTIAL)
		put_sum(tcp + 16, ~sum, true);
	else
		put_sum(tcp + 16, sum16(sum, tcp, len), spec->sum != FRAMES_SUM_WRONG);
	if (old)
		put_sum(ip + 10, sum16(0, ip, 20), spec->sum != FRAMES_SUM_WRONG_IP);
}

size_t frames_build(const struct frames_spec *spec, uint8_t *out)
{
	static const uint8_t macs[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	unsigned transport_len = (unsigned)spec->data.len + (spec->udp ? 8 : spec->time ? 32 : 20);
	struct pen pen = { out };

	if (transport_len > 65515)
		abort();
	put(&pen, macs, sizeof macs);
	if (spec->vlan)
		put32(&pen, 0x81000000 | spec->vlan);
	put16(&pen, strchr(spec->src, ':') ? 0x86dd : 0x0800);
	uint8_t *ip = pen.at;

	put_ip(&pen, spec, transport_len);
	uint8_t *transport = pen.at;

	put16(&pen, spec->src_port);
	put16(&pen, spec->dst_port);
	if (spec->udp) {
		put16(&pen, transport_len);
		put16(&pen, 0);
	} else {
		put_tcp(&pen, spec);
	}
	put(&pen, spec->data.data, spec->data.len);
	if (spec->sum != FRAMES_SUM_NONE && !spec->udp)
		put_sums(spec, ip, transport, transport_len);
	return (size_t)(pen.at - out);
}

struct frame frames_make(const struct frames_spec *spec, uint8_t *out, int64_t time_ns, uint64_t number)
{
	size_t len = frames_build(spec, out);

	return (struct frame){ .time_ns = time_ns, .number = number, .link_type = FRAMES_ETHERNET, .wire_len = (uint32_t)len,
		.data = bytes_of(out, len) };
}
