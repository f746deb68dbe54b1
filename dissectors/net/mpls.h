/* mpls: a label stack (RFC 3032) and what it may carry: IP, or Ethernet with or without a control word (RFC 4448). */
#ifndef STORMGLASS_DISSECTORS_NET_MPLS_H
#define STORMGLASS_DISSECTORS_NET_MPLS_H

#include "dissectors/net/layer.h"

enum net_status mpls_dissect(struct layer *layer, struct packet *packet);
enum net_status mpls_tunnel(struct layer *layer, struct packet *packet); /* in IP (RFC 4023) or UDP (RFC 7510) */

#endif
