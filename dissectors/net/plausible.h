/* plausible: is this the beginning of an IP packet? For headers that do not say what follows them, and for tunnels that
 * are known by nothing but their content. Private to dissectors/net. */
#ifndef STORMGLASS_DISSECTORS_NET_PLAUSIBLE_H
#define STORMGLASS_DISSECTORS_NET_PLAUSIBLE_H

#include "dissectors/net/layer.h"

/* PLAUSIBLE_STRICT: the lengths fit `wire_len` exactly and an IPv4 header has its checksum. Else they are possible. */
enum plausible { PLAUSIBLE_LOOSE, PLAUSIBLE_STRICT };

bool plausible_ip(struct bytes data, uint64_t wire_len, enum plausible how);

/* The same, strictly, where nothing else tells: an IPv6 header has no checksum, so its addresses and its transport's
 * header must be such as are in use. */
bool plausible_bare_ip(struct bytes data, uint64_t wire_len);

/* An Ethernet header and its VLAN tags, and IP as above, which padding may follow. */
bool plausible_ethernet(struct bytes data, uint64_t wire_len, enum plausible how);

#endif
