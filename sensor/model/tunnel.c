#include "sensor/model/tunnel.h"

const char *tunnel_name(unsigned type)
{
	static const char *const names[TUNNEL_TYPES] = {
		[TUNNEL_NONE] = "none", [TUNNEL_IPIP] = "ipip", [TUNNEL_6IN4] = "6in4", [TUNNEL_4IN6] = "4in6",
		[TUNNEL_6IN6] = "6in6", [TUNNEL_GRE] = "gre", [TUNNEL_PPTP] = "pptp", [TUNNEL_WCCP] = "wccp",
		[TUNNEL_ARUBA] = "aruba", [TUNNEL_ERSPAN1] = "erspan1", [TUNNEL_ERSPAN2] = "erspan2",
		[TUNNEL_ERSPAN3] = "erspan3", [TUNNEL_ETHERIP] = "etherip", [TUNNEL_MPLS] = "mpls", [TUNNEL_NSH] = "nsh",
		[TUNNEL_L2TP] = "l2tp", [TUNNEL_L2TPV3] = "l2tpv3", [TUNNEL_VXLAN] = "vxlan",
		[TUNNEL_VXLAN_GPE] = "vxlan_gpe", [TUNNEL_GENEVE] = "geneve", [TUNNEL_GTP] = "gtp",
		[TUNNEL_TEREDO] = "teredo", [TUNNEL_AYIYA] = "ayiya", [TUNNEL_CAPWAP] = "capwap", [TUNNEL_TZSP] = "tzsp",
		[TUNNEL_LISP] = "lisp", [TUNNEL_FOU] = "fou",
	};

	return type < TUNNEL_TYPES ? names[type] : "?";
}
