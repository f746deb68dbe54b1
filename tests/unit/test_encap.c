/* Encapsulations: each with a packet inside, and what only looks like one. */
#include "dissectors/net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/hex.h"

#define MACS	    "020000000002 020000000001 "
#define INNER_MACS  "0a0000000002 0a0000000001 "
#define TCP	    "c000 0050 11223344 55667788 5018 ffff 0000 0000 "
#define HI	    "6869 "
#define INNER	    "45 00 002a 0001 4000 40 06 26cb 0a000001 0a000002 " TCP HI /* 42 bytes */
#define INNER6	    "60000000 0016 06 40 20010000000000000000000000000001 20010db8000000000000000000000002 " TCP HI /* 62 bytes */
#define INNER6_FAR  "60000000 0016 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 " TCP HI
#define FRAME	    INNER_MACS "0800 " INNER                                /* 56 bytes */
#define FRAME_VLAN  INNER_MACS "8100 0007 0800 " INNER                      /* 60 bytes */
#define ARP	    INNER_MACS "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002 "
#define OUTER(total, proto) MACS "0800 45 00 " total " 0001 0000 40 " proto " 0000 c0a80001 c0a80002 "
#define UDP(total, src, dst, len) OUTER(total, "11") src " " dst " " len " 0000 "
#define LLC	    "aaaa03 000000 "
#define WIFI	    "0000 0a0000000001 0a0000000002 0a0000000003 1000 "

