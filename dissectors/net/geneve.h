/* geneve: Generic Network Virtualization Encapsulation (RFC 8926). */
#ifndef STORMGLASS_DISSECTORS_NET_GENEVE_H
#define STORMGLASS_DISSECTORS_NET_GENEVE_H

#include "dissectors/net/layer.h"

enum net_status geneve_dissect(struct layer *layer, struct packet *packet);

/* Does a UDP payload look like it, whatever its port. */
bool geneve_is(struct bytes payload, uint64_t wire_len);

#endif
