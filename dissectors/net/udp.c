#include "dissectors/net/udp.h"

#include "dissectors/net/geneve.h"
#include "dissectors/net/gtp.h"
#include "dissectors/net/plausible.h"
#include "dissectors/net/teredo.h"
#include "dissectors/net/vxlan.h"

enum { PAYLOAD_LEAST = 20 };

static enum udp_tunnel udp_by_port(uint16_t port)
{
	switch (port) {
	case 2152:
		return UDP_GTP;
	case 1701:
		return UDP_L2TP;
	case 3544:
		return UDP_TEREDO;
	case 4341:
		return UDP_LISP;
	case 4754:
		return UDP_GRE;
	case 4789:
	case 4790: /* GPE */
	case 8472: /* Linux, before the number was given */
		return UDP_VXLAN;
	case 5072:
		return UDP_AYIYA;
	case 5247:
		return UDP_CAPWAP;
	case 6081:
		return UDP_GENEVE;
	case 6633:
		return UDP_NSH;
	case 6635:
		return UDP_MPLS;
	case 37008:
		return UDP_TZSP;
	default:
		return UDP_NO_TUNNEL;
	}
}

/* The first byte rules out nearly all that is something else. */
static enum udp_tunnel udp_by_content(struct bytes payload, uint64_t wire_len)
{
	uint8_t first = payload.data[0];

	if (first == 0x08 && vxlan_is(payload, wire_len))
		return UDP_VXLAN;
	if (first >> 4 == 3 && gtp_is(payload, wire_len))
		return UDP_GTP;
	if (first >> 4 == 4 || first >> 4 == 6) {
		if (first >> 4 == 6 && teredo_is(payload, wire_len))
			return UDP_TEREDO;
		return plausible_ip(payload, wire_len, PLAUSIBLE_STRICT) ? UDP_IP : UDP_NO_TUNNEL;
	}
	if (first == 0 && teredo_is(payload, wire_len))
		return UDP_TEREDO;
	return first < 0x40 && geneve_is(payload, wire_len) ? UDP_GENEVE : UDP_NO_TUNNEL;
}

/* False: nothing is said of either port. */
static bool udp_by_setting(const struct net_ports *settings, uint32_t ports, enum udp_tunnel *tunnel)
{
	for (size_t i = 0; i < settings->n; i++) {
		if (settings->items[i].port == (uint16_t)ports || settings->items[i].port == ports >> 16) {
			*tunnel = (enum udp_tunnel)settings->items[i].tunnel;
			return true;
		}
	}
	return false;
}

enum udp_tunnel udp_tunnel_of(const struct layer *layer, uint32_t ports)
{
	struct bytes payload = layer_bytes(layer);
	enum udp_tunnel tunnel;

	if (payload.len < PAYLOAD_LEAST)
		return UDP_NO_TUNNEL;
	if (layer->ports && udp_by_setting(layer->ports, ports, &tunnel))
		return tunnel;
	tunnel = udp_by_port((uint16_t)ports);
	if (tunnel == UDP_NO_TUNNEL)
		tunnel = udp_by_port((uint16_t)(ports >> 16));
	return tunnel != UDP_NO_TUNNEL ? tunnel : udp_by_content(payload, layer_wire_len(layer));
}
