/* capwap: the data channel between access points and their controller (RFC 5415), where it is not encrypted. */
#ifndef STORMGLASS_DISSECTORS_NET_CAPWAP_H
#define STORMGLASS_DISSECTORS_NET_CAPWAP_H

#include "dissectors/net/layer.h"

enum net_status capwap_dissect(struct layer *layer, struct packet *packet);

#endif
