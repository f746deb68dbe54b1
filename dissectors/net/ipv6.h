/* ipv6: the IPv6 header and its extension headers (RFC 8200), and AH (RFC 4302), which IPv4 has too. */
#ifndef STORMGLASS_DISSECTORS_NET_IPV6_H
#define STORMGLASS_DISSECTORS_NET_IPV6_H

#include "dissectors/net/layer.h"

enum {
	IPV6_HOP_BY_HOP = 0,
	IPV6_ROUTING = 43,
	IPV6_FRAGMENT = 44,
	IP_AUTHENTICATION = 51,
	IPV6_DESTINATION = 60,
	IPV6_MOBILITY = 135,
	IPV6_HIP = 139,
	IPV6_SHIM6 = 140,
};

enum net_status ipv6_dissect(struct layer *layer, struct packet *packet);
enum net_status ipv6_options(struct layer *layer, struct packet *packet);   /* hop-by-hop; jumbo (RFC 2675) */
enum net_status ipv6_extension(struct layer *layer, struct packet *packet); /* any that has the common form */
enum net_status ipv6_fragment(struct layer *layer, struct packet *packet);
enum net_status ipv6_authentication(struct layer *layer, struct packet *packet);

#endif
