#include "sensor/model/stats.h"

#include <string.h>

#define COUNTER(group, name) { #group, #name, offsetof(struct stats, group.name), false, false, false, false }
#define LIVE(group, name) { #group, #name, offsetof(struct stats, group.name), false, false, true, false }
#define SPARSE(group, name) { #group, #name, offsetof(struct stats, group.name), false, false, false, true }
#define GAUGE(group, name) { #group, #name, offsetof(struct stats, group.name), true, false, false, false }
#define LOCAL(group, name) { #group, #name, offsetof(struct stats, group.name), false, true, false, false }
#define LOCAL_GAUGE(group, name) { #group, #name, offsetof(struct stats, group.name), true, true, false, false }

const struct stats_counter stats_counters[] = {
	LIVE(capture, kernel_packets), LIVE(capture, kernel_drops), LIVE(capture, kernel_ifdrops),
	LIVE(capture, interface_down),
	COUNTER(decoder, pkts), COUNTER(decoder, bytes), COUNTER(decoder, ipv4), COUNTER(decoder, ipv6), COUNTER(decoder, tcp),
	COUNTER(decoder, udp), COUNTER(decoder, vlan),
	COUNTER(decoder, tunnels), COUNTER(decoder, tunnels_opaque), COUNTER(decoder, fragments), COUNTER(decoder, truncated),
	COUNTER(decoder, icmpv4), COUNTER(decoder, icmpv6), COUNTER(decoder, sctp), COUNTER(decoder, esp),
	COUNTER(decoder, other_transport),
	COUNTER(decoder, unknown_network), COUNTER(decoder, unknown_link), COUNTER(decoder, short_frame), COUNTER(decoder, bad_header),
	COUNTER(decoder, too_deep),
	SPARSE(decoder, link.ethernet), SPARSE(decoder, link.raw), SPARSE(decoder, link.null), SPARSE(decoder, link.sll),
	SPARSE(decoder, link.sll2), SPARSE(decoder, link.ppp), SPARSE(decoder, link.hdlc), SPARSE(decoder, link.ieee80211),
	SPARSE(decoder, link.nflog), SPARSE(decoder, link.other),
	SPARSE(decoder, failed.ethernet), SPARSE(decoder, failed.raw), SPARSE(decoder, failed.null), SPARSE(decoder, failed.sll),
	SPARSE(decoder, failed.sll2), SPARSE(decoder, failed.ppp), SPARSE(decoder, failed.hdlc), SPARSE(decoder, failed.ieee80211),
	SPARSE(decoder, failed.nflog), SPARSE(decoder, failed.other),
	COUNTER(defrag, ipv4.fragments), COUNTER(defrag, ipv4.reassembled), COUNTER(defrag, ipv4.timeouts),
	COUNTER(defrag, ipv6.fragments), COUNTER(defrag, ipv6.reassembled), COUNTER(defrag, ipv6.timeouts),
	GAUGE(defrag, active), COUNTER(defrag, overlap), COUNTER(defrag, overlap_diff_data), COUNTER(defrag, invalid),
	COUNTER(defrag, max_datagrams_reached), COUNTER(defrag, max_fragments_reached), COUNTER(defrag, evicted),
	COUNTER(defrag, refused), GAUGE(defrag, memuse),
	COUNTER(flow, total), COUNTER(flow, tcp), COUNTER(flow, udp), GAUGE(flow, active), COUNTER(flow, evicted),
	COUNTER(flow, refused), COUNTER(flow, wrappings_refused), LOCAL_GAUGE(flow, memuse), LOCAL(flow, labelled),
	LOCAL(flow, label_service),
	COUNTER(tcp, sessions), COUNTER(tcp, midstream_pickups), COUNTER(tcp, syn), COUNTER(tcp, synack), COUNTER(tcp, rst),
	COUNTER(tcp, out_of_order), COUNTER(tcp, retransmission), COUNTER(tcp, overlap), COUNTER(tcp, overlap_diff_data),
	COUNTER(tcp, gap), COUNTER(tcp, gap_bytes), COUNTER(tcp, queue_refused), COUNTER(tcp, invalid_checksum), COUNTER(tcp, urg),
	COUNTER(tcp, duplicate), COUNTER(tcp, keepalive), COUNTER(tcp, out_of_window), COUNTER(tcp, paws), COUNTER(tcp, suspect),
	COUNTER(tcp, suspect_dropped), COUNTER(tcp, insertion), LOCAL_GAUGE(tcp, memuse),
	COUNTER(app_layer, http_flows), COUNTER(app_layer, http_tx), COUNTER(app_layer, http2_tx),
	COUNTER(app_layer, http_responses), COUNTER(app_layer, bodies), COUNTER(app_layer, bodies_cut), COUNTER(app_layer, bodies_refused),
	COUNTER(app_layer, given_up), COUNTER(app_layer, anomalies), COUNTER(app_layer, anomalies_suppressed),
	COUNTER(app_layer, tx_refused), COUNTER(app_layer, tx_forced),
	COUNTER(app_layer, undecoded.tls), COUNTER(app_layer, undecoded.quic), COUNTER(app_layer, undecoded.http2),
	COUNTER(app_layer, undecoded.ssh), COUNTER(app_layer, undecoded.tcp), COUNTER(app_layer, undecoded.udp),
	COUNTER(tls, flows), COUNTER(tls, decrypted), COUNTER(tls, mirrored), COUNTER(tls, no_secret), COUNTER(tls, unsupported),
	COUNTER(tls, bad_mac), COUNTER(tls, gap), COUNTER(tls, cap), GAUGE(tls, waiting), COUNTER(tls, waited), COUNTER(tls, expired),
	COUNTER(tls, resynchronised), COUNTER(tls, records), COUNTER(tls, bad_records), LOCAL_GAUGE(tls, memuse),
	SPARSE(tls, keylog_secrets), SPARSE(tls, keylog_junk), LOCAL_GAUGE(tls, sessions), LOCAL(tls, sessions_evicted),
	COUNTER(token, seen), COUNTER(token, jws), COUNTER(token, jwe), COUNTER(token, saml), COUNTER(token, opaque), COUNTER(token, other),
	LOCAL_GAUGE(token, distinct), LOCAL(token, decoded), COUNTER(token, events), LOCAL(token, evicted),
	COUNTER(token, refused), LOCAL_GAUGE(token, memuse),
	GAUGE(detect, rules_loaded), COUNTER(detect, alert), LOCAL(detect, alerts_suppressed),
	COUNTER(output, lines), COUNTER(output, dropped),
};

const size_t stats_n_counters = sizeof stats_counters / sizeof stats_counters[0];

uint64_t stats_get(const struct stats *stats, const struct stats_counter *counter)
{
	uint64_t value;

	memcpy(&value, (const char *)stats + counter->offset, sizeof value);
	return value;
}

void stats_add(struct stats *sum, const struct stats *part)
{
	for (size_t i = 0; i < stats_n_counters; i++) {
		char *place = (char *)sum + stats_counters[i].offset;
		uint64_t value = stats_get(sum, &stats_counters[i]) + stats_get(part, &stats_counters[i]);

		memcpy(place, &value, sizeof value);
	}
}
