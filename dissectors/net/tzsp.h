/* tzsp: TaZmen Sniffer Protocol: frames that routers and access points mirror in UDP. */
#ifndef STORMGLASS_DISSECTORS_NET_TZSP_H
#define STORMGLASS_DISSECTORS_NET_TZSP_H

#include "dissectors/net/layer.h"

enum net_status tzsp_dissect(struct layer *layer, struct packet *packet);

#endif
