/* transport: TCP (RFC 9293), UDP (RFC 768) and the ports of SCTP (RFC 9260). ICMP has no ports: what has no row in the
 * table leaves them 0 and its header in the payload. */
#ifndef STORMGLASS_DISSECTORS_NET_TRANSPORT_H
#define STORMGLASS_DISSECTORS_NET_TRANSPORT_H

#include "dissectors/net/layer.h"

enum net_status transport_tcp(struct layer *layer, struct packet *packet);
enum net_status transport_udp(struct layer *layer, struct packet *packet);
enum net_status transport_sctp(struct layer *layer, struct packet *packet);

#endif
