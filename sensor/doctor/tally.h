/* tally: everything the doctor counted. Findings are made of it and of nothing else. */
#ifndef STORMGLASS_DOCTOR_TALLY_H
#define STORMGLASS_DOCTOR_TALLY_H

#include "dissectors/net/net.h"
#include "sensor/doctor/sums.h"
#include "sensor/doctor/copies.h"
#include "dissectors/app/protocol.h"
#include "sensor/doctor/top.h"

enum { TALLY_EXAMPLES = 3 };

struct tally_endpoint {
	struct address address;
	uint16_t port;
};

/* A connection that shows what is meant. */
struct tally_example {
	struct tally_endpoint client, server;
	uint8_t ip_version;
};

struct tally_examples {
	struct tally_example items[TALLY_EXAMPLES];
	unsigned n;
};

struct tally_frames {
	uint64_t n, bytes;	   /* as on the wire */
	int64_t first_ns, last_ns; /* earliest and latest */
	uint64_t by_status[NET_STATUSES];
	struct top links;	  /* link types */
	struct top unknown_links; /* of them, those without a dissector */
	struct top ethertypes;	  /* of frames without IP, where the link layer has such; else 0 */
	struct top vlans;	  /* outermost ids */
	uint64_t n_tagged;
	uint64_t n_ip, n_ipv6, n_tcp, n_udp, n_other_ip, n_fragments;
};

struct tally_clock {
	uint64_t n_back; /* frames earlier than the one before */
	int64_t most_back_ns;
	uint64_t n_no_date; /* before 1990: the clock was not set, or there was none */
};

/* Payload that the capture lacks. */
struct tally_slices {
	uint64_t n_cut;	       /* frames shorter than on the wire: a snap length */
	uint64_t n_cut_before; /* whole frames whose IP packet is longer than they: cut before they came here */
	uint64_t bytes;	       /* missing, of both */
	struct top lengths;    /* of what is left of the frames that were cut */
};

struct tally_sizes {
	uint64_t n_ip_over_mtu; /* IP packets of more than 1,500 bytes */
	uint64_t n_ip_no_wire;	/* of more than 9,216: no wire carries such */
	uint32_t longest;
};

struct tally_tunnels {
	uint64_t n, bytes;
	struct top types; /* enum tunnel_type, of the innermost */
	struct top ids;
	unsigned deepest;
	uint64_t n_opaque;     /* what looks like a tunnel, and holds nothing that can be read */
};

struct tally_protocol {
	uint64_t n, bytes;
};

struct tally_flows {
	uint64_t n_tcp, n_udp;
	uint64_t n_unanswered; /* TCP: SYNs alone */
	uint64_t n_talking;    /* TCP: with an acknowledgment, so both sides exist */
	uint64_t n_only_client, n_only_server, n_one_sided_bytes, n_talking_bytes;
	uint64_t n_midstream;	 /* of those that talk */
	uint64_t n_two_sided;	 /* of those that talk */
	uint64_t n_vlans_differ; /* of those with two sides */
	uint64_t n_twins;	 /* whose data another one carried too */
	uint64_t n_twins_same;	 /* of them: within the same addresses and ports */
	uint64_t n_twinable;	 /* with two pieces of data or more that could have been */
	uint64_t n_no_preface, n_after_hello, n_sslproxy;
	uint64_t n_clear_on_tls_port, n_credential, n_credential_on_tls_port;
	uint64_t n_evicted; /* ended early: the table was full */
	uint64_t data_segments, data_bytes, retransmitted, reordered;
	uint64_t lost_places, lost_bytes, n_losing;
	uint64_t missing_places, missing_bytes, n_missing;
	struct tally_protocol protocols[PROTOCOLS];
	struct top one_sided_servers;
	struct tally_examples only_client, only_server, vlans, twins, losing, after_hello;
	uint32_t vlan_pair[2]; /* of the first whose VLANs differ: client's, server's; 0 untagged, else id + 1 */
};

struct tally_drops {
	uint64_t n_received; /* of a live capture, dropped ones included */
	uint64_t n_dropped;
};

struct tally {
	struct tally_drops drops;
	struct tally_frames frames;
	struct tally_clock clock;
	struct tally_slices slices;
	struct tally_sizes sizes;
	struct tally_tunnels tunnels;
	uint64_t checksums[SUMS_ANSWERS];
	struct copies_sums copies;
	struct tally_flows flows;
};

#endif
