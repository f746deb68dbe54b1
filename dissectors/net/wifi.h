/* wifi: IEEE 802.11 data frames that are not encrypted, and the headers that capturing puts before frames. Of an A-MSDU the first
 * frame is taken; fragments are not joined. */
#ifndef STORMGLASS_DISSECTORS_NET_WIFI_H
#define STORMGLASS_DISSECTORS_NET_WIFI_H

#include "dissectors/net/layer.h"

enum net_status wifi_dissect(struct layer *layer, struct packet *packet);
enum net_status wifi_prism(struct layer *layer, struct packet *packet);    /* Prism, or AVS behind the same link type */
enum net_status wifi_radiotap(struct layer *layer, struct packet *packet); /* radiotap.org */
enum net_status wifi_ppi(struct layer *layer, struct packet *packet);      /* CACE's Per-Packet Information: any link type inside */

/* Is it a data frame with an ethertype inside. */
bool wifi_is_data(struct bytes frame);

#endif
