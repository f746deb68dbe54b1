/* udp: which tunnel a UDP payload is, by its port or by its content. The rows are in net.c. */
#ifndef STORMGLASS_DISSECTORS_NET_UDP_H
#define STORMGLASS_DISSECTORS_NET_UDP_H

#include "dissectors/net/layer.h"

enum udp_tunnel {
	UDP_NO_TUNNEL,
	UDP_VXLAN, UDP_GENEVE, UDP_GTP, UDP_TEREDO, UDP_L2TP, UDP_TZSP, UDP_CAPWAP, UDP_MPLS, UDP_GRE, UDP_AYIYA, UDP_LISP, UDP_NSH,
	UDP_IP,
	UDP_TUNNELS
};

/* By the ports that layer->ports adds, by the usual ports, by content. `ports` as SPACE_UDP has them; the layer is the payload. */
enum udp_tunnel udp_tunnel_of(const struct layer *layer, uint32_t ports);

#endif
