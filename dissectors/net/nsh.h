/* nsh: the Network Service Header (RFC 8300). */
#ifndef STORMGLASS_DISSECTORS_NET_NSH_H
#define STORMGLASS_DISSECTORS_NET_NSH_H

#include "dissectors/net/layer.h"

enum net_status nsh_dissect(struct layer *layer, struct packet *packet); /* after an ethertype */
enum net_status nsh_tunnel(struct layer *layer, struct packet *packet);  /* in UDP */

#endif
