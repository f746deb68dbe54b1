#include "sensor/model/stats.h"

#include <string.h>

#define COUNTER(group, name) { #group, #name, offsetof(struct stats, group.name) }

const struct stats_counter stats_counters[] = {
	COUNTER(decoder, pkts), COUNTER(decoder, bytes), COUNTER(decoder, ipv4), COUNTER(decoder, ipv6), COUNTER(decoder, tcp),
	COUNTER(decoder, udp), COUNTER(decoder, vlan),
	COUNTER(decoder, tunnels), COUNTER(decoder, fragments), COUNTER(decoder, truncated),
	COUNTER(decoder, unknown_network), COUNTER(decoder, unknown_link), COUNTER(decoder, short_frame), COUNTER(decoder, bad_header),
	COUNTER(decoder, too_deep),
	COUNTER(defrag, ipv4.fragments), COUNTER(defrag, ipv4.reassembled), COUNTER(defrag, ipv4.timeouts),
	COUNTER(defrag, ipv6.fragments), COUNTER(defrag, ipv6.reassembled), COUNTER(defrag, ipv6.timeouts),
	COUNTER(defrag, active), COUNTER(defrag, overlap), COUNTER(defrag, overlap_diff_data), COUNTER(defrag, invalid),
	COUNTER(defrag, max_datagrams_reached), COUNTER(defrag, max_fragments_reached), COUNTER(defrag, evicted),
	COUNTER(defrag, refused), COUNTER(defrag, memuse),
	COUNTER(flow, total), COUNTER(flow, tcp), COUNTER(flow, udp), COUNTER(flow, active), COUNTER(flow, evicted),
	COUNTER(flow, refused), COUNTER(flow, tunnels_refused), COUNTER(flow, memuse), COUNTER(flow, labelled), COUNTER(flow, label_service),
	COUNTER(tcp, sessions), COUNTER(tcp, midstream_pickups), COUNTER(tcp, syn), COUNTER(tcp, synack), COUNTER(tcp, rst),
	COUNTER(tcp, out_of_order), COUNTER(tcp, retransmission), COUNTER(tcp, overlap), COUNTER(tcp, overlap_diff_data),
	COUNTER(tcp, gap), COUNTER(tcp, gap_bytes), COUNTER(tcp, queue_refused), COUNTER(tcp, memuse),
	COUNTER(app_layer, http_flows), COUNTER(app_layer, http_tx), COUNTER(app_layer, http_responses),
	COUNTER(app_layer, given_up), COUNTER(app_layer, anomalies), COUNTER(app_layer, anomalies_suppressed),
	COUNTER(app_layer, tx_refused), COUNTER(app_layer, tx_forced),
	COUNTER(token, seen), COUNTER(token, jws), COUNTER(token, jwe), COUNTER(token, opaque), COUNTER(token, other),
	COUNTER(token, distinct), COUNTER(token, decoded), COUNTER(token, events), COUNTER(token, evicted),
	COUNTER(token, refused), COUNTER(token, memuse),
	COUNTER(detect, rules_loaded), COUNTER(detect, alert), COUNTER(detect, alerts_suppressed),
	COUNTER(output, lines), COUNTER(output, dropped),
};

const size_t stats_n_counters = sizeof stats_counters / sizeof stats_counters[0];

uint64_t stats_get(const struct stats *stats, const struct stats_counter *counter)
{
	uint64_t value;

	memcpy(&value, (const char *)stats + counter->offset, sizeof value);
	return value;
}
