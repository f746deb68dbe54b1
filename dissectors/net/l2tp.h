/* l2tp: the Layer Two Tunneling Protocol: version 2 (RFC 2661) in UDP, version 3 (RFC 3931) in UDP and IP. */
#ifndef STORMGLASS_DISSECTORS_NET_L2TP_H
#define STORMGLASS_DISSECTORS_NET_L2TP_H

#include "dissectors/net/layer.h"

enum net_status l2tp_udp(struct layer *layer, struct packet *packet);
enum net_status l2tp_ip(struct layer *layer, struct packet *packet);

#endif
