/* ethernet: Ethernet II and IEEE 802.3 frames, their LLC/SNAP header (RFC 1042) and their VLAN tags. */
#ifndef STORMGLASS_DISSECTORS_NET_ETHERNET_H
#define STORMGLASS_DISSECTORS_NET_ETHERNET_H

#include "dissectors/net/layer.h"

enum net_status ethernet_dissect(struct layer *layer, struct packet *packet);

/* A VLAN tag, after its ethertype. The first PACKET_VLANS ids are kept. */
enum net_status ethernet_vlan(struct layer *layer, struct packet *packet);

/* What a type or length after the addresses, or after a tag, leads to. */
enum net_status ethernet_type(struct layer *layer, uint16_t type);

/* An LLC header (IEEE 802.2): goes on if it is SNAP with an ethertype or a bridged frame. */
enum net_status ethernet_llc(struct layer *layer);
enum net_status ethernet_snap(struct layer *layer, struct packet *packet); /* the same, as a row of the table */

#endif
