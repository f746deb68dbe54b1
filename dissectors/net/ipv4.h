/* ipv4: the IPv4 header (RFC 791). */
#ifndef STORMGLASS_DISSECTORS_NET_IPV4_H
#define STORMGLASS_DISSECTORS_NET_IPV4_H

#include "dissectors/net/layer.h"

enum net_status ipv4_dissect(struct layer *layer, struct packet *packet);

#endif
