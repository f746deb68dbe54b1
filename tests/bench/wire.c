#include "tests/bench/wire.h"

#include <string.h>

enum { MSS = 1460, STEP_US = 20 };
enum { FIN = 0x01, SYN = 0x02, PSH = 0x08, ACK = 0x10 };

bool wire_open(struct wire *wire, const char *path)
{
	static const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 };

	*wire = (struct wire){ .out = fopen(path, "wb") };
	return wire->out && fwrite(head, sizeof head, 1, wire->out) == 1;
}

bool wire_close(struct wire *wire)
{
	return fclose(wire->out) == 0;
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* RFC 1071 */
static uint64_t sum(const uint8_t *data, size_t len, uint64_t at)
{
	for (; len > 1; data += 2, len -= 2)
		at += (unsigned)data[0] << 8 | data[1];
	return len ? at + ((unsigned)data[0] << 8) : at;
}

static unsigned fold(uint64_t at)
{
	while (at >> 16)
		at = (at & 0xffff) + (at >> 16);
	return (unsigned)~at & 0xffff;
}

static void frame(struct wire *wire, const struct wire_flow *flow, bool from_server, unsigned flags, const void *payload,
    size_t len)
{
	uint8_t data[2048] = { [0] = 2, [5] = from_server ? 1 : 2, [6] = 2, [11] = from_server ? 2 : 1, [12] = 8 };
	uint8_t *ip = data + 14, *l4 = ip + 20;
	size_t head = flow->udp ? 8 : 20, l4_len = head + len, frame_len = 34 + l4_len;
	uint32_t record[4];

	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(20 + l4_len));
	put16(ip + 4, wire->ident++);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = flow->udp ? 17 : 6;
	put32(ip + 12, from_server ? flow->server : flow->client);
	put32(ip + 16, from_server ? flow->client : flow->server);
	put16(ip + 10, fold(sum(ip, 20, 0)));
	put16(l4, from_server ? flow->server_port : flow->client_port);
	put16(l4 + 2, from_server ? flow->client_port : flow->server_port);
	if (flow->udp) {
		put16(l4 + 4, (unsigned)l4_len);
	} else {
		put32(l4 + 4, flow->seq[from_server]);
		put32(l4 + 8, flags & ACK ? flow->seq[!from_server] : 0);
		l4[12] = 5 << 4;
		l4[13] = (uint8_t)flags;
		put16(l4 + 14, 64240);
	}
	memcpy(l4 + head, payload, len);
	put16(l4 + (flow->udp ? 6 : 16), fold(sum(l4, l4_len, sum(ip + 12, 8, (flow->udp ? 17U : 6U) + l4_len))));
	record[0] = (uint32_t)(WIRE_START_S + wire->time_us / 1000000);
	record[1] = (uint32_t)(wire->time_us % 1000000);
	record[2] = record[3] = (uint32_t)frame_len;
	fwrite(record, sizeof record, 1, wire->out);
	fwrite(data, frame_len, 1, wire->out);
	wire->written += sizeof record + frame_len;
	wire->time_us += STEP_US;
}

static void tcp(struct wire *wire, struct wire_flow *flow, bool from_server, unsigned flags, const void *payload, size_t len)
{
	frame(wire, flow, from_server, flags, payload, len);
	flow->seq[from_server] += (uint32_t)len + (flags & (SYN | FIN) ? 1 : 0);
}

void wire_datagram(struct wire *wire, const struct wire_flow *flow, bool from_server, const void *payload, size_t len)
{
	frame(wire, flow, from_server, 0, payload, len);
}

void wire_connect(struct wire *wire, struct wire_flow *flow)
{
	tcp(wire, flow, false, SYN, "", 0);
	tcp(wire, flow, true, SYN | ACK, "", 0);
	tcp(wire, flow, false, ACK, "", 0);
}

void wire_say(struct wire *wire, struct wire_flow *flow, bool from_server, const void *data, size_t len)
{
	for (size_t at = 0; at < len; at += MSS)
		tcp(wire, flow, from_server, PSH | ACK, (const char *)data + at, len - at < MSS ? len - at : MSS);
	tcp(wire, flow, !from_server, ACK, "", 0);
}

void wire_disconnect(struct wire *wire, struct wire_flow *flow)
{
	tcp(wire, flow, false, FIN | ACK, "", 0);
	tcp(wire, flow, true, FIN | ACK, "", 0);
	tcp(wire, flow, false, ACK, "", 0);
}
