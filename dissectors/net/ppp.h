/* ppp: the Point-to-Point Protocol (RFC 1661), with or without HDLC-like framing (RFC 1662), whole packets of
 * multilink bundles (RFC 1990), and PPP over Ethernet (RFC 2516). */
#ifndef STORMGLASS_DISSECTORS_NET_PPP_H
#define STORMGLASS_DISSECTORS_NET_PPP_H

#include "dissectors/net/layer.h"

enum net_status ppp_dissect(struct layer *layer, struct packet *packet);
enum net_status ppp_directed(struct layer *layer, struct packet *packet); /* one byte, the direction, before or in it */
enum net_status ppp_over_ethernet(struct layer *layer, struct packet *packet);

#endif
