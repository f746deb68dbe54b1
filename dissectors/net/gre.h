/* gre: Generic Routing Encapsulation (RFC 2784, 2890; routing of RFC 1701) and the enhanced GRE of PPTP (RFC 2637), with what only
 * GRE carries: WCCP's redirected packets and the frames of Aruba's access points. */
#ifndef STORMGLASS_DISSECTORS_NET_GRE_H
#define STORMGLASS_DISSECTORS_NET_GRE_H

#include "dissectors/net/layer.h"

enum net_status gre_dissect(struct layer *layer, struct packet *packet);

#endif
