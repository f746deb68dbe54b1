/* stats: what was counted since the start. One table in stats.c gives every counter its name in EVE's stats event. */
#ifndef STORMGLASS_MODEL_STATS_H
#define STORMGLASS_MODEL_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames, by the kind of their link type. */
struct link_counts {
	uint64_t ethernet, raw, null, sll, sll2, ppp, hdlc, ieee80211, nflog, other;
};

struct stats {
	struct {
		uint64_t kernel_packets, kernel_drops, kernel_ifdrops, interface_down;
	} capture;
	struct {
		uint64_t pkts, bytes, ipv4, ipv6, tcp, udp, vlan, tunnels, tunnels_opaque, fragments, truncated;
		uint64_t icmpv4, icmpv6, sctp, esp, other_transport; /* IP without a transport of ours */
		uint64_t unknown_network, unknown_link, short_frame, bad_header, too_deep;
		struct link_counts link, failed; /* all; those of an unknown link, short, bad or too deep */
	} decoder;
	struct {
		struct {
			uint64_t fragments, reassembled, timeouts;
		} ipv4, ipv6;
		uint64_t active, overlap, overlap_diff_data, invalid, max_datagrams_reached, max_fragments_reached, evicted, refused, memuse;
	} defrag;
	struct {
		uint64_t total, tcp, udp, active, evicted, refused, wrappings_refused, memuse;
		uint64_t labelled, label_service;
	} flow;
	struct {
		uint64_t sessions, midstream_pickups, syn, synack, rst;
		uint64_t out_of_order, retransmission, overlap, overlap_diff_data, gap, gap_bytes, queue_refused, memuse;
		uint64_t invalid_checksum, urg, duplicate, keepalive, out_of_window, paws, suspect, suspect_dropped, insertion;
	} tcp;
	struct {
		uint64_t http_flows, http_tx, http2_tx, http_responses, bodies, bodies_cut, bodies_refused, given_up, anomalies, anomalies_suppressed, tx_refused, tx_forced;
		struct {
			uint64_t tls, quic, http2, ssh, tcp, udp; /* flows that ended, by what their first data looked like */
		} undecoded;
	} app_layer;
	struct {
		uint64_t keylog_secrets, keylog_junk; /* lines of key logs */
		uint64_t sessions, sessions_evicted;  /* whose secrets are known */
		/* connections: see dissectors/app/tls_env.h */
		uint64_t flows, decrypted, mirrored, no_secret, unsupported, bad_mac, gap, cap, waiting, waited, expired;
		uint64_t resynchronised, records, bad_records, memuse;
	} tls;
	struct {
		uint64_t seen, jws, jwe, saml, opaque, other, distinct, decoded, events, evicted, refused, memuse;
	} token;
	struct {
		uint64_t rules_loaded, alert, alerts_suppressed;
	} detect;
	struct {
		uint64_t lines, dropped;
	} output;
};

/* One counter by its dotted EVE name and place in struct stats. In the order of writing, groups together. */
struct stats_counter {
	const char *group, *name;
	size_t offset;
	bool gauge; /* may fall */
	bool local; /* depends on how flows are spread over workers */
	bool live;  /* of interfaces alone */
	bool sparse; /* not written while it is 0 */
};

extern const struct stats_counter stats_counters[];
extern const size_t stats_n_counters;

/* Adds every counter of `part` to `sum`. */
void stats_add(struct stats *sum, const struct stats *part);

uint64_t stats_get(const struct stats *stats, const struct stats_counter *counter);

#endif
