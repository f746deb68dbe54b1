/* teredo: IPv6 in UDP (RFC 4380). */
#ifndef STORMGLASS_DISSECTORS_NET_TEREDO_H
#define STORMGLASS_DISSECTORS_NET_TEREDO_H

#include "dissectors/net/layer.h"

enum net_status teredo_dissect(struct layer *layer, struct packet *packet);

/* Does a UDP payload look like it, whatever its port: an address of 2001::/32 tells. */
bool teredo_is(struct bytes payload, uint64_t wire_len);

#endif
