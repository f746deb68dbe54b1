/* link: link types that do little more than name the protocol inside (tcpdump.org/linktypes.html). */
#ifndef STORMGLASS_DISSECTORS_NET_LINK_H
#define STORMGLASS_DISSECTORS_NET_LINK_H

#include "dissectors/net/layer.h"

enum net_status link_raw(struct layer *layer, struct packet *packet);  /* IP at once; the first nibble says which */
enum net_status link_null(struct layer *layer, struct packet *packet); /* BSD loopback, either byte order */
enum net_status link_sll(struct layer *layer, struct packet *packet);  /* Linux "any" interface */
enum net_status link_sll2(struct layer *layer, struct packet *packet);

#endif