static const struct encap {
	const char *name;
	uint32_t link_type;
	const char *hex;
	enum tunnel_type type; /* TUNNEL_NONE: there is none, or it must not be found */
	int64_t id;            /* -1: none */
	uint16_t dst_port;     /* 80: the packet inside; another: the one outside; 0: none, and no NET_OK */
} cases[] = {
	/* link types and what stands in a frame */
	{ "pppoe", 1, MACS "8864 11 00 0007 002c 0021 " INNER, TUNNEL_NONE, -1, 80 },
	{ "pppoe discovery", 1, MACS "8864 11 a7 0007 0000 0000", TUNNEL_NONE, -1, 0 },
	{ "pppoe link", 51, "11 00 0007 002c 0021 " INNER, TUNNEL_NONE, -1, 80 },
	{ "mpls", 1, MACS "8847 00010040 00011140 " INNER, TUNNEL_NONE, -1, 80 },
	{ "mpls, ipv6", 1, MACS "8847 00011140 " INNER6, TUNNEL_NONE, -1, 80 },
	{ "mpls, ethernet", 1, MACS "8847 00011140 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "mpls, control word", 1, MACS "8847 00011140 00000000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "mpls, ethernet to 45", 1, MACS "8847 00011140 450000000002 0a0000000001 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "mpls, arp", 1, MACS "8847 00011140 00000000 " ARP, TUNNEL_NONE, -1, 0 },
	{ "mpls, without end", 1, MACS "8847 00011040 00011040 ", TUNNEL_NONE, -1, 0 },
	{ "mpls, channel", 1, MACS "8847 00011140 10000000 0021", TUNNEL_NONE, -1, 0 },
	{ "mpls link", 219, "00011140 " INNER, TUNNEL_NONE, -1, 80 },
	{ "vn-tag", 1, MACS "8926 80010002 8100 0007 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "e-tag", 1, MACS "893f 000000010000 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "mac in mac", 1, MACS "88a8 0001 88e7 00000001 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "metadata", 1, MACS "8909 01 01 0001 0004 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "fabricpath", 1, MACS "8903 0060 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "trill", 1, MACS "22f3 0040 0001 0002 00000000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "hsr", 1, MACS "892f 0030 0001 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "macsec, in clear", 1, MACS "88e5 20 00 00000001 0200000000010001 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "macsec", 1, MACS "88e5 2c 00 00000001 0200000000010001 0800 " INNER, TUNNEL_NONE, -1, 0 },
	{ "nsh", 1, MACS "894f 0fc20201 00002aff " INNER6, TUNNEL_NONE, -1, 0 }, /* says IPv4 and is IPv6 */
	{ "nsh, ipv4", 1, MACS "894f 0fc20201 00002aff " INNER, TUNNEL_NONE, -1, 80 },
	{ "cisco hdlc", 104, "0f00 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "cisco hdlc on ppp", 50, "0f00 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ppp multilink", 9, "ff03 003d c0000001 0021 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ppp multilink, a piece", 9, "ff03 003d 80000001 0021 " INNER, TUNNEL_NONE, -1, 0 },
	{ "ppp mpls", 9, "0281 00011140 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ppp of pppd", 166, "00 03 0021 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ppp with direction", 204, "01 ff03 0021 " INNER, TUNNEL_NONE, -1, 80 },
	{ "hdlc with direction", 205, "01 0f00 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "frame relay with direction", 206, "01 1841 03cc " INNER, TUNNEL_NONE, -1, 80 },
	{ "frame relay", 107, "1841 03 cc " INNER, TUNNEL_NONE, -1, 80 },
	{ "frame relay, snap", 107, "1841 03 00 80 000000 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "frame relay, bridged", 107, "1841 03 00 80 0080c2 0007 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "frame relay of cisco", 107, "1841 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "slip", 8, "00 000000000000000000000000000000 " INNER, TUNNEL_NONE, -1, 80 },
	{ "atm", 100, LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "atm, bridged", 100, "aaaa03 0080c2 0007 0000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "atm, nlpid", 11, "fefe03 cc " INNER, TUNNEL_NONE, -1, 80 },
	{ "sunatm", 123, "02 00 0021 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "token ring", 6, "10 40 020000000002 820000000001 0270 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "fddi", 10, "50 020000000002 020000000001 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "fddi, management", 10, "41 020000000002 020000000001 " LLC "0800 " INNER, TUNNEL_NONE, -1, 0 },
	{ "arcnet", 129, "01 02 0000 f0 " INNER, TUNNEL_NONE, -1, 80 },
	{ "arcnet, rfc 1201", 129, "01 02 0000 d4 00 0001 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ip over fc", 122, "1000020000000002 1000020000000001 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "enc", 109, "00000002 00000001 00000000 " INNER, TUNNEL_NONE, -1, 80 },
	{ "pflog", 117, "07 02 00 00 78783000 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ipnet", 226, "01 02 0000 00000000 00000000 00000000 00000000 00000000 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ieee 1394", 138, "0200000000000002 0200000000000001 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "nflog", 239, "02 00 0001 0500 0a00 00 000000 2e00 0900 " INNER "0000", TUNNEL_NONE, -1, 80 },
	{ "nflog, big endian", 239, "02 00 0001 0005 000a 00 000000 002e 0009 " INNER "0000", TUNNEL_NONE, -1, 80 },
	{ "nflog, length 0", 239, "02 00 0001 0000 0a00 00 000000", TUNNEL_NONE, -1, 0 },
	{ "pktap", 258, "0c000000 01000000 01000000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "netanalyzer", 240, "00000000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "netanalyzer, preamble", 241, "00000000 555555555555 55d5 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "ipoib", 242, "60000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
	  "0800 0000 " INNER, TUNNEL_NONE, -1, 80 },
	{ "juniper", 178, "4d4743 80 0002 0000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "dsa", 284, MACS "40010000 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "edsa", 285, MACS "dada 0000 40010000 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "broadcom tag", 281, MACS "00000001 0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "broadcom tag before", 282, "00000001 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "null of darwin", 0, "1e000000 " INNER6, TUNNEL_NONE, -1, 80 },

	/* 802.11 */
	{ "wifi", 105, "0801 " WIFI LLC "0800 " INNER "aabbccdd", TUNNEL_NONE, -1, 80 },
	{ "wifi qos", 105, "8802 " WIFI "0000 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi qos, padded", 105, "8802 " WIFI "0000 0000 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, four addresses", 105, "0803 " WIFI "0a0000000004 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, ht control", 105, "8882 " WIFI "0000 00000000 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, a-msdu", 105, "8802 " WIFI "8000 0a0000000002 0a0000000001 0032 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, mesh", 105, "8803 " WIFI "0a0000000004 0001 01 1f 00000001 0a0000000005 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, protected", 105, "0841 " WIFI "0000002000000000 0102030405060708090a0b0c", TUNNEL_NONE, -1, 0 },
	{ "wifi, protected and decrypted", 105, "0841 " WIFI "0000002000000000 " LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "wifi, beacon", 105, "8000 " WIFI LLC "0800 " INNER, TUNNEL_NONE, -1, 0 },
	{ "wifi, null", 105, "4801 " WIFI, TUNNEL_NONE, -1, 0 },
	{ "wifi, later fragment", 105, "0801 0000 0a0000000001 0a0000000002 0a0000000003 1100 " LLC "0800 " INNER, TUNNEL_NONE, -1, 0 },
	{ "radiotap", 127, "00 00 0800 00000000 0801 " WIFI LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "radiotap, too long", 127, "00 00 ff00 00000000 0801 ", TUNNEL_NONE, -1, 0 },
	{ "ppi", 192, "00 00 0800 69000000 0801 " WIFI LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "ppi, ethernet", 192, "00 00 0800 01000000 " FRAME, TUNNEL_NONE, -1, 80 },
	{ "prism", 119, "44000000 0c000000 00000000 0801 " WIFI LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },
	{ "avs", 163, "80211001 0000000c 00000000 0801 " WIFI LLC "0800 " INNER, TUNNEL_NONE, -1, 80 },

	/* in IP */
	{ "ipip", 1, OUTER("003e", "04") INNER, TUNNEL_IPIP, -1, 80 },
	{ "6in4", 1, OUTER("0052", "29") INNER6, TUNNEL_6IN4, -1, 80 },
	{ "6in4, and is not", 1, OUTER("0052", "29") "f0" INNER6, TUNNEL_NONE, -1, 1 },
	{ "4in6", 1, MACS "86dd 60000000 002a 04 40 20010db8000000000000000000000001 20010db8000000000000000000000002 " INNER,
	  TUNNEL_4IN6, -1, 80 },
	{ "6in6", 1, MACS "86dd 60000000 003e 29 40 20010db8000000000000000000000001 20010db8000000000000000000000002 " INNER6,
	  TUNNEL_6IN6, -1, 80 },
	{ "gre", 1, OUTER("0042", "2f") "0000 0800 " INNER, TUNNEL_GRE, -1, 80 },
	{ "gre, all options", 1, OUTER("004e", "2f") "b000 0800 00000000 00000007 00000001 " INNER, TUNNEL_GRE, 7, 80 },
	{ "gre, routing", 1, OUTER("0052", "2f") "4000 0800 00000000 0800 00 04 0a000001 0000 00 00 " INNER, TUNNEL_GRE, -1, 80 },
	{ "gre, ethernet", 1, OUTER("0058", "2f") "2000 6558 00000102 " FRAME_VLAN, TUNNEL_GRE, 0x102, 80 },
	{ "gre, mpls", 1, OUTER("0046", "2f") "0000 8847 00011140 " INNER, TUNNEL_GRE, -1, 80 },
	{ "gre, arp", 1, OUTER("0042", "2f") "0000 6558 " ARP, TUNNEL_NONE, -1, 1 },
	{ "gre, version 2", 1, OUTER("0042", "2f") "0002 0800 " INNER, TUNNEL_NONE, -1, 1 },
	{ "gre, keepalive", 1, OUTER("0018", "2f") "0000 0000", TUNNEL_NONE, -1, 1 },
	{ "pptp", 1, OUTER("0054", "2f") "3081 880b 002e 0009 00000001 00000002 ff03 0021 " INNER, TUNNEL_PPTP, 9, 80 },
	{ "pptp, an acknowledgment", 1, OUTER("0020", "2f") "2081 880b 0000 0009 00000001", TUNNEL_NONE, -1, 1 },
	{ "wccp", 1, OUTER("0042", "2f") "0000 883e " INNER, TUNNEL_WCCP, -1, 80 },
	{ "wccp 2", 1, OUTER("0046", "2f") "0000 883e 00010203 " INNER, TUNNEL_WCCP, -1, 80 },
	{ "aruba", 1, OUTER("0064", "2f") "0000 8200 8802 " WIFI "0000 " LLC "0800 " INNER, TUNNEL_ARUBA, -1, 80 },
	{ "aruba, ethernet", 1, OUTER("0050", "2f") "0000 8310 " FRAME, TUNNEL_ARUBA, -1, 80 },
	{ "erspan 1", 1, OUTER("0050", "2f") "0000 88be " FRAME, TUNNEL_ERSPAN1, -1, 80 },
	{ "erspan 2", 1, OUTER("005c", "2f") "1000 88be 00000001 1007 0805 00000003 " FRAME, TUNNEL_ERSPAN2, 5, 80 },
	{ "erspan 2, uncounted", 1, OUTER("0058", "2f") "0000 88be 1007 0805 00000003 " FRAME, TUNNEL_ERSPAN2, 5, 80 },
	{ "erspan 3", 1, OUTER("0060", "2f") "1000 22eb 00000001 2007 0005 00000000 0000 0000 " FRAME, TUNNEL_ERSPAN3, 5, 80 },
	{ "erspan 3, platform", 1, OUTER("0068", "2f") "1000 22eb 00000001 2007 0005 00000000 0000 0001 0000000000000000 " FRAME,
	  TUNNEL_ERSPAN3, 5, 80 },
	{ "erspan 3, ip", 1, OUTER("0052", "2f") "1000 22eb 00000001 2007 0005 00000000 0000 0800 " INNER, TUNNEL_ERSPAN3, 5, 80 },
	{ "etherip", 1, OUTER("004e", "61") "3000 " FRAME, TUNNEL_ETHERIP, -1, 80 },
	{ "mpls in ip", 1, OUTER("0042", "89") "00011140 " INNER, TUNNEL_MPLS, 0x11, 80 },
	{ "l2tpv3", 1, OUTER("0054", "73") "00000007 00000000 " FRAME, TUNNEL_L2TPV3, 7, 80 },
	{ "l2tpv3, cookie 8", 1, OUTER("0058", "73") "00000007 01020304 05060708 " FRAME, TUNNEL_L2TPV3, 7, 80 },
	{ "l2tpv3, control", 1, OUTER("0054", "73") "00000000 00000000 " FRAME, TUNNEL_NONE, -1, 1 },
	{ "three deep", 1, OUTER("007c", "04") "45 00 0068 0001 0000 40 2f 0000 c0a80003 c0a80004 2000 6558 00000009 "
	  INNER_MACS "0800 45 00 003e 0001 0000 40 04 0000 c0a80005 c0a80006 " INNER, TUNNEL_IPIP, -1, 80 },

	/* in UDP, by port */
	{ "vxlan", 1, UDP("005c", "c000", "12b5", "0048") "08000000 00002a00 " FRAME, TUNNEL_VXLAN, 42, 80 },
	{ "vxlan of linux", 1, UDP("0060", "c000", "2118", "004c") "08000000 00002a00 " FRAME_VLAN, TUNNEL_VXLAN, 42, 80 },
	{ "vxlan, group policy", 1, UDP("005c", "c000", "12b5", "0048") "88000007 00002a00 " FRAME, TUNNEL_VXLAN, 42, 80 },
	{ "vxlan, arp", 1, UDP("004e", "c000", "12b5", "003a") "08000000 00002a00 " ARP, TUNNEL_NONE, -1, 4789 },
	{ "vxlan, without vni", 1, UDP("005c", "c000", "12b5", "0048") "00000000 00002a00 " FRAME, TUNNEL_NONE, -1, 4789 },
	{ "vxlan gpe", 1, UDP("004e", "c000", "12b6", "003a") "0c000001 00002a00 " INNER, TUNNEL_VXLAN_GPE, 42, 80 },
	{ "vxlan gpe, nsh", 1, UDP("0056", "c000", "12b6", "0042") "0c000004 00002a00 0fc20201 00002aff " INNER,
	  TUNNEL_VXLAN_GPE, 42, 80 },
	{ "geneve", 1, UDP("0060", "c000", "17c1", "004c") "01 00 6558 00002a00 01020300 " FRAME, TUNNEL_GENEVE, 42, 80 },
	{ "geneve, ip", 1, UDP("004e", "c000", "17c1", "003a") "00 00 0800 00002a00 " INNER, TUNNEL_GENEVE, 42, 80 },
	{ "geneve, options beyond", 1, UDP("0060", "c000", "17c1", "004c") "3f 00 6558 00002a00 01020300 " FRAME, TUNNEL_NONE, -1,
	  6081 },
	{ "gtp", 1, UDP("004e", "0868", "0868", "003a") "30ff 002a 00000007 " INNER, TUNNEL_GTP, 7, 80 },
	{ "gtp, extension", 1, UDP("0056", "0868", "0868", "0042") "34ff 0032 00000007 0000 00 85 01 0001 00 " INNER, TUNNEL_GTP, 7,
	  80 },
	{ "gtp, extension of nothing", 1, UDP("0056", "0868", "0868", "0042") "34ff 0032 00000007 0000 00 85 00 0001 00 " INNER,
	  TUNNEL_NONE, -1, 2152 },
	{ "gtp, echo", 1, UDP("004e", "0868", "0868", "003a") "3201 002a 00000007 " INNER, TUNNEL_NONE, -1, 2152 },
	{ "gtp, too long", 1, UDP("004e", "0868", "0868", "003a") "30ff 002b 00000007 " INNER, TUNNEL_NONE, -1, 2152 },
	{ "teredo", 1, UDP("005a", "c000", "0dd8", "0046") INNER6, TUNNEL_TEREDO, -1, 80 },
	{ "teredo, indicators", 1, UDP("006f", "c000", "0dd8", "005b") "0001 00 00 0000000000000000 00 0000 1234 0a000001 " INNER6,
	  TUNNEL_TEREDO, -1, 80 },
	{ "l2tp", 1, UDP("0056", "06a5", "06a5", "0042") "4002 003b 0001 0002 ff03 0021 " INNER "0000000000000000", TUNNEL_NONE, -1,
	  1701 }, /* a length that the datagram does not have */
	{ "l2tp, length", 1, UDP("0052", "06a5", "06a5", "003e") "4002 0036 0001 0002 ff03 0021 " INNER, TUNNEL_L2TP, 0x10002, 80 },
	{ "l2tp, offset", 1, UDP("0054", "06a5", "06a5", "0040") "0202 0001 0002 0002 0000 ff03 0021 " INNER, TUNNEL_L2TP, 0x10002,
	  80 },
	{ "l2tp, control", 1, UDP("0052", "06a5", "06a5", "003e") "c802 0036 0001 0002 ff03 0021 " INNER, TUNNEL_NONE, -1, 1701 },
	{ "l2tpv3 in udp", 1, UDP("005c", "06a5", "06a5", "0048") "0003 0000 00000007 " FRAME, TUNNEL_L2TPV3, 7, 80 },
	{ "capwap", 1, UDP("005e", "c000", "147f", "004a") "00 100000 00000000 " FRAME "0000", TUNNEL_CAPWAP, -1, 80 },
	{ "capwap, 802.11", 1, UDP("006e", "c000", "147f", "005a") "00 100300 00000000 0108 " WIFI LLC "0800 " INNER "0000",
	  TUNNEL_CAPWAP, -1, 80 },
	{ "capwap, dtls", 1, UDP("005e", "c000", "147f", "004a") "01 000000 16feff 00 " FRAME "0000", TUNNEL_NONE, -1, 5247 },
	{ "capwap, keep-alive", 1, UDP("005e", "c000", "147f", "004a") "00 100008 00000000 " FRAME "0000", TUNNEL_NONE, -1, 5247 },
	{ "tzsp", 1, UDP("0059", "c000", "9090", "0045") "01 00 0001 01 " FRAME, TUNNEL_TZSP, -1, 80 },
	{ "tzsp, tags", 1, UDP("005d", "c000", "9090", "0049") "01 00 0001 00 0a 01 2a 01 " FRAME, TUNNEL_TZSP, -1, 80 },
	{ "tzsp, tags beyond", 1, UDP("0059", "c000", "9090", "0045") "01 00 0001 0a " FRAME, TUNNEL_NONE, -1, 37008 },
	{ "mpls in udp", 1, UDP("004a", "c000", "19eb", "0036") "00011140 " INNER, TUNNEL_MPLS, 0x11, 80 },
	{ "gre in udp", 1, UDP("004a", "c000", "1292", "0036") "0000 0800 " INNER, TUNNEL_GRE, -1, 80 },
	{ "ayiya", 1, UDP("0072", "c000", "13d0", "005e") "41 52 11 04 00000000 00000000000000000000000000000001 "
	  "0000000000000000000000000000000000000000 " INNER, TUNNEL_AYIYA, -1, 80 },
	{ "lisp", 1, UDP("004e", "c000", "10f5", "003a") "08000000 00002a00 " INNER, TUNNEL_LISP, 42, 80 },
	{ "nsh in udp", 1, UDP("004e", "c000", "19e9", "003a") "0fc20201 00002aff " INNER, TUNNEL_NSH, 42, 80 },

	/* in UDP, by content, and near misses */
	{ "vxlan elsewhere", 1, UDP("005c", "c000", "03e7", "0048") "08000000 00002a00 " FRAME, TUNNEL_VXLAN, 42, 80 },
	{ "vxlan? reserved", 1, UDP("005c", "c000", "03e7", "0048") "08000000 00002a01 " FRAME, TUNNEL_NONE, -1, 999 },
	{ "vxlan? checksum", 1, UDP("005c", "c000", "03e7", "0048") "08000000 00002a00 " INNER_MACS
	  "0800 45 00 002a 0001 4000 40 06 26cc 0a000001 0a000002 " TCP HI, TUNNEL_NONE, -1, 999 },
	{ "vxlan? length", 1, UDP("0070", "c000", "03e7", "005c") "08000000 00002a00 " FRAME "0000000000000000000000000000000000000000", TUNNEL_NONE, -1,
	  999 },
	{ "geneve elsewhere", 1, UDP("0060", "c000", "03e7", "004c") "01 00 6558 00002a00 01020300 " FRAME, TUNNEL_GENEVE, 42, 80 },
	{ "geneve? flags", 1, UDP("0060", "c000", "03e7", "004c") "01 01 6558 00002a00 01020300 " FRAME, TUNNEL_NONE, -1, 999 },
	{ "gtp elsewhere", 1, UDP("004e", "0868", "03e7", "003a") "30ff 002a 00000007 " INNER, TUNNEL_GTP, 7, 80 },
	{ "gtp? length", 1, UDP("004e", "c000", "03e7", "003a") "30ff 0029 00000007 " INNER, TUNNEL_NONE, -1, 999 },
	{ "teredo elsewhere", 1, UDP("005a", "c000", "03e7", "0046") INNER6, TUNNEL_TEREDO, -1, 80 },
	{ "ip in udp", 1, UDP("0046", "c000", "03e7", "0032") INNER, TUNNEL_FOU, -1, 80 },
	{ "ipv6 in udp", 1, UDP("005a", "c000", "03e7", "0046") INNER6_FAR, TUNNEL_FOU, -1, 80 },
	{ "ip? longer", 1, UDP("0047", "c000", "03e7", "0033") INNER "00", TUNNEL_NONE, -1, 999 },
	{ "text", 1, UDP("0031", "c000", "03e7", "001d") "48656c6c6f2c2068656c6c6f2c2068656c6c6f2c2e", TUNNEL_NONE, -1, 999 },
};

static enum net_status dissect(uint32_t link_type, struct bytes data, uint32_t cut, struct packet *packet)
{
	struct frame frame = { 1, 1, link_type, (uint32_t)data.len + cut, data };

	memset(packet, 0xa5, sizeof *packet);
	return net_dissect(&frame, packet);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct encap *want = &cases[i];
		struct packet got;
		size_t len;
		uint8_t *data = hex_bytes(want->hex, &len);
		enum net_status status = dissect(want->link_type, bytes_of(data, len), 0, &got);
		unsigned type = got.tunnel.depth ? got.tunnel.type : TUNNEL_NONE;
		uint16_t port = want->dst_port == 1 ? 0 : want->dst_port;

		if ((status == NET_OK) != (want->dst_port != 0) || got.dst_port != port)
			fail_msg("%s: status %s, port %d", want->name, net_status_name(status), got.dst_port);
		if (status == NET_OK && type != want->type)
			fail_msg("%s: is %s", want->name, tunnel_name(type));
		if (status == NET_OK && type && (want->id < 0 ? got.tunnel.has_id : got.tunnel.id != (uint64_t)want->id))
			fail_msg("%s: id %d %llu", want->name, got.tunnel.has_id, (unsigned long long)got.tunnel.id);
		if (want->dst_port == 80 && !bytes_is(got.payload, "hi"))
			fail_msg("%s: payload of %zu", want->name, got.payload.len);
		if (want->type == TUNNEL_NONE && want->dst_port != 80 && want->dst_port > 80)
			assert_int_equal(got.src.b[12], 192); /* the packet outside, whole */
		free(data);
	}
}

/* What the packet outside says of itself. */
static void test_facts(void **state)
{
	static const uint8_t src[16] = { [10] = 0xff, 0xff, 192, 168, 0, 1 }, dst[16] = { [10] = 0xff, 0xff, 192, 168, 0, 2 };
	struct packet p;
	size_t len;
	uint8_t *data = hex_bytes(UDP("0060", "c000", "12b5", "004c") "08000000 00002a00 " FRAME_VLAN, &len);

	(void)state;
	assert_int_equal(dissect(1, bytes_of(data, len), 0, &p), NET_OK);
	assert_memory_equal(p.tunnel.src.b, src, 16);
	assert_memory_equal(p.tunnel.dst.b, dst, 16);
	assert_int_equal(p.tunnel.ip_version, 4);
	assert_int_equal(p.tunnel.ip_proto, IP_PROTO_UDP);
	assert_int_equal(p.tunnel.depth, 1);
	assert_int_equal(p.tunnel.outer_type, TUNNEL_NONE);
	assert_int_equal(p.n_vlan, 1);
	assert_int_equal(p.vlan[0], 7);
	assert_int_equal(p.src_mac[0], 0x0a);
	assert_int_equal(p.src.b[12], 10);
	free(data);
	data = hex_bytes(UDP("0070", "c000", "12b5", "005c") "08000000 00002a00 " INNER_MACS
	    "0800 45 00 003e 0001 0000 40 04 0000 c0a80005 c0a80006 " INNER, &len);
	assert_int_equal(dissect(1, bytes_of(data, len), 0, &p), NET_OK);
	assert_int_equal(p.tunnel.type, TUNNEL_IPIP);
	assert_int_equal(p.tunnel.outer_type, TUNNEL_VXLAN);
	assert_int_equal(p.tunnel.depth, 2);
	assert_int_equal(p.tunnel.src.b[15], 5);
	assert_false(p.tunnel.has_id);
	free(data);
}

/* IP in IP in IP ...: NET_DEPTH tunnels are fine, one more is not, and leaves the packet that is there. */
static void test_depth(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 70; n++) {
		char hex[8000] = MACS "0800 ";
		struct packet p;
		size_t len;

		for (unsigned i = n; i > 0; i--)
			sprintf(hex + strlen(hex), "45 00 %04x 0001 0000 40 04 0000 c0a80001 c0a80002 ", 42 + 20 * i);
		strcat(hex, INNER);
		uint8_t *data = hex_bytes(hex, &len);

		assert_int_equal(dissect(1, bytes_of(data, len), 0, &p), n <= NET_DEPTH ? NET_OK : NET_TOO_DEEP);
		assert_int_equal(p.tunnel.depth, n <= NET_DEPTH ? n : NET_DEPTH);
		free(data);
	}
}

static void check(const struct packet *p, const uint8_t *data, size_t len, enum net_status status, const char *name)
{
	assert_true(p->network.data >= data && p->network.data + p->network.len <= data + len);
	assert_true(p->payload.data >= data && p->payload.data + p->payload.len <= data + len);
	assert_true(p->payload_len >= p->payload.len && p->tunnel.depth <= NET_DEPTH);
	if (status == NET_OK && p->ip_version == 0)
		fail_msg("%s: no packet", name);
}

/* Every prefix of every frame, cut by a snap length and as if it were all, and every byte of its headers changed: views inside,
 * and whatever is made of it, nothing is read past the end. */
static void test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len;
		uint8_t *data = hex_bytes(cases[i].hex, &len);
		struct packet p;

		for (size_t cut = 0; cut <= len; cut++) {
			uint8_t *copy = malloc(len - cut + 1);

			assert_non_null(copy);
			memcpy(copy + 1, data, len - cut);
			for (int snapped = 0; snapped < 2; snapped++) {
				enum net_status status = dissect(cases[i].link_type, bytes_of(copy + 1, len - cut),
				    snapped ? (uint32_t)cut : 0, &p);

				check(&p, copy + 1, len - cut, status, cases[i].name);
			}
			free(copy);
		}
		for (size_t at = 0; at < len; at++) {
			static const uint8_t masks[] = { 0x01, 0x04, 0x10, 0x40, 0x80, 0xff };
			for (size_t m = 0; m < sizeof masks; m++) {
				data[at] ^= masks[m];
				check(&p, data, len, dissect(cases[i].link_type, bytes_of(data, len), 0, &p), cases[i].name);
				data[at] ^= masks[m];
			}
		}
		free(data);
	}
}

/* A capture that cuts the packet inside leaves the tunnel known. */
static void test_cut(void **state)
{
	struct packet p;
	size_t len;
	uint8_t *data = hex_bytes(UDP("005c", "c000", "12b5", "0048") "08000000 00002a00 " FRAME, &len);

	(void)state;
	assert_int_equal(dissect(1, bytes_of(data, len - 1), 1, &p), NET_OK);
	assert_int_equal(p.tunnel.type, TUNNEL_VXLAN);
	assert_true(p.truncated);
	assert_int_equal(p.payload.len, 1);
	assert_int_equal(p.payload_len, 2);
	free(data);
}

/* Ports of one's own come before the usual ones and before what the content looks like. */
static void test_ports(void **state)
{
	static const char *const bad[] = { "vxlan", "vxlan=", "vxlan=0", "vxlan=65536", "vxlan=1x", "vxlan= 1", "vxlam=1", "=1", "" };
	struct net_ports ports = { .n = 0 };
	struct packet p;
	size_t len;
	uint8_t *data = hex_bytes(UDP("0059", "c000", "9091", "0045") "01 00 0001 01 " FRAME, &len);
	struct frame frame = { 1, 1, 1, (uint32_t)len, bytes_of(data, len) };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(ports_add(&ports, bad[i]));
	assert_int_equal(net_dissect_ports(&frame, &ports, &p), NET_OK);
	assert_int_equal(p.tunnel.depth, 0);
	assert_true(ports_add(&ports, "tzsp=37009"));
	assert_int_equal(net_dissect_ports(&frame, &ports, &p), NET_OK);
	assert_int_equal(p.tunnel.type, TUNNEL_TZSP);
	free(data);
	data = hex_bytes(UDP("005c", "c000", "12b5", "0048") "08000000 00002a00 " FRAME, &len);
	frame = (struct frame){ 1, 1, 1, (uint32_t)len, bytes_of(data, len) };
	assert_true(ports_add(&ports, "none=4789"));
	assert_int_equal(net_dissect_ports(&frame, &ports, &p), NET_OK);
	assert_int_equal(p.tunnel.depth, 0);
	assert_int_equal(net_dissect_ip_ports(bytes_of(data + 14, len - 14), &ports, &p), NET_OK);
	assert_int_equal(p.tunnel.depth, 0);
	assert_int_equal(net_dissect_ip(bytes_of(data + 14, len - 14), &p), NET_OK);
	assert_int_equal(p.tunnel.type, TUNNEL_VXLAN);
	while (ports.n < PORTS_MOST)
		assert_true(ports_add(&ports, "fou=5"));
	assert_false(ports_add(&ports, "fou=5"));
	free(data);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TUNNEL_TYPES; i++)
		assert_string_not_equal(tunnel_name(i), "?");
	assert_string_equal(tunnel_name(TUNNEL_TYPES), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_facts), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_damage), cmocka_unit_test(test_cut), cmocka_unit_test(test_ports), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
