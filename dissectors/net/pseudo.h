/* pseudo: link types that wrap another one, or IP, in what a system notes of it: packet filters, IPsec, monitoring ports. */
#ifndef STORMGLASS_DISSECTORS_NET_PSEUDO_H
#define STORMGLASS_DISSECTORS_NET_PSEUDO_H

#include "dissectors/net/layer.h"

enum net_status pseudo_nflog(struct layer *layer, struct packet *packet);       /* Linux netfilter log */
enum net_status pseudo_pflog(struct layer *layer, struct packet *packet);       /* BSD packet filter log */
enum net_status pseudo_enc(struct layer *layer, struct packet *packet);         /* BSD IPsec */
enum net_status pseudo_ipnet(struct layer *layer, struct packet *packet);       /* Solaris */
enum net_status pseudo_ipoib(struct layer *layer, struct packet *packet);       /* IP over InfiniBand (RFC 4391) */
enum net_status pseudo_ieee1394(struct layer *layer, struct packet *packet);    /* Apple's IP over IEEE 1394 */
enum net_status pseudo_pktap(struct layer *layer, struct packet *packet);       /* Darwin: any link type inside */
enum net_status pseudo_netanalyzer(struct layer *layer, struct packet *packet); /* Hilscher, with or without preamble */
enum net_status pseudo_juniper(struct layer *layer, struct packet *packet);     /* the types whose frame is Ethernet, PPP ... */
enum net_status pseudo_dsa(struct layer *layer, struct packet *packet);         /* Ethernet with a switch's tag after its addresses */

#endif
