#include <inttypes.h>

#include "sensor/doctor/report.h"
#include "sensor/output/json.h"

enum { REPORT_MAX = 1 << 20 };

static void put(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	json_uint(json, value);
}

static void put_text(struct json *json, const char *key, const char *text)
{
	if (!text)
		return;
	json_key(json, key);
	json_cstr(json, text);
}

static void put_real(struct json *json, const char *key, double value)
{
	char member[64];
	int len = snprintf(member, sizeof member, "\"%s\":%.6f", key, value);

	json_members(json, bytes_of(member, (size_t)len));
}

static void begin(struct json *json, const char *key)
{
	json_key(json, key);
	json_open(json, '{');
}

/* Numbers and how often they were, the number as the key. */
static void put_top(struct json *json, const char *key, const struct top *top)
{
	char number[24];

	begin(json, key);
	for (unsigned i = 0; i < top->n_entries; i++) {
		snprintf(number, sizeof number, "%" PRIu64, top->entries[i].key.low);
		put(json, number, top->entries[i].n);
	}
	json_close(json, '}');
}

static void put_frames(struct json *json, const struct tally *tally)
{
	const struct tally_frames *frames = &tally->frames;

	begin(json, "packets");
	put(json, "count", frames->n);
	put(json, "bytes", frames->bytes);
	put_real(json, "seconds", frames->n ? (double)(frames->last_ns - frames->first_ns) / 1e9 : 0);
	for (int i = 0; i < NET_STATUSES; i++)
		put(json, net_status_name((enum net_status)i), frames->by_status[i]);
	put(json, "ip", frames->n_ip);
	put(json, "ipv6", frames->n_ipv6);
	put(json, "tcp", frames->n_tcp);
	put(json, "udp", frames->n_udp);
	put(json, "fragments", frames->n_fragments);
	put(json, "vlan_tagged", frames->n_tagged);
	put(json, "over_1500", tally->sizes.n_ip_over_mtu);
	put(json, "over_9216", tally->sizes.n_ip_no_wire);
	put(json, "longest", tally->sizes.longest);
	put_top(json, "link_types", &frames->links);
	put_top(json, "ethertypes_not_ip", &frames->ethertypes);
	put_top(json, "vlans", &frames->vlans);
	json_close(json, '}');
}

static void put_quality(struct json *json, const struct tally *tally)
{
	begin(json, "duplicates");
	put(json, "count", tally->copies.n_copies);
	put(json, "other_vlan", tally->copies.n_other_vlan);
	put(json, "other_ttl", tally->copies.n_other_ttl);
	put(json, "other_mac", tally->copies.n_other_mac);
	json_close(json, '}');
	begin(json, "slices");
	put(json, "by_snap_length", tally->slices.n_cut);
	put(json, "before_capture", tally->slices.n_cut_before);
	put(json, "missing_bytes", tally->slices.bytes);
	put_top(json, "lengths", &tally->slices.lengths);
	json_close(json, '}');
	begin(json, "tunnels");
	put(json, "packets", tally->tunnels.n);
	put(json, "bytes", tally->tunnels.bytes);
	put(json, "depth", tally->tunnels.deepest);
	put(json, "not_opened", tally->tunnels.n_opaque);
	begin(json, "types");
	for (unsigned i = 0; i < tally->tunnels.types.n_entries; i++)
		put(json, tunnel_name((unsigned)tally->tunnels.types.entries[i].key.low),
		    tally->tunnels.types.entries[i].n);
	json_close(json, '}');
	put_top(json, "ids", &tally->tunnels.ids);
	json_close(json, '}');
	begin(json, "drops");
	put(json, "received", tally->drops.n_received);
	put(json, "dropped", tally->drops.n_dropped);
	json_close(json, '}');
	begin(json, "checksums");
	put(json, "right", tally->checksums[SUMS_RIGHT]);
	put(json, "partial", tally->checksums[SUMS_PARTIAL]);
	put(json, "zero", tally->checksums[SUMS_ZERO]);
	put(json, "wrong", tally->checksums[SUMS_WRONG]);
	json_close(json, '}');
	begin(json, "time");
	put(json, "went_back", tally->clock.n_back);
	put_real(json, "most_seconds", (double)tally->clock.most_back_ns / 1e9);
	put(json, "no_date", tally->clock.n_no_date);
	json_close(json, '}');
}

static void put_connections(struct json *json, const struct tally_flows *flows)
{
	begin(json, "connections");
	put(json, "tcp", flows->n_tcp);
	put(json, "udp", flows->n_udp);
	put(json, "acknowledging", flows->n_talking);
	put(json, "unanswered", flows->n_unanswered);
	put(json, "midstream", flows->n_midstream);
	put(json, "only_client", flows->n_only_client);
	put(json, "only_server", flows->n_only_server);
	put(json, "vlans_differ", flows->n_vlans_differ);
	put(json, "twins", flows->n_twins);
	put(json, "evicted", flows->n_evicted);
	put(json, "clear_text_on_tls_port", flows->n_clear_on_tls_port);
	put(json, "with_credentials", flows->n_credential);
	put(json, "after_client_hello", flows->n_after_hello);
	put(json, "http2_without_preface", flows->n_no_preface);
	json_close(json, '}');
	begin(json, "tcp");
	put(json, "data_packets", flows->data_segments);
	put(json, "data_bytes", flows->data_bytes);
	put(json, "retransmitted", flows->retransmitted);
	put(json, "reordered", flows->reordered);
	put(json, "lost_bytes", flows->lost_bytes);
	put(json, "lost_places", flows->lost_places);
	put(json, "missing_bytes", flows->missing_bytes);
	put(json, "missing_places", flows->missing_places);
	json_close(json, '}');
	begin(json, "protocols");
	for (int i = 0; i < PROTOCOLS; i++) {
		begin(json, protocol_id((enum protocol)i));
		put(json, "connections", flows->protocols[i].n);
		put(json, "bytes", flows->protocols[i].bytes);
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void put_findings(struct json *json, const struct findings *findings)
{
	json_key(json, "findings");
	json_open(json, '[');
	for (unsigned i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->items[i];

		json_open(json, '{');
		put_text(json, "id", finding->id);
		put_text(json, "weight", findings_weight_id(finding->weight));
		put_real(json, "share", finding->share);
		put_text(json, "brief", finding->brief);
		put_text(json, "what", finding->what);
		put_text(json, "means", finding->means);
		put_text(json, "change", finding->change);
		json_close(json, '}');
	}
	json_close(json, ']');
}

bool report_json(FILE *out, const char *names, const struct tally *tally, const struct findings *findings)
{
	struct json json;

	json_init(&json, REPORT_MAX);
	json_open(&json, '{');
	put_text(&json, "verdict", findings_verdict_id(findings_verdict(findings)));
	put_text(&json, "input", names);
	put_frames(&json, tally);
	put_connections(&json, &tally->flows);
	put_quality(&json, tally);
	put_findings(&json, findings);
	json_close(&json, '}');
	bool full = json.full;

	if (!full) {
		fwrite(json.text, 1, json.len, out);
		fputc('\n', out);
	}
	json_fini(&json);
	return !full;
}
