/* packet: one frame, dissected down to its innermost transport. Views are borrowed from the reader's buffer. */
#ifndef STORMGLASS_MODEL_PACKET_H
#define STORMGLASS_MODEL_PACKET_H

#include "sensor/base/bytes.h"
#include "sensor/model/address.h"
#include "sensor/model/tunnel.h"

enum direction { TO_SERVER, TO_CLIENT };

/* Protocol numbers of IANA that the sensor has words for. */
enum { IP_PROTO_ICMP = 1, IP_PROTO_TCP = 6, IP_PROTO_UDP = 17, IP_PROTO_ESP = 50, IP_PROTO_ICMP6 = 58, IP_PROTO_SCTP = 132 };

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10, TCP_URG = 0x20, TCP_ECE = 0x40, TCP_CWR = 0x80 };

enum { PACKET_VLANS = 3 };

/* A frame as a capture delivers it. */
struct frame {
	int64_t time_ns;       /* since 1970, UTC */
	uint64_t number;       /* 1-based, over the whole run */
	uint32_t link_type;    /* LINKTYPE_ value of tcpdump.org */
	uint32_t wire_len;     /* length on the wire; data is shorter where a snap length cut it */
	struct bytes data;
};

struct packet {
	int64_t time_ns;
	uint64_t number;
	uint32_t wire_len;

	/* link */
	uint16_t vlan[PACKET_VLANS]; /* VLAN ids, outer first */
	uint8_t n_vlan;
	bool has_ether;
	bool opaque;                 /* carries what looks like a tunnel without a packet inside that can be read */

	/* network */
	uint8_t ip_version;          /* 4 or 6; 0: no IP found */
	uint8_t ip_proto;
	uint8_t ttl;                 /* or hop limit */
	uint16_t ip_id;              /* 0 for IPv6 */
	bool fragment;               /* a part of a datagram: no ports, payload not looked at */
	bool truncated;              /* a snap length cut the payload */
	struct address src, dst;
	struct bytes network;        /* from the innermost IP header to the datagram's end */

	/* transport */
	uint16_t src_port, dst_port; /* 0 where the transport has none */
	uint8_t tcp_flags;
	bool tcp_has_times;          /* the timestamps option (RFC 7323 3) */
	uint16_t tcp_window, tcp_sum, tcp_urgent;
	uint32_t tcp_seq, tcp_ack;
	uint32_t tcp_time, tcp_time_echo; /* with tcp_has_times */
	struct bytes transport;      /* TCP: from its header to the datagram's end; else empty */
	uint32_t payload_len;        /* on the wire; more than payload.len when truncated */
	struct bytes payload;

	/* what is seldom asked for */
	uint8_t src_mac[6], dst_mac[6];
	struct tunnel tunnel;        /* that network and transport came through; last, so that copies of packets without one leave it */
};

#endif
