/* tags: what stands between an ethertype of its own and the next one: tags of switches and of provider backbones. */
#ifndef STORMGLASS_DISSECTORS_NET_TAGS_H
#define STORMGLASS_DISSECTORS_NET_TAGS_H

#include "dissectors/net/layer.h"

enum net_status tags_vntag(struct layer *layer, struct packet *packet);      /* Cisco VN-tag (802.1Qbh) */
enum net_status tags_etag(struct layer *layer, struct packet *packet);       /* 802.1BR */
enum net_status tags_itag(struct layer *layer, struct packet *packet);       /* 802.1ah: a customer's frame */
enum net_status tags_metadata(struct layer *layer, struct packet *packet);   /* Cisco MetaData (TrustSec) */
enum net_status tags_fabricpath(struct layer *layer, struct packet *packet); /* Cisco FabricPath: a frame inside */
enum net_status tags_trill(struct layer *layer, struct packet *packet);      /* RFC 6325: a frame inside */
enum net_status tags_hsr(struct layer *layer, struct packet *packet);        /* IEC 62439-3 */
enum net_status tags_macsec(struct layer *layer, struct packet *packet);     /* 802.1AE where it does not encrypt */

#endif
