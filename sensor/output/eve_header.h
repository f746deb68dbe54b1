/* eve_header: what every line of EVE starts with, in Suricata's order. The part that a flow's lines share (VLANs, endpoints,
 * Ethernet, Community ID, tunnel) is made once and kept in a small table. */
#ifndef STORMGLASS_OUTPUT_EVE_HEADER_H
#define STORMGLASS_OUTPUT_EVE_HEADER_H

#include "sensor/output/community_id.h"
#include "sensor/output/eve.h"
#include "sensor/output/time_text.h"

enum { EVE_HEADER_SLOTS = 1024, EVE_HEADER_FLOW_LEN = 704 };

/* All that the shared part is made of; compared as bytes, so its padding is zero. */
struct eve_header_key {
	struct address src, dst;
	struct tunnel tunnel;
	uint16_t src_port, dst_port;
	uint16_t vlan[PACKET_VLANS];
	uint8_t ip_version, ip_proto, n_vlan, dir;
	uint8_t has_ether, has_ports;
	uint8_t src_mac[6], dst_mac[6];
};

struct eve_header_slot {
	struct eve_header_key key;
	uint16_t len; /* 0: empty */
	char text[EVE_HEADER_FLOW_LEN];
};

struct eve_header {
	struct community_id *community_id; /* NULL: left out */
	bool ether;
	struct time_text clock;
	struct eve_header_slot slots[EVE_HEADER_SLOTS]; /* by flow_id, the last one wins */
};

/* False: out of memory. */
bool eve_header_init(struct eve_header *header, const struct eve_options *options);
void eve_header_fini(struct eve_header *header);

/* The members from timestamp to tx_id, after the opening brace. */
void eve_header_write(struct eve_header *header, struct json *json, const struct event *event);

/* A member with a time; `clock` remembers its last second. */
void eve_header_time(struct time_text *clock, struct json *json, const char *key, int64_t time_ns);

/* Are the ports of this protocol written. */
bool eve_header_has_ports(uint8_t ip_proto);

#endif
