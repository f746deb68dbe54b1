/* nsh: the Network Service Header (RFC 8300). */
#ifndef STORMGLASS_DISSECTORS_NET_NSH_H
#define STORMGLASS_DISSECTORS_NET_NSH_H

#include "dissectors/net/layer.h"

enum net_status nsh_dissect(struct layer *layer, struct packet *packet); /* after an ethertype */
enum net_status nsh_tunnel(struct layer *layer, struct packet *packet);  /* in UDP */

/* What follows by a next protocol number of NSH, which VXLAN-GPE shares (RFC 8300 3.2, draft-ietf-nvo3-vxlan-gpe 3.1). */
enum net_status nsh_next(struct layer *layer, uint8_t next);

#endif
