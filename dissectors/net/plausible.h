/* plausible: is this the beginning of an IP packet? For headers that do not say what follows them, and for tunnels that are known
 * by nothing but their content. Private to dissectors/net. */
#ifndef STORMGLASS_DISSECTORS_NET_PLAUSIBLE_H
#define STORMGLASS_DISSECTORS_NET_PLAUSIBLE_H

#include "dissectors/net/layer.h"

/* PLAUSIBLE_STRICT: the lengths fit the `wire_len` exactly and an IPv4 header has its checksum. Else the lengths are possible. */
enum plausible { PLAUSIBLE_LOOSE, PLAUSIBLE_STRICT };

bool plausible_ip(struct bytes data, uint64_t wire_len, enum plausible how);

/* An Ethernet header and its VLAN tags, and IP as above, which padding may follow. */
bool plausible_ethernet(struct bytes data, uint64_t wire_len, enum plausible how);

#endif
