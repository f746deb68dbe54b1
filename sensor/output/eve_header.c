#include "sensor/output/eve_header.h"

#include <assert.h>

#include "sensor/output/address_text.h"
#include "sensor/output/digits.h"

bool eve_header_init(struct eve_header *header, const struct eve_options *options)
{
	memset(header, 0, sizeof *header);
	header->ether = options->ether;
	if (!options->community_id)
		return true;
	header->community_id = community_id_new(options->community_seed);
	return header->community_id != NULL;
}

void eve_header_fini(struct eve_header *header)
{
	community_id_free(header->community_id);
	header->community_id = NULL;
}

/* "TCP"; the number in three digits for a protocol without a word, as Suricata prints it. */
static struct bytes eve_header_proto(char number[3], uint8_t ip_proto)
{
	switch (ip_proto) {
	case IP_PROTO_TCP:
		return bytes_text("TCP");
	case IP_PROTO_UDP:
		return bytes_text("UDP");
	case IP_PROTO_ICMP:
		return bytes_text("ICMP");
	case IP_PROTO_ICMP6:
		return bytes_text("IPv6-ICMP");
	case IP_PROTO_SCTP:
		return bytes_text("SCTP");
	default:
		number[0] = (char)('0' + ip_proto / 100);
		digits_2(number + 1, ip_proto % 100u);
		return bytes_of(number, 3);
	}
}

bool eve_header_has_ports(uint8_t ip_proto)
{
	return ip_proto == IP_PROTO_TCP || ip_proto == IP_PROTO_UDP || ip_proto == IP_PROTO_SCTP;
}

void eve_header_time(struct time_text *clock, struct json *json, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_LEN];

	time_text(clock, text, time_ns);
	json_key(json, key);
	json_text(json, bytes_of(text, sizeof text));
}

static struct eve_header_key eve_header_key(const struct eve_header *header, const struct flow_facts *flow,
    enum direction dir)
{
	bool as_sent = dir == TO_SERVER;
	struct eve_header_key key;

	memset(&key, 0, sizeof key);
	if (flow->tunnel.depth)
		key.tunnel = flow->tunnel;
	key.src = as_sent ? flow->src : flow->dst;
	key.dst = as_sent ? flow->dst : flow->src;
	key.src_port = as_sent ? flow->src_port : flow->dst_port;
	key.dst_port = as_sent ? flow->dst_port : flow->src_port;
	key.n_vlan = flow->n_vlan < PACKET_VLANS ? flow->n_vlan : PACKET_VLANS;
	for (size_t i = 0; i < key.n_vlan; i++)
		key.vlan[i] = flow->vlan[i];
	key.ip_version = flow->ip_version;
	key.ip_proto = flow->ip_proto;
	key.has_ports = eve_header_has_ports(flow->ip_proto) && !flow->fragment;
	key.dir = (uint8_t)dir;
	key.has_ether = header->ether && flow->has_ether;
	if (key.has_ether) {
		memcpy(key.src_mac, as_sent ? flow->src_mac : flow->dst_mac, sizeof key.src_mac);
		memcpy(key.dst_mac, as_sent ? flow->dst_mac : flow->src_mac, sizeof key.dst_mac);
	}
	return key;
}

static void eve_header_endpoint(struct json *json, const char *ip, const char *port, const struct eve_header_key *key,
    const struct address *address, uint16_t number)
{
	char text[ADDRESS_TEXT_LEN];

	json_key(json, ip);
	json_text(json, bytes_of(text, address_text(text, address, key->ip_version)));
	if (key->has_ports) {
		json_key(json, port);
		json_uint(json, number);
	}
}

/* The same of a packet around another, with words for what carries packets. */
static struct bytes eve_header_outer_proto(char number[3], uint8_t ip_proto)
{
	switch (ip_proto) {
	case 4:
		return bytes_text("IP-ENCAP");
	case 41:
		return bytes_text("IPv6");
	case 47:
		return bytes_text("GRE");
	case 115:
		return bytes_text("L2TP");
	default:
		return eve_header_proto(number, ip_proto);
	}
}

/* Suricata's words; it has none for most tunnels, and writes of them what it writes of packets in none. */
static const char *eve_header_pkt_src(unsigned type)
{
	switch (type) {
	case TUNNEL_IPIP:
	case TUNNEL_6IN4:
		return "ipv4 tunnel";
	case TUNNEL_4IN6:
	case TUNNEL_6IN6:
		return "ipv6 tunnel";
	case TUNNEL_GRE:
	case TUNNEL_PPTP:
	case TUNNEL_WCCP:
	case TUNNEL_ARUBA:
	case TUNNEL_ERSPAN1:
	case TUNNEL_ERSPAN2:
	case TUNNEL_ERSPAN3:
		return "gre tunnel";
	case TUNNEL_VXLAN:
	case TUNNEL_VXLAN_GPE:
		return "vxlan encapsulation";
	case TUNNEL_GENEVE:
		return "geneve encapsulation";
	case TUNNEL_TEREDO:
		return "teredo tunnel";
	default:
		return "wire/pcap";
	}
}

