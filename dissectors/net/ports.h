/* ports: further UDP ports that tunnels use somewhere, beside their usual ones. */
#ifndef STORMGLASS_DISSECTORS_NET_PORTS_H
#define STORMGLASS_DISSECTORS_NET_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PORTS_MOST = 32 };

struct net_ports {
	struct {
		uint16_t port;
		uint8_t tunnel; /* enum udp_tunnel */
	} items[PORTS_MOST];
	size_t n;
};

/* Adds what a text such as "vxlan=14789" says; "none=4789" takes a usual port away. False: it says nothing of the kind, or there is
 * no room. */
bool ports_add(struct net_ports *ports, const char *text);

#endif
