/* erspan: mirrored frames in GRE (draft-foschiano-erspan). Type I has no header of its own, type II and III do. */
#ifndef STORMGLASS_DISSECTORS_NET_ERSPAN_H
#define STORMGLASS_DISSECTORS_NET_ERSPAN_H

#include "dissectors/net/layer.h"

/* After GRE protocol 0x88be: type I, or II where GRE counts its packets. */
enum net_status erspan_dissect(struct layer *layer, struct packet *packet, bool has_sequence);

/* After GRE protocol 0x22eb: type III. */
enum net_status erspan3_dissect(struct layer *layer, struct packet *packet);

#endif
