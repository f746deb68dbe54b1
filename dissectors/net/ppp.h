/* ppp: the Point-to-Point Protocol (RFC 1661), with or without HDLC-like framing (RFC 1662). */
#ifndef STORMGLASS_DISSECTORS_NET_PPP_H
#define STORMGLASS_DISSECTORS_NET_PPP_H

#include "dissectors/net/layer.h"

enum net_status ppp_dissect(struct layer *layer, struct packet *packet);

#endif
