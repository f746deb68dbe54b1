#include "dissectors/net/ports.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/net/udp.h"

/* The number of a tunnel's word, or UDP_TUNNELS. */
static unsigned tunnel_of(const char *word, size_t len)
{
	static const char *const words[UDP_TUNNELS] = {
		[UDP_NO_TUNNEL] = "none", [UDP_VXLAN] = "vxlan", [UDP_GENEVE] = "geneve", [UDP_GTP] = "gtp",
		[UDP_TEREDO] = "teredo", [UDP_L2TP] = "l2tp", [UDP_TZSP] = "tzsp", [UDP_CAPWAP] = "capwap",
		[UDP_MPLS] = "mpls", [UDP_GRE] = "gre", [UDP_AYIYA] = "ayiya", [UDP_LISP] = "lisp", [UDP_NSH] = "nsh",
		[UDP_IP] = "fou",
	};
	unsigned i = 0;

	while (i < UDP_TUNNELS && (strlen(words[i]) != len || memcmp(words[i], word, len) != 0))
		i++;
	return i;
}

bool ports_add(struct net_ports *ports, const char *text)
{
	const char *equals = strchr(text, '=');
	char *end;

	if (!equals || equals[1] < '0' || equals[1] > '9' || ports->n == PORTS_MOST)
		return false;
	unsigned tunnel = tunnel_of(text, (size_t)(equals - text));
	unsigned long port = strtoul(equals + 1, &end, 10);

	if (tunnel == UDP_TUNNELS || *end || port == 0 || port > 65535)
		return false;
	ports->items[ports->n].port = (uint16_t)port;
	ports->items[ports->n++].tunnel = (uint8_t)tunnel;
	return true;
}