/* Suricata's members, of the packet around the innermost one, and which tunnel it is. */
static void eve_header_tunnel(struct json *json, const struct tunnel *tunnel)
{
	char text[ADDRESS_TEXT_LEN], number[3];

	json_key(json, "tunnel");
	json_open(json, '{');
	json_key(json, "src_ip");
	json_text(json, bytes_of(text, address_text(text, &tunnel->src, tunnel->ip_version)));
	json_key(json, "dest_ip");
	json_text(json, bytes_of(text, address_text(text, &tunnel->dst, tunnel->ip_version)));
	json_key(json, "proto");
	json_text(json, eve_header_outer_proto(number, tunnel->ip_proto));
	json_key(json, "depth");
	json_uint(json, tunnel->depth);
	json_key(json, "pkt_src");
	json_cstr(json, eve_header_pkt_src(tunnel->outer_type));
	json_key(json, "type");
	json_cstr(json, tunnel_name(tunnel->type));
	if (tunnel->has_id) {
		json_key(json, "id");
		json_uint(json, tunnel->id);
	}
	json_close(json, '}');
}

static void eve_header_mac(struct json *json, const char *key, const uint8_t mac[6])
{
	char text[ADDRESS_TEXT_MAC_LEN];

	address_text_mac(text, mac);
	json_key(json, key);
	json_text(json, bytes_of(text, sizeof text));
}

/* The shared members: vlan to proto, pkt_src, ether, community_id. */
static void eve_header_shared(struct eve_header *header, struct json *json, const struct eve_header_key *key,
    const struct flow_facts *flow)
{
	char number[3], community[COMMUNITY_ID_LEN];

	if (key->n_vlan) {
		json_key(json, "vlan");
		json_open(json, '[');
		for (size_t i = 0; i < key->n_vlan; i++)
			json_uint(json, key->vlan[i]);
		json_close(json, ']');
	}
	if (key->ip_version) {
		eve_header_endpoint(json, "src_ip", "src_port", key, &key->src, key->src_port);
		eve_header_endpoint(json, "dest_ip", "dest_port", key, &key->dst, key->dst_port);
		json_key(json, "proto");
		json_text(json, eve_header_proto(number, key->ip_proto));
	}
	json_key(json, "pkt_src");
	json_cstr(json, eve_header_pkt_src(key->tunnel.depth ? key->tunnel.type : TUNNEL_NONE));
	if (key->has_ether) {
		json_key(json, "ether");
		json_open(json, '{');
		eve_header_mac(json, "src_mac", key->src_mac);
		eve_header_mac(json, "dest_mac", key->dst_mac);
		json_close(json, '}');
	}
	if (header->community_id && !flow->fragment && community_id_text(header->community_id, community, flow)) {
		json_key(json, "community_id");
		json_text(json, bytes_of(community, sizeof community));
	}
	if (key->tunnel.depth)
		eve_header_tunnel(json, &key->tunnel);
}

/* The shared members' text, from the table or made anew. */
static struct bytes eve_header_flow(struct eve_header *header, const struct flow_facts *flow, enum direction dir)
{
	struct eve_header_key key = eve_header_key(header, flow, dir);
	struct eve_header_slot *slot = &header->slots[flow->flow_id % EVE_HEADER_SLOTS];

	if (slot->len == 0 || memcmp(&slot->key, &key, sizeof key) != 0) {
		struct json json;

		json_over(&json, slot->text, sizeof slot->text);
		eve_header_shared(header, &json, &key, flow);
		assert(!json.full);
		slot->key = key;
		slot->len = (uint16_t)json.len;
	}
	return bytes_of(slot->text, slot->len);
}

static const char *eve_header_type(enum event_type type)
{
	switch (type) {
	case EVENT_ALERT:
		return "\"event_type\":\"alert\"";
	case EVENT_TOKEN:
		return "\"event_type\":\"token\"";
	case EVENT_HTTP:
		return "\"event_type\":\"http\"";
	case EVENT_TLS:
		return "\"event_type\":\"tls\"";
	case EVENT_ANOMALY:
		break;
	}
	return "\"event_type\":\"anomaly\"";
}

void eve_header_write(struct eve_header *header, struct json *json, const struct event *event)
{
	eve_header_time(&header->clock, json, "timestamp", event->time_ns);
	if (event->flow) {
		json_key(json, "flow_id");
		json_uint(json, event->flow->flow_id);
	}
	if (event->pcap_cnt) {
		json_key(json, "pcap_cnt");
		json_uint(json, event->pcap_cnt);
	}
	json_members(json, bytes_text(eve_header_type(event->type)));
	if (event->flow)
		json_members(json, eve_header_flow(header, event->flow, event->dir));
	if (event->has_tx) {
		json_key(json, "tx_id");
		json_uint(json, event->tx);
	}
}
