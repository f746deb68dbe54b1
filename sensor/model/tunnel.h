/* tunnel: what encapsulations inside IP packets say of the packet they carry. VLANs, MPLS and the like of the link layer are
 * no tunnels in this sense. */
#ifndef STORMGLASS_MODEL_TUNNEL_H
#define STORMGLASS_MODEL_TUNNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "sensor/model/address.h"

enum tunnel_type {
	TUNNEL_NONE,
	TUNNEL_IPIP, TUNNEL_6IN4, TUNNEL_4IN6, TUNNEL_6IN6, /* IP in IP; 6rd and 6to4 are 6in4 */
	TUNNEL_GRE, TUNNEL_PPTP, TUNNEL_WCCP, TUNNEL_ARUBA,
	TUNNEL_ERSPAN1, TUNNEL_ERSPAN2, TUNNEL_ERSPAN3,
	TUNNEL_ETHERIP, TUNNEL_MPLS, TUNNEL_NSH, TUNNEL_L2TP, TUNNEL_L2TPV3,
	TUNNEL_VXLAN, TUNNEL_VXLAN_GPE, TUNNEL_GENEVE, TUNNEL_GTP, TUNNEL_TEREDO, TUNNEL_AYIYA, TUNNEL_CAPWAP, TUNNEL_TZSP,
	TUNNEL_LISP, TUNNEL_FOU,
	TUNNEL_TYPES
};

/* Of the innermost tunnel. Compared and hashed as bytes: there is no padding. */
struct tunnel {
	struct address src, dst; /* of the packet outside */
	uint64_t id;             /* VNI, key, session, TEID, label: what the type has */
	uint8_t has_id;
	uint8_t type;            /* enum tunnel_type */
	uint8_t outer_type;      /* of the tunnel around this one; TUNNEL_NONE: there is none */
	uint8_t depth;           /* how many tunnels there are; 0: none, and nothing else here is set */
	uint8_t ip_version;      /* of the packet outside */
	uint8_t ip_proto;
	uint8_t zero[2];
};

/* "vxlan". The same pointers always. */
const char *tunnel_name(unsigned type);

#endif
