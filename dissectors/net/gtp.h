/* gtp: the user plane of GTP version 1 (3GPP TS 29.281). */
#ifndef STORMGLASS_DISSECTORS_NET_GTP_H
#define STORMGLASS_DISSECTORS_NET_GTP_H

#include "dissectors/net/layer.h"

enum net_status gtp_dissect(struct layer *layer, struct packet *packet);

/* Does a UDP payload look like it, whatever its port. */
bool gtp_is(struct bytes payload, uint64_t wire_len);

#endif
