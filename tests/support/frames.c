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
		put32(pen, 0x4000); /* identification, DF */
		put8(pen, 64);
		put8(pen, proto);
		put16(pen, 0);
	} else {
		put32(pen, UINT32_C(6) << 28);
		put16(pen, transport_len);
		put8(pen, proto);
		put8(pen, 64);
	}
	put_address(pen, spec->src, family);
	put_address(pen, spec->dst, family);
}

size_t frames_build(const struct frames_spec *spec, uint8_t *out)
{
	static const uint8_t macs[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	unsigned transport_len = (unsigned)spec->data.len + (spec->udp ? 8 : 20);
	struct pen pen = { out };

	if (transport_len > 65515)
		abort();
	put(&pen, macs, sizeof macs);
	put16(&pen, strchr(spec->src, ':') ? 0x86dd : 0x0800);
	put_ip(&pen, spec, transport_len);
	put16(&pen, spec->src_port);
	put16(&pen, spec->dst_port);
	if (spec->udp) {
		put16(&pen, transport_len);
	} else {
		put32(&pen, spec->seq);
		put32(&pen, spec->ack);
		put16(&pen, 0x5000u | spec->flags);
		put16(&pen, 65535); /* window */
		put16(&pen, 0);
	}
	put16(&pen, 0); /* UDP: checksum; TCP: urgent pointer */
	put(&pen, spec->data.data, spec->data.len);
	return (size_t)(pen.at - out);
}

struct frame frames_make(const struct frames_spec *spec, uint8_t *out, int64_t time_ns, uint64_t number)
{
	size_t len = frames_build(spec, out);

	return (struct frame){ .time_ns = time_ns, .number = number, .link_type = FRAMES_ETHERNET, .wire_len = (uint32_t)len,
		.data = bytes_of(out, len) };
}
