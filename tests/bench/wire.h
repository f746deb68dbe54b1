/* wire: frames of made-up connections, Ethernet | IPv4 | TCP or UDP, written to a classic pcap. Checksums are right; the clock runs
 * 20 us a packet from WIRE_START_S. */
#ifndef STORMGLASS_TESTS_BENCH_WIRE_H
#define STORMGLASS_TESTS_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { WIRE_START_S = 1768478400 /* 2026-01-15 12:00 UTC */ };

struct wire {
	FILE *out;
	uint64_t written, time_us;
	uint16_t ident;
};

struct wire_flow {
	bool udp;
	uint32_t client, server;
	uint16_t client_port, server_port;
	uint32_t seq[2];    /* of TCP's client and server */
};

/* False: errno says why. */
bool wire_open(struct wire *wire, const char *path);
bool wire_close(struct wire *wire);

void wire_datagram(struct wire *wire, const struct wire_flow *flow, bool from_server, const void *payload, size_t len);
void wire_connect(struct wire *wire, struct wire_flow *flow);
/* In segments, and is acknowledged. */
void wire_say(struct wire *wire, struct wire_flow *flow, bool from_server, const void *data, size_t len);
void wire_disconnect(struct wire *wire, struct wire_flow *flow);

#endif
