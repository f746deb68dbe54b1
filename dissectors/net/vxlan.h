/* vxlan: Virtual eXtensible LAN (RFC 7348), its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe) and group policy. */
#ifndef STORMGLASS_DISSECTORS_NET_VXLAN_H
#define STORMGLASS_DISSECTORS_NET_VXLAN_H

#include "dissectors/net/layer.h"

enum net_status vxlan_dissect(struct layer *layer, struct packet *packet);

/* Does a UDP payload look like it, whatever its port. */
bool vxlan_is(struct bytes payload, uint64_t wire_len);

#endif
