/* ipip: IP in IP (RFC 2003, 2473, 4213), with little or nothing in between: EtherIP (RFC 3378), AYIYA (draft-massar-v6ops-ayiya),
 * LISP (RFC 9300), and IP at once in UDP. */
#ifndef STORMGLASS_DISSECTORS_NET_IPIP_H
#define STORMGLASS_DISSECTORS_NET_IPIP_H

#include "dissectors/net/layer.h"

enum net_status ipip_dissect(struct layer *layer, struct packet *packet);
enum net_status ipip_ethernet(struct layer *layer, struct packet *packet); /* a frame at once (RFC 8986) */
enum net_status ipip_etherip(struct layer *layer, struct packet *packet);
enum net_status ipip_ayiya(struct layer *layer, struct packet *packet);
enum net_status ipip_lisp(struct layer *layer, struct packet *packet);
enum net_status ipip_udp(struct layer *layer, struct packet *packet);

#endif
