/* ethertype: the number by which a link layer names what it carries, and that number's name for people. For counting
 * what is not IP; net.c finds its way without. */
#ifndef STORMGLASS_DISSECTORS_NET_ETHERTYPE_H
#define STORMGLASS_DISSECTORS_NET_ETHERTYPE_H

#include "sensor/model/packet.h"

/* Of Ethernet, SLL and SLL2, behind VLAN tags (IEEE 802.1Q). Below 0x0600 it is the length of an 802.3 frame. 0: there
 * is none. */
uint16_t ethertype_of(const struct frame *frame);

/* "ARP"; NULL where we have no name. */
const char *ethertype_name(uint16_t type);

#endif
